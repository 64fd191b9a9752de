"""Small lakes, committed page by page and asked: for tests of the warehouse."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import duckdb

from benchmarks.lakes import START, Page, stage
from warehouse.commits import Commit, Run, commit

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse.lake import Lake

BRIDGE = Page("https://example.org/bridge", (3, 12))
MARKET = Page("https://example.org/market", (40,))
TABLES = ("articles", "attributions", "documents", "fetches", "figures", "inputs", "refusals", "expectation_results")


def ticking() -> Callable[[], datetime]:
    hours = count()
    return lambda: START + timedelta(hours=next(hours))


def load(lake: Lake, run: Run | str, *pages: Page, hour: int = 0, **options: bool) -> Commit:
    """Stage pages as one run and commit it."""
    who = run if isinstance(run, Run) else Run(run, "reader-1", START)
    batches = stage(lake, who, pages, is_held_back=options.get("is_held_back", False))
    return commit(lake, who, batches, lambda: START + timedelta(hours=hour))


def ask(lake: Lake, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(lake.database), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def contents(lake: Lake) -> dict[str, list[tuple[Any, ...]]]:
    return {table: ask(lake, f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}


def names(lake: Lake) -> list[str]:
    return sorted(path.name for path in lake.root.iterdir())
