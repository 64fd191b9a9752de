"""A lake of the sample articles, some of which came a run later: for tests of tallies."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from flows.ingest import ingest
from flows.normalise import normalise
from flows.plan import make_plan, now
from seeds.loader import HERE
from warehouse.commits import Batch, commit
from warehouse.lake import Lake
from warehouse.queries import open_lake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

LATE = ("geneva_talks.md", "kharkiv_toll_3.txt", "odesa_terminal_reprint.md")


@contextmanager
def open_thread(_n_workers: int) -> Iterator[Executor]:
    """Read in this process: nothing here is about processes."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def load(lake: Path, inputs: Sequence[Path]) -> None:
    """Read some articles and commit them, all rows taken as good: nothing here is about validation."""
    plan = make_plan(lake, tuple(map(str, inputs)), published=None, is_again=False, n_workers=1)
    staged = ingest(plan, open_thread)
    normalise(plan, staged, open_thread)
    for batch_id in staged.feed_ids:
        for table in ("articles", "figures", "attributions", "refusals"):
            shards = plan.staging / table
            rows = pq.read_table(shards / (f"{batch_id}.parquet" if table == "articles" else batch_id))
            pq.write_table(rows, plan.staged(f"passed/{table}", batch_id))
    commit(plan.lake, plan.run, [Batch(*pair) for pair in staged.feed_ids.items()], now)


def make_lake(folder: Path) -> Lake:
    """Return a lake that read some of the samples a run later than the others."""
    for path in (HERE / "articles").iterdir():
        target = folder / ("late" if path.name in LATE else "articles") / path.name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    load(folder / "lake", [folder / "articles"])
    load(folder / "lake", [folder / "late"])
    return Lake(folder / "lake")


def ask(lake: Lake, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with open_lake(lake) as connection:
        return connection.execute(statement).fetchall()
