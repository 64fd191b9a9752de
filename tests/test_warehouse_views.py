"""Laws of what the lake shows: current rows, history, as-of, supersession, and that each view says what it answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from benchmarks.lakes import START, Page, stage
from seeds.contracts import load_tables
from warehouse.commits import Run, commit
from warehouse.lake import Lake, LakeError
from warehouse.views import QUESTIONS, filed_tables

if TYPE_CHECKING:
    from pathlib import Path

BRIDGE = "https://example.org/bridge"
MARKET = "https://example.org/market"


class Story:
    """A lake to which runs are added by the hour."""

    def __init__(self, root: Path) -> None:
        self.lake = Lake(root)
        self.n_runs = 0

    def tell(self, *pages: Page, reader: str = "reader-1", is_held_back: bool = False, feed_id: str = "sample") -> None:
        """Stage and commit pages as the next run."""
        run = Run(f"run-{self.n_runs}", reader, self.at(self.n_runs))
        batches = stage(self.lake, run, pages, is_held_back=is_held_back, feed_id=feed_id)
        done = commit(self.lake, run, batches, lambda: self.at(self.n_runs))
        assert done.since == self.at(self.n_runs)
        self.n_runs += 1

    @staticmethod
    def at(hour: int) -> datetime:
        """Return the moment of a run, counted from 0."""
        return START + timedelta(hours=hour)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        with duckdb.connect(str(self.lake.database), read_only=True) as connection:
            return connection.execute(statement).fetchall()

    def best(self, source: str = "figures") -> list[float]:
        """Return the best values of a table, view or macro, sorted."""
        return [row[0] for row in self.ask(f"SELECT best FROM {source} ORDER BY best")]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "lake")


def test_the_newest_version_counts(story: Story) -> None:
    """A changed page is a new version: its figures count, the old ones stay in the history with their end."""
    story.tell(Page(BRIDGE, (3, 12)), Page(MARKET, (40,)))
    story.tell(Page(BRIDGE, (4, 12)))
    assert story.best() == [4, 12, 40]
    assert story.ask("SELECT best, since, until FROM figures_history ORDER BY ALL") == [
        (3.0, story.at(0), story.at(1)),
        (4.0, story.at(1), None),
        (12.0, story.at(0), story.at(1)),
        (12.0, story.at(1), None),
        (40.0, story.at(0), None),
    ]
    assert story.ask("SELECT version_id, by_version_id FROM superseded") == [
        (Page(BRIDGE, (3, 12)).version_id, Page(BRIDGE, (4, 12)).version_id)
    ]


def test_everything_of_a_reading_ends_with_it(story: Story) -> None:
    """Articles, refusals and attributions of a superseded version leave the view with its figures."""
    story.tell(Page(BRIDGE, (3,)), Page(MARKET, (40,)))
    story.tell(Page(BRIDGE, (4,)))
    for table in ("articles", "figures", "attributions", "refusals"):
        assert story.ask(f"SELECT count(*) FROM {table}") == [(2,)], table
        assert story.ask(f"SELECT count(*) FROM {table}_history") == [(3,)], table
        assert story.ask(f"SELECT count(*) FROM {table}_history WHERE until = '{story.at(1)}'") == [(1,)], table


def test_the_newest_version_is_the_last_published(story: Story) -> None:
    """A version that was published earlier but found later never counts: order of arrival does not matter."""
    story.tell(Page(BRIDGE, (4,), date(2026, 2, 3)))
    story.tell(Page(BRIDGE, (3,), date(2026, 2, 1)))
    assert story.best() == [4]
    assert story.ask("SELECT best, since = until FROM figures_history ORDER BY best") == [(3.0, True), (4.0, None)]


def test_versions_know_what_they_supersede(story: Story) -> None:
    """articles.supersedes_version_id is the version published before, whatever the order of arrival."""
    old, new = Page(BRIDGE, (3,), date(2026, 2, 1)), Page(BRIDGE, (4,), date(2026, 2, 3))
    story.tell(new)
    story.tell(old)
    assert story.ask("SELECT version_id, supersedes_version_id FROM articles") == [(new.version_id, old.version_id)]


def test_a_better_reader_supersedes(story: Story) -> None:
    """Rows of the same version read by another reader_version replace the old ones, for those articles only."""
    story.tell(Page(BRIDGE, (3,)), Page(MARKET, (40,)))
    story.tell(Page(BRIDGE, (3,)), reader="reader-2")
    assert story.ask("SELECT best, reader_version FROM figures ORDER BY best") == [
        (3.0, "reader-2"),
        (40.0, "reader-1"),
    ]
    assert story.ask("SELECT count(*) FROM batches WHERE until IS NULL") == [(2,)]


def test_a_better_reading_of_an_old_version_stays_old(story: Story) -> None:
    """A new reading of a version that is no longer the newest does not bring it back."""
    story.tell(Page(BRIDGE, (3,)))
    story.tell(Page(BRIDGE, (4,)))
    story.tell(Page(BRIDGE, (3,)), reader="reader-2")
    assert story.best() == [4]


def test_a_wholly_superseded_batch_ends(story: Story) -> None:
    """When the last reading of a batch has ended, its files are no longer listed as current."""
    story.tell(Page(BRIDGE, (3,)), Page(MARKET, (40,)))
    story.tell(Page(BRIDGE, (4,)))
    story.tell(Page(MARKET, (41,)))
    assert story.best() == [4, 41]
    assert story.ask("SELECT until FROM batches ORDER BY since") == [(story.at(2),), (None,), (None,)]
    assert story.ask("SELECT until FROM files WHERE table_name = 'figures' ORDER BY since") == [
        (story.at(2),),
        (None,),
        (None,),
    ]
    assert story.ask("SELECT best, until FROM figures_history WHERE until IS NOT NULL ORDER BY best") == [
        (3.0, story.at(1)),
        (40.0, story.at(2)),
    ]
    assert story.ask("SELECT count(*) FROM superseded") == [(1,)]


def test_a_held_back_batch_supersedes_nothing(story: Story) -> None:
    """A newer version that was held back leaves the old one standing; the next that is loaded ends both."""
    story.tell(Page(BRIDGE, (3,)))
    story.tell(Page(BRIDGE, (4,)), is_held_back=True)
    assert story.best() == [3]
    story.tell(Page(BRIDGE, (4,)), reader="reader-2")
    assert story.best() == [4]
    assert story.ask("SELECT status, until FROM batches ORDER BY since") == [
        ("LOADED", story.at(2)),
        ("HELD_BACK", story.at(2)),
        ("LOADED", None),
    ]


def test_as_of_is_what_the_view_showed_then(story: Story) -> None:
    """NAME_as_of(ts) gives, for every moment and table, what NAME showed then."""
    shown: list[list[tuple[Any, ...]]] = []
    # What a version supersedes is told by all versions that are known now: no row of the past has it.
    timeless = {"articles": "supersedes_version_id"}
    rows = " UNION ALL ".join(
        f"SELECT '{table.name}', md5(CAST(t AS VARCHAR)) FROM (SELECT * REPLACE (NULL AS {last}) FROM {table.name}{{0}}) t"
        for table in filed_tables()
        for last in [timeless.get(table.name, list(table.columns)[-1])]
    )
    steps = [
        ([Page(BRIDGE, (3, 12)), Page(MARKET, (40,))], "reader-1", False),
        ([Page(BRIDGE, (4, 12))], "reader-1", False),
        ([Page(MARKET, (41,), date(2026, 1, 1))], "reader-1", False),
        ([Page(MARKET, (42,))], "reader-1", True),
        ([Page(MARKET, (42,)), Page(BRIDGE, (4, 12))], "reader-2", False),
    ]

    for pages, reader, is_held_back in steps:
        story.tell(*pages, reader=reader, is_held_back=is_held_back)
        shown.append(story.ask(f"{rows.format('')} ORDER BY ALL"))
    for hour, then in enumerate(shown):
        for minutes in (0, 59):
            moment = f"_as_of(TIMESTAMP '{story.at(hour) + timedelta(minutes=minutes)}')"
            assert story.ask(f"{rows.format(moment)} ORDER BY ALL") == then
    assert story.best(f"figures_as_of('{story.at(0) - timedelta(seconds=1)}')") == []
    assert story.best("figures_as_of(DATE '2026-03-02')") == [4, 12, 42]


def test_changes_lead_from_one_moment_to_another(story: Story) -> None:
    """What came and went between two commits, added to the one, gives the other."""
    story.tell(Page(BRIDGE, (3,)))
    story.tell(Page(BRIDGE, (4,)), Page(MARKET, (40,)))
    assert story.ask(f"SELECT change, best FROM changes WHERE changed_at = '{story.at(1)}' ORDER BY ALL") == [
        ("CAME", 4.0),
        ("CAME", 40.0),
        ("WENT", 3.0),
    ]


def test_each_view_says_which_question_it_answers(story: Story) -> None:
    """Each file of warehouse/views/ is the view of its name, answers on a small lake, and is a question."""
    story.tell(Page(BRIDGE, (3,)))
    story.tell(Page(MARKET, (4,)), is_held_back=True)
    comments = dict(
        story.ask("SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal")
    )
    for path in QUESTIONS.glob("*.sql"):
        assert comments[path.stem].endswith("?"), path.stem
        story.ask(f"FROM {path.stem}")


def test_every_table_has_its_views_and_meanings(story: Story) -> None:
    """Every table of the contracts can be asked; it and each of its columns carries the contract's meaning."""
    story.tell(Page(BRIDGE, (3,)))
    comments = dict(
        story.ask(
            "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE schema_name = 'main' "
            "AND database_name = current_database()"
        )
    )
    tables = dict(
        story.ask(
            "SELECT table_name, comment FROM duckdb_tables() UNION ALL SELECT view_name, comment FROM duckdb_views() "
            "WHERE schema_name = 'main'"
        )
    )
    for table in load_tables().values():
        assert tables[table.name] == table.meaning
        for column, contract in table.columns.items():
            assert str(comments[f"{table.name}.{column}"]).startswith(contract.meaning), f"{table.name}.{column}"
    macros = dict(
        story.ask("SELECT function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro'")
    )
    for table in filed_tables():
        assert f"{table.name}_history" in tables
        assert str(macros[f"{table.name}_as_of"]).startswith(table.meaning)


def test_views_that_are_no_longer_written_go(story: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When the files of warehouse/views/ change, the next commit has exactly their views."""
    story.tell(Page(BRIDGE, (3,)))
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "a_second.sql").write_text("-- Does it read another?\nSELECT best FROM b_first\n")
    (folder / "b_first.sql").write_text("-- Which\n-- figures?\nSELECT best FROM figures\n")
    monkeypatch.setattr("warehouse.views.QUESTIONS", folder)
    story.tell(Page(MARKET, (40,)))
    assert story.best("a_second") == [3, 40]
    views = dict(story.ask("SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"))
    assert "books" not in views
    assert views["b_first"] == "Which figures?"
    (folder / "b_first.sql").write_text("-- Which?\nSELECT best FROM nowhere\n")
    with pytest.raises(LakeError, match="nowhere"):
        story.tell(Page(MARKET, (41,)))


def test_the_readable_figures_are_for_people(story: Story) -> None:
    """A number that is exact stands alone, and the words, outlet and source stand beside it."""
    story.tell(Page(BRIDGE, (12000,)))
    assert story.ask('SELECT metric, low_best_high, unit, "where", by_whose_word, quote FROM figures_readable') == [
        (
            "KILLED",
            "12,000",
            "{person}",
            "Orikhiv",
            "the regional governor",
            "Shelling killed 12000 people near Orikhiv.",
        )
    ]


def test_the_books_balance(story: Story) -> None:
    """The view `books` has one row a run; inputs = articles + duplicates + rejected in each."""
    story.tell(Page(BRIDGE, (3,)), Page(MARKET, (), is_rejected=True))
    story.tell(Page(MARKET, (4, 5)), is_held_back=True)
    assert story.ask(
        "SELECT n_inputs, n_articles, n_duplicates, n_rejected, is_balanced, n_held_back, n_figures FROM books"
    ) == [(2, 1, 0, 1, True, 0, 1), (1, 1, 0, 0, True, 1, 0)]
    assert story.ask("SELECT n_held_back FROM last_run") == [(1,)]


def test_refused_numbers_have_their_share(story: Story) -> None:
    """Per run and reason: how many numbers were refused, of all that were seen."""
    story.tell(Page(BRIDGE, (3, 4, 5)))
    assert story.ask("SELECT reason, n, share FROM refusals_by_reason") == [("NOT_A_FIGURE", 1, 0.25)]
