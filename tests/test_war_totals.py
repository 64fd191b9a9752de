"""What is told of a war, a country or a border: levels, running totals, and what one report of them leaves open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.reports import OPEN, REGION, RULES, START, said, span
from transforms.tallying.tallies import tally

WIDE: dict[str, Any] = {"place_name": "Ukraine", "place_id": None, "place_precision": 6}
GENERALS: dict[str, Any] = {"counted": "generals", "victim": "MILITARY", **WIDE}


def test_generals_of_a_country_are_a_total_whatever_the_day() -> None:
    """Seven generals, and nine told on another day, are one total; two generals of a day are an event's."""
    told = [said("un", 7, **GENERALS), said("UKR", 9, 5, kind="CUM", **GENERALS, **OPEN), said("isw", 2, **GENERALS)]
    assert [row["n_figures"] for row in tally(told, RULES).tallies] in ([1, 2], [2, 1])


def test_of_several_numbers_the_one_that_others_tell_stands() -> None:
    """One source's 900 and 400 for one level are ambiguous; where another article tells 900 too, that one stands."""
    level: dict[str, Any] = {"metric_code": "DSP_IDP", "kind": "STOCK", **WIDE}
    article: dict[str, Any] = {"article_id": "a", "version_id": "a"}
    told = [said("un", 900, name="x", **level, **article), said("un", 400, name="y", **level, **article)]
    made = tally(told, RULES)
    assert [row["reason"] for row in made.figures] == ["AMBIGUOUS", "AMBIGUOUS"]
    made = tally([*told, said("isw", 900, **level)], RULES)
    assert [row["figure_id"] for row in made.figures if row["reason"] == "AMBIGUOUS"] == ["f-y"]


def test_a_level_in_miles_is_that_in_kilometres() -> None:
    """A front of 600 miles and one of 1,000 km are told of one front."""
    front: dict[str, Any] = {"metric_code": "FRONT_LENGTH", "kind": "STOCK", "dimension": "length", **WIDE}
    miles = said("un", 600, **front, unit_code="[mi_i]")._replace(low_base=965.6, best_base=965.6, high_base=965.6)
    assert len(tally([miles, said("UKR", 1000, **front, unit_code="km")], RULES).tallies) == 1


@pytest.mark.parametrize(
    ("metric_code", "counted", "n"),
    [
        ("INF_DESTROYED", "energy infrastructure", 1),
        ("INF_CAPACITY_LOST", "power grid", 1),
        ("INF_DESTROYED", "road infrastructure", 2),
        ("INF_DESTROYED", "buildings", 2),
    ],
)
def test_a_grids_harm_is_one(metric_code: str, counted: str, n: int) -> None:
    """Two fifths of a grid damaged, destroyed or out of action are one share; of buildings that are damaged or destroyed they are two."""
    share: dict[str, Any] = {"kind": "RATIO", "dimension": "ratio", "unit_code": "%", **WIDE, **OPEN}
    damaged = "buildings" if n > 1 else "grid infrastructure"
    told = [
        said("un", 40, **share, metric_code="INF_DAMAGED", counted=damaged),
        said("UKR", 40, **share, metric_code=metric_code, counted=counted),
    ]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(
    ("place", "n"), [({"place_name": "Khabarovsk region", "place_id": "1", "place_precision": 4}, 2), (WIDE, 1)]
)
def test_a_regions_draft_is_not_the_countrys(place: dict[str, Any], n: int) -> None:
    """Thousands called up in a region are no number of the country's draft."""
    draft: dict[str, Any] = {
        "metric_code": "MIL_RECRUITED",
        "kind": "CUM",
        "victim": "MILITARY",
        "actor_code": "RUS",
        **OPEN,
    }
    told = [said("RUS", 222000, **draft, **WIDE), said("own", 2000, 2, **draft, **place)]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(
    ("other", "n"),
    [
        ({"place_name": "Eastern Europe", "country_code": None, "target_code": None}, 1),
        ({"place_name": "Belarus", "country_code": "BLR"}, 2),
        ({"actor_code": "USA"}, 2),
        ({"low": 90000, "best": 90000, "high": 90000, "low_base": 90000, "best_base": 90000, "high_base": 90000}, 2),
    ],
)
def test_troops_massed_along_a_border(other: dict[str, Any], n: int) -> None:
    """190,000 of one side's troops are those that another paper places on the continent; not another side's, another land's, nor another number."""
    troops: dict[str, Any] = {"metric_code": "MIL_STRENGTH", "kind": "STOCK", "victim": "MILITARY", **OPEN}
    told = [said("un", 190000, **troops | WIDE), said("isw", 190000, 3, **troops | WIDE | other)]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(("start", "n"), [(date(2026, 2, 24), 1), (None, 2)])
def test_a_sum_of_weapons_goes_on(start: date | None, n: int) -> None:
    """1,100 missiles by one day and 1,370 by a later one, since the same day, are one sum; without a first day they are told apart."""
    missiles: dict[str, Any] = {
        "metric_code": "WPN_LAUNCHED",
        "weapon_class": "MISSILE",
        "kind": "CUM",
        "unit_code": "{munition}",
        **WIDE,
    }
    days = {"period_start_date": start}
    told = [
        said("UKR", 1100, 5, **missiles, **days, period_end_date=date(2026, 3, 5)),
        said("USA", 1370, 15, **missiles, **days, period_end_date=date(2026, 3, 15)),
    ]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(
    ("other", "n"),
    [
        ({"kind": "FLOW"}, 1),
        (dict.fromkeys(("period_start_date", "period_end_date"), START), 1),
        ({"victim": "MILITARY"}, 1),
        ({"victim": None, "place_name": "Europe", "country_code": None}, 1),
        ({"victim": "CHILD"}, 2),
        ({"place_name": "Poland", "country_code": "POL"}, 2),
        ({"target_code": "RUS", "country_code": "RUS"}, 2),
    ],
)
def test_who_has_fled_a_country(other: dict[str, Any], n: int) -> None:
    """Who has fled a country is one number, of whatever day, whoever they are and wherever they were seen; not children, and not who came to another."""
    fled: dict[str, Any] = {"metric_code": "DSP_REFUGEES", "kind": "CUM", "victim": "CIVILIAN", **WIDE, **OPEN}
    told = [said("un", 1000000, **fled), said("isw", 1500000, 4, **fled | other)]
    assert [row["kind"] for row in tally(told, RULES).tallies] == ["CUM"] * n


@pytest.mark.parametrize(("version", "n"), [("v", 2), ("w", 1)])
def test_all_the_dead_of_whom_an_article_says_how_many_were_civilians(version: str, n: int) -> None:
    """Of 1,000 dead of whom 745 were civilians the first number counts more than civilians; told elsewhere it may count these."""
    total: dict[str, Any] = {"kind": "CUM", **WIDE, **OPEN}
    told = [
        said("un", 1000, version_id=version, **total),
        said("un", 745, version_id="v", victim="CIVILIAN", **total),
        said("isw", 800, 2, victim="CIVILIAN", **total),
    ]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(("more", "n"), [([], 1), ([said("own", 5, country_code="SYR")], 3)])
def test_what_a_side_has_lost_of_no_country(more: list[Any], n: int) -> None:
    """A war's lost tanks are one total, with a country or none, where only one country is told."""
    tanks: dict[str, Any] = {
        "metric_code": "EQP_DESTROYED", "kind": "CUM", "weapon_class": "TANK", "target_code": "RUS", "unit_code": "{item}",
    }  # fmt: skip
    nowhere: dict[str, Any] = dict.fromkeys(("place_name", "place_id", "country_code"))
    since = {"period_start_date": date(2022, 2, 24)}
    told = [said("UKR", 11072, **tanks, **nowhere, **OPEN), said("UKR", 11076, 2, **tanks, **WIDE, **since)]
    others = [one._replace(**tanks, **since, place_name=None, place_id=None) for one in more]
    assert len(tally([*told, *others], RULES).tallies) == n


@pytest.mark.parametrize(("unit", "n"), [("{building}", 1), ("{person}", 2)])
def test_homes_without_power_are_households(unit: str, n: int) -> None:
    """A million homes without power are the million households, and no million people."""
    cut: dict[str, Any] = {"metric_code": "INF_CUSTOMERS_OUT", "kind": "STOCK", **WIDE, **OPEN}
    told = [said("UKR", 1_000_000, unit_code="{household}", **cut), said("own", 1_200_000, unit_code=unit, **cut)]
    assert len(tally(told, RULES).tallies) == n


def test_ground_held_on_a_day_runs_on() -> None:
    """1,000 km2 held, told without a day, 1,150 held on a stated day and 1,263 are one running number."""
    held: dict[str, Any] = {
        "metric_code": "TERR_HELD", "kind": "STOCK", "dimension": "area", "unit_code": "km2", "actor_code": "UKR", **REGION
    }  # fmt: skip
    told = [
        said("UKR", 1000, **held, **OPEN),
        said("UKR", 1150, 3, **held, **span(3, 3)),
        said("un", 1263, 8, **held, **OPEN),
    ]
    assert len(tally(told, RULES).tallies) == 1
