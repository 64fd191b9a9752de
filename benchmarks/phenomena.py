"""The phenomena of reading: three sentences of each with what they read, and measured precision and recall.

usage: python -m benchmarks.phenomena        (writes docs/reference/reading.md)

The sentences come from tests/sentences; the measure from all gold sets together. Of a phenomenon that is a field, precision
asks of the figures on which Tally wrote something of it, recall of those on which the gold did.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.score import split_gold
from benchmarks.sets import DEV_SETS, GOLD_SETS, ROOT, Row, load_scorer, read_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "reference" / "reading.md"
SENTENCES = ROOT / "tests" / "sentences"
N_SHOWN = 3
HEAD = """# What Tally reads

Each phenomenon with three of its sentences and what they read. All of them, and the near misses, stand in `tests/sentences/`; each
is run by `make test`. Precision and recall are those of {n} figures in {articles} articles of news, decided by two readers, by
one and a second's check, or by one who went over each article twice (benchmarks/gold/README.md); two thirds of the articles were
seen while the rules were made. `python -m benchmarks.phenomena` measures them anew and writes this page. `-` = the gold does not
ask.
"""


def text_of(name: str) -> Callable[[Row], object]:
    """Return a test for a field that is written."""
    return lambda row: row.get(name)


def is_not(name: str, usual: str) -> Callable[[Row], object]:
    """Return a test for a field that differs from its usual value."""
    return lambda row: row.get(name) not in {None, usual}


# File of tests/sentences: its title, the scorer's level, and of which figures it is asked. None: all figures, by value.
PHENOMENA: dict[str, tuple[str, str, Callable[[Row], object] | None]] = {
    "numerals": ("Numbers", "value", None),
    "ranges": ("Ranges", "bounds", lambda row: row["modifier"] == "RANGE"),
    "hedges": ("Hedges and their reach", "bounds", lambda row: row["modifier"] in {"GE", "GT", "LE", "LT", "APPROX"}),
    "singulars": ("Bare singulars", "value", lambda row: row["is_bare"]),
    "refusals": ("Numbers that are no figures", "value", None),
    "units": ("Units and what is counted", "unit", text_of("unit")),
    "metrics": ("Metrics", "metric", is_not("metric", "OTHER")),
    "kinds": ("Flow, stock, total, change, rate, ratio", "kind", text_of("kind")),
    "actors": ("Who", "actor", text_of("actor")),
    "places": ("Where", "place", text_of("place")),
    "periods": ("When", "interval", lambda row: row.get("start_date") or row.get("t_start")),
    "attribution": ("By whose word", "source", text_of("source")),
    "standing": ("Planned, possible, denied", "polarity", is_not("polarity", "ASSERTED")),
}
OTHERS = {
    "victims": "Who the persons are",
    "weapons": "Weapons",
    "listings": "Lists of losses",
    "headlines": "Headlines",
}


def pairs() -> Iterator[tuple[Row | None, Row | None]]:
    """Yield gold and prediction of each figure of all gold sets; None where one of them has it not."""
    scorer = load_scorer("score_figures")
    for name in (*DEV_SETS, *GOLD_SETS):
        for article in read_set(name):
            predicted = [p for p in article.predicted if scorer.lead(p) is not None]
            asked, free = split_gold(article.gold)
            for row in (*asked, *predicted):
                words = row.get("quote") or article.text[row["start"] : row["end"]]
                row["is_bare"] = row.get("low") == row.get("high") == 1 and not any(
                    word.lower() in {"one", "1"} for word in words.split()
                )
            matched = dict(scorer.match(asked, predicted))
            for i, gold in enumerate(asked):
                found = predicted[matched[i]] if i in matched else None
                yield gold, found and found | {"right": scorer.agree(gold, found) | {"value": True}}
            for j, row in enumerate(predicted):
                overlaps = any(min(g["e"], row["end"]) > max(g["s"], row["start"]) for g in free)
                if j not in matched.values() and not overlaps:
                    yield None, row


def measure() -> tuple[int, dict[str, tuple[float, float]]]:
    """Return how many figures were asked for, and (precision, recall) in per cent of each measured phenomenon."""
    counts: Counter[tuple[str, str]] = Counter()
    n = 0
    for gold, found in pairs():
        n += gold is not None
        for file, (_, level, asks) in PHENOMENA.items():
            is_asked = gold is not None and (asks is None or bool(asks(gold)))
            is_read = found is not None and (asks is None or bool(asks(found)))
            is_right = is_asked and is_read and found is not None and found.get("right", {}).get(level, False)
            counts.update({(file, "gold"): is_asked, (file, "read"): is_read, (file, "right"): is_right})
    shares = {
        file: tuple(100 * counts[file, "right"] / max(1, counts[file, whole]) for whole in ("read", "gold"))
        for file in PHENOMENA
    }
    return n, {file: (share[0], share[1]) for file, share in shares.items()}


def to_lines(path: Path) -> Iterator[str]:
    """Yield three sentences of a file, each with what it reads."""
    sentences: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["sentence"]
    telling = [s for s in sentences if s.get("figures") or s.get("refused")][:N_SHOWN]
    for sentence in telling:
        yield f"- {' '.join(sentence['text'].split())}"
        for figure in sentence.get("figures", []):
            fields = ", ".join(f"{k} `{v}`" for k, v in figure.items() if k not in {"quote", "n"})
            yield f"    - **{figure['quote']}**: {fields}"
        for words, reason in sentence.get("refused", {}).items():
            yield f"    - **{words}**: refused, {reason}"


def main() -> None:
    """Measure, and write the page."""
    n, shares = measure()
    names = (*DEV_SETS, *GOLD_SETS)
    articles = sum(len(read_set(name)) for name in names)
    lines = [HEAD.format(n=f"{n:,}", articles=articles), "| phenomenon | precision | recall |", "|---|---|---|"]
    for file, (title, _, _) in PHENOMENA.items():
        lines.append(
            f"| [{title}](#{title.lower().replace(' ', '-').replace(',', '')}) | {shares[file][0]:.1f} | {shares[file][1]:.1f} |"
        )
    lines += [f"| {title} | - | - |" for title in OTHERS.values()]
    for file, title in ({file: title for file, (title, _, _) in PHENOMENA.items()} | OTHERS).items():
        path = SENTENCES / f"{file}.toml"
        about = path.read_text("utf-8").splitlines()[0].removeprefix("# ")
        lines += ["", f"## {title}", "", about, "", *to_lines(path)]
    PAGE.write_text("\n".join(lines) + "\n", "utf-8")
    print(json.dumps({file: [round(share, 1) for share in both] for file, both in shares.items()}))


if __name__ == "__main__":
    main()
