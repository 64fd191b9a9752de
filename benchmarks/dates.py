"""Stated days of publication against what else dates an article: how many stand, and what spoke against those that do not.

usage: python -m benchmarks.dates [--list]      prints counts by corpus, basis and conflict; with --list each conflict, its evidence beside it
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.sets import SHARED
from transforms.articles import normalise_url
from transforms.datelines import read_dateline, read_url_date
from transforms.documents import Draft, clean_text
from transforms.publication import date_draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.publication import Published

CORPORA = {  # corpus: its fields of text and date
    "war_news_2022": ("text", "published"),
    "war_news_feb2026": ("body", "date_meta"),
    "syria_fakes": ("text", "date"),
    "muc4": ("text", "date"),
}
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
    """Return (measure, text) rows: by corpus, how many of each basis and conflict."""
    rows: list[tuple[str, str]] = []
    for corpus in CORPORA:
        found = Counter((p.basis, p.conflict or "stands") for _, draft in drafts(corpus) for p in [date(draft)])
        rows += [(f"dates: {corpus}: {basis} {conflict}", str(n)) for (basis, conflict), n in sorted(found.items())]
    return rows


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
