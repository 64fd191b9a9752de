"""Bytes of a web page to drafts of articles: its text without menus and notices, its title, outlet and dates."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trafilatura import bare_extraction, extract_metadata
from trafilatura.settings import Document

from seeds.kinds import PageWord
from seeds.loader import HERE, read_kind
from transforms.documents import Dated, Draft, Rejection, clean_text
from transforms.markup import MAX_PAGE_BYTES, read_linked_data, read_markup, types_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import html

__all__ = ["MAX_PAGE_BYTES", "read_page"]
_LAST_DAY = datetime(2099, 12, 31)  # noqa: DTZ001  for htmldate, which would look at the clock; dates ahead are caught later
_SHORT = 160  # characters of a notice around an article; a sentence of news that begins like one is longer
_PART_SHARE = 0.3  # of a page's paragraphs: a part that holds more is the article, whatever its class says
_PARAGRAPH = 80  # characters of a paragraph that speaks: shorter ones are labels, captions, teasers
_LEAD = (40, 400)  # characters of a standfirst
_HEAD = 3  # first lines, among which extractors leave the title
_RULE = re.compile(r"^[|:\- ]+$")


def read_page(data: bytes, *, url: str | None = None, charset: str | None = None) -> Draft | list[Draft] | Rejection:
    """Read a saved page; a live blog gives a draft for each of its posts.

    The url is the address that the page was fetched from, the charset what its server stated.

    >>> page = b"<html><title>Bridges</title><body><article><p>Two bridges were hit.</p></article></body></html>"
    >>> read_page(page).text
    'Two bridges were hit.'
    """
    tree = read_markup(data, charset)
    if isinstance(tree, Rejection):
        return tree
    linked = read_linked_data(tree)
    for script in tree.xpath("//script"):  # trafilatura mends broken JSON by patterns that take seconds
        script.drop_tree()
    articles = [node for node in linked if types_of(node) & _words()["TYPE"]]
    about = extract_metadata(tree, url, {"max_date": _LAST_DAY, "extensive_search": False, "original_date": True})
    dates = tuple(_dates(tree, articles, about.date))
    title = _line(next((n["headline"] for n in articles if isinstance(n.get("headline"), str)), None) or about.title)
    _drop_parts(tree)
    _join_bodies(tree)
    page = bare_extraction(tree, include_comments=False)
    titles = {_fold(t) for t in (title, about.title, *(h.text_content() for h in tree.iter("h1"))) if t}
    text = _lines(page.text or "", titles, _lead(tree, about.description)) if isinstance(page, Document) else ""
    if not text:
        return Rejection("page: no text")
    outlet = next((n["publisher"].get("name") for n in articles if isinstance(n.get("publisher"), dict)), None)
    return Draft(text, title, url or about.url, _line(outlet) or about.sitename, dates=dates)


def _line(value: object) -> str | None:
    """Return a stated title or name as one line of text."""
    return " ".join(clean_text(unescape(value)).split()) or None if isinstance(value, str) else None


def _join_bodies(tree: html.HtmlElement) -> None:
    """Put the parts of a body that an advertisement splits into one: containers of one article with one class."""
    bodies: dict[tuple[object, ...], list[html.HtmlElement]] = {}
    for body in dict.fromkeys(p.getparent() for p in tree.iter("p") if len(p.text_content()) >= _PARAGRAPH):
        article = next(body.iterancestors("article"), None)
        bodies.setdefault((body.tag, body.get("class"), article), []).append(body)
    for (tag, named, _), members in bodies.items():
        if tag == "div" and named and all(len(member.findall("p")) > 1 for member in members):
            for member in members[1:]:
                members[0].extend(member)


def _dates(tree: html.HtmlElement, articles: list[dict[str, Any]], found: str | None) -> Iterator[Dated]:
    """Yield what a page states of its day: its linked data, its meta elements, its time elements, what htmldate finds."""
    words = _words()
    stated = [node["datePublished"] for node in articles if isinstance(node.get("datePublished"), str)]
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in words["META"] and meta.get("content"):
            stated.append(meta.get("content"))
    stated += tree.xpath("//time[@itemprop='datePublished' or @pubdate]/@datetime")
    stated += tree.xpath("(//article//time/@datetime)[1]")
    if not stated and found:
        stated.append(found)
    yield from (Dated("META", written) for written in dict.fromkeys(" ".join(s.split()) for s in stated) if written)


def _drop_parts(tree: html.HtmlElement) -> None:
    """Drop captions, teasers, share bars and the like by their class; never what holds much of the page's paragraphs."""
    parts = _words()["PART"]
    total = sum(len(p.text_content()) for p in tree.iter("p"))
    for element in list(tree.iter("figcaption", "div", "section", "aside", "ul", "p", "span", "blockquote", "form")):
        named = f"{element.get('class', '')} {element.get('id', '')}".lower()
        if element.tag != "figcaption" and not _is_part(named, parts):
            continue
        held = sum(len(p.text_content()) for p in element.iter("p"))
        if element.getparent() is not None and held <= _PART_SHARE * total:
            element.drop_tree()


@lru_cache(maxsize=4096)
def _is_part(named: str, parts: frozenset[str]) -> bool:
    """Tell whether a class or id names a part that is no article: one of its words, or two joined by a hyphen.

    >>> _is_part("article__related", frozenset({"related"})), _is_part("unrelated", frozenset({"related"}))
    (True, False)
    """
    for name in named.split():
        words = [w for w in re.split(r"[-_]+", name) if w]
        pairs = {f"{a}-{b}" for a, b in pairwise(words)}
        if not parts.isdisjoint(words) or not parts.isdisjoint(pairs):
            return True
    return False


def _lead(tree: html.HtmlElement, description: str | None) -> str | None:
    """Return the standfirst: what the page describes itself by, where it also shows it."""
    wanted = " ".join(clean_text(description or "").split())
    if not _LEAD[0] <= len(wanted) <= _LEAD[1]:
        return None
    for element in tree.iter("p", "h2", "h3", "div", "span"):
        if len(element) <= 1 and " ".join((element.text_content() or "").split()) == wanted:
            return wanted
    return None


def _lines(text: str, titles: set[str], lead: str | None) -> str:
    """Return an article's text without its titles, notices and labels; its standfirst before it."""
    words = _words()
    kept: list[str] = []
    for number, line in enumerate(clean_text(text).split("\n")):
        low = _fold(line).lstrip("-•| ")
        if number < _HEAD and low in titles:
            continue
        if low in words["LINE"] or _RULE.match(line):
            continue
        is_short = len(low) <= _SHORT
        if is_short and (low.startswith(tuple(words["START"])) or any(w in low for w in words["WITHIN"])):
            continue
        kept.append(line)
    joined = "\n".join(kept).strip()
    if lead and lead not in joined:
        joined = f"{lead}\n{joined}"
    return joined


def _fold(line: str) -> str:
    return " ".join(line.split()).lower().replace("’", "'")


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    """Return the words of seeds/page_words.toml by place."""
    places: dict[str, frozenset[str]] = {}
    for entry in read_kind(PageWord, HERE / f"{PageWord.file}.toml").values():
        places[entry.place] = places.get(entry.place, frozenset()) | frozenset(entry.written)
    return places
