"""What killed runs leave behind: staging, half-written files, files that no ledger row names."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from filelock import FileLock

from warehouse.ledger import open_file
from warehouse.views import filed_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.lake import Lake

_BUILD = re.compile(
    r"tally\.(?:\d{8}T\d{6}Z-[0-9a-f]+|mend|dismiss|review|correct)\.duckdb(?:\.wal)?"
)  # as open_build names them
KEPT = timedelta(days=2)  # longer than any run: what is younger may belong to one that still works


def sweep(lake: Lake, now: datetime) -> list[str]:
    """Delete what no run works on and no ledger row names, when older than two days at `now` (naive UTC).

    Returns the paths that went, relative to the lake. Raw documents stay: bytes once fetched are kept.
    """
    if not lake.root.is_dir():
        return []
    with FileLock(lake.lock_path):
        gone = [path for path in sorted(leftovers(lake)) if now - newest_change(path) > KEPT]
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return [path.relative_to(lake.root).as_posix() for path in gone]


def leftovers(lake: Lake) -> Iterator[Path]:
    """Find what may be swept, of whatever age."""
    yield from lake.root.glob("staging/*")
    yield from (path for path in lake.root.glob("tally.*") if _BUILD.fullmatch(path.name))
    yield from lake.root.glob("raw/*/*.tmp")
    if not lake.exists():
        return
    with open_file(lake) as connection:
        ((since,),) = connection.execute("SELECT min(committed_at) FROM commits").fetchall()
        listed = {lake.root / path for (path,) in connection.execute("SELECT path FROM files").fetchall()}
    # What is older than the ledger was told of in another: that one may come back, its files would not.
    for table in filed_tables():
        yield from (p for p in set(lake.root.glob(f"{table.name}/*")) - listed if since and newest_change(p) >= since)


def newest_change(path: Path) -> datetime:
    """Return when a file, or anything in a folder, was last changed, in naive UTC; now, where another run is at work on it."""
    try:
        seconds = max(found.stat().st_mtime for found in (path, *path.rglob("*")))
    except FileNotFoundError:
        return datetime.max  # noqa: DTZ901  naive UTC as all moments here
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
