"""A live blog's posts, each with its own time: as the page states them in JSON-LD, or marks them in its body."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lxml import etree, html

from transforms.documents import clean_text
from transforms.pagewords import is_named, is_notice

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEWEST = 2  # posts that make a live blog
_BLOCKS = ("p", "li", "tr", "h2", "h3", "h4", "pre")


@dataclass(frozen=True, slots=True)
class Post:
    """One post as its page has it."""

    text: str
    title: str | None
    published: str | None
    anchor: str


def read_posts(tree: html.HtmlElement | None, articles: list[dict[str, Any]]) -> list[Post]:
    """Return the posts of a live blog in the page's order; none for any other page.

    >>> update = {"headline": "Bridge hit", "articleBody": "Two hurt.", "datePublished": "2026-02-18T10:00Z", "url": "/a#1"}
    >>> node = {"@type": "LiveBlogPosting", "liveBlogUpdate": [update, update | {"url": "/a#2"}]}
    >>> [(post.text, post.anchor) for post in read_posts(None, [node])]
    [('Two hurt.', '1'), ('Two hurt.', '2')]
    """
    for node in articles:
        if isinstance(updates := node.get("liveBlogUpdate"), list):
            stated = [post for update in updates if isinstance(update, dict) and (post := _from_data(update))]
            if len(stated) >= _FEWEST:
                return stated
    if tree is None or tree.xpath("count(//time[@datetime])") < _FEWEST:
        return []
    marked = list(_from_body(tree))
    return marked if len(marked) >= _FEWEST else []


def _from_data(update: dict[str, Any]) -> Post | None:
    body, published = update.get("articleBody"), update.get("datePublished")
    address = str(update.get("url") or update.get("@id") or "")
    text = _to_text(body) if isinstance(body, str) else ""
    if not text:
        return None
    headline = update.get("headline")
    title = " ".join(_to_text(headline).split()) if isinstance(headline, str) else None
    anchor = urlsplit(address).fragment or address.rsplit("/", 1)[-1] or str(published)
    return Post(text, title or None, published if isinstance(published, str) else None, anchor)


def _to_text(markup: str) -> str:
    """Return a stated text without its markup; some pages escape it, some do not."""
    plain = unescape(markup)
    if "<" in plain:
        try:
            tree = html.fragment_fromstring(plain, create_parent="div")
        except (etree.LxmlError, ValueError):
            return ""
        plain = "\n".join(_lines(tree)) or tree.text_content()
    return clean_text("\n".join(line for line in plain.splitlines() if not is_notice(line)))


def _from_body(tree: html.HtmlElement) -> Iterator[Post]:
    """Yield what is marked as a post and has a time of its own."""
    posts = [e for e in tree.iter("article", "div", "li", "section") if _is_post(e)]
    known = set(posts)
    for element in posts:
        times = element.xpath(".//time/@datetime")
        if not times or not known.isdisjoint(element.iterancestors()):
            continue
        heading = next(element.iter("h2", "h3", "h4"), None)
        title = " ".join(heading.text_content().split()) if heading is not None else None
        lines = [line for line in _lines(element) if line != title and not is_notice(line)]
        if text := clean_text("\n".join(lines)):
            yield Post(text, title or None, times[0], element.get("id") or times[0])


def _is_post(element: html.HtmlElement) -> bool:
    return element.get("itemprop") == "liveBlogUpdate" or is_named(element, "LIVE")


def _lines(element: html.HtmlElement) -> Iterator[str]:
    """Yield paragraphs, items, headings and rows as lines."""
    for block in element.iter(*_BLOCKS):
        if block.find(".//p") is None and (line := " ".join(block.text_content().split())):
            yield line
