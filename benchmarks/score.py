"""F1 of figures over gold sets together, with 95 % bootstrap intervals resampled by article.

usage: python -m benchmarks.score [SET ...]     (default: figures_dev and figures_dev2 together)

A match and an agreement are those of ../shared/bench/score_figures.py; here they are counted by article, so that
articles can be resampled and the held third be shown beside the rest.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.sets import DEV_SETS, Scored, is_held, load_scorer, read_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

RESAMPLES = 1000
SEED = 20260218  # any fixed number: the same intervals each time
TAIL = 0.025  # on either side of a 95 % interval
LEVELS = ("value", "bounds", "core", "row")
FIELDS = ("unit", "metric", "kind", "actor", "target", "place", "interval", "source", "polarity")


def count(scorer: ModuleType, article: Scored) -> Counter[str]:
    """Count gold, predicted and hits of each level in one article, as score_figures.score does for scope `all`."""
    predicted = [p for p in article.predicted if scorer.lead(p) is not None]
    asked, free = split_gold(article.gold)
    pairs = scorer.match(asked, predicted)
    taken = {j for _, j in pairs}
    skipped = sum(
        j not in taken and any(min(g["e"], p["end"]) > max(g["s"], p["start"]) for g in free)
        for j, p in enumerate(predicted)
    )
    counts = Counter(gold=len(asked), pred=len(predicted) - skipped, value=len(pairs))
    for i, j in pairs:
        counts.update(level for level, is_right in scorer.agree(asked[i], predicted[j]).items() if is_right)
    return counts


def split_gold(gold: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part gold rows into those asked for and those that are free to be read or not (conversions, anaphors)."""
    free = [g for g in gold if g.get("conversion") or g.get("anaphoric")]
    return [g for g in gold if g not in free], free


def f1(counts: Counter[str], level: str) -> float:
    """Return 100 * F1 of a level."""
    total = counts["gold"] + counts["pred"]
    return 200 * counts[level] / total if total else 0.0


def add(counts: Iterable[Counter[str]]) -> Counter[str]:
    """Add up the counts of articles."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total


def interval(counts: Sequence[Counter[str]], level: str) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a level's F1, articles drawn with replacement."""
    chance = random.Random(SEED)
    drawn = sorted(f1(add(chance.choices(counts, k=len(counts))), level) for _ in range(RESAMPLES))
    return drawn[int(RESAMPLES * TAIL)], drawn[int(RESAMPLES * (1 - TAIL)) - 1]


def table(counts: dict[str, Counter[str]]) -> list[tuple[str, str]]:
    """Return (measure, text) rows: each level with its interval, the held third beside the rest, agreement by field."""
    every = list(counts.values())
    held = [c for article_id, c in counts.items() if is_held(article_id)]
    worked = [c for article_id, c in counts.items() if not is_held(article_id)]
    total = add(every)
    rows = [("articles / gold / predicted", f"{len(every)} / {total['gold']} / {total['pred']}")]
    for level in LEVELS:
        low, high = interval(every, level)
        parts = f"worked {f1(add(worked), level):5.1f}  held {f1(add(held), level):5.1f}"
        rows.append((f"{level} F1", f"{f1(total, level):5.1f}  [{low:5.1f}, {high:5.1f}]  {parts}"))
    rows += [(f"agreement on {name}", f"{100 * total[name] / max(1, total['value']):5.1f} %") for name in FIELDS]
    return rows


def score_sets(names: Sequence[str]) -> dict[str, Counter[str]]:
    """Read the named sets and count each article."""
    scorer = load_scorer("score_figures")
    return {article.article_id: count(scorer, article) for name in names for article in read_set(name)}


def main() -> None:
    """Run the command line."""
    for measure, text in table(score_sets(sys.argv[1:] or DEV_SETS)):
        print(f"{measure:30} {text}")


if __name__ == "__main__":
    main()
