"""Figures that tests of tallying make up: who says how many were killed in Kharkiv, one by one or as a line tells them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from seeds import load_seeds
from transforms.tallying.rules import Rules
from transforms.tallying.said import Said

RULES = Rules(load_seeds())
START = date(2026, 3, 1)
SOURCE_IDS = {"un", "isw"}
CASE = re.compile(
    r"(?P<who>[\w/ ]+): (?P<sign>>=|~)?(?P<number>\d+) on (?P<day>\d)(?: @(?P<event>\d))?(?: (?P<mark>\w+))?"
)


def said(who: str, number: float, day: int = 1, **others: object) -> Said:
    """Return a figure: `who` says on a day of March that so many were killed in Kharkiv on the first."""
    name = others.pop("name", f"{who}-{number}-{day}")
    published = START + timedelta(days=day - 1)
    party = who.partition("/")[0] if who.partition("/")[0] in {"RUS", "UKR"} else None
    row: dict[str, Any] = dict.fromkeys(Said._fields)
    row |= {
        "figure_id": f"f-{name}", "version_id": f"v-{name}", "article_id": f"a-{name}", "cluster_id": f"a-{name}", "block_id": "0",
        "batch_id": "0", "outlet_id": "courier", "sentence_id": f"s-{name}", "published_date": published, "number_start": 0,
        "quote": f"{number} people", "low": number, "best": number, "high": number, "low_base": number, "best_base": number,
        "high_base": number, "modifier": "EXACT", "number_form": "DIGIT", "unit_code": "{person}", "dimension": "count",
        "metric_code": "CAS_KILLED", "counted": "people", "kind": "FLOW", "actor_code": "RUS", "target_code": "UKR",
        "place_name": "Kharkiv", "place_id": "706483", "country_code": "UKR", "place_precision": 1,
        "period_start_date": START, "period_end_date": START, "polarity": "ASSERTED", "is_anaphoric": False, "n_hops": 1, "sites": "",
        "party_code": party, "source_id": who if who in SOURCE_IDS else None,
        "source_name": None if who == "own" else who,
    }  # fmt: skip
    return Said(**{**row, **others})


def span(first: int, last: int) -> dict[str, Any]:
    """Return the columns of a period, in days of March."""
    return {
        "period_start_date": START + timedelta(days=first - 1),
        "period_end_date": START + timedelta(days=last - 1),
    }


def read_case(case: str, **others: object) -> list[Said]:
    """Read "UKR: >=5 on 1; own: 5 on 2 copy" into figures."""
    figures: list[Said] = []
    for number, part in enumerate(case.split("; ")):
        found = CASE.fullmatch(part)
        assert found, part
        day, mark = int(found["day"]), found["mark"]
        event = START + timedelta(days=int(found["event"] or 1) - 1)
        fields: dict[str, Any] = {"name": str(number), "period_start_date": event, "period_end_date": event, **others}
        if fields.get("kind") == "CUM":
            fields |= {"period_start_date": date(2022, 2, 24), "period_end_date": START + timedelta(days=day - 1)}
        if found["sign"] == ">=":
            fields |= {"modifier": "GE", "high": None, "high_base": None}
        elif found["sign"] == "~":
            fields |= {"modifier": "APPROX"}
        marks: dict[str, dict[str, Any]] = {
            "copy": {"sentence_id": "s-0"},
            "undated": {"period_start_date": None, "period_end_date": None},
            "total": {"kind": "CUM", "period_start_date": None, "period_end_date": START + timedelta(days=day - 1)},
            "denied": {"polarity": "DENIED"},
            "anaphor": {"is_anaphoric": True},
            "conversion": {"converts_figure_id": "f-0"},
            "age": {"metric_code": "AGE"},
        }
        figures.append(said(found["who"], float(found["number"]), day, **(fields | marks.get(mark or "", {}))))
    return figures


REGION: dict[str, Any] = {"place_name": "Kharkiv region", "place_id": "706482", "place_precision": 4}
OPEN: dict[str, Any] = {"period_start_date": None, "period_end_date": None}
HELPED: dict[str, Any] = {"metric_code": "HUM_ASSISTED", "place_name": None, "place_id": None, "place_precision": None, "actor_code": "RUS", "period_start_date": None, "period_end_date": None}  # fmt: skip
