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
    while line := document.readline(MAX_BYTES + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n") and len(rest) > MAX_BYTES:
            rest = document.readline(MAX_BYTES + 1)
        if line.strip():
            yield number, line
