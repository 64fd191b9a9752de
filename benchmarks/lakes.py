"""Made-up articles, staged as a run stages them: for tests of the warehouse, older clients and big lakes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from seeds.contracts import load_tables
from transforms.ids import hash_id, sha256_hex, to_batch_id
from transforms.tables import to_table
from warehouse.commits import Batch, Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from warehouse.lake import Lake

START = datetime(2026, 3, 1, 6)  # when the made-up runs start
DAY = date(2026, 2, 28)


@dataclass(frozen=True, slots=True)
class Page:
    """A page with one sentence a number, such as "Shelling killed 3 people near Orikhiv."."""

    url: str
    numbers: tuple[int, ...]
    published: date = DAY
    is_rejected: bool = False

    @property
    def text(self) -> str:
        """The page's text."""
        return " ".join(f"Shelling killed {number} people near Orikhiv." for number in self.numbers)

    @property
    def article_id(self) -> str:
        """The article over all its versions."""
        return hash_id("url", self.url)

    @property
    def version_id(self) -> str:
        """This version of it."""
        return hash_id(self.article_id, sha256_hex(self.text))


def stage(
    lake: Lake,
    run: Run,
    pages: Sequence[Page],
    *,
    feed_id: str = "sample",
    is_held_back: bool = False,
    known: Mapping[str, str] | None = None,
) -> list[Batch]:
    """Stage pages as one batch, as ingest, normalise and validate do; pages whose version is known are duplicates."""
    new = [page for page in pages if not page.is_rejected and page.version_id not in (known or {})]
    batch_id = to_batch_id(feed_id, [page.version_id for page in new], run.reader_version + run.run_id * run.is_again)
    rows = rows_of(new, batch_id, run.reader_version, feed_id)
    if is_held_back:
        rows = {table: found for table, found in rows.items() if table in {"quarantine", "expectation_results"}}
    inputs: list[dict[str, object]] = [
        {
            "run_id": run.run_id,
            "feed_id": feed_id,
            "uri": page.url,
            "outcome": "REJECTED" if page.is_rejected else "ARTICLE" if page in new else "DUPLICATE",
            "reason": "is empty" if page.is_rejected else None if page in new else "read before",
            "version_id": None if page.is_rejected else page.version_id,
            "batch_id": batch_id if page in new else None,
        }
        for page in pages
    ]
    documents: list[dict[str, object]] = [
        {"document_id": sha256_hex(page.text), "media_type": "text/plain", "n_bytes": len(page.text)} for page in new
    ]
    fetches: list[dict[str, object]] = [
        {
            "run_id": run.run_id,
            "feed_id": feed_id,
            "uri": page.url,
            "fetched_at": run.started_at,
            "document_id": sha256_hex(page.text),
        }
        for page in new
    ]
    staging = lake.staging(run.run_id)
    of_run: dict[str, list[dict[str, object]]] = {"inputs": inputs, "documents": documents, "fetches": fetches}
    for table, found in of_run.items():
        write(staging / table / f"{run.run_id}.parquet", table, found)
    if not new:
        return []
    for table, found in rows.items():
        write(staging / "passed" / table / f"{batch_id}.parquet", table, found)
    return [Batch(batch_id, feed_id, is_held_back, "articles.has_rows" if is_held_back else None)]


def write(path: Path, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows as a staged file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(to_table(load_tables()[table], rows), path, compression="zstd")


def rows_of(
    pages: Sequence[Page], batch_id: str, reader_version: str, feed_id: str
) -> dict[str, list[dict[str, object]]]:
    """Return the rows that the pages become in each table of a batch."""
    rows: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("articles", "figures", "attributions", "refusals", "quarantine", "expectation_results")
    }
    for page in pages:
        ids = {"version_id": page.version_id, "article_id": page.article_id, "batch_id": batch_id}
        rows["articles"].append(
            {
                **ids,
                "text_sha256": hashlib.sha256(page.text.encode()).hexdigest(),
                "document_id": sha256_hex(page.text),
                "feed_id": feed_id,
                "outlet_id": "example.org",
                "url": page.url,
                "title": "Shelling near Orikhiv",
                "text": page.text,
                "language": "en",
                "published_date": page.published,
                "published_basis": "GIVEN",
                "published_precision": "DAY",
                "reading_status": "READ",
            }
        )
        start = 0
        for order, number in enumerate(page.numbers):
            quote = f"Shelling killed {number} people near Orikhiv."
            first = start + quote.index(str(number))
            figure_id = hash_id(page.version_id, str(first), str(order))
            span = {"number_start": first, "number_end": first + len(str(number))}
            amount = dict.fromkeys(("low", "best", "high", "low_base", "best_base", "high_base"), float(number))
            rows["figures"].append(
                {
                    **ids, **span, **amount,
                    "figure_id": figure_id, "reader_version": reader_version,
                    "quote": quote, "quote_start": start, "quote_end": start + len(quote),
                    "sentence_start": start, "sentence_end": start + len(quote),
                    "modifier": "EXACT", "is_modifier_inherited": False, "number_form": "DIGIT",
                    "unit_code": "{person}", "dimension": "count", "metric_code": "KILLED", "counted": "people",
                    "kind": "FLOW", "place_name": "Orikhiv", "period_basis": "NONE", "polarity": "ASSERTED",
                    "is_anaphoric": False,
                }
            )  # fmt: skip
            rows["attributions"].append(
                {
                    "figure_id": figure_id, "hop": 0, "source_name": "the regional governor", "role": "ORIGIN",
                    "scope": "STATED", "batch_id": batch_id,
                }
            )  # fmt: skip
            start += len(quote) + 1
        rows["refusals"].append(
            {
                **ids, "refusal_id": hash_id(page.version_id, "refused"), "reader_version": reader_version,
                "quote": "Shelling", "number_start": 0, "number_end": 8, "reason": "NOT_A_FIGURE",
            }
        )  # fmt: skip
    rows["expectation_results"].append(
        {
            "expectation_id": "articles.has_rows", "table_name": "articles", "level": "TABLE", "is_met": bool(pages),
            "observed": f"{len(pages)} rows", "n_rows": len(pages), "n_unexpected": int(not pages), "examples": "[]",
            "batch_id": batch_id,
        }
    )  # fmt: skip
    return rows
