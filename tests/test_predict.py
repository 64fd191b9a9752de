"""`python -m benchmarks.predict` writes what the scorers take: one line each, in order, with the keys they name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FIGURE_KEYS = (
    "start end low best high modifier unit metric actor target place country t_start t_end source polarity kind".split()
)


def predict(task: str, rows: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Run the command over some rows."""
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    subprocess.run([sys.executable, "-m", "benchmarks.predict", task, source, target], check=True, cwd=ROOT)
    return [json.loads(line) for line in target.read_text("utf-8").splitlines()]


def test_figures(tmp_path: Path) -> None:
    """Offsets are those of the text given; the date handed in resolves relative words; no figure is no error."""
    text = "Ukraine shot down 105 drones on Monday, its air force said."
    rows: list[dict[str, Any]] = [
        {"article_id": "b", "dct": "2026-02-18T05:00:00Z", "text": text},
        {"article_id": "a", "dct": None, "text": "Nothing was counted."},
    ]
    first, second = predict("figures", rows, tmp_path)
    assert second == {"article_id": "a", "figures": []}
    assert first["article_id"] == "b"
    (figure,) = first["figures"]
    assert list(figure) == FIGURE_KEYS
    assert text[figure["start"] : figure["end"]] == "105 drones"
    wanted = {"best": 105, "metric": "WPN_INTERCEPTED", "actor": "UKR", "t_start": "2026-02-16", "t_end": "2026-02-16"}
    assert {key: figure[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("Shares fell 3 per cent.", {"value": 3, "unit": "percentage", "change": "down"}),
        ("It costs nearly $40 a barrel.", {"value": 40, "unit": "dollar per barrel", "change": "~"}),
        ("They walked 15 to 20 miles.", {"value": [15, 20], "unit": "mile", "change": "="}),
        ("Trucks drove at up to 60 km/h.", {"value": 60, "unit": "kilometre per hour", "change": "<"}),
        ("The firm has more than 300 customers.", {"value": 300, "unit": "customer", "change": ">"}),
    ],
)
def test_quantities(tmp_path: Path, text: str, quantity: dict[str, object]) -> None:
    """Values, units and changes go by NewsQuant's names."""
    (row,) = predict("quantities", [{"sentence_id": 7, "text": text}], tmp_path)
    assert row["sentence_id"] == 7
    assert [{key: found[key] for key in quantity} for found in row["quantities"]] == [quantity]


def test_timexes(tmp_path: Path) -> None:
    """Temporal expressions have TIMEX3 types and values."""
    text = "The bridge was hit on Monday and reopened after two days."
    (row,) = predict("timexes", [{"doc": "d", "dct": "2026-02-18", "text": text}], tmp_path)
    found = [(text[t["start"] : t["end"]], t["type"], t["value"]) for t in row["timexes"]]
    assert row["doc"] == "d"
    assert found == [("Monday", "DATE", "2026-02-16"), ("two days", "DURATION", "P2D")]
