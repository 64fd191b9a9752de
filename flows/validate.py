"""Third step of a run: every staged row meets its table's expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.known import known_codes
from seeds import load_seeds
from seeds.contracts import load_tables
from warehouse.ledger import known_documents, read_versions

if TYPE_CHECKING:
    from expectations.validation import Verdict
    from flows.ingest import Staged
    from flows.plan import Plan


def validate(plan: Plan, staged: Staged) -> tuple[Verdict, ...]:
    """Sort what is staged into what passed and what is quarantined; say which batches are held back."""
    if not staged.feed_ids:
        return ()
    from expectations import validation  # Great Expectations takes seconds: not for a run without news

    known = {
        **known_codes(load_seeds(), load_tables()),
        "documents.document_id": known_documents(plan.lake),
        "articles.version_id": read_versions(plan.lake, plan.run.reader_version),
    }
    return tuple(validation.validate(plan.staging, sorted(staged.feed_ids), known))
