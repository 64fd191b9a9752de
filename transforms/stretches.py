"""Stretches of the calendar: the weeks, months, quarters and years that a day lies in, with their TIMEX3 values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from transforms.durations import to_month_interval

if TYPE_CHECKING:
    from transforms.timexes import Timex

_QUARTER = 3  # months
_NIGHT_OF: tuple[list[str], ...] = (["on"], ["of"], [])  # between "overnight" and the day on which it ends
_TO = (["to"], ["into"], ["and"], ["-"], ["–"])  # before the day on which a night ends


@dataclass(slots=True, frozen=True)
class Interval:
    """Days from start to end, both in it; None = open. `value` and `kind` are TIMEX3's."""

    kind: str  # DATE TIME DURATION SET
    value: str
    start: date | None = None
    end: date | None = None
    is_relative: bool = False  # it took the day of publication to reckon it


def to_quarter(day: date, *, is_relative: bool = True) -> Interval:
    """Return the quarter that a day lies in.

    >>> to_quarter(date(2026, 2, 18)).value
    '2026-Q1'
    """
    nth = (day.month - 1) // _QUARTER
    start = date(day.year, nth * _QUARTER + 1, 1)
    return Interval("DATE", f"{day.year}-Q{nth + 1}", start, to_month_interval(day.year, nth * 3 + 3)[1], is_relative)


def to_years(first: int, last: int, *, edge: str | None = None, value: str = "", is_relative: bool = False) -> Interval:
    """Return whole years, or their start (the first quarter), end (the last) or middle (the two between).

    >>> to_years(2025, 2025, edge="START").end
    datetime.date(2025, 3, 31)
    """
    if not date.min.year <= first <= last <= date.max.year:
        return Interval("DATE", value or str(first))
    months = {"START": (1, 3), "MID": (4, 9), "END": (10, 12)}.get(edge or "", (1, 12))
    start, end = date(first, months[0], 1), to_month_interval(last, months[1])[1]
    return Interval("DATE", value or f"{first:04d}", start, end, is_relative)


def to_stretch(day: date, unit: str) -> Interval:
    """Return the day, month, quarter or year that a distance in such units leads to.

    >>> to_stretch(date(2026, 2, 18), "M").value
    '2026-02'
    """
    if unit == "D":
        return Interval("DATE", day.isoformat(), day, day, is_relative=True)
    if unit == "W":
        year, week, _ = day.isocalendar()
        return Interval("DATE", f"{year}-W{week:02d}", day, day, is_relative=True)
    if unit == "M":
        start, end = to_month_interval(day.year, day.month)
        return Interval("DATE", f"{day.year}-{day.month:02d}", start, end, is_relative=True)
    if unit == "Q":
        return to_quarter(day)
    if unit == "0Y":
        return to_years(day.year, day.year, value=f"{day.year // 10}", is_relative=True)
    return to_years(day.year, day.year, is_relative=True)


def date_nights(found: list[tuple[Timex, Interval]], lows: list[str]) -> list[tuple[Timex, Interval]]:
    """Give "overnight" its date: "overnight on Nov. 25" is the night that ends on that day, "from Nov. 24 to 25" those days.

    >>> from seeds.loader import load_seeds
    >>> from transforms.reading import Reader
    >>> text = "Forty drones were launched overnight on Feb. 3."
    >>> Reader(load_seeds()).read(text, date(2026, 2, 18)).figures[0].period_edtf
    '2026-02-02/2026-02-03'
    """
    made: list[tuple[Timex, Interval]] = []
    for timex, interval in found:
        night = made[-1][0] if made and made[-1][0].words == "overnight" else None
        link = lows[night.last : timex.first] if night else None
        is_ended = link in _NIGHT_OF and timex.rule in {"date", "days"}
        if night and interval.start and (is_ended or (link == ["from"] and timex.rule in {"date", "days", "weekday"})):
            is_one = is_ended and interval.start == interval.end and lows[timex.last : timex.last + 1] not in _TO
            start = interval.start - timedelta(days=1) if is_one else interval.start
            made[-1] = replace(timex, first=night.first), replace(interval, start=start)
        else:
            made.append((timex, interval))
    return made
