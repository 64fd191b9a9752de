"""Whether a number is a level that a subject has come to: "the toll has risen to nine", "has reached at least nine"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.predicates import hedged_from
from transforms.wordforms import VERBS

if TYPE_CHECKING:
    from transforms.sentences import Sentence

_REACHING = frozenset("reached reaches exceeded exceeds surpassed surpasses topped tops".split())
_ESTIMATES = frozenset("estimate estimates figure count tally number toll".split())
_EARLIER = frozenset("previous earlier initial first original".split())
_BRINGING = frozenset(
    "bring brings bringing brought take takes taking took raise raises raising raised push pushes pushing pushed".split()
)
_BRINGING_REACH = 12  # tokens from "bringing" to "to"
_NAMING = 5  # tokens of "bringing the total number"
_TOTAL = frozenset("toll number total tally count losses casualties".split())
_BOUNDS = frozenset("at least more than over almost nearly about".split())


def is_level(s: Sentence, first: int) -> bool:
    """Tell whether a number is what a subject has come to: "the toll from Tuesday's strike has risen to nine"."""
    to = _find_to(s, first)
    return to > 0 and (s.tags[to - 1] in VERBS or is_brought(s, first))


def is_brought(s: Sentence, first: int) -> bool:
    """Tell whether a number is what something is brought to: "bringing the death toll in Lviv to nine"."""
    lows, to = s.lows, _find_to(s, first)
    for i in range(to - 2, max(-1, to - _BRINGING_REACH), -1):
        if lows[i] in _BRINGING:
            return not _TOTAL.isdisjoint(lows[i:to])
        if lows[i] == ",":
            return False
    return False


def opens_sum(s: Sentence, i: int) -> bool:
    """Tell whether a clause on a sum opens at a token: "two were killed, bringing the total to 300 since May"."""
    return s.lows[i] in _BRINGING and s.tags[i] == "VBG" and not _TOTAL.isdisjoint(s.lows[i : i + _NAMING])


def _find_to(s: Sentence, first: int) -> int:
    """Return where the "to" of a number stands, 0 where there is none."""
    i = hedged_from(s, first) - 1
    return i if i > 0 and s.lows[i] == "to" else 0


def is_recounted(s: Sentence, first: int) -> bool:
    """Tell whether a number is what a subject was put at before: "puts the toll of the raid at double the earlier estimate of nine"."""
    i = first - 1
    while i > 0 and s.lows[i] in _BOUNDS:
        i -= 1
    return i > 1 and s.lows[i] == "of" and s.lows[i - 1] in _ESTIMATES and s.lows[i - 2] in _EARLIER


def is_reached(s: Sentence, first: int) -> bool:
    """Tell whether a number is what a subject has reached: "the toll from Tuesday's strike has reached at least nine"."""
    i = first - 1
    while i > 0 and s.lows[i] in _BOUNDS:
        i -= 1
    return i > 0 and s.lows[i] in _REACHING
