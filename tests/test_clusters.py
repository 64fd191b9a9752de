"""Laws of clusters: one story whatever the order and the runs, copies change nothing else, furniture links nothing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.clusters import Shelf, to_row
from flows.plan import make_plan
from flows.tally import run_steps
from seeds.kinds import Credit
from seeds.loader import HERE, load_seeds
from transforms.clusters import FURNITURE_DAYS, Member, Shared, find_clusters
from transforms.credits import CreditReader
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from benchmarks.sets import Row

READER = CreditReader(load_seeds())


def tell(story: int, first: int = 0, last: int = 120) -> str:
    """Return some words of a story: no four of them are another story's."""
    return " ".join(f"word{story}x{place}" for place in range(first, last))


FOOTER = " " + tell(99, 0, 80)  # of an outlet that puts it under every text
TEXTS = [
    to_row(tell(1), "https://a.example/1", "A", "2026-02-01"),
    to_row(tell(1, 0, 100) + " " + tell(9, 0, 40), "https://b.example/1", "B", "2026-02-01"),
    to_row(tell(1, 60, 120) + " " + tell(8, 0, 60), "https://c.example/1", "C", "2026-02-02"),
    to_row(tell(8, 0, 60) + " " + tell(7, 0, 60), "https://d.example/1", "D", "2026-02-02"),
    to_row(tell(2), "https://a.example/2", "A", "2026-02-02"),
    to_row(tell(2), "https://b.example/2", "B", "2026-02-03"),
    *(
        to_row(tell(20 + day, 0, 30) + FOOTER, f"https://h.example/{day}", "Harbour Post", f"2026-02-0{day}")
        for day in range(1, 7)
    ),
]


def shelve(*runs: list[Row]) -> list[Row]:
    """Return the clusters after some runs."""
    shelf = Shelf()
    for run in runs:
        shelf.add(run)
    return shelf.clusters()


WHOLE = shelve(TEXTS)


def stories(rows: list[Row]) -> set[frozenset[str]]:
    """Return the clusters as sets of versions."""
    return {frozenset(r["version_id"] for r in rows if r["cluster_id"] == row["cluster_id"]) for row in rows}


def test_stories_are_found() -> None:
    """What shares half its text is one story, through others too; what shares an outlet's footer is not."""
    ids = [row["version_id"] for row in TEXTS]
    assert stories(WHOLE) == {frozenset(ids[:4]), frozenset(ids[4:6]), *(frozenset([id_]) for id_ in ids[6:])}


def test_a_footer_on_fewer_days_still_links() -> None:
    """Furniture is what an outlet prints on four days: on three it is taken for shared text (so the law above can fail)."""
    few = TEXTS[6 : 6 + FURNITURE_DAYS - 1]
    assert len(stories(shelve(few))) == 1


@settings(max_examples=12, deadline=None)
@given(st.permutations(TEXTS), st.lists(st.integers(0, len(TEXTS)), max_size=3))
def test_order_and_runs_do_not_matter(texts: list[Row], cuts: list[int]) -> None:
    """The same texts give the same rows, in whatever order and in however many runs they come."""
    places = [0, *sorted(cuts), len(texts)]
    assert shelve(*(texts[a:b] for a, b in pairwise(places))) == WHOLE


@settings(max_examples=8, deadline=None)
@given(st.integers(0, len(TEXTS) - 1))
def test_a_copy_changes_nothing_else(place: int) -> None:
    """A copy in another outlet joins its story; no other two texts come together or apart."""
    known = TEXTS[place]
    copy = to_row(known["text"], "https://copy.example/1", "Copyist", "2026-02-09")
    shelf = Shelf()
    shelf.add(TEXTS)
    shelf.add([copy])
    after = shelf.clusters()
    joined = {story - {copy["version_id"]} for story in stories(after)}
    assert joined == stories(WHOLE)
    assert any({copy["version_id"], known["version_id"]} <= story for story in stories(after))


def test_a_run_writes_only_what_changes() -> None:
    """A run that brings nothing like the rest writes rows for its own texts only; rows of others stand."""
    shelf = Shelf()
    shelf.add(TEXTS)
    assert shelf.add([to_row(tell(50), "https://z.example/1", "Z", "2026-02-03")]) == 1


def test_the_same_text_is_one_story_however_short() -> None:
    """Two texts that are the same to the letter are one story, even when too short for shingles."""
    rows = shelve([to_row("Three dead.", f"https://{host}.example", host, "2026-02-01") for host in "ab"])
    assert [row["role"] for row in rows].count("COPY") == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Member("v2", "a", 40), Member("v1", "b", 40, credit_name="AP")),
        (Member("v2", "a", 40), Member("v1", "b", 39)),
        (Member("v2", "a", 40, is_agency=True), Member("v1", "b", 60)),
    ],
)
def test_originals(a: Member, b: Member) -> None:
    """The original credits nobody, is an agency's rather than another's, is the longer: in this order."""
    rows = find_clusters([a, b], [Shared("v1", "v2", 30)])
    assert {row["original_version_id"] for row in rows} == {a.version_id}


@pytest.mark.parametrize("credit", [pytest.param(c, id=code) for code, c in load_seeds().of(Credit).items()])
def test_credits(credit: Credit) -> None:
    """Every example reads as whom it credits, no counterexample credits anyone; nobody credits himself."""
    for text, wanted in credit.examples.items():
        assert READER.read(text, None) == wanted
    for text in credit.counterexamples:
        assert READER.read(text, None) is None
    assert READER.read("MIAMI (CBSMiami/AP) -- It rained.", "cbs") == "AP"


def test_the_wire_copy_of_the_samples_is_one_story(tmp_path: Path) -> None:
    """The Odesa terminal stands in two papers and is one story; the Kharkiv toll's three reports are three."""
    files = [str(path) for path in sorted(Path(HERE / "articles").glob("*")) if path.stem[:5] in {"odesa", "khark"}]
    plan = make_plan(tmp_path / "lake", tuple(files), published=None, is_again=False, n_workers=1)
    run_steps(plan, call=lambda function: function)
    asked = "SELECT n_articles, n_stories FROM numbers_by_story WHERE example = 'two port workers'"
    assert {(row["n_articles"], row["n_stories"]) for row in run_sql(plan.lake, asked).to_pylist()} == {(2, 1)}
    (story,) = run_sql(plan.lake, "FROM stories WHERE n_articles > 1").to_pylist()
    assert (story["outlet_ids"], story["credited"]) == (["northern-gazette", "odesa-ledger"], "Meridian News")
    assert run_sql(plan.lake, "SELECT count(*) AS n FROM stories").to_pylist() == [{"n": 4}]
    (copy,) = run_sql(plan.lake, "FROM who_copied_whom").to_pylist()
    assert {copy["outlet"], copy["original_outlet"]} == {"northern-gazette", "odesa-ledger"}
