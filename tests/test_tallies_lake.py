"""Tallies in the lake: one more article is retallied alone, and every figure is in one tally or has a reason."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from flows.plan import now
from flows.versions import read_tally_version
from seeds.contracts import load_tables
from seeds.loader import HERE
from tests.samples import ask, load, make_lake
from transforms.tallying.said import Said
from transforms.tallying.things import reason_out
from warehouse.commits import Run, commit, mend
from warehouse.current_figures import UNTOLD, read_by_metrics
from warehouse.lake import Lake
from warehouse.queries import open_lake
from warehouse.tallies import rules

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 3, 7)
DERIVED = ("tallies", "tally_figures", "tally_parts")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return make_lake(tmp_path_factory.mktemp("turn"))


def assert_as_anew(lake: Lake, folder: Path) -> None:
    """Compare a lake's tallies with those that other rules make of all its figures."""
    whole = Lake(shutil.copytree(lake.root, folder / "whole"))
    mend(whole)
    done = commit(whole, Run("again", "reader", START, tally_version="other"), [], lambda: START)
    assert done.n_rows["tally_figures"] == ask(whole, "SELECT count(*) FROM figures")[0][0]
    assert ask(whole, "SELECT DISTINCT tally_version FROM tally_blocks") == [("other",)]
    for table in (*DERIVED, "tally_inputs"):
        assert ask(whole, f"FROM {table} ORDER BY ALL") == ask(lake, f"FROM {table} ORDER BY ALL")


def test_one_more_article_gives_what_a_full_run_gives(lake: Lake, tmp_path: Path) -> None:
    """What came in two runs is tallied as all at once: other rules make every block anew, and no row comes out different."""
    assert all(ask(lake, f"FROM {table}") for table in DERIVED)
    assert_as_anew(lake, tmp_path)


def test_only_what_changed_is_written(lake: Lake) -> None:
    """The second run writes the blocks in which a row changed, and no others; where it adds a report, the tally's block is one."""
    ((first,), (second,)) = ask(lake, "SELECT committed_at FROM commits ORDER BY commit_id")
    written = ask(lake, f"SELECT block_id FROM tally_blocks_history WHERE since = '{second}' ORDER BY ALL")
    then, now_ = (f"FROM {{0}}_as_of(TIMESTAMP '{moment}')" for moment in (first, second))
    changed = " UNION ".join(
        f"SELECT block_id FROM (({a} EXCEPT {b}) UNION ALL ({b} EXCEPT {a}))"
        for a, b in ((then.format(table), now_.format(table)) for table in DERIVED)
    )
    assert written == ask(lake, f"FROM ({changed}) ORDER BY ALL")
    assert 0 < len(written) < len(ask(lake, "FROM tally_blocks"))


def test_nothing_new_is_nothing_to_do(lake: Lake) -> None:
    """A run that brings nothing, under the same rules, changes no byte of the lake."""
    before = lake.database.read_bytes()
    assert commit(lake, Run("idle", "reader", START, tally_version=read_tally_version()), [], now).commit_id is None
    assert lake.database.read_bytes() == before


def test_a_block_that_became_empty_ends(lake: Lake, tmp_path: Path) -> None:
    """Where an article is told anew without its number, the tally goes, and with it all its rows; the past keeps them."""
    changed = Lake(shutil.copytree(lake.root, tmp_path / "lake"))
    mend(changed)
    source = (HERE / "articles" / "el_obeid_shelling.md").read_text("utf-8")
    head, _, _ = source.rpartition("---")
    page = tmp_path / "el_obeid_shelling.md"
    page.write_text(
        f"{head}---\nShelling by the Rapid Support Forces hit El Obeid on Monday, the Sudan Doctors Network said.",
        "utf-8",
    )
    load(changed.root, [page])
    toll = "WHERE block_id LIKE 'DSP_NEW/%'"
    assert ask(lake, f"SELECT n_figures FROM tally_blocks {toll}") == [(1,)]
    assert ask(changed, f"SELECT n_figures FROM tally_blocks {toll}") == [(0,)]
    assert not any(ask(changed, f"FROM {table} {toll}") for table in DERIVED)
    assert len(ask(changed, f"FROM tally_figures_history {toll}")) == 1
    assert ask(changed, "SELECT count(*) FROM figures") == ask(changed, "SELECT count(*) FROM tally_figures")


def tell(lake: Lake, folder: Path, day: str, words: str) -> None:
    """Let a lake read an article of a day."""
    page = folder / f"{day}.md"
    head = f"---\ntitle: Kharkiv\nurl: https://courier.example/{day}\noutlet: Courier\npublished: {day}\n---\n"
    page.write_text(f"{head}{words}\n", "utf-8")
    load(lake.root, [page])


def test_what_stands_in_the_month_before_is_looked_at(tmp_path: Path) -> None:
    """What is told again from month to month is no chain, also when only the months around one more article are looked at."""
    lake = Lake(tmp_path / "lake")
    tell(lake, tmp_path, "2026-03-30", "Officials said that 30 people were killed in Kharkiv on Sunday.")
    for day in ("2026-04-10", "2026-05-05", "2026-06-03"):
        tell(lake, tmp_path, day, "Officials said that 30 people were killed in Kharkiv.")
    blocks = "SELECT block_id FROM tally_figures ORDER BY as_of_date"
    assert ask(lake, blocks) == [(f"CAS/2026-{month}",) for month in ("03", "03", "05", "06")]
    tell(lake, tmp_path, "2026-07-10", "Officials said that 7 people were killed in Lviv on Thursday.")
    assert_as_anew(lake, tmp_path)


def test_a_denial_reaches_back_over_months(tmp_path: Path) -> None:
    """What its source denies months later leaves its tally, also when its month is tallied again, until no article denies it."""
    lake = Lake(tmp_path / "lake")
    toll = "SELECT reason FROM tally_figures WHERE block_id = 'CAS/2026-02' ORDER BY reason"

    def reasons(day: str, words: str) -> list[tuple[Any, ...]]:
        tell(lake, tmp_path, day, words)
        return ask(lake, toll)

    killed = "people were killed in a missile strike on {} on Saturday."
    source = "Ukraine's General Staff"
    assert reasons("2026-02-22", f"{source} said that 15 {killed.format('Kharkiv')}") == [("single",)]
    assert reasons("2026-07-20", f"{source} denied that 15 people had been killed in Kharkiv.") == [("WITHDRAWN",)]
    both = [("WITHDRAWN",), ("single",)]
    assert reasons("2026-02-23", f"Officials said that 7 {killed.format('Lviv')}") == both
    assert reasons("2026-07-20", "Nobody told of anything new.") == [("single",), ("single",)]


def test_what_tallying_takes_is_kept_whole() -> None:
    """The table has the columns of what tallying takes, in their order: they are compared by it."""
    assert tuple(load_tables()["tally_inputs"].columns) == Said._fields


def test_what_tallying_takes_follows_the_story(tmp_path: Path) -> None:
    """An article of the same story changes no row of a tally, but what the next one is tallied with."""
    told = "Power was back in most of Kharkiv by noon, and trams ran again along the embankment from the market to the old works. Schools stay shut until Monday, the council said. "
    lake = Lake(tmp_path / "lake")
    tell(lake, tmp_path, "2026-03-02", f"{told}Officials said that 30 people were killed in Kharkiv on Sunday.")
    before = ask(lake, "SELECT cluster_id FROM tally_inputs")
    tell(lake, tmp_path, "2026-03-03", f"{told}Wind is due.")
    assert ask(lake, "SELECT min(version_id) FROM articles") != before  # by which a story is named: the second one's
    assert ask(lake, "SELECT cluster_id FROM tally_inputs") == ask(lake, "SELECT min(version_id) FROM articles")
    tell(lake, tmp_path, "2026-03-04", "Officials said that 7 people were killed in Lviv on Tuesday.")
    assert_as_anew(lake, tmp_path)


def test_what_was_told_anew_is_taken_no_more(tmp_path: Path) -> None:
    """The figures of an older version of a page are in no tally, whatever comes after."""
    lake = Lake(tmp_path / "lake")
    for told in ("30 people were killed in Kharkiv on Sunday.", "more is known of Kharkiv."):
        tell(lake, tmp_path, "2026-03-02", f"Officials said that {told}")
    tell(lake, tmp_path, "2026-03-03", "Officials said that 7 people were killed in Lviv on Tuesday.")
    assert ask(lake, "SELECT low FROM tally_inputs") == [(7,)]
    assert_as_anew(lake, tmp_path)


def corrected(lake: Lake, folder: Path, corrections: str) -> Lake:
    """Copy a lake and call figures of it wrong: `corrections` selects the rows, their time a parameter."""
    called = Lake(shutil.copytree(lake.root, folder / "lake"))
    mend(called)
    with duckdb.connect(str(called.database)) as connection:
        connection.execute(f"INSERT INTO corrections (figure_id, field, value, who, why, since) {corrections}", [now()])
    return called


def test_what_tallying_takes_follows_corrections(lake: Lake, tmp_path: Path) -> None:
    """The words of what is counted decide no tally here: corrected, they are taken so by the next commit."""
    called = corrected(
        lake,
        tmp_path,
        "SELECT min(figure_id), 'counted', 'souls', 'an editor', 'a better word', ? FROM tally_inputs WHERE metric_code = 'CAS_KILLED'",
    )
    tell(called, tmp_path, "2026-03-09", "Nobody told of anything new.")
    assert ask(called, "SELECT counted FROM tally_inputs WHERE counted = 'souls'") == [("souls",)]
    assert_as_anew(called, tmp_path)


def test_what_counts_now_is_what_the_view_shows(lake: Lake, tmp_path: Path) -> None:
    """Also where a figure was called wrong since: its tally stands until the next commit, whichever way it is asked for."""
    called = corrected(
        lake,
        tmp_path,
        "SELECT figure_id, 'is_wrong', 'true', 'an editor', 'no count', ? FROM tally_figures WHERE role = 'RECOMMENDED' LIMIT 1",
    )
    assert ask(called, "SELECT count(*) FROM figures")[0][0] == ask(lake, "SELECT count(*) FROM figures")[0][0] - 1
    for table in DERIVED:
        shown = f"SELECT * FROM {table} ORDER BY ALL"
        assert ask(called, shown.replace(table, f"{table}_as_of(TIMESTAMP '{now()}')")) == ask(called, shown)


def test_every_figure_is_somewhere(lake: Lake) -> None:
    """Every current figure is in one tally, or has a reason why in none; every tally has one recommended figure."""
    assert ask(lake, "SELECT count(*) FROM figures") == ask(lake, "SELECT count(DISTINCT figure_id) FROM tally_figures")
    assert ask(lake, "SELECT count(*) FROM tally_figures WHERE (tally_id IS NULL) <> (role IS NULL)") == [(0,)]
    counts = "SELECT count(*) FROM (SELECT tally_id FROM tally_figures WHERE role = 'RECOMMENDED' GROUP BY ALL HAVING count(*) = 1)"
    assert ask(lake, counts) == ask(lake, "SELECT count(*) FROM tallies")


def test_what_is_never_tallied_has_the_rules_reason(lake: Lake) -> None:
    """The reasons that SQL gives for figures that no rule looks at are those that the rules give."""
    with open_lake(lake) as opened:
        saids = [said for some in read_by_metrics(opened) for said in some if said.block_id.startswith("UNTOLD/")]
    found = dict(ask(lake, "SELECT figure_id, reason FROM tally_figures WHERE tally_id IS NULL"))
    assert {said.figure_id: reason_out(said, rules()) for said in saids}.items() <= found.items()
    assert len(saids) == ask(lake, f"SELECT count(*) FROM figures f WHERE {UNTOLD}")[0][0] > 0
