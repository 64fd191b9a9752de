"""Stated days of publication against what else dates an article: how many stand, and what spoke against those that do not.

usage: python -m benchmarks.dates [--list]      prints counts by corpus, basis and conflict; with --list each conflict, its evidence beside it
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.sets import SHARED
from transforms.articles import normalise_url
from transforms.datelines import read_dateline, read_url_date
from transforms.documents import Draft, clean_text
from transforms.publication import date_draft, read_published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.publication import Published

CORPORA = {  # corpus: its fields of text and date
    "war_news_2022": ("text", "published"),
    "war_news_feb2026": ("body", "date_meta"),
    "syria_fakes": ("text", "date"),
    "muc4": ("text", "date"),
}
DAY = len("2026-02-18")
MONTHS = 12
NEAR = 2  # days within which an address and a stated date agree
HEAD = 160  # characters of a text that are shown


def drafts(corpus: str) -> Iterator[tuple[str, Draft]]:
    """Yield the id and draft of each article of a corpus."""
    text, stated = CORPORA[corpus]
    for line in (SHARED / "corpora" / f"{corpus}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield (
            row["id"],
            Draft(clean_text(row[text] or ""), row.get("title"), row.get("url"), published=row[stated] or None),
        )


def date(draft: Draft) -> Published:
    """Date one draft."""
    return date_draft(draft, normalise_url(draft.url) if draft.url else None, None)


def measure() -> list[tuple[str, str]]:
    """Return (measure, text) rows: by corpus, how many of each basis and conflict; then beside people's days, and with days swapped."""
    rows: list[tuple[str, str]] = []
    for corpus in CORPORA:
        found = Counter((p.basis, p.conflict or "stands") for _, draft in drafts(corpus) for p in [date(draft)])
        rows += [(f"dates: {corpus}: {basis} {conflict}", str(n)) for (basis, conflict), n in sorted(found.items())]
    return [*rows, *measure_truth(), *measure_swaps()]


def measure_truth() -> list[tuple[str, str]]:
    """Return how the days of the sets read by people (figures_dev, figures_dev2) compare with theirs."""
    rows: list[tuple[str, str]] = []
    for name in ("figures_dev", "figures_dev2"):
        folder = SHARED / "bench" / name
        gold = {g["article_id"]: (g["dct"] or "")[:DAY] for g in json.loads((folder / "gold.json").read_text("utf-8"))}
        found: Counter[str] = Counter()
        for line in (folder / "articles.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            day = date(Draft(clean_text(row["text"]), row["title"], row["url"], published=row["published"])).day
            wanted = gold[row["article_id"]]
            ours = day.isoformat() if day else ""
            found[
                "as read by people"
                if ours == wanted
                else "none found"
                if not day
                else "dated, people: none"
                if not wanted
                else "other"
            ] += 1
        rows.append((f"dates: {name}", ", ".join(f"{n} {what}" for what, n in found.most_common())))
    return rows


def measure_swaps() -> list[tuple[str, str]]:
    """Return what becomes of dates of war_news_2022 whose day and month are swapped on purpose, by whether the address has a day."""
    found: Counter[tuple[str, str]] = Counter()
    for _, draft in drafts("war_news_2022"):
        right = read_published(draft.published or "").day
        if right is None or right.day > MONTHS or right.day == right.month:
            continue
        swapped = right.replace(month=right.day, day=right.month)
        dated = date(replace(draft, published=swapped.isoformat()))
        where = "in the address" if read_url_date(draft.url or "") else "elsewhere"
        what = (
            "restored"
            if dated.day and abs(dated.day - right).days <= NEAR
            else "kept as swapped"
            if dated.day == swapped
            else "other"
        )
        found[where, what] += 1
    return [(f"dates: swapped on purpose, day {where}: {what}", str(n)) for (where, what), n in sorted(found.items())]


def list_conflicts() -> Iterator[str]:
    """Yield one line a conflict: what was stated, what was chosen, and the evidence."""
    for corpus in CORPORA:
        for name, draft in drafts(corpus):
            found = date(draft)
            if found.conflict:
                in_url = read_url_date(draft.url or "")
                yield " | ".join(
                    map(
                        str,
                        (
                            name, found.conflict, f"stated {found.stated}", f"chosen {found.day} {found.basis}",
                            f"url {in_url[0] if in_url else None}", f"dateline {read_dateline(draft.text)}",
                            draft.title, " ".join(draft.text[:HEAD].split()),
                        ),
                    ),
                )  # fmt: skip


def main() -> None:
    """Print the measures, or the conflicts."""
    if "--list" in sys.argv:
        for line in list_conflicts():
            print(line)
        return
    for name, text in measure():
        print(f"{name:52} {text}")


if __name__ == "__main__":
    main()
