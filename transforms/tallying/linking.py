"""Which reports tell of one event: by place and day first, then by the number that they share with what was told so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.tallying.events import DAY, FEW, Event, country_of, follows, is_military_toll, level
from transforms.tallying.fitting import join
from transforms.tallying.merging import merge
from transforms.tallying.said import VAGUE, by_order, published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Statement

_ROUNDS = 2  # what the first round joins tells the second which event an article is about
_AGAIN = 1.5  # times: how much a great toll at most rises when it is told days later


def link(statements: Sequence[Statement], rules: Rules, *, is_group: bool = False) -> list[Event]:
    """Sort the reports of one metric and kind of victims, or of one group of people, into events.

    Reports of one place and day make the events. What names no day, no place, or a total that has risen joins the event
    that it fits best: by place, by day, by the number that it shares with the others, by what else its article tells.
    """
    ordered, echoes = _fold_echoes(sorted(statements, key=by_order), rules)
    dated = [s for s in ordered if _is_dated(s, rules)]
    known = {id(s) for s in dated}
    loose = [s for s in ordered if id(s) not in known]
    events = merge(list(_anchors(dated, rules)), rules)
    for _ in range(_ROUNDS):
        loose = join(loose, events, rules)
        events = merge(events, rules)
    events = merge([*events, *_undated(loose, rules, is_group=is_group)], rules)
    for event in events:
        event.take([echo for statement in event.members for echo in echoes.get(id(statement), ())], "echo")
    return events


def _fold_echoes(ordered: list[Statement], rules: Rules) -> tuple[list[Statement], dict[int, list[Statement]]]:
    """Let a telling number that an article tells again follow where the article tells it best, with place and day."""
    told: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for statement in ordered:
        if statement.lead >= rules.telling and statement.vagueness < VAGUE:
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
    place, settled = level(statement)
    return 4 * _is_dated(statement, rules) + 2 * settled + (place is not None)


def _echoes(statement: Statement, best: Statement, rules: Rules) -> bool:
    if (
        _is_dated(statement, rules)
        and _is_dated(best, rules)
        and (statement.start, statement.end) != (best.start, best.end)
    ):
        return False
    here, there = level(statement), level(best)
    return here == there or not (here[1] and there[1])


def _is_dated(statement: Statement, rules: Rules) -> bool:
    """Tell whether a report names one day or night of its own."""
    if statement.start is None or statement.end is None or statement.said.kind == "CUM":
        return False
    return (statement.end - statement.start).days <= rules.event_days


def _anchors(dated: Iterable[Statement], rules: Rules) -> Iterator[Event]:
    """Make the events of each place, by day; where no place is named, of each number and day."""
    places: dict[tuple[str | None, bool, float | None, bool], list[Statement]] = defaultdict(list)
    for statement in dated:
        place, settled = level(statement)
        number = None if place else statement.lead
        places[place, settled, number, is_military_toll(statement)].append(statement)
    for (place, settled, number, _), members in places.items():
        events = list(_by_day(members, place, is_settled=settled))
        for event in events:
            event.mark = "" if place else f"{number:g}"
            for statement in event.members:
                statement.joined_by = "place_and_day" if place else "number_and_day"
        yield from _join_slips(events, rules) if place else events


def _by_day(statements: Iterable[Statement], place: str | None, *, is_settled: bool) -> Iterator[Event]:
    """Make an event of each day or night; a night and the day on which it ends are one."""
    event: Event | None = None
    for statement in sorted(statements, key=lambda s: (s.start, s.end, s.order)):
        if event and event.end and statement.start and statement.start <= event.end and not follows(statement, event):
            event.members.append(statement)
            continue
        if event:
            event.learn()
            yield event
        event = Event(
            statement.start,
            statement.end,
            place,
            is_settled,
            country_of(statement),
            is_military_toll(statement),
            [statement],
        )
    if event:
        event.learn()
        yield event


def _join_slips(events: list[Event], rules: Rules) -> list[Event]:
    """Join events of a place a day apart of which the same telling number is told, and great numbers told again."""
    joined: list[Event] = []
    for event in events:
        last = joined[-1] if joined else None
        is_next = last is not None and not event.is_settled and follows(event, last)  # a region's past day, day by day
        if (
            last
            and last.end
            and event.start
            and event.start - last.end <= DAY
            and not is_next
            and _tells(last, event, rules)
        ):
            last.take(event.members, "day_slip")
            last.end = event.end
            last.learn()
            continue
        earlier = [one for one in joined if _is_retold(one, event, rules)]
        if len(earlier) == 1:
            earlier[0].take(event.members, "retold")
            earlier[0].learn()
            earlier[0].top = max(earlier[0].leads)
        else:
            joined.append(event)
    return joined


def _is_retold(one: Event, later: Event, rules: Rules) -> bool:
    """Tell whether a later day's reports only give the great number again that was told of a day not long before."""
    if one.end is None or later.start is None or later.start - one.end > rules.running_days * DAY:
        return False
    if not one.is_settled and one.sites.isdisjoint(later.sites):
        return False  # many a day of a long war has as many dead in one region
    great = {lead for lead in one.leads if lead >= rules.great}
    is_soon = later.start - one.end <= 2 * rules.undated_days * DAY
    if is_soon and later.leads and one.top >= 2 * rules.great and not one.sites.isdisjoint(later.sites):
        return all(one.top <= lead <= one.top * _AGAIN for lead in later.leads)
    return all(s.lead in great for s in later.members)


def _tells(one: Event, other: Event, rules: Rules) -> bool:
    """Tell whether the same telling number is told of both, or a middling one by the same source."""

    def numbers(event: Event) -> set[tuple[float, str | None]]:
        plain = [s for s in event.members if s.vagueness < VAGUE]
        by_source = {(s.lead, s.origin) for s in plain if s.is_attributed and s.lead > rules.telling / 2}
        return by_source | {(s.lead, None) for s in plain if s.lead >= FEW}

    return not numbers(one).isdisjoint(numbers(other))


def _undated(statements: Sequence[Statement], rules: Rules, *, is_group: bool) -> Iterator[Event]:
    """Make events of reports that no dated one is there for: by place and number, or by place and period told."""
    groups: dict[tuple[str | None, bool, date | None, date | None, float | None], list[Statement]] = defaultdict(list)
    for statement in statements:
        place, settled = level(statement)
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
            if event and (lead is None or (near and (is_group or statement.lead >= rules.telling))):
                event.take([statement], "place_and_span" if lead is None else "same_number")
                continue
            if event:
                yield event
            event = Event(
                start,
                end,
                place,
                settled,
                country_of(statement),
                is_military_toll(statement),
                mark=statement.said.figure_id,
            )
            event.take([statement], "place_and_span" if lead is None else "same_number")
        if event:
            yield event


def part_groups(event: Event, rules: Rules) -> list[Event]:
    """Part an event where one source tells several numbers in one article: groups that left apart, each with its own number.

    What tells no number of its own, and what has risen, stays with the group that most tell of. A group beside which a source of
    it tells of a greater one may be a part of that, and is never added to it.
    """
    groups: list[list[Statement]] = []
    for statement in sorted(event.members, key=lambda s: (s.lead, s.order)):
        if statement.vagueness >= VAGUE or statement.said.kind == "CUM":
            continue
        if groups and statement.lead <= groups[-1][-1].lead * rules.groups_apart:
            groups[-1].append(statement)
        else:
            groups.append([statement])
    told = [{(s.said.version_id, s.origin) for s in group} for group in groups]
    if max(Counter(voice for voices in told for voice in voices).values(), default=0) <= 1:
        return [event]
    main = max(range(len(groups)), key=lambda n: (len(groups[n]), groups[n][0].lead))
    apart = {id(s) for n, group in enumerate(groups) if n != main for s in group}
    parts = [
        replace(event, members=group, mark=f"{event.mark}/{group[0].lead:g}") if n != main
        else replace(event, members=[s for s in event.members if id(s) not in apart])
        for n, group in enumerate(groups)
    ]  # fmt: skip
    for n, part in enumerate(parts):
        wholes = [whole for whole, voices in zip(parts[n + 1 :], told[n + 1 :], strict=True) if voices & told[n]]
        part.within = wholes[-1].key if wholes else None
    return parts
