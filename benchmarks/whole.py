"""A whole `tally run` with its peak memory, and what a run that has nothing to do costs beside a bare Prefect flow.

usage: python -m benchmarks.whole [INPUT ...]     (default: ../shared/corpora/war_news_2022.jsonl)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sets import BUILD, ROOT, SHARED

CORPUS = SHARED / "corpora" / "war_news_2022.jsonl"
TALLY = Path(sys.executable).with_name("tally")
PROC = Path("/proc")
BETWEEN_LOOKS = 0.2  # seconds
KIB_IN_MIB = 1024
# One task, one flow, the server that Prefect itself starts: what nobody who runs on Prefect can go below.
BARE_FLOW = """
from prefect import flow, task
@task
def one(): return 1
@flow
def bare(): return one()
bare()
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, what it printed, wall seconds, peak memory of all its processes together."""

    code: int
    output: str
    seconds: float
    peak_mib: float


def run(command: list[str | Path], folder: Path = ROOT) -> Ended:
    """Run a command and watch the memory of it and all its descendants."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
    peaks: deque[float] = deque([0.0], maxlen=1)
    watcher = threading.Thread(target=watch, args=(process, peaks), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    return Ended(process.returncode, output, time.perf_counter() - start, peaks[0])


def watch(process: subprocess.Popen[str], peaks: deque[float]) -> None:
    """Keep the highest sum of memory seen while a process lives (Linux; elsewhere it stays 0)."""
    while PROC.exists() and process.poll() is None:
        peaks.append(max(peaks[0], sum(map(proportional_mib, descendants(process.pid)))))
        time.sleep(BETWEEN_LOOKS)


def descendants(root: int) -> set[int]:
    """Return a process and all that came from it and live."""
    parents: dict[int, int] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            after_name = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents[int(path.parent.name)] = int(after_name[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def proportional_mib(pid: int) -> float:
    """Return a process's memory, shared pages counted by their share, in MiB (proc_pid_smaps(5), Pss)."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / KIB_IN_MIB


def measure_run(inputs: list[str]) -> list[tuple[str, str]]:
    """Run Tally over inputs into an empty lake; return its books, times by task and peak memory."""
    lake = BUILD / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    ended = run([TALLY, "run", *inputs, "--lake", lake])
    kept = [
        line.strip() for line in ended.output.splitlines() if line.startswith(("inputs ", "figures ", "time: ", "held"))
    ]
    return [
        ("whole run: exit code", str(ended.code)),
        ("whole run: wall", f"{ended.seconds:.1f} s"),
        ("whole run: peak memory, all processes", f"{ended.peak_mib:.0f} MiB"),
        *((f"whole run: {line.partition(' ')[0].rstrip(':')}", line.partition(" ")[2]) for line in kept),
    ]


def measure_idle() -> list[tuple[str, str]]:
    """Time a bare Prefect flow, a first run over the samples and a second one that has nothing to load."""
    lake = BUILD / "idle_lake"
    shutil.rmtree(lake, ignore_errors=True)
    command: list[str | Path] = [TALLY, "run", "seeds/articles", "--lake", lake]
    for _ in range(2):  # the first fills Prefect's home
        bare = run([sys.executable, "-c", BARE_FLOW])
    first, second = run(command), run(command)
    return [
        ("bare one-task Prefect flow", f"{bare.seconds:.1f} s"),
        ("first run over the samples", f"{first.seconds:.1f} s, exit code {first.code}"),
        ("second run, nothing to load", f"{second.seconds:.1f} s, exit code {second.code}"),
        ("second run less the bare flow", f"{second.seconds - bare.seconds:+.1f} s"),
    ]


def main() -> None:
    """Run the command line."""
    for measure, text in [*measure_idle(), *measure_run(sys.argv[1:] or [str(CORPUS)])]:
        print(f"{measure:40} {text}")


if __name__ == "__main__":
    main()
