"""Bytes of a web page to drafts of articles: its text without menus and notices, its title, outlet and dates."""

from __future__ import annotations

from trafilatura import bare_extraction

from transforms.documents import Dated, Draft, Rejection, clean_text

MAX_PAGE_BYTES = 16_000_000  # of a page as fetched: the largest of news_pages has 2.4 MB, most of it scripts


def read_page(data: bytes, *, url: str | None = None, charset: str | None = None) -> Draft | list[Draft] | Rejection:
    """Read a saved page; a live blog gives a draft for each of its posts.

    The url is the address that the page was fetched from, the charset what its server stated.

    >>> page = b"<html><title>Bridges</title><body><article><p>Two bridges were hit.</p></article></body></html>"
    >>> read_page(page).text
    'Two bridges were hit.'
    """
    if len(data) > MAX_PAGE_BYTES:
        return Rejection(f"too long: more than {MAX_PAGE_BYTES:,} bytes")
    page = bare_extraction(data, url=url, with_metadata=True, include_comments=False)
    if page is None or isinstance(page, dict) or not (text := clean_text(page.text or "")):
        return Rejection("page: no text")
    dates = (Dated("META", page.date),) if page.date else ()
    return Draft(text, page.title, url or page.url, page.sitename, dates=dates)
