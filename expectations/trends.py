"""How a run compares with those before it: each table's score, each reason of refusal, what waits in quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from expectations.usual import N_LEAST, Past, find_unusual

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

N_RUNS = 14  # shown, the newest included
N_REMEMBERED = 180  # runs in which what is usual is looked for: half a year of a daily one

# Promises kept by all rows of a table, of those asked; one row a run and table.
SCORES = """
    SELECT r.table_name, r.run_id, count(*) FILTER (n_unexpected = 0) / count(*) FROM (
        SELECT b.run_id, e.table_name, e.expectation_id, sum(e.n_unexpected) AS n_unexpected
        FROM expectation_results_history e JOIN batches b USING (batch_id) GROUP BY ALL) r
    WHERE list_contains($runs, r.run_id) GROUP BY ALL
"""
BROKEN = """
    SELECT DISTINCT e.expectation_id FROM expectation_results_history e JOIN batches b USING (batch_id)
    WHERE NOT e.is_met AND list_contains($runs, b.run_id) ORDER BY 1
"""
REASONS = "SELECT run_id, reason, share FROM refusals_by_reason WHERE committed_at <= $moment"
OPEN = """
    SELECT count(*) FROM quarantine_history q ANTI JOIN (
        SELECT quarantine_id FROM quarantine_events WHERE status = 'DISMISSED' AND event_at <= $moment) USING (quarantine_id)
    WHERE since <= $moment AND (until IS NULL OR until > $moment)
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """A reason's share of all numbers seen: in the runs shown, the oldest first, and what is usual."""

    reason: str
    shares: tuple[float, ...]
    usual: float | None  # the median of the runs before; None for the first run
    is_unusual: bool


def read_scores(connection: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, tuple[float | None, ...]]:
    """Return by table the share of promises kept in each of the runs, the oldest first; None where none was asked."""
    found: dict[str, dict[str, float]] = {}
    for table, run_id, score in connection.execute(SCORES, {"runs": list(run_ids)}).fetchall():
        found.setdefault(table, {})[run_id] = score
    return {table: tuple(scores.get(run_id) for run_id in run_ids) for table, scores in found.items()}


def read_drift(
    connection: duckdb.DuckDBPyConnection, runs: Sequence[tuple[str, datetime]], moment: datetime
) -> dict[str, Drift]:
    """Return by reason how its share moves over runs that read something (id, committed_at; the oldest first).

    The last of them is the one that is reported; unusual is what lies far from the median of 14 runs and more.
    """
    shares: dict[str, dict[str, float]] = {}
    for run_id, reason, share in connection.execute(REASONS, {"moment": moment}).fetchall():
        shares.setdefault(reason, {})[run_id] = share
    *before, (last, day) = runs[-N_REMEMBERED:]
    drifts = {}
    for reason, of_run in shares.items():
        past = [Past(at.date(), {"": of_run.get(run_id, 0.0)}) for run_id, at in before]
        usual = median(each.measured[""] for each in past) if past else None
        is_unusual = len(past) >= N_LEAST and bool(find_unusual({"": of_run.get(last, 0.0)}, past, day.date()))
        drifts[reason] = Drift(reason, tuple(of_run.get(r, 0.0) for r, _ in runs[-N_RUNS:]), usual, is_unusual)
    return drifts


def read_broken_lately(connection: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the promises that some batch of these runs broke."""
    return tuple(row[0] for row in connection.execute(BROKEN, {"runs": list(run_ids)}).fetchall())


def count_open(connection: duckdb.DuckDBPyConnection, moment: datetime) -> int:
    """Return how many rows stood open in quarantine at a moment."""
    [(n,)] = connection.execute(OPEN, {"moment": moment}).fetchall()
    return int(n)
