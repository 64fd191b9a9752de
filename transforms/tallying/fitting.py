"""Which event a report without a day, or without a place, is about."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from transforms.tallying.events import (
    CLOSE,
    DAY,
    GROWTH,
    Event,
    country_of,
    is_military_toll,
    level,
    ordinal,
    weapon_kind,
)
from transforms.tallying.said import VAGUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Statement

_NOT = (0, "")
_ROUND = 10  # a number that many events have: told long after it shows none of them


def join(loose: list[Statement], events: list[Event], rules: Rules) -> list[Statement]:
    """Let each report join the event that it fits best, all at once; return those that fit none."""
    by_place: dict[str, list[Event]] = defaultdict(list)
    by_lead: dict[float, list[Event]] = defaultdict(list)
    by_article: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda e: (ordinal(e.start), e.key)):
        if event.place:
            by_place[event.place].append(event)
        if event.is_settled and (region := rules.region_of(event.place)):
            by_place[region].append(event)
        for lead in event.leads:
            by_lead[lead].append(event)
        for version_id in {s.said.version_id for s in event.members}:
            by_article[version_id].append(event)
    rest: list[Statement] = []
    found: list[tuple[Event, Statement, str]] = []
    for statement in loose:
        place, _ = level(statement)
        articles = by_article[statement.said.version_id]
        near = [*_window(by_place[place], statement, rules)] if place else []
        if statement.vagueness < VAGUE and statement.lead >= rules.telling:
            near += _window(by_lead[statement.lead], statement, rules)
        candidates = {id(e): e for e in (*near, *articles)}.values()
        best = _choose(statement, list(candidates), {id(e) for e in articles}, rules)
        if best is None:
            rest.append(statement)
        else:
            found.append((best[0], statement, best[1]))
    for event, statement, rule in found:
        event.take([statement], rule)
    for event in {id(e): e for e, *_ in found}.values():
        event.learn()
    return rest


def _window(events: list[Event], statement: Statement, rules: Rules) -> Sequence[Event]:
    """Return the events, sorted by day, that a report may be about: from long before it to the day after."""
    told = statement.end or statement.said.published_date
    if told is None:
        return events
    first = bisect_left(events, ordinal(told) - rules.retold_days, key=lambda e: ordinal(e.start))
    last = bisect_left(events, ordinal(_until(statement) or told) + 2, key=lambda e: ordinal(e.start))
    return events[first:last]


def _choose(statement: Statement, events: list[Event], articles: set[int], rules: Rules) -> tuple[Event, str] | None:
    """Return the event that a report fits best, of equals the last before it, and the rule by which it does."""
    fits = [(*_fit(statement, e, rules, is_article=id(e) in articles), e) for e in events]
    fits = [(fit, rule, e) for fit, rule, e in fits if fit]
    if not fits:
        return None
    _, rule, best = max(fits, key=lambda one: (one[0], ordinal(one[2].start), one[2].strength))
    return best, rule


def _fit(statement: Statement, event: Event, rules: Rules, *, is_article: bool) -> tuple[int, str]:  # noqa: PLR0911
    """Return how well a report fits an event, 0 where it does not, and the rule by which it does."""
    place, settled = level(statement)
    said = statement.said
    when = _when(statement, event, rules)
    if when is None or _is_foreign(statement, event):
        return _NOT
    lead = statement.lead
    is_same = statement.vagueness < VAGUE and lead in event.leads
    is_close = bool(event.leads) and min(event.leads) / CLOSE <= lead <= max(event.top, 1) * CLOSE
    is_close |= statement.vagueness >= VAGUE and lead <= event.top <= lead * GROWTH  # "dozens" of 53
    is_close |= 0 < event.vague <= lead <= event.vague * GROWTH  # and the other way round
    is_elsewhere = settled and event.is_settled and place != event.place
    is_alike = event.has_soldiers if is_military_toll(statement) else not event.is_military
    if not is_alike and (not is_same or when == "later" or is_elsewhere):
        return _NOT
    is_grown = said.kind == "CUM" and event.top <= lead <= event.top * GROWTH
    if place is not None and place == event.place:
        if when == "near":
            fit = 9 if is_same else 7 if is_close else 6 if is_grown else 0
            return fit, "running_toll" if said.kind == "CUM" else "undated"
        return (5 if is_same and lead >= rules.telling else 3 if is_close and lead >= rules.great else 0), "retold"
    if event.is_settled and place is not None and rules.region_of(event.place) == place and when == "near":
        if is_same and lead >= rules.telling:
            return 8, "undated"
        if lead >= rules.great and (is_close or is_grown) and not is_article:
            return 4, "undated"
    is_wide = place is None or not settled
    if is_article and is_wide and when == "near":
        return (8 if is_same else 4 if (is_close or is_grown) and lead >= rules.telling else 0), "same_article"
    if not is_same or (when == "later" and lead < _ROUND**2 and lead % _ROUND == 0):
        return _NOT
    rule = "great_number" if when == "near" else "retold"
    if place and not settled and event.is_settled and rules.region_of(event.place) not in {None, place}:
        return _NOT  # a town of another region
    if is_wide or not event.is_settled:
        least = rules.telling if when == "near" else rules.great
        return (5 if lead >= least and when == "near" else 2 if lead >= least else 0), rule
    if when == "later" and event.sites.isdisjoint(statement.sites):
        return _NOT
    least = rules.great if when == "near" else rules.great * 5
    return (4 if lead >= least and when == "near" else 1 if lead >= least else 0), rule


def _is_foreign(statement: Statement, event: Event) -> bool:
    """Tell whether a report names a weapon or a country that the event is not of."""
    weapon = statement.said.weapon_class
    if event.classes and weapon and weapon_kind(weapon) not in event.classes:
        return True
    return bool(event.country) and country_of(statement) not in {None, event.country}


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
        start, end = statement.start or date.min, _until(statement) or date.max
        if start <= event.end and event.start <= end:
            return "near"
        return "later" if told and told >= event.start and end >= event.start else None
    if told is None or told < event.start - DAY:
        return None
    return "near" if told - event.start <= rules.undated_days * DAY else "later"


def _until(statement: Statement) -> date | None:
    """Return the last day of which a report tells; "last week" said on the last day of the next may mean that one."""
    start, end, told = statement.start, statement.end, statement.said.published_date
    if start and end and told and end - start == 6 * DAY and told - end == 7 * DAY:
        return told
    return end
