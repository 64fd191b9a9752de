"""Tables, one article a row: CSV in any of its dialects, and Parquet."""

from __future__ import annotations

import csv
import shutil
import tempfile
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, ClassVar

import pyarrow.parquet as pq

from flows.kinds.kind import Given, Kind, Member, Unread
from flows.kinds.lines import read_line
from transforms.characters import MAX_BYTES, Rejection, read_characters
from transforms.columns import find_columns
from transforms.documents import to_draft

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIMITERS = ",;\t|"
_ROWS_AT_A_TIME = 64  # of Parquet: so many texts of the longest kind fit in memory


class Csv(Kind):
    """Values with commas, semicolons, tabs or bars between them, under a line of names."""

    names: ClassVar = {".csv": "text/csv", ".tsv": "text/tab-separated-values"}
    media_types = ("application/csv",)
    holds_many = True

    def sniff(self, head: bytes) -> bool | None:
        """Tell a table by its first line: names, of which one is a text and another one something else of an article."""
        line, end, _ = head.partition(b"\n")
        names = _split_header(line.decode("utf-8-sig", "ignore")) if end else []
        if any(not name or len(name.split()) > 1 for name in names):
            return None
        found = find_columns(names, {})
        return True if isinstance(found, dict) and len(found) > 1 else None

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the article of each row, its line that on which the row ends."""
        csv.field_size_limit(MAX_BYTES)
        lines = _Lines(document, given.charset)
        first = next(lines, "")
        header = _split_header(first)
        columns = lines.fault or find_columns(header, given.columns)
        if isinstance(columns, Rejection):
            yield Member(columns)
            return
        rows = csv.reader(lines, delimiter=_find_delimiter(first), strict=True)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                lines.fault = lines.fault or Rejection(f"not CSV: {error}")
                row = []
            if lines.fault:
                yield Member(lines.fault, line=lines.number)
                lines.fault = None
            elif row and len(row) != len(header):
                yield Member(Rejection(f"not CSV: {len(row)} values under {len(header)} names"), line=lines.number)
            elif row:
                fields = dict(zip(header, row, strict=True))
                yield Member(Unread(partial(to_draft, fields, columns)), line=lines.number)


class _Lines:
    """The lines of a document, decoded; where that can't be done the fault, and a line that opens or closes the cell as it did."""

    def __init__(self, document: BinaryIO, charset: str | None) -> None:
        self._document, self._charset = document, charset
        self.number = 0
        self.fault: Rejection | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, n_quotes = read_line(self._document)
        if not line:
            raise StopIteration
        self.number += 1
        if not line.strip():
            return "\n"
        text = read_characters(line, self._charset)
        if isinstance(text, Rejection):
            self.fault = text
            if len(line) <= MAX_BYTES:
                return line.decode("latin-1")  # any bytes are characters of it, and its quotes are quotes
            return '"\n' if n_quotes % 2 else "\n"
        return text


def _find_delimiter(header: str) -> str:
    """Return the delimiter that a line of names has most of."""
    return max(_DELIMITERS, key=header.count)


def _split_header(header: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=_find_delimiter(header)), [])
    except csv.Error:
        return []


class Parquet(Kind):
    """A Parquet file."""

    names: ClassVar = {".parquet": "application/vnd.apache.parquet", ".pq": "application/vnd.apache.parquet"}
    holds_many = True

    def sniff(self, head: bytes) -> bool | None:
        """Tell Parquet by its magic number."""
        return head.startswith(b"PAR1")

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the article of each row; only the columns that are asked for are read."""
        with tempfile.TemporaryFile() as file:
            shutil.copyfileobj(document, file)  # Parquet is read from its end
            parquet = pq.ParquetFile(file)
            columns = find_columns(parquet.schema_arrow.names, given.columns)
            if isinstance(columns, Rejection):
                yield Member(columns)
                return
            line = 0
            for batch in parquet.iter_batches(_ROWS_AT_A_TIME, columns=list(columns.values())):
                for row in batch.to_pylist():
                    line += 1
                    yield Member(Unread(partial(to_draft, row, columns)), line=line)
