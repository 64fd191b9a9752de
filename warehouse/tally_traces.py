"""The way back from a tally: its figures with their words, its parts, and the nearest figures that are not in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.queries import open_lake
from warehouse.statements import names
from warehouse.traces import read_rows

if TYPE_CHECKING:
    from warehouse.lake import Lake
    from warehouse.traces import Row

NEAREST = 5  # figures shown that stayed out
TOLD_APART_BY = (
    "kind", "actor_code", "target_code", "victim", "weapon_class", "weapon_code", "place_id", "country_code",
    "period_start_date", "period_end_date",
)  # fmt: skip

TOLD = ("actor_code", "target_code", "victim", "weapon_class", "place_name", "period_start_date", "period_end_date")
_FIGURE = ", ".join(
    (
        "f.low, f.best, f.high, f.quote, a.outlet_id, a.published_date",
        "r.figure_id, r.tally_id, r.role, r.reason, r.origin, r.as_of_date, r.joined_by",
        *(f"f.{column} AS own_{column}" for column in TOLD),
    )
)
_JOINS = "tally_figures r JOIN figures f USING (figure_id) JOIN articles a USING (version_id)"


@dataclass(frozen=True, slots=True)
class TallyTrace:
    """All that stands behind one tally; each row by column name."""

    tally: Row
    figures: list[Row]
    parts: list[Row]
    nearest: list[Row]


def trace_tally(lake: Lake, tally_id: str) -> TallyTrace | None:
    """Return what stands behind a current tally; None where the lake has none of that id. Raises LakeError without a lake."""
    with open_lake(lake) as connection:
        found = read_rows(connection, "FROM tallies WHERE tally_id = ?", tally_id)
        if not found:
            return None
        figures = read_rows(
            connection,
            f"SELECT {_FIGURE} FROM {_JOINS} WHERE r.tally_id = ? ORDER BY r.as_of_date, a.published_date, r.figure_id",
            tally_id,
        )
        parts = read_rows(
            connection,
            "SELECT t.tally_id, t.low, t.best, t.high, p.why, p.whole_id = $1 AS is_whole FROM tally_parts p "
            "JOIN tallies t ON t.tally_id = CASE WHEN p.whole_id = $1 THEN p.part_id ELSE p.whole_id END "
            "WHERE p.whole_id = $1 OR p.part_id = $1 ORDER BY is_whole, t.tally_id",
            tally_id,
        )
        apart = " + ".join(f"CAST(o.{c} IS DISTINCT FROM t.{c} AS INTEGER)" for c in names(TOLD_APART_BY).split(", "))
        others = ", ".join(f"o.{c} AS other_{c}" for c in TOLD_APART_BY)
        nearest = read_rows(
            connection,
            f"SELECT {_FIGURE}, {others} FROM {_JOINS} CROSS JOIN (FROM tallies WHERE tally_id = $1) t "
            "LEFT JOIN tallies o ON o.tally_id = r.tally_id "
            "WHERE f.metric_code = t.metric_code AND r.tally_id IS DISTINCT FROM $1 "
            f"ORDER BY CASE WHEN o.tally_id IS NULL THEN 1 + CAST(f.place_id IS DISTINCT FROM t.place_id AS INTEGER) ELSE {apart} END, "
            "abs(coalesce(o.period_end_date - t.period_end_date, 9999)), abs(coalesce(a.published_date - t.period_end_date, 9999)), r.figure_id "
            f"LIMIT {NEAREST}",
            tally_id,
        )
    return TallyTrace(found[0], figures, parts, nearest)
