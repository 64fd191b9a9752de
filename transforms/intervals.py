"""What a time expression comes to: a TIMEX3 value and an interval of days, reckoned from the day of publication.

Pure calendar arithmetic. Without a day of publication only what the words alone say is reckoned; the rest stays
open ("XXXX-02-11"), and has no interval. Weeks are ISO 8601 weeks, Monday to Sunday.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING

from transforms.durations import shift, shift_months, to_count, to_day_in, to_duration, to_month_interval
from transforms.stretches import Interval, to_quarter, to_stretch, to_years
from transforms.tenses import DONE, LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.timexes import Timex

_WEEK = 7  # days
_MONTH_END = 31
_MONTHS = 12  # in a year
_QUARTER = 3  # months
_HALF_YEAR = 6  # months
_SEASON_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}  # meteorological seasons of the northern half, three months each
_QUARTER_NAMES = {"Q": _QUARTER, "H": _HALF_YEAR}
_HOURS_OF_A_DAY = 24
_FAR_MONTHS = 7  # a month without year and tense that lies farther ahead was last year's
_LIMIT_MONTHS = 4  # "by February", said in October, lies ahead
_SOON_MONTHS = 3  # the same where a past tense stands near, which may be that of the saying: "said it pays on Dec. 15"
_YEARS_OF_A_DECADE, _YEARS_OF_A_CENTURY = 10, 100


def resolve(timex: Timex, published: date | None, *, tense: int = 0) -> Interval:
    """Reckon a time expression against the day of publication; `tense`: -1 the clause tells what was, 1 what will be.

    >>> from transforms.timexes import Timex
    >>> resolve(Timex(0, 1, "weekday", weekday=5), date(2026, 2, 18)).start
    datetime.date(2026, 2, 13)
    """
    return _RULES[timex.rule](timex, published, tense)


def _year_of(timex: Timex, month: int, day: int, published: date, *, tense: int) -> int:
    """The year that a date without one speaks of: the latest on or before publication, else the next to come."""
    if timex.year is not None:
        return timex.year
    if timex.turn is not None and timex.unit == "Y":
        return published.year + timex.turn
    here = (published.month, published.day)
    months_ahead = (month - published.month) % _MONTHS
    if tense == LIMIT:
        tense = 0 < months_ahead <= _LIMIT_MONTHS
    if timex.turn == -1:
        return published.year - ((month, day) >= here)
    if timex.turn == 1 or tense > 0:
        return published.year + ((month, day or _MONTH_END) < here)
    if tense == DONE or (tense < 0 and not day) or (month, day) <= here:
        return published.year - ((month, day) > here)
    return published.year - (months_ahead >= (_SOON_MONTHS if tense < 0 else _FAR_MONTHS))


def _part(day: str, timex: Timex) -> str:
    if timex.clock:
        return f"{day}T{timex.clock}"
    return f"{day}T{timex.part}" if timex.part else day


def _day(timex: Timex, day: date, *, is_relative: bool = True) -> Interval:
    kind = "TIME" if timex.part or timex.clock else "DATE"
    return Interval(kind, _part(day.isoformat(), timex), day, day, is_relative)


def _date(timex: Timex, published: date | None, tense: int) -> Interval:
    month, day = timex.month or 1, timex.day or 1
    if timex.year is None and published is None:
        return Interval("DATE", _part(f"XXXX-{month:02d}-{day:02d}", timex))
    year = timex.year if published is None else _year_of(timex, month, day, published, tense=tense)
    if not year or day > calendar.monthrange(year, month)[1]:
        return Interval("DATE", f"XXXX-{month:02d}-{day:02d}")
    found = _day(timex, date(year, month, day), is_relative=timex.year is None)
    if timex.last_day and timex.last_day <= calendar.monthrange(year, month)[1]:
        last = date(year, month, timex.last_day)
        return Interval("DATE", found.value, found.start, last, found.is_relative)
    return found


def _month(timex: Timex, published: date | None, tense: int) -> Interval:
    month = timex.month or 1
    if timex.year is None and published is None:
        return Interval("DATE", f"XXXX-{month:02d}")
    year = timex.year if published is None else _year_of(timex, month, 0, published, tense=tense)
    if not year:
        return Interval("DATE", f"XXXX-{month:02d}")
    if timex.turn == -1 and timex.unit is None and published and month == published.month:
        year = published.year - 1
    start, end = to_month_interval(year, month, timex.edge)
    return Interval("DATE", f"{year:04d}-{month:02d}", start, end, timex.year is None)


def _weekday(timex: Timex, published: date | None, tense: int) -> Interval:
    weekday = timex.weekday or 1
    if published is None:
        return Interval("DATE", _part(f"XXXX-WXX-{weekday}", timex))
    if timex.unit == "W" and timex.turn is not None:
        day = published + timedelta(days=_WEEK * timex.turn + weekday - published.isoweekday())
    elif (tense > 0 and timex.turn != -1) or timex.turn == 1:
        day = published + timedelta(
            days=(weekday - published.isoweekday()) % _WEEK or (_WEEK if timex.turn == 1 else 0)
        )
    else:
        back = (published.isoweekday() - weekday) % _WEEK
        day = published - timedelta(days=back or (_WEEK if timex.turn == -1 else 0))
    return _day(timex, day)


def _clock(timex: Timex, published: date | None, tense: int) -> Interval:
    if timex.weekday is not None:
        return _weekday(timex, published, tense)
    if timex.month is not None:
        return _date(timex, published, tense)
    return _shifted(timex, published, tense)


def _shifted(timex: Timex, published: date | None, tense: int) -> Interval:
    if published is None:
        return Interval("TIME" if timex.clock else "DATE", _part("XXXX-XX-XX", timex))
    found = _day(timex, published + timedelta(days=timex.shift or 0))
    if (
        timex.part == "NI" and tense < 0 and found.start
    ):  # "Tonight missiles hit": the night that ends in the morning's news
        return Interval(found.kind, found.value, found.start - timedelta(days=1), found.end, is_relative=True)
    return found


def _night(timex: Timex, published: date | None, tense: int) -> Interval:
    """Reckon "overnight", "tonight" in the morning's news: the night that ends on the day of publication."""
    if published is None:
        return Interval("TIME", "XXXX-XX-XXTNI")
    if timex.weekday is not None:  # "overnight Saturday": the night that ends on that day
        published = _weekday(timex, published, tense).start or published
    part = "NI" if timex.rule == "part" and timex.part is None else timex.part or "NI"
    start = published - timedelta(days=1) if timex.part is None or (timex.turn == -1) else published
    day = published - timedelta(days=1) if timex.turn == -1 else published
    return Interval("TIME", f"{day.isoformat()}T{part}", start, published, is_relative=True)


def _unit(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: PLR0911  # one arm a unit
    """Reckon "last week", "this year", "next month"; "the past week" is the seven days up to publication."""
    unit, turn = timex.unit or "D", timex.turn or 0
    if timex.turn is None:
        if unit in {"Q", "00Y"} and published is not None:
            return _quarter(timex, published, tense)
        return Interval("DURATION", to_duration(timex))
    if timex.turn and timex.words.endswith("s"):  # "the coming months", "past weeks"
        return Interval("DATE", "FUTURE_REF" if turn > 0 else "PAST_REF")
    if published is None:
        return Interval("DATE", {"W": "XXXX-WXX", "M": "XXXX-XX", "Q": "XXXX-QX"}.get(unit, "XXXX"))
    if "past" in timex.words.split() or unit in {"TH", "TM"}:
        return Interval("DURATION", to_duration(timex), shift(published, unit, -1), published, is_relative=True)
    if unit == "D":
        return _day(timex, published + timedelta(days=turn))
    if unit == "W":
        monday = published + timedelta(days=_WEEK * turn - published.isoweekday() + 1)
        year, week, _ = monday.isocalendar()
        return Interval("DATE", f"{year}-W{week:02d}", monday, monday + timedelta(days=_WEEK - 1), is_relative=True)
    if unit == "M":
        day = shift_months(published, turn)
        start, end = to_month_interval(day.year, day.month, timex.edge)
        return Interval("DATE", f"{day.year}-{day.month:02d}", start, end, is_relative=True)
    if unit == "Q":
        return to_quarter(shift_months(published, turn * _QUARTER))
    if unit == "Y":
        return to_years(published.year + turn, published.year + turn, edge=timex.edge, is_relative=True)
    if unit == "0Y":
        decade = published.year // _YEARS_OF_A_DECADE + turn
        return to_years(decade * 10, decade * 10 + 9, value=f"{decade}", is_relative=True)
    if unit == "2W":
        return Interval("DURATION", to_duration(timex), shift(published, unit, -1), published, is_relative=True)
    century = published.year // _YEARS_OF_A_CENTURY + turn
    return to_years(century * 100, century * 100 + 99, value=f"{century}", is_relative=True)


def _year(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    year = timex.year or 0
    if timex.unit and timex.unit != "Y":
        return Interval("DATE", f"{year:04d}")
    return to_years(year, max(timex.last_year or year, year), edge=timex.edge)


def _decade(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    digits = "".join(c for c in timex.words if c.isdecimal())
    year = int(digits) if len(digits) == 4 else 1900 + int(digits)  # noqa: PLR2004  # "the '90s" are those of the 1900s
    return to_years(year, year + 9, value=f"{year // 10}")


def _season(timex: Timex, published: date | None, tense: int) -> Interval:
    season = timex.season or "SP"
    month = _SEASON_MONTHS[season]
    if timex.year is not None:
        year = timex.year
    elif published is None:
        return Interval("DATE", f"XXXX-{season}")
    else:
        year = published.year
        if timex.unit == "Y" and timex.turn is not None:
            year += timex.turn
        elif timex.turn == -1 or (timex.turn is None and tense <= 0):
            year -= month + (2 if timex.turn == -1 else 0) > published.month
        elif timex.turn == 0 and season == "WI" and published.month < _SEASON_MONTHS["SP"]:
            year -= 1
    start = date(year, month, 1)
    end = shift_months(start, _QUARTER) - timedelta(days=1)
    return Interval("DATE", f"{year}-{season}", start, end, timex.year is None)


def _share(timex: Timex, published: date | None, tense: int) -> Interval:
    """Reckon "the first three months of this year", "the second half of 2025", "the third quarter of 1989"."""
    year = timex.year
    if year is None and published is not None and timex.turn is not None:
        year = published.year + timex.turn
    unit = timex.unit or "H"
    if " half" in f" {timex.words}":
        unit = "H"
    nth = timex.nth or 1
    if timex.count and unit == "M" and timex.nth:
        months = to_count(timex)
        if year is None or months is None or not 0 < months <= _MONTHS:
            return Interval("DURATION", to_duration(timex))
        return Interval(
            "DURATION",
            f"P{months}M",
            date(year, 1, 1),
            to_month_interval(year, months)[1],
            is_relative=timex.year is None,
        )
    if unit not in _QUARTER_NAMES:
        return _duration(timex, published, tense)
    if year is None:
        return Interval("DATE", f"XXXX-{unit}{nth}")
    length = _QUARTER_NAMES[unit]
    if not 0 < nth * length <= _MONTHS:
        return Interval("DATE", str(year))
    start = date(year, (nth - 1) * length + 1, 1)
    return Interval("DATE", f"{year}-{unit}{nth}", start, to_month_interval(year, nth * length)[1], timex.year is None)


def _quarter(timex: Timex, published: date | None, tense: int) -> Interval:
    if timex.unit == "00Y":
        century = (timex.nth or timex.day or int(timex.count or 1)) - 1
        return to_years(century * 100 + 1, century * 100 + 100, value=f"{century:02d}")
    if timex.unit != "Q":
        return _unit(timex, published, tense)
    if published is None:
        return Interval("DATE", f"XXXX-Q{timex.nth or 'X'}")
    if not timex.nth and timex.turn in {None, -1}:
        return to_quarter(shift_months(published, -_QUARTER))
    nth = min(timex.nth or 1, 4)
    year = published.year - ((nth - 1) * _QUARTER + 1 > published.month and tense <= 0)
    return to_quarter(date(year, nth * _QUARTER, 1))


def _span(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    """Reckon "the past 24 hours", "the last two weeks", "the next two months": from or to the day of publication."""
    count, unit = to_count(timex), timex.unit or "D"
    if published is None or count is None:
        return Interval("DURATION", to_duration(timex))
    other = shift(published, unit, count * (1 if timex.turn == 1 else -1))
    start, end = min(other, published), max(other, published)
    return Interval("DURATION", to_duration(timex), start, end, is_relative=True)


def _ago(timex: Timex, published: date | None, tense: int) -> Interval:
    """Reckon "Two days ago" is a day, "two months ago" a month, "a year earlier" a year."""
    count, unit = to_count(timex), timex.unit or "D"
    if timex.count is None and unit in {"Y", "Q", "M"}:
        count = 1
    if published is None or count is None:
        return Interval("DATE", "PAST_REF" if count is None else "XXXX")
    day = shift(published, unit, -count)
    if unit in {"D", "TH", "TM"}:
        return _day(timex, day)
    return to_stretch(day, unit) if unit in {"W", "M", "Q", "0Y", "Y"} else _duration(timex, published, tense)


def to_later(timex: Timex, told: date) -> Interval:
    """Reckon "a year later" from a day told before: a day, a month or a year.

    >>> from transforms.timexes import Timex
    >>> to_later(Timex(0, 3, "after", unit="M", count="2"), date(2026, 2, 18)).value
    '2026-04'
    """
    count = to_count(timex)
    if count is None:
        return Interval("DATE", "XXXX")
    return to_stretch(shift(told, timex.unit or "D", count), timex.unit or "D")


def _duration(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    return Interval("DURATION", to_duration(timex))


def _set(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    if timex.value:
        return Interval("SET", timex.value)
    if timex.weekday:
        return Interval("SET", f"XXXX-WXX-{timex.weekday}")
    if timex.month or timex.season:
        return Interval("SET", f"XXXX-{timex.season or f'{timex.month:02d}'}")
    if timex.unit is None:
        return Interval("SET", f"XXXX-XX-XXT{timex.part}" if timex.part else "P1W")
    return Interval("SET", to_duration(timex))


def _weekend(timex: Timex, published: date | None, tense: int) -> Interval:
    if published is None:
        return Interval("DATE", "XXXX-WXX-WE")
    forward = timex.turn == 1 or (timex.turn == 0 and published.isoweekday() < 6) or tense > 0  # noqa: PLR2004  # Saturday
    saturday = published + timedelta(days=6 - published.isoweekday())
    if not forward and saturday > published:
        saturday -= timedelta(days=_WEEK)
    year, week, _ = saturday.isocalendar()
    return Interval("DATE", f"{year}-W{week:02d}-WE", saturday, saturday + timedelta(days=1), is_relative=True)


def _end(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    """Reckon "Year-end" is the last day of the year."""
    if published is None:
        return Interval("DATE", "XXXX-12-31")
    day = date(published.year, 12, 31) if timex.unit == "Y" else to_month_interval(published.year, published.month)[1]
    return Interval("DATE", day.isoformat(), day, day, is_relative=True)


def _reference(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    value = timex.value or (
        "FUTURE_REF" if "future" in timex.words else "PAST_REF" if "past" in timex.words else "PRESENT_REF"
    )
    is_now = value == "PRESENT_REF"
    return Interval("DATE", value, published if is_now else None, published if is_now else None, is_now)


def _recent(timex: Timex, published: date | None, tense: int) -> Interval:  # noqa: ARG001
    return Interval("DATE", "PAST_REF")


def _holiday(timex: Timex, published: date | None, tense: int) -> Interval:
    """Reckon "Christmas", "last Thanksgiving": a day of the year (12-25), or the nth weekday of a month (11-4-4)."""
    month, *rest = map(int, (timex.value or "1-1").split("-"))
    year = timex.year or (published.year if published else None)
    if year is None:
        return Interval("DATE", f"XXXX-{month:02d}")
    if timex.year is None and published:
        year = _year_of(timex, month, to_day_in(year, month, rest), published, tense=tense)
    return _day(timex, date(year, month, to_day_in(year, month, rest)), is_relative=timex.year is None)


_RULES: dict[str, Callable[[Timex, date | None, int], Interval]] = {
    "iso": _date,
    "days": _date,
    "date": _date,
    "month": _month,
    "clock": _clock,
    "weekday": _weekday,
    "day": _shifted,
    "share": _share,
    "quarter": _quarter,
    "span": _span,
    "unit": _unit,
    "ago": _ago,
    "after": _duration,
    "each": _set,
    "rhythm": _set,
    "duration": _duration,
    "decade": _decade,
    "season": _season,
    "years": _year,
    "spoken": _year,
    "year": _year,
    "end": _end,
    "part": _night,
    "weekend": _weekend,
    "reference": _reference,
    "recent": _recent,
    "holiday": _holiday,
}
