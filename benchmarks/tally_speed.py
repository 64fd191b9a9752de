"""How long 1,000,000 figures take to tally, and one more article; the lake is made of the corpora's figures, over and over.

usage: python -m benchmarks.tally_speed      (or the part `speed` of benchmarks.tallies)
"""

from __future__ import annotations

import resource
import shutil
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow.parquet as pq

from benchmarks.lakes import write
from benchmarks.sets import BUILD
from transforms.ids import hash_id
from warehouse import commits, tallies
from warehouse.commits import Batch, Run
from warehouse.lake import Lake
from warehouse.ledger import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from warehouse.files import DataFile

WANTED = 1_000_000  # figures
YEAR_DAYS = 400  # between one copy of the corpus and the next, so that no two meet
KIBIBYTES = 1024 * 1024  # in a GiB
START = datetime(2026, 3, 1)
SHOWN = (*tallies.TABLES, tallies.INPUTS)


def stage(lake: Lake, connection: duckdb.DuckDBPyConnection, run: Run, copy: int, where: str = "true") -> Batch:
    """Stage the corpus once more, under other ids and in another year."""
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
    path = staging / "inputs" / f"{run.run_id}.parquet"
    before = pq.read_table(path).to_pylist() if path.exists() else []
    write(path, "inputs", before + inputs)
    return Batch(batch_id, f"feed-{copy}")


def measure(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return (measure, text) rows."""
    lake = Lake(BUILD / "tallies" / "speed")
    shutil.rmtree(lake.root, ignore_errors=True)
    ((n_figures,),) = connection.execute("SELECT count(*) FROM figures").fetchall()
    n_copies = -(-WANTED // n_figures)
    run, more = Run("whole", "bench", START), Run("more", "bench", START + timedelta(hours=1))
    batches = [stage(lake, connection, run, copy) for copy in range(n_copies)]
    whole = timed_commit(lake, run, batches)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES
    chosen = "SELECT version_id FROM figures WHERE metric_code = 'CAS_KILLED' ORDER BY version_id LIMIT 1"
    batches = [stage(lake, connection, more, n_copies, f"version_id = ({chosen})")]
    again = timed_commit(lake, more, batches)
    with open_file(lake) as opened:
        blocks = "FROM tally_blocks_history WHERE since = (SELECT max(since) FROM tally_blocks_history)"
        ((n_blocks, n_again),) = opened.execute(f"SELECT count(*), sum(n_figures) {blocks}").fetchall()
        before = [opened.sql(f"FROM {table} ORDER BY ALL").to_arrow_table() for table in SHOWN]
    commits.commit(lake, Run("anew", "bench", START, tally_version="other"), [], lambda: START)
    with open_file(lake) as opened:
        after = [opened.sql(f"FROM {table} ORDER BY ALL").to_arrow_table() for table in SHOWN]
    shutil.rmtree(lake.root, ignore_errors=True)
    told = "{:.1f} s ({:.1f} s of both processors) of a commit of {:.1f} s"
    return [
        (
            "speed: figures tallied",
            f"{whole.n_figures:,} to {whole.n_tallies:,} tallies in {told.format(*whole.seconds)}, peak {peak:.2f} GiB (of the whole process)",
        ),
        (
            "speed: one more article",
            f"{n_blocks} blocks, {n_again:,.0f} figures in {told.format(*again.seconds)}",
        ),
        ("speed: all tallied anew", "the same rows" if before == after else "OTHER ROWS"),
    ]


class Timed(NamedTuple):
    """What a commit tallied, and the seconds of tallying, those of its processors, and of the whole commit."""

    n_figures: int
    n_tallies: int
    seconds: tuple[float, float, float]


def timed_commit(lake: Lake, run: Run, batches: list[Batch]) -> Timed:
    """Commit, and time the part that tallies."""
    real, spent = tallies.write_tallies, [0.0, 0.0]

    def timed(*arguments: Any, **named: Any) -> Iterator[DataFile | None]:  # noqa: ANN401  whatever the real one takes
        starts = time.perf_counter(), time.process_time()
        yield from list(real(*arguments, **named))
        spent[:] = [time.perf_counter() - starts[0], time.process_time() - starts[1]]

    setattr(commits, "write_tallies", timed)  # noqa: B010  a function that stands in for another
    start = time.perf_counter()
    done = commits.commit(lake, run, batches, lambda: run.started_at)
    setattr(commits, "write_tallies", real)  # noqa: B010
    return Timed(
        done.n_rows["tally_figures"], done.n_rows["tallies"], (spent[0], spent[1], time.perf_counter() - start)
    )


def main() -> None:
    """Print the measures, of the articles of 2022."""
    from benchmarks.tallies import read_2022  # noqa: PLC0415  which imports this

    for name, text in measure(read_2022().connection):
        print(f"{name:46} {text}", flush=True)


if __name__ == "__main__":
    main()
