"""Plain runs over a feed of made-up stories: for tests of whole runs, with and without Prefect."""

from __future__ import annotations

import json
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

from flows.plan import make_plan
from flows.tally import Outcome, run_steps
from seeds.contracts import load_tables
from warehouse.lake import Lake
from warehouse.ledger import list_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

BATCH_TABLES = tuple(name for name, table in load_tables().items() if table.scope == "batch")
STORIES = [
    {
        "title": f"Night {day} in the port",
        "url": f"https://example.org/port/{day}",
        "published": f"2026-02-{day:02}",
        "text": f"The regional governor said {day + 2} people were killed and at least {day + 20} wounded in the port on "
        f"Monday. Air defences shot down {day + 40} drones, the air force said. Some {day * 100} homes lost power.",
    }
    for day in range(1, 13)
]


def write_feed(path: Path, stories: list[dict[str, str]]) -> Path:
    path.write_text("\n".join(map(json.dumps, stories)))
    return path


def run_plainly(
    lake: Path,
    *inputs: Path | str,
    is_again: bool = False,
    open_executor: Callable[[int], AbstractContextManager[Executor]] = ThreadPoolExecutor,
) -> Outcome:
    """Run the same steps as the flow does, without Prefect around them."""
    plan = make_plan(lake, tuple(map(str, inputs)), published=None, is_again=is_again, n_workers=2)
    return run_steps(plan, lambda step: step, open_executor)


def bytes_of(lake: Path) -> dict[str, bytes]:
    """Return the bytes of every data file of scope batch, by its path in the lake."""
    paths = [path for table in BATCH_TABLES for path in list_files(Lake(lake), table)]
    return {path.relative_to(lake.resolve()).as_posix(): path.read_bytes() for path in paths}
