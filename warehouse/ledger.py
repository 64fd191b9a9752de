"""The ledger: which runs, commits, batches and files count. Read from a file that nobody else's .wal can colour."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from seeds.contracts import load_tables
from warehouse.lake import Lake, LakeError, wal
from warehouse.statements import name, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime


@contextmanager
def open_file(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open tally.duckdb read-only.

    A .wal beside it belongs to a client that opened it for writing: DuckDB would replay it; and while that client has
    it open, its lock shuts others out. Then a copy is read, which has neither. Raises LakeError when there is no lake or
    it is damaged.
    """
    lake.must_exist()
    # An instance of its own: one that duckdb.connect(path) shares with whoever holds the file open in this process would
    # show the commit of that day, under settings that someone else has locked.
    connection = duckdb.connect()
    with tempfile.TemporaryDirectory(prefix="tally-") as folder:
        try:
            attach(connection, lake.database, Path(folder))
            yield connection
        finally:
            # A call that did not notice its interrupt keeps its connection until it ends by itself.
            with suppress(duckdb.Error):
                connection.close()


def attach(connection: duckdb.DuckDBPyConnection, database: Path, folder: Path) -> None:
    """Attach a database as `tally`, or its copy in a folder where a client writes in it; raises LakeError."""
    use = "ATTACH {} AS tally (READ_ONLY); USE tally"
    try:
        if not wal(database).exists():
            with suppress(duckdb.IOException):
                connection.execute(use.format(text(str(database))))
                return
        copy = shutil.copyfile(database, folder / database.name)
        connection.execute(use.format(text(str(copy))))
    except duckdb.Error as error:
        message = f"{database} does not open: {str(error).splitlines()[0]}"
        raise LakeError(message) from error


def make_ledger(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the ledger's and the reference tables, empty, and the columns that a newer contract has, null."""
    standing: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'main'"
    ).fetchall():
        standing.setdefault(table, set()).add(column)
    for contract in load_tables().values():
        if contract.scope not in {"ledger", "seed"}:
            continue
        columns = {column: f"{name(column)} {c.type}" for column, c in contract.columns.items()}
        if contract.name not in standing:
            connection.execute(f"CREATE TABLE {name(contract.name)} ({', '.join(columns.values())})")
            continue
        for column in columns.keys() - standing[contract.name]:
            connection.execute(f"ALTER TABLE {name(contract.name)} ADD COLUMN {columns[column]}")


KNOWN_VERSIONS = """
    SELECT i.version_id, max_by(CASE WHEN a.reading_status = 'ERROR' THEN 'ERROR' ELSE b.status END, b.since) AS status
    FROM listed.inputs i JOIN batches b USING (batch_id) LEFT JOIN listed.articles a USING (batch_id, version_id)
    WHERE b.reader_version = ? GROUP BY i.version_id
"""


N_REMEMBERED = 180  # batches of a feed: half a year of a daily one
REPLAY = "quarantine replay"  # the arguments of a run that reads articles in quarantine again: a part of no usual batch
MEASURED = """
    SELECT b.feed_id, e.expectation_id, CAST(b.since AS DATE), e.measured
    FROM listed.expectation_results e JOIN batches b USING (batch_id) JOIN runs r USING (run_id)
    WHERE e.measured IS NOT NULL AND r.arguments IS DISTINCT FROM ? AND list_contains(?, b.feed_id)
    QUALIFY row_number() OVER (PARTITION BY b.feed_id, e.expectation_id ORDER BY b.since DESC) <= ?
    ORDER BY b.since
"""


def read_versions(lake: Lake, reader_version: str) -> dict[str, str]:
    """Return which article versions this reader_version has read, each LOADED, HELD_BACK or ERROR; nothing of a fresh lake."""
    if not lake.exists():
        return {}
    with open_file(lake) as connection:
        return dict(connection.execute(KNOWN_VERSIONS, [reader_version]).fetchall())


def known_documents(lake: Lake) -> set[str]:
    """Return the ids of the documents whose rows are listed."""
    if not lake.exists():
        return set()
    with open_file(lake) as connection:
        return {row[0] for row in connection.execute("SELECT document_id FROM listed.documents").fetchall()}


def measured_before(lake: Lake, feed_ids: Collection[str]) -> dict[tuple[str, str], list[tuple[date, str]]]:
    """Return by (feed, expectation) what its last batches gave of what is watched to be usual: day of the run, JSON."""
    if not lake.exists():
        return {}
    found: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
    with open_file(lake) as connection:
        for feed_id, expectation_id, day, measured in connection.execute(
            MEASURED, [REPLAY, sorted(feed_ids), N_REMEMBERED]
        ).fetchall():
            found[feed_id, expectation_id].append((day, measured))
    return found


LATER = "later"  # with this the reason begins of what the next run tries again


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the lake knows of an address: when it last answered with a document, and how."""

    fetched_at: datetime
    url: str  # where redirects led
    media_type: str | None
    etag: str | None
    last_modified: str | None
    document_id: str
    is_read: bool  # by the reader_version asked about, and nothing that it leads to was left for later


# What only leads to others (an index of sitemaps) has neither an article nor a line of its own in the books: it is read
# again as long as something of its feed is left for later.
_FETCHED = f"""
    WITH i AS (SELECT *, coalesce(starts_with(reason, '{LATER}'), false) AS is_later FROM listed.inputs),
    later AS (SELECT run_id, feed_id, list(DISTINCT uri) AS uris FROM i WHERE is_later GROUP BY ALL),
    done AS (SELECT run_id, feed_id, uri FROM i WHERE version_id IS NOT NULL OR member IS NULL
        UNION SELECT run_id, feed_id, member FROM i)
    SELECT f.uri, unnest(max_by(struct_pack(f.fetched_at, f.url, f.media_type, f.etag, f.last_modified, f.document_id,
        is_read := r.reader_version = ?
            AND (l.uris IS NULL OR (d.uri IS NOT NULL AND NOT list_contains(l.uris, f.uri)))), f.fetched_at))
    FROM listed.fetches f JOIN runs r USING (run_id)
    LEFT JOIN later l USING (run_id, feed_id)
    LEFT JOIN done d ON d.run_id = f.run_id AND d.feed_id = f.feed_id AND d.uri = f.uri
    WHERE f.document_id IS NOT NULL AND f.status IS NOT NULL GROUP BY f.uri
"""


def read_fetched(lake: Lake, reader_version: str) -> dict[str, Fetched]:
    """Return what is known of each address that ever answered with a document; nothing of a fresh lake."""
    if not lake.exists():
        return {}
    with open_file(lake) as connection:
        rows = connection.execute(_FETCHED, [reader_version]).fetchall()
    return {uri: Fetched(*row) for uri, *row in rows}


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the lake knows of a feed."""

    asked_at: datetime | None  # the last time
    succeeded_at: datetime | None  # the last time that what it names answered
    n_articles: int  # new ones, the last time
    n_errors: int  # of that time: documents that did not come
    n_later: int  # of that time: pages left for the next run
    error: str | None  # one of them, the feed's own first


_FEEDS = """
    WITH last AS (SELECT feed_id, max_by(run_id, fetched_at) AS run_id FROM listed.fetches GROUP BY feed_id)
    SELECT f.feed_id, max(f.fetched_at),
        max(f.fetched_at) FILTER (f.error IS NULL AND (f.status IS NULL OR f.uri IN (SELECT unnest(?)))),
        (SELECT count(*) FROM listed.inputs i
         WHERE i.feed_id = f.feed_id AND i.run_id = any_value(l.run_id) AND i.outcome = 'ARTICLE'),
        count(*) FILTER (f.error IS NOT NULL AND f.run_id = l.run_id),
        (SELECT count(*) FROM listed.inputs i
         WHERE i.feed_id = f.feed_id AND i.run_id = any_value(l.run_id) AND starts_with(i.reason, ?)),
        min_by(f.error, (f.uri NOT IN (SELECT unnest(?)), f.uri)) FILTER (f.error IS NOT NULL AND f.run_id = l.run_id)
    FROM listed.fetches f JOIN last l USING (feed_id) GROUP BY f.feed_id
"""


def read_feeds(lake: Lake, uris: Sequence[str]) -> dict[str, FeedState]:
    """Return what is known of each feed that was ever asked; `uris` are the addresses that feeds themselves have."""
    if not lake.exists():
        return {}
    with open_file(lake) as connection:
        rows = connection.execute(_FEEDS, [list(uris), LATER, list(uris)]).fetchall()
    return {feed_id: FeedState(*row) for feed_id, *row in rows}


def list_files(lake: Lake, table: str) -> list[Path]:
    """Return the data files of a table that count now, for engines that read Parquet themselves.

    Raises LakeError when the lake has no such table.
    """
    tables = {t.name for t in load_tables().values() if t.scope in {"batch", "run", "derived"}}
    if table not in tables:
        message = f"no files of a table {table!r}: there are {', '.join(sorted(tables))}"
        raise LakeError(message)
    with open_file(lake) as connection:
        found = connection.execute(
            "SELECT path FROM files WHERE table_name = ? AND until IS NULL ORDER BY path", [table]
        ).fetchall()
    return [lake.listed(path) for (path,) in found]
