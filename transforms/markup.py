"""Bytes of a page to its tree, within bounds: what is too large, too deep or too many is refused before anyone walks it."""

from __future__ import annotations

import codecs
import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from charset_normalizer import from_bytes
from lxml import etree, html

from transforms.characters import Rejection, read_by_looks

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGE_BYTES = 8_000_000  # of a page as fetched: the largest of news_pages has 1.7 MB, most of it scripts
# Of a longer page the first part is read: these take a core 1 to 4 s of the 10 that a worker has, and more than as they grow.
MAX_ELEMENTS = 30_000  # a live blog of 1 MB has 27,000, the largest of news_pages 2,300 beside its scripts
MAX_CHILDREN = 10_000  # of one element
MAX_ATTRIBUTE = 4_000  # characters; what is longer is a program's state, not an address, a description or a date
MAX_NAME = 300  # characters of a class or id: longer ones are generated, their words stand first
MAX_DEPTH = 250  # libxml2 drops what lies deeper than 256, in silence
MAX_DATA = 2_000_000  # characters of one block of JSON-LD: 428 posts of a live blog have 0.9 million
_SNIFFED = 4096  # bytes in which a page names its charset: HTML asks for 1024, pages are later
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w:.-]{1,40})""", re.IGNORECASE)
_GUESSED = 20_000  # bytes from which a charset is guessed
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# As browsers do (WHATWG Encoding): what calls itself Latin-1 or ASCII is Windows-1252.
_ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252"}


CUT = "data-tally-cut"  # an attribute of the root: why not all of the page is in the tree


def read_markup(data: bytes, charset: str | None = None) -> html.HtmlElement | Rejection:
    """Read a page's bytes into a tree without programs, styles and attributes too long to mean something.

    Of a page of too many elements the tree holds the first, and says so (CUT).

    >>> read_markup(b"<html><body><p>Two bridges were hit.</p></body></html>").findtext("body/p")
    'Two bridges were hit.'
    >>> read_markup(b"<html>" + b"<div>" * 10_000).reason
    'page: nested deeper than 250 elements'
    """
    if len(data) > MAX_PAGE_BYTES:
        return Rejection(f"too long: page of more than {MAX_PAGE_BYTES:,} bytes")
    text = decode_page(data, charset).replace("\x00", "")
    if not text.strip():
        return Rejection("empty")
    # No document of another address is opened: no DTD, no entity that it could define (no_network and more are lxml's own).
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        return Rejection(f"page: not HTML: {str(error).splitlines()[0] if str(error) else 'nothing in it'}")
    if _is_deep(tree):
        return Rejection(f"page: nested deeper than {MAX_DEPTH} elements")
    etree.strip_elements(tree, "style", "template", "svg", "iframe", "object", "math", with_tail=False)
    for script in tree.xpath("//script[not(contains(@type, 'ld+json'))]"):
        script.drop_tree()
    if cut := _cut_elements(tree):
        tree.set(CUT, cut)
    _cut_attributes(tree)
    return tree


def read_linked_data(tree: html.HtmlElement) -> list[dict[str, Any]]:
    """Return the nodes that a page states as JSON-LD, its graphs opened; what is no JSON is none.

    >>> page = b'<html><script type="application/ld+json">{"@type": "Article", "headline": "Bridges"}</script></html>'
    >>> read_linked_data(read_markup(page))
    [{'@type': 'Article', 'headline': 'Bridges'}]
    """
    nodes: list[dict[str, Any]] = []
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        text = script.text or ""
        if len(text) > MAX_DATA:
            continue
        try:
            nodes += _nodes(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    return nodes


def types_of(node: dict[str, Any]) -> set[str]:
    """Return the schema.org types of a node of JSON-LD.

    >>> types_of({"@type": ["Article", "NewsArticle"]}) == {"Article", "NewsArticle"}
    True
    """
    found = node.get("@type")
    return {str(t).rsplit("/", 1)[-1] for t in (found if isinstance(found, list) else [found]) if t}


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    """The nodes of a block: itself, the members of a list or graph."""
    if isinstance(value, list):
        for member in value:
            yield from _nodes(member)
    elif isinstance(value, dict):
        yield value
        if isinstance(value.get("@graph"), list):
            yield from (member for member in value["@graph"] if isinstance(member, dict))


def _cut_elements(tree: html.HtmlElement) -> str | None:
    """Drop what is over the bounds, in the order of the page; return what there was too much of."""
    found = None
    for element in tree.xpath(f"//*[count(*) > {MAX_CHILDREN}]"):
        del element[MAX_CHILDREN:]
        found = f"page: more than {MAX_CHILDREN:,} elements in one: what follows them in it is not read"
    if tree.xpath("count(//*)") > MAX_ELEMENTS:
        last = next(islice(tree.iter(), MAX_ELEMENTS, None))
        for element in (last, *last.iterancestors()):
            parent = element.getparent()
            if parent is not None:
                del parent[parent.index(element) + 1 :]
        last.getparent().remove(last)
        found = f"page: more than {MAX_ELEMENTS:,} elements: what follows them is not read"
    return found


def _cut_attributes(tree: html.HtmlElement) -> None:
    """Drop attributes that are too long, and cut classes and ids: patterns run over them again and again."""
    for element in tree.xpath(f"//*[@*[string-length() > {MAX_NAME}]]"):
        for name, value in element.attrib.items():
            if name in {"class", "id"}:
                element.set(name, value[:MAX_NAME])
            elif len(value) > MAX_ATTRIBUTE:
                del element.attrib[name]


def _is_deep(tree: html.HtmlElement) -> bool:
    """Tell whether an element lies too deep; by levels in C, not element by element."""
    return bool(tree.xpath(f"boolean(//*[not(*)][count(ancestor::*) >= {MAX_DEPTH}])"))


def decode_page(data: bytes, charset: str | None = None) -> str:
    """Decode a page: by its mark, as its server says, as UTF-8, as it says itself, as it looks; never failing.

    >>> decode_page("<p>Micheál Martin said: “No one was hurt”.".encode("cp1252"))
    '<p>Micheál Martin said: “No one was hurt”.'
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    stated = _CHARSET.search(data, 0, _SNIFFED)
    names = [charset, "utf-8", stated[1].decode("ascii", "replace") if stated else None]
    for name in filter(None, names):
        lowered = name.strip().strip("\"'").lower()
        try:
            return data.decode(_ALIASES.get(lowered, lowered))
        except (LookupError, UnicodeDecodeError):
            continue
    if (text := read_by_looks(data)) is not None:
        return text
    best = from_bytes(data[:_GUESSED]).best()
    return data.decode(best.encoding if best else "utf-8", "replace")
