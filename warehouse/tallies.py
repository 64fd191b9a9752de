"""The tallies of the lake after a commit: only the neighbourhoods that it touches are tallied again, as if all had been.

Under the commit's lock, from the figures that count then, and from nothing else. A neighbourhood is a metric's month, or a part
of what knows no months (transforms/tallying/months.py). Rows lie in blocks, a month or some of a part's tallies: a block
of which no row comes out different stays as it is. What tallying takes of each figure is kept, too, so that those of a
neighbourhood are not gathered anew from figures, articles, attributions and clusters. A row of `tally_blocks` says which blocks are written; by it their
older rows end, also where nothing is left of them.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.tables import to_table
from transforms.tallying.copies import is_taken_back, sort_denials
from transforms.tallying.months import DENIED, decided, deciding, name_block, read_block, to_part
from transforms.tallying.rules import Rules
from transforms.tallying.said import Said
from transforms.tallying.tallies import tally
from warehouse.current_figures import METRICS, SENTENCE, SITES, UNTOLD, Source, find_site_words, read_by_metrics
from warehouse.files import write_file
from warehouse.statements import empty, names, parquet, text, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    import duckdb

    from warehouse.commits import Run
    from warehouse.files import DataFile
    from warehouse.lake import Lake

# The tables, and by which id a row's block is found: tallies with what belongs to them.
TABLES = {"tallies": "tally_id", "tally_figures": "coalesce(tally_id, figure_id)", "tally_parts": "part_id"}
INPUTS = "tally_inputs"  # what they were made of, so that the figures around others are found without a look at all
DIGITS = 2  # hexadecimal, of that id: 256 blocks of a part of what knows no months
NEIGHBOURHOOD_OF = f"regexp_replace(block_id, '/{'[0-9a-f]' * DIGITS}$', '')"
IS_MONTH = "regexp_matches(block_id, '/[0-9]{{4}}-[0-9]{{2}}$')"

OUTDATED = "SELECT count(*), count(*) FILTER (tally_version <> ?) FROM tally_blocks"
CORRECTED = """
    SELECT count(*) > 0 FROM corrections WHERE greatest(since, until) > (SELECT max(committed_at) FROM commits)
"""
# The readings of articles that a commit brings, or finds to be of another story, with all earlier ones: joined by their
# batches, too, so that others' files are not opened.
CHANGED = """
    CREATE OR REPLACE TEMP TABLE changed AS SELECT version_id, batch_id FROM listed.articles
    WHERE article_id IN (
        SELECT article_id FROM listed.articles SEMI JOIN (FROM batches WHERE commit_id = $commit_id) USING (batch_id)
    ) OR version_id IN (
        SELECT version_id FROM listed.article_clusters SEMI JOIN (FROM files WHERE commit_id = $commit_id) USING (path)
    )
"""
CHANGED_FIGURES = """
    CREATE OR REPLACE TEMP TABLE changed_figures AS
    FROM figures SEMI JOIN temp.changed USING (version_id, batch_id) WHERE batch_id IN ({batch_ids})
"""
TOLD_CHANGED = f"(FROM temp.changed_figures f WHERE NOT {UNTOLD})"
# How the figures of these versions were read before, where they were.
EARLIER = """
    CREATE OR REPLACE TEMP TABLE earlier AS
    SELECT DISTINCT figure_id FROM listed.figures SEMI JOIN temp.changed USING (version_id, batch_id)
    ANTI JOIN (FROM batches WHERE commit_id = $commit_id) USING (batch_id)
"""
# The blocks that count now, and from when on: one look at all that were ever written.
CURRENT_BLOCKS = """
    CREATE OR REPLACE TEMP TABLE current_blocks AS
    SELECT block_id, max(since) AS since FROM listed.tally_blocks JOIN files USING (path) GROUP BY block_id
"""
# The rows of some blocks: first those of these names, so that few are joined with their files, then those that count.
ROWS = """
    SELECT t.* EXCLUDE (path) FROM (FROM listed.{table} SEMI JOIN (FROM {blocks}) USING (block_id)) t
    JOIN files USING (path) SEMI JOIN (FROM {blocks}) USING (block_id, since)
"""
# What sentences figures stand in, and what sites these name, from the texts of some batches at a time; all others' stand in the lake.
SENTENCES = f"""
    INSERT INTO temp.sentences
    SELECT f.figure_id, {SENTENCE}, {SITES} FROM {{figures}} f
    JOIN (FROM listed.articles WHERE batch_id IN ({{batch_ids}})) a USING (version_id, batch_id)
"""
BATCHES = "SELECT batch_id, count(*) FROM current.articles {which} GROUP BY batch_id ORDER BY batch_id"
TEXTS_AT_ONCE = 20_000  # articles: some 100 MB
# What a figure's article and its story say, as it was read with the figure: faster than by the views.
OF_STORY = """(SELECT version_id, max_by(cluster_id, since) AS cluster_id
    FROM listed.article_clusters JOIN files USING (path) SEMI JOIN f USING (version_id) GROUP BY version_id)"""
CHANGED_ROWS = """
    CREATE OR REPLACE TEMP TABLE changed_rows AS SELECT block_id FROM listed.tally_figures JOIN files USING (path)
    SEMI JOIN temp.earlier USING (figure_id) SEMI JOIN temp.current_blocks USING (block_id, since)
"""
CHANGED_BLOCKS = f"SELECT DISTINCT {NEIGHBOURHOOD_OF} FROM temp.changed_rows WHERE NOT starts_with(block_id, 'UNTOLD/')"
# A denial changes what it denies, whenever that was told; where one ends, what any took back is looked at again.
DENIABLE = Source(
    f"""(SELECT f.* FROM figures f SEMI JOIN (SELECT metric_code, best FROM {TOLD_CHANGED} WHERE polarity = 'DENIED') d
        ON d.metric_code = f.metric_code AND d.best IS NOT DISTINCT FROM f.best WHERE NOT {UNTOLD})""",
    "NULL",
    "''",
).select()
METRICS_OF, PART_OF = "split_part(block_id, '/', 1)", "split_part(block_id, '/', 2)"
ENDED_DENIALS = f"(SELECT {METRICS_OF} AS metrics FROM temp.changed_rows WHERE {PART_OF} = '{DENIED}')"
DENIED_BLOCKS = f"""
    SELECT DISTINCT {NEIGHBOURHOOD_OF} FROM tally_figures SEMI JOIN (SELECT unnest($figure_ids) AS figure_id) USING (figure_id)
    UNION
    SELECT DISTINCT {NEIGHBOURHOOD_OF} FROM (SELECT block_id, {METRICS_OF} AS metrics FROM tally_figures WHERE reason = 'WITHDRAWN')
    SEMI JOIN {ENDED_DENIALS} USING (metrics)
"""
HAS_DENIALS = f"""
    SELECT (SELECT count(*) FROM {TOLD_CHANGED} WHERE polarity = 'DENIED') + (SELECT count(*) FROM {ENDED_DENIALS}) > 0
"""
# The blocks that stand near: of neighbourhoods that are made anew, of those whose figures decide them, and of denials.
NEAR = pa.schema({"neighbourhood": pa.string(), "is_stale": pa.bool_()})
NEAR_BLOCKS = f"""
    CREATE OR REPLACE TEMP TABLE near_blocks AS SELECT block_id, since, is_stale FROM temp.current_blocks JOIN (
        FROM rows UNION BY NAME SELECT concat_ws('/', 'UNTOLD', version_id) AS neighbourhood, true AS is_stale FROM temp.changed
    ) n ON n.neighbourhood = {NEIGHBOURHOOD_OF}
"""
# What no rule needs to look at: its reasons are those of transforms.tallying.things.reason_out.
UNTOLD_ROWS = f"""
    SELECT figure_id, batch_id, {METRICS} AS block_id, CASE WHEN polarity <> 'ASSERTED' THEN 'POLARITY'
        WHEN is_anaphoric THEN 'ANAPHOR' WHEN converts_figure_id IS NOT NULL THEN 'CONVERSION' ELSE 'OTHER_METRIC' END AS reason
    FROM {{figures}} f WHERE {UNTOLD}
"""
TOLD_FIGURES = f"(FROM figures f WHERE NOT {UNTOLD})"
TOLD = Source(
    TOLD_FIGURES, "n.sentence_id", "coalesce(n.sites, '')", "LEFT JOIN temp.sentences n ON n.figure_id = f.figure_id",
    "listed.articles", clusters=OF_STORY,
)  # fmt: skip
CHANGED_INPUTS = "CREATE OR REPLACE TEMP TABLE changed_inputs AS " + (
    TOLD._replace(
        figures=TOLD_CHANGED,
        articles="(FROM listed.articles SEMI JOIN temp.changed USING (version_id, batch_id))",
        attributions="(FROM attributions SEMI JOIN temp.changed USING (batch_id))",
    ).select()
)
# What was taken of figures last: where another story or a correction came, there is more than one row.
TAKEN = """
    WITH t AS MATERIALIZED (FROM listed.tally_inputs {which})
    SELECT t.* EXCLUDE (path) FROM t JOIN files USING (path) SEMI JOIN (
        SELECT figure_id, max(since) AS since FROM t JOIN files USING (path) GROUP BY figure_id) USING (figure_id, since)
"""
NEAR_ROWS = f"""
    CREATE OR REPLACE TEMP TABLE near_rows AS
    SELECT figure_id FROM ({ROWS.format(table="tally_figures", blocks="temp.near_blocks")})
"""
NEAR_INPUTS = f"""
    FROM temp.changed_inputs UNION ALL
    SELECT {names(Said._fields)} FROM ({TAKEN.format(which="SEMI JOIN temp.near_rows USING (figure_id)")})
    ANTI JOIN temp.changed USING (version_id) ORDER BY block_id, figure_id
"""
MADE = f"""
    CREATE OR REPLACE TEMP TABLE made_{{table}} AS SELECT {{columns}} FROM (
        SELECT * REPLACE (CASE WHEN {IS_MONTH} THEN block_id ELSE concat_ws('/', block_id, left({{id}}, {DIGITS})) END AS block_id) FROM ({{told}}) UNION ALL BY NAME {{untold}})
"""
STANDING = "CREATE OR REPLACE TEMP TABLE standing_{table} AS {rows}"
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
    ((n_blocks, n_others),) = connection.execute(OUTDATED, [tally_version]).fetchall()
    if n_blocks:
        return bool(n_others)
    return connection.execute("SELECT 1 FROM figures LIMIT 1").fetchone() is not None  # an older Tally's


def is_corrected(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether people corrected figures, or took corrections back, since the lake's tallies were made."""
    ((found,),) = connection.execute(CORRECTED).fetchall()
    return bool(found)


@contextmanager
def without_collector() -> Iterator[None]:
    """Let Python look for no rings of objects meanwhile: figures and tallies make none, and looking at a million takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def write_tallies(
    connection: duckdb.DuckDBPyConnection, lake: Lake, run: Run, commit_id: str, *, is_whole: bool, has_moved: bool
) -> Iterator[DataFile | None]:
    """Tally what a commit touches and write it; the views show the commit's figures already.

    `is_whole` makes everything anew. Where figures have moved (a correction may move one anywhere) everything is tallied, and
    what differs written.
    """
    connection.execute(CURRENT_BLOCKS)
    is_all = is_whole or has_moved or connection.execute("SELECT 1 FROM temp.current_blocks LIMIT 1").fetchone() is None
    standing = "temp.current_blocks" if is_all else "temp.near_blocks WHERE is_stale"
    blocks = None if is_all else find_stale(connection, commit_id)
    tables, folder = load_tables(), lake.staging(run.run_id)
    inputs = stage_inputs(connection, folder) if is_all else "temp.changed_inputs"
    with without_collector():
        staged = stage(connection, folder, f"FROM {inputs}" if is_all else NEAR_INPUTS, blocks)
    for table, by in TABLES.items():
        told = " UNION ALL BY NAME ".join(staged[table])
        untold = UNTOLD_ROWS.format(figures="figures" if is_all else "temp.changed_figures")
        untold = untold if table == "tally_figures" else empty(tables[table])
        connection.execute(MADE.format(table=table, columns=typed(tables[table]), id=by, told=told, untold=untold))
        connection.execute(STANDING.format(table=table, rows=ROWS.format(table=table, blocks=standing)))
    changed = " UNION ".join((EITHER if is_whole else DIFFERENT).format(table=table) for table in TABLES)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changed_blocks AS {changed}")
    for table in TABLES:
        rows_of = f"SELECT * FROM temp.made_{table} SEMI JOIN temp.changed_blocks USING (block_id)"
        yield write_file(connection, lake, tables[table], run.run_id, rows_of)
    known = f" EXCEPT ({TAKEN.format(which='')})" if has_moved and not is_whole else ""
    yield write_file(connection, lake, tables[INPUTS], run.run_id, f"FROM {inputs}{known}")
    version = text(run.tally_version)
    yield write_file(connection, lake, tables["tally_blocks"], run.run_id, BLOCKS.format(version=version))


def stage_inputs(connection: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """Write what tallying takes of all figures, in its order, into a file of a folder; return the scan of it."""
    find_sentences(connection, TOLD_FIGURES, "")
    path = folder / f"{INPUTS}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({TOLD.select()}) TO {text(str(path))} (FORMAT parquet)")
    return parquet([str(path)])


def stage(
    connection: duckdb.DuckDBPyConnection, folder: Path, inputs: str, blocks: AbstractSet[str] | None
) -> dict[str, list[str]]:
    """Tally what a statement selects, all or some neighbourhoods of it, into files of a folder; return by table the SELECTs of the rows in them."""
    tables = load_tables()
    staged = {table: [empty(tables[table])] for table in TABLES}
    for number, saids in enumerate(read_by_metrics(connection, inputs)):
        for table, rows in zip(TABLES, tally(saids, rules(), blocks), strict=True):
            path = folder / table / f"{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(to_table(tables[table], rows), path)
            staged[table].append(f"SELECT * FROM {parquet([str(path)])}")
    return staged


def find_stale(connection: duckdb.DuckDBPyConnection, commit_id: str) -> AbstractSet[str]:
    """Return the neighbourhoods that a commit's figures, and those that it ends, may change; temp.near_blocks has all around them."""
    connection.execute(CHANGED, {"commit_id": commit_id})
    batch_ids = [
        batch_id for (batch_id,) in connection.execute("SELECT DISTINCT batch_id FROM temp.changed").fetchall()
    ]
    connection.execute(CHANGED_FIGURES.format(batch_ids=", ".join(map(text, batch_ids)) or "NULL"))
    connection.execute(EARLIER, {"commit_id": commit_id})
    connection.execute(CHANGED_ROWS)
    find_sentences(connection, TOLD_CHANGED, "SEMI JOIN temp.changed USING (version_id, batch_id)")
    connection.execute(CHANGED_INPUTS)
    touched = {
        (said.block_id, to_part(said, rules().family(said), rules()))
        for saids in read_by_metrics(connection, "FROM temp.changed_inputs")
        for said in saids
    }
    for (block,) in connection.execute(CHANGED_BLOCKS).fetchall():
        metrics, part = read_block(block)
        # What is told in the month after may be in it.
        touched |= {(metrics, part), (metrics, part + 1 if isinstance(part, int) else part)}
    stale = {(metrics, p) for metrics, part in touched for p in (decided(part) if isinstance(part, int) else (part,))}
    stale |= set(map(read_block, find_denied(connection)))
    # Again, a month's figures may stand in the month before.
    near = {
        (metrics, p)
        for metrics, part in stale
        for p in (DENIED, *((min(deciding(part)) - 1, *deciding(part)) if isinstance(part, int) else (part,)))
    }
    rows = [[name_block(*one) for one in near], [one in stale for one in near]]
    connection.register("rows", pa.table(rows, NEAR))
    connection.execute(NEAR_BLOCKS)
    connection.unregister("rows")
    connection.execute(NEAR_ROWS)
    return {name_block(*one) for one in stale}


def find_denied(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the neighbourhoods in which stands what a commit's denials take back, or what those that it ends may have."""
    if connection.execute(HAS_DENIALS).fetchall() == [(False,)]:
        return []
    saids = [said for some in read_by_metrics(connection, DENIABLE) for said in some]
    denials = sort_denials(said for said in saids if said.polarity == "DENIED")
    figure_ids = [said.figure_id for said in saids if is_taken_back(said, denials, rules())]
    return [block for (block,) in connection.execute(DENIED_BLOCKS, {"figure_ids": figure_ids}).fetchall()]


def find_sentences(connection: duckdb.DuckDBPyConnection, figures: str, which: str) -> None:
    """Make temp.sentences, of figures in those articles that a join names."""
    connection.execute("CREATE OR REPLACE TEMP TABLE sentences (figure_id VARCHAR, sentence_id VARCHAR, sites VARCHAR)")
    batch_ids: list[str] = []
    n_texts = 0
    for batch_id, n_articles in [*connection.execute(BATCHES.format(which=which)).fetchall(), (None, 0)]:
        if batch_ids and (batch_id is None or n_texts + n_articles > TEXTS_AT_ONCE):
            ids = ", ".join(map(text, batch_ids))
            connection.execute(SENTENCES.format(figures=figures, batch_ids=ids, **find_site_words()))
            batch_ids, n_texts = [], 0
        if batch_id is not None:
            batch_ids.append(batch_id)
            n_texts += n_articles
