"""Where things lie in a lake, and how a file gets there for good: temporary name, fsync, rename, fsync of the folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

READ_ONLY = 0o444  # mode of a file that is never edited again


class LakeError(Exception):
    """There is no lake where one was asked for, or its ledger cannot be read; the message is one line for people."""


@dataclass(frozen=True, slots=True)
class Lake:
    """The paths of one lake. Making one touches nothing.

    >>> from pathlib import Path
    >>> Lake(Path("lake")).raw("ab12").as_posix()
    'lake/raw/ab/ab12.zst'
    """

    root: Path

    @property
    def database(self) -> Path:
        """The ledger and the views, swapped whole."""
        return self.root / "tally.duckdb"

    @property
    def lock_path(self) -> Path:
        """The file that a committer locks."""
        return self.root / "tally.lock"

    def exists(self) -> bool:
        """Tell whether anything was ever committed here."""
        return self.database.is_file()

    def must_exist(self) -> None:
        """Raise LakeError where nothing was ever committed."""
        if not self.exists():
            message = f"no lake at {self.root}: `tally run` makes one"
            raise LakeError(message)

    def staging(self, run_id: str) -> Path:
        """Return the folder in which a run works; no view ever reads it."""
        return self.root / "staging" / run_id

    def raw(self, document_id: str) -> Path:
        """Return where the bytes of a document lie, by their sha256."""
        return self.root / "raw" / document_id[:2] / f"{document_id}.zst"

    def file(self, table: str, name: str) -> Path:
        """Return the data file of a batch (or run) in a table."""
        return self.root / table / f"{name}.parquet"

    def listed(self, path: str) -> Path:
        """Return the absolute place of a path as the ledger keeps it."""
        return self.root.resolve() / path


def wal(path: Path) -> Path:
    """Return where DuckDB keeps the log of what is not yet in a database file."""
    return path.with_name(f"{path.name}.wal")


def fsync_file(path: Path) -> None:
    """Wait until the file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(path: Path) -> None:
    """Wait until the folder's names are on the disk: without it a rename may be lost with the power."""
    fsync_file(path)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each with its name on the disk."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        fsync_folder(path.parent)


def settle(temporary: Path, final: Path) -> None:
    """Give a finished file its name, so that it is there whole or not at all."""
    temporary.chmod(READ_ONLY)
    fsync_file(temporary)
    os.replace(temporary, final)  # noqa: PTH105 - the call that the kill bench wraps; Path.replace hides it
    fsync_folder(final.parent)
