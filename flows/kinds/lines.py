"""JSON lines: one article a line."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from flows.kinds.kind import Given, Kind, Member
from transforms.columns import find_columns
from transforms.documents import MAX_BYTES, Rejection, read_json, to_draft

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHAPES = 256  # sets of names, of which columns are found once each


class Lines(Kind):
    """A file of JSON objects, one a line."""

    names: ClassVar = {".jsonl": "application/jsonl", ".ndjson": "application/jsonl", ".jsonlines": "application/jsonl"}
    media_types = ("application/x-ndjson", "application/ndjson", "application/x-jsonlines")
    is_light = True
    holds_many = True

    def sniff(self, head: bytes) -> bool | None:
        """Tell JSON lines by an object that is the whole first line."""
        first, _, _ = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
        if not first.startswith(b"{") or not first.rstrip().endswith(b"}"):
            return None
        try:
            return True if isinstance(json.loads(first), dict) else None
        except (ValueError, RecursionError):
            return None

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the article of each line that is not blank."""
        columns = lru_cache(_SHAPES)(lambda names: find_columns(names, given.columns))
        for line, data in read_lines(document):
            fields = read_json(data.rstrip(b"\r\n"))
            if isinstance(fields, Rejection):
                yield Member(fields, line=line)
                continue
            found = columns(tuple(fields))
            yield Member(found if isinstance(found, Rejection) else to_draft(fields, found), line=line)


def read_lines(document: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the number (from 1) and bytes of each line that is not blank; of one that is too long, its beginning."""
    number = 0
    while line := read_line(document)[0]:
        number += 1
        if line.strip():
            yield number, line


def read_line(document: BinaryIO) -> tuple[bytes, int]:
    r"""Return the next line, of one that is too long its beginning, and how many double quotes stand in all of it.

    >>> from io import BytesIO
    >>> read_line(BytesIO(b'a "b"\nc'))
    (b'a "b"\n', 2)
    >>> line, n_quotes = read_line(BytesIO(b"x" * 3 * MAX_BYTES + b'"'))
    >>> len(line) - MAX_BYTES, n_quotes
    (1, 1)
    """
    line = rest = document.readline(MAX_BYTES + 1)
    n_quotes = line.count(b'"')
    while len(rest) > MAX_BYTES and not rest.endswith(b"\n"):
        rest = document.readline(MAX_BYTES + 1)
        n_quotes += rest.count(b'"')
    return line, n_quotes
