"""The way back from a figure: its words, its article, the bytes that were fetched, the promises it met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warehouse.queries import open_lake

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from warehouse.lake import Lake

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """All that stands behind one figure; each row by column name. `until` is None while the figure counts."""

    figure: Row
    article: Row
    attributions: list[Row]
    inputs: list[Row]  # where the article's version came from: file, member, line
    document: Row  # its stored bytes
    fetches: list[Row]  # when and from where they were fetched
    expectations: list[Row]
    batch: Row
    raw_path: Path
    since: datetime
    until: datetime | None

    @property
    def sentence(self) -> str:
        """The sentence around the number, in the article's own words."""
        text: str = self.article["text"]
        return text[self.figure["sentence_start"] : self.figure["sentence_end"]]

    @property
    def marked_sentence(self) -> tuple[str, str, str]:
        """The sentence before, in and after the quote.

        A quote may reach beyond its sentence: then the middle part is the quote whole, and the others what is left.
        """
        text: str = self.article["text"]
        start, end = self.figure["quote_start"], self.figure["quote_end"]
        return text[self.figure["sentence_start"] : start], text[start:end], text[end : self.figure["sentence_end"]]


def trace_figure(lake: Lake, figure_id: str) -> Trace | None:
    """Return what stands behind a figure, current or not, in its newest reading; None where the lake never held it.

    Raises LakeError when there is no lake.
    """
    with open_lake(lake) as connection:
        found = read_rows(connection, "FROM figures_history WHERE figure_id = ? ORDER BY since DESC LIMIT 1", figure_id)
        if not found:
            return None
        figure = found[0]
        since, until = figure.pop("since"), figure.pop("until")
        version_id, batch_id = figure["version_id"], figure["batch_id"]
        article = read_rows(
            connection, "FROM listed.articles WHERE version_id = ? AND batch_id = ?", version_id, batch_id
        )[0]
        document_id = article["document_id"]
        documents = read_rows(connection, "FROM documents WHERE document_id = ?", document_id)
        return Trace(
            figure=figure,
            article=article,
            attributions=read_rows(
                connection,
                "FROM listed.attributions WHERE figure_id = ? AND batch_id = ? ORDER BY hop",
                figure_id,
                batch_id,
            ),
            inputs=read_rows(
                connection, "FROM inputs WHERE version_id = ? ORDER BY run_id, feed_id, uri, line", version_id
            ),
            document=documents[0] if documents else {"document_id": document_id},
            fetches=read_rows(
                connection, "FROM fetches WHERE document_id = ? ORDER BY fetched_at, feed_id, uri", document_id
            ),
            expectations=read_rows(
                connection,
                "FROM listed.expectation_results WHERE batch_id = ? AND table_name = 'figures' ORDER BY expectation_id",
                batch_id,
            ),
            batch=read_rows(connection, "FROM batches WHERE batch_id = ?", batch_id)[0],
            raw_path=lake.raw(str(document_id)),
            since=since,
            until=until,
        )


def read_rows(connection: duckdb.DuckDBPyConnection, statement: str, *parameters: object) -> list[Row]:
    """Return the rows of a statement by column name."""
    cursor = connection.execute(statement, list(parameters))
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
