"""The gold sets and scorers that stand beside the project in ../shared, and what Tally reads on them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.predict import predict_figures

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
BENCH = SHARED / "bench"
BUILD = ROOT / "build" / "bench"
DEV_SETS = ("figures_dev", "figures_dev2")
GOLD = ROOT / "benchmarks" / "gold"  # sets of our own: ids, offsets and fields; the texts stay in ../shared/corpora
# The sets of articles among them; clusters.json and tallies*.json hold pairs and events.
GOLD_SETS = tuple(sorted(p.stem for p in GOLD.glob("*.json") if not p.stem.startswith(("clusters", "tallies"))))
GOLD_CORPORA = ("war_news_2022", "war_news_feb2026")
HELD_SHARE = 3  # every third article, by hash, is held out from daily work

Row = dict[str, Any]


@dataclass(frozen=True)
class Scored:
    """One article of a gold set with its gold and predicted rows."""

    article_id: str
    text: str
    gold: list[Row]
    predicted: list[Row]


def load_scorer(name: str) -> ModuleType:
    """Import ../shared/bench/NAME.py, so that its own matching decides here too."""
    spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(BENCH / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_lines(path: Path) -> list[Row]:
    """Read JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_lines(rows: list[Row], path: Path) -> Path:
    """Write JSON lines, making the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path


def figure_inputs(name: str) -> list[Row]:
    """Return a gold set's articles as `benchmarks.predict figures` takes them: text with gold.json's dct."""
    gold = json.loads(gold_path(name).read_text("utf-8"))
    if gold_path(name).parent != GOLD:
        texts = {row["article_id"]: row["text"] for row in read_lines(BENCH / name / "articles.jsonl")}
    else:
        texts = corpus_texts()
    return [{"article_id": g["article_id"], "dct": g["dct"], "text": texts[g["article_id"]]} for g in gold]


def gold_path(name: str) -> Path:
    """Return where a gold set lies: ours, or one of ../shared/bench."""
    ours = GOLD / f"{name}.json"
    return ours if ours.exists() else BENCH / name / "gold.json"


@cache
def corpus_texts() -> dict[str, str]:
    """Return the articles' texts that our own gold speaks of, by id."""
    rows = [row for name in GOLD_CORPORA for row in read_lines(SHARED / "corpora" / f"{name}.jsonl")]
    return {row["id"]: row.get("text") or row["body"] for row in rows}


def is_held(article_id: str) -> bool:
    """Tell whether an article belongs to the held third."""
    return int(hashlib.sha256(article_id.encode()).hexdigest(), 16) % HELD_SHARE == 0


def read_set(name: str) -> list[Scored]:
    """Read every article of a gold set and put its gold beside it."""
    inputs = figure_inputs(name)
    gold = load_scorer("score_figures").read_gold(gold_path(name), {row["article_id"]: row["text"] for row in inputs})
    return [
        Scored(row["article_id"], row["text"], gold[row["article_id"]], predict_figures(row)["figures"])
        for row in inputs
    ]
