"""Levels and what is told as one running number: what a newer number replaces, and what stays apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.reports import OPEN, RULES, START, said
from transforms.tallying.tallies import tally

COUNTRY: dict[str, Any] = {"place_name": "Ukraine", "place_id": None, "place_precision": 6}
SHARE: dict[str, Any] = {"unit_code": "%", "dimension": "share", "kind": "RATIO", "counted": None}  # fmt: skip
LEVELS: dict[str, dict[str, Any]] = {
    "share of land held": {"metric_code": "TERR_HELD_SHARE", **SHARE, **COUNTRY},
    "refugees since a day": {"metric_code": "DSP_REFUGEES", "kind": "CUM", **COUNTRY, "period_start_date": date(2022, 2, 24), "period_end_date": START},
    "share of stations destroyed": {"metric_code": "INF_DESTROYED", **SHARE, "counted": "power stations", **COUNTRY},
    "fighters at one plant": {"metric_code": "MIL_STRENGTH", "kind": "STOCK"},
    "attacks on hospitals": {"metric_code": "ATT_COUNT", "kind": "CUM", "unit_code": "{attack}", "counted": "attacks", "sites": "hospital", **COUNTRY},
    "people taken away": {"metric_code": "DET_ABDUCTED", "kind": "CUM", **COUNTRY},
    "length of the front": {"metric_code": "FRONT_LENGTH", "kind": "STOCK", "unit_code": "km", "dimension": "length", "counted": None, **COUNTRY},
    "a draft": {"metric_code": "MIL_RECRUITED", "kind": "CUM", **COUNTRY},
}  # fmt: skip


@pytest.mark.parametrize("name", LEVELS)
def test_a_newer_number_takes_the_place_of_an_older(name: str) -> None:
    """Told of a day, since another day or of no day, a level is one thing."""
    told = LEVELS[name]
    (row,) = tally([said("un", 20, **told), said("isw", 30, 4, **told | OPEN)], RULES).tallies
    assert row["best"] == 30


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("share of land held", {"place_name": "Luhansk region", "place_id": "702657", "place_precision": 4}),
        ("refugees since a day", {"country_code": "POL"}),
        ("share of stations destroyed", {"counted": "energy infrastructure"}),
        ("fighters at one plant", {"place_name": "Lviv", "place_id": "702550"}),
        ("a draft", {"actor_code": "UKR"}),
        ("a draft", {"published_date": START + timedelta(days=60)}),
    ],
)
def test_what_is_of_another_place_or_side_is_another_level(name: str, other: dict[str, Any]) -> None:
    """Where, whose, of what, and told without a pause: what differs is another thing."""
    told = LEVELS[name]
    assert len(tally([said("un", 20, **told), said("isw", 30, 4, **told | other)], RULES).tallies) == 2


def test_the_soldiers_of_a_country_are_no_one_level() -> None:
    """Of a whole country many different troops are told: only the same count is the same."""
    told = {**LEVELS["fighters at one plant"], **COUNTRY, **OPEN}
    assert len(tally([said("un", 2000, **told), said("isw", 3000, 4, **told)], RULES).tallies) == 2


def test_generals_are_counted_over_a_war() -> None:
    """Seven generals, of no place and no day, are no event's dead; seven nuns are."""
    told = {"target_code": "RUS", "victim": "MILITARY", **COUNTRY, **OPEN}
    generals = [said("un", n, day, counted="Russian generals", **told) for n, day in ((4, 1), (7, 20))]
    nuns = [said("un", n, day, counted="nuns", name=f"nuns-{n}", **told) for n, day in ((4, 1), (7, 20))]
    assert [row["best"] for row in tally(generals, RULES).tallies] == [7]
    assert len(tally(nuns, RULES).tallies) == 2


def test_a_plant_is_one_place_by_any_of_its_names() -> None:
    """What a place is called beside its name makes no other place of it."""
    names = ("Azovstal steel plant", "Azovstal", "Azovstal steelworks")
    told = {**LEVELS["fighters at one plant"], "place_id": None, **OPEN}
    figures = [
        said("un", n, day, **told, place_name=name)
        for day, (n, name) in enumerate(zip((20, 30, 40), names, strict=True), 1)
    ]
    assert len(tally(figures, RULES).tallies) == 1


def test_ground_told_on_days_running_is_one_advance() -> None:
    """2,000, 3,000 and 6,000 km² within days are one advance of 6,000; the next, months later, is another."""
    fields: dict[str, Any] = {
        "metric_code": "TERR_GAIN",
        "place_precision": 6,
        "dimension": "area",
        "unit_code": "km2",
        "kind": "CUM",
        "period_start_date": None,
        "actor_code": "UKR",
    }
    told = [said("UKR", n, day, **fields) for n, day in ((2000, 1), (3000, 3), (6000, 8), (900, 90))]
    assert sorted(float(str(row["best"])) for row in tally(told, RULES).tallies) == [900, 6000]


WAVE: dict[str, Any] = {"metric_code": "DET_ARRESTED", "kind": "CUM", "actor_code": "RUS", "target_code": "RUS", **COUNTRY, **OPEN}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "day", "n"),
    [
        ({}, 9, 1),
        ({"unit_code": "{arrest}"}, 9, 1),
        ({"kind": "FLOW"}, 9, 1),
        ({"kind": "FLOW", "period_start_date": START, "period_end_date": START}, 9, 2),
        ({"period_start_date": START, "period_end_date": START}, 9, 2),
        ({}, 60, 2),
        ({"place_name": "Moscow region", "place_id": "524925", "place_precision": 4}, 9, 2),
    ],
)
def test_arrests_of_a_wave_of_protests(other: dict[str, Any], day: int, n: int) -> None:
    """Arrests told of no day run on with the wave; those of one day, of a region or of a later wave stand apart."""
    assert len(tally([said("un", 900, **WAVE), said("own", 1300, day, **WAVE | other)], RULES).tallies) == n


@pytest.mark.parametrize(
    ("other", "n"),
    [
        ({"sites": "healthcare"}, 1),
        ({"kind": "FLOW"}, 1),
        ({"sites": "school"}, 2),
        ({"sites": ""}, 2),
        ({"target_code": "RUS"}, 2),
    ],
)
def test_attacks_are_counted_by_what_they_are_on(other: dict[str, Any], n: int) -> None:
    """Hospitals are health care; attacks on schools, or on nothing that is named, are another count."""
    struck = LEVELS["attacks on hospitals"] | OPEN
    assert len(tally([said("un", 118, **struck), said("isw", 140, 9, **struck | other)], RULES).tallies) == n


@pytest.mark.parametrize(
    ("other", "n"),
    [
        ({"place_name": "Russia", "place_id": "2017370", "country_code": "RUS"}, 1),
        ({"victim": "CIVILIAN"}, 1),
        ({"victim": "CHILD"}, 2),
        ({"place_name": "Poland", "place_id": "798544", "country_code": "POL"}, 2),
    ],
)
def test_where_people_are_taken_to_is_not_where_from(other: dict[str, Any], n: int) -> None:
    """The country that takes people away is no place of theirs; children are counted apart."""
    taken = LEVELS["people taken away"] | OPEN
    assert len(tally([said("UKR", 1200, **taken), said("un", 1500, 4, **taken | other)], RULES).tallies) == n


@pytest.mark.parametrize(("level", "n"), [(1, 2), (5, 1), (4, 2)])
def test_a_front_is_of_its_war(level: int, n: int) -> None:
    """A part without a border that stands beside a front's length does not make it another; a town or a region does."""
    front = LEVELS["length of the front"] | OPEN
    place = {"place_name": "Izium", "place_id": "707292", "place_precision": level}
    assert len(tally([said("UKR", 1100, **front), said("un", 1200, 4, **front | place)], RULES).tallies) == n


@pytest.mark.parametrize(("day", "n"), [(21, 1), (60, 2)])
def test_a_draft_is_told_but_now_and_then(day: int, n: int) -> None:
    """A draft's numbers three weeks apart are one count; two months apart they are two."""
    draft = LEVELS["a draft"] | OPEN
    assert len(tally([said("RUS", 90_000, **draft), said("RUS", 220_000, day, **draft)], RULES).tallies) == n
