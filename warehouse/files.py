"""Final data files: one batch (or run) of one table, written once, whole, and proved against what was staged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.lake import LakeError, make_folder, settle
from warehouse.statements import layout, names, order, parquet, text, typed

if TYPE_CHECKING:
    import duckdb

    from seeds.contracts import Table
    from warehouse.lake import Lake


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file as the ledger lists it; `path` is relative to the lake, `batch_id` null for a file of a whole run."""

    path: str
    table_name: str
    batch_id: str | None
    n_rows: int
    n_bytes: int
    layout: str
    sha256: str


def write_file(
    connection: duckdb.DuckDBPyConnection, lake: Lake, table: Table, name: str, rows: str
) -> DataFile | None:
    """Write the rows of a SELECT as TABLE/NAME.parquet: zstd, sorted, every column of the contract.

    `name` is the batch's id, or the run's for a table that has one file a run. No row: no file, None. The file is read back before it gets
    its name: raises LakeError where count or content is not what was asked for.
    """
    wanted = f"SELECT {typed(table)} FROM ({rows})"
    proof = f"SELECT count(*), bit_xor(hash({names(table.columns)})) FROM "
    (asked,) = connection.execute(f"{proof} ({wanted})").fetchall()
    if not asked[0]:
        return None
    final = lake.file(table.name, name)
    make_folder(final.parent)
    temporary = final.with_suffix(".parquet.tmp")
    temporary.unlink(missing_ok=True)
    connection.execute(
        f"COPY ({wanted} ORDER BY {order(table)}) TO {text(str(temporary))} (FORMAT parquet, COMPRESSION zstd)"
    )
    if connection.execute(f"{proof} {parquet([str(temporary)])}").fetchall() != [asked]:
        message = f"{final}: what was written is not what was staged"
        raise LakeError(message)
    with temporary.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    n_bytes = temporary.stat().st_size
    settle(temporary, final)
    batch_id = name if table.scope == "batch" else None
    return DataFile(
        final.relative_to(lake.root).as_posix(), table.name, batch_id, asked[0], n_bytes, layout(table), sha256
    )
