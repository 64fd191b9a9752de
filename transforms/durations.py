"""How long a time expression lasts, as TIMEX3 writes it, and how far it reaches in the calendar (ISO 8601:2019)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.timexes import Timex

_QUARTER = 3  # months
_HOURS_OF_A_DAY = 24
_MONTHS = 12  # in a year
_HALF_YEAR = 6  # months
_WEEK = 7  # days
_THIRDS = {"START": (1, 10), "MID": (11, 20), "END": (21, 31)}  # days of a month: GUIDE "early", "mid-", "late"
_YEARS_OF_A_DECADE, _YEARS_OF_A_CENTURY = 10, 100
_HALVES = {"Y": "6M", "TH": "30M", "TM": "30S", "D": "T12H"}  # half of a unit in TIMEX3


def to_duration(timex: Timex) -> str:
    """Write the length that a time expression says: "two and a half years" is P2Y6M, "some days" PXD.

    >>> from transforms.timexes import Timex
    >>> to_duration(Timex(0, 2, "duration", unit="D", count="30"))
    'P30D'
    """
    unit, count = timex.unit or "D", timex.count or "1"
    if unit == "Q" and count != "X":
        unit, count = "M", _times(count, _QUARTER)
    elif unit == "0Y":
        unit, count = "Y", _times(count, _YEARS_OF_A_DECADE)
    elif unit == "00Y":
        unit, count = "Y", _times(count, _YEARS_OF_A_CENTURY)
    elif unit == "2W":
        unit, count = "W", _times(count, 2)
    if unit == "TH" and count.isdecimal() and int(count) == _HOURS_OF_A_DAY:
        unit, count = "D", "1"
    whole, _, half = count.partition(".5")
    if "." in count and not half and unit in _HALVES:  # 2.5 years are P2Y6M
        smaller = _HALVES[unit]
        count = f"{whole}{unit[-1]}" if whole not in {"", "0"} else ""
        return f"P{'T' if unit.startswith('T') else ''}{count}{smaller}"
    if unit.startswith("T"):
        return f"PT{count}{unit[1]}"
    return f"P{count}{unit}"


def _times(count: str, factor: int) -> str:
    return count if count == "X" else f"{float(count) * factor:g}"


def to_count(timex: Timex) -> int | None:
    """Return the count as a whole number; None where the words say it only roughly.

    >>> from transforms.timexes import Timex
    >>> to_count(Timex(0, 2, "ago", unit="D", count="2"))
    2
    """
    return None if not timex.count or timex.count == "X" else round(float(timex.count))


def to_month_interval(year: int, month: int, edge: str | None = None) -> tuple[date, date]:
    """Return the first and last day of a month, or of its first, middle or last third.

    >>> [str(day) for day in to_month_interval(2022, 6, "END")]
    ['2022-06-21', '2022-06-30']
    """
    first, last = _THIRDS[edge] if edge else (1, 31)
    return date(year, month, first), date(year, month, min(last, calendar.monthrange(year, month)[1]))


def shift_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day.

    >>> str(shift_months(date(2026, 3, 31), -1))
    '2026-02-28'
    """
    index = day.year * _MONTHS + day.month - 1 + months
    year, month = index // _MONTHS, index % _MONTHS + 1
    if not date.min.year <= year <= date.max.year:
        return day
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def shift(day: date, unit: str, count: int) -> date:
    """Go `count` units of TimeML (D W M Q Y ...) from a day; hours of less than a day stay on it.

    >>> str(shift(date(2026, 2, 18), "W", -2))
    '2026-02-04'
    """
    months = {"M": 1, "Q": _QUARTER, "H": _HALF_YEAR, "Y": _MONTHS, "0Y": 120, "00Y": 1200}.get(unit)
    if months:
        return shift_months(day, months * count)
    days = {"D": 1, "W": _WEEK, "2W": 2 * _WEEK}.get(unit, 0) * count
    if unit == "TH":
        days = int(count / _HOURS_OF_A_DAY)
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def to_day_in(year: int, month: int, rest: list[int]) -> int:
    """Return the day of a month that a feast falls on: [25], or [4, 4] for its fourth Thursday.

    >>> to_day_in(2025, 11, [4, 4])
    27
    """
    if len(rest) == 1:
        return rest[0]
    weekday, nth = rest
    return 1 + (weekday - date(year, month, 1).isoweekday()) % _WEEK + _WEEK * (nth - 1)
