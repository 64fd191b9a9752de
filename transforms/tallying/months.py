"""Month by month: what is told in a month joins what happened in it or in the month before.

So that one more article retallies some months and no whole war, and with the same result as if all had been tallied: a month's
tallies depend on its figures and those of the `BEFORE` and `AFTER` months around it, and on no others; but what is denied is taken back however long after.
Totals, and flows between two named days, know no months: of these, figures that are alike in what no rule ever fills make a part, and
no tally depends on figures of another part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from transforms.ids import hash_id
from transforms.tallying.copies import fold_copies
from transforms.tallying.linking import link, part_groups
from transforms.tallying.merging import join_siblings
from transforms.tallying.said import by_order
from transforms.tallying.things import Thing, group, to_kind
from transforms.tallying.twins import LEVELS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from transforms.tallying.events import Event
    from transforms.tallying.rules import Identity, Rules
    from transforms.tallying.said import Said, Statement
    from transforms.tallying.things import Key

BEFORE = 2  # months: what the last one's reports join decides which of them this month's may join
AFTER = 1  # months: whose reports may join this month's
YEAR = 12  # months
DENIED = "denied"  # the part of all that is denied, since it is looked at wherever anything is tallied
UNDATED = "undated"  # the part of what nobody knows the day of, nor when it was told
PART_DIGITS = 6  # hexadecimal, of the hash that names a part: where two meet, they are tallied as one

Told = tuple["Identity", "Statement"]


@dataclass(slots=True, eq=False)
class Group:
    """Reports of one thing, with what names it; those of an event have its place and days, as they are known in its month."""

    family: Identity
    key: Key
    members: list[Statement]
    joined_by: dict[int, str] = field(default_factory=dict)  # a report's rule, by its id()
    event: Event | None = None
    is_new: bool = (
        True  # whether no report of the month before is of it: else no month after joins it, so that no chain runs on
    )
    goal: Group | None = None  # of the month before, which these reports join


def to_part(said: Said, family: Identity, rules: Rules) -> int | str:
    """Return the month that a figure belongs to, counted from the year 0; of what knows no months the name of its part.

    Of a day, a night or a period that it names the month of its end; of a toll that has risen, or without a day, that of
    publication. Totals go on over months, and what flows between two named days may be part of a longer flow.
    """
    if said.polarity == "DENIED":
        return DENIED
    start, end = said.period_start_date, said.period_end_date
    if family.period == "TOTAL" or (family.period == "WHOLE" and start and end and to_kind(said) == "FLOW"):
        return name_part(_never_filled(said, family, rules))
    is_risen = family.period == "EVENT" and said.kind == "CUM"
    day = (None if is_risen else end or start) or said.published_date or end
    return day.year * YEAR + day.month - 1 if day else UNDATED


def _never_filled(said: Said, family: Identity, rules: Rules) -> Key:
    """Return in what totals, or flows, are alike that may be of one thing, or a part of one.

    Papers mix up much else of one number (transforms/tallying/twins.py); per what a rate is told other metrics' rates may tell.
    """
    if family.period == "TOTAL" and (said.kind == "RATE" or said.per_unit_code is not None):
        return ("rates",)
    kind = "" if said.kind in LEVELS else said.kind
    return (family.code, rules.metric(said), said.dimension, said.per_unit_code, kind)


@lru_cache(maxsize=10_000)  # parts: more than most wars have
def name_part(alike: Key) -> str:
    """Name the part of figures that are alike in all this, whatever their metric."""
    return hash_id("part", *alike)[:PART_DIGITS]


def name_block(block_id: str, part: int | str) -> str:
    """Name what is tallied together.

    >>> name_block("CAS", 2022 * YEAR + 2), name_block("CAS", "1f3a5c")
    ('CAS/2022-03', 'CAS/1f3a5c')
    """
    return f"{block_id}/{part}" if isinstance(part, str) else f"{block_id}/{part // YEAR:04}-{part % YEAR + 1:02}"


def read_block(block: str) -> tuple[str, int | str]:
    """Return what `name_block` was given.

    >>> read_block("CAS/2022-03"), read_block("CAS/1f3a5c")
    (('CAS', 24266), ('CAS', '1f3a5c'))
    """
    block_id, _, part = block.rpartition("/")
    year, dash, number = part.partition("-")
    return block_id, int(year) * YEAR + int(number) - 1 if dash else part


def deciding(month: int) -> range:
    """Return the months whose figures decide which tallies a month has."""
    return range(month - BEFORE, month + AFTER + 1)


def decided(month: int) -> range:
    """Return the months whose tallies a month's figures may change."""
    return range(month - AFTER, month + BEFORE + 1)


def first_day(month: int) -> date:
    """Return the first day of a month.

    >>> first_day(24266)
    datetime.date(2022, 3, 1)
    """
    return date(month // YEAR, month % YEAR + 1, 1)


def to_groups(
    told: Iterable[Told], rules: Rules, wanted: Container[int | str] | None = None
) -> dict[int | str, list[Group]]:
    """Return by month and part, all or some, the things that are told there, all reports of them brought together."""
    by_part: dict[int | str, list[Told]] = defaultdict(list)
    for family, statement in told:
        by_part[to_part(statement.said, family, rules)].append((family, statement))
    groups: dict[int | str, list[Group]] = {
        part: list(_bring_together(by_part[part], rules))
        for part in by_part
        if isinstance(part, str) and (wanted is None or part in wanted)
    }
    for month in sorted(m for m in by_part if isinstance(m, int)):
        if wanted is not None and not any(m in wanted for m in range(month - AFTER, month + BEFORE)):
            continue  # neither wanted, nor before or after one that is
        homes = {id(s): one for one in groups.get(month - 1, []) if one.is_new for s in one.members}
        own = {id(s) for _, s in by_part[month]}
        found = _bring_together([*by_part.get(month - 1, []), *by_part[month]], rules)
        groups[month] = [one for one in found if _settle(one, own, homes)]
    return {
        part: [one for one in found if one.goal is None]
        for part, found in groups.items()
        if wanted is None or part in wanted
    }


def _settle(one: Group, own: set[int], homes: dict[int, Group]) -> bool:
    """Leave a group its own month's reports, or give these to the thing of the month before that they tell of.

    Tell whether it has any.
    """
    earlier = sorted((s for s in one.members if id(s) not in own), key=by_order)
    one.members = [s for s in one.members if id(s) in own]
    one.is_new = not earlier
    found = Counter(id(homes[id(s)]) for s in earlier if id(s) in homes)
    if one.members and found:
        first = found.most_common(1)[0][0]
        home = next(homes[id(s)] for s in earlier if id(s) in homes and id(homes[id(s)]) == first)
        is_dated = one.event is not None and one.event.start is not None
        if (
            home.event is None or home.event.start is not None or not is_dated
        ):  # what names its day joins nothing without one
            one.goal = home
            home.members += one.members
            home.joined_by |= one.joined_by
    return bool(one.members)


def _bring_together(told: Sequence[Told], rules: Rules) -> Iterator[Group]:
    """Yield the things that reports of two months tell of."""
    families = {id(s): family for family, s in told}
    folded = fold_copies(s for _, s in told)
    kept = [(families[id(original)], original) for original, _ in folded.values()]

    for _, statement in told:
        statement.joined_by = "same_in_all"

    def gather(family: Identity, key: Key, members: Iterable[Statement], event: Event | None = None) -> Group:
        joined = [(one, s.joined_by) for s in members for one in (s, *folded[id(s)][1])]
        return Group(family, key, [one for one, _ in joined], {id(one): rule for one, rule in joined}, event)

    apart = {id(s) for f, s in kept if f.period == "EVENT" and rules.is_increment(s.said)}
    for family, statement in kept:
        if id(statement) in apart:
            yield gather(family, ("increment", statement.said.figure_id), [statement])
    dead: dict[tuple[str, str], Event] = {}
    deaths: list[Event] = []
    things = group(((f, s) for f, s in kept if id(s) not in apart), rules)
    for (family, key), members in sorted(things.items(), key=lambda item: not _is_dead(item[0])):
        if family.period != "EVENT":
            yield gather(family, key, members)
            continue
        events = link(members, rules, is_group=any(rules.nation_of(s.said) for s in members))
        if _is_dead(Thing(family, key)):
            deaths += events
            ranked = sorted(((s.lead, event.key, s.said, event) for event in events for s in event.members), key=_first)
            dead |= {(said.block_id, said.sentence_id): event for *_, said, event in ranked}
        else:
            events = join_siblings(events, dead, deaths)
        if family.is_grouped:
            events = [part for event in events for part in part_groups(event, rules)]
        for event in events:
            yield gather(family, (*key, *event.key), event.members, event)


def _first(one: tuple[float, tuple[str, ...], Said, Event]) -> tuple[float, tuple[str, ...]]:
    """Order the dead of a sentence, of whom the most are all: "558 people, including 94 women"."""
    lead, key, *_ = one
    return lead, key


def _is_dead(thing: Thing) -> bool:
    """Tell whether the dead are counted, and no part of them: an event is known by them first."""
    return thing.family.period == "EVENT" and "CAS_KILLED" in thing.key and thing.key[-1] is None
