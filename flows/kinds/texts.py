"""Plain text and Markdown, with or without front matter: one article."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from flows.kinds.kind import Given, Kind, Member
from transforms.documents import MAX_BYTES, Draft, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator


class Text(Kind):
    """A text file."""

    names: ClassVar = {".txt": "text/plain", ".text": "text/plain", "": "text/plain", ".md": "text/markdown"}
    is_light = True

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the one article."""
        draft = read_text(document.read(MAX_BYTES + 1), given.charset)
        if isinstance(draft, Draft) and draft.url is None:
            draft = replace(draft, url=given.url)
        yield Member(draft)
