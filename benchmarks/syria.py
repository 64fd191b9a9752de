"""Deaths in articles of the Syrian war, civilians and others, against the crowd's count of each article.

usage: python -m benchmarks.syria [--show N]      (--show: the first N articles of the worked part that differ)

The gold (FA-KES, CC BY 4.0) gives for each article the civilians and the others killed in the event that it reports;
it drops "at least", and is one crowd's reading. Every third article, by hash, is held out. `deaths` sums an article's
rows up as a reader of news would: the first toll is the event's, and what stands beside it tells who they were.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from benchmarks.predict import reader
from benchmarks.sets import SHARED, is_held, read_lines
from transforms.figures import NumberForm, Polarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.figures import Figure

ARTICLES = SHARED / "corpora" / "syria_fakes.jsonl"
HEAD = 300  # characters in which an article's own date stands
MOST = 1000.0  # persons: more were not killed in one event of this war, but in all of it
NEAR = 500  # characters from the first toll in which the same event is still told
DAY_FORMATS = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d.%m.%Y")
DAY = re.compile(r"\b(?:\d\d?|[A-Z][a-z]{2,8}) (?:\d\d?|[A-Z][a-z]{2,8}) 20\d\d\b|\b\d\d\.\d\d\.20\d\d")
PART = re.compile(r"\b(?:among|including|includes?|of the dead|of them|of whom|most|mostly)\b")

Toll = tuple[float, float]  # civilians, others


def published(row: dict[str, Any]) -> date:
    """Return the day that an article's head gives, else that of the data set (which for some is months off)."""
    for found in DAY.finditer(row["text"][:HEAD]):
        for form in DAY_FORMATS:
            with suppress(ValueError):
                return datetime.strptime(found[0], form).date()  # noqa: DTZ007 - a day has no zone
    return datetime.strptime(row["date"], "%m/%d/%y").date()  # noqa: DTZ007


def lead(figure: Figure) -> float:
    """Return the number that a figure is known by."""
    return next(value for value in (figure.best, figure.low, figure.high) if value is not None)


def deaths(text: str, figures: Sequence[Figure]) -> Toll:
    """Sum up the rows of an article: civilians and others killed in the event that it reports.

    The first exact toll is the event's (of children alone: the whole that they are part of). Others of known kind near
    it are told apart where they add up to it, are said to be part of it, or stand beside it.
    """
    killed = [f for f in figures if f.metric_code == "CAS_KILLED" and f.polarity is Polarity.ASSERTED]
    killed = [f for f in killed if lead(f) < MOST]
    exact = [f for f in killed if f.number_form is not NumberForm.VAGUE] or killed
    if not exact:
        return 0.0, 0.0
    main = _whole(exact)
    near = [f for f in exact if f is not main and f.number_start - exact[0].number_start < NEAR]
    same = [main, *(f for f in near if lead(f) == lead(main))]
    kind = main.victim or next((f.victim for f in same if f.victim in {"CIVILIAN", "MILITARY"}), None)
    toll = lead(main) + (0 if kind == "MILITARY" else _joined(text, main, exact))
    here = {f.sentence_start for f in same}
    others = [f for f in near if f.victim == "MILITARY" and lead(f) != toll]
    civilians = [f for f in near if f.victim == "CIVILIAN" and lead(f) != toll]
    if kind == "MILITARY":
        return next((lead(f) for f in civilians if f.sentence_start in here), 0.0), toll
    if kind is None:
        return _parts(text, toll, civilians, others, here)
    beside = others and others[0].sentence_start in here and kind == "CIVILIAN"
    return toll, lead(others[0]) if beside else 0.0


def _whole(exact: list[Figure]) -> Figure:
    """Return the first toll; for children, or one person, the larger one that they are told to be part of."""
    first = exact[0]
    larger = [
        f for f in exact if f.victim != "CHILD" and lead(f) > lead(first) and f.number_start - first.number_start < NEAR
    ]
    if first.victim == "CHILD":
        return next(iter([*(f for f in larger if f.sentence_start == first.sentence_start), *larger]), first)
    if first.number_form is NumberForm.SINGULAR:
        return next((f for f in larger if f.sentence_start == first.sentence_start), first)
    return first


def _joined(text: str, main: Figure, exact: list[Figure]) -> float:
    """Return how many are counted with the toll in one breath: "22 children and six teachers"."""
    after = (f for f in exact if f.number_start > main.number_start and f.victim != "MILITARY")
    return next((lead(f) for f in after if text[main.quote_end : f.number_start].strip() in {"", "and"}), 0.0)


def _parts(text: str, toll: float, civilians: list[Figure], others: list[Figure], here: set[int]) -> Toll:
    """Part a toll of people whose kind it does not say."""

    def is_part(figure: Figure) -> bool:
        return lead(figure) < toll and bool(PART.search(text[figure.sentence_start : figure.sentence_end].lower()))

    for other in others:
        if any(lead(civilian) + lead(other) == toll for civilian in civilians):
            return toll - lead(other), lead(other)
    if others and is_part(others[0]):
        return toll - lead(others[0]), lead(others[0])
    civilian = next((f for f in civilians if f.sentence_start in here and is_part(f)), None)
    return (lead(civilian), toll - lead(civilian)) if civilian else (toll, 0.0)


def read(row: dict[str, Any]) -> Toll:
    """Read one article, its title as its first line."""
    text = f"{row['title']}\n{row['text']}"
    return deaths(text, reader().read(text, published(row)).figures)


def gold(row: dict[str, Any]) -> Toll:
    """Return the crowd's count."""
    return float(row["gold"]["nb_civilians"]), float(row["gold"]["nb_noncivilians"])


def measure() -> list[tuple[str, str]]:
    """Return (measure, text) rows: the share of articles whose count is exact, worked and held."""
    counts = {False: Counter[str](), True: Counter[str]()}
    for row in read_lines(ARTICLES):
        wanted, got = gold(row), read(row)
        counts[is_held(row["id"])].update(
            ["articles"]
            + ["civilians and others"] * (got == wanted)
            + ["civilians"] * (got[0] == wanted[0])
            + ["others"] * (got[1] == wanted[1])
            + ["all killed"] * (sum(got) == sum(wanted)),
        )
    shares = [
        (name, *(100 * count[name] / count["articles"] for count in counts.values()))
        for name in ("civilians and others", "civilians", "others", "all killed")
    ]
    return [(f"syria: {name} exact", f"worked {worked:.1f} %  held {held:.1f} %") for name, worked, held in shares]


def main() -> None:
    """Print the measures, or articles that differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=0, metavar="N")
    shown = parser.parse_args().show
    if not shown:
        for name, text in measure():
            print(f"{name:34} {text}")
    wrong = (row for row in read_lines(ARTICLES) if not is_held(row["id"]) and read(row) != gold(row))
    for row, _ in zip(wrong, range(shown), strict=False):
        print(f"{row['id']} wanted {gold(row)}, got {read(row)}: {row['title']}")


if __name__ == "__main__":
    main()
