"""All kinds of input in one list, and how the one of a document is found: by its bytes, then its name, then its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.kinds.pages import Page
from flows.kinds.texts import Text

if TYPE_CHECKING:
    from flows.kinds.kind import Given, Kind

HEAD_BYTES = 8192  # looked at to tell a kind; git looks at 8000 to tell text from binary

TEXT = Text()
KINDS: tuple[Kind, ...] = (Page(), TEXT)  # the surest sign first


def find_kind(given: Given, head: bytes) -> Kind | None:
    """Return the kind that a document's first bytes show, or else its name or media type; None for a name not known.

    >>> from flows.kinds.kind import Given
    >>> type(find_kind(Given("front-page.txt"), b"<!DOCTYPE html><title>Bridges</title>")).__name__
    'Page'
    """
    says = {kind: kind.sniff(head) for kind in KINDS}
    for kind in KINDS:
        if says[kind]:
            return kind
    possible = [kind for kind in KINDS if says[kind] is None]
    named = [kind for kind in KINDS if given.suffix in kind.names]
    for kind in named:
        if kind in possible:
            return kind
    for kind in possible:
        if to_plain_type(given.media_type) in {*kind.names.values(), *kind.media_types}:
            return kind
    return TEXT if named or not given.suffix else None


def to_media_type(given: Given, kind: Kind | None) -> str:
    """Return the media type of what was found."""
    if kind is None:
        return "application/octet-stream"
    return kind.names.get(given.suffix) or next(iter(kind.names.values()))


def to_plain_type(media_type: str | None) -> str:
    """Return a media type without its parameters.

    >>> to_plain_type("Text/HTML; charset=utf-8")
    'text/html'
    """
    return (media_type or "").split(";")[0].strip().lower()
