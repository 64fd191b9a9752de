"""Rows as the few kinds that their promises tell apart, so that judging costs by the kind and not by the row.

Great Expectations looks at a frame of kinds: the value of each column that it judges itself, as far as its promise can tell
values apart, and a boolean for each promise that DuckDB answers. A million good figures are some hundred kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expectations.promises import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pandas as pd

    from expectations.promises import Promise


def to_kinds(
    connection: duckdb.DuckDBPyConnection, table: str, promises: Sequence[Promise]
) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Return the kinds of a table's rows, one a row of the frame, and the positions (rid) of each kind's rows."""
    judged: dict[str, list[Promise]] = {}
    for p in promises:
        if p.form != "TRUE":
            judged.setdefault(p.columns[0], []).append(p)
    select = [f'{_as_kind(name, own)} AS "{name}"' for name, own in judged.items()]
    direct = [p for p in promises if p.form == "TRUE" and not p.joins]
    # A comparison with null is null, and breaks nothing (as CHECK in SQL): whether null may stand is told apart.
    select += [f'coalesce({p.sql}, true) AS "{p.expectation_id}"' for p in direct]
    sources = [f"(SELECT {', '.join(['this.rid', *select])} FROM {table} this) answers"]
    for number, joins in enumerate(dict.fromkeys(p.joins for p in promises if p.joins)):
        # A join may find a row twice (a duplicated key): what breaks once is broken.
        joined = ", ".join(
            f'coalesce(bool_and({p.sql}), true) AS "{p.expectation_id}"' for p in promises if p.joins == joins
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE answers_{number} AS SELECT this.rid, {joined} FROM {table} this {joins} GROUP BY this.rid"
        )
        sources.append(f"JOIN temp.answers_{number} USING (rid)")
    columns = ", ".join(f'"{name}"' for name in [*judged, *(p.expectation_id for p in promises if p.form == "TRUE")])
    rows = connection.sql(
        f"SELECT {columns}, list(rid) AS rids FROM {' '.join(sources)} GROUP BY {columns} ORDER BY min(rid)"
    ).to_arrow_table()
    rids = [np.asarray(of_kind, np.int64) for of_kind in rows.column("rids").to_numpy()]
    frame: pd.DataFrame = rows.drop_columns(["rids"]).to_pandas()
    return frame, rids


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
