"""The tallies of the lake after a commit: only the neighbourhoods that it touches are tallied again, as if all had been.

Under the commit's lock, from the figures that count then, and from nothing else. Rows lie in blocks, parts of a neighbourhood:
a block of which no row comes out different stays as it is. A row of `tally_blocks` says which blocks are written; by it their
older rows end, also where nothing is left of them.
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
from warehouse.current_figures import NEIGHBOURHOOD, UNTOLD, read_neighbourhoods
from warehouse.files import write_file
from warehouse.statements import empty, parquet, text, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from warehouse.commits import Run
    from warehouse.files import DataFile
    from warehouse.lake import Lake

# The tables, and by which id a row's block is found: tallies with what belongs to them.
TABLES = {"tallies": "tally_id", "tally_figures": "coalesce(tally_id, figure_id)", "tally_parts": "part_id"}
DIGITS = 2  # hexadecimal, of that id: 256 blocks a neighbourhood
NEIGHBOURHOOD_OF = f"regexp_replace(block_id, '/{'[0-9a-f]' * DIGITS}$', '')"

# Of other rules, or of a lake that an older Tally filled.
OUTDATED = """
    SELECT (SELECT count(*) FROM tally_blocks WHERE tally_version <> ?) > 0
        OR (SELECT count(*) FROM tally_blocks) = 0 AND (SELECT count(*) FROM figures) > 0
"""
CORRECTED = """
    SELECT count(*) > 0 FROM corrections WHERE greatest(since, until) > (SELECT max(committed_at) FROM commits)
"""
# The neighbourhoods of all readings, old and new, of the articles that a commit brings or finds to be of another story.
STALE = f"""
    CREATE OR REPLACE TEMP TABLE stale AS
    WITH changed AS (
        SELECT version_id FROM listed.articles SEMI JOIN (
            SELECT article_id FROM listed.articles SEMI JOIN (FROM batches WHERE commit_id = $commit_id) USING (batch_id)
        ) USING (article_id)
        UNION
        SELECT version_id FROM listed.article_clusters SEMI JOIN (FROM files WHERE commit_id = $commit_id) USING (path))
    SELECT DISTINCT {NEIGHBOURHOOD} AS neighbourhood FROM listed.figures f SEMI JOIN changed USING (version_id)
"""
ALL = f"""
    CREATE OR REPLACE TEMP TABLE stale AS
    SELECT {NEIGHBOURHOOD} AS neighbourhood FROM figures f UNION SELECT {NEIGHBOURHOOD_OF} FROM tally_blocks
"""
# Their figures; the reasons of those that no rule needs to look at are those of transforms.tallying.things.reason_out.
TAKEN = f"""
    CREATE OR REPLACE TEMP TABLE taken AS
    SELECT figure_id, batch_id, {NEIGHBOURHOOD} AS block_id, CASE WHEN NOT {UNTOLD} THEN NULL WHEN polarity <> 'ASSERTED' THEN 'POLARITY'
        WHEN is_anaphoric THEN 'ANAPHOR' WHEN converts_figure_id IS NOT NULL THEN 'CONVERSION' ELSE 'OTHER_METRIC' END AS reason
    FROM figures f WHERE block_id IN (SELECT neighbourhood FROM temp.stale)
"""
TOLD = "(SELECT f.* FROM figures f SEMI JOIN (FROM temp.taken WHERE reason IS NULL) USING (figure_id))"
UNTOLD_ROWS = "SELECT figure_id, reason, block_id, batch_id FROM temp.taken WHERE reason IS NOT NULL"
MADE = f"""
    CREATE OR REPLACE TEMP TABLE made_{{table}} AS SELECT {{columns}} FROM (
        SELECT * REPLACE (concat_ws('/', block_id, left({{id}}, {DIGITS})) AS block_id) FROM ({{told}}) UNION ALL BY NAME {{untold}})
"""
STANDING = f"""
    CREATE OR REPLACE TEMP TABLE standing_{{table}} AS
    FROM {{table}} WHERE {NEIGHBOURHOOD_OF} IN (SELECT neighbourhood FROM temp.stale)
"""
DIFFERENT = """
    SELECT block_id FROM (FROM temp.made_{table} EXCEPT FROM temp.standing_{table})
    UNION SELECT block_id FROM (FROM temp.standing_{table} EXCEPT FROM temp.made_{table})
"""
EITHER = "SELECT block_id FROM temp.made_{table} UNION SELECT block_id FROM temp.standing_{table}"
BLOCKS = """
    SELECT c.block_id, count(m.figure_id) AS n_figures, {version} AS tally_version
    FROM temp.changed_blocks c LEFT JOIN temp.made_tally_figures m USING (block_id) GROUP BY c.block_id
"""


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Compile the rules once a process."""
    return Rules(load_seeds())


def is_outdated(connection: duckdb.DuckDBPyConnection, tally_version: str) -> bool:
    """Tell whether the lake's tallies were made by other rules, or never."""
    ((found,),) = connection.execute(OUTDATED, [tally_version]).fetchall()
    return bool(found)


def is_corrected(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether people corrected figures, or took corrections back, since the lake's tallies were made."""
    ((found,),) = connection.execute(CORRECTED).fetchall()
    return bool(found)


def write_tallies(
    connection: duckdb.DuckDBPyConnection, lake: Lake, run: Run, commit_id: str, *, is_whole: bool, has_moved: bool
) -> Iterator[DataFile | None]:
    """Tally what a commit touches and write it; the views show the commit's figures already.

    `is_whole` makes everything anew. Where figures have moved (a correction may move one anywhere) everything is tallied, and
    what differs written.
    """
    is_all = is_whole or has_moved
    connection.execute(ALL if is_all else STALE, {} if is_all else {"commit_id": commit_id})
    connection.execute(TAKEN)
    tables = load_tables()
    staged: dict[str, list[str]] = {table: [empty(tables[table])] for table in TABLES}
    for number, saids in enumerate(read_neighbourhoods(connection, TOLD)):
        for table, rows in zip(TABLES, tally(saids, rules()), strict=True):
            path = lake.staging(run.run_id) / table / f"{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(to_table(tables[table], rows), path)
            staged[table].append(f"SELECT * FROM {parquet([str(path)])}")
    for table, by in TABLES.items():
        told = " UNION ALL BY NAME ".join(staged[table])
        untold = UNTOLD_ROWS if table == "tally_figures" else empty(tables[table])
        made = MADE.format(table=table, columns=typed(tables[table]), id=by, told=told, untold=untold)
        connection.execute(made)
        connection.execute(STANDING.format(table=table))
    blocks = " UNION ".join((EITHER if is_whole else DIFFERENT).format(table=table) for table in TABLES)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changed_blocks AS {blocks}")
    for table in TABLES:
        changed = f"SELECT * FROM temp.made_{table} SEMI JOIN temp.changed_blocks USING (block_id)"
        yield write_file(connection, lake, tables[table], run.run_id, changed)
    version = text(run.tally_version)
    yield write_file(connection, lake, tables["tally_blocks"], run.run_id, BLOCKS.format(version=version))
