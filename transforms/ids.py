"""Names that follow from content: the same article, text or figure has the same id in every run and lake."""

from __future__ import annotations

import hashlib

ID_DIGITS = 24  # hexadecimal digits of an id: 96 bits: odds of 1e-11 that any two of a billion meet (n^2 / 2^97)
_SEPARATOR = "\x1f"  # ASCII unit separator: in no URL, and stripped from texts before they are hashed


def hash_id(*parts: object) -> str:
    """Name a thing by its parts: 24 hexadecimal digits of the sha256 of their texts, in order.

    >>> hash_id("url", "https://example.org/two-bridges-hit")
    'c0a1afe9f792e3b55522354e'
    """
    return hashlib.sha256(_SEPARATOR.join(map(str, parts)).encode()).hexdigest()[:ID_DIGITS]


def sha256_hex(content: bytes | str) -> str:
    """Return the whole sha256 of bytes, or of a text's UTF-8, as 64 hexadecimal digits.

    >>> sha256_hex("Two bridges were hit.")[:12]
    'e3f87b9d1ad7'
    """
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def to_article_id(url: str | None, title: str | None, text: str) -> str:
    """Name an article by its canonical URL; without one, by title and text.

    >>> to_article_id("https://example.org/a", "Old", "One.") == to_article_id("https://example.org/a", "New", "Two.")
    True
    """
    return hash_id("url", url) if url else hash_id("text", title or "", text)


def to_version_id(article_id: str, text_sha256: str) -> str:
    """Name one text of an article.

    >>> to_version_id("a1", sha256_hex("One.")) == to_version_id("a1", sha256_hex("Two."))
    False
    """
    return hash_id(article_id, text_sha256)


def to_figure_id(version_id: str, number_start: int, number_end: int, order: int) -> str:
    """Name a figure (or a refusal) by its text's version, the span of its number, and its rank among those there.

    >>> to_figure_id("v1", 0, 3, 0) == to_figure_id("v1", 0, 3, 1)
    False
    """
    return hash_id(version_id, number_start, number_end, order)


def to_batch_id(feed_id: str, version_ids: list[str], reader_version: str) -> str:
    """Name what one run reads of one feed, whatever the order in which it came.

    >>> to_batch_id("wire", ["v2", "v1"], "r1") == to_batch_id("wire", ["v1", "v2"], "r1")
    True
    """
    return hash_id(feed_id, *sorted(version_ids), reader_version)
