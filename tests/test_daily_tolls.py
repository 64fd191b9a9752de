"""Tolls of one place day by day: what is the next day's, and what is told again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reports import OPEN, REGION, RULES, said, span
from transforms.tallying.tallies import tally


@pytest.mark.parametrize(("first", "number", "n"), [((1, 2), 2, 2), ((1, 2), 7, 2), ((2, 2), 2, 1)])
def test_the_past_day_told_on_two_days_running(first: tuple[int, int], number: int, n: int) -> None:
    """The dead of "the past day", and the seven of the next one's, are two events' though both hold one day; a day joins the night that follows."""
    told = [said("un", number, 2, **REGION, **span(*first)), said("un", 7, 3, **REGION, **span(2, 3))]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [("", "", 2), ("station", "market", 2), ("station", "station", 1)],
)
def test_a_toll_that_has_risen_a_day_later(one: str, other: str, n: int) -> None:
    """78 dead of the day after 62 are another day's, unless both are told of one kind of site."""
    assert len(tally([said("un", 62, sites=one), said("un", 78, 2, sites=other, **span(2, 2))], RULES).tallies) == n


@pytest.mark.parametrize(
    ("later", "n"),
    [
        ({"sites": "prison", **REGION}, 1),
        ({**REGION}, 2),
        ({"sites": "prison", **REGION, "place_id": "702549"}, 2),
        ({"place_name": None, "place_id": None}, 1),
    ],
)
def test_a_great_number_of_a_region_on_a_later_day(later: dict[str, Any], n: int) -> None:
    """62 dead of a region, days after the 62 of its town, are those only where the kind of site is told too."""
    told = [
        said("un", 62, sites="prison"),
        said("un", 62, name="more", sites="prison"),
        said("own", 62, 6, **later, **span(5, 5)),
    ]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(("day", "n"), [(4, 2), (6, 1)])
def test_nobody_tells_of_what_is_to_come(day: int, n: int) -> None:
    """22 wounded told without a day are the 17 of the sixth only if they are told then, or later."""
    hurt: dict[str, Any] = {"metric_code": "CAS_INJURED"}
    sixth = [said("un", 17, 6, name=name, **span(6, 6), **hurt) for name in "xy"]
    assert len(tally([*sixth, said("own", 22, day, **OPEN, **hurt)], RULES).tallies) == n


@pytest.mark.parametrize(("place", "n"), [(REGION, 2), ({}, 1)])
def test_the_same_great_number_of_a_region_on_two_days(place: dict[str, Any], n: int) -> None:
    """62 dead of a region on one day, and 62 three days later, are two days'; of a town they are the same, told again."""
    told = [said("un", 62, **place), said("own", 62, 4, **place, **span(4, 4))]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(("site", "n"), [("theatre", 1), ("station", 2), ("", 2)])
def test_a_towns_great_number_told_long_after_of_another_town(site: str, n: int) -> None:
    """600 dead told of another town two months on are the 600 of this one only where both are told of one kind of site."""
    elsewhere: dict[str, Any] = {"place_name": "Kramatorsk", "place_id": "704147"}
    told = [said("un", 603, name=name, sites="theatre") for name in "xy"]
    assert len(tally([*told, said("own", 603, 60, sites=site, **elsewhere, **OPEN)], RULES).tallies) == n
