"""A made-up batch, staged as the steps before validation stage it: for tests of expectations, and to be damaged."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from seeds.contracts import load_tables
from transforms.figures import (
    Article,
    Attribution,
    Figure,
    Kind,
    Modifier,
    PeriodBasis,
    Polarity,
    Reading,
    Reason,
    Refusal,
)
from transforms.ids import hash_id, sha256_hex, to_figure_id, to_version_id
from transforms.rows import to_article_row, to_rows
from transforms.tables import to_schema

if TYPE_CHECKING:
    from pathlib import Path

TABLES = load_tables()
TEXTS = {
    "port": "On 3 May at least 12 dockworkers were hurt near the old port, the harbour master said. The fire burned 2 km (1.2 miles) of quay.",
    "pass": "Snow closed the pass. The ministry counted 40 trucks, up from 31 in 2019.",
}
KNOWN = {
    "metrics.metric_code": {"CAS_INJURED", "OTHER"},
    "units.unit_code": {"km", "[mi_i]", "mo"},
    "actors.actor_code": {"RUS", "UKR"},
    "places.place_id": {"698740"},
    "weapons.weapon_code": {"shahed_136"},
    "sources.source_id": {"harbour_master"},
    "documents.document_id": set[str](),
    "articles.version_id": set[str](),
}
Rows = dict[str, list[dict[str, object]]]


def _figure(article: Article, words: str, number: str, **columns: object) -> Figure:
    """Make a figure of the words that stand in the text, as reading would."""
    start = article.text.index(words)
    at = article.text.index(number, start)
    figure = Figure(
        number_start=at, number_end=at + len(number), quote_start=start, quote_end=start + len(words), quote=words
    )
    figure.sentence_start, figure.sentence_end = 0, len(article.text)
    figure.low = figure.best = figure.high = float(number)
    for name, value in columns.items():
        setattr(figure, name, value)
    figure.figure_id = to_figure_id(article.version_id, at, at + len(number), 0)
    return figure


def _refusal(article: Article, words: str, reason: Reason) -> Refusal:
    at = article.text.index(words)
    return Refusal(
        at, at + len(words), reason, quote=words, refusal_id=to_figure_id(article.version_id, at, at + len(words), 0)
    )


def good_rows(batch_id: str) -> Rows:
    """Two articles with figures, attributions, a conversion and refusals: nothing to complain of."""
    rows: Rows = {
        name: [] for name in ("articles", "figures", "attributions", "refusals", "inputs", "documents", "fetches")
    }
    articles = {}
    for name, text in TEXTS.items():
        article_id = hash_id(batch_id, name)
        version_id = to_version_id(article_id, sha256_hex(text))
        articles[name] = Article(article_id, version_id, sha256_hex(text), sha256_hex(batch_id + name), batch_id, text)
        articles[name].batch_id = batch_id
        rows["articles"].append(to_article_row(articles[name]))
        source: dict[str, object] = {"run_id": "r1", "feed_id": batch_id, "uri": name, "batch_id": batch_id}
        rows["inputs"].append(source | {"outcome": "ARTICLE", "version_id": version_id})
        rows["documents"].append(
            {
                "document_id": sha256_hex(batch_id + name),
                "media_type": "text/plain",
                "n_bytes": len(text),
                "batch_id": batch_id,
            },
        )
        fetched = {"fetched_at": datetime(2026, 5, 4, 9), "document_id": sha256_hex(batch_id + name)}
        rows["fetches"].append({k: source[k] for k in ("run_id", "feed_id", "uri", "batch_id")} | fetched)
    port, snow = articles["port"], articles["pass"]
    port_row = rows["articles"][0]
    port_row |= {
        "published_at": datetime(2026, 5, 4, 9),
        "published_date": date(2026, 5, 4),
        "published_basis": "GIVEN",
        "published_precision": "SECOND",
    }
    hurt = _figure(port, "at least 12 dockworkers", "12", modifier=Modifier.GE, high=None, metric_code="CAS_INJURED")
    hurt.unit_code, hurt.actor_code, hurt.target_code = "{person}", "RUS", "RUS/UKR"
    hurt.period_edtf, hurt.period_start_date, hurt.period_end_date = "2026-05-03", date(2026, 5, 3), date(2026, 5, 3)
    hurt.period_basis, hurt.period_precision, hurt.place_id, hurt.place_precision = PeriodBasis.STATED, 1, "698740", 1
    cue = port.text.index("said")
    hurt.attributions = [
        Attribution(0, "the harbour master", "harbour_master", "ORIGIN", "STATED", "said", cue, cue + 4, "UKR"),
        Attribution(1, "harbour master", None, "RELAY", "INHERITED"),
    ]
    km = _figure(
        port, "2 km", "2", unit_code="km", dimension="length", low_base=2000.0, best_base=2000.0, high_base=2000.0
    )
    miles = _figure(port, "1.2 miles", "1.2", unit_code="[mi_i]", converts_figure_id=km.figure_id)
    trucks = _figure(snow, "40 trucks", "40", kind=Kind.STOCK)
    before = _figure(snow, "31", "31", polarity=Polarity.ASSERTED)
    port_refusals = [_refusal(port, "3 May", Reason.DATE)]
    for article, figures, refusals in (
        (port, [hurt, km, miles], port_refusals),
        (snow, [trucks, before], [_refusal(snow, "2019", Reason.YEAR)]),
    ):
        made = to_rows(article, Reading(figures, refusals), "reader1")
        rows["figures"] += made.figures
        rows["attributions"] += made.attributions
        rows["refusals"] += made.refusals
    return rows


def stage(staging: Path, batch_id: str, rows: Rows, n_shards: int = 1) -> None:
    """Write rows as the earlier steps do, without any check of theirs."""
    for name, of_table in rows.items():
        schema = pa.schema([field.with_nullable(nullable=True) for field in to_schema(TABLES[name])])
        for shard in range(n_shards):
            path = staging / name / batch_id / f"{shard}.parquet"
            if TABLES[name].scope == "run":
                path = staging / name / f"{batch_id}-{shard}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(of_table[shard::n_shards], schema), path)


def read(staging: Path, table: str, batch_id: str) -> list[dict[str, object]]:
    """Read back what validation wrote of a table for a batch; nothing where it wrote no file."""
    path = staging / "passed" / table / f"{batch_id}.parquet"
    rows: list[dict[str, object]] = pq.read_table(path).to_pylist() if path.exists() else []
    return rows


def broken_promises(staging: Path, batch_id: str) -> set[object]:
    """Return the ids of the promises that a batch broke."""
    return {r["expectation_id"] for r in read(staging, "expectation_results", batch_id) if not r["is_met"]}
