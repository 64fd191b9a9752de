"""Sitemaps: links to pages, or to other sitemaps, as sitemaps.org and Google News write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, ClassVar
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from flows.addresses import to_public_uri
from flows.kinds.kind import Given, Kind, Link, Member
from flows.kinds.packed import TooLongError
from flows.kinds.prologs import first_element
from transforms.documents import Draft, Rejection, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_SITEMAP_BYTES = 52_428_800  # sitemaps.org: "no larger than 50MB (52,428,800 bytes)"
MAX_ENTRIES = 50_000  # sitemaps.org: "no more than 50,000 URLs"
_ENTRIES = frozenset({"url", "sitemap"})


class Sitemap(Kind):
    """A sitemap, or an index of sitemaps."""

    names: ClassVar = {".xml": "application/xml"}
    media_types: ClassVar = ("text/xml",)
    holds_many = True

    def sniff(self, head: bytes) -> bool | None:
        """Tell a sitemap by its first element."""
        return first_element(head) in {"urlset", "sitemapindex"}

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield a link for each entry, in the sitemap's order; last, what is damaged."""
        data = document.read(MAX_SITEMAP_BYTES + 1)
        if len(data) > MAX_SITEMAP_BYTES:
            yield Member(Rejection(f"too long: a sitemap of more than {MAX_SITEMAP_BYTES:,} bytes"))
            return
        entries, fault = _Entries(), None
        try:
            # at once: in pieces, expat below 2.6 reads a long attribute again with each of them
            parser = DefusedXMLParser(target=entries, forbid_dtd=True)
            parser.feed(data)
            parser.close()
        except DefusedXmlException:
            fault = "refused: declares XML entities"
        except TooLongError as error:
            fault = str(error)
        except (ParseError, ValueError, LookupError) as error:  # ValueError, LookupError: an encoding that is none
            fault = f"damaged: {error}"
        for line, words in enumerate(entries.found, 1):
            content = _read_entry(words)
            yield Member(content, to_public_uri(words["loc"]) if words.get("loc") else None, line)
        if fault:
            yield Member(Rejection(fault))


class _Entries:
    """What the parser tells, kept as the words of each entry by element."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []
        self._entry: dict[str, str] | None = None
        self._words: list[str] = []

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self._words = []
        if _to_name(tag) in _ENTRIES:
            self._entry = {}

    def data(self, words: str) -> None:
        if self._entry is not None:
            self._words.append(words)

    def end(self, tag: str) -> None:
        if self._entry is None:
            return
        self._entry.setdefault(_to_name(tag), " ".join(clean_text("".join(self._words)).split()))
        self._words = []
        if _to_name(tag) in _ENTRIES:
            if len(self.found) == MAX_ENTRIES:
                msg = f"too long: a sitemap of more than {MAX_ENTRIES:,} entries: what follows them is not read"
                raise TooLongError(msg)
            self.found.append(self._entry)
            self._entry = None

    def close(self) -> None:
        """Nothing is left to do."""


def _read_entry(words: Mapping[str, str]) -> Link | Rejection:
    if not words.get("loc"):
        return Rejection("no link")
    return Link(
        Draft(
            "",
            title=words.get("title") or None,
            url=words["loc"],
            outlet=words.get("name") or None,
            published=words.get("publication_date") or None,
            published_basis="FEED",
        )
    )


def _to_name(tag: str) -> str:
    return tag.rpartition("}")[2].lower()
