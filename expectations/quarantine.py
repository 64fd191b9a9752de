"""Broken rows and all that hangs on them, set apart with the promise they broke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from transforms.ids import hash_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import numpy as np

    from expectations.promises import Promise
    from seeds.contracts import Table


@dataclass(frozen=True, slots=True)
class Apart:
    """The quarantine rows of each batch (by position), those that the reader brought among them."""

    tables: list[str]  # the tables whose rows may be set apart
    rows: dict[int, list[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class _Tie:
    """A column by which rows hang on other rows: it names the other's key."""

    table: str
    column: str
    target: str
    key: str

    @property
    def expectation_id(self) -> str:
        return f"{self.table}.{self.column}.is_known"


def set_apart(
    connection: duckdb.DuckDBPyConnection,
    promises: Sequence[Promise],
    unexpected: Mapping[str, np.ndarray],
    contracts: Mapping[str, Table],
) -> Apart:
    """Fill the tables broken(table_name, rid) and apart(table_name, batch) of the connection, and write the quarantine rows.

    A row stands in quarantine once, under the first promise that it broke; `reason` tells all of them. What hangs
    on a row (an article's figures, a figure's attributions and conversions) goes with it.
    """
    own = [p for p in promises if p.level == "ROW"]
    tables = list(dict.fromkeys(p.table for p in own))
    connection.execute(
        "CREATE TABLE faults (table_name VARCHAR, rid BIGINT, rank BIGINT, expectation_id VARCHAR, reason VARCHAR)"
    )
    for rank, p in enumerate(own):
        rids = unexpected[p.expectation_id]
        if len(rids):
            connection.register("given", pa.table({"rid": rids}))
            connection.execute(
                "INSERT INTO faults SELECT $table, rid, $rank, $id, $reason FROM given",
                {
                    "table": p.table,
                    "rank": rank,
                    "id": p.expectation_id,
                    "reason": f"broke {p.expectation_id}: {p.reason}",
                },
            )
    connection.execute("CREATE TABLE broken AS SELECT DISTINCT table_name, rid FROM faults")
    _follow(connection, _list_ties(tables, contracts), len(own))
    rows: dict[int, list[dict[str, object]]] = {}
    _copy_readers_rows(connection, contracts["quarantine"], rows)
    n_of_reader = {batch: len(of_batch) for batch, of_batch in rows.items()}
    for name in tables:
        _write_rows(connection, contracts[name], rows)
    written = [(r["table_name"], batch) for batch, of in rows.items() for r in of[n_of_reader.get(batch, 0) :]]
    table_names, batches = zip(*written, strict=True) if written else ((), ())
    given = {"table_name": pa.array(table_names, pa.string()), "batch": pa.array(batches, pa.int64())}
    connection.register("given", pa.table(given))
    connection.execute("CREATE TABLE apart AS FROM given")
    return Apart(tables, rows)


def _list_ties(tables: Sequence[str], contracts: Mapping[str, Table]) -> list[_Tie]:
    ties = []
    for name in tables:
        for column, promise in contracts[name].columns.items():
            target, _, key = (promise.references or "").partition(".")
            # Only a key names one row: an article_id is shared by all versions, and one bad one harms no other.
            if target in tables and contracts[target].key == [key]:
                ties.append(_Tie(name, column, target, key))
    return ties


def _follow(connection: duckdb.DuckDBPyConnection, ties: Sequence[_Tie], rank: int) -> None:
    """Mark what hangs on broken rows, and what hangs on that, until nothing more is found."""
    is_growing = True
    while is_growing:
        is_growing = False
        for tie in ties:
            found = connection.execute(
                f"""INSERT INTO faults
                SELECT DISTINCT '{tie.table}', this.rid, {rank}, '{tie.expectation_id}',
                  'hangs on {tie.target} ' || this.{tie.column} || ', which is quarantined'
                FROM {tie.table} this JOIN {tie.target} t ON t.{tie.key} = this.{tie.column} AND t.batch = this.batch
                JOIN broken b ON b.table_name = '{tie.target}' AND b.rid = t.rid
                WHERE this.rid NOT IN (SELECT rid FROM broken WHERE table_name = '{tie.table}')
                RETURNING rid""",
            ).fetchall()
            if found:
                is_growing = True
                connection.register("given", pa.table({"rid": [rid for (rid,) in found]}))
                connection.execute("INSERT INTO broken SELECT DISTINCT $table, rid FROM given", {"table": tie.table})


def _copy_readers_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Table,
    rows: dict[int, list[dict[str, object]]],
) -> None:
    columns = list(contract.columns)
    for batch, *values in connection.execute(
        f"SELECT batch, {', '.join(columns)} FROM quarantine ORDER BY rid"
    ).fetchall():
        rows.setdefault(batch, []).append(dict(zip(columns, values, strict=True)))


def _write_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Table,
    rows: dict[int, list[dict[str, object]]],
) -> None:
    """Write the quarantine rows of one table, in the order of its rows."""
    # JSON knows no NaN: such a number is kept as its word.
    cells = ", ".join(
        f"'{name}', CASE WHEN isfinite(this.{name}) THEN to_json(this.{name}) ELSE to_json(CAST(this.{name} AS VARCHAR)) END"
        if column.type == "DOUBLE"
        else f"'{name}', this.{name}"
        for name, column in contract.columns.items()
    )
    of_article, joins = "this.article_id, this.version_id", ""
    if "version_id" not in contract.columns:
        of_article = "o.article_id, o.version_id"
        joins = "LEFT JOIN (SELECT DISTINCT ON (figure_id) figure_id, article_id, version_id FROM figures ORDER BY rid) o ON o.figure_id = this.figure_id"
    found = connection.execute(
        f"""SELECT this.batch, g.batch_id, CAST(json_object({cells}) AS VARCHAR), {of_article}, f.expectation_id, f.reason
        FROM {contract.name} this JOIN batches g ON g.batch = this.batch JOIN (
          SELECT rid, arg_min(expectation_id, rank) AS expectation_id, string_agg(reason, '; ' ORDER BY rank, reason) AS reason
          FROM faults WHERE table_name = '{contract.name}' GROUP BY rid
        ) f ON f.rid = this.rid {joins} ORDER BY this.rid""",
    ).fetchall()
    n_alike: dict[tuple[object, ...], int] = {}
    for batch, batch_id, row_json, article_id, version_id, expectation_id, reason in found:
        alike = (batch, row_json)
        n_alike[alike] = n_alike.get(alike, -1) + 1
        rows.setdefault(batch, []).append(
            {
                # Twins (one row written twice) are told apart by their number.
                "quarantine_id": hash_id(batch_id, contract.name, expectation_id, row_json, n_alike[alike]),
                "table_name": contract.name,
                "row_json": row_json,
                "article_id": article_id,
                "version_id": version_id,
                "expectation_id": expectation_id,
                "reason": reason,
                "batch_id": batch_id,
            },
        )
