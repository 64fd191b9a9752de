"""Laws of a lake that others touch: clients that write, builds that were killed, runs that commit at once, what they leave."""

from __future__ import annotations

import multiprocessing
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from benchmarks.lakes import START, Page, stage
from tests.lakes import BRIDGE, MARKET, ask, contents, load, ticking
from warehouse.commits import Run, commit
from warehouse.housekeeping import newest_change, sweep
from warehouse.lake import Lake, make_folder, wal
from warehouse.ledger import list_files, read_versions

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 60  # seconds: a process that waits longer for another has lost it


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def leave_wal(path: Path, statement: str) -> None:
    """Leave the .wal of a client that wrote into a database and was killed."""
    path.chmod(0o644)
    process = multiprocessing.get_context("spawn").Process(target=write_and_die, args=(str(path), statement))
    process.start()
    process.join()
    assert wal(path).exists()


def write_and_die(path: str, statement: str) -> None:
    connection = duckdb.connect(path)
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute(statement)
    os._exit(9)


FOREIGN = (  # a table, a row, rows gone, a view gone
    "CREATE TABLE foreign_table AS SELECT 1 AS a",
    "INSERT INTO batches SELECT * REPLACE ('x' AS batch_id) FROM batches",
    "DELETE FROM files",
    "DROP VIEW figures",
)


@pytest.mark.parametrize("statement", FOREIGN)
def test_a_clients_wal_beside_the_lake_colours_nothing(lake: Lake, statement: str) -> None:
    """A client that wrote into tally.duckdb leaves a .wal: neither readers nor the next commit see what is in it."""
    load(lake, "run-1", BRIDGE)
    before = contents(lake)
    leave_wal(lake.database, statement)
    assert read_versions(lake, "reader-1") == {BRIDGE.version_id: "LOADED"}
    assert len(list_files(lake, "figures")) == 1
    load(lake, "run-2", MARKET, hour=1)
    assert not wal(lake.database).exists()
    assert ask(lake, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'foreign_table'") == [(0,)]
    assert ask(lake, "SELECT count(*) FROM batches") == [(2,)]
    assert set(before["figures"]) < set(contents(lake)["figures"])


def hold_open(path: str, statement: str, opened: object, done: object) -> None:
    connection = duckdb.connect(path)
    connection.execute(statement)
    opened.set()  # type: ignore[attr-defined]
    done.wait(PATIENCE)  # type: ignore[attr-defined]


@pytest.mark.parametrize("statement", ["SELECT 1", FOREIGN[0]])
def test_a_client_that_writes_shuts_nobody_out(lake: Lake, statement: str) -> None:
    """While a client has tally.duckdb open for writing, runs read the ledger and commit; what it wrote is gone."""
    load(lake, "run-1", BRIDGE)
    lake.database.chmod(0o644)
    context = multiprocessing.get_context("spawn")
    opened, done = context.Event(), context.Event()
    client = context.Process(target=hold_open, args=(str(lake.database), statement, opened, done))
    client.start()
    assert opened.wait(PATIENCE)
    assert read_versions(lake, "reader-1") == {BRIDGE.version_id: "LOADED"}
    assert load(lake, "run-2", MARKET, hour=1).commit_id == "000002"
    done.set()
    client.join()
    assert ask(lake, "SELECT count(*) FROM figures") == [(3,)]
    assert ask(lake, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'foreign_table'") == [(0,)]


def test_a_killed_builds_wal_is_not_replayed(lake: Lake) -> None:
    """A build that was killed leaves tally.RUN.duckdb and its .wal: the same run started again commits once."""
    load(lake, "run-1", BRIDGE)
    dead = lake.root / "tally.run-2.duckdb"
    dead.write_bytes(lake.database.read_bytes())
    leave_wal(dead, "INSERT INTO commits VALUES ('000009', 'run-2', TIMESTAMP '2026-03-01', 1, 1)")
    load(lake, "run-2", MARKET, hour=1)
    assert ask(lake, "SELECT commit_id, run_id FROM commits ORDER BY ALL") == [("000001", "run-1"), ("000002", "run-2")]


def test_a_wal_alone_is_not_replayed_into_a_first_commit(lake: Lake) -> None:
    """A .wal where no tally.duckdb is (the file was deleted) goes before the first swap."""
    other = Lake(lake.root.with_name("other"))
    load(other, "run-1", BRIDGE)
    leave_wal(other.database, FOREIGN[0])
    lake.root.mkdir()
    wal(other.database).rename(wal(lake.database))
    load(lake, "run-1", BRIDGE)
    assert ask(lake, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'foreign_table'") == [(0,)]
    assert ask(lake, "SELECT count(*) FROM figures") == [(2,)]


def test_a_batch_that_another_run_committed_is_dropped(lake: Lake) -> None:
    """Two runs read the same before either committed: the second drops it, and no row is doubled."""
    runs = [Run(name, "reader-1", START) for name in ("run-1", "run-2")]
    staged = [stage(lake, run, [BRIDGE, MARKET]) for run in runs]
    clock = ticking()
    commit(lake, runs[0], staged[0], clock)
    before = lake.database.read_bytes()
    second = commit(lake, runs[1], staged[1], clock)
    assert second.commit_id is None
    assert second.dropped_batch_ids == (staged[0][0].batch_id,)
    assert second.n_versions_dropped == 2
    assert lake.database.read_bytes() == before


def test_versions_that_another_run_committed_are_dropped(lake: Lake) -> None:
    """Two runs whose inputs overlap: the second commits what the first had not, and its books still balance."""
    runs = [Run(name, "reader-1", START) for name in ("run-1", "run-2")]
    staged = [stage(lake, runs[0], [BRIDGE]), stage(lake, runs[1], [BRIDGE, MARKET])]
    clock = ticking()
    commit(lake, runs[0], staged[0], clock)
    second = commit(lake, runs[1], staged[1], clock)
    assert second.n_versions_dropped == 1
    assert second.n_rows["attributions"] == second.n_rows["figures"] == 1
    assert ask(lake, "SELECT best FROM figures_history ORDER BY best") == [(3.0,), (12.0,), (40.0,)]
    assert ask(lake, "SELECT count(*), count(DISTINCT document_id) FROM documents") == [(2, 2)]
    assert ask(lake, "SELECT n_inputs, n_articles, n_duplicates, is_balanced FROM books WHERE run_id = 'run-2'") == [
        (2, 1, 1, True)
    ]


def commit_pages(root: Path, name: str, numbers: list[int], barrier: object) -> None:
    """Commit one page a run, over and over, in a process of its own."""
    lake = Lake(root)
    for number in numbers:
        run = Run(f"{name}-{number}", "reader-1", START)
        batches = stage(lake, run, [Page(f"https://example.org/{number}", (number,))])
        barrier.wait(PATIENCE)  # type: ignore[attr-defined]
        commit(lake, run, batches, lambda: START)


def test_two_committers_lose_and_double_nothing(lake: Lake) -> None:
    """Two processes that commit at once, partly the same pages: every page counts once, every commit has its place."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    work = {"a": [1, 2, 3, 4, 5], "b": [1, 12, 3, 14, 5]}
    processes = [
        context.Process(target=commit_pages, args=(lake.root, name, numbers, barrier)) for name, numbers in work.items()
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    expected = sorted({*work["a"], *work["b"]})
    assert ask(lake, "SELECT best FROM figures_history ORDER BY best") == [(float(number),) for number in expected]
    assert ask(lake, "SELECT commit_id FROM commits ORDER BY committed_at") == [(f"{i + 1:06d}",) for i in range(7)]


def test_two_committers_need_the_lock(lake: Lake) -> None:
    """While another process holds the lock, a commit waits."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - the lock's own names belong to this test

    lake.root.mkdir()
    held: list[bool] = []

    def clock() -> datetime:
        with pytest.raises(Timeout):
            FileLock(lake.lock_path, timeout=0, is_singleton=False).acquire()
        held.append(True)
        return START

    run = Run("run-1", "reader-1", START)
    commit(lake, run, stage(lake, run, [BRIDGE]), clock)
    assert held == [True]


def test_housekeeping_takes_only_what_is_old_and_unlisted(lake: Lake) -> None:
    """Staging, half-written and unlisted files go after two days; listed files, raw documents and the young stay."""
    load(lake, "run-1", BRIDGE)
    listed = contents(lake)
    strays = [
        "figures/stray.parquet",
        "articles/x.parquet.tmp",
        "tally.mend.duckdb",
        "tally.20260102T030405Z-a1b2c3.duckdb.wal",
    ]
    for stray in strays:
        (lake.root / stray).write_bytes(b"left")
    make_folder(lake.raw("ab" * 32).parent)
    lake.raw("ab" * 32).write_bytes(b"kept")
    now = newest_change(lake.root / strays[0])
    assert sweep(lake, now + timedelta(days=1, hours=23)) == []
    assert sweep(lake, now + timedelta(days=2, hours=1)) == sorted([*strays, "staging/run-1"])
    assert contents(lake) == listed
    assert lake.raw("ab" * 32).read_bytes() == b"kept"


def test_housekeeping_leaves_what_others_made(lake: Lake) -> None:
    """A person's copy of the ledger stays, and so do data files older than the ledger, whose own ledger may come back."""
    load(lake, "run-1", BRIDGE)
    copy = lake.root / "tally.backup.duckdb"
    copy.write_bytes(lake.database.read_bytes())
    (path,) = list_files(lake, "figures")
    for each in lake.root.glob("*/*.parquet"):
        os.utime(each, (0, 0))
    lake.database.unlink()
    load(lake, "run-2", MARKET)
    swept = sweep(lake, newest_change(copy) + timedelta(days=3))
    assert {each.partition("/")[0] for each in swept} == {"staging"}
    assert copy.exists()
    assert path.exists()
