"""The sample articles of seeds/articles are read as seeds/articles.toml says, and hold no published words."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seeds.loader import HERE, load_seeds
from transforms.documents import Draft, read_text
from transforms.reading import Reader

if TYPE_CHECKING:
    from transforms.figures import Figure, Reading

ARTICLES = sorted(path for path in (HERE / "articles").iterdir() if path.suffix in {".md", ".txt"})
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((HERE / "articles.toml").read_text("utf-8"))
ORIGIN = {"source_name", "source_id", "party_code"}
SEED_ARTICLE = Path(__file__).parents[2] / "shared" / "seed_article" / "geneva_talks.txt"
LONGEST_RUN = 8  # words in a row: "the Institute for the Study of War (ISW)" has that many


@pytest.fixture(scope="module")
def readings() -> dict[str, tuple[Draft, Reading]]:
    """Read every sample article once."""
    reader = Reader(load_seeds())
    result = {}
    for path in ARTICLES:
        draft = read_text(path.read_bytes())
        assert isinstance(draft, Draft), draft
        assert draft.published is not None
        result[path.stem] = draft, reader.read(draft.text, date.fromisoformat(draft.published))
    return result


def as_text(value: object) -> str:
    """Return a column's value as the corpus writes it: null by name, whole numbers as floats."""
    if value is None:
        return "null"
    return str(float(value)) if type(value) is int else str(value)


def value_of(figure: Figure, column: str) -> str:
    """Return a column of a figure, or of its origin, as text."""
    if column not in ORIGIN:
        return as_text(getattr(figure, column))
    return as_text(next((getattr(a, column) for a in figure.attributions if a.hop == 0), None))


def test_every_article_has_expected_figures() -> None:
    """A sample that nobody checks shows nothing."""
    assert [path.stem for path in ARTICLES] == sorted(EXPECTED)


@pytest.mark.parametrize(
    ("stem", "wanted"),
    [pytest.param(stem, f, id=f"{stem}: {f['words']}") for stem, one in EXPECTED.items() for f in one["figures"]],
)
def test_figure(readings: dict[str, tuple[Draft, Reading]], stem: str, wanted: dict[str, Any]) -> None:
    """Each expected figure is read, with each stated column as stated."""
    draft, reading = readings[stem]
    start = draft.text.index(wanted["words"])
    end = start + len(wanted["words"])
    found = [f for f in reading.figures if start <= f.number_start and f.number_end <= end]
    assert len(found) == 1, [f.quote for f in reading.figures]
    columns = [column for column in wanted if column != "words"]
    assert {c: value_of(found[0], c) for c in columns} == {c: as_text(wanted[c]) for c in columns}


@pytest.mark.parametrize("stem", sorted(EXPECTED))
def test_nothing_is_invented(readings: dict[str, tuple[Draft, Reading]], stem: str) -> None:
    """No figure's quote holds the words that state none; a complete article has no further figures."""
    draft, reading = readings[stem]
    expected = EXPECTED[stem]
    for words in expected.get("absent", {}):
        start = draft.text.index(words)
        inside = [f.quote for f in reading.figures if f.quote_start < start + len(words) and start < f.quote_end]
        assert not inside, words
    if expected.get("is_complete"):
        allowed = {f["quote"] for f in expected["figures"]} | set(expected["free"])
        assert [f.quote for f in reading.figures if f.quote not in allowed] == []


def test_geneva_is_retold_in_other_words() -> None:
    """The retold article shares no long run of words with the article whose facts it tells."""
    if not SEED_ARTICLE.exists():
        pytest.skip("../shared is not beside this checkout")

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9]+", text.lower())
        return {tuple(words[i : i + LONGEST_RUN + 1]) for i in range(len(words) - LONGEST_RUN)}

    retold = (HERE / "articles" / "geneva_talks.md").read_text("utf-8")
    assert runs(retold) & runs(SEED_ARTICLE.read_text("utf-8")) == set()
