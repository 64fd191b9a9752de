"""The flow `tally`: ingest -> normalise -> validate -> load -> report, each a thin wrap of a plain function.

Tasks pass paths and small things, so nothing is cached or hashed; what the outside world breaks is tried again, what
is our own fault is not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from prefect import Task, flow, task
from prefect.cache_policies import NO_CACHE

from flows.alerts import publish_artifacts, send_digest
from flows.courier import fetch
from flows.extraction import open_extractors
from flows.feeds import choose_feeds
from flows.ingest import Staged, ingest
from flows.inputs import InputError
from flows.load import load
from flows.logs import log_to
from flows.normalise import normalise, open_readers
from flows.plan import Plan, follow, make_plan, now
from flows.report import read_with_changes, write_report
from flows.settings import Settings
from flows.validate import validate
from warehouse.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefect.client.schemas.objects import State, TaskRun

    from expectations.validation import Verdict
    from flows.processes import Opener
    from warehouse.commits import Commit

P = ParamSpec("P")
R = TypeVar("R")
RETRIES = 2  # a network drive that hiccups comes back or it doesn't
RETRY_SECONDS = 2


@dataclass(frozen=True)
class Outcome:
    """How a run ended: what it staged, what the expectations said, what was loaded, and how long each task took."""

    plan: Plan
    staged: Staged
    verdicts: tuple[Verdict, ...]
    commit: Commit
    report: Path
    seconds: dict[str, float] = field(default_factory=dict)


def is_outside(_task: object, _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether the world failed (disk, network), not the user and not we: only then is a task tried again."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError) and not isinstance(error, InputError | FileNotFoundError)


def _to_task(function: Callable[P, R]) -> Task[P, R]:
    return task(
        name=function.__name__,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=RETRIES,
        retry_delay_seconds=RETRY_SECONDS,
        retry_condition_fn=is_outside,
    )(function)


def run_steps(
    plan: Plan,
    call: Callable[[Callable[..., Any]], Callable[..., Any]] = _to_task,
    open_executor: Opener | None = None,
    stage: Callable[[Plan], Staged] | None = None,
) -> Outcome:
    """Take a plan's inputs to rows in its lake; `call` wraps each step, `open_executor` gives what ingest and normalise fan out over.

    `stage` stages articles in the place of ingest.
    """
    seconds: dict[str, float] = {}
    log_to(plan.lake)

    def timed(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401  what the function returns
        start = time.monotonic()
        result = call(function)(*arguments)
        seconds[function.__name__] = time.monotonic() - start
        return result

    staged = timed(stage, plan) if stage else timed(ingest, plan, open_executor or open_extractors, call(fetch))
    timed(normalise, plan, staged, open_executor or open_readers)
    verdicts = timed(validate, plan, staged)
    commit = timed(load, plan, staged, verdicts)
    report = timed(write_report, plan)
    return Outcome(plan, staged, verdicts, commit, report, seconds)


@flow(name="tally", flow_run_name="tally {lake}", persist_result=False)
def tally(
    inputs: list[str],
    lake: str = "lake",
    published: str | None = None,
    again: bool = False,
    workers: int | None = None,
    columns: dict[str, str] | None = None,
    feeds: list[str] | None = None,
    corrections: str | None = None,
) -> Outcome | None:
    """Read the figures of files, folders, addresses and feeds of tally.toml into a lake; by default the feeds that are due.

    Returns nothing where nothing is due.
    """
    settings = Settings()
    due = choose_feeds(settings.feed, feeds, Lake(Path(lake).absolute()), now())
    if settings.feed and not due and not inputs:
        return None
    n_workers = workers or settings.workers
    plan = make_plan(
        Path(lake), tuple(inputs), published=published, is_again=again, n_workers=n_workers, columns=columns
    )
    plan = replace(plan, feeds=tuple(due), corrections=Path(corrections) if corrections else None)
    plan = follow(plan, settings)
    outcome = run_steps(plan)
    if outcome.commit.commit_id:  # a run without news changes nothing, and is no reason for a message
        report, changes = read_with_changes(plan.lake, plan.run.run_id, plan.expected)
        publish_artifacts(report, changes, outcome.report)
        if settings.webhook:
            send_digest(settings.webhook, report, changes)
    return outcome
