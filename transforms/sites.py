"""The settlement of a site that a sentence speaks of: "the attack on the prison" is where the article tells the prison to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.mentions import SETTLEMENT, Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.figures import Figure
    from transforms.gazetteer import Gazetteer
    from transforms.reading import Context
    from transforms.sentences import Sentence

_REACH = 6  # tokens of "in the besieged southern port city of" between a site and its settlement
_NAMED = 3  # tokens of "'s regional drama" between a settlement and its site
_DETERMINED = 5  # tokens between an article and its site: "the town's main maternity hospital"
_BACK, _AHEAD = 6000, 2500  # characters around a sentence in which the site's settlement is looked for
_IN = frozenset(("in", "at", "near", "outside"))
_STOPS = frozenset(", ; : . ( ) — – and or to from for by with".split())
_NEW = frozenset(("a", "an", "another"))
_GIVEN = frozenset(("the", "this", "that"))
_KNOWN = "sites"  # of the article's state: what was found for a site of a sentence


class Sites:
    """Finds the settlement of a site by the sentences in which both stand."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._words, self._alike = gazetteer.words.sites, gazetteer.words.alike

    def find(self, ctx: Context, sentence: Sentence, figure: Figure | None) -> Mention | None:
        """Return the settlement of the site nearest to a figure that it does not count; None where none is told."""
        lows = sentence.lows
        if self._words.isdisjoint(lows):
            return None
        tokens = [i for i, low in enumerate(lows) if low in self._words]
        if figure:
            tokens = [i for i in tokens if not figure.first <= i < figure.unit_last]
        if not tokens:
            return None
        first = figure.first if figure else 0
        return self._settlement(ctx, sentence, min(tokens, key=lambda i: abs(i - first)))

    def _settlement(self, ctx: Context, sentence: Sentence, i: int) -> Mention | None:
        word = sentence.lows[i]
        known: dict[tuple[int, str], Mention | None] = ctx.state.setdefault(_KNOWN, {})  # type: ignore[assignment]  # this step put it there
        key = (sentence.index, word)
        if key not in known:
            back = sentence.lows[max(0, i - _DETERMINED) : i]
            is_new = not _NEW.isdisjoint(back) and _GIVEN.isdisjoint(back)
            orders = (_after, _before) if is_new else (_before, _after)
            words = [word, *(other for other in self._alike.get(word, ()) if other != word and not is_new)]
            others = ((other, w) for w in words for order in orders for other in order(ctx, sentence, w))
            known[key] = self._bound(ctx, sentence, word) or next(
                (mention for other, w in others if (mention := self._bound(ctx, other, w))), None
            )
        return known[key]

    def _bound(self, ctx: Context, sentence: Sentence, word: str) -> Mention | None:
        """The settlement that a sentence says a site is in: "a prison in Olenivka", "the Olenivka prison"."""
        lows = sentence.lows
        for mention in self._gazetteer.read(ctx, sentence):
            if mention.level > SETTLEMENT:
                continue
            for i in range(max(0, mention.first - _REACH - 1), min(len(lows), mention.last + _NAMED + 1)):
                if lows[i] != word:
                    continue
                is_before = i < mention.first
                between = lows[i + 1 : mention.first] if is_before else lows[mention.last : i]
                if is_before is not _IN.isdisjoint(between) and _STOPS.isdisjoint(between):
                    return replace(mention, is_located=True, seed="place_words/site")
        return None


def _before(ctx: Context, sentence: Sentence, word: str) -> Iterator[Sentence]:
    """Yield the sentences before one that hold a word, the nearest first."""
    stop, least = sentence.start, max(0, sentence.start - _BACK)
    while (at := ctx.text.rfind(word, least, stop)) >= 0:
        other = ctx.sentences[ctx.sentences.at(at)]
        stop = min(at, other.start)
        if other.index < sentence.index:
            yield other


def _after(ctx: Context, sentence: Sentence, word: str) -> Iterator[Sentence]:
    """Yield the sentences after one that hold a word, the nearest first."""
    start, most = sentence.end, sentence.start + _AHEAD
    while (at := ctx.text.find(word, start, most)) >= 0:
        other = ctx.sentences[ctx.sentences.at(at)]
        start = max(at + 1, other.end)
        if other.index > sentence.index:
            yield other
