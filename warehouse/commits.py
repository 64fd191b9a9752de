"""The one commit of a run: final files, ledger, views, swap. Held under the lock from reading the ledger to the swap."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from seeds.contracts import load_tables
from warehouse.builds import open_build
from warehouse.clusters import derive_clusters
from warehouse.files import DataFile, write_file
from warehouse.lake import LakeError, make_folder
from warehouse.quarantine import write_events
from warehouse.statements import empty, name, names, parquet, text, typed
from warehouse.supersession import end_readings
from warehouse.tallies import is_corrected, is_outdated, write_tallies
from warehouse.views import CURRENT, LISTED, filed_tables, make_listed, make_views, owner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from seeds.contracts import Table
    from warehouse.lake import Lake

HELD_BACK_TABLES = frozenset({"quarantine", "expectation_results"})  # all that a held-back batch commits
MEANWHILE = "read meanwhile by another run"
ID_DIGITS = 6  # of a commit_id, so that it sorts as text up to a million commits
TICK = timedelta(microseconds=1)  # the least step of a TIMESTAMP: no two commits share a moment
NO_TABLES: Mapping[str, pa.Table] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Run:
    """Who commits. `is_again`: versions that this reader_version has read already are read anew and supersede.

    `tally_version` names the rules of tallying: where they are others than those of the lake's tallies, all are made anew.
    """

    run_id: str
    reader_version: str
    started_at: datetime
    arguments: str = ""
    is_again: bool = False
    tally_version: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What validation said of a batch; a held-back one commits its inputs, quarantine and expectation results only."""

    batch_id: str
    feed_id: str
    is_held_back: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit did; no commit_id where there was nothing to commit, and the lake stayed as it was."""

    commit_id: str | None = None
    since: datetime | None = None
    n_rows: Mapping[str, int] = field(default_factory=dict)
    n_files: int = 0
    dropped_batch_ids: tuple[str, ...] = ()
    n_versions_dropped: int = 0
    complaints: tuple[str, ...] = ()  # about corrections that could not be followed


def commit(
    lake: Lake,
    run: Run,
    batches: Sequence[Batch],
    clock: Callable[[], datetime],
    references: Mapping[str, pa.Table] = NO_TABLES,
) -> Commit:
    """Commit what a run staged, over all tables at once, or nothing of it.

    `clock` gives naive UTC; `references` are the tables made from seeds. Waits for a run that is committing. Article
    versions (and whole batches) that another run has committed meanwhile under the same reader_version are dropped;
    where nothing new is left, the lake stays as it is. Raises LakeError where the disk holds something else than was
    written, ValueError where the inputs name a batch that was not handed in.
    """
    make_folder(lake.root)
    with FileLock(lake.lock_path), open_build(lake, run.run_id) as build:
        connection = build.connection
        kept, dropped, n_dropped = settle_inputs(connection, lake.staging(run.run_id), run, batches)
        is_old, has_moved = is_outdated(connection, run.tally_version), is_corrected(connection)
        if not (kept or is_old or has_moved or brings_news(connection) or has_fetched(lake, run)):
            return Commit(dropped_batch_ids=dropped, n_versions_dropped=n_dropped)
        files = [file for file in write_files(connection, lake, run, kept) if file]
        commit_id, since = next_commit(connection, clock())
        of_commit = {"run_id": run.run_id, "commit_id": commit_id, "since": since}
        list_batches(connection, of_commit, run, kept, files)
        list_files(connection, of_commit, files)
        for table, rows in references.items():
            write_reference(connection, load_tables()[table], rows)
        make_listed(connection, lake, LISTED)
        end_readings(connection, commit_id, since)
        make_listed(connection, lake, CURRENT)
        # The views show the figures of this commit now: what is tallied is what counts from here on.
        written = write_tallies(connection, lake, run, commit_id, is_whole=is_old, has_moved=has_moved)
        tallied = [file for file in written if file]
        list_files(connection, of_commit, tallied)
        for which in (LISTED, CURRENT):
            make_listed(connection, lake, which, [load_tables()[file.table_name] for file in tallied])
        files += tallied
        list_commit(connection, of_commit, run, files)
        write_events(connection, commit_id, since)
        compare_counts(connection)
        build.swap()
    return Commit(commit_id, since, count_rows(files), len(files), dropped, n_dropped)


def mend(lake: Lake) -> None:
    """Make the views anew: their paths are absolute, so a lake that was moved needs it."""
    with FileLock(lake.lock_path), open_build(lake, "mend") as build:
        make_views(build.connection, lake)
        compare_counts(build.connection)
        build.swap()


def settle_inputs(
    connection: duckdb.DuckDBPyConnection, staging: Path, run: Run, batches: Sequence[Batch]
) -> tuple[list[Batch], tuple[str, ...], int]:
    """Say which batches are still to be loaded; temp.run_inputs has the run's inputs, temp.taken the dropped versions."""
    inputs = load_tables()["inputs"]
    staged = staging / "inputs" / f"{run.run_id}.parquet"
    rows = f"SELECT {typed(inputs)} FROM {parquet([str(staged)])}" if staged.exists() else empty(inputs)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE run_inputs AS {rows}")
    strangers = connection.execute(
        "SELECT DISTINCT batch_id FROM temp.run_inputs WHERE batch_id IS NOT NULL AND NOT list_contains($ids, batch_id)",
        {"ids": [batch.batch_id for batch in batches]},
    ).fetchall()
    if strangers:
        message = f"inputs name batches that were not handed in: {', '.join(sorted(row[0] for row in strangers))}"
        raise ValueError(message)
    read = "SELECT version_id FROM listed.inputs JOIN batches USING (batch_id) WHERE reader_version = ?"
    known = read if not run.is_again else "SELECT ? WHERE false"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE taken AS SELECT DISTINCT version_id FROM temp.run_inputs WHERE batch_id IS NOT NULL "
        f"AND (version_id IN ({known}) OR batch_id IN (SELECT batch_id FROM batches))",
        [run.reader_version],
    )
    connection.execute(
        "UPDATE temp.run_inputs SET outcome = 'DUPLICATE', reason = ?, batch_id = NULL "
        "WHERE batch_id IS NOT NULL AND version_id IN (SELECT version_id FROM temp.taken)",
        [MEANWHILE],
    )
    left = {row[0] for row in connection.execute("SELECT DISTINCT batch_id FROM temp.run_inputs").fetchall()}
    n_taken = connection.execute("SELECT count(*) FROM temp.taken").fetchone()
    kept = [batch for batch in batches if batch.batch_id in left]
    dropped = tuple(sorted(batch.batch_id for batch in batches if batch.batch_id not in left))
    return kept, dropped, n_taken[0] if n_taken else 0


def brings_news(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether the run has seen an input that the lake does not know: another place, version or reason."""
    place = ("feed_id", "uri", "member", "line", "version_id")
    same = " AND ".join(f"r.{column} IS NOT DISTINCT FROM i.{column}" for column in place)
    row = connection.execute(
        f"SELECT count(*) FROM temp.run_inputs r ANTI JOIN listed.inputs i ON {same} "
        "AND (r.outcome <> 'REJECTED' OR r.reason IS NOT DISTINCT FROM i.reason)"
    ).fetchone()
    return bool(row and row[0])


def has_fetched(lake: Lake, run: Run) -> bool:
    """Tell whether the run has had answers over the network: when a feed was last asked is news, whatever it said."""
    staged = lake.staging(run.run_id) / "fetches" / f"{run.run_id}.parquet"
    return (
        staged.exists()
        and pq.read_table(staged, columns=["status"]).column("status").null_count < pq.read_metadata(staged).num_rows
    )


def write_files(
    connection: duckdb.DuckDBPyConnection, lake: Lake, run: Run, kept: Sequence[Batch]
) -> Iterator[DataFile | None]:
    """Write the final files of a run; a file that no swap ever lists is housekeeping's."""
    staging = lake.staging(run.run_id)
    for table in filed_tables():
        if table.scope == "derived":
            continue
        if table.scope == "run":
            staged = staging / table.name / f"{run.run_id}.parquet"
            if staged.exists():
                yield write_file(connection, lake, table, run.run_id, run_rows(table, staged, kept))
            continue
        for batch in kept if table.scope == "batch" else ():
            staged = staging / "passed" / table.name / f"{batch.batch_id}.parquet"
            if staged.exists() and (not batch.is_held_back or table.name in HELD_BACK_TABLES):
                yield write_file(connection, lake, table, batch.batch_id, batch_rows(table, staged))
    yield from write_derived(connection, lake, run, [batch.batch_id for batch in kept if not batch.is_held_back])


def write_derived(
    connection: duckdb.DuckDBPyConnection, lake: Lake, run: Run, batch_ids: Sequence[str]
) -> Iterator[DataFile | None]:
    """Write the signatures of the articles that a run brings, and the clusters that these change."""
    tables, staging = load_tables(), lake.staging(run.run_id)
    articles = [batch_rows(tables["articles"], staging / "passed" / "articles" / f"{id_}.parquet") for id_ in batch_ids]
    if not articles:
        return
    passed = " UNION ALL BY NAME ".join(articles)
    shards = [
        str(path) for id_ in batch_ids for path in sorted((staging / "article_signatures" / id_).glob("*.parquet"))
    ]
    signed = f"SELECT * FROM {parquet(shards)}" if shards else empty(tables["article_signatures"])
    signatures = f"FROM ({signed}) SEMI JOIN ({passed}) USING (version_id, batch_id)"
    yield write_file(connection, lake, tables["article_signatures"], run.run_id, signatures)
    clusters = derive_clusters(connection, passed, signatures)
    yield write_file(connection, lake, tables["article_clusters"], run.run_id, clusters)


def run_rows(table: Table, staged: Path, kept: Sequence[Batch]) -> str:
    """Write the SELECT of a run's own rows: what names no run is known by its content, and listed once."""
    if table.name == "inputs":
        return "SELECT * FROM temp.run_inputs"
    ids = ", ".join(text(batch.batch_id) for batch in kept) or "NULL"
    rows = (
        f"SELECT * REPLACE (CASE WHEN batch_id IN ({ids}) THEN batch_id END AS batch_id) FROM {parquet([str(staged)])}"
    )
    if "run_id" in table.columns:
        return rows
    key = names(table.key)
    return f"SELECT * FROM ({rows}) ANTI JOIN listed.{name(table.name)} USING ({key})"


def batch_rows(table: Table, staged: Path) -> str:
    """Write the SELECT of a batch's rows in a table, without those of versions that another run committed meanwhile."""
    rows = f"SELECT * FROM {parquet([str(staged)])}"
    if "version_id" in table.columns:
        return f"{rows} WHERE version_id IS NULL OR version_id NOT IN (SELECT version_id FROM temp.taken)"
    found = owner(table)
    if found is None:
        return rows
    column, target = found
    owners = staged.parent.parent / target / staged.name
    return (
        f"{rows} WHERE {name(column)} NOT IN (SELECT {name(column)} FROM {parquet([str(owners)])} "
        "WHERE version_id IN (SELECT version_id FROM temp.taken))"
    )


def next_commit(connection: duckdb.DuckDBPyConnection, now: datetime) -> tuple[str, datetime]:
    """Return the next commit's id and moment, both after every one before it, whatever the clock says."""
    last = connection.execute("SELECT max(commit_id), max(committed_at) FROM commits").fetchone()
    if last is None or last[0] is None:
        return f"{1:0{ID_DIGITS}d}", now
    return f"{int(last[0]) + 1:0{ID_DIGITS}d}", max(now, last[1] + TICK)


def list_batches(
    connection: duckdb.DuckDBPyConnection,
    of_commit: Mapping[str, object],
    run: Run,
    kept: Sequence[Batch],
    files: Sequence[DataFile],
) -> None:
    """Write a commit's batches into the ledger."""
    n_versions = dict(
        connection.execute(
            "SELECT batch_id, count(DISTINCT version_id) FROM temp.run_inputs GROUP BY batch_id"
        ).fetchall()
    )
    n_rows = Counter[str | None]()
    for file in files:
        n_rows[file.batch_id] += file.n_rows
    batches = [
        {
            **of_commit,
            "batch_id": batch.batch_id,
            "feed_id": batch.feed_id,
            "reader_version": run.reader_version,
            "status": "HELD_BACK" if batch.is_held_back else "LOADED",
            "reason": batch.reason,
            "n_versions": n_versions[batch.batch_id],
            "n_rows": n_rows[batch.batch_id],
        }
        for batch in kept
    ]
    insert(connection, "batches", batches)


def list_files(
    connection: duckdb.DuckDBPyConnection, of_commit: Mapping[str, object], files: Sequence[DataFile]
) -> None:
    """Write files of a commit into the ledger."""
    insert(connection, "files", [{**of_commit, **asdict(file)} for file in files])


def list_commit(
    connection: duckdb.DuckDBPyConnection, of_commit: Mapping[str, object], run: Run, files: Sequence[DataFile]
) -> None:
    """Write a commit and its run into the ledger."""
    who = {"reader_version": run.reader_version, "started_at": run.started_at, "arguments": run.arguments}
    insert(connection, "runs", [{"run_id": run.run_id, **who}])
    counts = {"n_files": len(files), "n_rows": sum(file.n_rows for file in files)}
    commit_id, run_id, since = (of_commit[column] for column in ("commit_id", "run_id", "since"))
    insert(connection, "commits", [{"commit_id": commit_id, "run_id": run_id, "committed_at": since, **counts}])


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows into a table of the ledger; columns left out are null."""
    if rows:
        connection.register("rows", pa.Table.from_pylist(rows))
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows")
        connection.unregister("rows")


def write_reference(connection: duckdb.DuckDBPyConnection, table: Table, rows: pa.Table) -> None:
    """Replace a table that is made from seeds."""
    connection.execute(f"DELETE FROM {name(table.name)}")
    connection.register("rows", rows)
    connection.execute(f"INSERT INTO {name(table.name)} BY NAME SELECT {typed(table)} FROM rows")
    connection.unregister("rows")


def compare_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise LakeError where a table's views do not show as many rows as the ledger lists."""
    for table in filed_tables():
        shown = connection.execute(
            f"SELECT (SELECT count(*) FROM listed.{name(table.name)}), "
            "(SELECT coalesce(sum(n_rows), 0) FROM files WHERE table_name = ?)",
            [table.name],
        ).fetchone()
        if shown is None or shown[0] != shown[1]:
            message = f"{table.name}: views and ledger count {shown}: nothing was committed"
            raise LakeError(message)


def count_rows(files: Sequence[DataFile]) -> dict[str, int]:
    """Return how many rows a commit brought to each table."""
    return {table.name: sum(f.n_rows for f in files if f.table_name == table.name) for table in filed_tables()}
