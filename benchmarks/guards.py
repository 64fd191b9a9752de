"""Remove each guard of guards.toml, one at a time, and see its tests fail: `python -m benchmarks.guards [NUMBER ...]`.

In a copy of what git tracks, as it stands here. With the guard the same tests pass; those that do not end within LONGEST seconds
without it fail too.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from benchmarks.paste import copy_tracked

GUARDS = Path(__file__).with_suffix(".toml")
LONGEST = 120  # seconds: the slowest of these tests takes 30 with its guard
FAILED, PASSED = 1, 0  # pytest's exit codes


def run_tests(folder: Path, tests: str) -> int:
    """Return pytest's exit code."""
    pytest = [".venv/bin/python", "-m", "pytest", "-q", "-x", "--show-capture=no", "--tb=no", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*pytest, *shlex.split(tests)], cwd=folder, capture_output=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return FAILED
    return done.returncode


def main() -> None:
    """Print what became of each guard, and the count of each line of security."""
    guards = list(enumerate(tomllib.loads(GUARDS.read_text("utf-8"))["guard"], 1))
    wanted = set(map(int, sys.argv[1:])) or {number for number, _ in guards}
    proved: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    before: dict[str, int] = {}  # pytest's exit code by tests, with all guards in place
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_tracked(folder)
        for number, guard in guards:
            if number not in wanted:
                continue
            path = folder / guard["file"]
            whole = path.read_text("utf-8")
            if whole.count(guard["removed"]) != 1:
                sys.exit(f"{number}: {guard['file']} does not hold once {guard['removed']!r}")
            if guard["tests"] not in before:
                before[guard["tests"]] = run_tests(folder, guard["tests"])
            path.write_text(whole.replace(guard["removed"], guard.get("put", "")), "utf-8")
            codes = before[guard["tests"]], run_tests(folder, guard["tests"])
            path.write_text(whole, "utf-8")
            asked[guard["line"]] += 1
            proved[guard["line"]] += codes == (PASSED, FAILED)
            told = "passes, then fails" if codes == (PASSED, FAILED) else f"NOT PROVED: pytest ended with {codes}"
            print(
                f"{number:>3} {guard['file']}: {guard['removed'].strip()[:70]} | {guard['tests']}: {told}", flush=True
            )
    print("\n".join(f"{line}: {proved[line]} of {n} fail without their guard" for line, n in asked.items()))
    print(f"in all {proved.total()} of {asked.total()}")
    sys.exit(proved.total() != asked.total())


if __name__ == "__main__":
    main()
