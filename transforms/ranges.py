"""Two numbers that are one range: 15 to 20, between 5,000 and 7,000, 1.5-2 million, two or three, 40% or 50%."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.figures import Modifier, NumberForm
from transforms.numbers import Number, Sort

if TYPE_CHECKING:
    from transforms.sentences import Sentence

_DASHES = {"-", "–", "—"}
_MONEY = {"$", "€", "£"}
_CHANGES = frozenset(
    "rose rise risen rises fell fall fallen falls cut cuts grew grow grown grows increased increase increases increasing"
    " dropped drop drops decreased decrease reduced reduce raised raise raises raising jumped climbed soared slid"
    " slipped went gone up down shrank improved lowered widened extended expanded doubled tripled moved changed"
    " downgraded upgraded revised sending sent taking took".split(),
)
_PLACING = frozenset("ages age the a an its their current previous usual average".split())
_RANGING = frozenset({"ranged", "varied", "range", "vary"})
_BOUNDS = frozenset("more than over about nearly almost as many".split())
_REACH = 6  # tokens before "from" in which a verb of change makes two levels of it
_OR_RATIO = 2.0  # "two or three", "40 or 50": alternatives lie near each other
_RATIO = 20.0  # times the first from which "to" tells a ratio rather than a range
_REPEATED = 2  # tokens of a unit that may be said twice: "40% or 50%"


def join_ranges(s: Sentence, numbers: list[Number]) -> list[Number]:
    """Return the numbers with those pairs joined that make a range; refused numbers are left as they are.

    >>> from seeds.loader import load_seeds
    >>> from transforms.numerals import Numerals
    >>> from transforms.sentences import Sentence
    >>> s = Sentence(text := "Between 5,000 and 7,000 people fled.", 0, len(text), 0)
    >>> [(n.low, n.best, n.high) for n in join_ranges(s, Numerals(load_seeds()).read(s))]
    [(5000.0, 6000.0, 7000.0)]
    """
    joined: list[Number] = []
    for number in numbers:
        if joined and _can_join(joined[-1]) and _can_join(number):
            pair = _join(s, joined[-1], number)
            if pair:
                joined[-1] = pair
                continue
        joined.append(number)
    return joined


def _can_join(n: Number) -> bool:
    return n.reason is None and n.best is not None and n.low == n.high and n.sort in {Sort.CARDINAL, Sort.FRACTION}


def _join(s: Sentence, a: Number, b: Number) -> Number | None:
    lows = s.lows
    between = lows[a.last : b.first]
    if between and between[-1] in _MONEY and b.first - 2 >= 0 and a.first and lows[a.first - 1] == between[-1]:
        between = between[:-1]  # "$5 to $7 billion"
    if not between:
        return None
    if between[0] == "to" and not _RANGING.isdisjoint(lows[max(0, a.first - _REACH) : a.first]):
        between = [low for low in between if low not in _BOUNDS]  # "ranged from more than 15,000 to over 20,000"
    link, unit = between[-1], between[:-1]
    if unit and unit[0] in {"-", "–"} and len(unit) == 1 and link == "to":
        unit = []  # "15- to 20-year"
    if unit and (len(unit) > _REPEATED or lows[b.last : b.last + len(unit)] != unit):
        return None
    low, high = _scaled(a, b)
    if not low < high:
        return None
    before = _before(lows, a.first)
    if link in _DASHES:
        is_range = link != "—" or a.form is NumberForm.DIGIT
        is_range = is_range and (s.starts[b.first] - s.ends[a.last - 1] <= 2 * len(" - ") or bool(unit))
    elif link == "to":
        is_told = bool(unit) or a.scale > 1 or lows[b.first - 1] in _MONEY
        is_reached = before == "by" and (is_told or high > _OR_RATIO * low)  # "rose by 5 to 20", but "by 10 to 15 %"
        is_range = not (is_reached and _tells_change(lows, a.first - 1)) and not (
            before == "from" and (unit or _tells_change(lows, a.first - 1))
        )
        is_range = is_range and not (unit and before != "from" and _tells_change(lows, a.first))
        is_range = is_range and (
            high < _RATIO * max(low, 1.0) or low == 0 or before in {"from", "between"}
        )  # "20 to 1,000" is a ratio
    elif link == "and":
        is_range = _is_between(lows, a.first)
    elif link == "or":
        is_range = high <= _OR_RATIO * max(low, 1.0) and a.sort is b.sort
    else:
        is_range = False
    if not is_range:
        return None
    number = Number(a.first, b.last, low, (low + high) / 2, high, b.sort, b.form, Modifier.RANGE, a.seeds + b.seeds)
    if a.form is not b.form and NumberForm.MIXED not in {a.form, b.form}:
        number.form = NumberForm.MIXED
    number.scale = b.scale
    number.rule = f"range by {link!r}"
    return number


def _before(lows: list[str], first: int) -> str:
    """Return the word before a number, over a sign of money and words that only place it: from the current £400."""
    k = first - 1
    while k > 0 and (lows[k] in _MONEY or lows[k] in _PLACING):
        k -= 1
    return lows[k] if k >= 0 else ""


def _scaled(a: Number, b: Number) -> tuple[float, float]:
    """Return both ends; the first takes the second's scale where it has none: 1.5-2 million."""
    low, high = a.best or 0.0, b.best or 0.0
    if a.scale == 1 and b.scale > 1 and low < b.mantissa:
        low *= b.scale
    return low, high


def _is_between(lows: list[str], first: int) -> bool:
    return "between" in lows[max(0, first - 4) : first] or (first > 1 and lows[first - 1] in {"anywhere", "ages"})


def _tells_change(lows: list[str], token: int) -> bool:
    return not _CHANGES.isdisjoint(lows[max(0, token - _REACH) : token])
