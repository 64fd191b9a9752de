"""A stranger's SQL over the lake: read-only for real, within bounds of memory, time and size."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from warehouse.ledger import open_file
from warehouse.statements import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.lake import Lake

MEMORY_LIMIT = "2GB"  # of DuckDB's buffers; a laptop's half
SECONDS = 60.0  # a person's patience
GRACE_SECONDS = 2.0  # one call inside DuckDB may not notice the interrupt: then it is left alone
MAX_BYTES = 1_000_000_000  # of a result: it is held in memory to be written out
WORKER = "tally sql"  # the name of the thread that a statement runs in
BATCH_ROWS = 50_000  # between two looks at the size of a result

GUARDS = (
    "SET temp_directory = ''",  # no spilling: DuckDB would, beside the lake or in the folder it was asked from
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET TimeZone = 'UTC'",
)
# Without external access no file outside allowed_directories, no address and no variable of this process is a table.
LOCKS = ("SET enable_external_access = false", "SET lock_configuration = true")

# EXPLAIN ANALYZE runs what it explains: with COPY it overwrote a data file of a lake that was opened read-only.
EXPLAIN = re.compile(r"\s*(EXPLAIN\b\s*(?:ANALY[ZS]E\b\s*)?)", re.IGNORECASE)
EXPLAIN_OPTIONS = re.compile(r"\s*(EXPLAIN\s*\([\w\s,]*\)\s*)", re.IGNORECASE)


class QueryError(Exception):
    """A statement that was refused, is wrong, or takes too long; the message is for people."""


@contextmanager
def open_lake(lake: Lake, memory_limit: str = MEMORY_LIMIT) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the lake read-only: nothing outside it can be reached, no setting changed.

    Close it soon: a process that holds it open keeps seeing the commit of that moment. Raises LakeError when there is
    no lake.
    """
    with open_file(lake) as connection:
        bounds = (
            f"SET memory_limit = {text(memory_limit)}",
            f"SET allowed_directories = [{text(str(lake.root.resolve()))}]",
        )
        for guard in (*GUARDS, *bounds, *LOCKS):
            connection.execute(guard)
        yield connection


def check_statement(statement: str) -> str:
    """Return what to run of a text that is one statement, typed SELECT by DuckDB, or EXPLAIN of such a one.

    Raises QueryError for anything else.

    >>> check_statement("EXPLAIN ANALYZE COPY figures TO 'figures.csv'")
    Traceback (most recent call last):
    warehouse.queries.QueryError: only SELECT, and EXPLAIN of a SELECT, is answered: this is COPY
    """
    kind = type_statement(statement)
    if kind == "EXPLAIN":
        plain = strip_comments(statement)
        for head in filter(None, (pattern.match(plain) for pattern in (EXPLAIN, EXPLAIN_OPTIONS))):
            explained = plain[head.end() :]
            try:
                kind = type_statement(explained)
            except QueryError:
                continue
            if kind == "SELECT":
                return head.group(1) + explained  # exactly what was checked
    if kind != "SELECT":
        message = f"only SELECT, and EXPLAIN of a SELECT, is answered: this is {kind}"
        raise QueryError(message)
    return statement


def type_statement(statement: str) -> str:
    """Return the type that DuckDB gives a text of exactly one statement; raise QueryError for none, several or a wrong one."""
    try:
        found = duckdb.extract_statements(statement)
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    if len(found) != 1:
        message = f"one statement a call, not {len(found)}"
        raise QueryError(message)
    return str(found[0].type.name)


def strip_comments(statement: str) -> str:
    """Return a statement with its comments blanked, so that its first words can be seen."""
    tokens = duckdb.tokenize(statement)
    ends = [start for start, _ in tokens[1:]] + [len(statement.encode())]
    encoded = statement.encode()
    pieces = [
        b" " if kind == duckdb.token_type.comment else encoded[start:end]
        for (start, kind), end in zip(tokens, ends, strict=True)
    ]
    return b"".join(pieces).decode()


def run_sql(
    lake: Lake,
    statement: str,
    *,
    seconds: float = SECONDS,
    max_bytes: int = MAX_BYTES,
    memory_limit: str = MEMORY_LIMIT,
) -> pa.Table:
    """Answer one statement with an Arrow table.

    Raises QueryError, with DuckDB's own message where the statement is wrong, and where it needs more than `seconds` or
    `memory_limit`, or gives more than `max_bytes`; LakeError when there is no lake.
    """
    checked = check_statement(statement)
    answer: list[pa.Table | BaseException] = []
    with open_lake(lake, memory_limit) as connection:
        # In a thread of its own: a single call inside DuckDB (a huge repeat()) does not see an interrupt for minutes.
        worker = threading.Thread(
            target=put_answer, args=(connection, checked, max_bytes, answer), daemon=True, name=WORKER
        )
        worker.start()
        worker.join(seconds)
        if worker.is_alive():
            connection.interrupt()
            worker.join(GRACE_SECONDS)
            if worker.is_alive() or not isinstance(answer[0], pa.Table):
                message = f"stopped after {seconds:g} s: ask for less at once"
                raise QueryError(message)
    if isinstance(answer[0], duckdb.Error):
        raise QueryError(str(answer[0])) from answer[0]
    if isinstance(answer[0], BaseException):
        raise answer[0]
    return answer[0]


def put_answer(
    connection: duckdb.DuckDBPyConnection, statement: str, max_bytes: int, answer: list[pa.Table | BaseException]
) -> None:
    """Put the result, or what went wrong, into `answer`."""
    try:
        answer.append(read_result(connection, statement, max_bytes))
    except BaseException as error:  # noqa: BLE001 - raised anew in the thread that asked
        answer.append(error)


def read_result(connection: duckdb.DuckDBPyConnection, statement: str, max_bytes: int) -> pa.Table:
    """Read what a statement gives, batch by batch; raises QueryError once it is larger than `max_bytes`."""
    reader = connection.sql(statement).to_arrow_reader(BATCH_ROWS)
    batches: list[pa.RecordBatch] = []
    n_bytes = 0
    for batch in reader:
        batches.append(batch)
        n_bytes += batch.nbytes
        if n_bytes > max_bytes:
            message = f"the result is larger than {max_bytes:,} bytes: ask for less at once"
            raise QueryError(message)
    return pa.Table.from_batches(batches, schema=reader.schema)
