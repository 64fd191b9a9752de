"""What a run has staged, opened in DuckDB: one table a contract, each row with its batch and its position."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb.func import PythonUDFType

from expectations.promises import OWN_TABLES, known_table
from transforms.tables import to_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from seeds.contracts import Table

# A string is a string, however long its offsets are.
_SAME_TYPE = {pa.large_string(): pa.string(), pa.string_view(): pa.string()}


@dataclass(slots=True)
class Staged:
    """The files of some batches, sound ones and faulty ones apart."""

    batch_ids: list[str]
    files: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # table -> (path, batch), sound
    faults: dict[tuple[int, str], str] = field(default_factory=dict)  # (batch, table) -> what is wrong with its file
    n_rows: dict[int, int] = field(default_factory=dict)  # batch -> rows staged, over all its tables

    @property
    def faulty(self) -> set[int]:
        """The batches that have a faulty file."""
        return {batch for batch, _ in self.faults}


def find_staged(staging: Path, batch_ids: Sequence[str], contracts: Mapping[str, Table]) -> Staged:
    """Find each batch's files and compare their schemas with the contracts.

    A batch with a faulty file is left out of `files` altogether: half of it proves nothing about the other half.
    """
    staged = Staged(list(batch_ids))
    of_run: dict[str, list[tuple[str, int]]] = {}
    for name, contract in contracts.items():
        if contract.scope == "batch" and name != "expectation_results":
            for batch, batch_id in enumerate(batch_ids):
                for path in _list_files(staging / name, batch_id):
                    fault, n_rows = _read_fault(path, contract)
                    if fault:
                        staged.faults[batch, name] = fault
                    staged.n_rows[batch] = staged.n_rows.get(batch, 0) + n_rows
                    staged.files.setdefault(name, []).append((str(path), batch))
        elif contract.scope == "run":
            for path in sorted((staging / name).glob("*.parquet")):
                fault, _ = _read_fault(path, contract)
                if fault:  # the books of the run: without them no batch is proved
                    staged.faults |= {(batch, name): fault for batch in range(len(batch_ids))}
                of_run.setdefault(name, []).append((str(path), -1))
    faulty = staged.faulty
    staged.files = {name: [f for f in files if f[1] not in faulty] for name, files in staged.files.items()}
    if len(faulty) < len(batch_ids):
        staged.files |= of_run
    return staged


def _list_files(folder: Path, batch_id: str) -> list[Path]:
    """List the file, or the shards, of one batch of one table."""
    whole = folder / f"{batch_id}.parquet"
    return sorted((folder / batch_id).glob("*.parquet")) + ([whole] if whole.exists() else [])


def _read_fault(path: Path, contract: Table) -> tuple[str, int]:
    """Say how a file's schema departs from the contract ("" = not at all), and how many rows it has."""
    try:
        with pq.ParquetFile(path) as file:
            schema, n_rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        return f"{path.name} is no Parquet file ({type(error).__name__})", 0
    promised = {f.name: f.type for f in to_schema(contract)}
    found = {f.name: _SAME_TYPE.get(f.type, f.type) for f in schema}
    faults = [f"{name} is missing" for name in promised if name not in found]
    faults += [f"{name} is not promised" for name in found if name not in promised]
    faults += [
        f"{name} is {found[name]}, not {kind}"
        for name, kind in promised.items()
        if name in found and found[name] != kind
    ]
    return "; ".join(faults), n_rows


def open_staged(
    staged: Staged,
    batches: Collection[int],
    contracts: Mapping[str, Table],
    known: Mapping[str, Collection[str]],
    reference: Mapping[str, pa.Table],
    n_threads: int,
) -> duckdb.DuckDBPyConnection:
    """Load some batches into DuckDB: TABLE(rid, batch, the contract's columns), rid counting from 0 in file order.

    `batch` is the position of the batch. A row of the run's books that belongs to no batch given here is left out; where
    other tables refer to it, it stays, and its batch is null. Beside them stand the tables made from seeds, empty where `reference` lacks one.
    """
    connection = duckdb.connect(config={"threads": n_threads})
    connection.execute("CREATE TABLE batches (batch BIGINT, batch_id VARCHAR)")
    rows = pa.table({"batch": list(batches), "batch_id": [staged.batch_ids[b] for b in batches]})
    connection.register("given", rows)
    connection.execute("INSERT INTO batches FROM given")
    for column, codes in known.items():
        connection.register("given", pa.table({"code": pa.array(sorted(codes), pa.string())}))
        connection.execute(f"CREATE TABLE {known_table(column)} AS FROM given")
    for name, contract in contracts.items():
        if contract.scope == "seed":
            connection.register("given", reference.get(name, to_schema(contract).empty_table()))
            connection.execute(f"CREATE TABLE {name} AS FROM given")
        if contract.scope in {"batch", "run"} and name != "expectation_results":
            files = [f for f in staged.files.get(name, []) if f[1] == -1 or f[1] in batches]
            is_referred_to = any(target.startswith(f"{name}.") for target in known)
            _load(connection, contract, files, is_referred_to=is_referred_to)
    lend_words(connection)
    return connection


def lend_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Give SQL words(rid of an article, start, end): that stretch of its text, with a space before the text's start.

    DuckDB's substring counts code points from the start of a text each time; Python knows where they are.

    >>> connection = duckdb.connect().execute("CREATE TABLE articles AS SELECT 0 AS rid, 'né en 1985' AS text")
    >>> lend_words(connection)
    >>> connection.execute("SELECT words(0, 6, 10), words(0, -1, 2), words(0, 8, 99), words(0, 99, 100)").fetchone()
    ('1985', ' né', '85', '')
    """
    texts: list[str] = []
    for part in connection.sql("SELECT coalesce(text, '') AS text FROM articles ORDER BY rid").to_arrow_reader():
        texts += part.column("text").to_pylist()

    def words(rid: pa.ChunkedArray, start: pa.ChunkedArray, end: pa.ChunkedArray) -> pa.Array:
        spans = zip(rid.to_numpy().tolist(), start.to_numpy().tolist(), end.to_numpy().tolist(), strict=True)
        cut = [texts[i][s:e] if s >= 0 else (" " + texts[i])[: max(e + 1, 0)] for i, s, e in spans]
        return pa.array(cut, pa.string())

    connection.create_function("words", words, ["BIGINT", "BIGINT", "BIGINT"], "VARCHAR", type=PythonUDFType.ARROW)


def _load(
    connection: duckdb.DuckDBPyConnection, contract: Table, files: Sequence[tuple[str, int]], *, is_referred_to: bool
) -> None:
    name = contract.name
    columns = ", ".join(f"s.{column}" for column in contract.columns)
    order = ", ".join(f"s.{column}" for column in contract.order)
    if not files:
        empty = pa.schema([pa.field("rid", pa.int64()), pa.field("batch", pa.int64()), *to_schema(contract)])
        connection.register("given", empty.empty_table())
        connection.execute(f"CREATE TABLE {name} AS FROM given")
        return
    connection.register("given", pa.table({"path": [f[0] for f in files], "batch": [f[1] for f in files]}))
    # A row of the run's books belongs to the batch it names, else to the batch of its feed.
    batch, joins = "g.batch", ""
    if contract.scope == "run":
        batch, joins = "b.batch", "LEFT JOIN batches b ON b.batch_id = s.batch_id"
        if "feed_id" in contract.columns:
            batch = "coalesce(b.batch, f.batch)"
            joins += " LEFT JOIN (SELECT feed_id, min(batch) AS batch FROM articles GROUP BY feed_id) f ON f.feed_id = s.feed_id"
    # Rows alike in all that orders them are told apart by their hash, so that shards change no position.
    connection.execute(
        f"""CREATE TABLE {name} AS
        SELECT row_number() OVER () - 1 AS rid, * FROM (
          SELECT {batch} AS batch, {columns} FROM read_parquet($files, filename = true, union_by_name = true) s
          JOIN given g ON g.path = s.filename {joins} WHERE {is_referred_to} OR {batch} IS NOT NULL ORDER BY {batch} NULLS LAST, {order}, hash(s))""",
        {"files": [f[0] for f in files]},
    )


def is_examined(contract: Table) -> bool:
    """Tell whether a table's rows are judged: what is staged, but not what validation writes."""
    return contract.scope in {"batch", "run"} and contract.name not in OWN_TABLES
