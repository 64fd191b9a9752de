"""Articles with rows in quarantine, read again: whole, by today's reader, superseding all their rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from flows.books import ARTICLES_PER_GROUP
from flows.ingest import Staged
from flows.plan import follow, make_plan
from seeds.contracts import load_tables
from transforms.ids import to_batch_id
from transforms.tables import to_table
from warehouse.ledger import REPLAY
from warehouse.quarantine import Choice, Concerned, read_concerned

if TYPE_CHECKING:
    from flows.plan import Plan
    from flows.processes import Opener
    from flows.settings import Settings
    from flows.tally import Outcome
    from warehouse.lake import Lake


def replay(
    lake: Lake, choice: Choice, settings: Settings, open_executor: Opener | None = None
) -> tuple[Concerned, Outcome | None]:
    """Read the articles of the chosen rows again and commit them as any run does; no outcome where there are none.

    The rows in quarantine leave it with an event each; those that break a promise again come back under their new batch.
    """
    from flows.tally import run_steps  # leads to Prefect

    concerned = read_concerned(lake, choice)
    if not concerned.articles:
        return concerned, None
    plan = make_plan(lake.root, (), published=None, is_again=True, n_workers=settings.workers)
    plan = follow(replace(plan, run=replace(plan.run, arguments=REPLAY)), settings)
    return concerned, run_steps(plan, lambda step: step, open_executor, lambda plan: stage_again(plan, concerned))


def stage_again(plan: Plan, concerned: Concerned) -> Staged:
    """Stage articles as they were staged before, under a batch a feed, with the books of their inputs."""
    by_feed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in concerned.articles:
        by_feed[row["feed_id"]].append(row)
    feed_ids: dict[str, str] = {}
    batch_of_version: dict[str, str] = {}
    for feed_id, rows in sorted(by_feed.items()):
        batch_id = _name_batch(plan, feed_id, [row["version_id"] for row in rows], concerned)
        feed_ids[batch_id] = feed_id
        batch_of_version |= {row["version_id"]: batch_id for row in rows}
        # An article on which the reader failed is tried as any other.
        statuses = {"ERROR": "READ"}
        staged = [
            row | {"batch_id": batch_id, "reading_status": statuses.get(row["reading_status"], row["reading_status"])}
            for row in rows
        ]
        table = to_table(load_tables()["articles"], staged)
        path = plan.staged("articles", batch_id)
        pq.write_table(table, path, row_group_size=ARTICLES_PER_GROUP, compression="zstd")
    run_id = plan.run.run_id
    inputs = [row | {"run_id": run_id, "batch_id": batch_of_version[row["version_id"]]} for row in concerned.inputs]
    pq.write_table(to_table(load_tables()["inputs"], inputs), plan.staged("inputs", run_id), compression="zstd")
    return Staged(feed_ids, {"ARTICLE": len(inputs)}, [])


def _name_batch(plan: Plan, feed_id: str, version_ids: list[str], concerned: Concerned) -> str:
    """Name the batch as any other; the same articles under the same reader once more are numbered."""
    attempt, batch_id = 1, to_batch_id(feed_id, version_ids, plan.run.reader_version)
    while batch_id in concerned.batch_ids:
        attempt += 1
        batch_id = to_batch_id(feed_id, version_ids, f"{plan.run.reader_version} {attempt}")
    return batch_id
