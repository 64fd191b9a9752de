"""Where: the place that a figure is about.

A figure's place is the nearest place that its sentence locates something at, the more exact first; where that is none or
wide, the place that other sentences give of the city, site, region or event that it speaks of; else the place of the
event that the sentences before tell; else, for what a war does, the land of the war. A state or a capital that acts or
speaks is a party, not a place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from seeds.circumstances import Carrier, Conflict
from transforms.figures import Kind
from transforms.gazetteer import Gazetteer
from transforms.homelands import HOME, HOST, POLICED, Homelands, takes_in
from transforms.mentions import PART, SETTLEMENT, STATE, Mention
from transforms.placewords import FAR, LOCATED, MET, is_of_part, opens_clause
from transforms.predicates import is_described
from transforms.retold import MEMORY, Retold
from transforms.sites import Sites
from transforms.wars import Wars
from transforms.wordforms import VERBS

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_NEAR = 16  # tokens and breaks at most to the place of a figure that is no metric's
_COMPASS = frozenset("north south east west northeast northwest southeast southwest outside".split())
_GROUND = "ground"  # of the article's state: the land of its war
_WIDE = 5  # what a region or state costs more than a settlement
_PEOPLE = "people"  # who are on the move: of the carriers
_EVENT = "event"  # what one event did: of the carriers
_CUSTODY = "custody"  # who is arrested: of the carriers
_DEEDS = frozenset((_EVENT, "force"))  # of war: of the carriers
_OWN = frozenset(("its", "their", "our"))
_LOSING = frozenset(("lost", "losses", "losing"))
_PART_OF, _DETAIL = 6, 9  # cost and tokens of ", including in the capital"
_NEXT = 4  # cost of a place before the clause of a figure
_OF_WAR = frozenset("ECO_DAMAGE ATT_DURATION INF_CAPACITY_LOST INF_OUTAGE_DURATION".split())  # what a war costs
_OF_THE = 3  # tokens of "of the"
_ACCIDENT = "governing/accidents"  # what a war did not do, but an event all the same
_OF_STATES = frozenset(("share", "money"))  # of which a state has its own: "Latvia raises its budget to 2.5%"
_WHOLE = frozenset(("since", "far"))  # "so far"
_TOTALS = frozenset((Kind.CUM, Kind.RATE))  # of all of a war, not of one event
_STRUCK = {  # over whose land arms fly
    "WPN_LAUNCHED": "target_code", "WPN_HIT": "target_code", "WPN_INTERCEPTED": "actor_code", "WPN_SUPPRESSED": "actor_code",
}  # fmt: skip
_FLYING = "DRONE", "MISSILE"  # beginnings of the classes of weapons that reach beyond a front
_UNSAID = frozenset(("event told before", "land of the war"))  # rules of places that the sentence does not tell
_LAUNCHING = frozenset(("direction", "directions", "area", "areas", "region", "regions"))  # of which something flies
_LISTED = frozenset((",", ";", "and", *_LAUNCHING, "cities", "oblast", "krai"))
_DESCRIBED = 12  # of a clause that only tells who they were: "killed prisoners who were captured at Izium"
_BESIDE = 6  # tokens of "three in the besieged southern city of"
_COSTS = {
    ";": 9, "—": 4, "(": 4, ")": 4, "“": 3, "”": 3, '"': 3, ":": 2, ",": 1,
    "while": 7, "but": 6, "whom": 30, "who": 3, "which": 2, "after": 3, "when": 3, "and": 1, "as": 3, "said": 3, "says": 3,
}  # of a sign or word that opens a clause between figure and place  # fmt: skip


class Places:
    """The step that gives each figure its place."""

    def __init__(self, seeds: Seeds) -> None:
        self._gazetteer = Gazetteer(seeds)
        self._sites = Sites(self._gazetteer)
        self._homelands = Homelands(self._gazetteer)
        self._carriers = {metric: carrier for carrier in seeds.of(Carrier).values() for metric in carrier.metrics}
        self._retold = Retold(seeds, self._gazetteer, seeds.of(Carrier)[_EVENT].metrics)
        self._wars, self._arrests = Wars(seeds), seeds.of(Carrier)[_CUSTODY].metrics
        self._fighting: defaultdict[str, set[str]] = defaultdict(set)  # who fights, by the land on which they do
        for conflict in seeds.of(Conflict).values():
            self._fighting[conflict.ground].update(*conflict.sides)

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Set the place of each figure of a sentence; a place that the text does not give stays None."""
        context: dict[str, Mention | None] = {}  # what the sentences before give, asked for once
        for figure in figures:
            if figure.metric_code == "AGE":
                continue
            mention, rule = self._find(ctx, sentence, figure, context)
            if mention:
                figure.place_name, figure.place_id = mention.name, mention.place_id
                figure.country_code, figure.place_precision = mention.country_code, mention.level
                figure.why("place", rule, mention.seed, mention.name)

    def settle(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Put drones and missiles that flew at the other side of a war, told of no place, in that side's land."""
        for figure in figures:
            is_flying = figure.metric_code in _STRUCK and (figure.weapon_class or "").startswith(_FLYING)
            side = (
                getattr(figure, _STRUCK[figure.metric_code]) if is_flying and figure.place_precision == STATE else None
            )
            if side and side != figure.country_code and side in self._fighting[figure.country_code or ""]:
                rule = next(step.rule for step in reversed(figure.steps) if step.field == "place")
                if rule in _UNSAID and (land := self._gazetteer.state_of(side)):
                    figure.place_name, figure.place_id, figure.country_code = land.name, land.place_id, side
                    figure.why("place", "land of the side that it flew at", None, land.name)

    def _find(
        self, ctx: Context, sentence: Sentence, figure: Figure, context: dict[str, Mention | None]
    ) -> tuple[Mention | None, str]:
        carrier = self._carriers.get(figure.metric_code)
        is_accident = carrier is None and any(step.seed == _ACCIDENT for step in figure.steps)
        if is_accident:
            carrier = self._carriers["CAS_KILLED"]
        if carrier and carrier.place == "NOWHERE":
            figure.why("place", "between places", f"carriers/{carrier.code}")
            return None, ""
        if carrier and carrier.place == "GROUND" and (ground := self._ground(ctx, f"carriers/{carrier.code}")):
            return ground, "land of the war"
        is_deed = carrier is not None and carrier.code in _DEEDS
        places = [m for m in self._gazetteer.read(ctx, sentence) if m.cost != MET or not is_deed]
        if figure.metric_code.startswith("WPN_"):
            places = self._reached(sentence, places)
        elif figure.metric_code == "DSP_EVACUATED":
            places = [m for m in places if sentence.lows[m.first - 1 : m.first] != ["to"] or m.level >= PART]
        if own := self._own(ctx, sentence, figure, places):
            return own
        mention, is_far = _nearest(figure, places, sentence, FAR if carrier else _NEAR)
        if mention is None or mention.level >= PART or is_far or self._retold.is_nearer(sentence, figure, mention):
            if "" not in context:
                context[""] = self._retold.city(ctx, sentence)
            if context[""]:
                return context[""], "the city named before"
        if told := self._told_elsewhere(ctx, sentence, figure, carrier, mention):
            return told
        if mention:
            home = self._home_of(ctx, sentence, figure, mention)
            return (home, HOME) if home else (mention, "nearest named")
        if carrier is None:
            return self._owned(ctx, sentence, figure)
        if told := self._told_before(ctx, sentence, figure, carrier, context):
            return told
        return self._land(ctx, sentence, figure, carrier) if carrier.on_ground and not is_accident else (None, "")

    def _reached(self, sentence: Sentence, places: list[Mention]) -> list[Mention]:
        """The places but those from which something flies: "launched from the directions of Kursk, Oryol and occupied Crimea"."""
        found, start = [], 0  # the token behind the last place that something flies from
        for mention in places:
            link = mention.first - 1
            while link > 0 and (
                sentence.lows[link] in _LAUNCHING or sentence.lows[link] in self._gazetteer.words.skipped
            ):
                link -= 1
            is_listed = start > 0 and _LISTED.issuperset(sentence.lows[start : link + 1])
            if sentence.lows[link] == "from" or is_listed:
                start = mention.last
            else:
                found.append(mention)
        return found

    def _told_before(
        self, ctx: Context, sentence: Sentence, figure: Figure, carrier: Carrier, context: dict[str, Mention | None]
    ) -> tuple[Mention, str] | None:
        """The place of the event that the sentences before tell, of which this one goes on."""
        if carrier.code == _PEOPLE and (home := self._strangers(ctx, sentence, figure)):
            return home, HOME
        if carrier.code == _EVENT and self._retold.is_another(sentence):
            return None
        if figure.kind in _TOTALS and (figure.kind is Kind.RATE or self._tells_of_war(sentence, figure)):
            return None
        if carrier.code not in context:
            context[carrier.code] = self._carried(ctx, sentence, carrier)
        told = context[carrier.code]
        return (told, "event told before") if told else None

    def _told_elsewhere(
        self, ctx: Context, sentence: Sentence, figure: Figure, carrier: Carrier | None, mention: Mention | None
    ) -> tuple[Mention, str] | None:
        """The more exact place that other sentences give of a site, a town or an event that this one tells of."""
        if (mention is None or mention.level >= PART) and (site := self._sites.find(ctx, sentence, figure)):
            if mention is None or mention.country_code == site.country_code:
                return site, "site told of"
        if carrier and (town := self._retold.town(ctx, sentence, mention)):
            return town, "the town named after"
        is_wide = mention is None or mention.level >= STATE
        if carrier and carrier.code == _EVENT:
            if is_wide and (scene := self._retold.scene(ctx, sentence)):
                return scene, "event told after"
        region = self._retold.region(ctx, sentence) if is_wide else None
        if carrier and carrier.code == _EVENT and (mention or region):
            if told := self._retold.event(ctx, sentence, figure, mention):
                return told, "event told before"
        return (region, "the region named before") if region else None

    def _own(
        self, ctx: Context, sentence: Sentence, figure: Figure, places: list[Mention]
    ) -> tuple[Mention, str] | None:
        """The place that the sentence itself gives by more than nearness."""
        if figure.dimension == "share" and (owner := _owner(sentence, figure, places)):
            return self._gazetteer.region_of(owner), "share of what it owns"
        if sentence.lows[figure.first - 1 : figure.first] == ["("]:  # "Poland (980,000)"
            for named in (*places, *self._gazetteer.states(sentence)):
                if named.last == figure.first - 1:
                    return named, "of a list"
        if figure.metric_code == "DET_ARRESTED":
            state = self._homelands.policed(ctx, sentence, figure, places)
            return (state, POLICED) if state else None
        if figure.metric_code == "DSP_REFUGEES":
            host = self._acting(sentence, figure)
            if host and takes_in(sentence.lows[host.last : figure.first]):
                return host, HOST
        if left := self._homelands.left(ctx, sentence, figure, places):
            return left
        origin = _origin(sentence, places) if figure.metric_code == "DSP_EVACUATED" else None
        return (origin, "left") if origin else None

    def _acting(self, sentence: Sentence, figure: Figure) -> Mention | None:
        """The last state before a figure that acts."""
        return next((m for m in reversed(self._gazetteer.states(sentence)) if m.last <= figure.first), None)

    def _land(self, ctx: Context, sentence: Sentence, figure: Figure, carrier: Carrier) -> tuple[Mention | None, str]:
        """The state whose people are on the move; of all else the land of the war."""
        land = self._homelands.home(ctx, sentence, figure) if carrier.code == _PEOPLE else None
        return (land, HOME) if land else (self._ground(ctx, f"carriers/{carrier.code}"), "land of the war")

    def _strangers(self, ctx: Context, sentence: Sentence, figure: Figure) -> Mention | None:
        """The state whose people are on the move, where it is not the land of the war: "Russians fleeing by the thousands"."""
        home, ground = self._homelands.home(ctx, sentence, figure), self._ground(ctx, "")
        return home if home and ground and home.country_code != ground.country_code else None

    def _home_of(self, ctx: Context, sentence: Sentence, figure: Figure, mention: Mention) -> Mention | None:
        """The other state that people flee where only the land of the war is named: "Russians flee from its war"."""
        carrier = self._carriers.get(figure.metric_code)
        if carrier is None or carrier.code != _PEOPLE or mention.level != STATE:
            return None
        home = self._homelands.home(ctx, sentence, figure)
        if home is None or home.country_code == mention.country_code:
            return mention if home else None
        ground = self._ground(ctx, f"carriers/{carrier.code}")
        return home if ground and ground.country_code == mention.country_code else None

    def _owned(self, ctx: Context, sentence: Sentence, figure: Figure) -> tuple[Mention | None, str]:
        """The state that owns what a figure counts; of shares and money the one that acts; of a war's cost its land."""
        before = [owner for owner in self._gazetteer.owners(sentence) if owner.last <= figure.first]
        if owner := _governing(figure, before, sentence, _NEAR):
            return owner, "owner"
        if figure.dimension in _OF_STATES and (acting := self._acting(sentence, figure)):
            return acting, "land that acts"
        return (self._ground(ctx, "places") if figure.metric_code in _OF_WAR else None), "land of the war"

    def _tells_of_war(self, sentence: Sentence, figure: Figure) -> bool:
        """Tell whether a running total is of the whole war: "since the invasion", not "the toll of the strike rose"."""
        lows = sentence.lows
        if figure.victim == "MILITARY" and self._retold.events.isdisjoint(lows):
            whose = sentence.words[max(0, figure.first - 1) : figure.unit_last]
            if self._gazetteer.land_of(whose) or not _OWN.isdisjoint(whose) or not _LOSING.isdisjoint(lows):
                return True  # an army's dead are of the war
        return not _WHOLE.isdisjoint(sentence.lows) or not self._wars.words.isdisjoint(sentence.lows)

    def _carried(self, ctx: Context, sentence: Sentence, carrier: Carrier) -> Mention | None:
        """The most exact place of the nearest sentence before that locates something; farther off, below a state."""
        near = sentence.index - 1 - carrier.place_reach
        far = sentence.index - 1 - MEMORY if carrier.on_ground and carrier.period_reach else near
        is_given = carrier.code == _EVENT and self._retold.given(sentence, len(sentence.lows)) is not None
        ground = self._ground(ctx, f"carriers/{carrier.code}") if carrier.code == _EVENT else None
        fighting = self._fighting[ground.country_code or ""] if ground else ()
        aside: Mention | None = None  # where a sentence is that does not tell of the event
        for index in range(sentence.index - 1, max(-1, min(near, far)), -1):
            if aside and aside.level < PART and index <= near:
                break
            places = self._gazetteer.read(ctx, ctx.sentences[index])
            located = [m for m in places if m.is_located and (index > near or m.level < STATE)] + self._topic(
                ctx, ctx.sentences[index], carrier, places
            )
            if ground and any(m.country_code != ground.country_code for m in located):
                located = self._possible(ctx, sentence, ctx.sentences[index], located, ground)
            is_last = index == sentence.index - 1 and all(m.level >= PART for m in places)
            if not located and is_last and (site := self._sites.find(ctx, ctx.sentences[index], None)):
                return site
            if not located:
                continue
            best = min(located, key=lambda m: (m.level, bool(fighting) and m.country_code not in fighting, -m.first))
            found = replace(best, seed=f"carriers/{carrier.code}")
            is_near = best.level < PART or index == sentence.index - 1  # what took place across a land is told at once
            if not is_given or (is_near and self._retold.tells(ctx, ctx.sentences[index])):
                return found
            aside = aside or found
        return aside

    def _possible(
        self, ctx: Context, sentence: Sentence, before: Sentence, located: list[Mention], ground: Mention
    ) -> list[Mention]:
        """Keep the places of a sentence before where an event of a war may be: not in the attacker's land.

        In a town of a land that is not at war only if the sentence tells of some event there: not "a deal reached in Bern".
        """
        attackers = self._gazetteer.attackers(sentence, self._retold.attacks) - {ground.country_code}
        fighting = self._fighting[ground.country_code or ""]
        is_told = self._retold.tells(ctx, before) or self._gazetteer.words.protests.are_in(before.lows)
        is_told = is_told or not self._wars.words.isdisjoint(before.lows)
        is_told = is_told or self._retold.counts(ctx, before, self._arrests)
        return [
            m
            for m in located
            if m.country_code not in attackers
            and (is_told or m.level >= PART or m.country_code is None or m.country_code in fighting)
        ]

    def _topic(self, ctx: Context, sentence: Sentence, carrier: Carrier, places: list[Mention]) -> list[Mention]:
        """Return the settlement of those at war that a sentence opens with: "Mariupol has seen the worst"."""
        first = places[:1]
        is_list = len(places) > 1 and places[1].first == places[0].last + 1
        if (
            is_list
            or not first
            or first[0].level != SETTLEMENT
            or not self._gazetteer.words.opens(sentence, first[0].first)
        ):
            return []
        ground = self._ground(ctx, f"carriers/{carrier.code}")
        return first if ground and first[0].country_code in self._fighting[ground.country_code or ""] else []

    def _ground(self, ctx: Context, seed: str) -> Mention | None:
        """The land of the article's war, unless the article is more about another."""
        if _GROUND not in ctx.state:
            war = self._wars.nearest(ctx)
            is_here = war is not None and not self._gazetteer.is_elsewhere(ctx, war.ground, war.near)
            ctx.state[_GROUND] = self._gazetteer.named(war.ground) if war and is_here else None
        ground: Mention | None = ctx.state[_GROUND]  # type: ignore[assignment]  # put there above
        return replace(ground, seed=seed) if ground else None


def _is_end(lows: list[str], figure: Figure, mention: Mention) -> bool:
    """Tell a place from which a distance is told: "40 miles from Lysychansk", "45 miles west of the city of Mariupol"."""
    between = lows[figure.last : mention.first]
    return "from" in between or ("of" in between and not _COMPASS.isdisjoint(between))


def _owner(sentence: Sentence, figure: Figure, places: list[Mention]) -> Mention | None:
    """The land of whose own a figure is a share: "a fifth of Ukraine's territory", "95% of the Luhansk region is held"."""
    lows = sentence.lows
    of = next((i for i in range(figure.last, min(figure.last + 2, len(lows))) if lows[i] == "of"), len(lows))
    near = (m for m in places if of < m.first <= of + _OF_THE)
    is_land = figure.metric_code.startswith("TERR")
    return next((m for m in near if lows[m.last : m.last + 1] == ["'s"] or is_land), None)


def _origin(sentence: Sentence, places: list[Mention]) -> Mention | None:
    """The place that people are taken from: "evacuated from the besieged city of Mariupol to Zaporizhzhia"."""
    start = next((k for k, tag in enumerate(sentence.tags) if tag in VERBS), 0)  # not "workers from Kyiv evacuated 40"
    for mention in places:
        if mention.level < PART and "from" in sentence.lows[start : mention.first]:
            return mention
        start = max(start, mention.last)
    return None


def _nearest(figure: Figure, places: list[Mention], sentence: Sentence, least: int) -> tuple[Mention | None, bool]:
    """The place that governs a figure, and whether it is but the one from which its distance is told."""
    mention = _governing(figure, places, sentence, least)
    is_far = mention is not None and figure.dimension == "length" and _is_end(sentence.lows, figure, mention)
    if is_far:
        before = [m for m in places if m.last <= figure.first and sentence.lows[max(0, m.first - 1)] != "from"]
        mention = _governing(figure, before, sentence, FAR) or mention
    return mention, is_far


def _governing(figure: Figure, mentions: list[Mention], sentence: Sentence, least: int) -> Mention | None:
    """The place that costs least to reach from a figure."""
    best = None
    lead = bisect_left(sentence.starts, figure.quote_start)  # before its hedge
    near = (
        bisect_left(mentions, figure.first - 2 * FAR, key=_first),
        bisect_left(mentions, figure.first + 2 * FAR, key=_first),
    )
    end = max(figure.last, figure.unit_last)
    is_followed = bool(mentions) and mentions[-1].first > figure.first
    is_next = is_followed and opens_clause(sentence, lead, end)
    for mention in mentions[slice(*near)]:
        if mention.first <= figure.first < mention.last:
            continue
        cost = LOCATED if mention.cost == MET else mention.cost
        if mention.last <= figure.first:
            between = sentence.lows[mention.last : lead]
            cost += _NEXT * is_next
        else:
            between = sentence.lows[end : mention.first]
            if "including" in between[-_DETAIL:]:
                cost += FAR if is_of_part(sentence, mention.first) else _PART_OF
        is_beside = (
            mention.is_located and mention.first > figure.first and between[:1] == ["in"] and len(between) <= _BESIDE
        )
        cost += (0 if is_beside else len(between) // 2) + (_WIDE if mention.level >= PART else 0)
        cost += sum(_COSTS.get(low, 0) for low in between)
        cost += _DESCRIBED if is_described(figure, sentence, mention.first) else 0
        if cost < least:
            best, least = mention, cost
    return best


def _first(mention: Mention) -> int:
    return mention.first
