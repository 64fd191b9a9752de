"""Bytes of a web page to drafts of articles: its text without menus and notices, its title, outlet and dates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from trafilatura import bare_extraction, extract_metadata
from trafilatura.settings import Document

from transforms.documents import MAX_BYTES, Dated, Draft, Rejection, clean_text
from transforms.liveblogs import read_posts
from transforms.markup import CUT, MAX_PAGE_BYTES, read_linked_data, read_markup, types_of
from transforms.pagewords import fold, is_named, is_notice, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import html

    from transforms.liveblogs import Post

__all__ = ["MAX_PAGE_BYTES", "read_page"]
# For htmldate, which would look at the clock; days ahead are caught when the article is dated.
_FINDING = {"max_date": datetime(2099, 12, 31), "extensive_search": False, "original_date": True}  # noqa: DTZ001
_PART_SHARE = 0.3  # of a page's paragraphs: a part that holds more is the article, whatever its class says
_PARAGRAPH = 80  # characters of a paragraph that speaks: shorter ones are labels, captions, teasers
_LEAD = range(40, 400)  # characters of a standfirst
_HEAD = 3  # first lines, among which extractors leave the title
_OWN_HOST = re.compile(r"^(?:www|m|amp|mobile|edition)\.")


def read_page(
    data: bytes, *, url: str | None = None, charset: str | None = None
) -> Draft | list[Draft | Rejection] | Rejection:
    """Read a saved page; a live blog gives a draft for each of its posts, and what is too long its first part and a rejection of the rest.

    The url is the address that the page was fetched from, the charset what its server stated.

    >>> page = b"<html><title>Bridges</title><body><article><p>Two bridges were hit.</p></article></body></html>"
    >>> read_page(page).text
    'Two bridges were hit.'
    """
    tree = read_markup(data, charset)
    if isinstance(tree, Rejection):
        return tree
    articles = [node for node in read_linked_data(tree) if types_of(node) & words()["TYPE"]]
    for script in tree.xpath("//script"):  # trafilatura mends broken JSON by patterns that take seconds
        script.drop_tree()
    about = extract_metadata(tree, url, dict(_FINDING))
    title = _line(next((n["headline"] for n in articles if n.get("headline")), None)) or _line(about.title)
    outlet = next((n["publisher"].get("name") for n in articles if isinstance(n.get("publisher"), dict)), None)
    page = Draft("", title, _address(url, about.url), _line(outlet) or _line(about.sitename))
    posts = read_posts(tree, articles)
    dates = tuple(_dates(tree, articles, about.date))
    titles = {fold(t) for t in (title, about.title, *(h.text_content() for h in tree.iter("h1"))) if t}
    _drop_parts(tree)
    _join_bodies(tree)
    found = bare_extraction(tree, include_comments=False)
    text = _clean(found.text or "", titles, _lead(tree, about.description)) if isinstance(found, Document) else ""
    if len(text) > MAX_BYTES:
        return Rejection(f"too long: more than {MAX_BYTES:,} characters of text")
    drafts: list[Draft | Rejection] = [*_to_drafts(page, text, posts, dates)]
    if cut := tree.get(CUT):
        drafts.append(Rejection(cut))
    return drafts if posts or len(drafts) > 1 else (drafts or [Rejection("page: no text")])[0]


def _to_drafts(page: Draft, text: str, posts: list[Post], dates: tuple[Dated, ...]) -> list[Draft]:
    """Return a page's drafts: what stands above the posts, if anything, then each post with its own time."""
    told = {line for post in posts for line in (fold(post.title or ""), *map(fold, post.text.splitlines()))}
    above = "\n".join(line for line in text.splitlines() if fold(line) not in told).strip()
    drafts = [replace(page, text=above, dates=dates)] if above else []
    for post in posts:
        dated = (Dated("META", post.published),) if post.published else ()
        drafts.append(replace(page, text=post.text, title=post.title or page.title, dates=dated, anchor=post.anchor))
    return drafts


def _line(value: object) -> str | None:
    """Return a stated title or name as one line of text."""
    return " ".join(clean_text(unescape(value)).split()) or None if isinstance(value, str) else None


def _address(url: str | None, stated: str | None) -> str | None:
    """Return the article's own address: what the page calls itself, unless that is another site's or a front page's."""
    try:
        own, fetched = urlsplit(stated or ""), urlsplit(url or "")
        last = re.sub(r"/(?:index\.\w+)?$", "", own.path).rsplit("/", 1)[-1]
        hosts = {_OWN_HOST.sub("", part.hostname or "") for part in (own, fetched)} - {""}
    except ValueError:
        return url
    is_article = re.search(r"[-_\d]", last) is not None  # "/en/" and "/news" are no article's
    return stated if is_article and len(hosts) == 1 else url


def _dates(tree: html.HtmlElement, articles: list[dict[str, Any]], found: str | None) -> Iterator[Dated]:
    """Yield what a page states of its day: its linked data, its meta elements, its time elements; else what htmldate finds."""
    stated = [n["datePublished"] for n in articles if isinstance(n.get("datePublished"), str)]
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in words()["META"] and meta.get("content"):
            stated.append(meta.get("content"))
    stated += tree.xpath("//time[@itemprop='datePublished' or @pubdate]/@datetime")
    stated += tree.xpath("(//article//time/@datetime)[1]")
    lines = dict.fromkeys(filter(None, map(_line, stated)))
    yield from (Dated("META", line) for line in lines)
    if not lines and found:
        yield Dated("INFERRED", found)


def _drop_parts(tree: html.HtmlElement) -> None:
    """Drop captions, teasers, share bars and the like by their class; never what holds much of the page's paragraphs."""
    total = sum(len(p.text_content()) for p in tree.iter("p"))
    for element in list(tree.iter("figcaption", "div", "section", "aside", "ul", "p", "span", "blockquote", "form")):
        if element.tag != "figcaption" and not is_named(element, "PART"):
            continue
        held = sum(len(p.text_content()) for p in element.iter("p"))
        if element.getparent() is not None and held <= _PART_SHARE * total:
            element.drop_tree()


def _join_bodies(tree: html.HtmlElement) -> None:
    """Put the parts of a body that advertisements split into one: containers of one article with one class."""
    bodies: dict[tuple[object, ...], list[html.HtmlElement]] = {}
    for body in dict.fromkeys(p.getparent() for p in tree.iter("p") if len(p.text_content()) >= _PARAGRAPH):
        article = next(body.iterancestors("article"), None)
        if body.tag == "div" and body.get("class"):
            bodies.setdefault((body.get("class"), article), []).append(body)
    for members in bodies.values():
        if all(len(member.findall("p")) > 1 for member in members) and not _is_headed(tree, members):
            for member in members[1:]:
                members[0].extend(member)


def _is_headed(tree: html.HtmlElement, members: list[html.HtmlElement]) -> bool:
    """Tell whether headings stand between the members: to join these would part a heading from its paragraphs."""
    inside, is_between = set(members), False
    for element in tree.iter("div", "h2", "h3", "h4"):
        is_between = is_between or element is members[0]
        if element is members[-1]:
            return False
        if is_between and element.tag != "div" and inside.isdisjoint(element.iterancestors()):
            return True
    return False


def _lead(tree: html.HtmlElement, description: str | None) -> str | None:
    """Return the standfirst: what the page describes itself by, where it also shows it."""
    wanted = _line(description) or ""
    if len(wanted) not in _LEAD:
        return None
    shown = (e for e in tree.iter("p", "h2", "h3", "div", "span") if len(e) <= 1)
    return wanted if any(" ".join(e.text_content().split()) == wanted for e in shown) else None


def _clean(text: str, titles: set[str], lead: str | None) -> str:
    """Return an article's text without its titles, notices and labels; its standfirst before it."""
    lines = clean_text(text).split("\n")
    kept = [x for n, x in enumerate(lines) if not (is_notice(x) or (n < _HEAD and fold(x) in titles))]
    joined = "\n".join(kept).strip()
    return f"{lead}\n{joined}".strip() if lead and lead not in joined else joined
