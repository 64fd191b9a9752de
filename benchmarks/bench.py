"""Every measure in one table, beside those of the commit measured before.

usage: python -m benchmarks.bench [PART ...]     parts: figures seed quantities timexes losses pages dates languages syria speed changes alike promises idle run
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks import alike, dates, languages, losses, metamorphic, pages, score, speed, syria, whole
from benchmarks.predict import predict
from benchmarks.sets import BENCH, BUILD, DEV_SETS, ROOT, load_scorer, read_lines, read_set, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEPT = ROOT / "benchmarks" / "measures.json"
Measures = list[tuple[str, str]]


def measure_figures() -> Measures:
    """Score the development sets together, and each by itself."""
    counts = {name: score.score_sets([name]) for name in DEV_SETS}
    together = score.table({article: c for one in counts.values() for article, c in one.items()})
    alone = [
        (
            f"{name}: {' / '.join(score.LEVELS)}",
            " / ".join(f"{score.f1(score.add(one.values()), n):.1f}" for n in score.LEVELS),
        )
        for name, one in counts.items()
    ]
    return [*((f"figures: {measure}", text) for measure, text in together), *alone]


def measure_seed() -> Measures:
    """Compare the sample article's figures field by field."""
    scorer = load_scorer("score_figures")
    measures: Measures = []
    for article in read_set("figures_seed"):
        asked, free = score.split_gold(article.gold)
        pairs = dict(scorer.match(asked, article.predicted))
        for i, gold in enumerate(asked):
            right = scorer.agree(gold, article.predicted[pairs[i]]) if i in pairs else {}
            wrong = [field for field in scorer.FIELDS if not right.get(field)]
            measures.append((f"seed: {gold['quote']}", "all fields" if not wrong else "wrong: " + ", ".join(wrong)))
        spans = [(g["s"], g["e"]) for g in free]
        extra = [
            article.text[p["start"] : p["end"]]
            for j, p in enumerate(article.predicted)
            if j not in pairs.values() and not any(s < p["end"] and p["start"] < e for s, e in spans)
        ]
        measures.append(("seed: invented", ", ".join(extra) or "nothing"))
    return measures


def run_scorer(name: str, gold: Path, predicted: Path, *arguments: str) -> str:
    """Run a scorer of ../shared/bench and return what it prints."""
    command: list[str | Path] = [sys.executable, BENCH / f"{name}.py", "--gold", gold, "--pred", predicted, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def measure_quantities() -> Measures:
    """Score NewsQuant's quantities, strictly."""
    gold = BENCH / "newsquant_dev" / "gold.json"
    rows = [{"sentence_id": i, "text": row["text"]} for i, row in enumerate(json.loads(gold.read_text("utf-8")))]
    predicted = BUILD / "quantities.jsonl"
    predict("quantities", write_lines(rows, BUILD / "sentences.jsonl"), predicted)
    result = json.loads(run_scorer("score_newsquant", gold, predicted, "--mode", "strict", "--json"))["strict"]
    return [
        (f"newsquant: {level}", "P {:.1f}  R {:.1f}  F1 {:.1f}".format(*result[level]))
        for level in ("value", "value+unit", "value+change", "value+concept_partial")
    ]


def measure_timexes() -> Measures:
    """Score the temporal expressions of TimeBank and AQUAINT."""
    gold = BENCH / "temporal_dev" / "documents.jsonl"
    rows = [{"doc": row["doc"], "dct": row["dct"], "text": row["text"]} for row in read_lines(gold)]
    predicted = BUILD / "timexes.jsonl"
    predict("timexes", write_lines(rows, BUILD / "documents.jsonl"), predicted)
    lines = run_scorer("score_timex", gold, predicted).splitlines()[1:]
    return [(f"timex: {line.split()[0]}", " ".join(line.split()[1:])) for line in lines]


def measure_speed() -> Measures:
    """Time reading on one core beside quantulum3."""
    ours, theirs, whole_articles = speed.measure()
    return [
        ("speed: Tally, one core, all columns", f"{ours:.0f} articles/s"),
        ("speed: quantulum3 by the sentence, same run", f"{theirs:.1f} articles/s"),
        ("speed: ratio", f"{ours / theirs:.1f}x"),
        ("speed: ratio, both given whole articles", f"{ours / whole_articles:.1f}x"),
    ]


def measure_promises() -> Measures:
    """Hold the gold sets to the row expectations of the table contracts (tests whose name says gold)."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "-k", "gold", "tests"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return [("promises kept by the gold", ended.stdout.strip().splitlines()[-1])]


PARTS: dict[str, Callable[[], Measures]] = {
    "figures": measure_figures,
    "seed": measure_seed,
    "quantities": measure_quantities,
    "timexes": measure_timexes,
    "changes": lambda: metamorphic.measure(list(metamorphic.CHANGES)),
    "alike": alike.measure,
    "losses": losses.measure,
    "pages": pages.measure,
    "dates": dates.measure,
    "languages": languages.measure,
    "syria": syria.measure,
    "speed": measure_speed,
    "promises": measure_promises,
    "idle": whole.measure_idle,
    "run": lambda: whole.measure_run([str(whole.CORPUS)]),
}


def commit() -> str:
    """Name what is measured: the commit, with a plus where files differ from it."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT).stdout.strip() or "unknown"


def main() -> None:
    """Measure the parts asked for, print each as it comes beside what it was, and keep them where asked to."""
    if not BENCH.exists():
        sys.exit(f"the gold sets are not beside this checkout: {BENCH}")
    arguments = [a for a in sys.argv[1:] if a != "--keep"]
    if unknown := set(arguments) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are: {' '.join(PARTS)}")
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    before: dict[str, str] = kept.get("measures", {})
    measures: dict[str, str] = {}
    print(f"{'measure':40} {commit()}, beside {kept.get('commit', 'nothing yet')}")
    for part in arguments or PARTS:
        for measure, text in PARTS[part]():
            measures[measure] = text
            print(f"{measure:40} {text}", flush=True)
            if before.get(measure, text) != text:
                print(f"{'':40} before: {before[measure]}")
    if "--keep" in sys.argv:
        kept = {"commit": commit(), "measures": before | measures}
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
