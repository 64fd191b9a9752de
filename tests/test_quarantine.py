"""The way out of quarantine: by a replay, a newer version or a person's word, never silently."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

import expectations.quarantine
import flows.validate
from benchmarks.batches import KNOWN, good_rows, stage
from expectations.validation import Before, validate
from flows.cli import app
from flows.plan import make_plan
from flows.replay import replay
from flows.settings import Settings
from flows.tally import run_steps
from transforms.ids import hash_id
from transforms.references import reference_tables
from warehouse.lake import Lake
from warehouse.quarantine import Choice, dismiss, list_open
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STORIES = [
    {
        "title": f"Night {day}",
        "url": f"https://example.org/port/{day}",
        "published": f"2026-02-{day:02}",
        "text": f"The governor said {day + 2} people were killed in the port on Monday. Some {day * 100} homes lost power.",
    }
    for day in range(1, 5)
]
STORIES.append(
    {
        "title": "Light",
        "url": "https://example.org/light",
        "published": "2026-02-09",
        "text": "Some 900 homes lost power.",
    }
)
TABLES = ("articles", "figures", "attributions", "refusals")


def broken_seeds() -> dict[str, pa.Table]:
    """The tables made from seeds, in which whoever is killed is counted in kilometres."""
    tables = reference_tables()
    metrics = tables["metrics"].to_pylist()
    for row in metrics:
        row["unit_code"] = "km" if row["metric_code"] == "CAS_KILLED" else row["unit_code"]
    return {**tables, "metrics": pa.Table.from_pylist(metrics, tables["metrics"].schema)}


def run(lake: Path, feed: Path) -> None:
    plan = make_plan(lake, (str(feed),), published=None, is_again=False, n_workers=1)
    run_steps(plan, lambda step: step, ThreadPoolExecutor)


def rows_of(lake: Path) -> Mapping[str, list[dict[str, Any]]]:
    """The current rows of each table, but for the batch."""
    return {
        table: run_sql(Lake(lake), f"SELECT * EXCLUDE (batch_id) FROM {table} ORDER BY ALL").to_pylist()
        for table in TABLES
    }


def ask(lake: Path, statement: str) -> list[dict[str, Any]]:
    return list(run_sql(Lake(lake), statement).to_pylist())


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feed") / "port.jsonl"
    path.write_text("\n".join(map(json.dumps, STORIES)))
    return path


@pytest.fixture(scope="module")
def lakes(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """A lake that never broke, one that broke and was replayed, and what stood in quarantine before."""
    never, broke = tmp_path_factory.mktemp("never") / "lake", tmp_path_factory.mktemp("broke") / "lake"
    run(never, feed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flows.validate, "reference_tables", broken_seeds)
        run(broke, feed)
    before = {
        "open": list_open(Lake(broke)),
        "events": ask(broke, "SELECT status, count(*) AS n FROM quarantine_events GROUP BY ALL"),
        "listed": CliRunner().invoke(app, ["quarantine", "--lake", str(broke)]).output,
        "shown": CliRunner().invoke(app, ["quarantine", "show", "--lake", str(broke)]).output,
        "books": ask(broke, "FROM reading_books"),
    }
    replay(Lake(broke), Choice(), Settings(workers=1), ThreadPoolExecutor)
    return never, broke, before


def test_quarantine_is_listed_with_counts_and_words(lakes: tuple[Path, Path, dict[str, Any]]) -> None:
    """The list counts rows by promise; `show` gives the sentence with the number marked."""
    *_, before = lakes
    counts = {(row["expectation_id"], row["table_name"]): row["n"] for row in before["open"]}
    assert counts["figures.metric_fits_dimension", "figures"] == 4
    assert "figures.metric_fits_dimension" in before["listed"]
    assert "The governor said [3] people were killed in the port on Monday." in before["shown"]


def test_replay_gives_what_a_run_never_broken_gives(lakes: tuple[Path, Path, dict[str, Any]]) -> None:
    """After the seed is mended, tables are equal in all columns but batch_id, and nothing is left in quarantine."""
    never, broke, before = lakes
    assert before["open"]
    assert rows_of(broke) == rows_of(never)
    assert list_open(Lake(broke)) == []


def test_nothing_leaves_silently(lakes: tuple[Path, Path, dict[str, Any]]) -> None:
    """Each row came by an event and left by one; the history keeps both."""
    _, broke, before = lakes
    n_rows = sum(row["n"] for row in before["open"])
    assert before["events"] == [{"status": "OPEN", "n": n_rows}]
    events = ask(broke, "SELECT status, count(*) AS n FROM quarantine_events GROUP BY ALL ORDER BY status")
    assert events == [{"status": "OPEN", "n": n_rows}, {"status": "REPLAYED", "n": n_rows}]
    assert ask(broke, "SELECT count(*) AS n FROM quarantine_history WHERE until IS NULL") == [{"n": 0}]


def test_only_articles_concerned_are_read_again(lakes: tuple[Path, Path, dict[str, Any]]) -> None:
    """The article without a row in quarantine keeps its first batch."""
    _, broke, _ = lakes
    kept = ask(broke, "SELECT title FROM articles JOIN batches USING (batch_id) WHERE n_versions = 5")
    assert kept == [{"title": "Light"}]


def test_read_is_loaded_or_quarantined(lakes: tuple[Path, Path, dict[str, Any]]) -> None:
    """For every reader and table the books of rows balance, before and after the replay."""
    _, broke, before = lakes
    after = ask(broke, "FROM reading_books")
    assert all(row["is_balanced"] for row in [*before["books"], *after])
    figures = {row["table_name"]: row for row in before["books"]}["figures"]
    assert (figures["n_read"], figures["n_loaded"], figures["n_quarantined"]) == (9, 5, 4)


def test_a_row_lost_on_the_way_holds_the_batch_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken row that never arrives in quarantine is missed."""
    batch_id = hash_id("lost")
    rows = good_rows(batch_id)
    rows["figures"][3] |= {"low": 50.0, "high": 30.0, "modifier": "RANGE"}
    stage(tmp_path, batch_id, rows)
    monkeypatch.setattr(expectations.quarantine, "_write_rows", lambda *_: None)
    (verdict,) = validate(tmp_path, [batch_id], Before(KNOWN))
    assert verdict.reason == "figures.is_loaded_or_quarantined"


def test_a_newer_version_supersedes_and_says_so(feed: Path, tmp_path: Path) -> None:
    """A page that changed takes its old rows out of quarantine with an event; a dismissal stays with its reason."""
    lake, page = tmp_path / "lake", tmp_path / feed.name
    page.write_text("\n".join(map(json.dumps, STORIES[:2])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flows.validate, "reference_tables", broken_seeds)
        run(lake, page)
    page.write_text(
        json.dumps(STORIES[0] | {"text": "The governor said 30 people were killed.", "published": "2026-02-02"})
    )
    run(lake, page)
    (row,) = ask(lake, "SELECT quarantine_id FROM quarantine_open WHERE table_name = 'figures'")
    assert dismiss(Lake(lake), Choice((row["quarantine_id"],)), "a known fault", lambda: datetime(2027, 1, 1)) == 1
    events = ask(lake, "SELECT status, why FROM quarantine_events JOIN quarantine_history USING (quarantine_id) "
                       "WHERE table_name = 'figures' AND status <> 'OPEN' ORDER BY status")  # fmt: skip
    assert events == [
        {"status": "DISMISSED", "why": "a known fault"},
        {"status": "SUPERSEDED", "why": "a newer version of its article came"},
    ]
    assert ask(lake, "SELECT quarantine_id FROM quarantine_open WHERE table_name = 'figures'") == []
