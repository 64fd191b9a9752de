"""Last step of a run: the quality report, one page that needs nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from expectations.report import read_report, render_report
from warehouse.queries import open_lake

if TYPE_CHECKING:
    from pathlib import Path

    from flows.plan import Plan
    from warehouse.lake import Lake


def render(lake: Lake, run_id: str | None, form: str) -> str:
    """Return the report of a run (the newest without a run_id) as html, json or md.

    Raises KeyError for a run that the lake does not know, LakeError where there is no lake.
    """
    with open_lake(lake) as connection:
        return render_report(read_report(connection, run_id), form)


def write_report(plan: Plan) -> Path:
    """Write the newest run's report beside the tables, whole or not at all."""
    target = plan.lake.root / "report" / "index.html"
    if not plan.lake.exists():
        return target
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_name(f"{plan.run.run_id}.tmp")
    fresh.write_text(render(plan.lake, None, "html"), "utf-8")
    os.replace(fresh, target)  # noqa: PTH105  the call that the kill bench wraps
    return target
