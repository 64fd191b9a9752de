"""What a run leaves when it is killed, and whether the same command brings the lake where it would have come anyway.

    python -m benchmarks.kill [--kills 20] [--steps 1]

First SIGKILL at moments drawn between the first staged file and the end of `tally run`; then one at each fsync,
os.replace and ledger statement of the commit (every --steps-th of them). Each time it prints what lay in the lake,
runs once more, and compares all tables with those of a run that nobody disturbed. Exit code 1 if any differ, or if a
server or worker lives on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow.parquet as pq

from flows import load
from flows.checking import to_faults
from flows.plan import make_plan
from flows.tally import run_steps
from flows.versions import read_reader_version, read_tally_version
from seeds.contracts import load_tables
from warehouse.commits import commit
from warehouse.lake import Lake
from warehouse.ledger import list_files, open_file

if TYPE_CHECKING:
    from collections.abc import Callable

KILLS = 20
SEED = 7
N_KNOWN, N_STORIES = 200, 600  # articles of the earlier run, and of the one that is killed: it lasts some seconds
N_FEW = 6  # where every step of the commit is tried, the commit is what takes time
END_SECONDS = 10  # in which the processes of a killed run must be gone
POLL_SECONDS = 0.01
LABEL_LENGTH = 30  # characters of a statement after its verb that name it
WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "CHECKPOINT", "ATTACH", "CREATE OR REPLACE TABLE", "CREATE TABLE")


def write_feed(path: Path, n: int) -> Path:
    """Write invented articles, the same ones each time."""
    stories = (
        {
            "url": f"https://example.org/port/{i}",
            "title": f"Night {i} in the port",
            "published": f"2026-02-{i % 28 + 1:02}",
            "text": f"The governor said {i % 17 + 2} people were killed and at least {i % 40 + 3} wounded on Monday. "
            f"Air defences shot down {i % 60 + 4} drones over the port, the air force said. " * 3,
        }
        for i in range(n)
    )
    path.write_text("\n".join(map(json.dumps, stories)), "utf-8")
    return path


def tables_of(lake: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all rows that count now, by table; run ids and clock times, which differ between runs, left out."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for name, table in load_tables().items():
        if table.scope not in {"batch", "run"}:
            continue
        rows = [row for path in list_files(Lake(lake), name) for row in pq.read_table(path).to_pylist()]
        for row in rows:
            row.pop("run_id", None)
            row.pop("fetched_at", None)
        tables[name] = sorted(rows, key=repr)
    with open_file(Lake(lake)) as connection:
        for name in (name for name, table in load_tables().items() if table.scope == "derived"):
            tables[name] = connection.sql(f"FROM {name} ORDER BY ALL").to_arrow_table().to_pylist()
        for name in ("figures", "articles", "refusals"):
            ((n,),) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
            tables[f"view {name}"] = [{"rows": n}]
    return tables


def inventory(lake: Path) -> str:
    """Say in a line what lies in a lake."""
    kinds: Counter[str] = Counter()
    for path in lake.rglob("*"):
        if path.is_file():
            top = path.relative_to(lake).parts[0]
            kinds[_kind(top, path)] += 1
    n_commits: object = "none"
    if (lake / "tally.duckdb").exists():
        with open_file(Lake(lake)) as connection:
            ((n_commits,),) = connection.execute("SELECT count(*) FROM commits").fetchall()
    return f"commits {n_commits}; " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))


def _kind(top: str, path: Path) -> str:
    if top in {"raw", "staging", "log", "report"}:
        return f"{top} files"
    if path.name.startswith("tally."):
        return path.name if path.name in {"tally.duckdb", "tally.lock"} else f"tally.RUN.{path.name.split('.', 2)[-1]}"
    return "unfinished data files" if path.suffix == ".tmp" else "data files"


def differences(lake: Path, undisturbed: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Name the tables that are not as they should be, and the files that the ledger does not find."""
    found = tables_of(lake)
    return [name for name in undisturbed if found.get(name) != undisturbed[name]] + list(
        to_faults(Lake(lake), is_mended=False)
    )


# ---------------------------------------------------------------- at any moment


def start(lake: Path, feed: Path) -> subprocess.Popen[bytes]:
    """Start `tally run` as people do."""
    command = [sys.executable, "-m", "flows.cli", "run", str(feed), "--lake", str(lake), "--workers", "2"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def staged_in(lake: Path) -> set[str]:
    """Return the files in a lake's staging, by their path in the lake."""
    return {path.relative_to(lake).as_posix() for path in lake.glob("staging/*/*/*.parquet")}


def wait_for_staging(lake: Path, run: subprocess.Popen[bytes], known: set[str]) -> None:
    """Return when the run has staged its first file."""
    while run.poll() is None and not staged_in(lake) - known:
        time.sleep(POLL_SECONDS)


def family_of(pid: int) -> list[int]:
    """Return all processes that descend from one."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [each for child in children for each in (child, *family_of(child))]


def survivors(pids: list[int]) -> list[int]:
    """Return which of the processes still run after END_SECONDS."""
    left = []
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([descriptor], [], [], END_SECONDS)[0]:
            left.append(pid)
        os.close(descriptor)
    return left


def kill_at_moments(folder: Path, n_kills: int) -> int:
    """Kill `tally run` at random moments; return how often the lake or the processes were not as they should be."""
    feed = folder / "port.jsonl"
    base = folder / "base"
    write_feed(feed, N_KNOWN)
    start(base, feed).wait()
    write_feed(feed, N_STORIES)
    whole = folder / "whole"
    shutil.copytree(base, whole)
    known = staged_in(base)
    run = start(whole, feed)
    wait_for_staging(whole, run, known)
    staged_at = time.monotonic()
    run.wait()
    seconds = time.monotonic() - staged_at
    undisturbed = tables_of(whole)
    n_rows = {name: len(rows) for name, rows in undisturbed.items()}
    print(f"undisturbed: {seconds:.1f} s from the first staged file to the end; {inventory(whole)}; rows {n_rows}")
    chance = random.Random(SEED)
    n_bad = 0
    for number in range(1, n_kills + 1):
        lake = folder / f"kill-{number}"
        shutil.copytree(base, lake)
        moment = chance.uniform(0, seconds)
        run = start(lake, feed)
        wait_for_staging(lake, run, known)
        time.sleep(moment)
        family = family_of(run.pid) if run.poll() is None else []
        run.kill()
        run.wait()
        left = survivors(family)
        lay = inventory(lake)
        start(lake, feed).wait()
        wrong = differences(lake, undisturbed)
        n_bad += bool(wrong or left)
        verdict = f"DIFFERENT: {', '.join(wrong)}" if wrong else "equal"
        print(
            f"kill {number:>2} at {moment:5.2f} s: {len(family)} processes, {len(left)} live on; {lay}; after a rerun {verdict}"
        )
        shutil.rmtree(lake)
    print(f"SIGKILL at {n_kills} moments: {n_kills - n_bad} of {n_kills} equal after a rerun, none living on")
    return n_bad


# ---------------------------------------------------------------- at every step of the commit


class Tripwire:
    """Counts the calls that touch the disk or the ledger, and ends the process with SIGKILL right before one of them."""

    def __init__(self, fatal: int | None, note: Callable[[str], object]) -> None:
        self.fatal, self.n, self.note = fatal, 0, note
        self.is_committing = False

    def step(self, what: str) -> None:
        """Count one; die if it is the fatal one."""
        if self.n == self.fatal:
            self.note(what)
            os.kill(os.getpid(), signal.SIGKILL)
        self.n += 1
        if self.fatal is None:
            self.note(what)

    def wrap(self, module: Any, name: str) -> None:  # noqa: ANN401  any module
        """Have each call of module.name counted."""
        real = getattr(module, name)

        def counted(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the real one takes and returns
            self.step(f"os.{name}")
            return real(*arguments, **named)

        setattr(module, name, counted)

    def wrap_commit(self) -> None:
        """Have each statement counted that writes while the commit runs; validation has a database of its own."""
        real, tripwire = duckdb.connect, self

        def counted(*arguments: Any) -> Any:  # noqa: ANN401  whatever the real one takes and returns
            tripwire.is_committing = True
            try:
                return commit(*arguments)
            finally:
                tripwire.is_committing = False

        class Connection:
            def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
                self.real = real(*arguments, **named)

            def __getattr__(self, name: str) -> Any:  # noqa: ANN401
                return getattr(self.real, name)

            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                self.real.close()

            def execute(self, statement: str, *arguments: Any) -> Any:  # noqa: ANN401
                plain = " ".join(statement.split())
                verb = next((verb for verb in WRITES if plain.startswith(verb)), None)
                if verb and tripwire.is_committing:
                    tripwire.step(" ".join(plain[: len(verb) + LABEL_LENGTH].split(" ")[:-1]))
                return self.real.execute(statement, *arguments)

        setattr(duckdb, "connect", Connection)  # noqa: B010  as `wrap` does: a call that stands in for another
        setattr(load, "commit", counted)  # noqa: B010


def run_in_fork(lake: Path, feed: Path, fatal: int | None, notes: Path, *, is_tripped: bool) -> int:
    """Run the steps in a fork of this process, which has all imports behind it; return its exit status."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    status = 1
    try:
        if is_tripped:
            with notes.open("w") as stream:
                tripwire = Tripwire(fatal, lambda what: print(what, file=stream, flush=True))
                tripwire.wrap(os, "fsync")
                tripwire.wrap(os, "replace")
                tripwire.wrap_commit()
                _run(lake, feed)
        else:
            _run(lake, feed)
        status = 0
    except Exception:  # noqa: BLE001  a fork has nobody above it to tell
        traceback.print_exc()
    finally:
        os._exit(status)


def _run(lake: Path, feed: Path) -> None:
    plan = make_plan(lake, (str(feed),), published=None, is_again=False, n_workers=1)
    run_steps(plan, lambda step: step, ThreadPoolExecutor)


def compare_in_fork(lake: Path, whole: Path) -> bool:
    """Tell whether two lakes hold the same; in a fork, so that this process never starts DuckDB's threads."""
    pid = os.fork()
    if not pid:
        try:
            wrong = differences(lake, tables_of(whole))
            if wrong:
                print(f"DIFFERENT: {', '.join(wrong)}", flush=True)
        finally:
            os._exit(bool(wrong))
    return os.waitpid(pid, 0)[1] == 0


def kill_at_steps(folder: Path, every: int) -> int:
    """Kill at each fsync, os.replace and writing statement; return how often a rerun did not mend it."""
    import great_expectations  # noqa: F401, PLC0415  once, before the forks

    read_reader_version()  # likewise
    read_tally_version()

    feed = folder / "few.jsonl"
    base, whole, notes = folder / "few-base", folder / "few-whole", folder / "notes"
    write_feed(feed, N_FEW // 2)
    run_in_fork(base, feed, None, notes, is_tripped=False)
    write_feed(feed, N_FEW)
    shutil.copytree(base, whole)
    if run_in_fork(whole, feed, None, notes, is_tripped=True):
        sys.exit("the undisturbed run failed: nothing to compare with")
    steps = notes.read_text().splitlines()
    print(f"an undisturbed run has {len(steps)} steps: {dict(Counter(steps))}")
    n_bad = n_tried = 0
    for fatal in range(0, len(steps), every):
        lake = folder / f"step-{fatal}"
        shutil.copytree(base, lake)
        status = run_in_fork(lake, feed, fatal, notes, is_tripped=True)
        lay = inventory_in_fork(lake)
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        is_rerun = run_in_fork(lake, feed, None, notes, is_tripped=False) == 0
        is_equal = is_killed and is_rerun and compare_in_fork(lake, whole)
        n_bad += not is_equal
        n_tried += 1
        print(
            f"kill before step {fatal:>3} ({steps[fatal]}): {lay}; after a rerun {'equal' if is_equal else 'DIFFERENT'}",
            flush=True,
        )
        shutil.rmtree(lake)
    print(f"SIGKILL before {n_tried} of {len(steps)} steps: {n_tried - n_bad} of {n_tried} equal after a rerun")
    return n_bad


def inventory_in_fork(lake: Path) -> str:
    """Say what lies in a lake; in a fork, so that this process never starts DuckDB's threads."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        os.write(writer, inventory(lake).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(pid, 0)
    return text


def main() -> int:
    """Run both parts; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=KILLS, help="moments at which `tally run` is killed")
    parser.add_argument("--steps", type=int, default=1, help="try every so-many-th step of the commit; 0 for none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tally-kill-") as name:
        n_bad = kill_at_steps(Path(name), options.steps) if options.steps else 0
        n_bad += kill_at_moments(Path(name), options.kills) if options.kills else 0
    return int(n_bad > 0)


if __name__ == "__main__":
    sys.exit(main())
