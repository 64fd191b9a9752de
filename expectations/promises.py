"""Contracts to promises: what each column and each table promises, one by one, with an id, a reason and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seeds.contracts import Column, Table

Level = Literal["ROW", "TABLE", "WATCH"]
Form = Literal["PRESENT", "LISTED", "RANGED", "TRUE", "USUAL"]

# Tables that validation itself writes: what it finds is not examined in turn.
OWN_TABLES = ("quarantine", "expectation_results")

_COLUMN_IN_SQL = re.compile(r"\bthis\.(\w+)")


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that a table promises.

    `level`: what breaks with it, a row (quarantined), the batch (held back), or nothing (watched).
    `grain`: what it is asked of, each row or the batch.
    `form`: which expectation of Great Expectations it becomes; TRUE = DuckDB answers `sql` in one boolean column, USUAL =
    DuckDB measures `sql` (for each value of the column `by`), and history tells whether that is usual.
    """

    expectation_id: str
    table: str
    level: Level
    grain: Literal["row", "batch"]
    form: Form
    columns: tuple[str, ...]  # the columns that it speaks of, shown in examples
    reason: str
    action: str
    sql: str = ""
    joins: str = ""
    by: str | None = None
    column: Column | None = None


def list_promises(contracts: Mapping[str, Table]) -> list[Promise]:
    """List what every staged table promises, table by table, in the order of its contract.

    >>> from seeds.contracts import load_tables
    >>> [p.expectation_id for p in list_promises(load_tables()) if p.table == "documents"][:3]
    ['documents.has_schema', 'documents.has_unique_key', 'documents.document_id.is_present']
    """
    return [
        promise
        for table in contracts.values()
        if table.scope in {"batch", "run"} and table.name not in OWN_TABLES
        for promise in _list_table(table, contracts)
    ]


def _list_table(table: Table, contracts: Mapping[str, Table]) -> Iterator[Promise]:
    # The rows of a run's own table (its books) are never taken out: one that is broken holds the batch back.
    row: Level = "ROW" if table.scope == "batch" else "TABLE"
    yield Promise(
        f"{table.name}.has_schema",
        table.name,
        "TABLE",
        "batch",
        "TRUE",
        (),
        "The file has the contract's columns and types, no more and no fewer.",
        "Write it by transforms.tables.to_table.",
    )
    key = ["batch", *table.key]
    is_twin = " AND ".join(f"twin.{name} IS NOT DISTINCT FROM this.{name}" for name in key)
    yield Promise(
        f"{table.name}.has_unique_key",
        table.name,
        row,
        "row",
        "TRUE",
        tuple(table.key),
        f"No two rows share {', '.join(table.key)}.",
        "Look for a row written twice, or an id that leaves out what tells rows apart.",
        sql="twin.n IS NULL",
        joins=f"""LEFT JOIN (
            SELECT {", ".join(key)}, count(*) AS n FROM {table.name} GROUP BY ALL HAVING n > 1) twin ON {is_twin}""",
    )
    if table.scope == "batch":
        yield _balance(table)
    for name, column in table.columns.items():
        yield from _list_column(table, name, column, contracts, row)
    for name, expectation in table.expectations.items():
        level: Level = "TABLE" if expectation.level == "table" else row if expectation.level == "row" else "WATCH"
        yield Promise(
            f"{table.name}.{name}",
            table.name,
            level,
            "batch" if expectation.level in {"table", "usual"} else "row",
            "USUAL" if expectation.level == "usual" else "TRUE",
            tuple(dict.fromkeys(_COLUMN_IN_SQL.findall(expectation.sql))),
            expectation.reason,
            expectation.action,
            sql=expectation.sql,
            joins=expectation.from_ or "",
            by=expectation.by,
        )


def _balance(table: Table) -> Promise:
    """Promise that nothing is lost on the way: `broken` and `apart` are what quarantine made of the rows."""
    name = table.name
    return Promise(
        f"{name}.is_loaded_or_quarantined",
        name,
        "TABLE",
        "batch",
        "TRUE",
        (),
        "Every row that was read is loaded or stands in quarantine.",
        "A fault of ours: look at expectations/quarantine.py.",
        sql=f"""count(this.rid) = count(this.rid) FILTER (this.rid NOT IN (
            SELECT rid FROM broken WHERE table_name = '{name}')) + coalesce(any_value(q.n), 0)""",
        joins=f"""LEFT JOIN (SELECT batch, count(*) AS n FROM apart WHERE table_name = '{name}' GROUP BY batch) q
            ON q.batch = b.batch""",
    )


def _list_column(
    table: Table,
    name: str,
    column: Column,
    contracts: Mapping[str, Table],
    row: Level,
) -> Iterator[Promise]:
    def promise(what: str, form: Form, reason: str, action: str, sql: str = "") -> Promise:
        return Promise(
            f"{table.name}.{name}.{what}",
            table.name,
            row,
            "row",
            form,
            (name,),
            reason,
            action,
            sql=sql,
            column=column,
        )

    if column.required:
        yield promise("is_present", "PRESENT", f"{name} is never null.", "Fill it, or mend the contract.")
    if column.values:
        listed = f"{name} is one of {', '.join(column.values)}."
        yield promise("is_listed", "LISTED", listed, "Use a listed value, or add it to the contract with its meaning.")
    if column.minimum is not None or column.maximum is not None:
        least = "" if column.minimum is None else f"{column.minimum:g} <= "
        most = "" if column.maximum is None else f" <= {column.maximum:g}"
        yield promise("is_in_range", "RANGED", f"{least}{name}{most}.", "Look at the step that counts it.")
    if column.pattern:
        formed = f"regexp_matches(this.{name}, {quoted(column.pattern)})"
        yield promise(
            "has_form", "TRUE", f"{name} has the form {column.pattern}.", "Make it by transforms.ids.", formed
        )
    if column.references:
        yield promise(
            "is_known",
            "TRUE",
            f"{name} is a {column.references}.",
            "Add the missing entry to its seeds, or mend the step that names it.",
            _to_reference_sql(table, name, column, contracts),
        )


def _to_reference_sql(table: Table, name: str, column: Column, contracts: Mapping[str, Table]) -> str:
    """Write the condition that a value, or each code joined in it, stands in the column that it refers to."""
    target, _, key = (column.references or "").partition(".")
    known = f"SELECT code FROM {known_table(column.references or '')}"
    if column.joined_by:
        part = f"unnest(string_split({name}, {quoted(column.joined_by)})) AS part"
        values = f"SELECT v FROM (SELECT {name} AS v, {part} FROM (SELECT DISTINCT {name} FROM {table.name}))"
        return f"this.{name} IS NULL OR this.{name} IN ({values} GROUP BY v HAVING bool_and(part IN ({known})))"
    # One null in the list would make every stranger's comparison null, and so no breach.
    cases = [f"this.{name} IN ({known})"]
    if contracts[target].scope == "batch":
        cases.append(f"(this.batch, this.{name}) IN (SELECT (batch, {key}) FROM {target} WHERE {key} IS NOT NULL)")
    elif contracts[target].scope == "run":
        cases.append(f"this.{name} IN (SELECT {key} FROM {target} WHERE {key} IS NOT NULL)")
    if column.open:
        cases.append(f"regexp_matches(this.{name}, {quoted(column.open)})")
    return f"this.{name} IS NULL OR {' OR '.join(cases)}"


def known_table(reference: str) -> str:
    """Name the table in which validation finds what is known beyond the batch.

    >>> known_table("units.unit_code")
    'known_units_unit_code'
    """
    return f"known_{reference.replace('.', '_')}"


def quoted(text: str) -> str:
    """Write a text as SQL does.

    >>> quoted("Ivory Coast's")
    "'Ivory Coast''s'"
    """
    return "'" + text.replace("'", "''") + "'"
