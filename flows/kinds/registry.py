"""All kinds of input in one list, and how the one of a document is found: by its bytes, then its name, then its server."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flows.kinds.archives import Archive
from flows.kinds.feeds import Feed
from flows.kinds.kind import to_plain_type
from flows.kinds.lines import Lines
from flows.kinds.packed import Gzip, Zip, Zstandard
from flows.kinds.pages import Page
from flows.kinds.sitemaps import Sitemap
from flows.kinds.tables import Csv, Parquet
from flows.kinds.texts import Text

if TYPE_CHECKING:
    from flows.kinds.kind import Given, Kind

HEAD_BYTES = 8192  # looked at to tell a kind; git looks at 8000 to tell text from binary

TEXT = Text()
# The surest sign first.
KINDS: tuple[Kind, ...] = (
    *(Gzip(), Zstandard(), Zip(), Parquet(), Archive()),
    *(Feed(), Sitemap(), Page()),
    *(Lines(), Csv(), TEXT),
)
UNKNOWN = "application/octet-stream"


def find_kind(given: Given, head: bytes) -> Kind | None:
    """Return the kind that a document's first bytes show, or else its name or media type; None for a name not known.

    >>> from flows.kinds.kind import Given
    >>> type(find_kind(Given("front-page.txt"), b"<!DOCTYPE html><title>Bridges</title>")).__name__
    'Page'
    """
    says = {kind: kind.sniff(head) for kind in KINDS}
    possible = [kind for kind in KINDS if says[kind] is not False]
    named = [kind for kind in KINDS if given.suffix and given.suffix in kind.names]
    stated = to_plain_type(given.media_type)
    typed = [kind for kind in KINDS if stated in {*kind.names.values(), *kind.media_types}]
    for kind in (*(kind for kind in KINDS if says[kind]), *named, *typed):
        if kind in possible:
            return kind
    return TEXT if named or typed or (not given.suffix and stated in {"", UNKNOWN}) else None


def to_media_type(given: Given, kind: Kind | None) -> str:
    """Return the media type of what was found."""
    if kind is None:
        return UNKNOWN
    return kind.names.get(given.suffix) or next(iter(kind.names.values()))


def may_hold_many(name: str) -> bool:
    """Tell whether a file of this name, packed or not, is of a kind that holds many articles.

    >>> may_hold_many("feed.jsonl.gz"), may_hold_many("page.html.gz")
    (True, False)
    """
    return any(
        kind.holds_many for kind in KINDS for suffix in PurePosixPath(name.lower()).suffixes if suffix in kind.names
    )
