"""The places that a sentence names, and what the gazetteer (seeds/places.csv, seeds/areas.toml) knows of them."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from seeds.circumstances import Actor, Area
from seeds.sheets import Place, regions
from transforms.mentions import (
    DISTRICT,
    PART,
    REGION,
    SETTLEMENT,
    STATE,
    Mention,
    text_of,
    told_of_states,
    unlisted,
    unlisted_settlement,
    without_dateline,
)
from transforms.placewords import FAR, LOCATED, OF, UNLOCATED, WEAK, WITHIN, PlaceWords

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from seeds.loader import Seeds
    from transforms.reading import Context
    from transforms.sentences import Sentence

_LONGEST_APPOSITION = 7  # tokens of ", a port city in southern"
_LONGEST_OWNED = 4  # tokens of "'s main port,"
_LONGEST_WITHIN = 5  # tokens of "in the occupied southern"
_SMALL = 3000  # people: the names of lesser places are too often those of others
_SHORT = 3  # letters: "US" stands in "USSR"
_LINKS = frozenset((",", "and", "or", "&", "/", "-", "–"))
_STOPS = frozenset((",", "and", "(", ";"))
_TOLD = frozenset(("SETTLEMENT", "PART"))  # "the capital Kyiv", "central Kyiv"
_ON = frozenset(("while", "and", "but"))  # that go on to another place: "in Lutsk, while the city of Chernihiv"
_NAME = re.compile(r"[A-Z][a-z]+")
_NEXT = 2  # tokens to the next name of a list
_DEED = 8  # tokens behind a state in which it is told to attack: "Russia has carried out missile and drone attacks"
_NO_ATTACK = frozenset(
    "said says say that shot downed intercepted repelled suffered faces under after from against".split()
)
_NOUNS = (["NOUN"], ["NV"], ["ADJ"])
_NO_ATTACK_BY = frozenset("in by from under after when at on of and were was , .".split())
_ATTACK = 5  # tokens of "Russian forces also fired rockets"
_HOSTILE = frozenset(
    "killed killing fired missiles missile drones strikes strike shelling troops forces soldiers invasion invaded attack attacks".split()
)
_OWNS = frozenset(("'s", "’s"))
_INSIDE = frozenset("in at across inside throughout within into around".split())
_POINTING = frozenset(("the", "their", "his", "its", "our"))


class Gazetteer:
    """All names of places, compiled once; `read` finds them in a sentence."""

    def __init__(self, seeds: Seeds) -> None:
        self._names: dict[str, list[Place]] = {}
        self.regions = regions(seeds.rows(Place))
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
        self.words = PlaceWords(seeds)
        states = [
            (actor, next(name for name in actor.written if name in self._state_names))
            for actor in seeds.of(Actor).values()
            if not self._state_names.isdisjoint(actor.written)
        ]
        self._lands = {form: name for actor, name in states for form in actor.adjectives}  # "Russian", "Russians"
        self.drafters = {  # whoever may call men up
            form: name
            for actor, name in states
            for form in (*actor.written, *actor.adjectives, *actor.people, *actor.seats)
        }
        self._seats = frozenset(seat for actor in seeds.of(Actor).values() for seat in actor.seats)

    def named(self, name: str) -> Mention:
        """Return the first place of a name, as if a text had named it."""
        place = self._names[name][0]
        return Mention(0, 0, place.name, int(place.level), place.place_id, place.country_code, is_located=True)

    def region_of(self, mention: Mention) -> Mention:
        """Return the region that a settlement gives its name, where there is one: of Luhansk that of Luhansk."""
        places = self._names.get(mention.name, ()) if mention.level == SETTLEMENT else ()
        region = next((p for p in places if p.level == str(REGION) and p.country_code == mention.country_code), None)
        return replace(mention, level=REGION, place_id=region.place_id) if region else mention

    def lies_in(self, mention: Mention, region: Mention) -> bool:
        """Tell whether a place is known to lie in a region."""
        return region.place_id is not None and self.regions.get(mention.place_id or "") == region.place_id

    def state_of(self, country_code: str | None) -> Mention | None:
        """Return the state of an ISO 3166-1 alpha-3 code."""
        names = self._states.get(country_code or "")
        return self.named(names[0]) if names else None

    def land_of(self, words: list[str]) -> Mention | None:
        """Return the state whose people words name: "200,000 Russians", "Russian men"."""
        return next((self.named(self._lands[word]) for word in words if word in self._lands), None)

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
                mention = (
                    self._match(ctx, sentence, i, min(n, i + longest)) if longest else unlisted(self.words, sentence, i)
                )
            elif word == "of":
                mention = unlisted_settlement(self.words, sentence, i, self._names)
            if mention:
                done = mention.last
                if mention.cost >= FAR and mention.level < STATE and mentions and mentions[-1].is_located:
                    if sentence.lows[mentions[-1].last : mention.first] == ["and"]:
                        mention.cost = UNLOCATED  # "in Odesa and Kyiv"
                if mention.cost < FAR:
                    self._add(mentions, mention, sentence)
                elif done < n and words[done] in _OWNS:
                    owners.append(replace(mention, cost=LOCATED))
                elif mention.level == STATE:
                    states.append(mention)
        mentions = without_dateline(mentions, sentence)
        if not self.words.lands.isdisjoint(sentence.lows):
            self._add_land(mentions, sentence)
        return mentions

    def _add_land(self, mentions: list[Mention], sentence: Sentence) -> None:
        """Add "the country" that something is in: the state that the sentence names first, whose people act in it."""
        lows = sentence.lows
        if any(m.level < PART for m in mentions):
            return
        for i, low in enumerate(lows):
            if low in self.words.lands and i > 1 and lows[i - 1] in _POINTING and lows[i - 2] in _INSIDE:
                state = self.acting(sentence, i)
                if state:
                    land = replace(state, first=i, last=i + 1, seed="place_words/land")
                    mentions.insert(bisect_left(mentions, i, key=_first), land)

    def acting(self, sentence: Sentence, stop: int) -> Mention | None:
        """Return the state that a sentence names first, by itself, its people, its seat or its head, before a token."""
        first = next(self.actors(sentence, stop), None)
        if first is None or _attacks(sentence.lows[first + 1 : first + 1 + _DEED]):
            return None
        return self.named(self.drafters[sentence.words[first]])

    def actors(self, sentence: Sentence, stop: int) -> Iterator[int]:
        """Yield the tokens that name a state, its people, its seat or its head, but as what a war is on or something is for."""
        aimed = -1  # the last name that is told as what something is for
        for k, (word, low) in enumerate(zip(sentence.words[:stop], sentence.lows, strict=False)):
            if word == low:
                continue
            is_listed = aimed == k - _NEXT and sentence.lows[k - 1] in _LINKS
            if is_listed or self.words.is_aimed_at(sentence.lows, k):
                aimed = k  # "for Georgia, Armenia and Kazakhstan"
            elif word in self.drafters:
                yield k

    def attackers(self, sentence: Sentence, attacks: frozenset[str]) -> set[str | None]:
        """Return the states that a sentence tells to attack: "Russian shelling", "Russian forces fired rockets"."""
        found = set()
        for k, word in enumerate(sentence.words):
            if word in self.drafters:
                after = itertools.takewhile(_may_attack, sentence.lows[k + 1 : k + _ATTACK])
                if not attacks.isdisjoint(after):
                    found.add(self.named(self.drafters[word]).country_code)
        return found

    def _add(self, mentions: list[Mention], mention: Mention, sentence: Sentence) -> None:
        """Add a place; "the Odesa region town of Serhiivka" is Serhiivka, "in Sumy and Kharkiv" locates both."""
        if mentions:
            last = mentions[-1]
            between = sentence.lows[last.last : mention.first]
            if between[-1:] == ["of"] and not self.words.settled.isdisjoint(between) and len(between) <= _SHORT:
                mention.is_located, mention.cost = last.is_located, last.cost
                mentions.pop()
            elif (
                between[:1] == [","]
                and _ON.isdisjoint(between)
                and not self.words.settled.isdisjoint(between)
                and len(between) <= _LONGEST_APPOSITION
            ):
                return  # "Kremenchuk, a city in central Ukraine"
            elif (
                last.is_located
                and last.level < PART
                and (self.words.is_edge(between) or (between[:2] == [",", "in"] and self.lies_in(last, mention)))
            ):
                return  # "in Irpin, on the outskirts of Kyiv"
            elif (
                between[:1] == ["in"]
                and _STOPS.isdisjoint(between)
                and len(between) <= _LONGEST_WITHIN
                and last.level >= PART > mention.level
            ):
                mentions.pop()  # "over the Dnieper River in the occupied Kherson region" is in that region
            elif between == ["in"] and last.level < PART <= mention.level:
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
            name = text_of(sentence, first, last).replace("’", "'")
            if area := self._areas.get(name):
                if _low(words, last) in self.words.bodies:
                    return None  # "the Black Sea fleet"
                cost, is_located, _ = self.words.place_of(words, first)
                seed = f"areas/{area.code}"
                return Mention(first, last, name, area.level, area.place_id, area.country_code, is_located, cost, seed)
            candidates = None if name.lower() in self.words.dates else self._names.get(name)  # "on Nov. 25"
            if candidates is None and name.isupper() and len(name) > _SHORT:  # a dateline's KYIV
                candidates = self._names.get(name.title())
            if candidates and name == f"{candidates[0].name}n":  # "a Crimean air base", no "Crimean Tatars"
                is_site = not (self.words.sites | self.words.settled).isdisjoint(sentence.lows[last : last + _SHORT])
                return self._found(ctx, sentence, first, last, candidates) if is_site else None
            if candidates:
                return self._found(ctx, sentence, first, last, candidates)
        return None

    def _found(
        self, ctx: Context, sentence: Sentence, first: int, last: int, candidates: list[Place]
    ) -> Mention | None:
        words = sentence.words
        after = (
            words[last] if last < len(words) and words[last].lower() not in self.words.dates else ""
        )  # "Irpin Sunday"
        before = words[first - 1] if first else ""
        sort = self.words.sorts.get(after.lower()) or self.words.sorts.get(after)
        if sort == "SITE" and after not in self.words.sites:
            sort = None  # "the Kyiv School of Economics"
        cost, is_located, is_sure = self.words.place_of(words, first)
        is_bare = sort is None and not is_located and len(after) > 1 and after[0].isupper()  # "Kyiv Independent"
        if sort == "NAME" or after == "$" or is_bare or self._is_of_other(sentence, first, last):
            return None
        is_office, is_regional = self.words.office(words, last)
        is_regional = is_regional or (
            sort is None and (self.words.is_in_list(words, first, last) or self.words.is_of_region(words, first))
        )
        place = self._choose(ctx, candidates, "REGION" if is_regional else sort, self._state_after(words, last))
        level = int(place.level)
        is_seat = (
            is_located and cost == OF and (level > SETTLEMENT or sort is not None)
        )  # "the governor of the Sumy region"
        is_located = is_office or (is_located and not is_seat)  # who governs a place tells of it
        if not is_sure and sort is None:
            if place.is_word == "1" or (level == SETTLEMENT and int(place.population) < _SMALL):
                return None
            is_told = is_regional or self.words.sorts.get(before.lower()) in _TOLD
            if level == STATE or (place.name in self._seats and not is_told):
                cost = FAR  # a state or a capital that acts or speaks is a party
        elif (
            place.name in self._seats
            and sort != "REGION"
            and first > 1
            and words[first - 2].lower() in self.words.officials
        ) or (
            sort is None and (level == STATE or place.name in self._seats) and self.words.is_party(words, first, last)
        ):
            cost, is_located = FAR, False  # "officials in Moscow"
        if level == STATE and not self.words.bodies.isdisjoint(sentence.lows[last + 1 : last + _SHORT + 1]):
            if after in _OWNS:
                cost, is_located = FAR, False  # "according to Ukraine's emergency services"
        elif level == STATE and words[last - 1].isupper() and sentence.tags[last : last + 1] in _NOUNS:
            cost, is_located = FAR, False  # "killed in US air strikes"
        if not is_located and level < STATE and before not in _LINKS and self.words.is_struck(words, last):
            cost, is_located = LOCATED, True
        place_id: str | None = place.place_id
        if sort == "REGION":
            last, level = last + 1, REGION
            place_id = place.place_id if place.level == str(REGION) else None
        elif sort == "DISTRICT":
            last, level, place_id = last + 1, DISTRICT, None
        elif before and self.words.sorts.get(before.lower()) == "PART" and level >= REGION:
            first, level = first - 1, PART
        name = text_of(sentence, first, last)
        name = place.name if name == f"{place.name}n" else name  # "a Crimean air base"
        return Mention(first, last, name, level, place_id, place.country_code, is_located, cost)

    def _is_of_other(self, sentence: Sentence, first: int, last: int) -> bool:
        """Tell a name that is part of another: a surname, "across the river from the plant", "the US-funded radio"."""
        words, lows = sentence.words, sentence.lows
        before, after = words[first - 1] if first else "", words[last] if last < len(words) else ""
        is_surname = before[:1].isupper() and first > 1 and lows[first - 1] not in WITHIN | WEAK | self.words.skipped
        if is_surname and before not in self.words.sorts and last - first == 1:
            return True
        if after == "from" and words[max(0, first - 2) : first] == ["across", "the"]:
            return True
        is_joined = after == "-" and sentence.starts[last] == sentence.ends[last - 1]
        return is_joined and _low(words, last + 1) in self.words.joined

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
        levels = (str(REGION),) if sort == "REGION" else (str(SETTLEMENT), str(STATE))
        named: dict[str, bool] = ctx.state.setdefault("states named", {})  # type: ignore[assignment]  # this step put it there
        for code in {place.country_code for place in candidates}:
            if code not in named:
                named[code] = any(name in told_of_states(ctx) for name in self._states.get(code, ()))
        return max(
            candidates,
            key=lambda p: (
                p.level in levels,
                p.country_code == state,
                p.level == levels[-1],
                named[p.country_code],
                int(p.population),
                p.place_id,
            ),
        )


def _low(words: list[str], token: int) -> str:
    return words[token].lower() if token < len(words) else ""


def _may_attack(low: str) -> bool:
    return low not in _NO_ATTACK_BY


def _first(mention: Mention) -> int:
    return mention.first


def _attacks(lows: list[str]) -> bool:
    """Tell whether the words behind a state say that it attacks: what it does is done in another's country."""
    stop = next((k for k, low in enumerate(lows) if low in _NO_ATTACK), len(lows))
    return not _HOSTILE.isdisjoint(lows[:stop])
