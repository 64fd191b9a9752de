"""What people said of rows that were drawn for them: kept in the ledger, by reader and metric."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
from filelock import FileLock

from warehouse.amendments import WRONG
from warehouse.builds import open_build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from warehouse.lake import Lake


@dataclass(slots=True)
class Mark:
    """What a person said of one figure; `fields`: the wrong ones with what is right (None = not known), empty = no such figure."""

    place: str
    figure_id: str
    is_right: bool
    who: str
    why: str
    fields: dict[str, str | None] = field(default_factory=dict)


SCHEMA = pa.schema(
    [("figure_id", pa.string()), ("is_right", pa.bool_()), ("fields", pa.string()), ("who", pa.string())]
)


def write_reviews(lake: Lake, marks: Sequence[Mark], clock: Callable[[], datetime]) -> tuple[list[Mark], list[Mark]]:
    """Keep marks, the same person's earlier one of a figure replaced; return those of known figures, and the others.

    Raises LakeError without a lake.
    """
    lake.must_exist()
    rows = [
        {
            "figure_id": mark.figure_id,
            "is_right": mark.is_right,
            "fields": None if mark.is_right else ",".join(mark.fields) or WRONG,
            "who": mark.who,
        }
        for mark in marks
    ]
    with FileLock(lake.lock_path), open_build(lake, "review") as build:
        connection = build.connection
        connection.register("marks", pa.Table.from_pylist(rows, SCHEMA))
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE marked AS
            SELECT m.*, f.reader_version, f.metric_code FROM marks m JOIN (
                SELECT DISTINCT ON (figure_id) figure_id, reader_version, metric_code FROM figures_history
                SEMI JOIN marks USING (figure_id) ORDER BY figure_id, since DESC) f USING (figure_id)"""
        )
        connection.unregister("marks")
        connection.execute(
            "DELETE FROM reviews r USING temp.marked m WHERE r.figure_id = m.figure_id "
            "AND r.reader_version = m.reader_version AND r.who = m.who"
        )
        connection.execute("INSERT INTO reviews BY NAME SELECT *, ? AS reviewed_at FROM temp.marked", [clock()])
        known = {row[0] for row in connection.execute("SELECT figure_id FROM temp.marked").fetchall()}
        if known:
            build.swap()
    return [m for m in marks if m.figure_id in known], [m for m in marks if m.figure_id not in known]
