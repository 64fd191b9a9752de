"""The places that a sentence names, and what the gazetteer (seeds/places.csv, seeds/areas.toml) knows of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seeds.circumstances import Actor, Area, Epoch, PlaceWord
from seeds.kinds import WordClass
from seeds.sheets import Place

if TYPE_CHECKING:
    from collections.abc import Collection

    from seeds.loader import Seeds
    from transforms.reading import Context
    from transforms.sentences import Sentence

SETTLEMENT, DISTRICT, REGION, PART, STATE = 1, 3, 4, 5, 6  # UCDP where_prec (GED codebook 22.1)
FAR = 30  # a cost that no figure pays: the place is none
_LOCATED, _UNLOCATED, _OF = 0, 8, 9  # costs: something is there, the name alone, "of", "to", "from" it
_LONGEST = 5  # tokens of a name that no gazetteer holds
_LONGEST_PHRASE = 7  # tokens of "in the besieged southern port city of" before a name
_LONGEST_APPOSITION = 7  # tokens of ", a port city in southern"
_LONGEST_OWNED = 4  # tokens of "'s main port,"
_SMALL = 3000  # people: the names of lesser places are too often those of others
_SHORT = 3  # letters: "US" stands in "USSR"
_DATELINE = 12  # tokens of the longest dateline
_WITHIN = frozenset(
    "in at near outside around over across inside throughout within into toward towards on along off beyond between against"
    " through under above".split(),
)
_DESCRIBING = ("ed", "ern", "held", "ial", "ing", "est", "second", "third", "fourth", "-", "main", "key")
_WEAK = frozenset("to of from for via".split())
_BETWEEN = frozenset(("the", "a", "an", "of", "-", "'s"))  # may stand between preposition and name
_LINKS = frozenset((",", "and", "or", "&", "/", "-", "–"))
_APPOSITIONS = ([",", "a"], [",", "the"])
_DASHES = frozenset(("—", "–", "-"))
_ADDRESSING = 5  # tokens between that verb and the preposition
_NAME = re.compile(r"[A-Z][a-z]+")
_LIKENING = 3  # tokens before a name in which "the size of" is looked for
_BESIDE = frozenset(("REGION", "DISTRICT", "SETTLEMENT", "PART", "NAME", "REACHED"))  # sorts of words next to a name
_FINITE = frozenset("is was are were has have had will".split())


@dataclass(slots=True)
class Mention:
    """A place named in a sentence: its tokens, its name there and what the gazetteer knows of it."""

    first: int
    last: int
    name: str
    level: int
    place_id: str | None
    country_code: str | None
    is_located: bool  # a preposition or verb says that something is there
    cost: int = _LOCATED
    seed: str = "places"


class Gazetteer:
    """All names of places, compiled once; `read` finds them in a sentence."""

    def __init__(self, seeds: Seeds) -> None:
        self._names: dict[str, list[Place]] = {}
        for place in seeds.rows(Place):
            for name in (place.name, *place.written.split("|")):
                if name:
                    self._names.setdefault(name, []).append(place)
        self._areas: dict[str, Area] = {name: area for area in seeds.of(Area).values() for name in area.written}
        self._longest: dict[str, int] = {}  # tokens of the longest name that begins with a word
        for name in (*self._names, *self._areas):
            parts = name.replace("-", " - ").replace(".", " . ").replace("'", " ' ").split()
            self._longest[parts[0]] = max(self._longest.get(parts[0], 0), len(parts))
        self._states: dict[str, list[str]] = {}
        for name, places in self._names.items():
            if places[0].level == str(STATE) and len(name) > _SHORT:
                self._states.setdefault(places[0].country_code, []).append(name)
        self._state_names = frozenset(name for names in self._states.values() for name in names)
        words = [(form, word.sort) for word in seeds.of(PlaceWord).values() for form in word.written]
        self._sorts = {form: sort for form, sort in words if sort in _BESIDE}
        self._saying = frozenset(form for form, sort in words if sort == "SAYING")
        self._audience = frozenset(form for form, sort in words if sort == "AUDIENCE")
        self._officials = frozenset(form for form, sort in words if sort == "OFFICIALS")
        self._likened = frozenset(form for form, sort in words if sort == "LIKENED")
        self._settled = frozenset(form for form, sort in self._sorts.items() if sort == "SETTLEMENT")
        self._skipped = _BETWEEN | {form for form, sort in self._sorts.items() if sort in {"SETTLEMENT", "PART"}}
        self._reached = _WITHIN | {form for form, sort in self._sorts.items() if sort == "REACHED"}
        states = [
            (actor, next(name for name in actor.written if name in self._state_names))
            for actor in seeds.of(Actor).values()
            if not self._state_names.isdisjoint(actor.written)
        ]
        self._lands = {form: name for actor, name in states for form in actor.adjectives}  # "Russian", "Russians"
        self._drafters = {  # whoever may call men up
            form: name
            for actor, name in states
            for form in (*actor.written, *actor.adjectives, *actor.people, *actor.seats)
        }
        self._draft = frozenset(form for form, sort in words if sort == "DRAFT")
        self._adjectives = frozenset(form for actor in seeds.of(Actor).values() for form in actor.adjectives)
        self._wars = frozenset(word for epoch in seeds.of(Epoch).values() for word in epoch.spoken)
        self._dates = frozenset(seeds.of(WordClass)["DATE"].words)
        self._seats = frozenset(seat for actor in seeds.of(Actor).values() for seat in actor.seats)

    def named(self, name: str) -> Mention:
        """Return the first place of a name, as if a text had named it."""
        place = self._names[name][0]
        return Mention(0, 0, place.name, int(place.level), place.place_id, place.country_code, is_located=True)

    def land_of(self, words: list[str]) -> Mention | None:
        """Return the state whose people words name: "200,000 Russians", "Russian men"."""
        return next((self.named(self._lands[word]) for word in words if word in self._lands), None)

    def drafter(self, sentence: Sentence) -> Mention | None:
        """Return the state whose draft people flee: "400,000 have fled since Putin announced the mobilisation"."""
        if self._draft.isdisjoint(sentence.lows):
            return None
        return next((self.named(self._drafters[word]) for word in sentence.words if word in self._drafters), None)

    def read(self, ctx: Context, sentence: Sentence) -> list[Mention]:
        """Return the places of a sentence in the order of its words, without its dateline; the same on every call."""
        found = sentence.cache.get("places")
        if found is None:
            found = sentence.cache["places"] = self._read(ctx, sentence)
        return found  # type: ignore[return-value]  # the cache holds what each reader put there

    def is_elsewhere(self, ctx: Context, ground: str, near: Collection[str]) -> bool:
        """Tell whether an article names a third state (none of `near`) more often than the land of its war and its people."""
        stem = ground.split(maxsplit=1)[0][:-1]  # Ukraine, Ukrainian
        most = here = 0
        for name, n in Counter(_NAME.findall(ctx.text)).items():
            if name.startswith(stem):
                here += n
            elif n > most and name in self._state_names and name not in near:
                most = n
        return most > here

    def owners(self, sentence: Sentence) -> list[Mention]:
        """Return the states and capitals that own something in a sentence already read: "Norway's border"."""
        return sentence.cache.get("owners", [])  # type: ignore[return-value]  # `read` put it there

    def states(self, sentence: Sentence) -> list[Mention]:
        """Return the states that act or speak in a sentence already read: "Latvia raises its budget"."""
        return sentence.cache.get("states", [])  # type: ignore[return-value]  # `read` put it there

    def refers_back(self, sentence: Sentence) -> bool:
        """Tell whether a sentence says "the city", "the southern port city" of one named before."""
        for i, low in enumerate(sentence.lows):
            if low in self._settled and i and self._is_the_one(sentence.lows, i):
                after = sentence.words[i + 1] if i + 1 < len(sentence.words) else ""
                return after not in {"of", "'s"} and not after[:1].isupper()
        return False

    def _is_the_one(self, lows: list[str], i: int) -> bool:
        """Tell whether "the" stands before a word for a settlement, with but words for its part of a state between."""
        while i > 1 and self._sorts.get(lows[i - 1]) in {"PART", "SETTLEMENT"}:
            i -= 1
        return lows[i - 1] == "the"

    def _read(self, ctx: Context, sentence: Sentence) -> list[Mention]:
        words = sentence.words
        mentions: list[Mention] = []
        owners: list[Mention] = []
        states: list[Mention] = []
        sentence.cache["owners"], sentence.cache["states"] = owners, states
        done, n = 0, len(words)
        for i, (word, low) in enumerate(zip(words, sentence.lows, strict=True)):
            if i < done or (word == low and low != "of"):
                continue
            mention = None
            if word[0].isupper():
                longest = self._longest.get(word) or (self._longest.get(word.capitalize()) if word.isupper() else None)
                mention = self._match(ctx, sentence, i, min(n, i + longest)) if longest else self._unlisted(sentence, i)
            elif word == "of":
                mention = self._unlisted_settlement(sentence, i)
            if mention:
                done = mention.last
                if mention.cost < FAR:
                    self._add(mentions, mention, sentence)
                elif words[done : done + 1] in (["'s"], ["’s"]):
                    owners.append(replace(mention, cost=_LOCATED))
                elif mention.level == STATE:
                    states.append(mention)
        return _without_dateline(mentions, sentence)

    def _add(self, mentions: list[Mention], mention: Mention, sentence: Sentence) -> None:
        """Add a place; "the Odesa region town of Serhiivka" is Serhiivka, "in Sumy and Kharkiv" locates both."""
        if mentions:
            last = mentions[-1]
            between = sentence.lows[last.last : mention.first]
            if between[-1:] == ["of"] and not self._settled.isdisjoint(between) and len(between) <= _SHORT:
                mention.is_located, mention.cost = last.is_located, last.cost
                mentions.pop()
            elif between[:1] == [","] and not self._settled.isdisjoint(between) and len(between) <= _LONGEST_APPOSITION:
                return  # "Kremenchuk, a city in central Ukraine"
            elif between == ["in"] and last.level < PART and mention.level == STATE:
                return  # "from the city of Mariupol in Ukraine" tells where the city is
            elif between[:1] == ["'s"] and len(between) <= _LONGEST_OWNED and last.level > mention.level:
                mention.is_located, mention.cost = last.is_located, last.cost
                mentions.pop()  # "in Russia's western Belgorod region" is there
            elif (
                last.is_located and not mention.is_located and len(between) <= _SHORT - 1 and _LINKS.issuperset(between)
            ):
                mention.is_located, mention.cost = True, last.cost
        mentions.append(mention)

    def _match(self, ctx: Context, sentence: Sentence, first: int, stop: int) -> Mention | None:
        """Find the longest name that begins at a token, unless the words beside it make it another's."""
        words = sentence.words
        for last in range(stop, first, -1):
            name = _text(sentence, first, last).replace("’", "'")
            if area := self._areas.get(name):
                cost, is_located, _ = self._place_of(words, first)
                seed = f"areas/{area.code}"
                return Mention(first, last, name, area.level, area.place_id, area.country_code, is_located, cost, seed)
            candidates = self._names.get(name)
            if candidates is None and name.isupper() and len(name) > _SHORT:  # a dateline's KYIV
                candidates = self._names.get(name.title())
            if candidates:
                return self._found(ctx, sentence, first, last, candidates)
        return None

    def _found(
        self, ctx: Context, sentence: Sentence, first: int, last: int, candidates: list[Place]
    ) -> Mention | None:
        words = sentence.words
        after = words[last] if last < len(words) and words[last].lower() not in self._dates else ""  # "Irpin Sunday"
        before = words[first - 1] if first else ""
        sort = self._sorts.get(after.lower()) or self._sorts.get(after)
        cost, is_located, is_sure = self._place_of(words, first)
        if sort == "NAME" or (sort is None and not is_located and len(after) > 1 and after[0].isupper()):
            return None  # "Kyiv Independent"
        is_surname = before[:1].isupper() and first > 1 and before.lower() not in _WITHIN | _WEAK | self._skipped
        if is_surname and before not in self._sorts and last - first == 1:
            return None
        place = self._choose(ctx, candidates, sort, self._state_after(words, last))
        level = int(place.level)
        if not is_sure and sort is None:
            if place.is_word == "1" or (level == SETTLEMENT and int(place.population) < _SMALL):
                return None
            is_told = self._sorts.get(before.lower()) in {"SETTLEMENT", "PART"}  # "the capital Kyiv", "central Kyiv"
            if level == STATE or (place.name in self._seats and not is_told):
                cost = FAR  # a state or a capital that acts or speaks is a party
        elif (
            place.name in self._seats and sort != "REGION" and first > 1 and words[first - 2].lower() in self._officials
        ):
            cost, is_located = FAR, False  # "officials in Moscow"
        place_id: str | None = place.place_id
        if sort == "REGION":
            last, level = last + 1, REGION
            place_id = place.place_id if place.level == str(REGION) else None
        elif sort == "DISTRICT":
            last, level, place_id = last + 1, DISTRICT, None
        elif before and self._sorts.get(before.lower()) == "PART" and level >= REGION:
            first, level = first - 1, PART
        return Mention(first, last, _text(sentence, first, last), level, place_id, place.country_code, is_located, cost)

    def _place_of(self, words: list[str], first: int) -> tuple[int, bool, bool]:
        """Return the cost of a name, whether something is there, and whether a preposition stands before it at all."""
        i = first - 1
        is_of = False
        while i >= 0 and first - i <= _LONGEST_PHRASE and words[i].lower() in self._skipped:
            is_of = is_of or words[i].lower() == "of"
            i -= 1
            if words[i + 1].lower() in self._settled:  # "in the besieged Ukrainian city of"
                i -= self._described(words, i)
        low = words[i].lower() if i >= 0 else ""
        if i > 0 and words[i - 1].lower() in self._wars:
            return _OF, False, True  # "the war in Ukraine" is a name of the war
        if low in self._reached:
            return (_OF, False, True) if self._is_of_saying(words, i) else (_LOCATED, True, True)
        if is_of and not self._likened.isdisjoint(words[max(0, first - _LIKENING) : first]):
            return FAR, False, True
        if low in _WEAK or is_of:
            return _OF, False, True
        return _UNLOCATED, False, False

    def _described(self, words: list[str], i: int) -> int:
        """Count the words that describe a settlement and end at a token: "in Ukraine's second-largest city of"."""
        n = 0
        while (
            n <= i and n < _LONGEST_OWNED and (words[i - n] in self._adjectives or words[i - n].endswith(_DESCRIBING))
        ):
            n += 1
        if words[i - n] in {"'s", "’s", "´s"} and n < i:  # the state whose it is
            n += 2
        return n

    def _is_of_saying(self, words: list[str], i: int) -> bool:
        """Tell whether a preposition at i leads to where something was said: "told reporters in Vienna"."""
        for j in range(i - 1, max(-1, i - 1 - _ADDRESSING), -1):
            low = words[j].lower()
            if low in self._saying:
                return words[i].lower() in {"in", "at"}
            if low not in self._audience:
                break
        return False

    def _state_after(self, words: list[str], last: int) -> str | None:
        """The state of what stands in apposition: "Slavyansk, Krasnodar region"."""
        if words[last : last + 1] != [","] or last + 1 >= len(words):
            return None
        codes = {place.country_code for place in self._names.get(words[last + 1], ())}
        return codes.pop() if len(codes) == 1 else None

    def _choose(self, ctx: Context, candidates: list[Place], sort: str | None, state: str | None) -> Place:
        """Of places of one name: the kind that the next word says, in the state beside it, in one the text names, the largest."""
        if len(candidates) == 1:
            return candidates[0]
        wanted = str(REGION) if sort == "REGION" else str(SETTLEMENT)
        named: dict[str, bool] = ctx.state.setdefault("states named", {})  # type: ignore[assignment]  # this step put it there
        for code in {place.country_code for place in candidates}:
            if code not in named:
                named[code] = any(name in ctx.text for name in self._states.get(code, ()))
        return max(
            candidates,
            key=lambda p: (
                p.level == wanted,
                p.country_code == state,
                p.level == str(STATE),
                named[p.country_code],
                int(p.population),
                p.place_id,
            ),
        )

    def _unlisted(self, sentence: Sentence, i: int) -> Mention | None:
        """Read "the Voznesensky district": a capitalised name that the next word says is a region or district."""
        lows, words = sentence.lows, sentence.words
        after = lows[i + 1] if i + 1 < len(lows) else ""
        sort = self._sorts.get(after)
        if after != "," and sort not in {"REGION", "DISTRICT"}:
            return None
        if words[i] in self._adjectives or not i or not words[i].isalpha() or lows[i] in self._skipped:
            return None
        if lows[i + 1 : i + 3] in _APPOSITIONS and not self._settled.isdisjoint(lows[i + 3 : i + 5]):
            cost, is_located, _ = self._place_of(words, i)
            return Mention(i, i + 1, words[i], SETTLEMENT, None, None, is_located, cost) if is_located else None
        if sort not in {"REGION", "DISTRICT"}:
            return None
        cost, is_located, _ = self._place_of(words, i)
        level = REGION if sort == "REGION" else DISTRICT
        return Mention(i, i + 2, _text(sentence, i, i + 2), level, None, None, is_located, cost)

    def _unlisted_settlement(self, sentence: Sentence, i: int) -> Mention | None:
        """Read "the village of Zelenopillia": a capitalised name that the words before "of" say is a settlement."""
        words = sentence.words
        if not i or sentence.lows[i - 1] not in self._settled:
            return None
        last = i + 1
        while (
            last < len(words)
            and last - i <= _LONGEST
            and (words[last][0].isupper() or (words[last] == "-" and last > i + 1))
        ):
            last += 1
        if last == i + 1 or words[i + 1] in self._longest:
            return None
        return Mention(i + 1, last, _text(sentence, i + 1, last), SETTLEMENT, None, None, is_located=True)


def _text(sentence: Sentence, first: int, last: int) -> str:
    return sentence.text[sentence.starts[first] - sentence.start : sentence.ends[last - 1] - sentence.start]


def _without_dateline(mentions: list[Mention], sentence: Sentence) -> list[Mention]:
    """Drop the places of a dateline: "KYIV, Ukraine (AP) —" says where the reporter was."""
    if not mentions or mentions[0].first > 1:
        return mentions
    words, starts, ends = sentence.words, sentence.starts, sentence.ends
    for i in range(1, min(_DATELINE, len(words) - 1)):
        if words[i] in _DASHES and starts[i + 1] > ends[i]:
            return [mention for mention in mentions if mention.first > i]
        if sentence.lows[i] in _FINITE:
            break
    return mentions
