"""Every promise is proved by a row that breaks it; what is good passes; the same rows give the same verdicts."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING

import pytest

from benchmarks.batches import KNOWN, TABLES, TEXTS, Rows, broken_promises, good_rows, read, stage
from expectations.promises import Promise, list_promises
from expectations.validation import Before, Verdict, validate
from transforms.ids import hash_id
from transforms.references import reference_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _set(table: str, row: int, **columns: object) -> Callable[[Rows], None]:
    def damage(rows: Rows) -> None:
        rows[table][row] |= columns

    return damage


def _double(table: str, row: int) -> Callable[[Rows], None]:
    def damage(rows: Rows) -> None:
        rows[table].append(deepcopy(rows[table][row]))

    return damage


def _drop(table: str, row: int) -> Callable[[Rows], None]:
    def damage(rows: Rows) -> None:
        del rows[table][row]

    return damage


def _clear(rows: Rows) -> None:
    for of_table in rows.values():
        of_table.clear()


OTHER_ID = "0" * 24
BEFORE = Before(KNOWN, reference_tables())
BOOKS = {"articles.books_balance", "inputs.articles_are_staged"}
# What is damaged, and the promise that it breaks. figures: 0 hurt, 1 km, 2 miles, 3 trucks, 4 before.
BROKEN_ROWS: dict[str, tuple[Callable[[Rows], None], str]] = {
    "twin figure": (_double("figures", 3), "figures.has_unique_key"),
    "twin refusal": (_double("refusals", 0), "refusals.has_unique_key"),
    "twin article": (_double("articles", 1), "articles.has_unique_key"),
    "twin attribution": (_double("attributions", 1), "attributions.has_unique_key"),
    "one unknown of two actors": (_set("figures", 0, target_code="RUS/XXX"), "figures.target_code.is_known"),
    "self conversion": (
        lambda rows: rows["figures"][3].update(converts_figure_id=rows["figures"][3]["figure_id"]),
        "figures.conversion_is_apart",
    ),
    "conversion of another text": (
        lambda rows: rows["figures"][3].update(converts_figure_id=rows["figures"][0]["figure_id"]),
        "figures.conversion_is_apart",
    ),
    "not a number": (_set("figures", 3, best=float("nan")), "figures.numbers_are_finite"),
    "infinite": (_set("figures", 3, high=float("inf"), modifier="RANGE"), "figures.numbers_are_finite"),
    "no number": (_set("figures", 3, low=None, best=None, high=None, modifier="VAGUE"), "figures.names_a_number"),
    "bounds swapped": (_set("figures", 3, low=50.0, high=30.0, modifier="RANGE"), "figures.bounds_are_ordered"),
    "low over high": (_set("figures", 3, low=9.0, best=None, high=3.0, modifier="RANGE"), "figures.bounds_are_ordered"),
    "base swapped": (_set("figures", 1, low_base=3000.0), "figures.base_bounds_are_ordered"),
    "base half": (_set("figures", 1, low_base=None), "figures.base_mirrors_bounds"),
    "exact but bounded": (_set("figures", 3, low=30.0), "figures.modifier_fits_bounds"),
    "at least nothing": (_set("figures", 3, low=None, modifier="GE"), "figures.modifier_fits_bounds"),
    "quote shifted": (
        lambda rows: rows["figures"][3].update(
            quote_start=rows["figures"][3]["quote_start"] - 1,  # type: ignore[operator]
            quote_end=rows["figures"][3]["quote_end"] - 1,  # type: ignore[operator]
        ),
        "figures.quote_is_verbatim",
    ),
    "quote edited": (_set("figures", 3, quote="40 Trucks"), "figures.quote_is_verbatim"),
    "quote beyond text": (_set("figures", 3, quote_end=10_000), "figures.quote_lies_in_text"),
    "number outside quote": (
        lambda rows: rows["figures"][3].update(number_start=rows["figures"][3]["quote_end"]),
        "figures.number_lies_in_quote",
    ),
    "number outside sentence": (_set("figures", 3, sentence_end=5), "figures.number_lies_in_sentence"),
    "number read twice": (
        lambda rows: rows["figures"][3].update(number_end=rows["figures"][4]["number_end"]),
        "figures.numbers_lie_apart",
    ),
    "article of another": (
        lambda rows: rows["figures"][3].update(article_id=rows["figures"][0]["article_id"]),
        "figures.article_fits_version",
    ),
    "period backwards": (_set("figures", 0, period_end_date=date(2026, 5, 1)), "figures.period_is_ordered"),
    "period without basis": (_set("figures", 3, period_end_date=date(2026, 5, 1)), "figures.period_has_basis"),
    "basis without period": (_set("figures", 3, period_basis="STATED"), "figures.period_has_basis"),
    "period ahead": (
        _set("figures", 0, period_start_date=date(2026, 5, 5), period_end_date=None),
        "figures.period_is_not_ahead",
    ),
    "codes unsorted": (_set("figures", 0, target_code="UKR/RUS"), "figures.codes_are_sorted"),
    "code twice": (_set("figures", 0, actor_code="RUS/RUS"), "figures.codes_are_sorted"),
    "nobody says": (_set("attributions", 1, source_name=None), "attributions.names_a_source"),
    "cue edited": (_set("attributions", 0, cue="says"), "attributions.cue_is_verbatim"),
    "cue half": (_set("attributions", 0, cue_start=None), "attributions.cue_is_verbatim"),
    "hop skipped": (_set("attributions", 1, hop=2), "attributions.hops_are_gapless"),
    "refusal shifted": (
        lambda rows: rows["refusals"][0].update(number_start=rows["refusals"][0]["number_start"] + 1),  # type: ignore[operator]
        "refusals.quote_is_verbatim",
    ),
    "read and refused": (
        lambda rows: rows["refusals"].append(
            rows["refusals"][0]
            | {"number_start": rows["figures"][0]["number_start"], "number_end": rows["figures"][0]["quote_end"]}
            | {"quote": "12 dockworkers", "refusal_id": OTHER_ID},
        ),
        "refusals.numbers_lie_apart",
    ),
    "refusal of another": (
        lambda rows: rows["refusals"][0].update(article_id=rows["figures"][4]["article_id"]),
        "refusals.article_fits_version",
    ),
    "other text": (_set("articles", 1, text=TEXTS["pass"] + " "), "articles.text_is_hashed"),
    "dated by nothing": (_set("articles", 1, published_date=date(2026, 5, 4)), "articles.published_is_grounded"),
    "doubted for nothing": (_set("articles", 1, published_conflict="URL"), "articles.published_conflict_is_told"),
    "dated elsewhere": (_set("articles", 0, published_date=date(2026, 5, 14)), "articles.published_day_fits_time"),
    "number cut": (
        lambda rows: rows["figures"][3].update(number_end=rows["figures"][3]["number_end"] - 1),  # type: ignore[operator]
        "figures.number_is_whole",
    ),
    "number cut in front": (
        lambda rows: rows["figures"][3].update(number_start=rows["figures"][3]["number_start"] + 1),  # type: ignore[operator]
        "figures.number_is_whole",
    ),
    "sentence beyond text": (_set("figures", 3, sentence_end=10_000), "figures.number_lies_in_sentence"),
    "value unlike its digits": (
        _set("figures", 3, dimension="count", low=41.0, best=41.0, high=41.0),
        "figures.value_stands_in_quote",
    ),
    "fewer than none": (
        _set("figures", 3, dimension="count", low=-40.0, best=-40.0, high=-40.0),
        "figures.counts_are_not_negative",
    ),
    "not converted": (_set("figures", 1, low_base=2.0, best_base=2.0, high_base=2.0), "figures.base_is_converted"),
    "kilometres counted": (_set("figures", 1, dimension="count"), "figures.dimension_fits_unit"),
    "hurt in kilometres": (_set("figures", 0, unit_code="km", dimension="length"), "figures.metric_fits_dimension"),
    "per cent as a flow": (_set("figures", 3, unit_code="%", kind="FLOW"), "figures.share_has_its_kind"),
    "another day in EDTF": (_set("figures", 0, period_edtf="2026-05-02"), "figures.period_fits_edtf"),
    "place in another country": (_set("figures", 0, country_code="NZL"), "figures.country_fits_place"),
    "published ahead": (
        _set("articles", 1, published_date=date(2027, 5, 4), published_basis="GIVEN", published_precision="DAY"),
        "articles.published_before_fetched",
    ),
    "supersedes itself": (
        lambda rows: rows["articles"][0].update(supersedes_version_id=rows["articles"][0]["version_id"]),
        "articles.supersedes_another",
    ),
}
BROKEN_BATCHES: dict[str, tuple[Callable[[Rows], None], str]] = {
    "article without input": (_drop("inputs", 1), "articles.books_balance"),
    "article counted twice": (
        lambda rows: rows["inputs"].append(rows["inputs"][0] | {"uri": "again"}),
        "articles.books_balance",
    ),
    "input without article": (
        lambda rows: rows["inputs"].append(rows["inputs"][0] | {"uri": "x", "version_id": OTHER_ID}),
        "inputs.articles_are_staged",
    ),
    "two readings": (_set("figures", 3, reader_version="another"), "figures.is_one_reading"),
    "two feeds": (_set("articles", 1, feed_id="another"), "articles.is_one_feed"),
    "twin input": (_double("inputs", 0), "inputs.has_unique_key"),
    "twin document": (_double("documents", 0), "documents.has_unique_key"),
    "twin fetch": (_double("fetches", 0), "fetches.has_unique_key"),
    "no article": (_clear, "articles.has_rows"),
    "rejected for nothing": (
        lambda rows: rows["inputs"].append(rows["inputs"][0] | {"uri": "y", "outcome": "REJECTED", "batch_id": None}),
        "inputs.outcome_is_explained",
    ),
}


def _spoil(promise: Promise) -> Callable[[Rows], None]:
    """Break what a column promises, whatever column it is."""
    column, name = promise.column, promise.columns[0]
    assert column is not None
    kinds: dict[str, object] = {"PRESENT": None, "LISTED": "NO SUCH VALUE", "TRUE": "?"}
    if promise.form == "RANGED":
        kinds["RANGED"] = column.minimum - 1 if column.minimum is not None else (column.maximum or 0) + 1
        kinds["RANGED"] = int(kinds["RANGED"])  # type: ignore[call-overload]
    spoilt = "unheard of" if promise.expectation_id.endswith("is_known") else kinds[promise.form]
    return _set(promise.table, 0, **{name: spoilt})


# One batch a column's promise: null where a value is required, a value that is not listed, out of range, unknown ...
BROKEN_COLUMNS = {p.expectation_id: (_spoil(p), p.expectation_id) for p in list_promises(TABLES) if p.column}
CASES = BROKEN_ROWS | BROKEN_BATCHES | BROKEN_COLUMNS
LEVELS = {p.expectation_id: p.level for p in list_promises(TABLES)}


def batch_of(case: str) -> str:
    return hash_id("case", case)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Verdict]]:
    """One run: a good batch, and beside it one batch for each damage."""
    staging = tmp_path_factory.mktemp("staging")
    batch_ids = [batch_of("good")]
    stage(staging, batch_ids[0], good_rows(batch_ids[0]))
    for case, (damage, _) in CASES.items():
        rows = good_rows(batch_of(case))
        damage(rows)
        stage(staging, batch_of(case), rows)
        batch_ids.append(batch_of(case))
    return staging, {v.batch_id: v for v in validate(staging, batch_ids, BEFORE)}


def test_good_batch_passes_whole(judged: tuple[Path, dict[str, Verdict]]) -> None:
    """A batch without a fault loses no row, and every promise is recorded as kept."""
    staging, verdicts = judged
    verdict = verdicts[batch_of("good")]
    results = read(staging, "expectation_results", verdict.batch_id)
    assert [r["expectation_id"] for r in results if not r["is_met"]] == []
    assert (verdict.is_held_back, verdict.n_quarantined) == (False, {})
    assert verdict.n_rows == {"articles": 2, "attributions": 2, "figures": 5, "refusals": 2}
    assert {r["expectation_id"] for r in results} == {p.expectation_id for p in list_promises(TABLES)}


def test_every_promise_is_broken_once() -> None:
    """No promise goes without a damage that breaks it (schemas and what is only watched have tests of their own)."""
    broken = {expectation_id for _, expectation_id in CASES.values()}
    promised = {p.expectation_id for p in list_promises(TABLES) if p.level != "WATCH"}
    elsewhere = (".has_schema", ".is_loaded_or_quarantined")  # faulty files and a fault of ours: tests of their own
    assert {e for e in promised - broken if not e.endswith(elsewhere)} == set()


@pytest.mark.parametrize("case", [case for case, (_, promise) in CASES.items() if LEVELS[promise] == "ROW"])
def test_broken_row_is_set_apart(judged: tuple[Path, dict[str, Verdict]], case: str) -> None:
    """A row that breaks a row's promise stands in quarantine with it, whole; the others go on; none is lost."""
    staging, verdicts = judged
    batch_id, promise = batch_of(case), CASES[case][1]
    rows = good_rows(batch_id)
    CASES[case][0](rows)
    assert promise in broken_promises(staging, batch_id)
    quarantined = read(staging, "quarantine", batch_id)
    assert any(promise in str(q["reason"]) for q in quarantined)
    if verdicts[batch_id].is_held_back:  # an article under a wrong name is missing from the books, too
        assert set(str(verdicts[batch_id].reason).split(", ")) <= BOOKS
        return
    for table in ("articles", "figures", "attributions", "refusals"):
        n_apart = verdicts[batch_id].n_quarantined.get(table, 0)
        assert len(rows[table]) == len(read(staging, table, batch_id)) + n_apart
        assert n_apart == sum(q["table_name"] == table for q in quarantined)
    for q in quarantined:
        assert set(json.loads(str(q["row_json"]))) == set(TABLES[str(q["table_name"])].columns)


@pytest.mark.parametrize("case", [case for case, (_, promise) in CASES.items() if LEVELS[promise] == "TABLE"])
def test_broken_batch_is_held_back(judged: tuple[Path, dict[str, Verdict]], case: str) -> None:
    """A batch that breaks a table's promise passes none of its data, but tells why."""
    staging, verdicts = judged
    batch_id, promise = batch_of(case), CASES[case][1]
    assert verdicts[batch_id].is_held_back
    assert promise in str(verdicts[batch_id].reason)
    assert promise in broken_promises(staging, batch_id)
    assert [table for table in ("articles", "figures") if read(staging, table, batch_id)] == []


def test_what_hangs_on_a_broken_row_goes_with_it(judged: tuple[Path, dict[str, Verdict]]) -> None:
    """A broken article takes its figures, their attributions and its refusals along; a broken figure its conversion."""
    staging, verdicts = judged
    port = verdicts[batch_of("dated elsewhere")]
    assert port.n_quarantined == {"articles": 1, "figures": 3, "attributions": 2, "refusals": 1}
    hanging = [q for q in read(staging, "quarantine", port.batch_id) if q["table_name"] == "attributions"]
    assert {q["expectation_id"] for q in hanging} == {"attributions.figure_id.is_known"}
    assert all(q["version_id"] and "hangs on figures" in str(q["reason"]) for q in hanging)
    km = verdicts[batch_of("base swapped")]
    assert km.n_quarantined == {"figures": 2}
    reasons = {str(q["reason"]).split(" ")[0] for q in read(staging, "quarantine", km.batch_id)}
    assert reasons == {"broke", "hangs"}
