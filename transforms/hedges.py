"""Words that bound a number, their scope over a coordination, and the quote that holds it all."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from seeds.kinds import Hedge
from transforms.figures import Modifier
from transforms.phrases import Phrases

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_SKIPPED = frozenset(
    {"the", "a", "an", "another", "only", "just", "between", "from", '"', "“", "'", "‘", "their", "its"}
)
_OVER_VERBS = frozenset(
    "control power hand handed hands handing take took taken taking turn turned turning win won flew fly flying flown victory"
    " divided dispute held stretched crossed passed ruled presided spread dominance sovereignty war fight".split(),
)
_LEVEL_WORDS = frozenset("just well to from of is was were are at".split())
_NO_ESTIMATE = frozenset(
    "asked talk talked tell told know centre centres centred center centers centered revolves".split()
)
_FEW = 20  # below it, "under two blankets" is a place
_INHERITED = {Modifier.GE, Modifier.GT, Modifier.LE, Modifier.LT, Modifier.APPROX}
_FORE = frozenset({"another", "further", "additional", "about", "other"})


class Hedges:
    """Reads hedges; built from seeds/hedges.toml."""

    def __init__(self, seeds: Seeds) -> None:
        hedges = seeds.of(Hedge).values()
        self._before = Phrases({w: h for h in hedges for w in h.before})
        self._after = Phrases({w: h for h in hedges for w in h.after})

    def read(self, s: Sentence, figure: Figure) -> None:
        """Set modifier, low, best and high from the words around a figure, and how far its quote reaches."""
        first = figure.first
        if figure.quote_start < s.starts[first]:  # a money sign before the number
            while first and s.starts[first - 1] >= figure.quote_start:
                first -= 1
        if first and figure.modifier is Modifier.RANGE and s.lows[first - 1] in {"between", "from"}:
            first -= 1
        seen: Hedge | None = None
        while first:
            hit = self._before.ending(s.lows, first)
            if hit is None:
                if s.lows[first - 1] in _SKIPPED and self._reaches(s, first - 1):
                    first -= 1
                    continue
                break
            start, hedge = hit
            if not _holds(s, start, first, figure):
                break
            first = start
            if seen is None or seen.modifier == "EXACT" or (seen.modifier == "APPROX" and hedge.modifier != "EXACT"):
                seen = hedge
        figure.quote_start = s.starts[first]
        last = max(figure.last, figure.unit_last)
        for token in (figure.last, last):
            hit = self._after.starting(s.lows, token)
            if hit is None and token + 1 < len(s.lows) and s.lows[token] == "-":
                hit = self._after.starting(s.lows, token + 1)
            is_next = hit is not None and s.lows[hit[0] : hit[0] + 1] == ["than"]  # "900 boats and more than 40 ships"
            if hit and hit[1].modifier != "EXACT" and not is_next:
                seen, last = hit[1], max(last, hit[0])
                break
        figure.quote_end = s.ends[last - 1]
        if seen is not None and seen.modifier != "EXACT":
            bound(figure, Modifier(seen.modifier))
            figure.why("modifier", "hedge", f"hedges/{seen.code}")
        elif seen is not None:
            figure.why("modifier", "judging word", f"hedges/{seen.code}")

    def before(self, s: Sentence, token: int) -> int:
        """Return the token at which the hedges right before a token begin; the token itself where there are none."""
        while token and (hit := self._before.ending(s.lows, token)):
            token = hit[0]
        return token

    def _reaches(self, s: Sentence, token: int) -> bool:
        """Tell whether a hedge stands before a word that may be skipped."""
        while token and s.lows[token - 1] in _SKIPPED:
            token -= 1
        hit = self._before.ending(s.lows, token)
        return hit is not None and hit[1].modifier != "EXACT"


def _holds(s: Sentence, start: int, first: int, figure: Figure) -> bool:
    """Tell whether words are a hedge here: "over 30 houses", not "control over 30 villages"."""
    if first - start > 1:
        return True
    before = s.lows[start - 1] if start else ""
    match s.lows[start]:
        case "over":
            return before not in _OVER_VERBS and (before in {"for", "of", "after"} or not _spans_time(s, first, figure))
        case "under":
            return figure.dimension != "count" or before in _LEVEL_WORDS or (figure.best or 0) > _FEW
        case "near" | "least" if before in {"the", ""} or s.lows[start] == "near":
            return False
        case "some":
            return before != "the"
        case "about" | "around":
            return before not in _NO_ESTIMATE
        case "within":
            return figure.dimension == "length"
        case "above" | "below" | "beyond":
            return figure.dimension not in {None, "count"} or before in {
                "",
                "is",
                "was",
                "rose",
                "fell",
                "well",
                "just",
            }
        case _:
            return True


def _spans_time(s: Sentence, first: int, figure: Figure) -> bool:
    """Tell whether "over an eight-day period" says when, not how long."""
    return figure.dimension == "time" and (figure.first > first or s.lows[first] in {"a", "an", "the"})


def bound(figure: Figure, modifier: Modifier) -> None:
    """Open the bounds of a figure as its modifier says.

    A range keeps its ends under a mere "about"; a vague word keeps its open end.
    """
    if figure.modifier is Modifier.RANGE:
        return
    value = figure.best
    if value is None:
        value = figure.low
        if value is None or modifier is Modifier.APPROX:
            return
        if modifier in {Modifier.GE, Modifier.GT}:
            figure.modifier = modifier
        return
    figure.modifier = modifier
    if modifier in {Modifier.GE, Modifier.GT}:
        figure.low, figure.high = value, None
    elif modifier in {Modifier.LE, Modifier.LT}:
        figure.low, figure.high = None, value


def inherit(s: Sentence, figures: list[Figure]) -> None:
    """Carry a bounding hedge over the coordination of one verb phrase: "at least five killed and 30 injured"."""
    for a, b in pairwise(figures):
        if a.modifier not in _INHERITED or a.modifier is Modifier.APPROX or b.modifier is not Modifier.EXACT:
            continue
        if a.dimension != b.dimension or b.best is None or a.unit_code != b.unit_code:
            continue
        if _coordinates(s, a, b):
            bound(b, a.modifier)
            b.is_modifier_inherited = True
            b.why("modifier", "coordination")


def _coordinates(s: Sentence, a: Figure, b: Figure) -> bool:
    """Tell whether only the rest of a's phrase, a participle and "and" stand between two figures."""
    start = max(a.last, a.unit_last)
    stop = b.first
    while stop > start and s.lows[stop - 1] in _FORE:
        stop -= 1
    if not start < stop <= start + _SPAN or s.lows[stop - 1] not in {"and", ","}:
        return False
    if not _PARTS.isdisjoint(s.lows[start:stop]):
        return False
    inner = s.tags[start : stop - 1]
    if not _CLAUSE_BREAKS.isdisjoint(inner):
        return False
    participles = sum(tag in {"VBN", "VERB"} for tag in inner)
    if s.lows[b.last : b.last + 1] == ["of"]:
        return False  # "at least 15 people dead, three of whom": a part of them
    follower = s.tags[b.last] if b.last < len(s.tags) else "."
    if participles == 0:
        return len(inner) <= _SAME_PHRASE and follower not in {"BE", "HAVE", "MODAL"}
    after = max(b.last, b.unit_last)
    closes = s.tags[after] if after < len(s.tags) else "."
    ends = s.tags[b.last + 1] if b.last + 1 < len(s.tags) else "."
    return participles == 1 and (
        follower == "VBN"
        or (follower == "VERB" and ends in _ENDS)
        or (s.tags[b.last : b.last + 1] == ["NOUN"] and closes not in {"BE", "HAVE", "MODAL", "VERB"})
    )


_PARTS = frozenset({"including", "among", "–", "—"})  # what follows is a part, or another sentence
_ENDS = frozenset(
    {".", ",", "PREP", "SUB", "CONJ", ";", ")", '"', "ADV", "DATE"}
)  # what follows a participle without object
_SPAN = 12  # tokens between the figures of one verb phrase: "civilians in Ukraine have been killed and another"
_SAME_PHRASE = 4  # tokens between two objects of one verb: "missiles and"
_CLAUSE_BREAKS = frozenset({"SUB", "REL", ".", ";", "(", ")", "MODAL", "PRON"})
