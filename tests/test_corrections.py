"""What people say against readings: corrected in the view, kept in history, each bad line told."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from expectations.samples import ABOUT, MARKS, SHOWN, WORDS, render_review
from flows.cli import app
from flows.marks import read_marks
from flows.plan import make_plan
from flows.tally import run_steps
from warehouse.lake import Lake
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from typer.testing import Result

    from warehouse.commits import Commit

TEXT = (
    "The governor said 14 people were killed in the port on Monday. Some 900 homes lost power, the mayor said. "
    "At least 3 tonnes of fuel burned over 2 km of quay. Air defences shot down 40 drones."
)


class Desk:
    """A lake, its one feed and its file of corrections."""

    def __init__(self, folder: Path) -> None:
        self.lake, self.feed, self.file = Lake(folder / "lake"), folder / "port.jsonl", folder / "corrections.csv"
        story = {"title": "Port", "url": "https://example.org/port", "published": "2026-02-18", "text": TEXT}
        self.feed.write_text(json.dumps(story))
        self.run()
        self.ids = {row["number"]: row["figure_id"] for row in self.ask(
            "SELECT figure_id, text[number_start + 1 : number_end] AS number FROM figures JOIN articles USING (version_id)"
        )}  # fmt: skip

    def run(self) -> Commit:
        """Run over the feed with the file of corrections."""
        plan = make_plan(self.lake.root, (str(self.feed),), published=None, is_again=False, n_workers=1)
        return run_steps(replace(plan, corrections=self.file), lambda step: step, ThreadPoolExecutor).commit

    def ask(self, statement: str) -> list[dict[str, Any]]:
        """Answer a statement."""
        return list(run_sql(self.lake, statement).to_pylist())

    def correct(self, *lines: Sequence[str]) -> tuple[str, ...]:
        """Write the file, run, and return the complaints."""
        rows = ["figure_id,field,value,who,why", *(",".join([*line, "an editor", "read it"]) for line in lines)]
        self.file.write_text("\n".join(rows) + "\n")
        return self.run().complaints

    def figure(self, number: str, relation: str = "figures") -> dict[str, Any] | None:
        """Return the row of the figure with that number; None where there is none."""
        return next(iter(self.ask(f"FROM {relation} WHERE figure_id = '{self.ids[number]}'")), None)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


def test_corrections_are_followed_and_taken_back(desk: Desk) -> None:
    """A corrected row says so, a wrong one leaves with what hangs on it, the reading stays in history; no line, no correction."""
    before = desk.figure("14"), desk.figure("900")
    assert before[0]
    assert before[0]["is_corrected"] is False
    n_attributions = len(desk.ask("FROM attributions"))
    assert desk.correct(
        (desk.ids["14"], "best", "15"), (desk.ids["14"], "victim", "CIVILIAN"), (desk.ids["900"], "is_wrong", "true")
    ) == ("corrections.csv line 2, corrections.csv line 3: figure " + desk.ids["14"] + " would break figures.value_stands_in_quote",)  # fmt: skip
    assert desk.correct(
        (desk.ids["14"], "victim", "CIVILIAN"), (desk.ids["900"], "is_wrong", "true"), (desk.ids["2"], "unit_code", "mi_i")
    ) == ("corrections.csv line 4: unit_code: 'mi_i' is no units.unit_code",)  # fmt: skip
    dead = desk.figure("14")
    assert dead
    assert dead == before[0] | {"victim": "CIVILIAN", "is_corrected": True}
    tally_of = f"SELECT victim FROM tallies JOIN tally_figures USING (tally_id) WHERE figure_id = '{desk.ids['14']}'"
    assert desk.ask(tally_of) == [{"victim": "CIVILIAN"}]
    assert desk.figure("900") is None
    past = desk.figure("900", "figures_history")
    assert past
    assert past["until"] is None
    was = desk.figure("14", "figures_history")
    assert was
    assert was["victim"] == before[0]["victim"]
    assert not desk.ask(f"FROM attributions WHERE figure_id = '{desk.ids['900']}'")
    [moments] = desk.ask("SELECT min(since) AS first, max(since) AS last FROM corrections")
    shown = {table: desk.ask(f"FROM {table} ORDER BY ALL") for table in ("figures", "attributions")}
    assert desk.correct() == ()
    assert (desk.figure("14"), desk.figure("900")) == before
    for table, rows in shown.items():  # what was known then is what was read and corrected by then
        assert desk.ask(f"FROM {table}_as_of(TIMESTAMP '{moments['last']}') ORDER BY ALL") == rows
        as_read = f"FROM {table}_as_of(TIMESTAMP '{moments['first'] - timedelta(microseconds=1)}') ORDER BY ALL"
        assert rows != desk.ask(as_read) == desk.ask(f"FROM {table} ORDER BY ALL")
    assert desk.ask(tally_of) == [{"victim": before[0]["victim"]}]
    assert len(desk.ask("FROM attributions")) == n_attributions
    assert desk.ask("SELECT count(*) AS n FROM corrections WHERE until IS NOT NULL") == [{"n": 2}]


def test_what_follows_is_corrected_too(desk: Desk) -> None:
    """A unit takes its dimension and base values with it: the row is as sound as one that was read."""
    assert desk.correct((desk.ids["2"], "unit_code", "[mi_i]")) == ()
    quay = desk.figure("2")
    assert quay
    assert (quay["dimension"], quay["best"]) == ("length", 2)
    assert quay["best_base"] == pytest.approx(3218.688)


def test_nothing_changed_writes_nothing(desk: Desk) -> None:
    """The same file again leaves the ledger's bytes."""
    desk.correct((desk.ids["14"], "victim", "CIVILIAN"))
    before = desk.lake.database.read_bytes()
    assert desk.correct((desk.ids["14"], "victim", "CIVILIAN")) == ()
    assert desk.lake.database.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (("f" * 24, "best", "1"), "no figure 'ffffffffffffffffffffffff' in this lake"),
        (("14", "beast", "1"), "no field 'beast': it is is_wrong or one of low, best"),
        (("14", "quote", "none"), "quote is what stands in the text"),
        (("14", "best", "many"), "best: 'many' is no DOUBLE"),
        (("14", "kind", "HEAP"), "kind: 'HEAP' is none of FLOW"),
        (("14", "kind", ""), "kind is never empty"),
        (("14", "actor_code", "UKR/XQZ"), "actor_code: 'XQZ' is no actors.actor_code"),
        (("14", "place_precision", "9"), "place_precision: 9 is out of range"),
        (("14", "is_wrong", "no"), "is_wrong has the value true"),
        (("40", "low", "50"), "would break figures.bounds_are_ordered"),
        (("14",), "not 5 cells"),
    ],
)
def test_bad_line_is_told(desk: Desk, line: tuple[str, ...], complaint: str) -> None:
    """A line that cannot be followed is one complaint with its place; the reading stays."""
    figure_id = desk.ids.get(line[0], line[0])
    (told,) = desk.correct((figure_id, *line[1:]))
    assert told.startswith("corrections.csv line 2: ")
    assert complaint in told
    assert desk.ask("FROM corrections WHERE until IS NULL") == []


@pytest.fixture(scope="module")
def reviewed(desk: Desk) -> tuple[Result, str]:
    """The review file of the first run, marked by a person and imported; and the sentences that came of it."""
    desk.correct()
    (path,) = (desk.lake.root / "report" / "review").glob("*.csv")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["figure_id"] for row in rows} == set(desk.ids.values())
    marks = {
        desk.ids["14"]: {"verdict": "right", "who": "an editor"},
        desk.ids["900"]: {"verdict": "wrong", "who": "an editor", "why": "no count"},
        desk.ids["40"]: {"verdict": "Wrong", "field": "weapon_code", "value": "Eleron", "who": "an editor"},
        desk.ids["2"]: {"verdict": "perhaps", "who": "an editor"},
    }
    marked = desk.feed.with_name("marked.csv")
    with marked.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | marks.get(row["figure_id"], {}) for row in rows)
    sentences = desk.feed.with_name("judged.toml")
    options = ["--lake", desk.lake.root, "--corrections", desk.file, "--sentences", sentences]
    done = CliRunner().invoke(app, ["review", "import", *map(str, [marked, *options])])
    return done, sentences.read_text()


def test_a_review_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    """A file of marks that is no UTF-8, in its first line or later, costs one line."""
    path = tmp_path / "marks.csv"
    for content in (b"figure_id,Caf\x8e\n", ",".join(MARKS).encode() + b"\nCaf\x8e,right,,,,\n"):
        path.write_bytes(content)
        marks, (complaint,) = read_marks(path)
        assert marks == []
        assert complaint.startswith("marks.csv is no CSV in UTF-8: ")


def test_review_measures_precision(desk: Desk, reviewed: tuple[Result, str]) -> None:
    """Marks become precision with an interval by metric; a mark that says nothing clear is one line."""
    done, _ = reviewed
    assert "all metrics: 1 of 3 right (6% to 79% at 95 %)" in done.stdout
    assert "CAS_KILLED: 1 of 1 right (21% to 100% at 95 %)" in done.stdout
    assert "'perhaps' is neither right nor wrong" in done.stderr
    assert desk.ask("SELECT count(*) AS n FROM reviews") == [{"n": 3}]


def test_review_corrects(desk: Desk, reviewed: tuple[Result, str]) -> None:
    """A row marked as no figure leaves the view; a wrong field of which the right value is known is corrected."""
    assert re.search("corrections added to .*: 2", reviewed[0].stdout)
    assert desk.figure("900") is None
    drones = desk.figure("40")
    assert drones
    assert (drones["weapon_code"], drones["is_corrected"]) == ("Eleron", True)


def test_review_gives_sentences_for_tests(reviewed: tuple[Result, str]) -> None:
    """The sentences have the form of tests/sentences, and those that were read right hold today."""
    blocks = {block["text"]: block for block in tomllib.loads(reviewed[1])["sentence"]}
    right = blocks["The governor said 14 people were killed in the port on Monday."]
    (figure,) = right["figures"]
    assert (figure["quote"], figure["best"], figure["metric_code"]) == ("14", 14, "CAS_KILLED")
    assert blocks["Some 900 homes lost power, the mayor said."]["none"] == ["900"]
    assert blocks["Air defences shot down 40 drones."]["figures"][0]["weapon_code"] == "Eleron"


def test_review_page_is_inert() -> None:
    """The page runs its own script and none that stands in a text; nothing can be fetched or sent."""
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    row = dict.fromkeys(("figure_id", *WORDS, *SHOWN, *ABOUT), hostile)
    page = render_review([row], "r1", "digest", "own()")
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert "default-src 'none'" in page
