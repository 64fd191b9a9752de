"""Laws of a whole run: same in, same out; nothing twice; nothing lost; nothing left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import flows.books
import flows.normalise
from flows.plan import follow, make_plan
from flows.processes import open_processes
from flows.running import show_outcome
from flows.settings import FeedSettings, Settings
from tests.runs import BATCH_TABLES, STORIES, bytes_of, run_plainly, write_feed
from transforms.reading import Reader
from warehouse.lake import Lake
from warehouse.ledger import list_files
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from transforms.figures import Article, Reading

ROOT = Path(__file__).parent.parent


def tables_of(lake: Path, *, without_batch: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Return the current rows of every table of scope batch, in the files' order."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table in BATCH_TABLES:
        rows = [row for path in list_files(Lake(lake), table) for row in pq.read_table(path).to_pylist()]
        for row in rows if without_batch else []:
            del row["batch_id"]
        tables[table] = rows
    return tables


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_feed(tmp_path_factory.mktemp("feeds") / "port.jsonl", STORIES)


@pytest.fixture(scope="module")
def undisturbed(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of one run over the feed."""
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    outcome = run_plainly(lake, feed)
    assert outcome.staged.outcomes == {"ARTICLE": len(STORIES)}
    return lake


def test_figures_are_loaded(undisturbed: Path) -> None:
    """Every story gives figures, whose quotes are in its text; without this the other laws would hold of nothing."""
    counts = run_sql(
        Lake(undisturbed),
        "SELECT count(*) AS n FROM figures f JOIN articles a USING (version_id) "
        "WHERE a.text[f.quote_start + 1 : f.quote_end] = f.quote GROUP BY version_id",
    )
    assert len(counts) == len(STORIES)


@pytest.mark.parametrize(
    ("per_shard", "n_shards", "open_executor"), [(1, 4, open_processes), (3, 2, ThreadPoolExecutor)]
)
def test_shards_do_not_matter(
    feed: Path,
    undisturbed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    per_shard: int,
    n_shards: int,
    open_executor: Callable[[int], AbstractContextManager[Executor]],
) -> None:
    """One shard or several, threads or processes: the same bytes."""
    monkeypatch.setattr(flows.books, "ARTICLES_PER_GROUP", 3)
    monkeypatch.setattr(flows.normalise, "GROUPS_PER_SHARD", per_shard)
    outcome = run_plainly(tmp_path / "lake", feed, open_executor=open_executor)
    (batch_id,) = outcome.staged.feed_ids
    assert len(list((outcome.plan.staging / "figures" / batch_id).glob("*.parquet"))) == n_shards
    assert bytes_of(tmp_path / "lake") == bytes_of(undisturbed)


def test_a_plan_follows_the_settings(tmp_path: Path) -> None:
    """What tally.toml says holds for a scheduled run as for any other; what was given by hand goes before it."""
    settings = Settings(
        map={"text": "body"}, review_rows=0, corrections=tmp_path / "c.csv", feed=[FeedSettings(name="port", uri="x")]
    )
    plan = make_plan(tmp_path / "lake", (), published=None, is_again=False, n_workers=1)
    told = follow(plan, settings)
    assert (told.columns, told.review_rows, told.corrections) == ({"text": "body"}, 0, tmp_path / "c.csv")
    assert [each.feed_id for each in told.expected] == ["port"]
    assert follow(replace(plan, columns={"text": "story"}), settings).columns == {"text": "story"}


def test_order_does_not_matter(undisturbed: Path, tmp_path: Path) -> None:
    """The lines of a feed in another order give the same rows; only the document they came in is another."""
    shuffled = write_feed(tmp_path / "port.jsonl", STORIES[5:] + STORIES[4::-1])
    run_plainly(tmp_path / "lake", shuffled)
    told = []
    for lake in (undisturbed, tmp_path / "lake"):
        tables = tables_of(lake)
        for article in tables["articles"]:
            del article["document_id"]
        told.append(tables)
    assert told[0] == told[1]


def test_second_run_loads_nothing(feed: Path, undisturbed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same input again leaves every byte of the lake's tables and ledger as it was, and says so."""
    lake = undisturbed
    before = {path: path.read_bytes() for path in lake.rglob("*.parquet") if "staging" not in path.parts}
    ledger = (lake / "tally.duckdb").read_bytes()
    left = lake / "staging" / "run-of-old"
    left.mkdir()
    os.utime(left, (0, 0))
    outcome = run_plainly(lake, feed)
    assert not left.exists()  # what a run left behind long ago is swept
    assert outcome.staged.outcomes == {"DUPLICATE": len(STORIES)}
    assert outcome.commit.commit_id is None
    assert (lake / "tally.duckdb").read_bytes() == ledger
    assert {path: path.read_bytes() for path in lake.rglob("*.parquet") if "staging" not in path.parts} == before
    show_outcome(outcome)
    assert "inputs 12 = articles 0 + duplicates 12 + rejected 0\nloaded nothing" in capsys.readouterr().out


def test_spread_over_runs_gives_the_same_rows(undisturbed: Path, tmp_path: Path) -> None:
    """A feed that grows from run to run ends in the rows of one run over all of it, but for the batch and document."""
    lake = tmp_path / "lake"
    for n_known in (3, 4, len(STORIES)):
        run_plainly(lake, write_feed(tmp_path / "port.jsonl", STORIES[:n_known]))
    told = []
    for each in (undisturbed, lake):
        tables = tables_of(each, without_batch=True)
        del tables["expectation_results"]  # they speak of a batch
        for article in tables["articles"]:
            del article["document_id"]
        told.append({name: sorted(rows, key=repr) for name, rows in tables.items()})
    assert told[0] == told[1]


def test_two_runs_at_once_lose_and_double_nothing(feed: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Two processes on one lake with overlapping input: every version is there once, with the rows of one run."""
    lake = tmp_path / "lake"
    half = write_feed(tmp_path / "half.jsonl", STORIES[:6])
    script = (
        "import sys; from pathlib import Path; from concurrent.futures import Executor, ThreadPoolExecutor; "
        "from flows.plan import make_plan; from flows.tally import run_steps; "
        "run_steps(make_plan(Path(sys.argv[1]), (sys.argv[2],), published=None, is_again=False, n_workers=1), "
        "lambda step: step, ThreadPoolExecutor)"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, lake, path], cwd=ROOT) for path in (feed, half)]
    assert [run.wait() for run in runs] == [0, 0]
    told = []
    for each in (undisturbed, lake):
        tables = tables_of(each, without_batch=True)
        told.append({name: sorted(map(repr, tables[name])) for name in ("figures", "attributions", "refusals")})
    assert told[0] == told[1]
    versions = run_sql(Lake(lake), "SELECT count(*) AS n, count(DISTINCT version_id) AS v FROM articles").to_pylist()
    assert versions == [{"n": len(STORIES), "v": len(STORIES)}]


class FaultyReader(Reader):
    """A reader with a bug that one article meets."""

    def read_article(self, article: Article) -> Reading:
        """Fail on one title."""
        if "Night 5 " in str(article.title):
            raise KeyError(article.title)
        return super().read_article(article)


def test_a_bug_costs_one_article(
    feed: Path, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that fails on an article quarantines it with type, module and function; --again reads it once mended."""
    lake = tmp_path / "lake"
    flows.normalise._reader.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(flows.normalise, "Reader", FaultyReader)
        run_plainly(lake, feed)
        outcome = run_plainly(lake, feed)
        assert outcome.staged.outcomes == {"DUPLICATE": len(STORIES)}  # not tried again unless asked
    flows.normalise._reader.cache_clear()
    rows = run_sql(Lake(lake), "SELECT expectation_id, reason FROM quarantine").to_pylist()
    assert [row["expectation_id"] for row in rows] == ["articles.is_readable"]
    assert rows[0]["reason"].startswith("KeyError in ")
    assert rows[0]["reason"].endswith("test_flow.read_article")
    statuses = run_sql(
        Lake(lake), "SELECT reading_status AS s, count(*) AS n FROM articles GROUP BY ALL ORDER BY s"
    ).to_pylist()
    assert statuses == [{"s": "ERROR", "n": 1}, {"s": "READ", "n": len(STORIES) - 1}]
    run_plainly(lake, feed, is_again=True)
    kept = ("figures", "refusals", "attributions")
    told = [
        run_sql(Lake(each), f"FROM {table} ORDER BY ALL").drop_columns("batch_id").to_pylist()
        for table in kept
        for each in (undisturbed, lake)
    ]
    assert told[0::2] == told[1::2]


def wait_for_end(pids: list[int], seconds: float) -> list[int]:
    """Return the processes that still run after so many seconds."""
    left = []
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([descriptor], [], [], seconds)[0]:
            left.append(pid)
        os.close(descriptor)
    return left


def family_of(pid: int) -> list[int]:
    """Return all processes that descend from one."""
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [each for child in children for each in (child, *family_of(child))]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the processes' family from /proc")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_nothing_lives_on(tmp_path: Path, ending: signal.Signals) -> None:
    """A run that is killed or interrupted while its workers read leaves no server, no worker, and no half-done lake."""
    many = [{**story, "url": f"{story['url']}/{n}"} for n in range(200) for story in STORIES]
    feed = write_feed(tmp_path / "port.jsonl", many)
    lake = tmp_path / "lake"
    command = [sys.executable, "-m", "flows.cli", "run", str(feed), "--lake", str(lake)]
    told = [tmp_path / "out", tmp_path / "err"]  # files: a process that lived on would hold a pipe open for ever
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's children would ignore it
    with told[0].open("w") as out, told[1].open("w") as err:
        run = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
    signal.signal(signal.SIGINT, heard)
    while not list(lake.glob("staging/*/figures/*/*.parquet")):  # until a worker has written its first shard
        assert run.poll() is None, told[1].read_text()
        wait_for_end([run.pid], 0.05)
    family = family_of(run.pid)
    run.send_signal(ending)
    run.wait()
    assert len(family) >= 3  # the server, a worker, multiprocessing's tracker
    left = wait_for_end(family, 10)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []
    assert not (lake / "tally.duckdb").exists()
    out_text, err_text = (path.read_text() for path in told)
    assert out_text == ""
    if ending is signal.SIGINT:
        assert (run.returncode, err_text.count("\n")) == (130, 1)
        assert err_text.startswith("tally: interrupted")
