"""The current figures as tallying takes them: each with its article, its origin and its block.

A block is what can only be tallied together: one metric, country and place. A bucket is the blocks whose ids begin alike:
one file a table.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

from transforms.tallying.said import Said
from warehouse.statements import name, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

BUCKETS = "0123456789abcdef"  # the first digit of a block's id
ID_DIGITS = 8  # hexadecimal: two blocks that share an id are tallied at once, which changes nothing
TELLING_SENTENCE = 40  # characters: shorter ones ("Two people were killed.") are written twice without being copied
ROWS_A_BATCH = 20_000  # turned into Python objects at once

BLOCK_ID = f"""left(md5(concat_ws('|', f.metric_code, coalesce(f.country_code, ''),
    CASE WHEN f.place_precision >= 6 THEN '' ELSE coalesce(f.place_id, lower(f.place_name), '') END)), {ID_DIGITS})"""
IS_TOLD = "f.polarity = 'ASSERTED' AND f.metric_code NOT IN ('OTHER', 'AGE')"  # the others' words decide nothing

_COMPUTED = {
    "block_id": "b.block_id",
    "input_id": "b.input_id",
    "outlet_id": "a.outlet_id",
    "cluster_id": "coalesce(b.cluster_id, f.article_id)",
    "sentence_id": f"""CASE WHEN {IS_TOLD} AND f.sentence_end - f.sentence_start >= {TELLING_SENTENCE}
        THEN md5(lower(substring(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start))) ELSE f.figure_id END""",
    "published_at": "a.published_at",
    "published_date": "a.published_date",
    "number_start": "f.number_start - f.sentence_start",
    "quote": f"CASE WHEN {IS_TOLD} THEN f.quote ELSE '' END",
    "source_id": "o.source_id",
    "source_name": "o.source_name",
    "party_code": "o.party_code",
    "n_hops": "coalesce(o.n_hops, 1)",
}


def find_blocks(connection: duckdb.DuckDBPyConnection) -> None:
    """Make temp.blocked: of each current figure its block, its article's cluster, and a hash of what it is tallied from."""
    has_clusters = connection.execute(
        "SELECT 1 FROM duckdb_views() WHERE view_name = 'article_clusters' AND schema_name = 'main'"
    ).fetchone()
    clusters = "article_clusters" if has_clusters else "(SELECT '' AS version_id, '' AS cluster_id WHERE false)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE blocked AS SELECT f.figure_id, {BLOCK_ID} AS block_id, c.cluster_id, "
        f"left(md5(concat_ws('|', f.reader_version, c.cluster_id)), {ID_DIGITS}) AS input_id "
        f"FROM figures f LEFT JOIN {clusters} c ON c.version_id = f.version_id"
    )


def take_figures(connection: duckdb.DuckDBPyConnection, *, is_whole: bool) -> None:
    """Make temp.taken: the figures of all blocks, or of those in temp.stale, as `Said` has them."""
    columns = ", ".join(f"{_COMPUTED.get(column, f'f.{name(column)}')} AS {name(column)}" for column in Said._fields)
    stale = "" if is_whole else "SEMI JOIN temp.stale USING (block_id)"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE taken AS SELECT {columns}
        FROM figures f
        JOIN (SELECT * FROM temp.blocked {stale}) b ON b.figure_id = f.figure_id
        JOIN articles a ON a.version_id = f.version_id
        LEFT JOIN (SELECT figure_id, min_by(source_id, hop) AS source_id, min_by(source_name, hop) AS source_name,
            min_by(party_code, hop) AS party_code, count(*) AS n_hops FROM attributions GROUP BY figure_id) o
        ON o.figure_id = f.figure_id"""
    )


def read_bucket(connection: duckdb.DuckDBPyConnection, bucket: str) -> Iterator[Said]:
    """Yield the taken figures of a bucket, block by block."""
    columns = ", ".join(name(column) for column in Said._fields)
    reader = connection.sql(
        f"SELECT {columns} FROM temp.taken WHERE starts_with(block_id, {text(bucket)}) ORDER BY block_id, figure_id"
    ).to_arrow_reader(ROWS_A_BATCH)
    for batch in reader:
        yield from starmap(Said, zip(*(column.to_pylist() for column in batch.columns), strict=True))
