"""Which reports tell of one event: by place and day first, then by the number that they share with what was told so far."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from transforms.tallying.rules import is_settled, place_key
from transforms.tallying.said import published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Statement

DAY = timedelta(days=1)
_VAGUE = 3  # vagueness
_REGION = 4  # UCDP where_prec of a region with a border
_AGAIN = 1.5  # times: how much a great toll at most rises when it is told days later
_ROUND = 10  # a number that many events have: told long after it shows none of them
_FEW = 3  # least number by which reports of one day are alike
_GROWTH = 5  # times: how far a toll that rises may have risen from one report to another
_CLOSE = 2  # times: how far an early word and a last count of one toll lie apart


@dataclass(slots=True, eq=False)
class Event:
    """What happened at one place on one day or night; no day is known where only undated reports tell of it."""

    start: date | None
    end: date | None
    place: str | None  # None where only a country, or nothing, is named
    is_settled: bool  # whether the place is a settlement, and no region
    country: str | None = None  # of the place
    is_military: bool = False  # whether soldiers alone are counted
    members: list[Statement] = field(default_factory=list)
    mark: str = ""  # what tells events apart that have no place or no day
    leads: set[float] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    top: float = 0.0  # the greatest number that a report with a day tells

    def learn(self) -> None:
        """Note the numbers and the kinds of weapons told so far."""
        self.leads = {s.lead for s in self.members if s.vagueness < _VAGUE}
        self.top = self.top or max(self.leads, default=0.0)
        self.classes = {s.said.weapon_class for s in self.members if s.said.weapon_class}

    @property
    def strength(self) -> tuple[object, ...]:
        """Order events by how well they are known."""
        return (self.is_settled, self.place is not None, len(self.members), -_ordinal(self.start), self.key)

    @property
    def key(self) -> tuple[str, ...]:
        """What names the event."""
        soldiers = "MILITARY" if self.is_military else ""
        return (self.place or "", str(self.start), str(self.end) if self.mark else "", self.mark, soldiers)


class _Fit(NamedTuple):
    """How well a statement fits an event, and the rule that says so."""

    score: int
    rule: str


def link(statements: Sequence[Statement], rules: Rules) -> list[Event]:
    """Sort the reports of one metric and kind of victims into events.

    Reports of one place and day make the events. What names no day, no place, or a total that has risen joins the event
    that it fits best: by place, by day, by the number that it shares with the others, by what else its article tells.
    """
    ordered, echoes = _fold_echoes(sorted(statements, key=lambda s: s.order), rules)
    dated = [s for s in ordered if _is_dated(s, rules)]
    known = {id(s) for s in dated}
    loose = [s for s in ordered if id(s) not in known]
    events = _merge(list(_anchors(dated, rules)), rules)
    for _ in range(_ROUNDS):
        loose = _join(loose, events, rules)
        events = _merge(events, rules)
    extra = _merge(list(_undated(loose, rules)), rules)
    events = _merge([*events, *extra], rules)
    for event in events:
        event.members += [echo for statement in event.members for echo in echoes.get(id(statement), ())]
    return events


def _fold_echoes(ordered: list[Statement], rules: Rules) -> tuple[list[Statement], dict[int, list[Statement]]]:
    """Let a telling number that an article tells again follow where the article tells it best, with place and day."""
    told: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for statement in ordered:
        if statement.lead >= rules.telling and statement.vagueness < _VAGUE:
            told[statement.said.version_id, statement.lead, statement.said.weapon_class].append(statement)
    echoes: dict[int, list[Statement]] = defaultdict(list)
    folded: set[int] = set()
    for same in told.values():
        ranked = sorted(same, key=lambda s: (-_known(s, rules), s.order))
        for number, statement in enumerate(ranked):
            best = next((b for b in ranked[:number] if id(b) not in folded and _echoes(statement, b, rules)), None)
            if best is not None:
                echoes[id(best)].append(statement)
                folded.add(id(statement))
    return [s for s in ordered if id(s) not in folded], echoes


def _known(statement: Statement, rules: Rules) -> int:
    place, settled = _level(statement)
    return 4 * _is_dated(statement, rules) + 2 * settled + (place is not None)


def _echoes(statement: Statement, best: Statement, rules: Rules) -> bool:
    if (
        _is_dated(statement, rules)
        and _is_dated(best, rules)
        and (statement.start, statement.end) != (best.start, best.end)
    ):
        return False
    here, there = _level(statement), _level(best)
    return here == there or not (here[1] and there[1])


_ROUNDS = 2  # what the first round joins tells the second which event an article is about


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _is_dated(statement: Statement, rules: Rules) -> bool:
    """Tell whether a report names one day or night of its own."""
    if statement.start is None or statement.end is None or statement.said.kind == "CUM":
        return False
    return (statement.end - statement.start).days <= rules.event_days


def _level(statement: Statement) -> tuple[str | None, bool]:
    """Return the place, None for a country or a part of it without a border, and whether it is a settlement."""
    said = statement.said
    return (None if (said.place_precision or 0) > _REGION else place_key(said)), is_settled(said)


def _is_military(statement: Statement) -> bool:
    return statement.said.victim == "MILITARY"


def _country(statement: Statement) -> str | None:
    return statement.said.country_code if _level(statement)[0] else None


def _anchors(dated: Iterable[Statement], rules: Rules) -> Iterator[Event]:
    """Make the events of each place, by day; where no place is named, of each number and day."""
    places: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for statement in dated:
        place, settled = _level(statement)
        number = None if place else statement.lead
        places[place, settled, number, _is_military(statement)].append(statement)
    for (place, settled, number, _), members in places.items():
        events = list(_by_day(members, place, is_settled=bool(settled)))  # type: ignore[arg-type]
        for event in events:
            event.mark = "" if place else f"{number:g}"
        yield from _join_slips(events, rules) if place else events


def _by_day(statements: Iterable[Statement], place: str | None, *, is_settled: bool) -> Iterator[Event]:
    """Make an event of each day or night; a night and the day on which it ends are one."""
    event: Event | None = None
    for statement in sorted(statements, key=lambda s: (s.start, s.end, s.order)):
        if event and event.end and statement.start and statement.start <= event.end:
            event.members.append(statement)
            continue
        if event:
            event.learn()
            yield event
        event = Event(
            statement.start, statement.end, place, is_settled, _country(statement), _is_military(statement), [statement]
        )
    if event:
        event.learn()
        yield event


def _join_slips(events: list[Event], rules: Rules) -> list[Event]:
    """Join events of a place a day apart of which the same telling number is told, and great numbers told again."""
    joined: list[Event] = []
    for event in events:
        last = joined[-1] if joined else None
        if last and last.end and event.start and event.start - last.end <= DAY and _tells(last, event, rules):
            last.members += event.members
            last.end = event.end
            last.learn()
            continue
        earlier = [one for one in joined if _is_retold(one, event, rules)]
        if len(earlier) == 1:
            earlier[0].members += event.members
            earlier[0].learn()
            earlier[0].top = max(earlier[0].leads)
        else:
            joined.append(event)
    return joined


def _is_retold(one: Event, later: Event, rules: Rules) -> bool:
    """Tell whether a later day's reports only give the great number again that was told of a day not long before."""
    if one.end is None or later.start is None or later.start - one.end > rules.running_days * DAY:
        return False
    great = {lead for lead in one.leads if lead >= rules.great}
    is_soon = later.start - one.end <= 2 * rules.undated_days * DAY
    if is_soon and later.leads and one.top >= 2 * rules.great:
        return all(one.top <= lead <= one.top * _AGAIN for lead in later.leads)
    return all(s.lead in great for s in later.members)


def _tells(one: Event, other: Event, rules: Rules) -> bool:
    """Tell whether the same telling number is told of both, or a middling one by the same source."""

    def numbers(event: Event) -> set[tuple[float, str | None]]:
        plain = [s for s in event.members if s.vagueness < _VAGUE]
        by_source = {(s.lead, s.origin) for s in plain if s.is_attributed and s.lead > rules.telling / 2}
        return by_source | {(s.lead, None) for s in plain if s.lead >= _FEW}

    return not numbers(one).isdisjoint(numbers(other))


# ---- events of which the same number is told at another place


def _merge(events: list[Event], rules: Rules) -> list[Event]:
    """Let an event join a better known one of the same days of which all its numbers are told too."""
    by_lead: dict[float, list[Event]] = defaultdict(list)
    by_place: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        event.learn()
    for event in sorted(events, key=_told):
        if event.place:
            by_place[event.place].append(event)
        for lead in event.leads:
            if lead >= _FEW:
                by_lead[lead].append(event)
    goals: dict[int, Event] = {}
    for event in events:
        if not event.leads:
            continue
        found = {
            id(other): other
            for lead in event.leads
            for other in _around(by_lead[lead], event, rules)
            if _swallows(other, event, lead, rules)
        }
        if event.place and not found and event.start is None:
            found = {id(other): other for other in _around(by_place[event.place], event, rules) if _outgrows(other, event, rules)}
        if found:
            goals[id(event)] = max(found.values(), key=lambda e: _kinship(e, event))
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: e.strength, reverse=True):
        goal = goals.get(id(event))
        if goal is None:
            kept.append(event)
            continue
        while id(goal) in goals:
            goal = goals[id(goal)]
        goal.members += event.members
    for event in kept:
        event.learn()
    return kept


def _around(events: list[Event], event: Event, rules: Rules) -> Sequence[Event]:
    """Return the events, sorted by day, that another may belong to: from long before it to a week after."""
    first = bisect_left(events, _told(event) - rules.retold_days, key=_told)
    last = bisect_left(events, _told(event) + rules.undated_days + 1, key=_told)
    return events[first:last]


def _kinship(great: Event, small: Event) -> tuple[object, ...]:
    """Order the events that one may belong to: one that its own article tells of, the nearest day, the best known."""
    articles = {s.said.version_id for s in great.members}
    is_shared = any(s.said.version_id in articles for s in small.members)
    days = abs(_told(great) - _told(small))
    return (is_shared, great.is_military == small.is_military, -days, great.strength)


def _swallows(great: Event, small: Event, lead: float, rules: Rules) -> bool:
    """Tell whether an event is only another report of a better known one, of which the same number is told."""
    if great is small or great.strength <= small.strength:
        return False
    if great.classes and small.classes and great.classes.isdisjoint(small.classes):
        return False
    if great.country and small.country and great.country != small.country:
        return False
    if not _is_near(great, small, rules):
        return _is_told_again(great, small, lead, rules)
    if small.place is not None and small.place != great.place and (small.is_settled or not great.is_settled):
        return lead >= rules.great and small.leads <= great.leads
    return lead >= (_FEW if great.start == small.start else rules.telling)


def join_siblings(events: list[Event], told: Mapping[tuple[str, str], Event]) -> list[Event]:
    """Join what stands in one sentence with the dead of one event: "killed 11 and wounded 15" tells of one event twice.

    `told` has the event of the dead by block and sentence.
    """
    groups: dict[int, list[Event]] = defaultdict(list)
    kept: list[Event] = []
    for event in events:
        found = Counter(
            id(dead) for s in event.members if (dead := told.get((s.said.block_id, s.said.sentence_id))) is not None
        )
        most = found.most_common(2)
        if most and (len(most) == 1 or most[0][1] > most[1][1]):
            groups[most[0][0]].append(event)
        else:
            kept.append(event)
    for same in groups.values():
        best, *others = sorted(same, key=lambda e: e.strength, reverse=True)
        kept.append(best)
        for event in others:
            least, most = min(best.leads, default=0.0), max(best.leads, default=0.0)
            if all(least / _CLOSE <= lead <= most * _CLOSE for lead in event.leads):
                best.members += event.members
            else:
                kept.append(event)
    return kept


def _outgrows(great: Event, small: Event, rules: Rules) -> bool:
    """Tell whether a report without a day tells an earlier or later number of a toll of the same place and week."""
    if great.strength <= small.strength or not _is_near(great, small, rules) or great.is_military != small.is_military:
        return False
    if great.classes and small.classes and great.classes.isdisjoint(small.classes):
        return False
    least, most = min(great.leads, default=0.0), max(great.leads, default=0.0)
    return all(max(_FEW, least / _CLOSE) <= lead <= most * _CLOSE for lead in small.leads)


def _is_told_again(great: Event, small: Event, lead: float, rules: Rules) -> bool:
    """Tell whether a report with a day of its own, but no settlement, only tells a great number again."""
    if small.is_settled or small.leads != {lead} or great.start is None or small.start is None:
        return False
    days = rules.retold_days if lead >= rules.great * _GROWTH else rules.running_days if lead >= rules.great else 0
    return timedelta() < small.start - great.start <= days * DAY


def _is_near(one: Event, other: Event, rules: Rules) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        days = abs(_told(one) - _told(other))
        return days <= rules.undated_days
    return one.start - other.end <= DAY and other.start - one.end <= DAY


def _told(event: Event) -> int:
    first = min(event.members, key=lambda s: s.order)
    return _ordinal(event.start or event.end or first.said.published_date)


# ---- reports without a day or a place of their own


def _join(loose: list[Statement], events: list[Event], rules: Rules) -> list[Statement]:
    """Let each report join the event that it fits best, all at once; return those that fit none."""
    by_place: dict[str, list[Event]] = defaultdict(list)
    by_lead: dict[float, list[Event]] = defaultdict(list)
    by_article: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda e: (_ordinal(e.start), e.key)):
        if event.place:
            by_place[event.place].append(event)
        for lead in event.leads:
            by_lead[lead].append(event)
        for version_id in {s.said.version_id for s in event.members}:
            by_article[version_id].append(event)
    rest: list[Statement] = []
    found: list[tuple[Event, Statement]] = []
    for statement in loose:
        place, _ = _level(statement)
        articles = by_article[statement.said.version_id]
        near = [*_window(by_place[place], statement, rules)] if place else []
        if statement.vagueness < _VAGUE and statement.lead >= rules.telling:
            near += _window(by_lead[statement.lead], statement, rules)
        candidates = {id(e): e for e in (*near, *articles)}.values()
        event = _choose(statement, list(candidates), {id(e) for e in articles}, rules)
        if event is None:
            rest.append(statement)
        else:
            found.append((event, statement))
    for event, statement in found:
        event.members.append(statement)
    for event in {id(e): e for e, _ in found}.values():
        event.learn()
    return rest


def _window(events: list[Event], statement: Statement, rules: Rules) -> Sequence[Event]:
    """Return the events, sorted by day, that a report may be about: from long before it to the day after."""
    told = statement.said.published_date or statement.end
    if told is None:
        return events
    first = bisect_left(events, _ordinal(told) - rules.retold_days, key=lambda e: _ordinal(e.start))
    last = bisect_left(events, _ordinal(told) + 2, key=lambda e: _ordinal(e.start))
    return events[first:last]


def _choose(statement: Statement, events: list[Event], articles: set[int], rules: Rules) -> Event | None:
    """Return the event that a report fits best; of equals the last before it, and none where two are on one day."""
    fits = [(_fit(statement, e, rules, is_article=id(e) in articles), e) for e in events]
    fits = [(fit, e) for fit, e in fits if fit]
    if not fits:
        return None
    top = max(fit for fit, _ in fits)
    best = [e for fit, e in fits if fit == top]
    last = max(_ordinal(e.start) for e in best)
    best = [e for e in best if _ordinal(e.start) == last]
    return best[0] if len(best) == 1 else max(best, key=lambda e: e.strength)


def _fit(statement: Statement, event: Event, rules: Rules, *, is_article: bool) -> int:  # noqa: PLR0911
    """Return how well a report fits an event; 0 where it does not."""
    place, settled = _level(statement)
    said = statement.said
    if event.classes and said.weapon_class and said.weapon_class not in event.classes:
        return 0
    if event.country and _country(statement) not in {None, event.country}:
        return 0
    when = _when(statement, event, rules)
    if when is None:
        return 0
    lead = statement.lead
    is_same = statement.vagueness < _VAGUE and lead in event.leads
    is_close = bool(event.leads) and min(event.leads) / _CLOSE <= lead <= max(event.top, 1) * _CLOSE
    is_elsewhere = settled and event.is_settled and place != event.place
    if _is_military(statement) != event.is_military and (not is_same or when == "later" or is_elsewhere):
        return 0
    is_grown = said.kind == "CUM" and event.top <= lead <= event.top * _GROWTH
    if place is not None and place == event.place:
        if when == "near":
            return 9 if is_same else 7 if is_close else 6 if is_grown else 0
        return 5 if is_same and lead >= rules.telling else 3 if is_close and lead >= rules.great else 0
    is_wide = place is None or not settled
    if is_article and is_wide and when == "near":
        return 8 if is_same else 4 if (is_close or is_grown) and lead >= rules.telling else 0
    if not is_same or (when == "later" and lead < _ROUND**2 and lead % _ROUND == 0):
        return 0
    if is_wide or not event.is_settled:
        least = rules.telling if when == "near" else rules.great
        return 5 if lead >= least and when == "near" else 2 if lead >= least else 0
    least = rules.great if when == "near" else rules.great * 5
    return 4 if lead >= least and when == "near" else 1 if lead >= least else 0


def _when(statement: Statement, event: Event, rules: Rules) -> str | None:
    """Tell whether a report is near an event, later, or of other days (None)."""
    if event.start is None or event.end is None:
        return None
    told = statement.said.published_date
    if statement.said.kind == "CUM":
        day = statement.end or told
        if day is None or day < event.start - DAY:
            return None
        return "near" if day - event.start <= rules.running_days * DAY else "later"
    if statement.start is not None or statement.end is not None:
        start, end = statement.start or date.min, statement.end or date.max
        if start <= event.end and event.start <= end:
            return "near"
        return "later" if told and told >= event.start and end >= event.start else None
    if told is None or told < event.start - DAY:
        return None
    return "near" if told - event.start <= rules.undated_days * DAY else "later"


# ---- what no dated report is there for


def _undated(statements: Sequence[Statement], rules: Rules) -> Iterator[Event]:
    """Make events of reports that no dated one is there for: by place and number, or by place and period told."""
    groups: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for statement in statements:
        place, settled = _level(statement)
        span = (statement.start, statement.end) if statement.said.kind != "CUM" else (None, None)
        if place and span != (None, None):
            groups[place, settled, *span, None].append(statement)
        else:
            groups[place, settled, None, None, statement.lead].append(statement)
    for (place, settled, start, end, lead), members in groups.items():
        event: Event | None = None
        for statement in members:  # by publication
            days = rules.running_days if statement.lead >= rules.great else rules.undated_days
            near = event and published(statement.said) - published(event.members[0].said) <= days * DAY
            if event and (lead is None or (near and statement.lead >= rules.telling)):
                event.members.append(statement)
                continue
            if event:
                yield event
            event = Event(
                start,
                end,
                place,
                bool(settled),
                _country(statement),
                _is_military(statement),
                [statement],
                mark=statement.said.figure_id,
            )  # type: ignore[arg-type]
        if event:
            yield event
