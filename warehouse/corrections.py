"""What people said against readings: checked as any row is, kept in the ledger, applied by the view `figures`."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from filelock import FileLock

from seeds.contracts import load_tables
from warehouse.amendments import FIXED, WRONG, fields
from warehouse.builds import open_build
from warehouse.statements import name, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    import duckdb

    from seeds.contracts import Column
    from warehouse.lake import Lake

BOUNDS = ("low", "best", "high")
SHOWN = 12  # fields named in a complaint
CURRENT = "SELECT figure_id, field, value, who, why FROM corrections WHERE until IS NULL"
RELATION = pa.schema([(column, pa.string()) for column in ("figure_id", "field", "value", "who", "why")])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of corrections.csv; `place` says where it stands, for people."""

    place: str
    figure_id: str
    field: str
    value: str | None
    who: str
    why: str

    @property
    def row(self) -> tuple[str, str, str | None, str, str]:
        """The line as a row of the ledger."""
        return self.figure_id, self.field, self.value, self.who, self.why


def correct(lake: Lake, lines: Sequence[Line], clock: Callable[[], datetime]) -> list[str]:
    """Make the lake's corrections those of `lines`; return a complaint for each line that cannot be followed.

    A line that is gone since the last time ends: the reading counts again. Nothing is written where nothing changed.
    """
    with FileLock(lake.lock_path), open_build(lake, "correct") as build:
        connection = build.connection
        complaints: list[str] = []
        rows = set(_follow(connection, lines, complaints))
        standing = set(connection.execute(CURRENT).fetchall())
        if rows == standing:
            return complaints
        moment = clock()
        _register(connection, "ended", standing - rows)
        connection.execute(
            "UPDATE corrections c SET until = ? FROM ended e WHERE c.until IS NULL AND c.figure_id = e.figure_id "
            "AND c.field = e.field",
            [moment],
        )
        _register(connection, "begun", rows - standing)
        connection.execute("INSERT INTO corrections BY NAME SELECT *, ? AS since FROM begun", [moment])
        connection.unregister("ended")
        connection.unregister("begun")
        build.swap()
    return complaints


def _register(connection: duckdb.DuckDBPyConnection, view: str, rows: Iterable[tuple[str | None, ...]]) -> None:
    columns = RELATION.names
    ordered = [dict(zip(columns, row, strict=True)) for row in sorted(rows, key=str)]
    connection.register(view, pa.Table.from_pylist(ordered, RELATION))


def _follow(
    connection: duckdb.DuckDBPyConnection, lines: Sequence[Line], complaints: list[str]
) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Yield the rows of the lines that can be followed; a figure's lines stand or fall together once each is sound."""
    ids = pa.table({"figure_id": pa.array(sorted({line.figure_id for line in lines}), pa.string())})
    connection.register("asked", ids)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE readings AS SELECT DISTINCT ON (figure_id) * FROM figures_history "
        "SEMI JOIN asked USING (figure_id) ORDER BY figure_id, since DESC"
    )
    connection.unregister("asked")
    known = {
        row[0]: row[1:] for row in connection.execute(f"SELECT figure_id, {', '.join(BOUNDS)} FROM readings").fetchall()
    }
    of_figure: dict[str, dict[str, Line]] = defaultdict(dict)
    for line in lines:
        fault = "" if line.figure_id in known else f"no figure {line.figure_id!r} in this lake"
        fault = fault or _find_fault(connection, line)
        if line.field in of_figure[line.figure_id]:
            fault = fault or f"{line.field} is corrected already, {of_figure[line.figure_id][line.field].place}"
        if fault:
            complaints.append(f"{line.place}: {fault}")
        else:
            of_figure[line.figure_id][line.field] = line
    for figure_id, own in of_figure.items():
        if WRONG in own:
            yield own[WRONG].row
        elif own:
            rows = {field: line.row for field, line in own.items()}
            _complete(connection, figure_id, known[figure_id], rows)
            broken = _find_broken(connection, figure_id, rows)
            if broken:
                places = ", ".join(line.place for line in own.values())
                complaints.append(f"{places}: figure {figure_id} would break {', '.join(broken)}")
            else:
                yield from rows.values()


def _find_fault(connection: duckdb.DuckDBPyConnection, line: Line) -> str:
    """Say what is wrong with a line by itself ("" = nothing)."""
    contract = load_tables()["figures"].columns
    if not line.who or not line.why:
        return "say who corrects it, and why"
    if line.field == WRONG:
        return "" if line.value == "true" else "is_wrong has the value true, or no line"
    if line.field not in contract:
        return f"no field {line.field!r}: it is {WRONG} or one of {', '.join(fields()[:SHOWN])} ..."
    column = contract[line.field]
    if line.field in FIXED:
        return f"{line.field} is what stands in the text, or follows from it: it cannot be corrected"
    if line.value is None:
        return f"{line.field} is never empty" if column.required else ""
    return _find_misfit(connection, line.field, line.value, column)


def _find_misfit(connection: duckdb.DuckDBPyConnection, field: str, value: str, column: Column) -> str:
    """Say how a value departs from its column's contract ("" = not at all)."""
    [(cast,)] = connection.execute(f"SELECT TRY_CAST(? AS {column.type})", [value]).fetchall()
    if cast is None:
        return f"{field}: {value!r} is no {column.type}"
    if column.values and value not in column.values:
        return f"{field}: {value!r} is none of {', '.join(column.values)}"
    is_low = column.minimum is not None and float(cast) < column.minimum
    if is_low or (column.maximum is not None and float(cast) > column.maximum):
        return f"{field}: {value} is out of range"
    if column.pattern and not re.search(column.pattern, value):
        return f"{field}: {value!r} has not the form {column.pattern}"
    target, _, key = (column.references or "").partition(".")
    for part in value.split(column.joined_by) if column.joined_by else [value]:
        is_open = column.open and re.search(column.open, part)
        if target and not is_open:
            found = connection.execute(f"SELECT 1 FROM {name(target)} WHERE {name(key)} = ?", [part]).fetchone()
            if not found:
                return f"{field}: {part!r} is no {column.references}"
    return ""


def _complete(
    connection: duckdb.DuckDBPyConnection,
    figure_id: str,
    bounds: tuple[float | None, ...],
    rows: dict[str, tuple[str, str, str | None, str, str]],
) -> None:
    """Add what follows from a correction: the bounds of an exact number, the base unit's values, the dimension."""
    *_, who, _ = next(iter(rows.values()))

    def follow(field: str, value: str | None, source: str) -> None:
        rows[field] = (figure_id, field, value, who, f"follows from {source}")

    if set(BOUNDS) & rows.keys() == {"best"} and len(set(bounds)) == 1:
        follow("low", rows["best"][2], "best")
        follow("high", rows["best"][2], "best")
    if not rows.keys() & {*BOUNDS, "unit_code"}:
        return
    [found] = connection.execute(
        f"""SELECT {", ".join(f"CAST(this.{bound} * coalesce(u.factor, 1) AS VARCHAR)" for bound in BOUNDS)},
            coalesce(u.dimension, CASE WHEN starts_with(this.unit_code, '{{') THEN 'count' ELSE this.dimension END),
            this.dimension
        FROM ({_apply(rows)}) this LEFT JOIN units u ON u.unit_code = this.unit_code WHERE this.figure_id = ?""",
        [figure_id],
    ).fetchall()
    for bound, base in zip(BOUNDS, found, strict=False):
        follow(f"{bound}_base", base, "low, best, high and unit_code")
    if found[3] != found[4]:
        follow("dimension", found[3], "unit_code")


def _apply(rows: dict[str, tuple[str, str, str | None, str, str]]) -> str:
    """Write the SELECT of the readings with these values in them."""
    columns = load_tables()["figures"].columns
    values = (
        f"CAST({'NULL' if row[2] is None else text(row[2])} AS {columns[field].type}) AS {name(field)}"
        for field, row in rows.items()
    )
    return f"SELECT * REPLACE ({', '.join(values)}) FROM readings"


def _find_broken(
    connection: duckdb.DuckDBPyConnection, figure_id: str, rows: dict[str, tuple[str, str, str | None, str, str]]
) -> list[str]:
    """Return the promises of a row, among those that speak of what is corrected, that the corrected figure would break."""
    broken = []
    for expectation, promise in load_tables()["figures"].expectations.items():
        spoken = set(re.findall(r"\bthis\.(\w+)", f"{promise.sql} {promise.from_ or ''}"))
        if promise.level == "row" and spoken & rows.keys():
            found = connection.execute(
                f"SELECT 1 FROM ({_apply(rows)}) this {promise.from_ or ''} WHERE this.figure_id = ? AND NOT ({promise.sql})",
                [figure_id],
            ).fetchone()
            broken += [f"figures.{expectation}"] if found else []
    return broken
