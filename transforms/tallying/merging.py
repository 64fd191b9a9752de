"""Events that are one: of which the same number is told at another place or on another day, or in one sentence with one event's dead."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.tallying.events import CLOSE, DAY, FEW, GROWTH, Event, follows, ordinal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from transforms.tallying.rules import Rules

_WIDE = (
    10  # times as many dead as are a great toll, where no place is told: no second event of a country's day has so many
)
_ALIKE = 1.25  # times that two tolls of a country's day lie apart at most: 492 and 558
_KNOWN = 100  # so many dead of a kind of site nobody takes for others' of that week
_SOON = 2  # days after a great toll's day in which a report of no day and no place tells of it


def merge(events: list[Event], rules: Rules) -> list[Event]:
    """Let an event join a better known one of the same days of which all its numbers are told too."""
    for event in events:
        event.learn()
    known = _Known(events, rules)
    goals = {id(event): found for event in events if (found := known.find_goal(event))}
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: e.strength, reverse=True):
        if id(event) not in goals:
            kept.append(event)
            continue
        goal, rule = goals[id(event)]
        while id(goal) in goals:
            goal, _ = goals[id(goal)]
        goal.take(event.members, rule)
    for event in kept:
        event.learn()
    return kept


class _Known:
    """Events by what others may share with them, each list by day."""

    def __init__(self, events: Sequence[Event], rules: Rules) -> None:
        self._rules = rules
        self._by_lead: dict[float, list[Event]] = defaultdict(list)
        self._by_place: dict[str, list[Event]] = defaultdict(list)
        self._by_site: dict[str, list[Event]] = defaultdict(list)
        self._great: list[Event] = []
        for event in sorted(events, key=_told):
            if event.place:
                self._by_place[event.place].append(event)
            if max(event.leads, default=0.0) >= rules.great * (1 if event.place else _WIDE):
                self._great.append(event)
            for site in event.sites:
                self._by_site[site].append(event)
            for lead in event.leads:
                if lead >= FEW:
                    self._by_lead[lead].append(event)

    def find_goal(self, event: Event) -> tuple[Event, str] | None:
        """Return the event that one belongs to, and the rule by which it does."""
        rules, rule = self._rules, "same_number"
        if not event.leads:
            told = [other for other in _around(self._great, event, rules) if _tells_more(other, event)]
            if len(told) == 1:
                return told[0], "great_of_day"
            told, rule = self._find_same_people(event), "same_people"
            if not told:
                told, rule = self._find_same_sites(event), "same_site"
            return (told[0], rule) if len(told) == 1 else None
        if event.place and (alike := self._find_alike(event)):
            return alike, "great_of_day"
        found = [
            other
            for lead in event.leads
            for other in _around(self._by_lead[lead], event, rules)
            if _swallows(other, event, lead, rules)
        ]
        if not found and event.sites:
            rule = "same_site"
            found = self._find_same_sites(event)
            found = found if len(found) == 1 else []
        if not found and event.place and _is_undated(event, rules):
            rule = "undated"
            found = [o for o in _around(self._by_place[event.place], event, rules) if _outgrows(o, event, rules)]
        elif not (found or event.place) and (alike := self._find_alike(event)):
            return alike, "great_of_day"
        return (max(found, key=lambda e: _kinship(e, event)), rule) if found else None

    def _find_alike(self, wide: Event) -> Event | None:
        """Return the only event of a day about as great as what is told of its region, or of no place, on that day."""
        if wide.is_settled or min(wide.leads) < self._rules.great:
            return None
        around = _around(self._great, wide, self._rules)
        alike = [
            e
            for e in around
            if e is not wide
            and (e.place or e.strength > wide.strength)
            and _is_alike(e, wide)
            and _is_in(e, wide, self._rules)
        ]
        if len(alike) != 1:
            return None
        (goal,) = alike
        articles = {s.said.version_id for s in wide.members}
        is_beside = (wide.place or not goal.place) and not articles.isdisjoint(s.said.version_id for s in goal.members)
        return None if is_beside else goal  # an article that tells both of town and region tells of two

    def _find_same_sites(self, event: Event) -> list[Event]:
        """Return the better known events of the week at such a site of the place, region or country that a report names."""
        around = {id(o): o for site in event.sites for o in _around(self._by_site[site], event, self._rules)}.values()
        return [o for o in around if _is_same_site(o, event, self._rules)]

    def _find_same_people(self, vague: Event) -> list[Event]:
        """Return the events that killed as many, and the same sort of people, as a vague report says: "dozens of prisoners"."""
        sorts = self._sorts(vague)
        if not sorts:
            return []
        lead = max(s.lead for s in vague.members)
        return [
            e
            for e in _around(self._great, vague, self._rules)
            if lead <= e.top <= lead * GROWTH
            and (not vague.is_settled or vague.place == e.place or self._are_near(vague, e))
            and _may_agree(_lands(e), _lands(vague))
            and (vague.start is None or e.start is None or vague.start >= e.start)
            and not sorts.isdisjoint(self._sorts(e))
        ]

    def _are_near(self, one: Event, other: Event) -> bool:
        """Tell whether two towns lie in one region."""
        region = self._rules.region_of(one.place)
        return region is not None and region == self._rules.region_of(other.place)

    def _sorts(self, event: Event) -> set[str]:
        return {sort for s in event.members for sort in self._rules.sorts_of_people(s.said)}


def _told(event: Event) -> int:
    return event.told


def _around(events: list[Event], event: Event, rules: Rules) -> Sequence[Event]:
    """Return the events, sorted by day, that another may belong to: from long before it to a week after."""
    first = bisect_left(events, event.told - rules.retold_days, key=_told)
    last = bisect_left(events, _last(event) + rules.undated_days + 1, key=_told)
    return events[first:last]


def _is_alike(placed: Event, wide: Event) -> bool:
    """Tell whether a great toll of a day, of no place, may be an earlier or later word on that of a place on that day."""
    if placed.start is None or placed.end is None:
        return False
    if wide.start is None or wide.end is None:
        is_same_day = 0 <= wide.told - placed.told <= _SOON
    else:
        is_same_day = placed.start <= wide.end and wide.start <= placed.end
    is_same_kind = placed.is_military == wide.is_military and not (
        placed.classes and wide.classes and placed.classes.isdisjoint(wide.classes)
    )
    if not (placed.place or wide.place):  # then only the number, and whose dead they are, tell that they are one
        is_same_kind = is_same_kind and _may_agree(_targets(placed), _targets(wide))
    least, most = sorted((max(placed.leads), max(wide.leads)))
    is_close = most <= least * (CLOSE if placed.place or wide.place else _ALIKE)
    return is_same_day and is_same_kind and _may_agree(_lands(placed), _lands(wide)) and is_close


def _lands(event: Event) -> set[str | None]:
    """Return the countries that reports of an event name; of one with a place that of the place."""
    return {event.country} if event.country else {s.said.country_code for s in event.members}


def _targets(event: Event) -> set[str | None]:
    return {s.said.target_code for s in event.members}


def _may_agree(one: set[str | None], other: set[str | None]) -> bool:
    """Tell whether what reports state may be one: something alike, or one leaves it open."""
    return None in one | other or not one.isdisjoint(other)


def _is_in(placed: Event, wide: Event, rules: Rules) -> bool:
    """Tell whether a place lies in the region that another report names, or that report names none."""
    return wide.place is None or (placed.is_settled and rules.region_of(placed.place) == wide.place)


def _tells_more(exact: Event, vague: Event) -> bool:
    """Tell whether "dozens" of a day may be the only toll of that day and place that has a number."""
    lead = max(s.lead for s in vague.members)
    if vague.start is None or exact.start is None or exact.end is None or vague.end is None:
        return False
    is_same_day = exact.start <= vague.end and vague.start <= exact.end
    is_place = not vague.is_settled or vague.place == exact.place
    return (
        is_same_day
        and is_place
        and _may_agree(_lands(exact), _lands(vague))
        and lead <= max(exact.leads) <= lead * GROWTH
    )


def _kinship(great: Event, small: Event) -> tuple[object, ...]:
    """Order the events that one may belong to: one of its very day, one that its own article tells of, the nearest day, the best known."""
    articles = {s.said.version_id for s in great.members}
    is_shared = any(s.said.version_id in articles for s in small.members)
    days = abs(great.told - small.told)
    return (days == 0, is_shared, great.is_military == small.is_military, -days, great.strength)


def _swallows(great: Event, small: Event, lead: float, rules: Rules) -> bool:
    """Tell whether an event is only another report of a better known one, of which the same number is told."""
    if great is small or great.strength <= small.strength:
        return False
    if great.classes and small.classes and great.classes.isdisjoint(small.classes):
        return False
    if great.country and small.country and great.country != small.country:
        return False
    if great.place == small.place and not great.is_settled and (follows(great, small) or follows(small, great)):
        return False  # a region's past day, day by day
    if not _is_near(great, small, rules):
        return _is_told_again(great, small, lead, rules)
    is_within = rules.region_of(great.place) in {None, small.place} and great.is_settled and not small.is_settled
    if small.place is not None and small.place != great.place and not is_within:
        return lead >= rules.great and small.leads <= great.leads
    return lead >= (FEW if great.start == small.start else rules.telling)


def join_siblings(events: list[Event], told: Mapping[tuple[str, str], Event], deaths: Iterable[Event]) -> list[Event]:
    """Join what stands in one sentence with the dead of one event: "killed 11 and wounded 15" tells of one event twice.

    What names no place stands beside the dead of its article, where that tells of one event's alone.

    `told` has the event of the dead by block and sentence, `deaths` are all events of the dead.
    """
    groups: dict[int, list[Event]] = defaultdict(list)
    kept: list[Event] = []
    rules: dict[int, str] = {}
    articles: dict[str, list[Event]] = defaultdict(list)
    for one in deaths:
        for version_id in {s.said.version_id for s in one.members}:
            articles[version_id].append(one)
    for event in events:
        rules[id(event)] = "one_sentence"
        found = Counter(
            id(dead) for s in event.members if (dead := told.get((s.said.block_id, s.said.sentence_id))) is not None
        )
        if not found and not event.place:
            rules[id(event)] = "same_article"
            alone = (articles.get(s.said.version_id, ()) for s in event.members)
            found = Counter(id(only[0]) for only in alone if len(only) == 1 and _may_be_beside(only[0], event))
        ranked = found.most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            groups[ranked[0][0]].append(event)
        else:
            kept.append(event)
    for same in groups.values():
        best, *others = sorted(same, key=lambda e: e.strength, reverse=True)
        kept.append(best)
        for event in others:
            least, most = min(best.leads, default=best.vague * CLOSE), max(best.leads, default=best.vague * CLOSE)
            if all(least / CLOSE <= lead <= most * CLOSE for lead in event.leads):
                best.take(event.members, rules[id(event)])
            else:
                kept.append(event)
    return kept


def _may_be_beside(dead: Event, hurt: Event) -> bool:
    """Tell whether what is told beside the dead of an article may be of their event: their day, land and sort of people."""
    is_alike = dead.is_military == hurt.is_military and _may_agree(_lands(dead), _lands(hurt))
    return is_alike and _may_be_of_day(dead, hurt)


def _may_be_of_day(one: Event, other: Event) -> bool:
    """Tell whether two events are of the same days, as far as both tell of any."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return True
    return one.start <= other.end and other.start <= one.end


def _outgrows(great: Event, small: Event, rules: Rules) -> bool:
    """Tell whether a report without a day tells an earlier or later number of a toll of the same place and week."""
    if great.strength <= small.strength or not _is_near(great, small, rules):
        return False
    if great.is_military != small.is_military and not (small.is_military and great.has_soldiers):
        return False
    if small.start is small.end is None and great.start is not None and great.told > small.told + 1:
        return False  # nobody tells of what is to come
    if great.classes and small.classes and great.classes.isdisjoint(small.classes):
        return False
    least, most = min(great.leads, default=0.0), max(great.leads, default=0.0)
    return all(max(FEW, least / CLOSE) <= lead <= most * CLOSE for lead in small.leads)


def _is_told_again(great: Event, small: Event, lead: float, rules: Rules) -> bool:
    """Tell whether a report with a day of its own, but no settlement, only tells a great number again."""
    if small.is_settled or small.leads != {lead} or great.start is None or small.start is None:
        return False
    if small.place and (rules.region_of(great.place) != small.place or great.sites.isdisjoint(small.sites)):
        return False  # many a day of a long war has as many dead in one region
    days = rules.retold_days if lead >= rules.great * GROWTH else rules.undated_days if lead >= rules.great else 0
    return timedelta() < small.start - great.start <= days * DAY


def _is_near(one: Event, other: Event, rules: Rules) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        apart = max(one.told - _last(other), other.told - _last(one))
        return apart <= rules.undated_days
    return one.start - other.end <= DAY and other.start - one.end <= DAY


def _last(event: Event) -> int:
    """Return the last day of an event as a number; of one without a day that of its first report."""
    return max(event.told, ordinal(event.end))


def _is_same_site(great: Event, small: Event, rules: Rules) -> bool:
    """Tell whether an event of a site (a theatre, a station) is another word on a better known one of such a site of that place and week."""
    if great is small or great.strength <= small.strength:
        return False
    if great.is_military != small.is_military and not great.has_soldiers:
        return False
    if small.is_settled and small.place != great.place:
        return False
    if small.place and not small.is_settled and rules.region_of(great.place) != small.place:
        return False
    days = abs(great.told - small.told)
    if days > (rules.retold_days if small.leads <= great.leads and small.leads else rules.undated_days):
        return False
    if great.start and small.start and days > 1 and max(small.leads, default=0.0) < _KNOWN:
        return False  # two small tolls of two days are two
    if not _may_agree(_lands(great), _lands(small)):
        return False
    least, most = min(great.leads, default=0.0), max(great.leads, default=0.0)
    if not small.leads:  # "dozens"
        return great.told <= small.told + 1 and small.vague <= most <= small.vague * GROWTH
    return all(max(FEW, least / CLOSE) <= lead <= most * CLOSE for lead in small.leads)


def _is_undated(event: Event, rules: Rules) -> bool:
    """Tell whether no report of an event tells one day or night of its own."""
    if event.start is None or event.end is None:
        return True
    spans = [s.end - s.start for s in event.members if s.start and s.end]
    return bool(spans) and min(spans).days > rules.event_days
