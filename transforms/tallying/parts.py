"""Which tally is part of which other: children of the dead, a model of all drones, a week of a month."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

Row = dict[str, object]
Key = tuple[object, ...]

DAY = timedelta(days=1)
_SAME = ("block_id", "metric_code", "country_code", "place_id", "place_name")  # of a whole and its part
MISSILES = "MISSILE"  # the class that the classes MISSILE_... are kinds of


class Made(NamedTuple):
    """A tally's row with the family's period, the key, and the whole that an article tells beside it."""

    row: Row
    period: str
    key: Key
    within: tuple[Key, str] | None


def find_parts(made: Sequence[Made]) -> list[Row]:
    """Return the rows of tally_parts, each pair once."""
    ids = {one.key: one.row["tally_id"] for one in made}
    found: dict[tuple[object, object], Row] = {}
    by_place: dict[tuple[object, ...], list[Made]] = defaultdict(list)
    for one in made:
        by_place[tuple(one.row[column] for column in _SAME)].append(one)
        if one.within and one.within[0] in ids:
            _note(found, ids[one.within[0]], one.row, one.within[1])
    for members in by_place.values():
        if len(members) > 1:
            for whole, part, why in (*_victims(members), *_weapons(members), *_periods(members)):
                _note(found, whole["tally_id"], part, why)
    return list(found.values())


def _note(found: dict[tuple[object, object], Row], whole_id: object, part: Row, why: str) -> None:
    pair = (whole_id, part["tally_id"])
    found.setdefault(
        pair,
        {
            "whole_id": whole_id,
            "part_id": part["tally_id"],
            "why": why,
            "block_id": part["block_id"],
            "batch_id": part["batch_id"],
        },
    )


def _victims(members: Sequence[Made]) -> Iterator[tuple[Row, Row, str]]:
    """Children and soldiers are part of the people of the same event, a day's slip allowed, but none over the turn of a month.

    Twenty dead of 31 March and four children of 1 April are two things: months are told apart, and are not looked at together here.
    """
    events = [
        one.row for one in members if one.period == "EVENT" and one.within is None and one.row["period_start_date"]
    ]
    parts = [row for row in events if row["victim"] in {"CHILD", "MILITARY"}]
    wholes = [row for row in events if row["victim"] not in {"CHILD", "MILITARY"}]
    for part in parts:
        near = [whole for whole in wholes if _touch(whole, part)]
        if len(near) == 1:
            yield near[0], part, "VICTIM"


def _touch(one: Row, other: Row) -> bool:
    starts, ends = (
        (one["period_start_date"], other["period_start_date"]),
        (one["period_end_date"], other["period_end_date"]),
    )
    return _days(starts[0], starts[1]) <= DAY or _days(ends[0], ends[1]) <= timedelta()


def _days(one: object, other: object) -> timedelta:
    if one is None or other is None:
        return timedelta.max
    first: date = one  # type: ignore[assignment]
    second: date = other  # type: ignore[assignment]
    return abs(first - second)


def _weapons(members: Sequence[Made]) -> Iterator[tuple[Row, Row, str]]:
    """A model is part of its class, and the kinds of missiles are part of all missiles, of one night and one side."""
    nights: dict[tuple[object, ...], dict[tuple[object, object], Row]] = defaultdict(dict)
    for one in members:
        if one.period == "NIGHT":
            night = (one.row["actor_code"], one.row["period_end_date"])
            nights[night][one.row["weapon_class"], one.row["weapon_code"]] = one.row
    for night_rows in nights.values():
        for (weapon_class, weapon_code), part in night_rows.items():
            if weapon_class is None:
                continue
            candidates: list[tuple[object, object]] = [(weapon_class, None)] if weapon_code else []
            if str(weapon_class).startswith(f"{MISSILES}_"):
                candidates.append((MISSILES, None))
            yield from ((night_rows[c], part, "WEAPON") for c in candidates if c in night_rows)


def _periods(members: Sequence[Made]) -> Iterator[tuple[Row, Row, str]]:
    """What is told of days within a longer period is part of it: the shortest such period of the same thing."""
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    columns = (
        "kind",
        "dimension",
        "actor_code",
        "target_code",
        "victim",
        "weapon_class",
        "weapon_code",
        "per_unit_code",
    )
    for one in members:
        row = one.row
        if one.period == "WHOLE" and row["kind"] == "FLOW" and row["period_start_date"] and row["period_end_date"]:
            groups[tuple(row[c] for c in columns)].append(row)
    for rows in groups.values():
        begun: list[Row] = []
        for part in sorted(rows, key=_from_the_longest):
            begun = [whole for whole in begun if whole["period_end_date"] >= part["period_start_date"]]  # type: ignore[operator]
            wholes = [whole for whole in begun if _contains(whole, part)]
            if wholes:
                yield min(wholes, key=_length), part, "PERIOD"
            begun.append(part)


def _from_the_longest(row: Row) -> tuple[object, ...]:
    return row["period_start_date"], -_length(row)[0], row["tally_id"]


def _length(row: Row) -> tuple[timedelta, str]:
    return _days(row["period_end_date"], row["period_start_date"]), str(row["tally_id"])


def _contains(whole: Row, part: Row) -> bool:
    starts = (whole["period_start_date"], part["period_start_date"])
    ends = (whole["period_end_date"], part["period_end_date"])
    is_longer = _length(whole)[0] > _length(part)[0]
    return is_longer and starts[0] <= starts[1] and ends[0] >= ends[1]  # type: ignore[operator]
