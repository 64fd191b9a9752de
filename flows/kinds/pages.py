"""Web pages, as saved or fetched: one article, or the posts of a live blog."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from flows.kinds.kind import Given, Kind, Member
from transforms.documents import Draft
from transforms.pages import MAX_PAGE_BYTES, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


class Page(Kind):
    """An HTML page."""

    names: ClassVar = {
        ".html": "text/html",
        ".htm": "text/html",
        ".xhtml": "application/xhtml+xml",
        ".shtml": "text/html",
        ".mhtml": "text/html",
    }

    def sniff(self, head: bytes) -> bool | None:
        """Tell a page by its doctype or first element, and what has no tag at all from a page."""
        return True if _START.match(head) else None if b"<" in head else False

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the article, or each post with its anchor."""
        found = read_page(document.read(MAX_PAGE_BYTES + 1), url=given.url, charset=given.charset)
        if isinstance(found, list):
            for line, post in enumerate(found, 1):
                yield Member(post, post.anchor if isinstance(post, Draft) else None, line)
        else:
            yield Member(found)
