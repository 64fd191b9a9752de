"""What "since" goes with: a date of its clause, and the rank before it, as in "the worst attack since May"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.circumstances import TimeWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.loader import Seeds

_SINCE_REACH = 12  # tokens between "since" and the date of its clause
_CLAUSE_END = frozenset((",", ";", "—", "–", ":"))
_REACH = 12  # tokens between "the worst" and "since"
_OWNING = frozenset(("the", "its", "his", "her", "their", "'s"))  # before what holds a record
_BREAKS = frozenset(
    ", ; : and but that which who when after while has have had is are was were".split()
)  # another phrase


def find_since(lows: Sequence[str], first: int) -> int | None:
    """Return the "since" that governs a date at a token: "since May", "since he sent troops on 24 February".

    >>> find_since("burned down since he sent troops on Monday".split(), 7)
    2
    """
    for i in range(first - 1, max(-1, first - _SINCE_REACH), -1):
        if lows[i] == "since":
            return i
        if lows[i] in _CLAUSE_END:
            return None
    return None


class Records:
    """The words of rank in seeds/times.toml: "first", "worst", "deadliest"."""

    def __init__(self, seeds: Seeds) -> None:
        self._ranks = frozenset(
            form for word in seeds.of(TimeWord).values() if word.sort == "rank" for form in word.written
        )

    def holds(self, lows: Sequence[str], since: int) -> bool:
        """Tell whether the "since" at a token goes with a rank before it in its phrase.

        >>> from seeds.loader import load_seeds
        >>> Records(load_seeds()).holds("Four died in the worst attack since May".lower().split(), 6)
        True
        """
        for i in range(since - 1, max(0, since - _REACH), -1):
            low = lows[i]
            if low in _BREAKS or low[0].isdecimal():
                return False
            if low in self._ranks:
                return any(word in _OWNING for word in lows[max(0, i - 2) : i])
        return False
