"""The same count in several papers: what joins and what stays apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.reports import HELPED, RULES, START, said
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
