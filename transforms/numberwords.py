"""The words of numbers as their seeds tell them, and the shapes that digits and words make alike: shares, decades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.kinds import Numeral, Refused, Unit
from transforms.figures import Modifier
from transforms.numbers import Number, Sort
from transforms.sentences import tokens_of

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.sentences import Sentence

ARTICLES = {"a", "an"}
MULTIPLIER = {"HUNDRED", "SCALE", "DOZEN"}
CLOSERS = set(".,;:)!?\"'”’") | {
    "of", "since", "from", "to", "in", "on", "by", "and", "or", "more", "less", "higher", "lower", "smaller", "larger",
    "compared", "over", "said", "say", "have", "has", "are", "were", "was", "is", "had", "at", "for", "while", "but",
    "than", "during", "after", "—", "–", "who", "which", "will", "would", "could", "(", "as", "with",
}  # fmt: skip  # what follows a number that has no noun
DECADE = 10
_KEPT = 100_000  # words that are remembered as no number
_PERCENT = 100.0
_SHARE_DIGITS = 3  # digits of a share after the point: a third is 33.333 %


class Word:
    """A number word as its seed tells it."""

    __slots__ = ("part", "plural", "seed", "value")

    def __init__(self, entry: Numeral, *, plural: bool) -> None:
        self.value, self.part, self.plural, self.seed = entry.value, entry.part, plural, f"numerals/{entry.code}"


class _Opens(dict[str, bool]):
    """Whether a number may begin at a word; what is no number word begins one with a digit. Kept by word."""

    def __missing__(self, low: str) -> bool:
        opens = low[0].isdecimal()
        if not opens and len(self) < _KEPT:
            self[low] = False
        return opens


class NumberWords:
    """The number words, and the units and currencies that decide how they are read."""

    def __init__(self, seeds: Seeds) -> None:
        self.words: dict[str, Word] = {}
        self.ordinals: dict[str, Word] = {}
        self.glued: dict[str, Word] = {}
        for entry in seeds.of(Numeral).values():
            word = Word(entry, plural=False)
            self.words |= dict.fromkeys(entry.written, word)
            self.words |= dict.fromkeys(entry.plural, Word(entry, plural=True))
            self.ordinals |= dict.fromkeys(entry.ordinal, word)
            self.glued |= dict.fromkeys(entry.glued, word)
        self.unruled = {w for w in seeds.of(Refused)["VAGUE_NO_RULE"].phrases if " " not in w and w not in self.words}
        self.all = frozenset(self.words) | frozenset(self.ordinals) | self.unruled
        self.opens = _Opens(dict.fromkeys(self.all, True))
        units = seeds.of(Unit).values()
        self.money = {tokens_of(sign)[-1] for unit in units for sign in unit.before}
        self.signs = {sign for sign in self.money if not sign.isalpha()}
        self.money_after = {w for u in units if u.dimension == "money" for w in u.written if w.isalpha()}
        self.money_after |= {w.lower() for w in self.money_after}
        self.time_words = {w for u in units if u.dimension == "time" for w in u.written if w.isalpha()}
        self.unit_words = {w for u in units for w in u.written if w.isalpha() and len(w) > 1}


def is_glued(s: Sentence, first: int, last: int) -> bool:
    """Tell whether tokens first..last (one past) stand without white space between them."""
    return last <= len(s.words) and all(s.starts[k] == s.ends[k - 1] for k in range(first + 1, last))


def make_share(number: Number, part: float) -> None:
    """Make a number a share of a whole, in per cent."""
    number.sort = Sort.FRACTION
    number.low = number.best = number.high = round(part * _PERCENT, _SHARE_DIGITS)


def spread_decade(number: Number, sort: Sort) -> None:
    """Make "60s" and "20-something" the ten numbers that begin there."""
    start = number.best or 0.0
    number.low, number.best, number.high = start, start + (DECADE - 1) / 2, start + DECADE - 1
    number.sort, number.modifier = sort, Modifier.RANGE
