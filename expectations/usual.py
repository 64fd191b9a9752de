"""Whether a number is what a feed's batches usually give: its distance from their median, in robust deviations.

The deviation is 1.4826 times the median absolute deviation (Iglewicz and Hoaglin, How to Detect and Handle Outliers,
1993), which a few odd batches do not move.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

N_LEAST = 14  # batches before which nothing counts as usual: two weeks of a daily feed
N_BY_WEEKDAY = 56  # batches from which a day is compared with its own weekday: eight of each
N_WEEKDAY = 5  # of which that weekday must have had so many
MAD_TO_DEVIATION = 1.4826  # of a normal distribution: 1 / its 75 % quantile
LEAST_DEVIATION = 0.08  # of the median: a feed that never varied may still vary by so much
SILENT_FROM = 8.0  # a value usually counted so often is missed when it is not heard at all: e^-8 is one in 3,000
MOST_DEVIATIONS = 5.0  # of 500 good batches drawn from the corpora, at most 5 lie farther out (benchmarks/sabotage.py)

Measured = dict[str, float]  # by the value that was asked for; "" where none was


@dataclass(frozen=True, slots=True)
class Past:
    """What an earlier batch of a feed gave."""

    day: date
    measured: Measured


def find_unusual(measured: Measured, past: Sequence[Past], day: date) -> dict[str, float]:
    """Return "" where the number lies too far from what is usual, and the values no longer heard; each with what is usual.

    Nothing is unusual before N_LEAST batches. A named value is only missed: one outlet more or less is no news.

    >>> from datetime import date
    >>> past = [Past(date(2026, 2, day), {"": 100.0 + day % 3}) for day in range(1, 21)]
    >>> find_unusual({"": 50.0}, past, date(2026, 2, 21))
    {'': 101.0}
    >>> find_unusual({"": 104.0}, past, date(2026, 2, 21))
    {}
    >>> find_unusual({}, [Past(date(2026, 2, day), {"the-outlet": 9.0}) for day in range(1, 21)], date(2026, 2, 21))
    {'the-outlet': 9.0}
    """
    if len(past) < N_LEAST:
        return {}
    if len(past) >= N_BY_WEEKDAY:
        same = [batch for batch in past if batch.day.weekday() == day.weekday()]
        past = same if len(same) >= N_WEEKDAY else past
    unusual: dict[str, float] = {}
    for value in sorted({value for batch in past for value in batch.measured}):
        before = [batch.measured.get(value, 0.0) for batch in past if value or batch.measured]
        middle, number = median(before), measured.get(value, 0.0)
        is_far = _is_missed(number, before, middle) if value else bool(measured) and _is_far(number, before, middle)
        if is_far:
            unusual[value] = middle
    return unusual


def _is_far(number: float, before: Sequence[float], middle: float) -> bool:
    deviation = MAD_TO_DEVIATION * median(abs(x - middle) for x in before)
    return abs(number - middle) > MOST_DEVIATIONS * max(deviation, LEAST_DEVIATION * abs(middle))


def _is_missed(number: float, before: Sequence[float], middle: float) -> bool:
    return not number and middle >= SILENT_FROM and all(before[-N_LEAST:])
