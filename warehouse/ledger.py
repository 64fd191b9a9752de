"""The ledger: which runs, commits, batches and files count. Read from a file that nobody else's .wal can colour."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from seeds.contracts import load_tables
from warehouse.lake import Lake, LakeError, wal
from warehouse.statements import name, text

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def open_file(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open tally.duckdb read-only.

    A .wal beside it belongs to a client that opened it for writing: DuckDB would replay it; and while that client has
    it open, its lock shuts others out. Then a copy is read, which has neither. Raises LakeError when there is no lake or
    it is damaged.
    """
    if not lake.exists():
        message = f"no lake at {lake.root}: `tally run` makes one"
        raise LakeError(message)
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


def last_run_id(lake: Lake) -> str | None:
    """Return the run of the last commit, or None in a fresh lake."""
    if not lake.exists():
        return None
    with open_file(lake) as connection:
        row = connection.execute("SELECT run_id FROM commits ORDER BY commit_id DESC LIMIT 1").fetchone()
    return row[0] if row else None
