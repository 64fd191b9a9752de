"""Last step of a run: the quality report, one page that needs nothing else, and a sample of rows for review."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from expectations.digest import find_changes
from expectations.rendering import render_report
from expectations.report import Beside, Report, read_report
from flows.accuracy import read_accuracy
from flows.marks import write_review
from warehouse.queries import open_lake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from expectations.freshness import Expected
    from flows.plan import Plan
    from warehouse.lake import Lake


def read_with_changes(
    lake: Lake, run_id: str | None = None, expected: Sequence[Expected] = ()
) -> tuple[Report, list[str]]:
    """Return the report of a run (the newest without a run_id), and what changed since the run before.

    Raises KeyError for a run that the lake does not know, LakeError where there is no lake.
    """
    with open_lake(lake) as connection:
        report = read_report(connection, run_id, Beside(expected, read_accuracy()))
        before = [run.run_id for run in report.runs if run.run_id != report.books.run_id]
        earlier = read_report(connection, before[0], Beside(expected)) if before else None
    return report, find_changes(report, earlier)


def render(lake: Lake, run_id: str | None, form: str, expected: Sequence[Expected] = ()) -> str:
    """Return the report of a run as html, json or md; raises as read_with_changes."""
    report, changes = read_with_changes(lake, run_id, expected)
    return render_report(report, form, changes)


def write_report(plan: Plan) -> Path:
    """Write the newest run's report beside the tables, whole or not at all, and the sample of this run's rows."""
    target = plan.lake.root / "report" / "index.html"
    if not plan.lake.exists():
        return target
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_name(f"{plan.run.run_id}.tmp")
    fresh.write_text(render(plan.lake, None, "html", plan.expected), "utf-8")
    os.replace(fresh, target)  # noqa: PTH105  the call that the kill bench wraps
    if plan.review_rows:
        write_review(plan.lake, plan.run.run_id, plan.review_rows, plan.review_seed)
    return target
