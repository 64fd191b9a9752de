"""corrections.csv: what people said against readings, line by line."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from warehouse.corrections import Line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLUMNS = ("figure_id", "field", "value", "who", "why")


def read_corrections(path: Path) -> tuple[list[Line], list[str]]:
    """Return the lines of a file of corrections, and a complaint for each that is none; an absent file has no line."""
    lines: list[Line] = []
    complaints: list[str] = []
    if not path.exists():
        return lines, complaints
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (rows.fieldnames or [])]
            if missing:
                return [], [f"{path.name}: no column {', '.join(missing)}"]
            for row in rows:
                place = f"{path.name} line {rows.line_num}"
                if None in row or None in row.values():
                    complaints.append(f"{place}: not {len(rows.fieldnames or [])} cells")
                    continue
                figure_id, field, value, who, why = (str(row[column]).strip() for column in COLUMNS)
                lines.append(Line(place, figure_id, field, value or None, who, why))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [], [*complaints, f"{path.name}: {type(error).__name__}: {error}"]
    return lines, complaints


def add_corrections(path: Path, rows: Sequence[Sequence[str]]) -> int:
    """Add lines to a file of corrections, without those that stand there already; return how many."""
    standing, _ = read_corrections(path)
    known = {(line.figure_id, line.field) for line in standing}
    fresh = [row for row in rows if (row[0], row[1]) not in known]
    if not fresh:
        return 0
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, *fresh] if is_new else fresh)
    return len(fresh)
