"""The same count in several papers: what joins and what stays apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.reports import HELPED, OPEN, RULES, START, said
from transforms.tallying.tallies import tally

WIDE: dict[str, Any] = {"place_name": "Ukraine", "place_id": None, "place_precision": 6}


@pytest.mark.parametrize(
    "other",
    [
        {"actor_code": "UKR"},
        {"best": 223000, "best_base": 223000, "low": 223000, "low_base": 223000, "high": 223000, "high_base": 223000},
        {"published_date": START + timedelta(days=60)},
        {"kind": "CHANGE"},
    ],
)
def test_the_same_count_joins_nothing_that_differs(other: dict[str, Any]) -> None:
    """Whose, how many, when and what kind: what both tell must be the same."""
    made = tally([said("un", 222000, **HELPED), said("isw", 222000, 5, **HELPED | other)], RULES)
    assert len(made.tallies) == 2


def test_a_round_number_is_of_its_place() -> None:
    """Nobody else has 222,000 by chance; 200,000 of another land are others."""
    here, there = {**HELPED, **WIDE, "country_code": "RUS"}, {**HELPED, **WIDE, "country_code": "SYR"}
    assert len(tally([said("un", 222000, **here), said("isw", 222000, 5, **there)], RULES).tallies) == 1
    assert len(tally([said("un", 200000, **here), said("isw", 200000, 5, **there)], RULES).tallies) == 2


def test_what_two_sides_tell_is_not_joined_by_a_third_who_leaves_it_open() -> None:
    """An open report is of one side's count at most, and the other side's stays apart."""
    open_, *sides = [
        said(who, 222000, day, **HELPED | {"actor_code": actor})
        for day, (who, actor) in enumerate((("un", None), ("isw", "RUS"), ("ohchr", "UKR")), start=1)
    ]
    assert len(tally([open_, *sides], RULES).tallies) == 2


@pytest.mark.parametrize(
    ("one", "other", "n_things"),
    [
        ({"counted": "tanks"}, {"counted": "trucks"}, 2),
        ({"counted": "tanks", "victim": "MILITARY"}, {"counted": "battle tanks"}, 1),
        ({"direction": "UP"}, {"direction": "DOWN"}, 2),
    ],
)
def test_round_counts_of_things_meet_by_name_and_direction(
    one: dict[str, Any], other: dict[str, Any], n_things: int
) -> None:
    """20 tanks are not 20 trucks, and what comes is not what goes."""
    gift = {**OPEN, **WIDE, "metric_code": "EQP_SUPPLIED", "unit_code": "{item}", "counted": None}
    assert len(tally([said("un", 20, **gift | one), said("isw", 20, 5, **gift | other)], RULES).tallies) == n_things
