"""Fourth step of a run: what passed goes into the lake, over all tables at once; what runs long ago left behind goes."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.corrections import read_corrections
from flows.plan import now
from transforms.references import reference_tables
from warehouse.commits import Batch, Commit, commit
from warehouse.corrections import correct
from warehouse.housekeeping import sweep

log = logging.getLogger("tally.load")

if TYPE_CHECKING:
    from expectations.validation import Verdict
    from flows.ingest import Staged
    from flows.plan import Plan


def load(plan: Plan, staged: Staged, verdicts: tuple[Verdict, ...]) -> Commit:
    """Commit a run's batches; those that are held back leave their books, results and quarantine only."""
    batches = [Batch(v.batch_id, staged.feed_ids[v.batch_id], v.is_held_back, v.reason) for v in verdicts]
    lines, faults = read_corrections(plan.corrections) if plan.corrections else ([], [])
    if plan.corrections and plan.lake.exists():
        correct(plan.lake, lines, now)  # before the commit, whose tallies follow them
    done = commit(plan.lake, plan.run, batches, now, reference_tables())
    try:
        sweep(plan.lake, now())
    except OSError as error:  # what was committed stands, swept or not
        log.warning("old files are left: %s", error)
    if plan.corrections is None or not plan.lake.exists():
        return done
    return replace(done, complaints=(*faults, *correct(plan.lake, lines, now)))
