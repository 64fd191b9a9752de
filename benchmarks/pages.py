"""Text, dates and titles of saved pages against their publishers' own, beside trafilatura and readability-lxml in one run.

usage: python -m benchmarks.pages [--list]      (the two are installed once into build/); with --list each page's F1 and dates

Token F1: words of the text found against words of the gold text, each as often as it stands. A live blog gives posts,
more of them than its gold shows; so the mean is told with and without it. A date is right if it is the gold's day;
silently wrong if it is another one and neither its basis (INFERRED) nor a conflict says so. Speed is of the processor's time.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

from benchmarks.extract import load
from benchmarks.foreign import python_with
from benchmarks.sets import ROOT, SHARED
from transforms.articles import to_article
from transforms.documents import Draft
from transforms.pages import read_page

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.figures import Article

PAGES = SHARED / "corpora" / "news_pages"
OTHERS = {
    "trafilatura": ("trafilatura==2.3.1", "lxml_html_clean"),
    "readability": ("readability-lxml==0.9", "lxml_html_clean"),
}
ROUNDS = 3  # of which the quickest counts: other work on the machine only ever slows, the processor's time too


@dataclass(frozen=True)
class Gold:
    """What a page's publisher has of it."""

    text: str
    title: str
    day: str


@dataclass(frozen=True)
class Found:
    """What an extractor makes of a page."""

    text: str
    seconds: float
    article: Article | None = None
    n_drafts: int = 1


def load_gold(page: Path) -> Gold:
    """Return the gold of a page."""
    name = page.name.split("_")[0]
    [version] = json.loads((PAGES / f"{name}.json").read_text("utf-8")).values()
    lines = list(version["body"]["summary"])
    for section in version["body"]["sections"]:
        lines += section["headline"] + section["paragraphs"]
    return Gold("\n".join(lines), version["title"], version["publishing_date"][: len("2026-02-18")])


def f1(found: str, gold: str) -> float:
    """Return the token F1 of a text.

    >>> f1("Two bridges were hit", "two bridges burned")
    0.5714285714285714
    """
    one, other = (Counter(re.findall(r"\w+", text.lower())) for text in (found, gold))
    return 2 * (one & other).total() / (one.total() + other.total() or 1)


def by_us(page: Path) -> Found:
    """Read a page as `tally run` does, up to its article."""
    data = load(page)
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        read = read_page(data)
        drafts = [draft for draft in (read if isinstance(read, list) else [read]) if isinstance(draft, Draft)]
        articles = [to_article(draft, document_id="", feed_id="") for draft in drafts]
        seconds.append(time.process_time() - start)
    return Found("\n".join(d.text for d in drafts), min(seconds), articles[0] if articles else None, len(drafts))


def by_other(name: str, pages: list[Path]) -> list[Found]:
    """Read pages with another extractor, in its own environment."""
    command: list[str | Path] = [python_with(name, *OTHERS[name]), ROOT / "benchmarks" / "extract.py", name, *pages]
    rounds = []
    for _ in range(ROUNDS):
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        rounds.append([Found(**json.loads(line)) for line in lines])
    return [min(tries, key=lambda found: found.seconds) for tries in zip(*rounds, strict=True)]


def judge(article: Article | None, gold: Gold) -> str:
    """Say whether an article's day is right, none, doubted or silently wrong."""
    if article is None or article.published_date is None:
        return "none"
    if article.published_date.isoformat() == gold.day:
        return "right"
    return "doubted" if article.published_basis == "INFERRED" or article.published_conflict else "silently wrong"


def measure(*, is_listed: bool = False) -> list[tuple[str, str]]:
    """Return (measure, text) rows."""
    pages = sorted(PAGES.glob("*.html.gz"))
    golds = [load_gold(page) for page in pages]
    found = {"ours": [by_us(page) for page in pages]} | {name: by_other(name, pages) for name in OTHERS}
    is_live = [f.n_drafts > 1 for f in found["ours"]]
    rows: list[tuple[str, str]] = []
    for name, texts in found.items():
        scores = [f1(f.text, g.text) for f, g in zip(texts, golds, strict=True)]
        others = [s for s, live in zip(scores, is_live, strict=True) if not live]
        rows.append((f"pages: token F1, {name}", f"{mean(scores):.4f}; without the live blog {mean(others):.4f}"))
    judged = [judge(f.article, g) for f, g in zip(found["ours"], golds, strict=True)]
    rows.append(("pages: dates", ", ".join(f"{n} {what}" for what, n in Counter(judged).most_common())))
    speeds = {name: len(pages) / sum(f.seconds for f in texts) for name, texts in found.items()}
    ratio = speeds["ours"] / speeds["trafilatura"]
    rows.append(
        (
            "pages: pages/s of the processor",
            f"ours {speeds['ours']:.1f}, trafilatura {speeds['trafilatura']:.1f}, ratio {ratio:.2f}",
        )
    )
    if is_listed:
        for i, page in enumerate(pages):
            scored = ", ".join(f"{name} {f1(texts[i].text, golds[i].text):.3f}" for name, texts in found.items())
            article = found["ours"][i].article
            dated = (
                f"{article.published_date} {article.published_basis} {article.published_conflict}" if article else "-"
            )
            rows.append((f"pages: {page.name.split('_')[0]}", f"{scored}; {judged[i]}: {dated} for {golds[i].day}"))
    return rows


def main() -> None:
    """Print the measures."""
    for name, text in measure(is_listed="--list" in sys.argv):
        print(f"{name:32} {text}")


if __name__ == "__main__":
    main()
