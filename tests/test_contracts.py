"""The contracts hold code, seeds, gold and documents together."""

from __future__ import annotations

import json
import re
import typing
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.batches import KNOWN, good_rows
from expectations.dictionary import PATH, render_dictionary
from expectations.known import known_codes
from expectations.promises import list_promises
from expectations.validation import Before, validate
from seeds import SeedError, load_seeds
from seeds.contracts import load_tables
from transforms.figures import (
    Article,
    Attribution,
    Figure,
    Kind,
    Modifier,
    NumberForm,
    PeriodBasis,
    Polarity,
    Reading,
    Reason,
    Refusal,
)
from transforms.ids import hash_id, sha256_hex, to_figure_id, to_version_id
from transforms.references import to_reference_tables
from transforms.rows import columns_of, to_article_row, to_rows
from transforms.tables import to_schema, to_table

TABLES = load_tables()
BENCH = Path(__file__).parents[2] / "shared" / "bench"
NOUNS = {"articles": Article, "figures": Figure, "attributions": Attribution, "refusals": Refusal}
# What rows say of their article, which the nouns themselves do not.
ADDED = {
    "articles": set[str](),
    "figures": {"version_id", "article_id", "reader_version", "batch_id", "is_corrected"},
    "attributions": {"batch_id"},
    "refusals": {"version_id", "article_id", "reader_version", "batch_id"},
}
TYPES = {str: "VARCHAR", float: "DOUBLE", int: "BIGINT", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMP"}


def hints(noun: type) -> dict[str, object]:
    """Resolve a noun's annotations (Sentence, a transient type, is not needed for any column)."""
    return typing.get_type_hints(noun, localns={"Sentence": object})


@pytest.mark.parametrize("name", NOUNS)
def test_nouns_and_contracts_agree(name: str) -> None:
    """A noun of transforms/figures.py has the contract's columns, no more and no fewer, of the same type."""
    contract, noun = TABLES[name], NOUNS[name]
    assert {*columns_of(noun), *ADDED[name]} == contract.columns.keys()
    for column in columns_of(noun):
        kinds = typing.get_args(hints(noun)[column]) or (hints(noun)[column],)
        kind = next(k for k in kinds if k is not type(None))
        assert isinstance(kind, type)
        sql = "VARCHAR" if issubclass(kind, str) else TYPES[kind]
        assert (column, contract.columns[column].type) == (column, sql)
        assert (column, type(None) in kinds) == (column, not contract.columns[column].required)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("figures.modifier", Modifier),
        ("figures.number_form", NumberForm),
        ("figures.kind", Kind),
        ("figures.polarity", Polarity),
        ("figures.period_basis", PeriodBasis),
        ("refusals.reason", Reason),
    ],
)
def test_enumerations_agree(column: str, values: type) -> None:
    """A closed list stands in code and contract alike."""
    table, _, name = column.partition(".")
    assert TABLES[table].columns[name].values == list(values)  # type: ignore[call-overload]


def test_data_dictionary_is_current() -> None:
    """docs/reference/data-dictionary.md is what the contracts say: else run `python -m expectations.dictionary`."""
    assert PATH.read_text("utf-8") == render_dictionary(TABLES)


def test_names_are_told_apart() -> None:
    """Every promise has an id of its own, a reason and what to do."""
    promises = list_promises(TABLES)
    assert len({p.expectation_id for p in promises}) == len(promises)
    assert all(p.reason and p.action for p in promises)


@pytest.mark.parametrize(
    ("name", "suffix", "kinds"),
    [
        ("VARCHAR", "_id", "VARCHAR"),
        ("DATE", "_date", "DATE"),
        ("TIMESTAMP", "_at", "TIMESTAMP"),
        ("BOOLEAN", "is_", "BOOLEAN"),
    ],
)
def test_columns_end_in_their_kind(name: str, suffix: str, kinds: str) -> None:
    """An id is text, a date a day, an instant a timestamp, a yes or no a boolean."""
    for table in TABLES.values():
        for column, contract in table.columns.items():
            if column.endswith(suffix) or (suffix == "is_" and column.startswith(suffix)):
                assert (table.name, column, contract.type) == (table.name, column, kinds), name


def test_every_table_of_rows_has_its_batch() -> None:
    """Every table of a batch or run says which batch brought a row."""
    assert [t.name for t in TABLES.values() if t.scope in {"batch", "run"} and "batch_id" not in t.columns] == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            'meaning = "x"\nowner = "reader"\nscope = "batch"\nkey = ["a"]\n[columns.b]\ntype = "VARCHAR"\nmeaning = "x"',
            "key, sort or replaced_by names no column: a",
        ),
        (
            'meaning = "x"\nowner = "reader"\nscope = "derived"\nreplaced_by = "b"\nkey = ["b"]\n[columns.b]\ntype = "VARCHAR"\nmeaning = "x"',
            "replaced_by b references nothing",
        ),
        (
            'meaning = "x"\nowner = "reader"\nscope = "batch"\nkey = ["b"]\n[columns.b]\ntype = "TEXT"\nmeaning = "x"',
            "columns.b.type",
        ),
        (
            'meaning = "x"\nowner = "reader"\nscope = "batch"\nkey = ["b"]\n[columns.b]\ntype = "VARCHAR"\nmeaning = "x"\nunits = "km"',
            "columns.b.units",
        ),
        (
            'meaning = "x"\nowner = "reader"\nscope = "batch"\nkey = ["b"]\n[columns.b]\ntype = "VARCHAR"\nmeaning = "x"\nreferences = "c.d"',
            "references no column: c.d",
        ),
        ('meaning = "x"\nscope = "batch"\nkey = ["b"]\n[columns.b]\ntype = "VARCHAR"\nmeaning = "x"', "owner"),
        ("meaning = x", "tables/t.toml"),
    ],
)
def test_faulty_contract_is_refused(tmp_path: Path, fault: str, told: str) -> None:
    """A contract that breaks its rules is refused with its file and its fault."""
    (tmp_path / "t.toml").write_text(fault)
    with pytest.raises(SeedError, match=told):
        load_tables(tmp_path)


def test_table_is_typed_and_sorted() -> None:
    """Rows become the contract's columns and types, in the contract's order, whatever the order they came in."""
    rows = good_rows(hash_id("b"))["figures"]
    one, other = to_table(TABLES["figures"], rows), to_table(TABLES["figures"], reversed(rows))
    assert one.schema == to_schema(TABLES["figures"])
    assert one.equals(other)
    assert [(r["version_id"], r["number_start"]) for r in one.to_pylist()] == sorted(
        (r["version_id"], r["number_start"]) for r in rows
    )


def test_table_survives_parquet(tmp_path: Path) -> None:
    """What is written is read back unchanged, and written alike twice."""
    table = to_table(TABLES["figures"], good_rows(hash_id("b"))["figures"])
    for name in ("one", "two"):
        pq.write_table(table, tmp_path / name, compression="zstd")
    assert pq.read_table(tmp_path / "one").equals(table)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "fault",
    [{"best": float("nan")}, {"best": float("inf")}, {"figure_id": None}, {"colour": "red"}, {"number_start": "nine"}],
)
def test_table_refuses_faulty_rows(fault: dict[str, object]) -> None:
    """NaN, infinity, a required value missing, a column unknown, a value of another type: refused."""
    row = good_rows(hash_id("b"))["figures"][0] | fault
    with pytest.raises((ValueError, pa.ArrowException)):
        to_table(TABLES["figures"], [row])


def test_known_codes_cover_every_reference_to_seeds() -> None:
    """Whatever the contracts refer to in seeds is handed to validation."""
    known = known_codes(to_reference_tables(load_seeds(), TABLES), TABLES)
    references = {c.references for t in TABLES.values() for c in t.columns.values() if c.references}
    assert {r for r in references if TABLES[r.partition(".")[0]].scope == "seed"} == known.keys()
    assert all(known.values())
    assert {r.partition(".")[0] for r in KNOWN} >= {r.partition(".")[0] for r in known}


def gold_rows(name: str) -> tuple[str, dict[str, list[dict[str, object]]]]:
    """Turn a gold set into staged rows: its figures as our columns, nothing added."""
    batch_id = hash_id(name)
    articles = [json.loads(line) for line in (BENCH / name / "articles.jsonl").read_text("utf-8").splitlines()]
    texts = {a["article_id"]: a["text"] for a in articles}
    rows: dict[str, list[dict[str, object]]] = {
        t: [] for t in ("articles", "figures", "attributions", "refusals", "inputs", "documents")
    }
    for entry in json.loads((BENCH / name / "gold.json").read_text("utf-8")):
        text = texts[entry["article_id"]]
        article_id, digest = hash_id(entry["article_id"]), sha256_hex(text)
        article = Article(article_id, to_version_id(article_id, digest), digest, sha256_hex(article_id), name, text)
        article.batch_id = batch_id
        if entry["dct"]:
            article.published_date = date.fromisoformat(entry["dct"][:10])
            article.published_basis, article.published_precision = "GIVEN", "DAY"
        taken: list[tuple[int, int]] = []
        figures = [_to_figure(article, gold, order, taken) for order, gold in enumerate(entry["figures"])]
        rows["articles"].append(to_article_row(article))
        made = to_rows(article, Reading(figures, []), "gold")
        rows["figures"] += made.figures
        rows["attributions"] += made.attributions
        named: dict[str, object] = {"run_id": "gold", "feed_id": name, "uri": entry["article_id"], "batch_id": batch_id}
        rows["inputs"].append(named | {"outcome": "ARTICLE", "version_id": article.version_id})
        rows["documents"].append({"document_id": article.document_id, "media_type": "text/plain", "n_bytes": len(text)})
    return batch_id, rows


def _place_number(gold: dict[str, typing.Any], taken: list[tuple[int, int]]) -> tuple[int, int]:
    """Place a gold figure's number, of which only the quote is known: its first digits, else word, that no other has."""
    for form in (r"\d[\d.,]*", r"\w+"):
        for found in re.finditer(form, gold["quote"]):
            start, end = gold["offset"] + found.start(), gold["offset"] + found.end()
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                return start, end
    msg = f"no place for the number of {gold}"
    raise AssertionError(msg)


def _to_figure(article: Article, gold: dict[str, typing.Any], order: int, taken: list[tuple[int, int]]) -> Figure:
    start = gold["offset"]
    end = start + len(gold["quote"])
    figure = Figure(*_place_number(gold, taken), start, end, gold["quote"], 0, len(article.text))
    figure.low, figure.best, figure.high = (
        None if gold[k] is None else float(gold[k]) for k in ("low", "best", "high")
    )
    figure.modifier, figure.kind, figure.polarity = (
        Modifier(gold["modifier"]),
        Kind(gold["kind"]),
        Polarity(gold["polarity"]),
    )
    figure.unit_code, figure.metric_code, figure.counted, figure.victim = (
        gold["unit"],
        gold["metric"],
        gold["concept"],
        gold["victim"],
    )
    figure.actor_code, figure.target_code, figure.country_code = gold["actor"], gold["target"], gold["country"]
    figure.is_anaphoric = bool(gold.get("anaphoric"))
    if gold["start"] or gold["end"]:
        figure.period_basis, figure.period_edtf = PeriodBasis.STATED, f"{gold['start'] or '..'}/{gold['end'] or '..'}"
        figure.period_start_date, figure.period_end_date = (
            date.fromisoformat(gold[k]) if gold[k] else None for k in ("start", "end")
        )
    if gold["source"]:
        figure.attributions = [Attribution(0, gold["source"], None, "ORIGIN", "STATED")]
    figure.figure_id = to_figure_id(article.version_id, start, end, order)
    return figure


@pytest.mark.skipif(not BENCH.exists(), reason="../shared/bench is not beside this checkout")
@pytest.mark.parametrize("name", ["figures_dev", "figures_dev2", "figures_seed"])
def test_gold_keeps_every_promise_but_the_codes(tmp_path: Path, name: str) -> None:
    """What two people read passes every row expectation, the references to our own codes apart."""
    batch_id, rows = gold_rows(name)
    for table, of_table in rows.items():
        path = tmp_path / table / f"{batch_id}.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(to_table(TABLES[table], of_table), path)
    validate(tmp_path, [batch_id], Before(KNOWN))
    results = pq.read_table(tmp_path / "passed" / "expectation_results" / f"{batch_id}.parquet").to_pylist()
    codes = {p.expectation_id for p in list_promises(TABLES) if p.expectation_id.endswith("_code.is_known")}
    broken = [
        (r["expectation_id"], r["n_unexpected"], r["examples"])
        for r in results
        if not r["is_met"] and r["level"] != "WATCH"
    ]
    assert [b for b in broken if b[0] not in codes] == []
    assert (
        sum(r["n_rows"] for r in results if r["expectation_id"] == "figures.quote_is_verbatim")
        == len(rows["figures"])
        > 0
    )
