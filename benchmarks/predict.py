"""Write what Tally reads in the formats that the scorers of ../shared/bench document.

usage: python -m benchmarks.predict figures|quantities|timexes IN.jsonl OUT.jsonl

IN has one object a line: {"article_id", "dct", "text"} for figures, {"sentence_id", "text"} for quantities,
{"doc", "dct", "text"} for timexes. OUT has one line for each of them.
"""

from __future__ import annotations

import argparse
import gc
import json
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.newsquant import quantities
from seeds import load_seeds
from transforms.periods import Periods
from transforms.reading import COLLECT_AFTER, Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.figures import Figure

ISO_DATE_LENGTH = len("2026-02-18")


@lru_cache(maxsize=1)
def reader() -> Reader:
    """Build the reader once a process."""
    gc.set_threshold(COLLECT_AFTER)
    return Reader(load_seeds())


@lru_cache(maxsize=1)
def periods() -> Periods:
    """Build the reader of temporal expressions once a process."""
    return Periods(load_seeds())


def to_date(dct: str | None) -> date | None:
    """Take the day of a document's creation time, whose first ten characters are an ISO date."""
    return date.fromisoformat(dct[:ISO_DATE_LENGTH]) if dct else None


def unit_with_speed(figure: Figure) -> str | None:
    """Return the unit as the gold writes it: speeds alone are joined with their per-unit ("km/h")."""
    if figure.per_unit_code and figure.dimension in {"length", "speed"}:
        return f"{figure.unit_code}/{figure.per_unit_code}"
    return figure.unit_code


def to_prediction(figure: Figure) -> dict[str, Any]:
    """Turn a figure into a row of score_figures.py; actor and target are the code, else the name."""
    origin = min(figure.attributions, key=lambda a: a.hop, default=None)
    return {
        "start": figure.quote_start,
        "end": figure.quote_end,
        "low": figure.low,
        "best": figure.best,
        "high": figure.high,
        "modifier": figure.modifier,
        "unit": unit_with_speed(figure),
        "metric": figure.metric_code,
        "actor": figure.actor_code or figure.actor_name,
        "target": figure.target_code or figure.target_name,
        "place": figure.place_name,
        "country": figure.country_code,
        "t_start": figure.period_start_date and figure.period_start_date.isoformat(),
        "t_end": figure.period_end_date and figure.period_end_date.isoformat(),
        "source": origin and origin.source_name,
        "polarity": figure.polarity,
        "kind": figure.kind,
    }


def predict_figures(row: dict[str, Any]) -> dict[str, Any]:
    """Read one article."""
    reading = reader().read(row["text"], to_date(row["dct"]))
    return {"article_id": row["article_id"], "figures": [to_prediction(f) for f in reading.figures]}


def predict_quantities(row: dict[str, Any]) -> dict[str, Any]:
    """Read one sentence of business or sports news."""
    return {"sentence_id": row["sentence_id"], "quantities": quantities().read(row["text"])}


def predict_timexes(row: dict[str, Any]) -> dict[str, Any]:
    """Read the temporal expressions of one document."""
    return {"doc": row["doc"], "timexes": [asdict(t) for t in periods().read_timexes(row["text"], to_date(row["dct"]))]}


TASKS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "figures": predict_figures,
    "quantities": predict_quantities,
    "timexes": predict_timexes,
}


def predict(task: str, source: Path, target: Path) -> None:
    """Read every line of `source` and write one line each to `target`, in the same order."""
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(TASKS[task](json.loads(line)), ensure_ascii=False) + "\n" for line in lines)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("source", type=Path, metavar="IN.jsonl")
    parser.add_argument("target", type=Path, metavar="OUT.jsonl")
    arguments = parser.parse_args()
    predict(arguments.task, arguments.source, arguments.target)


if __name__ == "__main__":
    main()
