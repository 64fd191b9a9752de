"""The same count told by several reports that leave different things open: papers copy a number, not all that belongs to it."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.tallying.rules import head_of, is_people, is_settled, place_key
from transforms.tallying.said import VAGUE
from transforms.tallying.totals import is_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Said, Statement
    from transforms.tallying.things import Thing

_COLUMNS = ("actor_code", "target_code", "victim", "weapon_class", "weapon_code", "direction")
_TROOPS = (
    "MIL_STRENGTH"  # known by whose they are: against whom is guessed, and a build-up is placed anywhere in a land
)
# Kinds that papers mix up of one count; a rate or a change is another thing.
LEVELS = frozenset({"FLOW", "CUM", "STOCK"})
_JOINING = frozenset({"WHOLE", "TOTAL"})  # families whose things are known by all that is told of them


def join_twins(things: Mapping[Thing, list[Statement]], rules: Rules) -> dict[Thing, list[Statement]]:
    """Let a thing of which one number alone is told join the thing of which the same number is told in the same days.

    Nothing that both tell may differ; but of a number so exact that nobody has it by chance papers differ in the place and the word.
    """
    homes: dict[Thing, Thing] = {}
    for told in _same_counts(things, rules):
        if _are_several(told):
            _join(told, things, homes, rules)
    joined: dict[Thing, list[Statement]] = defaultdict(list)
    for thing, members in things.items():
        home = thing
        while home in homes:
            home = homes[home]
        if home is not thing:
            for statement in members:
                statement.joined_by = "same_count"
        joined[home] += members
    return joined


def _same_counts(things: Mapping[Thing, list[Statement]], rules: Rules) -> Iterator[list[tuple[Thing, Statement]]]:
    """Yield what tells the same number of a metric, a pause between two tellings that is too long apart."""
    numbers: dict[tuple[object, ...], list[tuple[Thing, Statement]]] = defaultdict(list)
    for thing, members in things.items():
        if thing.family.period not in _JOINING:
            continue
        for s in members:
            if s.vagueness < VAGUE and s.lead / s.scale >= rules.telling:
                kind = "" if s.said.kind in LEVELS else s.said.kind
                unit = s.said.dimension if s.said.dimension not in {None, "money"} else s.said.unit_code
                key = thing.family.code, s.said.block_id, rules.metric(s.said), unit, s.said.per_unit_code, kind, s.lead
                numbers[key].append((thing, s))
    for told in filter(_are_several, numbers.values()):
        told.sort(key=lambda pair: pair[1].order)
        near: list[tuple[Thing, Statement]] = []
        for pair in told:
            days = rules.running_days if is_count(pair[1]) else rules.undated_days
            if near and not _is_soon(near[-1][1], pair[1], days):
                yield near
                near = []
            near.append(pair)
        yield near


def _are_several(told: Sequence[tuple[Thing, Statement]]) -> bool:
    first, _ = told[0]
    return any(thing is not first for thing, _ in told)


def _is_soon(one: Statement, other: Statement, days: int) -> bool:
    first, last = one.said.published_date, other.said.published_date
    return first is not None and last is not None and last - first <= timedelta(days=days)


def _join(
    told: Sequence[tuple[Thing, Statement]],
    things: Mapping[Thing, list[Statement]],
    homes: dict[Thing, Thing],
    rules: Rules,
) -> None:
    own = {id(s) for _, s in told}
    ranked = sorted({thing for thing, _ in told}, key=lambda t: (-len(things[t]), things[t][0].order))
    gathered = {thing: list(things[thing]) for thing in ranked}
    for n, thing in enumerate(ranked):
        if thing in homes or any(id(s) not in own for s in things[thing]):
            continue
        goal = next((t for t in ranked[:n] if t not in homes and _may_be_one(gathered[t], things[thing], rules)), None)
        if goal is not None:
            homes[thing] = goal
            gathered[goal] += things[thing]


def _may_be_one(great: Sequence[Statement], small: Sequence[Statement], rules: Rules) -> bool:
    """Tell whether nothing that the reports of two things state differs."""
    is_troops = small[0].said.metric_code == _TROOPS
    exact = is_count(small[0])
    for column in _COLUMNS:
        if is_troops and column == "target_code":
            continue
        if _differ(*(_codes(told, column) for told in (great, small))):
            return False
    if not exact and small[0].said.dimension == "count" and not is_people(small[0].said):
        if _differ(*({_noun(s.said) for s in told} - {None} for told in (great, small))):
            return False  # 20 tanks and 20 trucks
    places = [
        {(s.said.country_code, place_key(s.said)) for s in told if s.said.country_code} for told in (great, small)
    ]
    if (
        is_troops
        and is_people(small[0].said)
        and not all(any(is_settled(s.said) for s in told) for told in (great, small))
    ):
        places = [{(land, None) for land, _ in one} for one in places]
    if not exact and all(places) and not any(_is_within(a, b, rules) for a in places[0] for b in places[1]):
        return False
    return any(_overlap(a.said, b.said) for a in great for b in small)


def _differ(one: set[str | None] | set[str], other: set[str | None] | set[str]) -> bool:
    """Tell whether both state something, and nothing alike."""
    return bool(one and other) and one.isdisjoint(other)


def _codes(told: Sequence[Statement], column: str) -> set[str]:
    """Return what reports state in a column; "NATO/USA" states both."""
    return {code for s in told for code in (getattr(s.said, column) or "").split("/")} - {""}


def _noun(said: Said) -> str | None:
    """Return what is counted; villages and towns are settlements."""
    return said.unit_code if said.unit_code == "{settlement}" else head_of(said)


def _is_within(one: tuple[str | None, str | None], other: tuple[str | None, str | None], rules: Rules) -> bool:
    """Tell whether two places may be one: a town, and its region or country."""
    (land, place), (country, where) = one, other
    if land != country or None in {place, where}:
        return land == country
    return place == where or rules.region_of(place) == where or rules.region_of(where) == place


def _overlap(one: Said, other: Said) -> bool:
    """Tell whether the days of two flows may be the same; of what has come together so far any may."""
    if "FLOW" not in {one.kind, other.kind}:
        return True
    starts, ends = (one.period_start_date, other.period_start_date), (one.period_end_date, other.period_end_date)
    if None in {*starts, *ends}:
        return True
    return max(d for d in starts if d) <= min(d for d in ends if d)
