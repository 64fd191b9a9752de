"""Totals of people over a war: whose dead they are, which kind, and since when, where one report leaves it open."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from transforms.tallying.events import REGION, weapon_kind
from transforms.tallying.rules import place_key
from transforms.tallying.said import by_order

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Said, Statement

Key = tuple[object, ...]

_TELLING_DIGITS = 3  # digits before the zeros: a count, which nobody else has by chance
_MOST = 0.9  # share of those that state it, from which on it is what the others mean
_USUAL = timedelta(days=31)  # before the usual first day, from which on a total is another war's
_BASE = 10


def to_war_keys(statements: Sequence[Statement], rules: Rules) -> list[Key]:
    """Return for totals of one metric what tells them apart: whose people, which kind, where, since when.

    The same exact number is the same count, however one report reads; what is open takes what the same source, or
    most of the others, say.
    """
    owners = [rules.owner(s.said) for s in statements]
    counts = [s.lead if is_count(s) else None for s in statements]
    owners = _fill(_vote(counts, owners), [s.origin for s in statements], 1.0)
    victims: list[str | None] = [s.said.victim if s.said.victim in _KINDS else None for s in statements]
    victims = _vote(counts, victims)
    wholes = _wholes(statements, owners, victims)
    victims = _fill(victims, list(zip(owners, (s.origin for s in statements), strict=True)), 1.0)
    victims = _fill(victims, owners, _MOST)
    victims = [None if is_whole else victim for is_whole, victim in zip(wholes, victims, strict=True)]
    places = _settle(statements, counts, victims)
    # At a place people and civilians are the same dead, as they are in an event.
    victims = [None if v == "CIVILIAN" and place else v for v, place in zip(victims, places, strict=True)]
    starts = _since(statements, victims)
    sorts = [rules.sort_of_people(s.said) for s in statements]
    return list(zip(owners, victims, places, starts, sorts, _days(statements), strict=True))


def _wholes(statements: Sequence[Statement], owners: Sequence[str | None], victims: Sequence[str | None]) -> list[bool]:
    """Tell of each total whether its article says how many of them, fewer than all, were civilians."""
    told = [(s.said.version_id, owner) for s, owner in zip(statements, owners, strict=True)]
    civilians: dict[tuple[str, str | None], float] = {}
    for statement, article, victim in zip(statements, told, victims, strict=True):
        if victim == "CIVILIAN":
            civilians[article] = max(statement.lead, civilians.get(article, 0.0))
    return [
        victim is None and civilians.get(article, s.lead) < s.lead
        for s, article, victim in zip(statements, told, victims, strict=True)
    ]


def _days(statements: Sequence[Statement]) -> list[date | None]:
    """Return the day of each flow of a day whose number no running total has: so many that day, and not since the start."""
    totals = {s.lead for s in statements if s.said.kind == "CUM"}
    return [
        s.end if s.said.kind == "FLOW" and s.end is not None and s.start == s.end and s.lead not in totals else None
        for s in statements
    ]


def _settle(
    statements: Sequence[Statement], counts: Sequence[float | None], victims: Sequence[str | None]
) -> list[str | None]:
    """Return the place of each total: soldiers' are the war's; others' the place that most reports of the number name."""
    votes: dict[float, Counter[str]] = defaultdict(Counter)
    owns = [_bounded_place(s.said) for s in statements]
    for statement, own in zip(statements, owns, strict=True):
        votes[statement.lead][own] += 1
    agreed: dict[float, str] = {}  # what more than half of several name
    for lead, named in votes.items():
        top, n = max(named.items(), key=lambda pair: (pair[1], pair[0]))
        if n > 1 and 2 * n > named.total():
            agreed[lead] = top
    places: list[str | None] = []
    for statement, count, own, victim in zip(statements, counts, owns, victims, strict=True):
        place = own if own and count is None else agreed.get(statement.lead, own)
        places.append(None if victim == "MILITARY" else place or None)
    return places


def _bounded_place(said: Said) -> str:
    """Return the settlement or the region; nothing for a part of a country without a border, or a country."""
    return (place_key(said) or "") if (said.place_precision or REGION + 1) <= REGION else ""


_KINDS = {"MILITARY", "CIVILIAN", "CHILD"}


def is_count(statement: Statement) -> bool:
    """Tell whether a number is so exact that nobody else has it by chance: 1,351, not 15,000."""
    number = statement.lead / statement.scale
    while number and number % _BASE == 0:
        number /= _BASE
    return number >= _BASE ** (_TELLING_DIGITS - 1) and statement.vagueness <= 1


def _vote(counts: Sequence[float | None], values: list[str | None]) -> list[str | None]:
    """Let reports of the same exact count, None where it is not exact, agree with most of those that state a value."""
    votes: dict[float, Counter[str]] = defaultdict(Counter)
    for count, value in zip(counts, values, strict=True):
        if count is not None and value is not None:
            votes[count][value] += 1
    agreed: dict[float | None, str] = {}
    for count, stated in votes.items():
        ranked = stated.most_common(2)
        if len(ranked) == 1 or ranked[0][1] > ranked[1][1]:
            agreed[count] = ranked[0][0]
    return [agreed.get(count, value) for count, value in zip(counts, values, strict=True)]


def _fill(values: list[str | None], groups: Sequence[Hashable], share: float) -> list[str | None]:
    """Fill open values from those that the others of the group state, where enough of them agree."""
    stated: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for value, group in zip(values, groups, strict=True):
        if value is not None and value != "CHILD":
            stated[group][value] += 1
    agreed: dict[Hashable, str] = {}
    for group, counts in stated.items():
        ((top, n),) = counts.most_common(1)
        if n >= share * counts.total():
            agreed[group] = top
    return [agreed.get(group) if value is None else value for value, group in zip(values, groups, strict=True)]


def _since(statements: Sequence[Statement], victims: Sequence[str | None]) -> list[date | None]:
    """Return the first day only where it lies long before the usual one: then it is a total of more than this war.

    A number that was told before the usual first day counts an earlier war's dead, whenever it is told again.
    """
    counts = Counter(s.start for s in statements if s.start is not None)
    if not counts:
        return [None for _ in statements]
    usual = min(counts, key=lambda day: (-counts[day], day))
    earlier = {s.lead for s in statements if s.said.published_date is not None and s.said.published_date < usual}
    return [
        date.min
        if (s.lead in earlier and victim != "MILITARY" and not _bounded_place(s.said))
        or (s.start is not None and s.start < usual - _USUAL)
        else None
        for s, victim in zip(statements, victims, strict=True)
    ]


def chain(statements: Sequence[Statement], gap: int) -> Iterator[tuple[date | None, Statement]]:
    """Yield each report with the day on which what it tells began to be told; a pause of more than `gap` days ends it."""
    first: date | None = None
    last: date | None = None
    for statement in sorted(statements, key=by_order):
        day = statement.said.published_date
        if first is None or last is None or day is None or day - last > timedelta(days=gap):
            first = day
        last = day
        yield first, statement


class Night(NamedTuple):
    """The night and the place of an attack, as most reports of its number have it."""

    end: date
    place: str | None
    country_code: str | None
    weapon: tuple[str | None, str | None]  # class and code, of which one report may tell less than another
    rule: str = "night"


_LAUNCHED = "WPN_LAUNCHED"
_AROUND = timedelta(days=1)
_PART = 5  # UCDP where_prec of a part of a country without a border: a state's count that a paper gives for "the south"


def find_nights(told: Sequence[tuple[str, Statement]], rules: Rules) -> dict[int, Night]:
    """Return the night of each report that shares a telling number, metric and class with one that names it.

    A report without a day takes the last night before it; one that names a town, the whole country where others do. What was
    shot down or hit is of the place that its article names for what was launched in that night.
    """
    groups: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for metric, statement in told:
        if statement.lead >= rules.great and statement.said.weapon_class is not None:
            groups[statement.said.block_id, metric, statement.lead, weapon_kind(statement.said.weapon_class)].append(
                statement
            )
    nights: dict[int, Night] = {}
    for same in groups.values():
        dated = [s for s in same if s.end is not None]
        for statement in same:
            near = [s for s in dated if _is_about(statement, s, rules) and _is_alike(statement.said, s.said)]
            if near:
                nights[id(statement)] = _agree(statement, near)
    waves = {
        (s.said.version_id, s.said.weapon_class, s.end): (s, nights.get(id(s)))
        for metric, s in told
        if metric == _LAUNCHED and s.lead >= rules.great and _is_countrys(s, nights.get(id(s)))
    }
    for metric, statement in told:
        found = waves.get((statement.said.version_id, statement.said.weapon_class, statement.end))
        if found is None or metric == _LAUNCHED or not statement.end:
            continue
        wave, night = found
        if rules.great <= statement.lead <= wave.lead:
            country = night.country_code if night else wave.said.country_code
            nights[id(statement)] = Night(statement.end, None, country, _weapon(statement.said), "one_wave")
    for _, statement in told:
        is_own = statement.is_outside and statement.said.place_precision == _PART and statement.end is not None
        if is_own and id(statement) not in nights:
            said = statement.said
            nights[id(statement)] = Night(statement.end, None, said.country_code, _weapon(said))  # type: ignore[arg-type]
    return nights


def _is_countrys(launched: Statement, night: Night | None) -> bool:
    """Tell whether so many were launched at a whole country."""
    return launched.end is not None and (night.place if night else _night_place(launched)) is None


def _is_about(statement: Statement, other: Statement, rules: Rules) -> bool:
    if other.end is None:
        return False
    if statement.end is not None:
        return abs(statement.end - other.end) <= _AROUND
    told = statement.said.published_date
    return told is not None and -_AROUND <= told - other.end <= timedelta(days=rules.undated_days)


def _agree(statement: Statement, near: Sequence[Statement]) -> Night:
    last = statement.end or max(s.end for s in near if s.end is not None)
    places = Counter(_night_place(s) for s in near)
    countries = Counter(s.said.country_code for s in near if s.said.country_code)
    country = max(countries.items(), key=lambda pair: (pair[1], pair[0]))[0] if countries else None
    # A number that is told of two places is neither's, but of the country that holds both.
    return Night(last, next(iter(places)) if len(places) == 1 else None, country, _tell_weapon(statement.said, near))


def _weapon(said: Said) -> tuple[str | None, str | None]:
    return said.weapon_class, said.weapon_code


def _is_alike(one: Said, other: Said) -> bool:
    """Tell whether two reports may tell of the same weapons, one of them with less."""
    classes, codes = {one.weapon_class, other.weapon_class}, {one.weapon_code, other.weapon_code} - {None}
    is_less = weapon_kind(one.weapon_class or "") in classes
    return len(codes) <= 1 and (len(classes) == 1 or is_less)


def _tell_weapon(said: Said, near: Sequence[Statement]) -> tuple[str | None, str | None]:
    """Return the class, from the others where they tell more and all the same, and the code that at least half tell."""
    classes = {s.said.weapon_class for s in near} - {weapon_kind(said.weapon_class or "")}
    codes = Counter(s.said.weapon_code for s in near)
    code, n = max(codes.items(), key=lambda pair: (pair[1], pair[0] or ""))
    return (
        next(iter(classes)) if len(classes) == 1 else said.weapon_class,
        code if 2 * n >= codes.total() else said.weapon_code,
    )


def _night_place(statement: Statement) -> str | None:
    return None if statement.said.place_precision == _PART else place_key(statement.said)
