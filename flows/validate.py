"""Third step of a run: every staged row meets its table's expectations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from expectations.known import known_codes
from expectations.usual import Past
from seeds.contracts import load_tables
from transforms.references import reference_tables
from warehouse.ledger import REPLAY, known_documents, measured_before, read_versions

if TYPE_CHECKING:
    from expectations.validation import Verdict
    from flows.ingest import Staged
    from flows.plan import Plan


def validate(plan: Plan, staged: Staged) -> tuple[Verdict, ...]:
    """Sort what is staged into what passed and what is quarantined; say which batches are held back."""
    if not staged.feed_ids:
        return ()
    from expectations import validation  # Great Expectations takes seconds: not for a run without news

    reference = reference_tables()
    known = {
        **known_codes(reference, load_tables()),
        "documents.document_id": known_documents(plan.lake),
        "articles.version_id": read_versions(plan.lake, plan.run.reader_version),
    }
    feed_ids = () if plan.run.arguments == REPLAY else set(staged.feed_ids.values())  # a part of a batch is never usual
    past = {
        of: [Past(day, json.loads(measured)) for day, measured in batches]
        for of, batches in measured_before(plan.lake, feed_ids).items()
    }
    before = validation.Before(known, reference, past, plan.run.started_at.date())
    return tuple(validation.validate(plan.staging, sorted(staged.feed_ids), before))
