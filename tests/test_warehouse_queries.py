"""Laws of `tally sql`: it answers SELECTs about the lake; it changes nothing, sees nothing else, and ends."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING

import pytest

from benchmarks.lakes import START, Page, stage
from warehouse.commits import Run, commit
from warehouse.lake import Lake, LakeError, wal
from warehouse.queries import WORKER, QueryError, check_statement, open_lake, run_sql
from warehouse.traces import trace_figure

if TYPE_CHECKING:
    from pathlib import Path

PAGE = Page("https://example.org/bridge", (3, 12))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("queries") / "lake")
    run = Run("run-1", "reader-1", START)
    commit(made, run, stage(made, run, [PAGE]), lambda: START)
    return made


def state(lake: Lake) -> dict[str, str]:
    return {
        path.relative_to(lake.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.root.rglob("*"))
        if path.is_file()
    }


ANSWERED = {
    "SELECT sum(best) FROM figures": [(15.0,)],
    "FROM figures SELECT count(*);": [(2,)],
    "VALUES (1)": [(1,)],
    "WITH a AS (SELECT 1 AS x) SELECT x FROM a -- a comment; with a semicolon": [(1,)],
    "SELECT count(*) FROM figures_as_of(TIMESTAMP '2026-03-01 06:00:00')": [(2,)],
    "SELECT count(*) > 3 FROM (DESCRIBE figures)": [(True,)],
}


@pytest.mark.parametrize("statement", ANSWERED)
def test_selects_are_answered(lake: Lake, statement: str) -> None:
    """A SELECT in any of its forms is answered, with names and types."""
    assert [tuple(row.values()) for row in run_sql(lake, statement).to_pylist()] == ANSWERED[statement]


@pytest.mark.parametrize(
    "statement",
    [
        "EXPLAIN SELECT best FROM figures",
        "EXPLAIN ANALYZE SELECT best FROM figures",
        "explain /* why; */ analyze -- how\n (SELECT best FROM figures)",
        "EXPLAIN (FORMAT json) SELECT best FROM figures",
        "EXPLAIN (ANALYZE) SELECT best FROM figures",
        "SHOW TABLES",
        "SUMMARIZE figures",
        "DESCRIBE figures",
    ],
)
def test_what_explains_and_describes_is_answered(lake: Lake, statement: str) -> None:
    """EXPLAIN of a SELECT, and what DuckDB types SELECT, gives rows."""
    assert run_sql(lake, statement).num_rows > 0


# Each was tried without the guard; what it did then is said beside it.
REFUSED = [
    "COPY figures TO '{lake}/figures/x.parquet'",  # wrote into the lake
    "COPY (SELECT 1) TO '{lake}/tally.duckdb' (FORMAT parquet)",
    "EXPLAIN ANALYZE COPY (SELECT 1 AS a) TO '{data}' (FORMAT parquet)",  # overwrote a data file
    "EXPLAIN /* x */ ANALYZE COPY (SELECT 1 AS a) TO '{data}' (FORMAT parquet)",
    "EXPLAIN (ANALYZE) COPY (SELECT 1 AS a) TO '{data}' (FORMAT parquet)",
    "EXPLAIN (ANALYZE, FORMAT json) COPY (SELECT 1 AS a) TO '{data}' (FORMAT parquet)",
    "EXPLAIN EXPLAIN ANALYZE COPY (SELECT 1 AS a) TO '{data}' (FORMAT parquet)",
    "ATTACH '{lake}/other.duckdb'",
    "ATTACH ':memory:' AS m",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET memory_limit = '100GB'",
    "RESET memory_limit",
    "CALL pragma_version()",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY figures TO '{lake}/x.parquet'",
    "",
    ";",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "INSERT INTO runs SELECT * FROM runs",
    "DELETE FROM files",
    "DROP VIEW figures",
    "UPDATE files SET until = since",
    "CHECKPOINT",
    "BEGIN",
    "EXPORT DATABASE '{lake}/export'",
    "IMPORT DATABASE '{lake}/export'",
    "VACUUM",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "COMMENT ON VIEW figures IS 'mine'",
    "CREATE SECRET s (TYPE s3)",
    "WITH a AS (SELECT 1) INSERT INTO runs SELECT * FROM runs",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_all_else_is_refused(lake: Lake, statement: str) -> None:
    """One statement, a SELECT: anything else gets a line, and the lake stays as it is, byte for byte."""
    before = state(lake)
    data = next((lake.root / "figures").glob("*.parquet"))
    with pytest.raises(QueryError):
        run_sql(lake, statement.format(lake=lake.root, data=data))
    assert state(lake) == before


OUTSIDE = [
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM read_blob('{outside}')",
    "SELECT * FROM read_csv('{outside}')",
    "FROM '{outside}'",
    "SELECT * FROM read_text('{lake}/../outside.csv')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM sniff_csv('{outside}')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM query('FROM read_text(''{outside}'')')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{outside}'')'))",
    "SELECT * FROM secret_of_this_process",
    "SELECT * FROM duckdb_secrets()",
    "SELECT getenv('HOME')",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '{lake}/log')",
    "SELECT * FROM enable_profiling(save_location = '{lake}/profile')",
]


@pytest.mark.parametrize("statement", OUTSIDE)
def test_nothing_outside_the_lake_is_seen(lake: Lake, tmp_path: Path, statement: str) -> None:
    """A SELECT reaches no file, folder, address, variable or setting but the lake's data."""
    outside = lake.root.with_name("outside.csv")
    outside.write_text("a,b\n1,2\n")
    secret_of_this_process = run_sql(lake, "SELECT 1 AS secret")
    assert secret_of_this_process.num_rows == 1
    before = state(lake)
    with pytest.raises(QueryError):
        run_sql(lake, statement.format(lake=lake.root, outside=outside, folder=tmp_path))
    assert state(lake) == before


def test_the_connection_itself_is_read_only(lake: Lake) -> None:
    """open_lake's connection neither writes nor lets its bounds be changed, whatever is executed on it."""
    with open_lake(lake) as connection:
        for statement in (
            "DELETE FROM files",
            "SET threads = 1",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(Exception, match=r"read-only|locked|disabled"):
                connection.execute(statement)


def test_an_endless_query_is_stopped(lake: Lake) -> None:
    """A query that would never end is interrupted at its time limit."""
    started = time.perf_counter()
    with pytest.raises(QueryError, match=r"stopped after 0\.5 s"):
        run_sql(
            lake, "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT sum(a) FROM t", seconds=0.5
        )
    assert time.perf_counter() - started < 10
    assert WORKER not in [thread.name for thread in threading.enumerate()]


def test_a_call_that_hears_no_interrupt_is_left_alone(lake: Lake) -> None:
    """A single long call inside DuckDB does not notice the interrupt: the answer comes all the same."""
    started = time.perf_counter()
    with pytest.raises(QueryError, match=r"stopped after 0\.2 s"):
        run_sql(lake, "SELECT list_aggregate(range(40000000), 'sum')", seconds=0.2)
    assert time.perf_counter() - started < 10


def test_a_query_that_fills_the_memory_is_stopped(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs more memory than allowed fails with DuckDB's own words; nothing is spilled, here or in the lake."""
    monkeypatch.chdir(tmp_path)
    before = state(lake)
    with pytest.raises(QueryError, match="Out of Memory"):
        run_sql(lake, "SELECT count(DISTINCT hash(range)) FROM range(20000000)", memory_limit="100MB")
    assert state(lake) == before
    assert list(tmp_path.iterdir()) == []


def test_a_result_without_end_is_stopped(lake: Lake) -> None:
    """A result larger than its limit is refused before it fills the memory."""
    with pytest.raises(QueryError, match="larger than 10,000,000 bytes"):
        run_sql(lake, "FROM range(100000000000)", max_bytes=10_000_000)


def test_a_wrong_statement_gets_duckdbs_words(lake: Lake) -> None:
    """A typo is answered by DuckDB's message, with the names it might have meant."""
    with pytest.raises(QueryError, match="Candidate bindings"):
        run_sql(lake, "SELECT bset FROM figures")
    with pytest.raises(QueryError, match="syntax error"):
        run_sql(lake, "SELEC 1")


def test_no_lake_is_said_so(tmp_path: Path) -> None:
    """Where nothing was ever committed, one line says how to begin, and nothing is made."""
    with pytest.raises(LakeError, match=r"no lake at .*: `tally run` makes one"):
        run_sql(Lake(tmp_path / "none"), "SELECT 1")
    assert list(tmp_path.iterdir()) == []


def test_a_question_leaves_nothing_behind(lake: Lake) -> None:
    """Reading makes no .wal and no other file."""
    before = state(lake)
    run_sql(lake, "FROM figures_readable")
    assert state(lake) == before
    assert not wal(lake.database).exists()


def test_explain_is_run_as_it_was_checked() -> None:
    """What an EXPLAIN explains is the very text that was typed SELECT."""
    assert check_statement("EXPLAIN /* COPY */ ANALYZE SELECT 1").split() == "EXPLAIN ANALYZE SELECT 1".split()
    assert check_statement("SELECT 'EXPLAIN'") == "SELECT 'EXPLAIN'"


def test_a_trace_leads_from_a_figure_to_its_bytes(lake: Lake) -> None:
    """Behind a figure stand its sentence with the quote, article, input, stored bytes and promises met."""
    ((figure_id,),) = [
        tuple(row.values()) for row in run_sql(lake, "SELECT figure_id FROM figures WHERE best = 12").to_pylist()
    ]
    trace = trace_figure(lake, figure_id)
    assert trace is not None
    assert trace.figure["best"] == 12
    assert trace.sentence == "Shelling killed 12 people near Orikhiv."
    assert "".join(trace.marked_sentence) == trace.sentence
    assert trace.article["url"] == trace.inputs[0]["uri"] == trace.fetches[0]["uri"] == PAGE.url
    assert trace.document["document_id"] == trace.article["document_id"]
    assert trace.raw_path == lake.raw(str(trace.document["document_id"]))
    assert [row["source_name"] for row in trace.attributions] == ["the regional governor"]
    assert trace.batch["status"] == "LOADED"
    assert (trace.since, trace.until) == (START, None)
    assert trace_figure(lake, "unknown") is None
