"""The next tally.duckdb: a copy under a new name, changed there, and swapped in whole; the swap is the commit."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from warehouse.lake import LakeError, settle, wal
from warehouse.ledger import make_ledger
from warehouse.statements import text
from warehouse.views import has_old_views, make_views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.lake import Lake

# Files written so open in DuckDB 1.2 and later; the default of 2.0 opens in nothing older (benchmarks/compat.py).
STORAGE_VERSION = "v1.2.0"
WRITABLE = 0o644


def discard(path: Path) -> None:
    """Delete a database file and its log; a log left behind would be replayed into the next file of that name."""
    wal(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


class Build:
    """The next tally.duckdb: `connection` has it attached as the database `tally`."""

    def __init__(self, lake: Lake, label: str) -> None:
        self.lake = lake
        self.path = lake.root / f"tally.{label}.duckdb"
        discard(self.path)
        if lake.exists():
            shutil.copyfile(lake.database, self.path)
            self.path.chmod(WRITABLE)
        self.connection = duckdb.connect()
        try:
            self.connection.execute(
                "SET parquet_metadata_cache = true"
            )  # no file changes, and a commit opens each often
            self.connection.execute(f"ATTACH {text(str(self.path))} AS tally (STORAGE_VERSION {text(STORAGE_VERSION)})")
            self.connection.execute("USE tally")
            self.connection.execute("BEGIN")  # one transaction: some hundred COMMENTs, each with an fsync, took 2 s
            make_ledger(self.connection)
            if has_old_views(self.connection):
                make_views(self.connection, lake)
        except duckdb.Error as error:
            self.close()
            message = f"{lake.database} cannot be built on: {str(error).splitlines()[0]}"
            raise LakeError(message) from error

    def swap(self) -> None:
        """Make this the lake's tally.duckdb. Before the rename nothing has happened; after it, everything has."""
        self.connection.execute("COMMIT")
        self.connection.execute("CHECKPOINT tally")
        self.connection.close()
        if wal(self.path).exists():
            message = f"{wal(self.path)} is left after a checkpoint: nothing was committed"
            raise LakeError(message)
        wal(self.lake.database).unlink(missing_ok=True)  # a client's, who wrote where nobody may write
        settle(self.path, self.lake.database)

    def close(self) -> None:
        """Let go of the file, and of what was built if it was not swapped in."""
        self.connection.close()
        discard(self.path)


@contextmanager
def open_build(lake: Lake, label: str) -> Iterator[Build]:
    """Open the next tally.duckdb under a name of its own; what is not swapped in is discarded. Hold the lock around it."""
    build = Build(lake, label)
    try:
        yield build
    finally:
        build.close()
