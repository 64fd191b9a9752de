"""What leaves a run besides the lake: artifacts in Prefect, and one message to a webhook when something changed."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.blocks.webhook import Webhook

from expectations.rendering import render_report, to_percent
from flows.addresses import reveal_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from httpx import Response

    from expectations.report import Report

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
log = logging.getLogger("tally.alerts")

KEYS = ("tally-tables", "tally-report", "tally-page")  # of the artifacts: each run adds a version to each


def publish_artifacts(report: Report, changes: Sequence[str], page: Path) -> None:
    """Show a run in Prefect: a table of scores, the report as Markdown, the page's place. To be called within a flow."""
    about = f"Quality of run {report.books.run_id}"
    create_table_artifact(to_scores(report), key=KEYS[0], description=about)
    create_markdown_artifact(render_report(report, "md", changes), key=KEYS[1], description=about)
    create_link_artifact(page.as_uri(), link_text="the quality report", key=KEYS[2], description=about)


def to_scores(report: Report) -> list[dict[str, object]]:
    """Return the table of scores, a row a table: names and numbers of ours alone."""
    return [
        {
            "table": t.table_name,
            "score": to_percent(t.score),
            "promises kept": f"{t.n_kept} of {t.n_promises}",
            "loaded": t.n_loaded,
            "quarantined": t.n_quarantined,
        }
        for t in report.tables
    ]


def to_digest(report: Report, changes: Sequence[str]) -> str:
    """Return the message of a run in which something changed."""
    books = report.books
    head = f"Tally, run {books.run_id}: {books.n_articles} articles, {books.n_figures} figures, {books.n_held_back} batches held back"
    return "\n".join(map(to_inert_text, [head, *(f"- {line}" for line in changes)]))


def to_inert_text(words: str) -> str:
    """Write words of others so that a chat shows them in one line and makes no link or mention of them.

    >>> to_inert_text("<!channel> see https://example.org\u202e")
    '&lt;!channel&gt; see https:\u200b//example.org'
    """
    inert = _CONTROL.sub("", " ".join(words.split()))
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("://", ":\u200b//"), ("@", "@\u200b")):
        inert = inert.replace(sign, entity)
    return inert


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


async def _call(webhook: str, payload: dict[str, str]) -> Response:
    block = Webhook(url=reveal_secrets(webhook)) if "://" in webhook else await Webhook.aload(webhook)
    return await block.call(payload)
