"""What reading made of an article, as rows: the fields of its nouns that are columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from transforms.figures import Article, Attribution, Figure, Reading, Refusal
from transforms.shingles import to_signature

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = dict[str, object]

# What the steps of reading tell each other, or `tally read --explain`: no columns.
TRANSIENT: dict[type, frozenset[str]] = {
    Article: frozenset(),
    Attribution: frozenset(),
    Refusal: frozenset({"rule", "seed"}),
    Figure: frozenset(
        {
            "attributions",
            "sentence",
            "first",
            "last",
            "unit_last",
            "head",
            "noun",
            "cue",
            "role",
            "converts",
            "restates",
            "steps",
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """What one article became, as rows of three tables."""

    figures: list[Row]
    attributions: list[Row]
    refusals: list[Row]


def to_article_row(article: Article) -> Row:
    """Turn an article into its row of `articles`."""
    return _to_row(article)


def to_rows(article: Article, reading: Reading, reader_version: str) -> Rows:
    """Turn what was read from an article into rows of `figures`, `attributions` and `refusals`."""
    of_article: Row = {"version_id": article.version_id, "article_id": article.article_id}
    of_article |= {"reader_version": reader_version, "batch_id": article.batch_id}
    return Rows(
        figures=[_to_row(figure) | of_article for figure in reading.figures],
        attributions=[
            _to_row(attribution) | {"figure_id": figure.figure_id, "batch_id": article.batch_id}
            for figure in reading.figures
            for attribution in figure.attributions
        ],
        refusals=[_to_row(refusal) | of_article for refusal in reading.refusals],
    )


def to_signature_rows(article: Article) -> list[Row]:
    """Turn an article into its rows of `article_signatures`: what is kept to find its copies by."""
    of_article: Row = {"version_id": article.version_id, "batch_id": article.batch_id}
    return [{"shingle": shingle} | of_article for shingle in to_signature(article.text)]


def columns_of(noun: type) -> Sequence[str]:
    """List the fields of a noun of transforms/figures.py that are columns.

    >>> columns_of(Refusal)[:3]
    ('number_start', 'number_end', 'reason')
    """
    return _COLUMNS[noun]


_COLUMNS = {noun: tuple(f.name for f in fields(noun) if f.name not in skip) for noun, skip in TRANSIENT.items()}


def _to_row(noun: object) -> Row:
    return {name: getattr(noun, name) for name in _COLUMNS[type(noun)]}
