"""RSS and Atom: whole articles where the feed brings them, links where it only tells of them."""

from __future__ import annotations

import io
import re
from functools import partial
from html import escape, unescape
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

import feedparser
from defusedxml import DefusedXmlException

from flows.addresses import to_public_uri
from flows.kinds.kind import Given, Kind, Link, Member, Unread
from flows.kinds.prologs import first_element
from transforms.documents import Draft, Rejection, clean_text
from transforms.pages import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FEED_BYTES = 5_000_000  # of a feed: a hundred entries with whole articles of 50 kB each
MAX_ENTRIES = 10_000  # what is over them is no news: feeds bring tens, at most some hundred
# Characters of text: longer than each summary of corpora/feeds, and shorter than nine in ten articles of war_news_2022.
WHOLE_ARTICLE = 1500
_PAGE = "<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"

_TAG = re.compile(r"<[^<>]*>")

# The first parser that it tries, by the name of its SAX driver: one that refuses entities and external DTDs.
feedparser.api.PREFERRED_XML_PARSERS = ["defusedxml.expatreader"]


class Feed(Kind):
    """An RSS or Atom feed."""

    names: ClassVar = {".rss": "application/rss+xml", ".atom": "application/atom+xml", ".rdf": "application/rdf+xml"}
    holds_many = True

    def sniff(self, head: bytes) -> bool | None:
        """Tell a feed by its first element."""
        return first_element(head) in {"rss", "feed", "rdf"}

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield an article or a link for each entry, in the feed's order; last, what is damaged."""
        data = document.read(MAX_FEED_BYTES + 1)
        if len(data) > MAX_FEED_BYTES:
            yield Member(Rejection(f"too long: a feed of more than {MAX_FEED_BYTES:,} bytes"))
            return
        headers = {"content-type": given.media_type or "", "content-location": given.url or ""}
        try:
            # as a stream: bytes or a str would first be tried as the name of a file
            found = feedparser.parse(
                io.BytesIO(data),
                response_headers={k: v for k, v in headers.items() if v},
                sanitize_html=False,  # texts are read from it by the page's reader, which runs no scripts
                resolve_relative_uris=False,
            )
        except DefusedXmlException:
            yield Member(Rejection("refused: declares XML entities"))
            return
        outlet = _to_line(found.feed.get("title"))
        for line, entry in enumerate(found.entries[:MAX_ENTRIES], 1):
            link = entry.get("feedburner_origlink") or entry.get("link")
            content = Unread(partial(_read_entry, entry, link, outlet))
            yield Member(content, to_public_uri(link) if link else None, line)
        fault = found.get("bozo_exception")
        if isinstance(fault, feedparser.exceptions.ThingsNobodyCaresAboutButMe):
            fault = None  # another encoding or media type than it says: read all the same
        if len(found.entries) > MAX_ENTRIES:
            yield Member(
                Rejection(f"too long: a feed of more than {MAX_ENTRIES:,} entries: what follows them is not read")
            )
        elif fault or not found.entries:
            yield Member(Rejection(f"damaged: {fault}" if fault else "no entries"))


def _read_entry(entry: Any, link: str | None, outlet: str | None) -> Draft | Link | Rejection:  # noqa: ANN401  feedparser's
    """Return the article of an entry, or what the entry says of it."""
    bodies = [part.get("value") or "" for part in entry.get("content", ())] + [entry.get("summary") or ""]
    title = _to_line(entry.get("title"))
    body = max(bodies, key=len)
    text = "" if link and len(body) < WHOLE_ARTICLE else _read_body(body, title or "")
    if link and len(text) < WHOLE_ARTICLE:
        text = ""
    elif not text:
        return Rejection("no text, and no link to one")
    stated = Draft(
        text,
        title=title,
        url=link,
        outlet=_to_line((entry.get("source") or {}).get("title")) or outlet,
        published=entry.get("published") or entry.get("updated"),
        published_basis="FEED",
    )
    return stated if text else Link(stated)


def _read_body(body: str, title: str) -> str:
    """Return the text of an entry's HTML; of a plain text that text itself."""
    if not body.strip():
        return ""
    page = read_page(_PAGE.format(title=escape(title), body=body).encode("utf-8", "replace"), charset="utf-8")
    if isinstance(page, Draft):
        return page.text
    return clean_text(unescape(_TAG.sub(" ", body)))


def _to_line(markup: str | None) -> str | None:
    """Return a title or name, which may hold tags, as one line of text."""
    return " ".join(clean_text(unescape(_TAG.sub("", markup or ""))).split()) or None
