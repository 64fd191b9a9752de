"""Rows to Arrow tables: the contract's columns and types, in the contract's order, byte for byte the same each time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seeds.contracts import Table

ARROW_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


def to_schema(contract: Table) -> pa.Schema:
    """Turn a contract into an Arrow schema; what is required is not nullable.

    >>> from seeds.contracts import load_tables
    >>> to_schema(load_tables()["documents"]).field("n_bytes")
    pyarrow.Field<n_bytes: int64 not null>
    """
    return pa.schema(
        [pa.field(name, ARROW_TYPES[c.type], nullable=not c.required) for name, c in contract.columns.items()],
    )


def to_table(contract: Table, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Turn rows into the contract's table, sorted; a column that a row leaves out is null.

    Raises ValueError for an unknown column, a null where a value is required, NaN and infinity.

    >>> from seeds.contracts import load_tables
    >>> documents = load_tables()["documents"]
    >>> to_table(documents, [{"document_id": x * 64, "media_type": "text/plain", "n_bytes": 9} for x in "ba"])[0][0].as_py()[:3]
    'aaa'
    """
    rows = list(rows)
    for row in rows:
        if not row.keys() <= contract.columns.keys():
            msg = f"{contract.name} has no column {', '.join(sorted(row.keys() - contract.columns.keys()))}"
            raise ValueError(msg)
    arrays = []
    for name, column in contract.columns.items():
        values = [row.get(name) for row in rows]
        if column.required and any(value is None for value in values):
            msg = f"{contract.name}.{name} is required, and a row has none"
            raise ValueError(msg)
        if column.type == "DOUBLE" and not all(
            isinstance(v, int | float) and math.isfinite(v) for v in values if v is not None
        ):
            msg = f"{contract.name}.{name} holds what is no finite number"
            raise ValueError(msg)
        arrays.append(pa.array(values, ARROW_TYPES[column.type]))
    return sort_table(contract, pa.Table.from_arrays(arrays, schema=to_schema(contract)))


def sort_table(contract: Table, table: pa.Table) -> pa.Table:
    """Sort a table's rows by the contract's order, nulls last (as DuckDB does)."""
    return table.sort_by([(name, "ascending") for name in contract.order])
