"""Articles a second on one core, all columns, beside quantulum3 on the same articles in the same run.

usage: python -m benchmarks.speed

Both are timed by the processor seconds of one process that has read the same articles once before, so that tables and
caches are warm; articles of ../shared/corpora/war_news_2022.jsonl, evenly spread. quantulum3 gets them cut into
sentences, since its time grows faster than the text, and once whole, as Tally does. It is installed once, into build/quantulum3.
"""

from __future__ import annotations

import subprocess
import time
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.foreign import python_with
from benchmarks.predict import predict_figures
from benchmarks.sets import BUILD, ROOT, SHARED, Row, read_lines, write_lines
from flows.compiled import FAST
from transforms import reading
from transforms.articles import read_published
from transforms.sentences import split_sentences

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = SHARED / "corpora" / "war_news_2022.jsonl"
N_ARTICLES = 60  # quantulum3 needs about ten seconds for them
ROUNDS = 3  # taken in turns, so that a busy machine slows both
QUANTULUM = "quantulum3==0.10.0"


def sample() -> list[Row]:
    """Return articles evenly spread over the corpus, as inputs of `predict figures`."""
    rows = read_lines(CORPUS)
    step = len(rows) // N_ARTICLES
    return [
        {"article_id": r["id"], "dct": str(read_published(r["published"]).day or "") or None, "text": r["text"]}
        for r in rows[::step][:N_ARTICLES]
    ]


def seconds_of_quantulum(path: Path) -> float:
    """Time quantulum3 on the articles of a file."""
    command: list[str | Path] = [python_with("quantulum3", QUANTULUM), ROOT / "benchmarks" / "quantulum.py", path]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def seconds_of_tally(rows: list[Row]) -> float:
    """Time Tally on the same articles in this process."""
    start = time.process_time()
    for row in rows:
        predict_figures(row)
    return time.process_time() - start


def measure() -> tuple[float, float, float]:
    """Return articles a second of Tally, of quantulum3 by the sentence (the median round of each), and by the article."""
    rows = sample()
    sentences = [{"text": r["text"][start:end]} for r in rows for start, end in split_sentences(r["text"])]
    path = write_lines(sentences, BUILD / "speed.jsonl")
    seconds_of_tally(rows)
    rounds = [(seconds_of_tally(rows), seconds_of_quantulum(path)) for _ in range(ROUNDS)]
    whole = seconds_of_quantulum(write_lines(rows, BUILD / "whole.jsonl"))
    return (
        len(rows) / median(ours for ours, _ in rounds),
        len(rows) / median(theirs for _, theirs in rounds),
        len(rows) / whole,
    )


def main() -> None:
    """Run the command line."""
    ours, theirs, whole = measure()
    how = "compiled by `make fast`" if str(FAST) in reading.__file__ else "as its sources stand"
    print(
        f"Tally, {how}: {ours:.0f} articles/s on one core; quantulum3 {theirs:.1f} by the sentence: {ours / theirs:.1f}x"
    )
    print(f"quantulum3 given whole articles, as Tally is: {whole:.1f} articles/s: {ours / whole:.1f}x")


if __name__ == "__main__":
    main()
