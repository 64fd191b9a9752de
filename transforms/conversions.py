"""Figures that only say another one again: "20 km (12 miles)", "1.5bn euros ($1.6bn)"; and counts that point back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from transforms.hedges import bound

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_OPENERS = {"(", "[", "/", "—", "–"}
_REACH = 5  # tokens between a figure and its conversion: "euros in aid ($"
_LENGTHS_APART = 0.15  # a rounded conversion lies within this share of the figure
_DEFINITE = frozenset("the these those both".split())
_ANAPHORIC_NOUNS = frozenset(
    "side country leader party nation state region man woman pair neighbour neighbor camp team ally".split()
)


def link_conversions(s: Sentence, figures: list[Figure]) -> None:
    """Link each figure that repeats the one before it in another unit; it takes over that one's hedge."""
    for a, b in pairwise(figures):
        if a.dimension is None or a.dimension != b.dimension or a.unit_code == b.unit_code:
            continue
        if a.dimension in {"count", "share", "time"} or not _is_aside(s, a, b):
            continue
        if a.dimension != "money" and not _equal(a, b):
            continue
        b.converts = a
        b.per_unit_code = b.per_unit_code or a.per_unit_code
        b.why("converts_figure_id", "another unit in brackets")
        if b.modifier is not a.modifier and b.best is not None and a.best is not None:
            b.low = b.high = b.best
            bound(b, a.modifier)


def _is_aside(s: Sentence, a: Figure, b: Figure) -> bool:
    start = max(a.last, a.unit_last)
    between = s.words[start : b.first]
    if not between or len(between) > _REACH:
        return False
    opener = next((k for k, w in enumerate(between) if w in _OPENERS), None)
    if opener is None:
        return between == [","] or between[:2] == [",", "or"] or between == ["or"]
    return True


def _equal(a: Figure, b: Figure) -> bool:
    if a.best_base is None or b.best_base is None:
        return True
    return abs(a.best_base - b.best_base) <= _LENGTHS_APART * max(abs(a.best_base), abs(b.best_base))


def mark_anaphora(s: Sentence, figure: Figure) -> None:
    """Mark a count that only points back or names participants: both sides, the two leaders, two of them."""
    lows, first = s.lows, figure.first
    before = lows[first - 1] if first else ""
    after = lows[figure.last : figure.last + 2]
    if lows[first] == "both" or after == ["of", "them"]:
        figure.is_anaphoric = True
    elif before in _DEFINITE and figure.noun is None and figure.dimension == "count":
        figure.is_anaphoric = True
    elif before in _DEFINITE and figure.unit_code is not None and figure.unit_code.strip("{}") in _ANAPHORIC_NOUNS:
        figure.is_anaphoric = True
    if figure.is_anaphoric:
        figure.why("is_anaphoric", "definite count")
