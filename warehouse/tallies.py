"""The tallies of the lake after a commit: only the neighbourhoods that it touches are tallied again, as if all had been.

Under the commit's lock, from the figures that count then, and from nothing else. A neighbourhood is a metric's month
(transforms/tallying/months.py), or what of a metric knows no months. Rows lie in blocks, a month or a part of the rest: a block
of which no row comes out different stays as it is. A row of `tally_blocks` says which blocks are written; by it their
older rows end, also where nothing is left of them.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.tables import to_table
from transforms.tallying.copies import is_taken_back, sort_denials
from transforms.tallying.months import decided, deciding, first_day, name_block, read_block, to_month
from transforms.tallying.rules import Rules
from transforms.tallying.tallies import tally
from warehouse.current_figures import METRICS, SENTENCE, UNTOLD, Source, read_by_metrics
from warehouse.files import write_file
from warehouse.statements import empty, parquet, text, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from datetime import date

    import duckdb

    from warehouse.commits import Run
    from warehouse.files import DataFile
    from warehouse.lake import Lake

# The tables, and by which id a row's block is found: tallies with what belongs to them.
TABLES = {"tallies": "tally_id", "tally_figures": "coalesce(tally_id, figure_id)", "tally_parts": "part_id"}
DIGITS = 2  # hexadecimal, of that id: 256 blocks of what knows no months
NEIGHBOURHOOD_OF = f"regexp_replace(block_id, '/{'[0-9a-f]' * DIGITS}$', '')"
IS_MONTH = "regexp_matches(block_id, '/[0-9]{{4}}-[0-9]{{2}}$')"

# Of other rules, or of a lake that an older Tally filled.
OUTDATED = """
    SELECT (SELECT count(*) FROM tally_blocks WHERE tally_version <> ?) > 0
        OR (SELECT count(*) FROM tally_blocks) = 0 AND (SELECT count(*) FROM figures) > 0
"""
CORRECTED = """
    SELECT count(*) > 0 FROM corrections WHERE greatest(since, until) > (SELECT max(committed_at) FROM commits)
"""
# The article versions that a commit brings, or finds to be of another story, with all earlier ones of theirs.
CHANGED = """
    CREATE OR REPLACE TEMP TABLE changed AS
    SELECT version_id FROM listed.articles SEMI JOIN (
        SELECT article_id FROM listed.articles SEMI JOIN (FROM batches WHERE commit_id = $commit_id) USING (batch_id)
    ) USING (article_id)
    UNION
    SELECT version_id FROM listed.article_clusters SEMI JOIN (FROM files WHERE commit_id = $commit_id) USING (path)
"""
CHANGED_FIGURES = f"(SELECT f.* FROM figures f SEMI JOIN temp.changed USING (version_id) WHERE NOT {UNTOLD})"
# What sentences figures stand in, from the texts of some batches at a time; all others' stand in the lake.
SENTENCES = f"""
    INSERT INTO temp.sentences
    SELECT f.figure_id, {SENTENCE} FROM {{figures}} f JOIN (FROM articles WHERE batch_id IN ({{batch_ids}})) a USING (version_id)
"""
BATCHES = "SELECT batch_id, count(*) FROM articles {which} GROUP BY batch_id ORDER BY batch_id"
TEXTS_AT_ONCE = 20_000  # articles: some 100 MB
JOINS_NEAR = """
    LEFT JOIN temp.sentences n ON n.figure_id = f.figure_id
    LEFT JOIN (SELECT figure_id, sentence_id FROM tally_figures WHERE sentence_id IS NOT NULL) r ON r.figure_id = f.figure_id
"""
# All that tells a figure's month: no sentence, no source.
TO_PLACE = Source(CHANGED_FIGURES, "NULL", attributions="(FROM attributions LIMIT 0)")
CHANGED_BLOCKS = f"""
    SELECT DISTINCT {NEIGHBOURHOOD_OF} FROM tally_figures SEMI JOIN (
        SELECT figure_id FROM listed.figures f SEMI JOIN temp.changed USING (version_id) WHERE NOT {UNTOLD}) USING (figure_id)
"""
# A denial changes what it denies, whenever that was told; where one ends, what any took back is looked at again.
DENIED = Source(
    f"""(SELECT f.* FROM figures f SEMI JOIN (SELECT metric_code, best FROM {CHANGED_FIGURES} WHERE polarity = 'DENIED') d
        ON d.metric_code = f.metric_code AND d.best IS NOT DISTINCT FROM f.best)""",
    "NULL",
)
DENIED_BLOCKS = f"""
    SELECT DISTINCT {NEIGHBOURHOOD_OF} FROM tally_figures WHERE figure_id IN (SELECT unnest($figure_ids))
        OR reason = 'WITHDRAWN' AND split_part(block_id, '/', 1) IN (
            SELECT split_part(block_id, '/', 1) FROM tally_figures SEMI JOIN (
                SELECT figure_id FROM listed.figures SEMI JOIN temp.changed USING (version_id)) USING (figure_id)
            WHERE reason = 'POLARITY')
"""
UNTOLD_BLOCKS = f"""
    SELECT DISTINCT {METRICS} AS neighbourhood FROM listed.figures f SEMI JOIN temp.changed USING (version_id) WHERE {UNTOLD}
"""
# What is made anew, and the days that this takes the figures of; null where it takes those that stand in it.
STALE = pa.schema(
    {"neighbourhood": pa.string(), "metrics": pa.string(), "first_date": pa.date32(), "last_date": pa.date32()}
)
STANDING_BLOCKS = (
    f"(SELECT block_id FROM tally_blocks WHERE {NEIGHBOURHOOD_OF} IN (SELECT neighbourhood FROM temp.stale))"
)
# What no rule needs to look at: its reasons are those of transforms.tallying.things.reason_out.
UNTOLD_ROWS = f"""
    SELECT figure_id, batch_id, {METRICS} AS block_id, CASE WHEN polarity <> 'ASSERTED' THEN 'POLARITY'
        WHEN is_anaphoric THEN 'ANAPHOR' WHEN converts_figure_id IS NOT NULL THEN 'CONVERSION' ELSE 'OTHER_METRIC' END AS reason
    FROM figures f WHERE {UNTOLD}
"""
UNTOLD_CHANGED = f"{UNTOLD_ROWS} AND f.version_id IN (FROM temp.changed)"
TOLD_FIGURES = f"(FROM figures f WHERE NOT {UNTOLD})"
TOLD = Source(TOLD_FIGURES, "n.sentence_id", "LEFT JOIN temp.sentences n ON n.figure_id = f.figure_id")
FIGURES_NEAR = f"""(
    SELECT f.* FROM figures f JOIN articles a USING (version_id)
    LEFT JOIN (SELECT metrics, min(first_date) AS first_date, max(last_date) AS last_date FROM temp.stale GROUP BY metrics) s
        ON s.metrics = {METRICS}
    WHERE NOT {UNTOLD} AND (f.version_id IN (FROM temp.changed)
        OR f.polarity = 'DENIED' AND s.metrics IS NOT NULL
        OR coalesce(f.period_end_date, f.period_start_date) BETWEEN s.first_date AND s.last_date
        OR a.published_date BETWEEN s.first_date AND s.last_date
        OR f.figure_id IN (SELECT figure_id FROM tally_figures SEMI JOIN (
            SELECT block_id FROM tally_blocks WHERE {NEIGHBOURHOOD_OF} IN (SELECT neighbourhood FROM temp.stale WHERE metrics IS NOT NULL AND first_date IS NULL)
        ) USING (block_id))))
"""
TOLD_NEAR = Source(FIGURES_NEAR, "coalesce(n.sentence_id, r.sentence_id)", JOINS_NEAR)
MADE = f"""
    CREATE OR REPLACE TEMP TABLE made_{{table}} AS SELECT {{columns}} FROM (
        SELECT * REPLACE (CASE WHEN {IS_MONTH} THEN block_id ELSE concat_ws('/', block_id, left({{id}}, {DIGITS})) END AS block_id) FROM ({{told}}) UNION ALL BY NAME {{untold}})
"""
STANDING = "CREATE OR REPLACE TEMP TABLE standing_{table} AS FROM {table} {which}"
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


def has_tallies(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether any were made."""
    return connection.execute("SELECT 1 FROM tally_blocks LIMIT 1").fetchone() is not None


def write_tallies(
    connection: duckdb.DuckDBPyConnection, lake: Lake, run: Run, commit_id: str, *, is_whole: bool, has_moved: bool
) -> Iterator[DataFile | None]:
    """Tally what a commit touches and write it; the views show the commit's figures already.

    `is_whole` makes everything anew. Where figures have moved (a correction may move one anywhere) everything is tallied, and
    what differs written.
    """
    is_all = is_whole or has_moved or not has_tallies(connection)
    blocks = None if is_all else find_stale(connection, commit_id)
    if is_all:
        find_sentences(connection, TOLD_FIGURES, "")
    tables = load_tables()
    staged: dict[str, list[str]] = {table: [empty(tables[table])] for table in TABLES}
    for number, saids in enumerate(read_by_metrics(connection, TOLD if is_all else TOLD_NEAR)):
        for table, rows in zip(TABLES, tally(saids, rules(), blocks), strict=True):
            path = lake.staging(run.run_id) / table / f"{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(to_table(tables[table], rows), path)
            staged[table].append(f"SELECT * FROM {parquet([str(path)])}")
    for table, by in TABLES.items():
        told = " UNION ALL BY NAME ".join(staged[table])
        untold = UNTOLD_ROWS if is_all else UNTOLD_CHANGED
        untold = untold if table == "tally_figures" else empty(tables[table])
        made = MADE.format(table=table, columns=typed(tables[table]), id=by, told=told, untold=untold)
        connection.execute(made)
        which = "" if is_all else f"SEMI JOIN {STANDING_BLOCKS} USING (block_id)"
        connection.execute(STANDING.format(table=table, which=which))
    changed = " UNION ".join((EITHER if is_whole else DIFFERENT).format(table=table) for table in TABLES)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changed_blocks AS {changed}")
    for table in TABLES:
        rows_of = f"SELECT * FROM temp.made_{table} SEMI JOIN temp.changed_blocks USING (block_id)"
        yield write_file(connection, lake, tables[table], run.run_id, rows_of)
    version = text(run.tally_version)
    yield write_file(connection, lake, tables["tally_blocks"], run.run_id, BLOCKS.format(version=version))


def find_stale(connection: duckdb.DuckDBPyConnection, commit_id: str) -> AbstractSet[str]:
    """Return the neighbourhoods that a commit's figures, and those that it ends, may change; temp.stale has them too."""
    connection.execute(CHANGED, {"commit_id": commit_id})
    find_sentences(connection, CHANGED_FIGURES, "SEMI JOIN temp.changed USING (version_id)")
    touched = {
        (said.block_id, to_month(said, rules().family(said)))
        for saids in read_by_metrics(connection, TO_PLACE)
        for said in saids
    }
    for (block,) in connection.execute(CHANGED_BLOCKS).fetchall():
        metrics, month = read_block(block)
        # What is told in the month after may be in it.
        touched |= {(metrics, month), (metrics, month if month is None else month + 1)}
    near = {(metrics, m) for metrics, month in touched for m in (decided(month) if month is not None else (None,))}
    near |= set(map(read_block, find_denied(connection)))
    blocks = {name_block(metrics, month): (metrics, month) for metrics, month in near}
    rows = [
        (block, metrics, *(days(month) if month is not None else (None, None)))
        for block, (metrics, month) in blocks.items()
    ]
    columns = ("neighbourhood", "metrics", "first_date", "last_date")
    stale = pa.table(
        dict(zip(columns, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(columns, ()), STALE
    )
    connection.register("rows", stale)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE stale AS FROM rows UNION BY NAME {UNTOLD_BLOCKS}")
    connection.unregister("rows")
    return blocks.keys()


def find_denied(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the neighbourhoods in which stands what a commit's denials take back, or what those that it ends may have."""
    saids = [said for some in read_by_metrics(connection, DENIED) for said in some]
    denials = sort_denials(said for said in saids if said.polarity == "DENIED")
    figure_ids = [said.figure_id for said in saids if is_taken_back(said, denials, rules())]
    return [block for (block,) in connection.execute(DENIED_BLOCKS, {"figure_ids": figure_ids}).fetchall()]


def find_sentences(connection: duckdb.DuckDBPyConnection, figures: str, which: str) -> None:
    """Make temp.sentences, of figures in those articles that a join names."""
    connection.execute("CREATE OR REPLACE TEMP TABLE sentences (figure_id VARCHAR, sentence_id VARCHAR)")
    batch_ids: list[str] = []
    n_texts = 0
    for batch_id, n_articles in [*connection.execute(BATCHES.format(which=which)).fetchall(), (None, 0)]:
        if batch_ids and (batch_id is None or n_texts + n_articles > TEXTS_AT_ONCE):
            connection.execute(SENTENCES.format(figures=figures, batch_ids=", ".join(map(text, batch_ids))))
            batch_ids, n_texts = [], 0
        if batch_id is not None:
            batch_ids.append(batch_id)
            n_texts += n_articles


def days(month: int) -> tuple[date, date]:
    """Return the first and the last day of which a month's tallies need the figures."""
    first, *_, last = deciding(month)
    return first_day(first), first_day(last + 1) - timedelta(days=1)
