"""Laws of the commit: all tables at once or nothing, each batch once, files and ledger as their contracts say."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.lakes import START, Page, stage
from seeds.contracts import load_tables
from tests.lakes import BRIDGE, MARKET, TABLES, ask, contents, load, names, ticking
from transforms.tables import to_table
from warehouse import amendments, commits, files, views
from warehouse.commits import Batch, Run, commit, mend
from warehouse.lake import Lake, LakeError
from warehouse.ledger import known_documents, list_files, read_versions


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def test_a_commit_shows_all_tables(lake: Lake) -> None:
    """What a run staged is what the views show, table by table, and the ledger counts it."""
    done = load(lake, "run-1", BRIDGE, MARKET)
    assert done.commit_id == "000001"
    assert done.n_rows["figures"] == 3
    for table in TABLES:
        assert ask(lake, f"SELECT count(*) FROM {table}") == [(done.n_rows[table],)], table
    assert ask(lake, "SELECT sum(best) FROM figures") == [(55.0,)]
    assert ask(lake, "SELECT n_files, n_rows FROM commits") == [(done.n_files, sum(done.n_rows.values()))]


def test_data_files_are_sorted_compressed_and_whole(lake: Lake) -> None:
    """A data file has every column of its contract in order, its rows sorted, zstd, and can't be written again."""
    load(lake, "run-1", BRIDGE, MARKET)
    for table in ("figures", "articles", "attributions", "refusals"):
        (path,) = list_files(lake, table)
        file = pq.ParquetFile(path)
        assert file.schema_arrow.names == list(load_tables()[table].columns)
        assert file.metadata.row_group(0).column(0).compression == "ZSTD"
        rows = file.read()
        assert rows.equals(rows.sort_by([(column, "ascending") for column in load_tables()[table].order]))
        assert path.stat().st_mode & 0o222 == 0
    assert lake.database.stat().st_mode & 0o222 == 0


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    """Data files of the same rows are the same byte for byte, whatever order they were staged in."""
    lakes = [Lake(tmp_path / "one"), Lake(tmp_path / "two")]
    run = Run("run-1", "reader-1", START)
    for lake in lakes:
        batches = stage(lake, run, [BRIDGE, MARKET])
        if lake is lakes[1]:
            for path in lake.staging("run-1").rglob("*.parquet"):
                rows = pq.read_table(path)
                pq.write_table(rows.take(pa.array(reversed(range(rows.num_rows)), pa.int64())), path)
        commit(lake, run, batches, ticking())
    for table in ("figures", "articles", "attributions", "refusals", "inputs"):
        first, second = (list_files(lake, table)[0] for lake in lakes)
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes(), table


def test_a_second_run_changes_nothing(lake: Lake) -> None:
    """A run over what the lake has read leaves tally.duckdb as it was, byte for byte, and lists no file."""
    load(lake, "run-1", BRIDGE, Page("https://example.org/empty", (), is_rejected=True))
    before = lake.database.read_bytes()
    run = Run("run-2", "reader-1", START)
    pages = [BRIDGE, Page("https://example.org/empty", (), is_rejected=True)]
    done = commit(lake, run, stage(lake, run, pages, known=read_versions(lake, "reader-1")), ticking())
    assert done.commit_id is None
    assert lake.database.read_bytes() == before
    assert "tally.run-2.duckdb" not in names(lake)


def test_a_new_rejected_input_is_news(lake: Lake) -> None:
    """A run that brings no article but an input never seen before commits its books."""
    load(lake, "run-1", BRIDGE)
    assert load(lake, "run-2", Page("https://example.org/empty", (), is_rejected=True)).commit_id == "000002"
    assert ask(lake, "SELECT n_inputs, n_rejected, is_balanced FROM books WHERE run_id = 'run-2'") == [(1, 1, True)]


def test_a_retried_commit_is_done_once(lake: Lake) -> None:
    """A load that is tried again after its swap commits nothing a second time."""
    load(lake, "run-1", BRIDGE)
    before = lake.database.read_bytes()
    assert load(lake, "run-1", BRIDGE).commit_id is None
    assert lake.database.read_bytes() == before


@pytest.mark.parametrize("step", ["write_files", "list_commit", "end_readings", "write_tallies", "compare_counts"])
def test_a_commit_that_fails_has_not_happened(lake: Lake, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Whatever step fails, the lake shows the commit before; the next attempt shows everything, once."""
    load(lake, "run-1", BRIDGE)
    before = contents(lake)

    def fail(*_: object, **__: object) -> None:
        raise OSError(step)

    with monkeypatch.context() as patch:
        patch.setattr(commits, step, fail)
        with pytest.raises(OSError, match=step):
            load(lake, "run-2", MARKET, hour=1)
    assert contents(lake) == before
    assert [name for name in names(lake) if name.startswith("tally.")] == ["tally.duckdb", "tally.lock"]
    load(lake, "run-3", MARKET, hour=2)
    assert ask(lake, "SELECT best FROM figures ORDER BY best") == [(3.0,), (12.0,), (40.0,)]


def test_views_that_miss_rows_are_not_swapped_in(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that counts other rows than the files hold is refused before the swap."""
    true_count = files.write_file

    def miscounted(*arguments: object) -> object:
        file = true_count(*arguments)  # type: ignore[arg-type]
        return file and files.DataFile(
            file.path, file.table_name, file.batch_id, file.n_rows + 1, file.n_bytes, file.layout, file.sha256
        )

    monkeypatch.setattr(commits, "write_file", miscounted)
    with pytest.raises(LakeError, match="nothing was committed"):
        load(lake, "run-1", BRIDGE)
    assert not lake.exists()


def test_a_file_that_holds_other_rows_is_refused(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data file whose rows are not the staged ones, by count or content, never gets its name."""
    monkeypatch.setattr(files, "order", lambda table: f"{table.key[0]} LIMIT 1")
    with pytest.raises(LakeError, match="what was written is not what was staged"):
        load(lake, "run-1", BRIDGE)
    assert list(lake.root.glob("attributions/*.parquet")) == []
    assert not lake.exists()


def test_everything_is_on_the_disk_before_the_swap(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is synced before it is renamed, its folder after; tally.duckdb is renamed last of all."""
    load(lake, "run-1", BRIDGE)
    calls: list[tuple[str, str]] = []
    sync, replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        calls.append(("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))
        sync(descriptor)

    def rename(source: Path, target: Path) -> None:
        calls.append(("replace", str(source)))
        replace(source, target)
        calls.append(("replaced", str(target)))

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", rename)
    done = load(lake, "run-2", MARKET, hour=1)
    renamed = [path for call, path in calls if call == "replaced"]
    assert len(renamed) == done.n_files + 1
    assert renamed[-1] == str(lake.database)
    for i, (call, path) in enumerate(calls):
        if call == "replace":
            assert calls[i - 1] == ("sync", path)
        if call == "replaced":
            assert calls[i + 1] == ("sync", str(Path(path).parent))


def test_commits_are_ordered_whatever_the_clock_says(lake: Lake) -> None:
    """A clock that was set back does not put a commit before, or at the moment of, the one it follows."""
    load(lake, "run-1", BRIDGE, hour=5)
    second = load(lake, "run-2", MARKET, hour=1)
    assert second.since is not None
    assert second.since > START + timedelta(hours=5)


def test_a_held_back_batch_shows_no_data(lake: Lake) -> None:
    """Of a batch that is held back the lake has inputs, quarantine and expectation results, and knows it was tried."""
    done = load(lake, "run-1", BRIDGE, is_held_back=True)
    assert done.n_rows["figures"] == done.n_rows["articles"] == 0
    assert done.n_rows["expectation_results"] == 1
    assert read_versions(lake, "reader-1") == {BRIDGE.version_id: "HELD_BACK"}
    assert ask(lake, "SELECT status, reason FROM batches") == [("HELD_BACK", "articles.has_rows")]
    assert len(ask(lake, "FROM held_back")) == 1


def test_a_held_back_batch_brings_no_data_even_if_it_lies_there(lake: Lake) -> None:
    """Data that validation left in staging for a held-back batch is not taken."""
    run = Run("run-1", "reader-1", START)
    (batch,) = stage(lake, run, [BRIDGE])
    commit(lake, run, [Batch(batch.batch_id, batch.feed_id, is_held_back=True, reason="broken")], ticking())
    assert ask(lake, "SELECT count(*) FROM figures_history") == [(0,)]


def test_again_replaces_what_was_held_back(lake: Lake) -> None:
    """A held-back batch that is read again under the same reader_version ends, and what it brings now counts."""
    load(lake, "run-1", BRIDGE, is_held_back=True)
    load(lake, Run("run-2", "reader-1", START, is_again=True), BRIDGE, hour=1)
    assert read_versions(lake, "reader-1") == {BRIDGE.version_id: "LOADED"}
    assert ask(lake, "SELECT count(*) FROM figures") == [(2,)]
    assert ask(lake, "SELECT count(*) FROM held_back") == [(0,)]
    assert ask(lake, "SELECT count(*) FROM expectation_results") == [(1,)]


def test_inputs_name_only_batches_that_are_handed_in(lake: Lake) -> None:
    """A batch that ingest staged and nobody hands to the commit is an error, not a loss."""
    run = Run("run-1", "reader-1", START)
    stage(lake, run, [BRIDGE])
    with pytest.raises(ValueError, match="not handed in"):
        commit(lake, run, [], ticking())


def test_references_become_tables(lake: Lake) -> None:
    """Tables made from seeds are replaced whole at each commit."""
    metric = {"metric_code": "KILLED", "definition": "Killed.", "kind": "FLOW"}
    metrics = to_table(load_tables()["metrics"], [metric])
    for run_id, page in (("run-1", BRIDGE), ("run-2", MARKET)):
        run = Run(run_id, "reader-1", START)
        commit(lake, run, stage(lake, run, [page]), ticking(), {"metrics": metrics})
    assert ask(lake, "SELECT metric_code, kind FROM metrics") == [("KILLED", "FLOW")]


def test_a_fresh_lake_knows_nothing(lake: Lake) -> None:
    """Questions to the ledger of a lake that is not there have empty answers; its files cannot be listed."""
    assert read_versions(lake, "reader-1") == {}
    assert known_documents(lake) == set()
    with pytest.raises(LakeError, match="no lake at"):
        list_files(lake, "figures")
    assert not lake.root.exists()


def test_the_ledger_answers(lake: Lake) -> None:
    """The ledger names the documents, and the tables it has no files of."""
    load(lake, "run-1", BRIDGE)
    load(lake, "run-2", MARKET, hour=1)
    assert len(known_documents(lake)) == 2
    with pytest.raises(LakeError, match="no files of a table 'people'"):
        list_files(lake, "people")


def test_a_damaged_ledger_is_named(lake: Lake) -> None:
    """A tally.duckdb that is no database gives one line that names it."""
    lake.root.mkdir()
    lake.database.write_bytes(b"no database" * 500)
    with pytest.raises(LakeError, match=r"tally\.duckdb does not open: [^\n]+$"):
        read_versions(lake, "reader-1")
    with pytest.raises(LakeError, match=r"tally\.duckdb cannot be built on"):
        load(lake, "run-1", BRIDGE)


def test_a_lake_that_moved_is_mended(lake: Lake) -> None:
    """Views name absolute paths; after a move they are made anew, and nothing else changes."""
    load(lake, "run-1", BRIDGE)
    before = contents(lake)
    moved = Lake(lake.root.rename(lake.root.with_name("elsewhere")))
    with pytest.raises(duckdb.IOException):
        contents(moved)
    mend(moved)
    assert contents(moved) == before


def test_a_ledger_of_an_older_contract_gets_its_new_columns(lake: Lake) -> None:
    """A column that a newer contract adds to the ledger is there after the next commit."""
    load(lake, "run-1", BRIDGE)
    lake.database.chmod(0o644)
    with duckdb.connect(str(lake.database)) as connection:
        connection.execute("ALTER TABLE runs DROP COLUMN arguments")
    load(lake, "run-2", MARKET, hour=1)
    assert ask(lake, "SELECT run_id, arguments FROM runs ORDER BY run_id") == [("run-1", None), ("run-2", "")]


def test_files_of_an_older_contract_still_fit(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data file without a column that a newer contract has shows null there, beside files that have it."""
    tables = load_tables()
    columns = {column: c for column, c in tables["figures"].columns.items() if column != "counted"}
    older = tables | {"figures": tables["figures"].model_copy(update={"columns": columns})}
    with monkeypatch.context() as patch:
        for module in (views, amendments):
            patch.setattr(module, "load_tables", lambda: older)
        patch.setattr(commits, "write_tallies", lambda *_, **__: iter(()))
        load(lake, "run-1", BRIDGE)
    with pytest.raises(duckdb.BinderException, match="counted"):
        ask(lake, "SELECT counted FROM figures")
    mend(lake)
    assert ask(lake, "SELECT best, counted FROM figures ORDER BY best") == [(3.0, None), (12.0, None)]
    load(lake, "run-2", MARKET, hour=1)
    assert ask(lake, "SELECT count(*), count(DISTINCT layout) FROM files WHERE table_name = 'figures'") == [(2, 2)]
    assert ask(lake, "SELECT sum(best), count(counted) FROM figures_history") == [(55.0, 1)]
