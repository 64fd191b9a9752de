"""A draft becomes an article: canonical URL, day of publication with its basis, ids that follow from content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from transforms.figures import Article
from transforms.ids import sha256_hex, to_article_id, to_version_id
from transforms.languages import read_language, read_status
from transforms.publication import date_draft, read_published

if TYPE_CHECKING:
    from datetime import datetime

    from transforms.documents import Draft

__all__ = ["normalise_url", "read_published", "to_article", "to_outlet_id"]
# Query names that tell how a reader came, not what is read; the list of the W3C's query-string cleaners in use:
# Mozilla's "Query Stripping" list (Firefox 2024) and Google's UTM names.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|twclid|igshid|mc_[ce]id|yclid|_hs\w+|oly_\w+|vero_\w+")
_PORTS = {"http": 80, "https": 443}


def to_article(draft: Draft, *, document_id: str, feed_id: str, fetched_at: datetime | None = None) -> Article:
    """Make the article of a draft; the same draft gives the same ids whatever file it came from.

    A date after fetched_at (UTC, without a zone) is none; without one that is not checked.

    >>> from transforms.documents import Draft
    >>> article = to_article(Draft("Two bridges were hit.", published="18 February 2026"), document_id="d", feed_id="f")
    >>> article.published_date, article.published_basis, article.published_precision
    (datetime.date(2026, 2, 18), 'GIVEN', 'DAY')
    """
    url = normalise_url(draft.url) if draft.url else None
    published = date_draft(draft, url, fetched_at)
    if url and draft.anchor:
        url = f"{url}#{draft.anchor}"
    article_id = to_article_id(url, draft.title, draft.text)
    text_sha256 = sha256_hex(draft.text)
    language = read_language(draft.text)
    return Article(
        article_id=article_id,
        version_id=to_version_id(article_id, text_sha256),
        text_sha256=text_sha256,
        document_id=document_id,
        feed_id=feed_id,
        text=draft.text,
        title=draft.title,
        url=url,
        outlet_id=to_outlet_id(draft.outlet) if draft.outlet else None,
        language=language,
        reading_status=read_status(draft.text, language),
        published_at=published.at,
        published_date=published.day,
        published_basis=published.basis,
        published_precision=published.precision,
        published_stated=published.stated,
        published_conflict=published.conflict,
    )


def normalise_url(url: str) -> str | None:
    """Return one form of a web address: host in lower case, no default port, fragment or tracking; None for no address.

    >>> normalise_url("HTTPS://Example.org:443/two-bridges/?utm_source=x&id=7#top")
    'https://example.org/two-bridges/?id=7'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _PORTS or not host:
        return None
    netloc = host if port in {None, _PORTS[scheme]} else f"{host}:{port}"
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k.lower())]
    return urlunsplit((scheme, netloc, parts.path or "/", urlencode(query), ""))


def to_outlet_id(name: str) -> str | None:
    """Return an outlet's code from its written name.

    >>> to_outlet_id("The Kyiv Independent")
    'the-kyiv-independent'
    """
    return "-".join(re.findall(r"\w+", name.lower())) or None
