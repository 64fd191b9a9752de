"""What changed since the run before: the few lines that are worth a message, none on a quiet day."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expectations.report import Report

MOST_LINES = 12  # of a message that people read; the report has the rest


def find_changes(report: Report, before: Report | None) -> list[str]:
    """Return a line for each thing that is other than in the run before: broken or mended promises, batches, feeds, drift."""
    lines = list(_changes(report, before))
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], f"and {len(lines) - MOST_LINES + 1} more"]


def _changes(report: Report, before: Report | None) -> Iterator[str]:
    for batch in report.held_back:
        yield f"held back: {batch.feed_id}, {batch.n_versions} articles ({batch.reason})"
    if not report.books.is_balanced:
        yield "the books of inputs do not balance"
    was = {b.expectation_id for b in before.broken if b.level != "WATCH"} if before else set()
    now = {b.expectation_id for b in report.broken}
    for broken in report.broken:
        if broken.expectation_id not in report.broken_lately:  # what breaks every few days is no news
            yield f"newly broken: {broken.expectation_id} ({broken.found}, {broken.level.lower()}): {broken.reason}"
    asked = {p.expectation_id for p in report.promises}
    for name in sorted((was - now) & asked):
        yield f"kept again: {name}"
    if before and report.n_open > before.n_open:
        yield f"in quarantine: {report.n_open} rows, {report.n_open - before.n_open} more than before"
    then = {(f.feed_id, f.outlet_id): f.state for f in before.feeds} if before else {}
    for feed in report.feeds:
        state = then.get((feed.feed_id, feed.outlet_id), "ON_TIME")
        name = f"{feed.feed_id}{f', outlet {feed.outlet_id}' if feed.outlet_id else ''}"
        if feed.state != state:
            yield f"feed {name}: {feed.told}"
    silent = {(f.feed_id, f.outlet_id) for f in report.feeds}
    for (feed_id, outlet_id), state in then.items():
        if outlet_id and state == "SILENT" and (feed_id, outlet_id) not in silent:
            yield f"feed {feed_id}, outlet {outlet_id}: heard again"
    drifted = {d.reason for d in before.drift if d.is_unusual} if before else set()
    for drift in report.drift:
        if drift.is_unusual and drift.reason not in drifted:
            yield f"refused as {drift.reason}: {drift.shares[-1]:.1%} of all numbers, usually {drift.usual or 0:.1%}"
    if report.accuracy and before and before.accuracy and report.accuracy.n_right < before.accuracy.n_right:
        yield f"samples read right: {report.accuracy.n_right} of {report.accuracy.n}, before {before.accuracy.n_right}"
