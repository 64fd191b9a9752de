"""The lines of a list: a label, a dash, a number, and how much that is more than before: "tanks – 1,305 (+3)"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.sentences import Sentence

_DASHES = frozenset("- – — ‒ ― :".split())
_ABOUT = frozenset("about approximately around some nearly over almost more than".split())
_ENDS = frozenset((",", ";", ".", "(", ")"))
_LONGEST_LABEL = 8  # tokens: "UAV operational-tactical level"


def label_of(s: Sentence, number: int) -> tuple[int, int] | None:
    """Return the tokens that name what a number of a list counts: "tanks" in "tanks – 1,305"; None where it is in none."""
    lows, i = s.lows, number - 1
    while i >= 0 and lows[i] in _ABOUT:
        i -= 1
    if i < 1 or lows[i] not in _DASHES or (s.starts[i] == s.ends[i - 1] and lows[i] != ":"):
        return None
    first = i
    while first > 0 and lows[first - 1] not in _ENDS and lows[first - 1] != ":":
        first -= 1
    is_label = 0 < i - first <= _LONGEST_LABEL and any(low.isalpha() for low in lows[first:i])
    return (first, i) if is_label else None


def is_increase(s: Sentence, number: int) -> bool:
    """Tell whether a number stands as "(+3)", "(+3 over the past day)"."""
    return number > 1 and s.lows[number - 2 : number] == ["(", "+"]


def after_increase(s: Sentence, token: int) -> int:
    """Return the token behind the "(+3)" that starts at a token; the token itself where none does."""
    if s.lows[token : token + 2] != ["(", "+"]:
        return token
    end = next((k for k in range(token, min(len(s.lows), token + _LONGEST_LABEL)) if s.lows[k] == ")"), token - 1)
    return end + 1
