"""What leaves a run besides the lake: artifacts in Prefect, and one message to a webhook when something changed."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.blocks.webhook import Webhook

from expectations.rendering import render_report, to_percent
from flows.addresses import reveal_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from expectations.report import Report

log = logging.getLogger("tally.alerts")

KEYS = ("tally-tables", "tally-report", "tally-page")  # of the artifacts: each run adds a version to each


def publish_artifacts(report: Report, changes: Sequence[str], page: Path) -> None:
    """Show a run in Prefect: a table of scores, the report as Markdown, the page's place. To be called within a flow."""
    tables = [
        {
            "table": t.table_name,
            "score": to_percent(t.score),
            "promises kept": f"{t.n_kept} of {t.n_promises}",
            "loaded": t.n_loaded,
            "quarantined": t.n_quarantined,
        }
        for t in report.tables
    ]
    about = f"Quality of run {report.books.run_id}"
    create_table_artifact(tables, key=KEYS[0], description=about)
    create_markdown_artifact(render_report(report, "md", changes), key=KEYS[1], description=about)
    create_link_artifact(page.as_uri(), link_text="the quality report", key=KEYS[2], description=about)


def to_digest(report: Report, changes: Sequence[str]) -> str:
    """Return the message of a run in which something changed."""
    books = report.books
    head = f"Tally, run {books.run_id}: {books.n_articles} articles, {books.n_figures} figures, {books.n_held_back} batches held back"
    return "\n".join([head, *(f"- {line}" for line in changes)])


def send_digest(webhook: str, report: Report, changes: Sequence[str]) -> bool:
    """Send what changed to a webhook (its address, or the name of a Webhook block of Prefect); nothing on a quiet day.

    The text stands under "text", as Slack, Mattermost and Teams take it. What fails is logged and breaks no run; returns whether
    a message went out.
    """
    if not changes:
        return False
    try:
        response = asyncio.run(_call(webhook, {"text": to_digest(report, changes)}))
        response.raise_for_status()
    except Exception as error:  # noqa: BLE001  whatever ails somebody else's server, the run is done
        log.warning("no digest was sent: %s", type(error).__name__)
        return False
    return True


async def _call(webhook: str, payload: dict[str, str]):  # noqa: ANN202  Prefect's response
    block = Webhook(url=reveal_secrets(webhook)) if "://" in webhook else await Webhook.aload(webhook)
    return await block.call(payload)
