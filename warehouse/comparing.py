"""A stranger's series beside the tallies: what is covered, what is equal, what lies within the bounds, what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from warehouse.queries import open_lake
from warehouse.statements import name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from warehouse.lake import Lake

# What people call the columns that a series is joined on.
COLUMNS = {
    "metric": "metric_code", "period": "period_end_date", "start": "period_start_date", "kind": "kind", "actor": "actor_code",
    "target": "target_code", "victim": "victim", "weapon": "weapon_class", "model": "weapon_code", "place": "place_name",
    "country": "country_code",
}  # fmt: skip
VALUE = "value"


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a series beside the tally of the same thing; nothing is told where no tally is."""

    given: Mapping[str, str]
    value: float
    low: float | None
    best: float | None
    high: float | None
    is_contested: bool
    tally_id: str | None
    words: str | None

    @property
    def outcome(self) -> str:
        """OPEN (no report), EXACT, CONTESTED, WITHIN the bounds, or DIFFERS."""
        if self.tally_id is None:
            return "OPEN"
        if self.best == self.value:
            return "EXACT"
        is_within = (self.low is None or self.low <= self.value) and (self.high is None or self.value <= self.high)
        return "CONTESTED" if self.is_contested else "WITHIN" if is_within else "DIFFERS"


def compare(lake: Lake, rows: Sequence[Mapping[str, str]], on: Sequence[str]) -> list[Compared]:
    """Lay a series beside the tallies: each row has `value` and the columns `on` (keys of COLUMNS), an empty one meaning null.

    Where several tallies fit, each is laid beside it. Raises LakeError when there is no lake, ValueError for a column or a
    value that is none.
    """
    unknown = [column for column in on if column not in COLUMNS]
    if unknown:
        message = f"no column {', '.join(unknown)} to compare on: there are {', '.join(COLUMNS)}"
        raise ValueError(message)
    series = pa.table(
        {
            "line": list(range(len(rows))),
            VALUE: [_number(row, line) for line, row in enumerate(rows)],
            **{column: [row.get(column) or None for row in rows] for column in on},
        }
    )
    joins = " AND ".join(f"CAST(s.{name(COLUMNS[c])} AS VARCHAR) IS NOT DISTINCT FROM g.{name(c)}" for c in on)
    with open_lake(lake) as connection:
        connection.register("given", series)
        found = connection.execute(
            f"""SELECT g.line, g.{VALUE}, s.low, s.best, s.high, coalesce(s.is_contested, false), s.tally_id,
                concat_ws(': ', a.outlet_id, f.quote) AS words
            FROM given g LEFT JOIN series s ON {joins}
            LEFT JOIN figures f ON f.figure_id = s.figure_id LEFT JOIN articles a ON a.version_id = f.version_id
            ORDER BY g.line, s.tally_id"""
        ).fetchall()
        connection.unregister("given")
    return [Compared(rows[line], *told) for line, *told in found]


def _number(row: Mapping[str, str], line: int) -> float:
    try:
        return float(row[VALUE])
    except (KeyError, TypeError, ValueError) as error:
        message = f"row {line + 1} has no number in its column {VALUE}"
        raise ValueError(message) from error
