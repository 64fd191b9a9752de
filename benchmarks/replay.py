"""A thousand rows quarantined by a broken seed, which is then mended: does a replay give what a run never broken gives?

usage: python -m benchmarks.replay [--rows N]

The broken reader is a copy of this checkout under build/replay whose contract of figures (seeds/tables/figures.toml)
has lost the kind STOCK.
The feed is made of articles of ../shared/corpora/war_news_2022.jsonl of which it quarantines rows, until there are N, and
a tenth as many besides of which it quarantines none. Tables are compared row by row, in all columns but batch_id; those
articles that no replay concerns keep the reader_version that read them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.sets import ROOT, SHARED
from warehouse.lake import Lake
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / "build" / "replay"
CORPUS = SHARED / "corpora" / "war_news_2022.jsonl"
DRAWN = 500  # articles of the corpus, from its start, in which rows are looked for
N_ROWS = 1000
FLOORS = ("seeds", "transforms", "warehouse", "expectations", "flows")
TABLES = ("articles", "figures", "attributions", "refusals")
BREAK = ("[columns.kind]", '"FLOW", "STOCK", ', '"FLOW", ')  # after this heading, these words become those


def break_seed(code: Path) -> None:
    """Copy the code and break one line of one seed file."""
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, code / floor, ignore=shutil.ignore_patterns("__pycache__"))
    path = code / "seeds" / "tables" / "figures.toml"
    head, mark, tail = path.read_text("utf-8").partition(BREAK[0])
    broken = tail.replace(BREAK[1], BREAK[2], 1)
    assert broken != tail, "the seed has no such line any more"  # noqa: S101
    path.write_text(head + mark + broken, "utf-8")


def call(code: Path, statement: str, *arguments: str) -> None:
    """Run Python with this copy of the code."""
    environment = {**os.environ, "PYTHONPATH": str(code), "TALLY_WORKERS": "2"}  # noqa: TID251
    subprocess.run([sys.executable, "-c", statement, *arguments], cwd=code, env=environment, check=True)


RUN = """
import sys
from pathlib import Path
from flows.plan import make_plan
from flows.tally import run_steps
if __name__ == "__main__":
    run_steps(make_plan(Path(sys.argv[1]), (sys.argv[2],), published=None, is_again=False, n_workers=2), lambda step: step)
"""
REPLAY = """
import sys
from pathlib import Path
from flows.replay import replay
from flows.settings import Settings
from warehouse.lake import Lake
from warehouse.quarantine import Choice
if __name__ == "__main__":
    concerned, outcome = replay(Lake(Path(sys.argv[1])), Choice(), Settings(workers=2))
    print("replayed", concerned.n_rows, "rows of", len(concerned.articles), "articles; commit", outcome.commit.commit_id)
"""


def count(lake: Path, statement: str) -> int:
    """Return the one number that a statement gives."""
    return int(run_sql(Lake(lake), statement).column(0)[0].as_py())


def make_feed(broken: Path, n_rows: int) -> Path:
    """Write the feed: the articles of which the broken reader quarantines rows, and some others."""
    head = FOLDER / "head.jsonl"
    with CORPUS.open(encoding="utf-8") as lines:
        texts = [line for line, _ in zip(lines, range(DRAWN), strict=False)]
    head.write_text("".join(texts), "utf-8")
    call(broken, RUN, str(FOLDER / "look"), str(head))
    found = run_sql(
        Lake(FOLDER / "look"),
        "SELECT i.line, count(q.quarantine_id) AS n FROM inputs i LEFT JOIN quarantine q USING (version_id) "
        "WHERE i.outcome = 'ARTICLE' GROUP BY i.line ORDER BY i.line",
    ).to_pylist()
    chosen: list[int] = []
    n_found = 0
    for row in found:
        if row["n"] and n_found < n_rows:
            n_found += row["n"]
            chosen.append(row["line"])
    others = [row["line"] for row in found if not row["n"]][: len(chosen) // 10]
    feed = FOLDER / "feed.jsonl"
    feed.write_text("".join(texts[line - 1] for line in sorted([*chosen, *others])), "utf-8")
    return feed


def compare(never: Path, replayed: Path) -> bool:
    """Print how the tables of two lakes differ; return whether they do not."""
    is_equal = True
    again = {row["version_id"] for row in run_sql(
        Lake(replayed), "SELECT version_id FROM inputs JOIN runs USING (run_id) WHERE arguments = 'quarantine replay'"
    ).to_pylist()}  # fmt: skip
    for table in TABLES:
        owner = "(SELECT figure_id, version_id AS v FROM figures)" if table == "attributions" else ""
        joins = f"JOIN {owner} USING (figure_id)" if owner else ""
        columns = "* EXCLUDE (batch_id, v)" if owner else "* EXCLUDE (batch_id)"
        version = "v" if owner else "version_id"
        rows = [
            run_sql(
                Lake(lake), f"SELECT {version} AS of_version, {columns} FROM {table} {joins} ORDER BY ALL"
            ).to_pylist()
            for lake in (never, replayed)
        ]
        concerned, others = (
            [[row for row in of_lake if (row["of_version"] in again) is is_in] for of_lake in rows]
            for is_in in (True, False)
        )
        plain = [[{k: v for k, v in row.items() if k != "reader_version"} for row in of_lake] for of_lake in others]
        is_same = concerned[0] == concerned[1] and plain[0] == plain[1]
        is_equal &= is_same
        print(
            f"{table}: {len(concerned[0])} rows of articles replayed, {'equal' if concerned[0] == concerned[1] else 'DIFFERENT'}; "
            f"{len(plain[0])} of others, {'equal but for reader_version' if plain[0] == plain[1] else 'DIFFERENT'}"
        )
    return is_equal


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=N_ROWS, help="rows to be quarantined")
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    broken, never, lake = FOLDER / "code", FOLDER / "never", FOLDER / "replayed"
    break_seed(broken)
    feed = make_feed(broken, options.rows)
    call(ROOT, RUN, str(never), str(feed))
    call(broken, RUN, str(lake), str(feed))
    n_before = count(lake, "SELECT count(*) FROM quarantine_open")
    n_never = count(never, "SELECT count(*) FROM quarantine_open")
    print(f"quarantined by the broken seed: {n_before} rows (never broken: {n_never})")
    start, spent = time.perf_counter(), time.process_time()
    call(ROOT, REPLAY, str(lake))
    print(f"replay: {time.perf_counter() - start:.1f} s, own process time {time.process_time() - spent:.1f} s")
    n_after = count(lake, "SELECT count(*) FROM quarantine_open")
    is_silent = count(
        lake,
        "SELECT count(*) FROM quarantine_history q ANTI JOIN (SELECT quarantine_id FROM quarantine_events "
        "WHERE status = 'REPLAYED') USING (quarantine_id) WHERE until IS NOT NULL",
    )
    is_equal = compare(never, lake)
    is_balanced = count(lake, "SELECT count(*) FROM reading_books WHERE NOT is_balanced") == 0
    print(
        f"open after: {n_after} (never broken: {n_never}); left without an event: {is_silent}; read = loaded + quarantined: {is_balanced}"
    )
    print("equal" if is_equal and n_after == n_never and not is_silent and is_balanced else "NOT EQUAL")


if __name__ == "__main__":
    main()
