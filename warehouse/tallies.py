"""The tallies of the lake after a commit: only the blocks that it touches are made again, as if all had been.

Under the commit's lock, from the figures that count then, and from nothing else. A row of `tally_blocks` says which blocks
were made; by it their older tallies end, also where nothing is left of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.tables import to_table
from transforms.tallying.rules import Rules
from transforms.tallying.tallies import tally
from warehouse.current_figures import BLOCK_ID, UNTOLD, read_blocks
from warehouse.files import write_file
from warehouse.statements import empty, parquet, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from warehouse.commits import Run
    from warehouse.files import DataFile
    from warehouse.lake import Lake

TABLES = ("tallies", "tally_figures", "tally_parts")

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
# Their figures; the reasons of those that no rule needs to look at are those of transforms.tallying.things.reason_out.
TAKEN = f"""
    CREATE OR REPLACE TEMP TABLE taken AS
    SELECT figure_id, batch_id, {BLOCK_ID} AS block_id, CASE WHEN NOT {UNTOLD} THEN NULL WHEN polarity <> 'ASSERTED' THEN 'POLARITY'
        WHEN is_anaphoric THEN 'ANAPHOR' WHEN converts_figure_id IS NOT NULL THEN 'CONVERSION' ELSE 'OTHER_METRIC' END AS reason
    FROM figures f WHERE block_id IN (SELECT block_id FROM temp.stale)
"""
TOLD = "(SELECT f.* FROM figures f SEMI JOIN (FROM temp.taken WHERE reason IS NULL) USING (figure_id))"
UNTOLD_ROWS = "SELECT figure_id, reason, block_id, batch_id FROM temp.taken WHERE reason IS NOT NULL"
BLOCKS = """
    SELECT s.block_id, count(t.figure_id) AS n_figures, {version} AS tally_version
    FROM temp.stale s LEFT JOIN temp.taken t USING (block_id) GROUP BY s.block_id
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
    connection.execute(TAKEN)
    tables = load_tables()
    rows = {table: [empty(tables[table])] for table in TABLES}
    rows["tally_figures"].append(UNTOLD_ROWS)
    for number, saids in enumerate(read_blocks(connection, TOLD)):
        for table, made in zip(TABLES, tally(saids, rules()), strict=True):
            path = lake.staging(run.run_id) / table / f"{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(to_table(tables[table], made), path)
            rows[table].append(f"SELECT * FROM {parquet([str(path)])}")
    for table, parts in rows.items():
        yield write_file(connection, lake, tables[table], run.run_id, " UNION ALL BY NAME ".join(parts))
    blocks = BLOCKS.format(version=text(run.tally_version))
    yield write_file(connection, lake, tables["tally_blocks"], run.run_id, blocks)
