"""Sentences that two outlets print alike should give the same figures: the rate over war_news_2022.

usage: python -m benchmarks.alike [--show N]

Two sentences of different outlets are alike when they hold the same numbers, their two longest words agree, and nine in
ten of all their words. Their figures are the same when they agree one by one in the columns that a sentence decides by itself:
value, bounds, modifier, unit, metric and polarity. Where, when and by whose word may hang on the sentences before.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from itertools import combinations

from benchmarks.metamorphic import CORPUS, reader
from benchmarks.sets import read_lines
from seeds.kinds import Hedge
from seeds.loader import load_seeds
from transforms.articles import read_published

ALIKE = 0.9  # of all words of both
SHORTEST = 6  # words of a sentence that is worth comparing
COLUMNS = ("low", "best", "high", "modifier", "unit_code", "per_unit_code", "metric_code", "polarity")
_WORD = re.compile(r"[^\W\d_]+|\d[\d,.]*\d|\d")

Values = tuple[tuple[object, ...], ...]
Told = tuple[str, frozenset[str], Values, str]  # outlet, words, figures, the sentence itself


def read_sentences() -> dict[tuple[str, ...], list[Told]]:
    """Read the corpus and return its sentences with figures, by their numbers and longest words."""
    blocks: dict[tuple[str, ...], list[Told]] = defaultdict(list)
    for row in read_lines(CORPUS):
        text = row["text"]
        by_sentence: dict[tuple[int, int], list[tuple[object, ...]]] = defaultdict(list)
        for figure in reader().read(text, read_published(row["published"]).day).figures:
            values = tuple(getattr(figure, column) for column in COLUMNS)
            by_sentence[figure.sentence_start, figure.sentence_end].append(values)
        for (start, end), figures in by_sentence.items():
            words = _WORD.findall(text[start:end].lower())
            if len(words) >= SHORTEST:
                key = (*(w for w in words if w[0].isdigit()), *sorted(set(words), key=lambda w: (-len(w), w))[:2])
                blocks[key].append((row["outlet"], frozenset(words), tuple(figures), text[start:end]))
    return blocks


def measure(show: int = 0) -> list[tuple[str, str]]:
    """Return how many pairs of sentences alike give the same figures; `show` prints that many that do not."""
    hedges = {
        word
        for hedge in load_seeds().of(Hedge).values()
        for form in (*hedge.before, *hedge.after)
        for word in form.split()
    }
    asked = kept = 0
    for block in read_sentences().values():
        for one, other in combinations({told[3]: told for told in block}.values(), 2):
            if one[0] == other[0] or len(one[1] & other[1]) < ALIKE * len(one[1] | other[1]):
                continue
            if not hedges.isdisjoint(one[1] ^ other[1]):
                continue  # "some 850" is not 850
            asked += 1
            kept += one[2] == other[2]
            if one[2] != other[2] and show > 0:
                show -= 1
                print(f"   {one[3]}\n   {other[3]}\n      {one[2]}\n      {other[2]}")
    return [("alike in two outlets, same figures", f"{100 * kept / max(1, asked):.2f} %  ({kept} of {asked})")]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=0)
    for name, text in measure(parser.parse_args().show):
        print(f"{name:40} {text}")


if __name__ == "__main__":
    main()
