"""Which reports tell of one event: reports of the dead, the wounded and the missing of one place, told apart by day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from transforms.tallying.said import published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Statement

DAY = timedelta(days=1)
_VAGUE = 3  # vagueness
_GREAT = 2  # times the least telling number: a toll that no second event of the same week has at the same place


@dataclass(slots=True)
class Event:
    """What happened at one place on one day or night; no day is known where only undated reports tell of it."""

    start: date | None
    end: date | None
    members: list[Statement] = field(default_factory=list)
    mark: str = ""  # what tells undated events apart

    def fits(self, statement: Statement) -> bool:
        """Tell whether a number can be true together with one that was told of this event."""
        return any(statement.meets(member) for member in self.members if member.is_core)


def link(statements: Sequence[Statement], rules: Rules) -> list[Event]:
    """Sort the reports of one metric, place and kind of victims into events.

    Reports of one day or night make the events. What is told of a week or month, of no day, or as a total that has
    risen joins the one event that it can be about, and where there are several, none.
    """
    dated: list[Statement] = []
    loose: list[Statement] = []
    for statement in sorted(statements, key=lambda s: s.order):
        days = _days(statement)
        is_day = days is not None and days <= rules.event_days and statement.said.kind != "CUM"
        (dated if is_day else loose).append(statement)
    events = _join_slips(_by_day(dated), rules)
    extra: list[Statement] = []
    for statement in loose:
        statement.is_core = False
        found = [event for event in events if _can_join(statement, event, rules)]
        if len(found) != 1:
            found = [event for event in events if _retells(statement, event, rules)] or found
        running = statement.said.kind == "CUM" and bool(found)
        if running:
            found = [max(found, key=lambda e: e.start or date.min)]
        if len(found) == 1:
            found[0].members.append(statement)
        else:
            extra.append(statement)
    return [*events, *_undated(extra, rules)]


def _days(statement: Statement) -> int | None:
    """Return how many days lie between first and last day; None where one of them is open."""
    return None if statement.start is None or statement.end is None else (statement.end - statement.start).days


def _by_day(statements: Iterable[Statement]) -> list[Event]:
    """Make an event of each day or night; a night and the day on which it ends are one."""
    events: list[Event] = []
    for statement in sorted(statements, key=lambda s: (s.start, s.end, s.order)):
        if events and statement.start is not None and events[-1].end is not None and statement.start <= events[-1].end:
            events[-1].members.append(statement)
        else:
            events.append(Event(statement.start, statement.end, [statement]))
    return events


def _join_slips(events: list[Event], rules: Rules) -> list[Event]:
    """Join events a day apart of which the same telling number is told."""
    joined: list[Event] = []
    for event in events:
        last = joined[-1] if joined else None
        if last and last.end and event.start and event.start - last.end <= DAY and _tells(last, event, rules):
            last.members += event.members
            last.end = event.end
            continue
        earlier = [one for one in joined if _is_retold(one, event, rules)]
        if len(earlier) == 1:
            earlier[0].members += event.members
        else:
            joined.append(event)
    return joined


def _is_retold(one: Event, later: Event, rules: Rules) -> bool:
    """Tell whether a later day's reports only give the great number again that was told of a day not long before."""
    if one.end is None or later.start is None or later.start - one.end > rules.undated_days * DAY:
        return False
    great = {s.lead for s in one.members if s.vagueness < _VAGUE and s.lead >= _GREAT * rules.telling}
    return all(s.lead in great for s in later.members)


def _retells(statement: Statement, event: Event, rules: Rules) -> bool:
    """Tell whether a report without a day gives a telling number again that was told of an event before it."""
    told = statement.said.published_date
    if told is None or event.start is None or event.start - told > DAY or statement.lead < rules.telling:
        return False
    if statement.start and event.end and not statement.start <= event.end:
        return False
    return any(m.lead == statement.lead and m.vagueness < _VAGUE for m in event.members if m.is_core)


def _tells(one: Event, other: Event, rules: Rules) -> bool:
    """Tell whether the same telling number is told of both, or a middling one by the same source."""

    def numbers(event: Event) -> set[tuple[float, str | None]]:
        plain = [s for s in event.members if s.vagueness < _VAGUE]
        by_source = {(s.lead, s.origin) for s in plain if s.is_attributed and s.lead > rules.telling / 2}
        return by_source | {(s.lead, None) for s in plain if s.lead >= rules.telling}

    return not numbers(one).isdisjoint(numbers(other))


def _can_join(statement: Statement, event: Event, rules: Rules) -> bool:
    """Tell whether a report that names no day or night may be about an event."""
    if event.start is None or event.end is None:
        return False
    told = statement.said.published_date
    if statement.said.kind == "CUM":
        day = statement.end or told
        is_near = day is not None and timedelta() <= day - event.start <= rules.running_days * DAY
        # A toll that has risen is no lower than what was told before, and may be higher.
        return is_near and statement.high >= max(
            (m.low for m in event.members if m.order <= statement.order and not m.is_claim), default=0.0
        )
    if statement.start is not None or statement.end is not None:
        start, end = statement.start or date.min, statement.end or date.max
        return start <= event.end and event.start <= end and event.fits(statement)
    is_near = told is not None and -DAY <= told - event.start <= rules.undated_days * DAY
    return is_near and event.fits(statement)


def _undated(statements: Sequence[Statement], rules: Rules) -> Iterator[Event]:
    """Make events of reports that no dated one is there for: by the period told, or by the same telling number."""
    spans: dict[tuple[date | None, date | None], Event] = {}
    by_lead: dict[float, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.start is not None or statement.end is not None:
            span = (statement.start, statement.end)
            spans.setdefault(span, Event(*span, mark=statement.said.kind)).members.append(statement)
        else:
            by_lead[statement.lead].append(statement)
    yield from spans.values()
    for lead, members in by_lead.items():
        event: Event | None = None
        for statement in members:  # by publication
            days = rules.running_days if lead >= _GREAT * rules.telling else rules.undated_days
            near = event and published(statement.said) - published(event.members[0].said) <= days * DAY
            if event and near and lead >= rules.telling:
                event.members.append(statement)
            else:
                if event:
                    yield event
                event = Event(None, None, [statement], mark=statement.said.figure_id)
        if event:
            yield event
