"""The rules of seeds/reconciling.toml and seeds/tally_families.toml, compiled once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seeds.kinds import Family, Reconciling
from seeds.sheets import Place, regions

if TYPE_CHECKING:
    from seeds import Seeds
    from transforms.tallying.said import Said

PERSON_WORDS = 3  # "Serhiy Haidai", "Oleh Synyehubov": names of people have up to three words
_LONGEST_TOLL_DAYS = 31  # a toll told for more than a month is a total, not one event's
_HARM = "INF_DAMAGED"
_HARMS = frozenset({_HARM, "INF_DESTROYED", "INF_CAPACITY_LOST"})
FLED = "DSP_REFUGEES"
EXCHANGED = "DET_EXCHANGED"
ARRESTED = "DET_ARRESTED"  # over a wave of protests
_ATTACKS = "ATT_COUNT"
BY_NOW = frozenset({FLED, "DET_ABDUCTED", _ATTACKS})
_HANDFUL = 100  # people or attacks: fewer may be of one day, though none is told
_DRAFT = "MIL_RECRUITED"  # told as one number that runs on, as an advance is
_SETTLEMENT = 3  # UCDP where_prec up to a district: what can be one event's place
_SITES = frozenset("plant plants steel steelworks works factory mill base airbase air airfield complex prison".split())
_SOME = 3  # of a sort of people counted apart: fewer may be killed at once
_COUNTRY = 6  # UCDP where_prec from a country on: no place of its own


class Identity(NamedTuple):
    """A family of seeds/tally_families.toml: what makes its figures figures of one thing."""

    code: str
    metrics: tuple[str, ...]
    identified_by: tuple[str, ...]
    may_fill: tuple[str, ...]
    period: str
    grows: str
    is_placed: bool = False
    is_grouped: bool = False


class Rules:
    """What tallying knows: families of metrics, and the numbers and words of its rules."""

    def __init__(self, seeds: Seeds) -> None:
        rules = seeds.of(Reconciling)
        self.families = tuple(
            Identity(
                f.code,
                tuple(f.metrics),
                tuple(f.identified_by),
                tuple(f.may_fill),
                f.period,
                f.grows,
                f.is_placed,
                f.is_grouped,
            )
            for f in seeds.of(Family).values()
        )
        self._unnamed = frozenset(rules["unnamed_official"].words)
        self._bodies = frozenset(rules["organisation"].words)
        self._offices = frozenset(rules["office"].words)
        self._owners = tuple(pair.partition("=")[::2] for pair in rules["owner"].words)
        self._killed, self._hurt = (tuple(rules[code].words) for code in ("told_dead", "told_hurt"))
        self._both = tuple(rules["told_both"].words)
        self._powers = frozenset(w.removesuffix(" =") for w in rules["one_harm"].words if w.endswith(" ="))
        self._grids = frozenset(rules["one_harm"].words)
        self._apart = frozenset(rules["counted_apart"].words)
        self._at_large = frozenset(rules["people_at_large"].words)
        self._sorts = tuple(pair.partition(" =")[::2] for pair in rules["same_people"].words)
        sites = (pair.partition(" =")[::2] for code in ("same_site", "attacks_on") for pair in rules[code].words)
        self._sites = {word: kind or word for word, kind in sites}
        self._nations = tuple(pair.partition(" =")[::2] for pair in rules["same_nation"].words)
        self._increments = tuple(rules["increment"].words)
        self.untold = frozenset(rules["OTHER_METRIC"].words)
        self.about = _amount(rules["about"])
        self.event_days = int(_amount(rules["event_days"]))
        self.telling = _amount(rules["day_slip"])
        self.undated_days = int(_amount(rules["undated"]))
        self.running_days = int(_amount(rules["running_toll"]))
        self.running_gap = int(_amount(rules["running_days"]))
        self.groups_apart = _amount(rules["groups_apart"])
        self.great = _amount(rules["great_number"])
        self.retold_days = int(_amount(rules["retold"]))
        self.war_total = _amount(rules["war_total"])
        self.round_zeros = int(_amount(rules["official_over_round"]))
        self._regions = regions(seeds.rows(Place))
        self._told: dict[str, str] = {}
        self._by_metric: dict[str, tuple[Identity, ...]] = {}
        self._origins: dict[tuple[str | None, str | None, str | None, str | None], tuple[str, bool, bool]] = {}

    def family(self, said: Said) -> Identity:
        """Return the first family that fits a figure."""
        metric = self.metric(said)
        families = self._by_metric.get(metric)
        if families is None:
            families = tuple(f for f in self.families if any(_fits(metric, m) for m in f.metrics))
            self._by_metric[metric] = families
        for family in families:  # of which the last takes all
            if self._suits(family, said):
                break
        return family

    def metric(self, said: Said) -> str:
        """Return the metric; of dead and wounded the one that the figure's own words name alone, or both; of a grid's harm one."""
        if said.kind == "RATIO" and said.metric_code in _HARMS and self._is_grid(said):
            return _HARM
        if said.metric_code not in {"CAS_TOTAL", "CAS_KILLED"}:
            return said.metric_code
        told = self._told.get(said.quote)
        if told is None:
            told = self._told[said.quote] = self._find_told(said.quote.lower())
        return told or said.metric_code

    def _is_grid(self, said: Said) -> bool:
        """Tell whether a power grid is counted: "energy infrastructure", "the grid"."""
        head = head_of(said)
        words = (said.counted or "").lower().split()
        return head in self._grids and (head.startswith("grid") or not self._powers.isdisjoint(words))

    def _find_told(self, words: str) -> str:
        """Return which of the two words name; nothing where they name neither."""
        is_dead, is_hurt = (any(word in words for word in told) for told in (self._killed, self._hurt))
        if is_dead == is_hurt:
            return "CAS_TOTAL" if any(word in words for word in self._both) else ""
        return "CAS_KILLED" if is_dead else ""

    def _suits(self, family: Identity, said: Said) -> bool:
        if (family.is_placed and not is_settled(said)) or ("sites" in family.identified_by and not said.sites):
            return False
        start, end = said.period_start_date, said.period_end_date
        days = (end - start).days if start and end else None
        if family.period == "EVENT":
            return self._is_event(family, said, days)
        if family.period == "TOTAL":
            if family.grows == "UP" and is_people(said):
                if said.kind not in {"FLOW", "CUM", "STOCK"}:
                    return False
                if self._is_counted_apart(said, days):
                    return True
                is_long = days is not None and 0 < days <= _LONGEST_TOLL_DAYS and said.kind == "FLOW"
                is_military = said.victim == "MILITARY"
                is_war = not is_settled(said) or said.kind == "CUM" or is_military
                is_long |= days == 0 and said.kind == "FLOW" and not is_military
                return is_war and not is_long and (self._is_since(said, days) or _number(said) >= self.war_total)
            if is_running(said):
                return True
            is_total = said.kind in ({"CUM"} if family.grows == "UP" else {"CUM", "STOCK", "RATIO"})
            is_level = said.kind in {"STOCK", "RATIO"} or is_by_now(said)  # that of a day, too
            return (is_total or is_by_now(said)) and (is_level or days is None or days > self.event_days)
        if family.period == "NIGHT":
            return days <= self.event_days if days is not None else said.period_start_date is None
        return True

    def _is_event(self, family: Identity, said: Said, days: int | None) -> bool:
        """Tell whether a figure is of one event: small enough, and no total of a siege or of the war."""
        if said.kind not in {"FLOW", "CUM"} and not (said.kind == "STOCK" and family.grows == "ANY"):
            return False
        if family.is_grouped:
            return is_settled(said) or said.kind == "FLOW"
        if family.grows == "UP" and self._is_counted_apart(said, days):
            return False
        if said.kind == "CUM":
            return _number(said) < self.war_total and not (family.grows == "UP" and self._is_since(said, days))
        if days is not None and days > _LONGEST_TOLL_DAYS:
            return False
        is_day = days is not None and days <= self.event_days
        if said.victim == "MILITARY" and is_settled(said):
            return _number(said) < self.war_total * 2
        return _number(said) < self.war_total or ((is_settled(said) or is_day) and said.victim != "MILITARY")

    def _is_counted_apart(self, said: Said, days: int | None) -> bool:
        """Tell whether it is how many of a sort of people the war has killed: "seven generals", of no place and no day."""
        is_day = days is not None and days <= self.event_days
        is_somewhere = (said.place_precision or _COUNTRY) < _COUNTRY
        is_event = is_somewhere or (is_day and _number(said) < _SOME)
        return not is_event and said.best != 1 and head_of(said) in self._apart

    def _is_since(self, said: Said, days: int | None) -> bool:
        """Tell whether a total is counted over a whole country since a day that it names: small as it may be, no event's."""
        is_countrys = (said.place_precision or _COUNTRY) >= _COUNTRY
        is_since = days is not None and days > self.event_days and said.victim is not None
        return said.kind == "CUM" and is_countrys and (is_since or said.victim in {"CIVILIAN", "CHILD"})

    def origin(self, said: Said) -> tuple[str, bool, bool]:
        """Return what counts as one source, whether anybody is named, and whether it may contradict another."""
        key = (said.party_code, said.source_id, said.source_name, said.outlet_id)
        found = self._origins.get(key)
        if found is None:
            found = self._origins[key] = self.find_origin(*key)
        return found

    def find_origin(
        self, party: str | None, source_id: str | None, name: str | None, outlet: str | None
    ) -> tuple[str, bool, bool]:
        """Return the origin of party, source and outlet.

        >>> from seeds import load_seeds
        >>> rules = Rules(load_seeds())
        >>> rules.find_origin("UKR", "ukr_air_force", "air force", "bbc"), rules.find_origin(None, None, "mayor", "bbc")
        (('side:UKR', True, True), ('officials', True, False))
        >>> rules.find_origin(None, None, "Serhiy Haidai", "bbc"), rules.find_origin(None, None, None, "bbc")
        (('haidai', True, False), ('outlet:bbc', False, False))
        """
        low = (name or "").lower().removeprefix("the ")
        if source_id is None and self._bodies.intersection(low.split()):
            return low, True, True
        if party is not None:
            return f"side:{party}", True, True
        if source_id is not None and source_id != outlet:
            return source_id, True, True
        if name is None or source_id is not None:
            return f"outlet:{outlet or '?'}", False, False
        words = name.split()
        if low in self._unnamed:
            return "officials", True, False
        if self._offices.intersection(low.split()):
            return low, True, True
        if len(words) <= PERSON_WORDS and all(word[:1].isupper() for word in words):
            return words[-1].lower(), True, False  # a person is known by the last name
        return low, True, False

    def owner(self, said: Said) -> str | None:
        """Return whose people a total counts: as its words say, else the side that speaks of its own, else the target."""
        words = f" {said.quote} {said.counted or ''} ".lower()
        named = {code for word, code in self._owners if f" {word}" in words}
        if len(named) == 1:
            (code,) = named
            return code if code != "OWN" else (said.party_code or said.target_code)
        return said.target_code

    def sort_of_people(self, said: Said) -> str | None:
        """Return the word for whoever is counted apart from the people and the soldiers of a side: "generals"."""
        head = head_of(said)
        return head if head not in self._at_large else None

    def region_of(self, place: str | None) -> str | None:
        """Return the region that a settlement lies in, None where the gazetteer does not tell.

        >>> from seeds import load_seeds
        >>> rules = Rules(load_seeds())  # Kramatorsk lies in the Donetsk region
        >>> rules.region_of("704508"), rules.region_of("Serhiivka")
        ('709716', None)
        """
        return self._regions.get(place or "")

    def sorts_of_people(self, said: Said) -> set[str]:
        """Return the sorts of people, of whom few events kill many, that a report names: "PRISONER"."""
        words = f" {said.quote} {said.counted or ''} ".lower()
        return {sort for word, sort in self._sorts if f" {word} " in words}

    def nation_of(self, said: Said) -> str | None:
        """Return the nation of a group of released prisoners that a report tells apart: "five Britons"."""
        if said.metric_code != EXCHANGED:
            return None
        words = f" {said.quote} {said.counted or ''} ".lower()
        found = {nation for word, nation in self._nations if f" {word} " in words}
        return found.pop() if len(found) == 1 else None

    def sites_of(self, sites: str) -> frozenset[str]:
        """Return the sites that a figure's clause names, one word for each kind.

        >>> from seeds import load_seeds
        >>> sorted(Rules(load_seeds()).sites_of("theater,station"))
        ['station', 'theatre']
        """
        return frozenset(self._sites[site] for site in sites.split(",")) if sites else frozenset()

    def is_increment(self, said: Said) -> bool:
        """Tell whether a number is said to come on top of another: "eight more bodies"."""
        quote = said.quote.lower()
        # "Killing 3 and wounding another 15" is no second count of wounded, but "15 more wounded" is.
        return any(word in quote and (said.metric_code == "CAS_KILLED" or "more" in word) for word in self._increments)


def head_of(said: Said) -> str | None:
    """Return the last word of what is counted: "strike drones" and "drones" are both drones."""
    words = (said.counted or "").lower().split()
    return words[-1] if words else None


def is_people(said: Said) -> bool:
    """Tell whether people are counted, at no rate."""
    return said.unit_code == "{person}" and said.per_unit_code is None and said.kind != "RATE"


def is_people_rate(said: Said) -> bool:
    """Tell whether people a day, a week or a month are counted, or at a rate whose time was not read."""
    return said.unit_code == "{person}" and (said.per_unit_code is not None or said.kind == "RATE")


def is_by_now(said: Said) -> bool:
    """Tell whether so many have fled, were taken, or attacks on one kind of facility were counted, by now: what no day is told of is no day's flow, if it is no handful."""
    if said.metric_code not in BY_NOW or (said.metric_code == _ATTACKS and not said.sites):
        return False
    is_open = said.period_start_date is None or said.period_end_date is None
    return said.kind == "CUM" or (said.kind == "FLOW" and is_open and _number(said) >= _HANDFUL)


def is_draft(said: Said) -> bool:
    """Tell whether those called up are counted."""
    return said.metric_code == _DRAFT


def is_running(said: Said) -> bool:
    """Tell whether ground gained is counted from no named day, or arrests over more than one, or a rate: all are told for some days running."""
    if said.per_unit_code is not None or is_people_rate(said):
        return said.kind == "RATE"
    if is_draft(said):
        return said.kind in {"CUM", "FLOW"}
    if said.metric_code == ARRESTED:
        if said.period_start_date is not None:
            return said.kind == "CUM" and said.period_start_date != said.period_end_date
        return said.kind == "CUM" or (said.kind == "FLOW" and _number(said) >= _HANDFUL)
    return said.dimension == "area" and (said.kind in {"CUM", "STOCK"} or said.period_start_date is None)


def _number(said: Said) -> float:
    return said.best_base or said.low_base or said.high_base or 0.0


def is_settled(said: Said) -> bool:
    """Tell whether a figure's place is a settlement or a district."""
    return (said.place_precision or _COUNTRY) <= _SETTLEMENT and place_key(said) is not None


def place_key(said: Said) -> str | None:
    """Return what names a place, over its spellings; None for a whole country or no place at all."""
    if (said.place_precision or 0) >= _COUNTRY:
        return None
    return said.place_id or (_name_of(said.place_name) if said.place_name else None)


def _name_of(place: str) -> str:
    """Return a place's name without what it is: "Azovstal steel plant" and "Azovstal" are one."""
    words = place.lower().split()
    while len(words) > 1 and words[-1] in _SITES:
        words.pop()
    return " ".join(words)


def _fits(metric_code: str, pattern: str) -> bool:
    return metric_code.startswith(pattern[:-1]) if pattern.endswith("*") else metric_code == pattern


def _amount(rule: Reconciling) -> float:
    if rule.amount is None:
        message = f"reconciling.toml [{rule.code}] needs an amount"
        raise ValueError(message)
    return rule.amount
