"""Where the sentences before or after tell what a sentence is about: "the city", "the strike", "a town near Odesa"."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from seeds.circumstances import Act, TimeWord
from transforms.mentions import DISTRICT, PART, REGION, SETTLEMENT, Mention
from transforms.placewords import LOCATED, WITHIN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.gazetteer import Gazetteer
    from transforms.reading import Context
    from transforms.sentences import Sentence

MEMORY = 8  # sentences in which "the city" still stands for the one named
_TOLD = 3  # sentences back to the event that "the strike" stands for
_REGION = 5  # sentences back to the one that "the region" stands for
_AHEAD = 5  # sentences ahead to the name of "a town", and to where the event of the first sentences took place
_NEAR_TO = frozenset(("near", "outside", "from"))
_NAMED, _RECENT = 3, ["the", "recent"]  # tokens of "the recent mill" before its explosion
_LEAD = 2  # sentences that an article begins with
_TAKING = frozenset(("took", "happened", "occurred"))


class Retold:
    """Finds the places that words for a city, a region or an event stand for."""

    def __init__(self, seeds: Seeds, gazetteer: Gazetteer, of_events: Collection[str]) -> None:
        self._gazetteer = gazetteer
        self._of_events = of_events  # metrics
        self.events = frozenset(
            form for word in seeds.of(TimeWord).values() if word.sort == "event" for form in word.written
        )
        acts = (act.words for act in seeds.of(Act).values() if act.place == "ATTACK_NOUN")
        self.attacks = self.events.union(*acts)

    def city(self, ctx: Context, sentence: Sentence) -> Mention | None:
        """The settlement that "the city" stands for: named before in its sentence, else most often in those before."""
        token = self._gazetteer.words.refers_back(sentence)
        if token is None:
            return None
        own = [m for m in self._gazetteer.read(ctx, sentence) if m.level == SETTLEMENT and m.last <= token]
        if own:
            return own[-1]
        named: Counter[str] = Counter()
        mentions: dict[str, Mention] = {}
        for places in self._before(ctx, sentence, MEMORY - 1):
            for mention in reversed(places):
                if mention.level == SETTLEMENT:
                    named[mention.name] += 1
                    mentions.setdefault(mention.name, mention)  # of equals the last
        return mentions[max(named, key=named.__getitem__)] if named else None

    def is_nearer(self, sentence: Sentence, figure: Figure, mention: Mention) -> bool:
        """Tell whether "the city" stands between a figure and the place named after it: "killed in the capital, and four in Sumy"."""
        token = self._gazetteer.words.refers_back(sentence)
        if token is None or not max(figure.last, figure.unit_last) < token < mention.first:
            return False
        return not WITHIN.isdisjoint(sentence.lows[token - 2 : token]) and "," in sentence.lows[token : mention.first]

    def region(self, ctx: Context, sentence: Sentence) -> Mention | None:
        """The region that "the region" stands for: the last that was named."""
        token = self._gazetteer.words.region_named(sentence)
        if token is None:
            return None
        own = [m for m in self._gazetteer.read(ctx, sentence) if m.last <= token]
        for places in (own, *self._before(ctx, sentence, _REGION)):
            named = [m for m in places if m.level in {REGION, DISTRICT}]
            if named:
                return named[-1]
        return None

    def event(self, ctx: Context, sentence: Sentence, figure: Figure, mention: Mention | None) -> Mention | None:
        """The place of the event told before that "the strike" stands for, where its own clause names none so exact.

        "The strike, rare in the west, hurt 22"; "Authorities in Donetsk said the strike hurt 22".
        """
        lows = sentence.lows
        event = self.given(sentence, figure.first)
        if mention and mention.level == REGION and mention.cost > LOCATED:
            return self._in_region(ctx, sentence, mention)
        if event is None:
            return None
        between = slice(mention.last, min(event, figure.first)) if mention else slice(0)
        if mention and mention.level < PART and not self._is_seat(lows[between], mention):
            return None
        for places in self._before(ctx, sentence, _TOLD):
            told = [m for m in places if m.is_located and m.level < PART]
            if mention:
                told = [m for m in told if m.country_code == mention.country_code]
            if told:
                return min(told, key=lambda m: (m.level, -m.first))
        return None

    def _in_region(self, ctx: Context, sentence: Sentence, region: Mention) -> Mention | None:
        """The town of a region that the sentence before tells of, whose governor now speaks: "the Donetsk governor said"."""
        for places in self._before(ctx, sentence, 1):
            for mention in places:
                if mention.is_located and self._gazetteer.regions.get(mention.place_id or "") == region.place_id:
                    return mention
        return None

    def given(self, sentence: Sentence, token: int) -> int | None:
        """Return the token of an event that a sentence takes as known, the last before a token or the first after: "the strike"."""
        lows = sentence.lows
        if self.events.isdisjoint(lows):
            return None
        tokens = (*range(token - 1, 0, -1), *range(max(1, token), len(lows)))
        return next((k for k in tokens if lows[k] in self.events and lows[k - 1] == "the"), None)

    def is_another(self, sentence: Sentence) -> bool:
        """Tell whether a sentence brings in another event than the sentences before, by its site: "the recent mill explosion"."""
        lows = sentence.lows
        return any(low in self.events and lows[max(0, k - _NAMED) : k - 1] == _RECENT for k, low in enumerate(lows))

    def _is_seat(self, after: list[str], mention: Mention) -> bool:
        """Tell a town where only somebody speaks, by the words behind it: "the ministry in Moscow said"."""
        return mention.level == SETTLEMENT and not self._gazetteer.words.saying.isdisjoint(after)

    def tells(self, ctx: Context, sentence: Sentence) -> bool:
        """Tell whether a sentence before tells of an event, by its words or by what was counted in it."""
        if not self.attacks.isdisjoint(sentence.lows):
            return True
        return self.counts(ctx, sentence, self._of_events)

    def counts(self, ctx: Context, sentence: Sentence, metrics: Collection[str]) -> bool:
        """Tell whether something of some metrics was counted in a sentence before."""
        counted = (f for f in reversed(ctx.figures) if f.sentence_start <= sentence.start)
        return any(f.metric_code in metrics for f in counted if f.sentence_start == sentence.start)

    def town(self, ctx: Context, sentence: Sentence, mention: Mention | None) -> Mention | None:
        """The town that the sentences after name, where one tells of "a town near Odesa"."""
        token = self._gazetteer.words.unnamed(sentence)
        if token is None:
            return None
        if mention and mention.level < PART and _NEAR_TO.isdisjoint(sentence.lows[token : mention.first]):
            return None
        for after in self._after(ctx, sentence):
            for place in self._gazetteer.read(ctx, after):
                if place.level == SETTLEMENT and place.is_located and self._may_be_in(place, mention):
                    return place
        return None

    def _may_be_in(self, place: Mention, wide: Mention | None) -> bool:
        """Tell whether a settlement may lie in or by another place: in its region, where both are known to have one."""
        if wide is None or place.name == wide.name:
            return False
        regions = self._gazetteer.regions
        region = regions.get(place.place_id or "")
        if region and wide.level < PART:
            return region == regions.get(wide.place_id or "", wide.place_id)
        return None in {place.country_code, wide.country_code} or place.country_code == wide.country_code

    def scene(self, ctx: Context, sentence: Sentence) -> Mention | None:
        """The place where an event of an article's first sentences took place, by those after: "It took place in Sumy"."""
        if sentence.index >= _LEAD:
            return None
        for after in self._after(ctx, sentence):
            if not _TAKING.isdisjoint(after.lows) and not self.events.isdisjoint(after.lows):
                places = [m for m in self._gazetteer.read(ctx, after) if m.is_located and m.level < PART]
                if places:
                    return min(places, key=lambda m: m.level)
        return None

    def _before(self, ctx: Context, sentence: Sentence, reach: int) -> Iterator[list[Mention]]:
        for index in range(sentence.index - 1, max(-1, sentence.index - 1 - reach), -1):
            yield self._gazetteer.read(ctx, ctx.sentences[index])

    def _after(self, ctx: Context, sentence: Sentence) -> Iterator[Sentence]:
        for index in range(sentence.index + 1, min(len(ctx.sentences), sentence.index + 1 + _AHEAD)):
            yield ctx.sentences[index]
