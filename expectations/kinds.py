"""Rows as the few kinds that their promises tell apart, so that judging costs by the kind and not by the row.

Great Expectations looks at kinds: the value of each column that it judges itself, as far as its promise can tell
values apart, and a boolean for each promise that DuckDB answers. A million good figures are some hundred kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expectations.promises import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from expectations.promises import Promise


def to_kinds(
    connection: duckdb.DuckDBPyConnection, table: str, promises: Sequence[Promise]
) -> tuple[list[dict[str, object]], list[np.ndarray]]:
    """Return the kinds of a table's rows, and the positions (rid) of each kind's rows."""
    judged: dict[str, list[Promise]] = {}
    for p in promises:
        if p.form != "TRUE":
            judged.setdefault(p.columns[0], []).append(p)
    asked = [p for p in promises if p.form == "TRUE"]
    connection.execute("CREATE OR REPLACE TEMP TABLE breaches (rid BIGINT, expectation_id VARCHAR)")
    for joins in dict.fromkeys(p.joins for p in asked):
        own = {f'"{p.expectation_id}"': p.sql for p in asked if p.joins == joins}
        # A comparison with null is null, and breaks nothing (as CHECK in SQL): whether null may stand is told apart.
        answers = ", ".join(f"coalesce({sql}, true) AS {name}" for name, sql in own.items())
        # A join may find a row twice (a duplicated key): what breaks once is broken.
        connection.execute(
            f"""INSERT INTO breaches SELECT DISTINCT rid, expectation_id FROM (
              UNPIVOT (FROM (SELECT this.rid, {answers} FROM {table} this {joins}) WHERE NOT ({" AND ".join(own)}))
              ON {", ".join(own)} INTO NAME expectation_id VALUE is_kept
            ) WHERE NOT is_kept"""
        )
    columns = "".join(f'{_as_kind(name, own)} AS "{name}", ' for name, own in judged.items())
    rows = connection.sql(
        f"""SELECT * EXCLUDE (rid), list(rid) AS rids FROM (
          SELECT {columns}broken, this.rid FROM {table} this LEFT JOIN (
            SELECT rid, list(expectation_id ORDER BY expectation_id) AS broken FROM breaches GROUP BY rid
          ) b ON b.rid = this.rid
        ) GROUP BY ALL ORDER BY min(rid)"""
    ).to_arrow_table()
    rids = [np.asarray(of_kind, np.int64) for of_kind in rows.column("rids").to_numpy()]
    kinds = rows.drop_columns(["rids"]).to_pylist()
    for kind in kinds:
        broken = kind.pop("broken") or ()
        kind.update((p.expectation_id, p.expectation_id not in broken) for p in asked)
    return kinds, rids


def _as_kind(name: str, promises: Sequence[Promise]) -> str:
    """Write a column's value so that values which its promises treat alike are one: what is listed, what lies in range, what is merely there."""
    column = next((p.column for p in promises if p.column), None)
    forms = {p.form for p in promises}
    value = f"this.{name}"
    if column is None:
        return value
    if "LISTED" in forms:
        listed = list(map(quoted, column.values))
        return f"CASE WHEN {value} IN ({', '.join(listed)}) THEN {listed[0]} ELSE {value} END"
    if "RANGED" in forms:
        bounds = [f"{value} >= {column.minimum!r}"] if column.minimum is not None else []
        bounds += [f"{value} <= {column.maximum!r}"] if column.maximum is not None else []
        least = column.minimum if column.minimum is not None else column.maximum
        return f"CASE WHEN {' AND '.join(bounds)} THEN CAST({least!r} AS {column.type}) ELSE {value} END"
    return f"CASE WHEN {value} IS NOT NULL THEN 'there' END"
