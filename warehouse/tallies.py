"""The tallies of the lake after a commit: only the blocks that it touches are made again, as if all had been.

Under the commit's lock, from the figures that count then, and from nothing else. A row of `tally_blocks` says which blocks
were made; by it their older tallies end, also where nothing is left of them.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.tables import to_table
from transforms.tallying.rules import Rules
from transforms.tallying.tallies import tally
from warehouse.current_figures import BLOCK_ID, read_blocks
from warehouse.files import write_file
from warehouse.statements import parquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from warehouse.commits import Run
    from warehouse.files import DataFile
    from warehouse.lake import Lake

TABLES = ("tally_blocks", "tallies", "tally_figures", "tally_parts")

# Of other rules, or of a lake that an older Tally filled.
OUTDATED = """
    SELECT (SELECT count(*) FROM tally_blocks WHERE tally_version <> ?) > 0
        OR (SELECT count(*) FROM tally_blocks) = 0 AND (SELECT count(*) FROM figures) > 0
"""
# The blocks of all readings, old and new, of the articles that a commit brings or finds to be of another story.
STALE = f"""
    CREATE OR REPLACE TEMP TABLE stale AS
    WITH changed AS (
        SELECT version_id FROM listed.articles SEMI JOIN (
            SELECT article_id FROM listed.articles SEMI JOIN (FROM batches WHERE commit_id = $commit_id) USING (batch_id)
        ) USING (article_id)
        UNION
        SELECT version_id FROM listed.article_clusters SEMI JOIN (FROM files WHERE commit_id = $commit_id) USING (path))
    SELECT DISTINCT {BLOCK_ID} AS block_id FROM listed.figures f SEMI JOIN changed USING (version_id)
"""
ALL = f"""
    CREATE OR REPLACE TEMP TABLE stale AS
    SELECT {BLOCK_ID} AS block_id FROM figures f UNION SELECT block_id FROM tally_blocks
"""


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Compile the rules once a process."""
    return Rules(load_seeds())


def is_outdated(connection: duckdb.DuckDBPyConnection, tally_version: str) -> bool:
    """Tell whether the lake's tallies were made by other rules, or never."""
    ((found,),) = connection.execute(OUTDATED, [tally_version]).fetchall()
    return bool(found)


def write_tallies(
    connection: duckdb.DuckDBPyConnection, lake: Lake, run: Run, commit_id: str, *, is_whole: bool
) -> Iterator[DataFile | None]:
    """Tally what a commit touches, or everything, and write it; the views show the commit's figures already."""
    connection.execute(ALL if is_whole else STALE, {} if is_whole else {"commit_id": commit_id})
    stale = connection.execute("SELECT block_id FROM temp.stale ORDER BY block_id").fetchall()
    if not stale:
        return
    sizes: Counter[str] = Counter()
    staged: dict[str, list[str]] = {table: [] for table in TABLES}

    def stage(table: str, rows: Sequence[dict[str, object]]) -> None:
        path = lake.staging(run.run_id) / table / f"{len(staged[table])}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(to_table(load_tables()[table], rows), path)
        staged[table].append(str(path))

    for saids in read_blocks(connection, None if is_whole else "temp.stale"):
        sizes.update(said.block_id for said in saids)
        for table, rows in zip(TABLES[1:], tally(saids, rules()), strict=True):
            stage(table, rows)
    stage(
        TABLES[0],
        [{"block_id": block, "n_figures": sizes[block], "tally_version": run.tally_version} for (block,) in stale],
    )
    for table, paths in staged.items():
        if paths:
            yield write_file(connection, lake, load_tables()[table], run.run_id, f"SELECT * FROM {parquet(paths)}")
