"""A million figures validated with all expectations: seconds and memory, Great Expectations' import included; the report's size.

usage: python -m benchmarks.million [--figures N]

The rows are those that the reader reads in ../shared/corpora/war_news_2022.jsonl (read once into build/sabotage, as the bench of
sabotage does), copied under new ids, a batch a copy, until there are N figures; their attributions, refusals, articles and
inputs with them. Other processes share the machine's cores: the process's own CPU time is printed beside the wall's. Then what passed is
committed as one run, untallied (benchmarks.tally_speed does that), and its report is written.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from benchmarks.report_page import MAX_PAGE_BYTES
from benchmarks.sabotage import CONTRACTS, FOLDER, TABLES, known_of_seeds, read_corpus
from flows.report import render
from transforms.ids import hash_id
from warehouse import commits
from warehouse.commits import Batch, Run
from warehouse.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

STAGING = FOLDER.parent / "million"
N_FIGURES = 1_000_000
MOST_SECONDS, MOST_BYTES = 20.0, 1_500_000_000
IDS = ("version_id", "article_id", "figure_id", "converts_figure_id", "refusal_id")
JUDGE = """
import resource, sys, time
start, spent = time.perf_counter(), time.process_time()
from pathlib import Path
from datetime import date
from benchmarks.sabotage import known_of_seeds
from expectations.validation import Before, validate
staging, batch_ids = Path(sys.argv[1]), sys.argv[2].split(",")
reference, known = known_of_seeds()
verdicts = validate(staging, batch_ids, Before(known, reference, {}, date(2022, 6, 1)))
wall, cpu = time.perf_counter() - start, time.process_time() - spent
n_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
rows = {}
for verdict in verdicts:
    for table, n in verdict.n_rows.items():
        rows[table] = rows.get(table, 0) + n
print(rows, "held back:", sum(v.is_held_back for v in verdicts), "quarantined:", sum(sum(v.n_quarantined.values()) for v in verdicts))
print(f"wall {wall:.1f} s, process time {cpu:.1f} s, at most {n_bytes / 1e9:.2f} GB")
"""


def stage_copies(n_figures: int) -> list[str]:
    """Stage copies of the corpus's rows until there are so many figures; return their batches."""
    shutil.rmtree(STAGING, ignore_errors=True)
    batch_ids: list[str] = []
    with read_corpus() as connection:
        [(n_read,)] = connection.execute("SELECT count(*) FROM figures").fetchall()
        for k in range(-(-n_figures // n_read)):
            batch_ids.append(hash_id("million", k))
            for table in TABLES:
                stage_copy(connection, table, k, batch_ids[-1])
    return batch_ids


def stage_copy(connection: duckdb.DuckDBPyConnection, table: str, k: int, batch_id: str) -> None:
    """Write one table's rows once more, under ids of their own."""
    if table == "documents" and k:
        return
    columns = CONTRACTS[table].columns
    named = [f"'{batch_id}' AS batch_id", *([f"'feed-{k}' AS feed_id"] if "feed_id" in columns else [])]
    named += [f"substr(md5({id_} || '{k}'), 1, 24) AS {id_}" for id_ in IDS if id_ in columns]
    path: Path = STAGING / table / f"{batch_id}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"COPY (SELECT {', '.join(columns)} FROM (SELECT * REPLACE ({', '.join(named)}) FROM {table})) TO '{path}' (FORMAT parquet)"
    )


def write_page(batch_ids: list[str]) -> Path:
    """Commit what passed as one run, and write its report."""
    lake, run = Lake(STAGING / "lake"), Run("million", "bench", datetime(2026, 3, 1))
    staging = lake.staging(run.run_id)
    staging.mkdir(parents=True)
    (STAGING / "passed").rename(staging / "passed")
    with duckdb.connect() as connection:
        for table in ("inputs", "documents", "fetches"):
            (staging / table).mkdir()
            named = f"* REPLACE ('{run.run_id}' AS run_id)" if "run_id" in CONTRACTS[table].columns else "*"
            files = str(STAGING / table / "*.parquet")
            connection.execute(
                f"COPY (SELECT {named} FROM read_parquet('{files}')) TO '{staging / table / run.run_id}.parquet' (FORMAT parquet)"
            )
    setattr(commits, "write_tallies", lambda *_, **__: [])  # noqa: B010  copies of one article would all be one tally
    batches = [Batch(batch_id, f"feed-{k}") for k, batch_id in enumerate(batch_ids)]
    commits.commit(lake, run, batches, lambda: run.started_at, known_of_seeds()[0])
    page = lake.root / "report.html"
    page.write_text(render(lake, None, "html"), "utf-8")
    return page


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--figures", type=int, default=N_FIGURES, help="figures to validate")
    batch_ids = stage_copies(parser.parse_args().figures)
    print(
        f"{len(batch_ids)} batches; own memory while staging {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
    )
    subprocess.run([sys.executable, "-c", JUDGE, str(STAGING), ",".join(batch_ids)], check=True)
    print(f"at most {MOST_SECONDS:g} s and {MOST_BYTES / 1e9:g} GB are promised")
    page = write_page(batch_ids)
    print(f"the report: {page.stat().st_size:,} bytes (at most {MAX_PAGE_BYTES:,}): {page}")


if __name__ == "__main__":
    main()
