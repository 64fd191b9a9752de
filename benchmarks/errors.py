"""All errors of a reading of the development gold, grouped by field and phenomenon, most costly first.

usage: python -m benchmarks.errors [--held] [--field FIELD] [--top N] [--show N] [--set SET]

Without --held the held third (by hash of the article) stays unseen; with it, it alone is shown. A group is a field
(missed, spurious, bounds, unit, ...) and a phenomenon told from the gold's or the prediction's words alone; it costs
as many rows as it keeps from being right.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.score import split_gold
from benchmarks.sets import DEV_SETS, Row, Scored, is_held, load_scorer, read_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

AROUND = 60  # characters of the article shown on either side
# What the number's words look like, told in this order.
FORMS = (
    ("range", re.compile(r"\d\s*[-–]\s*\d|\bbetween\b|\bto\b|\bor\b")),
    ("fraction", re.compile(r"\b(half|quarter|third|thirds|fifth|tenth)\b")),
    ("vague", re.compile(r"\b(dozens?|scores|tens|hundreds|thousands|millions|billions|several|few|handful|couple)\b")),
    ("money", re.compile(r"[$€£¥]|\b(dollars?|euros?|pounds?|hryvnias?|rou?bles?)\b")),
    ("percent", re.compile(r"%|\bper ?cent")),
    ("magnitude", re.compile(r"\b(million|billion|trillion|thousand|hundred|mn|bn)\b")),
    ("digit", re.compile(r"\d")),
    ("word", re.compile(r"\b(one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty)\b")),
)
FIELD_OF_GOLD = {"interval": ("start_date", "end_date"), "bounds": ("low", "best", "high")}
FIELD_OF_PREDICTED = {"interval": ("t_start", "t_end"), "bounds": ("low", "best", "high")}


@dataclass(frozen=True)
class Error:
    """One thing wrong with one figure."""

    field: str
    phenomenon: str
    article_id: str
    wanted: str
    got: str
    words: str


def form_of(quote: str) -> str:
    """Name the form of a number's words.

    >>> form_of("between 20 and 30 tanks"), form_of("a nurse")
    ('range', 'singular')
    """
    return next((name for name, pattern in FORMS if pattern.search(quote.lower())), "singular")


def values(row: Row, names: tuple[str, ...]) -> str:
    """Show some fields of a row."""
    return " .. ".join(str(row.get(name)) for name in names)


def phenomenon_of(field: str, gold: Row, predicted: Row) -> str:
    """Name the phenomenon of a wrong field: what was asked for and what came instead, coarsely."""
    names = FIELD_OF_GOLD.get(field, (field,))
    if field in {"metric", "kind", "polarity", "unit"}:
        return f"{gold.get(field)} read as {predicted.get(field)}"
    if field == "bounds":
        return f"{gold['modifier']} read as {predicted.get('modifier')}"
    has_gold = any(gold.get(name) for name in names)
    has_predicted = any(predicted.get(name) for name in FIELD_OF_PREDICTED.get(field, (field,)))
    how = "wrong" if has_gold and has_predicted else "missing" if has_gold else "invented"
    return f"{how} ({gold['metric'].split('_')[0]})"


def errors_of(scorer: ModuleType, article: Scored) -> Iterator[Error]:
    """Yield every error of one article: missed and spurious figures, then wrong fields of matched ones."""

    def around(start: int, end: int) -> str:
        text = article.text
        before, quote, after = text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND]
        return f"{before}[{quote}]{after}".replace("\n", " ")

    predicted = [p for p in article.predicted if scorer.lead(p) is not None]
    asked, free = split_gold(article.gold)
    pairs = scorer.match(asked, predicted)
    for i, j in pairs:
        gold, guess = asked[i], predicted[j]
        right: dict[str, Any] = scorer.agree(gold, guess)
        for field in (*scorer.ROW, "target", "place"):
            if not right[field]:
                yield Error(
                    field,
                    phenomenon_of(field, gold, guess),
                    article.article_id,
                    values(gold, FIELD_OF_GOLD.get(field, (field,))),
                    values(guess, FIELD_OF_PREDICTED.get(field, (field,))),
                    around(gold["s"], gold["e"]),
                )
    matched_gold, matched = {i for i, _ in pairs}, {j for _, j in pairs}
    for i, gold in enumerate(asked):
        if i not in matched_gold:
            near = [p for p in predicted if min(gold["e"], p["end"]) > max(gold["s"], p["start"])]
            how = "value wrong" if near else "not seen"
            got = "; ".join(values(p, ("low", "best", "high")) for p in near)
            wanted = values(gold, ("low", "best", "high"))
            phenomenon = f"{form_of(gold['quote'])}, {how}"
            yield Error("missed", phenomenon, article.article_id, wanted, got, around(gold["s"], gold["e"]))
    for j, guess in enumerate(predicted):
        is_free = any(min(g["e"], guess["end"]) > max(g["s"], guess["start"]) for g in free)
        if j not in matched and not is_free:
            quote = article.text[guess["start"] : guess["end"]]
            got = values(guess, ("low", "best", "high", "unit", "metric"))
            yield Error("spurious", form_of(quote), article.article_id, "", got, around(guess["start"], guess["end"]))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held", action="store_true", help="show the held third instead of the rest")
    parser.add_argument("--field", help="show the errors of one field alone")
    parser.add_argument("--set", action="append", dest="sets", help="a gold set (default: both development sets)")
    parser.add_argument("--top", type=int, default=25, help="groups to show")
    parser.add_argument("--show", type=int, default=3, help="examples to show of each group")
    arguments = parser.parse_args()
    scorer = load_scorer("score_figures")
    groups: defaultdict[tuple[str, str], list[Error]] = defaultdict(list)
    for name in arguments.sets or DEV_SETS:
        for article in read_set(name):
            if is_held(article.article_id) == arguments.held:
                for error in errors_of(scorer, article):
                    groups[error.field, error.phenomenon].append(error)
    shown = {k: v for k, v in groups.items() if arguments.field in {None, k[0]}}
    by_field: defaultdict[str, int] = defaultdict(int)
    for (field, _), errors in groups.items():
        by_field[field] += len(errors)
    print("  ".join(f"{field} {n}" for field, n in sorted(by_field.items(), key=lambda item: -item[1])))
    for (field, phenomenon), errors in sorted(shown.items(), key=lambda item: (-len(item[1]), item[0]))[
        : arguments.top
    ]:
        print(f"\n{len(errors):4}  {field}: {phenomenon}")
        for error in errors[: arguments.show]:
            print(f"      {error.article_id}: wanted {error.wanted or '-'}; got {error.got or '-'}")
            print(f"        {error.words}")


if __name__ == "__main__":
    main()
