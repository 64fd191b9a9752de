"""What a figure is about: the key in which figures of one thing are alike, after normalising and filling."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from transforms.tallying.events import REGION, level
from transforms.tallying.rules import (
    ARRESTED,
    EXCHANGED,
    FLED,
    head_of,
    is_by_now,
    is_draft,
    is_people,
    is_people_rate,
    is_running,
    place_key,
)
from transforms.tallying.said import VAGUE, Statement, read_bounds
from transforms.tallying.totals import Night, chain, find_nights, to_war_keys
from transforms.tallying.twins import join_twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transforms.tallying.rules import Identity, Rules
    from transforms.tallying.said import Said

Key = tuple[object, ...]

_VAGUENESS = {"EXACT": 0, "GE": 1, "GT": 1, "LE": 1, "LT": 1, "APPROX": 2, "RANGE": 2, "VAGUE": VAGUE}
_TAKEN, _FRONT = "DET_ABDUCTED", "FRONT_LENGTH"
_WEAPON = "weapon_class", "weapon_code"
_NEAR = 0.05  # share by which a rounded total may miss the count of its day


class Thing(NamedTuple):
    """What figures are about: the family that says what makes it one thing, and the key by which it is one."""

    family: Identity
    key: Key


def reason_out(said: Said, rules: Rules) -> str | None:
    """Return why a figure belongs to no tally, None where it may."""
    if said.polarity != "ASSERTED":
        return "POLARITY"
    if said.is_anaphoric:
        return "ANAPHOR"
    if said.converts_figure_id is not None:
        return "CONVERSION"
    return "OTHER_METRIC" if said.metric_code in rules.untold else None


def to_statement(said: Said, family: Identity, rules: Rules) -> Statement:
    """Turn a figure into a statement: bounds, days and origin."""
    low, high, lead, scale = read_bounds(said, rules)
    start, end = said.period_start_date, said.period_end_date
    if family.period == "TOTAL":
        as_of = end or said.published_date
        start = start if said.kind == "CUM" else None
    else:
        as_of = said.published_date or end
    vagueness = _VAGUENESS[said.modifier] if said.number_form != "SINGULAR" else 1
    origin, is_attributed, is_outside = rules.origin(said)
    return Statement(
        said, low, high, lead, scale, vagueness, start, end, as_of, origin, is_attributed, is_outside,
        is_claim=said.party_code is not None and said.party_code == said.actor_code and said.party_code != said.target_code,
        sites=rules.sites_of(said.sites),
        is_core=start is not None or end is not None or family.period == "TOTAL",
    )  # fmt: skip


def group(statements: Iterable[tuple[Identity, Statement]], rules: Rules) -> dict[Thing, list[Statement]]:
    """Bring together what is alike in all that its family is identified by.

    A column that one report leaves open takes the value of the others, where they all state the same.
    """
    loose: dict[Thing, list[tuple[tuple[str | None, ...], Statement]]] = defaultdict(list)
    war: dict[Thing, list[Statement]] = defaultdict(list)
    running: dict[Thing, list[Statement]] = defaultdict(list)
    pairs = list(statements)
    nights = find_nights([(rules.metric(s.said), s) for f, s in pairs if f.period == "NIGHT"], rules)
    rates = _find_rates(s for f, s in pairs if f.period == "TOTAL")
    nations = _find_nations([s for _, s in pairs], rules)
    for family, statement in pairs:
        if family.period == "TOTAL" and is_running(statement.said):
            running[Thing(family, _running_key(family, statement, rates, rules))].append(statement)
            continue
        if _is_sum(family) and is_people(statement.said):
            said = statement.said
            war[Thing(family, (family.code, said.block_id, rules.metric(said)))].append(statement)
            continue
        key = _fixed_key(family, statement, rules, nights.get(id(statement)), nations.get(id(statement)))
        loose[Thing(family, key)].append((_fillable(family, statement, rules), statement))
    things: dict[Thing, list[Statement]] = defaultdict(list)
    for (family, key), told in running.items():
        gap = rules.running_days if _is_slow(told[0].said) else rules.running_gap
        for day, statement in chain(told, gap):
            statement.joined_by = "running_days"
            things[Thing(family, (*key, day))].append(statement)
    for (family, key), told in war.items():
        for more, statement in zip(to_war_keys(told, rules), told, strict=True):
            statement.joined_by = "war_total"
            things[Thing(family, (*key, *more))].append(statement)
    for (family, key), members in loose.items():
        stated = [
            {value for value in column if value is not None} for column in zip(*(m[0] for m in members), strict=True)
        ]
        only = [next(iter(values)) if len(values) == 1 else None for values in stated]
        is_sum = _is_sum(family)
        counted = [statement for values, statement in members if is_sum and values[-1] is not None]
        for values, statement in members:
            filled = tuple(own if own is not None else other for own, other in zip(values, only, strict=True))
            if filled != values:
                statement.joined_by = "left_open"
            elif (night := nights.get(id(statement))) is not None:
                statement.joined_by = night.rule
            own_words: Key = ()
            if is_sum and values[-1] is None and not _continues(statement, counted):
                own_words = (statement.said.sentence_id, statement.said.number_start)
            things[Thing(family, (*key, *filled, *own_words))].append(statement)
    return join_twins(things, rules)


def _is_slow(said: Said) -> bool:
    """Tell whether a draft or the arrests of a wave of protests are counted, of which papers tell but now and then."""
    return is_draft(said) or said.metric_code == ARRESTED


def _find_rates(statements: Iterable[Statement]) -> dict[tuple[str, float], set[str]]:
    """Return the times, a day or a week, per which each number of people is told."""
    rates: dict[tuple[str, float], set[str]] = defaultdict(set)
    for statement in statements:
        if statement.said.per_unit_code is not None:
            rates[statement.said.block_id, statement.lead].add(statement.said.per_unit_code)
    return rates


def _running_key(family: Identity, statement: Statement, rates: dict[tuple[str, float], set[str]], rules: Rules) -> Key:
    """Return what an advance or a rate is known by: whose it is, wherever in the country.

    A rate whose time was not read is told per that of the others with its number, where they tell but one.
    """
    said = statement.said
    who = rules.owner(said) if is_people_rate(said) else said.actor_code
    per = said.per_unit_code
    found = rates.get((said.block_id, statement.lead), set())
    if per is None and said.kind == "RATE" and len(found) == 1:
        (per,) = found
    where, _ = level(statement) if _is_slow(said) else (None, False)
    whom = (said.target_code, said.country_code) if said.metric_code == ARRESTED else None
    return (family.code, said.block_id, rules.metric(said), said.dimension, per, who, where, whom)


def _continues(statement: Statement, counted: Sequence[Statement]) -> bool:
    """Tell whether a total that names no first day lies where a series that names one has got to on its day."""
    if statement.as_of is None:
        return False
    before = [s.lead for s in counted if s.as_of and s.as_of <= statement.as_of]
    after = [s.lead for s in counted if s.as_of and s.as_of >= statement.as_of]
    if not before and not after:
        return False
    least = max(before, default=0.0) if before else min(after) * (1 - _NEAR)
    most = min(after) if after else max(before) * (1 + _NEAR)
    return least * (1 - _NEAR) <= statement.lead <= most * (1 + _NEAR)


def _find_nations(statements: Sequence[Statement], rules: Rules) -> dict[int, str]:
    """Return the nation of each group of prisoners; where one report tells none, the only one of its number."""
    own = {id(s): nation for s in statements if (nation := rules.nation_of(s.said))}
    told: dict[tuple[str, float], set[str]] = defaultdict(set)
    for s in statements:
        if id(s) in own:
            told[s.said.block_id, s.lead].add(own[id(s)])
    only = {number: next(iter(nations)) for number, nations in told.items() if len(nations) == 1}
    numbers = ((s, (s.said.block_id, s.lead)) for s in statements if s.said.metric_code == EXCHANGED)
    return {id(s): only[number] for s, number in numbers if number in only and not _names(s.said)} | own


def _names(said: Said) -> bool:
    """Tell whether what is counted is named by a word with a capital: "two Norwegian nurses"."""
    return any(word[0].isupper() for word in said.quote.split()[1:])


def _fixed_key(family: Identity, statement: Statement, rules: Rules, night: Night | None, nation: str | None) -> Key:
    """Return the part of the key that is never filled."""
    said = statement.said
    unit = said.dimension if said.dimension not in {None, "money"} else said.unit_code
    key: list[object] = [family.code, said.block_id, rules.metric(said), unit, said.per_unit_code]
    if family.period == "EVENT":
        return (*key, *([nation] if nation else []), said.victim if said.victim == "CHILD" else None)
    place, country = _place_of(said) if night is None else (night.place, night.country_code)
    key += [place, None if _is_sum(family) else country]
    key.append(to_kind(said))
    told = dict(zip(_WEAPON, night.weapon, strict=True)) if night is not None else {}
    key += [told[c] if c in told else _column(said, c, rules) for c in family.identified_by if c not in family.may_fill]
    if family.period == "NIGHT":
        key.append(night.end if night else statement.end)
        if night is None and statement.end is None:  # told without a day: the same words alone are the same
            key += [said.sentence_id, said.number_start]
    elif family.period == "WHOLE":
        key += [statement.start, statement.end]
        if statement.start is None and statement.end is None:  # told without a day: the same words alone are the same
            key += [said.sentence_id, said.number_start]
    return tuple(key)


def _place_of(said: Said) -> tuple[str | None, str | None]:
    """Return place and country; who has fled a country has fled the whole of it, where no place of it or of another is named."""
    if said.metric_code == FLED and said.target_code is not None and said.country_code is None:
        return None, said.target_code
    if said.metric_code == _TAKEN and said.country_code == said.actor_code and place_key(said) is None:
        return None, said.target_code  # named is where they were taken to
    if said.metric_code == _FRONT and (said.place_precision or 0) > REGION:
        return None, said.country_code  # a part without a border, which papers name beside it
    return place_key(said), said.country_code


def _fillable(family: Identity, statement: Statement, rules: Rules) -> tuple[str | None, ...]:
    """Return the part of the key that may be filled; of a running total also the country, and the day that it is counted from."""
    filled = tuple(_column(statement.said, column, rules) for column in family.may_fill)
    if _is_sum(family):
        return (*filled, statement.said.country_code, statement.start.isoformat() if statement.start else None)
    return filled


def _is_sum(family: Identity) -> bool:
    """Tell whether a family's figures are totals that grow: what a side has lost over a war."""
    return family.period == "TOTAL" and family.grows == "UP"


def to_kind(said: Said) -> str:
    """Return the kind; what a day or a night comes to in total is its flow."""
    start, end = said.period_start_date, said.period_end_date
    if is_by_now(said):
        return "CUM"
    is_day = said.kind == "CUM" and start is not None and end is not None and (end - start).days <= 1
    return "FLOW" if is_day else said.kind


def _column(said: Said, column: str, rules: Rules) -> str | None:
    if column == "counted":
        return head_of(said) or said.unit_code
    if column == "victim" and said.metric_code in {FLED, _TAKEN}:
        return "CHILD" if said.victim == "CHILD" else "CIVILIAN"  # whoever flees, or is taken away, is no soldier
    if column == "sites":  # that attacks are counted on
        return ",".join(sorted(rules.sites_of(said.sites))) or None
    if column == "unit_code":  # households are no people; miles are kilometres
        if said.metric_code == "INF_CUSTOMERS_OUT" and said.unit_code == "{building}":
            return "{household}"  # homes without power
        if said.metric_code == ARRESTED:
            return "{person}"  # an arrest is of one
        return said.unit_code if said.dimension == "count" else said.dimension
    value: str | None = getattr(said, column)
    return value
