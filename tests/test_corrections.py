"""What people say against readings: corrected in the view, kept in history, each bad line told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from flows.plan import make_plan
from flows.tally import run_steps
from warehouse.lake import Lake
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from warehouse.commits import Commit

TEXT = (
    "The governor said 14 people were killed in the port on Monday. Some 900 homes lost power. "
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
        plan = make_plan(self.lake.root, (str(self.feed),), published=None, is_again=False, n_workers=1)
        return run_steps(replace(plan, corrections=self.file), lambda step: step, ThreadPoolExecutor).commit

    def ask(self, statement: str) -> list[dict[str, Any]]:
        return run_sql(self.lake, statement).to_pylist()

    def correct(self, *lines: Sequence[str]) -> tuple[str, ...]:
        """Write the file, run, and return the complaints."""
        rows = ["figure_id,field,value,who,why", *(",".join([*line, "an editor", "read it"]) for line in lines)]
        self.file.write_text("\n".join(rows) + "\n")
        return self.run().complaints

    def figure(self, number: str, relation: str = "figures") -> dict[str, Any] | None:
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
    assert desk.figure("900") is None
    past = desk.figure("900", "figures_history")
    assert past
    assert past["until"] is None
    was = desk.figure("14", "figures_history")
    assert was
    assert was["victim"] == before[0]["victim"]
    assert not desk.ask(f"FROM attributions WHERE figure_id = '{desk.ids['900']}'")
    assert desk.correct() == ()
    assert (desk.figure("14"), desk.figure("900")) == before
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
