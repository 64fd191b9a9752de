"""Does tally.duckdb open in older DuckDB clients, without an extension, while a run is writing?

`python -m benchmarks.compat` makes one virtual environment a version under build/compat (the network is needed once),
commits to a lake of made-up pages all the while, and has each client open it read-only again and again: every view and
macro must answer, every COMMENT be there, and each look must show one whole commit. Exit 1 where one does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from itertools import count
from pathlib import Path

import duckdb

from benchmarks.lakes import START, Page, stage
from warehouse.commits import Run, commit
from warehouse.lake import Lake

VERSIONS = ("1.2.2", "1.4.1", "1.5.5")  # the oldest that the storage version promises, the long-term one, the last 1.x
ENVIRONMENTS = Path("build/compat")
N_LOOKS = 6  # by each client; a commit comes about every half second meanwhile

CLIENT = r"""
import json, sys, duckdb
database, n_looks = sys.argv[1], int(sys.argv[2])
errors, looks, commits = [], 0, set()
for _ in range(n_looks):
    try:
        connection = duckdb.connect(database, read_only=True)
        ask = lambda statement: connection.execute(statement).fetchall()
        views = [row[0] for row in ask("SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'")]
        macros = [row[0] for row in ask(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal")]
        for view in views:
            ask(f'SELECT * FROM "{view}"')
        for macro in macros:
            ask(f"SELECT * FROM {macro}(TIMESTAMP '2030-01-01 00:00:00')")
        for table in ("figures", "articles", "attributions", "refusals"):
            listed, = ask(f"SELECT sum(n_rows), (SELECT count(*) FROM {table}_history) FROM files WHERE table_name = '{table}'")
            if listed[0] != listed[1]:
                errors.append(f"{table}: ledger and files differ: {listed}")
            now, = ask(f"SELECT (SELECT count(*) FROM {table}), (SELECT count(*) FROM {table}_as_of(TIMESTAMP '2030-01-01'))")
            if now[0] != now[1]:
                errors.append(f"{table}: view and as-of differ: {now}")
        (total, n_commits), = ask("SELECT (SELECT sum(best) FROM figures), (SELECT count(*) FROM commits)")
        if total != n_commits * (n_commits + 1) / 2 + n_commits:
            errors.append(f"sum of figures is {total} after {n_commits} commits")
        bare = ask("SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal AND comment IS NULL "
                   "AND view_name NOT LIKE 'duckdb_%'")
        bare += ask("SELECT column_name FROM duckdb_columns() WHERE table_name = 'figures' AND schema_name = 'main' AND comment IS NULL")
        if bare:
            errors.append(f"without COMMENT: {bare}")
        commits.add(n_commits)
        looks += 1
        connection.close()
    except Exception as error:
        errors.append(f"{type(error).__name__}: {str(error)[:300]}")
print(json.dumps({"version": duckdb.__version__, "looks": looks, "commits": len(commits), "views": len(views),
                  "macros": len(macros), "errors": errors}))
"""


def find_python(version: str) -> Path:
    """Return the interpreter of a virtual environment that has this DuckDB and nothing else, made where it is missing."""
    folder = ENVIRONMENTS / f"duckdb-{version}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, f"duckdb=={version}"], check=True)
        (folder / "ready").touch()
    return python


def keep_committing(lake: Lake, done: threading.Event) -> None:
    """Commit a run after another: the nth adds a page that says n, and changes the page of the toll to n.

    So after n commits the current figures add up to 1 + 2 + ... + n, and n.
    """
    for n in count(1):
        run = Run(f"run-{n:05d}", "reader-1", START)
        pages = [Page(f"https://example.org/{n}", (n,)), Page("https://example.org/toll", (n,))]
        commit(lake, run, stage(lake, run, pages), lambda: START)
        if done.wait(0):
            return


def main() -> int:
    """Print a line a version; return 1 where a client failed to see what stands there."""
    interpreters = {version: find_python(version) for version in VERSIONS}
    interpreters[duckdb.__version__] = Path(sys.executable)
    n_errors = 0
    with tempfile.TemporaryDirectory(prefix="tally-compat-") as folder:
        lake = Lake(Path(folder) / "lake")
        done = threading.Event()
        writer = threading.Thread(target=keep_committing, args=(lake, done))
        writer.start()
        while not lake.exists() and writer.is_alive():
            writer.join(0.1)
        for version, python in interpreters.items():
            client = subprocess.run(
                [python, "-c", CLIENT, str(lake.database), str(N_LOOKS)], capture_output=True, text=True, check=False
            )
            seen = json.loads(client.stdout) if client.returncode == 0 else {"errors": [client.stderr.strip()[-300:]]}
            n_errors += len(seen["errors"])
            print(
                f"duckdb {version}: {seen.get('looks', 0)} of {N_LOOKS} looks at {seen.get('commits', 0)} commits, "
                f"{seen.get('views', 0)} views, {seen.get('macros', 0)} macros: {'; '.join(seen['errors']) or 'all answer'}"
            )
        done.set()
        writer.join()
    return int(n_errors > 0)


if __name__ == "__main__":
    sys.exit(main())
