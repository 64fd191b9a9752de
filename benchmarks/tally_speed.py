"""How long 1,000,000 figures take to tally, and one more article; the lake is made of the corpora's figures, over and over."""

from __future__ import annotations

import resource
import shutil
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.lakes import write
from benchmarks.sets import BUILD
from flows.versions import read_tally_version
from seeds import load_seeds
from transforms.ids import hash_id
from transforms.tallying.rules import Rules
from transforms.tallying.tallies import tally
from warehouse.commits import Batch, Run, commit
from warehouse.derivations import derive
from warehouse.lake import Lake

if TYPE_CHECKING:
    import duckdb

WANTED = 1_000_000  # figures
YEAR_DAYS = 400  # between one copy of the corpus and the next, so that no two meet
KIBIBYTES = 1024 * 1024  # in a GiB
START = datetime(2026, 3, 1)


def stage(lake: Lake, connection: duckdb.DuckDBPyConnection, copy: int, where: str = "true") -> tuple[Run, Batch]:
    """Stage the corpus once more, under other ids and in another year."""
    run = Run(f"run-{copy}", "bench", START + timedelta(hours=copy))
    batch_id, staging = hash_id("speed", copy), lake.staging(run.run_id)
    other = "left(md5({} || '" + str(copy) + "'), 24) AS {}"
    days = copy * YEAR_DAYS
    ids = {c: other.format(c, c) for c in ("version_id", "article_id", "figure_id")}
    shifts = {
        "articles": [ids["version_id"], ids["article_id"], f"CAST(published_date + {days} AS DATE) AS published_date", f"published_at + INTERVAL {days} DAY AS published_at"],
        "figures": [*ids.values(), "CAST(NULL AS VARCHAR) AS converts_figure_id", f"CAST(period_start_date + {days} AS DATE) AS period_start_date", f"CAST(period_end_date + {days} AS DATE) AS period_end_date"],
        "attributions": [ids["figure_id"]],
    }  # fmt: skip
    of = {
        "articles": where,
        "figures": where,
        "attributions": f"figure_id IN (SELECT figure_id FROM figures WHERE {where})",
    }
    for table, replaced in shifts.items():
        path = staging / "passed" / table / f"{batch_id}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = ", ".join([*replaced, f"'{batch_id}' AS batch_id"])
        connection.execute(
            f"COPY (SELECT * REPLACE ({columns}) FROM {table} WHERE {of[table]}) TO '{path}' (FORMAT parquet)"
        )
    versions = [
        row[0] for row in connection.execute(f"SELECT {ids['version_id']} FROM articles WHERE {where}").fetchall()
    ]
    inputs = [
        {
            "run_id": run.run_id,
            "feed_id": f"feed-{copy}",
            "uri": v,
            "outcome": "ARTICLE",
            "version_id": v,
            "batch_id": batch_id,
        }
        for v in versions
    ]
    write(staging / "inputs" / f"{run.run_id}.parquet", "inputs", inputs)
    return run, Batch(batch_id, f"feed-{copy}")


def measure(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return (measure, text) rows."""
    lake = Lake(BUILD / "tallies" / "speed")
    shutil.rmtree(lake.root, ignore_errors=True)
    rules = Rules(load_seeds())
    ((n_figures,),) = connection.execute("SELECT count(*) FROM figures").fetchall()
    n_copies = -(-WANTED // n_figures)
    for copy in range(n_copies):
        run, batch = stage(lake, connection, copy)
        commit(lake, run, [batch], lambda run=run: run.started_at)  # type: ignore[misc]
    version = read_tally_version()
    start = time.perf_counter()
    whole = derive(lake, "whole", version, lambda saids: tally(saids, rules))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES
    run, batch = stage(
        lake,
        connection,
        n_copies,
        "version_id = (SELECT version_id FROM figures WHERE metric_code = 'CAS_KILLED' ORDER BY version_id LIMIT 1)",
    )
    commit(lake, run, [batch], lambda: run.started_at)
    start = time.perf_counter()
    more = derive(lake, "more", version, lambda saids: tally(saids, rules))
    again = time.perf_counter() - start
    shutil.rmtree(lake.root, ignore_errors=True)
    return [
        (
            "speed: figures tallied",
            f"{whole.n_figures:,} to {whole.n_tallies:,} tallies in {seconds:.1f} s, peak {peak:.2f} GiB (of the whole process)",
        ),
        ("speed: one more article", f"{more.n_blocks} blocks, {more.n_figures:,} figures in {again:.2f} s"),
    ]
