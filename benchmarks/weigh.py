"""Learn from the gold how much each piece of evidence tells for a party as the actor of a figure.

usage: python -m benchmarks.weigh        (writes seeds/actor_weights.csv)

A linear model over the candidates of each figure (conditional logit): the weights of a candidate's evidence add up, and the
gold's actor should weigh most. Learned from the worked two thirds of all gold sets, by Adagrad with a quadratic penalty; what
it gets right on them and on the held third, beside the rules alone, stands in the head of the file. Weights too small to turn
anything are left out.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

from benchmarks.score import split_gold
from benchmarks.sets import DEV_SETS, GOLD_SETS, ROOT, figure_inputs, gold_path, is_held, load_scorer
from seeds.loader import load_seeds
from transforms.articles import read_published
from transforms.reading import Reader
from transforms.weighing import Weighing, is_open

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence
    from transforms.weighing import Evidence

TABLE = ROOT / "seeds" / "actor_weights.csv"
HEAD = """# What tells for a party, or for nobody, as the actor where no rule names one. Source: learned by `python -m benchmarks.weigh`
# from {n} figures of the gold on which the rules name nobody; right on them {worked}, on the held third {held} (nobody at all
# would be right on {none_worked} and {none_held}).
feature,weight
"""
SEED = 20260218  # any fixed number: the same weights each time
RARE = 6  # figures in which a piece of evidence must occur
PENALTY = 800.0  # of the squared weights, shared by all figures
OPEN = 3.0  # how much more a figure tells on which the rules name nobody, which is what is asked
RATE, ROUNDS = 0.3, 40
SMALL = 0.05
TURNS = 2  # the second time with what the first found for the figures before
EPSILON = 1e-6


@dataclass(frozen=True)
class Case:
    """The candidates of one figure (the first is nobody), which of them are right, and whether the rules named one."""

    is_held: bool
    is_open: bool
    evidence: list[tuple[str, ...]]
    right: list[bool]


class Collecting(Weighing):
    """The step that keeps its evidence, and fills what the weights so far tell: the figures after look back to it."""

    kept: list[tuple[Figure, Evidence, bool]]

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Keep the evidence for each figure, and whether the rules left it open."""
        for figure, evidence in self.gather(ctx, sentence, figures, lambda _view, _figure: True):
            was_open = is_open(figure)
            self.kept.append((figure, evidence, was_open))
            if was_open:
                self.settle(sentence, figure, evidence)


def read_cases(reader: Reader, name: str, scorer: ModuleType) -> list[Case]:
    """Read a gold set and return the figures whose value was read, each with its candidates."""
    step = next(step for step in reader.steps if isinstance(step, Collecting))
    inputs = figure_inputs(name)
    gold = scorer.read_gold(gold_path(name), {row["article_id"]: row["text"] for row in inputs})
    cases = []
    for row in inputs:
        step.kept = []
        figures = reader.read(row["text"], read_published(row["dct"]).day if row["dct"] else None).figures
        asked, _ = split_gold(gold[row["article_id"]])
        spans = [
            {"start": f.quote_start, "end": f.quote_end, "low": f.low, "best": f.best, "high": f.high} for f in figures
        ]
        actor_of = {id(figures[j]): asked[i].get("actor") for i, j in scorer.match(asked, spans)}
        for figure, evidence, was_open in step.kept:
            if id(figure) in actor_of:
                actor = actor_of[id(figure)]
                right = [scorer.same_code(actor, code) for code in evidence]
                names = [tuple(one) for one in evidence.values()]
                cases.append(Case(is_held(row["article_id"]), was_open, names, right))
    return cases


def learn(cases: Sequence[Case]) -> dict[str, float]:
    """Return the weights that make the right candidates heaviest."""
    often = Counter(name for case in cases for name in {name for names in case.evidence for name in names})
    weights = {name: 0.0 for name, n in sorted(often.items()) if n >= RARE}
    squares = dict.fromkeys(weights, EPSILON)
    known = [
        (case, [[n for n in names if n in weights] for names in case.evidence])
        for case in cases
        if any(case.right) and not all(case.right)
    ]
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        chance.shuffle(known)
        for case, evidence in known:
            sums = [sum(weights[n] for n in names) for names in evidence]
            most = max(sums)
            odds = [exp(s - most) for s in sums]
            whole, good = sum(odds), sum(o for o, ok in zip(odds, case.right, strict=True) if ok) or EPSILON
            told = OPEN if case.is_open else 1.0
            for names, odd, ok in zip(evidence, odds, case.right, strict=True):
                error = told * (odd / whole - (odd / good if ok else 0.0))
                for n in names:
                    gradient = error + PENALTY / len(known) * weights[n]
                    squares[n] += gradient * gradient
                    weights[n] -= RATE * gradient / sqrt(squares[n])
    return {name: round(weight, 2) for name, weight in weights.items() if abs(weight) >= SMALL}


def share_right(cases: Sequence[Case], weights: dict[str, float]) -> str:
    """Return in how many of the cases the heaviest candidate is right."""
    right = 0
    for case in cases:
        sums = [sum(weights.get(n, 0.0) for n in names) for names in case.evidence]
        right += case.right[sums.index(max(sums))]
    return f"{100 * right / max(1, len(cases)):.1f} %"


def main() -> None:
    """Learn, tell how well, and write the weights."""
    reader, scorer = Reader(load_seeds()), load_scorer("score_figures")
    weighing = next(step for step in reader.steps if isinstance(step, Weighing))
    weighing.__class__ = Collecting
    names = (*DEV_SETS, *GOLD_SETS)
    weighing.weights = {}
    for _ in range(TURNS):
        cases = [case for name in names for case in read_cases(reader, name, scorer)]
        weights = weighing.weights = learn([case for case in cases if not case.is_held])
    worked, held = ([c for c in cases if c.is_open and c.is_held is part] for part in (False, True))
    head = HEAD.format(
        n=f"{len(worked):,}",
        worked=share_right(worked, weights),
        held=share_right(held, weights),
        none_worked=share_right(worked, {}),
        none_held=share_right(held, {}),
    )
    rows = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    TABLE.write_text(head + "".join(f'"{name}",{weight:.2f}\n' for name, weight in rows), "utf-8")
    print(head, f"{len(weights)} weights")


if __name__ == "__main__":
    main()
