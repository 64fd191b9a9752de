"""A draft becomes an article: canonical URL, day of publication with its basis, ids that follow from content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from transforms.figures import Article
from transforms.ids import sha256_hex, to_article_id, to_version_id

if TYPE_CHECKING:
    from transforms.documents import Draft

_DAY_FORMS = ("%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
_MONTH_FORMS = ("%Y-%m", "%Y/%m", "%B %Y", "%b %Y")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+", re.IGNORECASE)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?")  # seconds from 1973 to 2286
_MONTHS_IN_YEAR = 12
# Query names that tell how a reader came, not what is read; the list of the W3C's query-string cleaners in use:
# Mozilla's "Query Stripping" list (Firefox 2024) and Google's UTM names.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|twclid|igshid|mc_[ce]id|yclid|_hs\w+|oly_\w+|vero_\w+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Published:
    """When an article came out: the moment in UTC where a time of day is stated, and the outlet's local day."""

    at: datetime | None = None
    day: date | None = None
    precision: str = "NONE"


UNDATED = Published()


def to_article(draft: Draft, *, document_id: str, feed_id: str, fetched_at: datetime | None = None) -> Article:
    """Make the article of a draft; the same draft gives the same ids whatever file it came from.

    A date after fetched_at (UTC, without a zone) is none; without one that is not checked.

    >>> from transforms.documents import Draft
    >>> article = to_article(Draft("Two bridges were hit.", published="18 February 2026"), document_id="d", feed_id="f")
    >>> article.published_date, article.published_basis, article.published_precision
    (datetime.date(2026, 2, 18), 'GIVEN', 'DAY')
    """
    url = normalise_url(draft.url) if draft.url else None
    published = read_published(draft.published) if draft.published else UNDATED
    article_id = to_article_id(url, draft.title, draft.text)
    text_sha256 = sha256_hex(draft.text)
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
        published_at=published.at,
        published_date=published.day,
        published_basis="GIVEN" if published.day else "NONE",
        published_precision=published.precision,
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


def read_published(written: str) -> Published:
    """Read a stated date or time of publication; UNDATED for one that is none, or that means two days.

    A time without a zone is taken as the outlet's local time for the day and as UTC for the moment. A month or a year
    stands as its first day, with its precision.

    >>> read_published("2026-02-18T01:30:00+02:00")
    Published(at=datetime.datetime(2026, 2, 17, 23, 30), day=datetime.date(2026, 2, 18), precision='SECOND')
    >>> read_published("Feb. 18, 2026").day, read_published("02/03/2026").day
    (datetime.date(2026, 2, 18), None)
    """
    written = written.strip()
    moment = _read_moment(written)
    if moment:
        in_utc = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        return Published(in_utc, moment.date(), "SECOND")
    day = _read_day(written)
    if day:
        return Published(None, day, "DAY")
    plain = " ".join(written.replace(".", " ").replace(",", " ").split())
    if month := _parse(plain, _MONTH_FORMS):
        return Published(None, month, "MONTH")
    if re.fullmatch(r"(?:19|20)\d\d", written):
        return Published(None, date(int(written), 1, 1), "YEAR")
    return UNDATED


def _read_moment(written: str) -> datetime | None:
    """Read ISO 8601 with a time, RFC 5322 (feeds, mail), or seconds since 1970."""
    try:
        if _EPOCH.fullmatch(written):
            return datetime.fromtimestamp(float(written), UTC)
        if ":" not in written and "T" not in written:
            return None
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            return parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return None


def _read_day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        pass
    if m := _SLASHED.fullmatch(written):
        first, second, year = map(int, m.groups())
        if first <= _MONTHS_IN_YEAR and second <= _MONTHS_IN_YEAR and first != second:
            return None  # 02/03: the second of March or the third of February
        day, month = (first, second) if first > _MONTHS_IN_YEAR else (second, first)
        return _parse(f"{day}.{month}.{year}", _DAY_FORMS)
    if found := _parse(written, _DAY_FORMS):
        return found
    words = _WEEKDAY.sub("", written).replace(".", " ").replace(",", " ").replace("Sept ", "Sep ")
    return _parse(" ".join(words.split()), _DAY_FORMS)


def _parse(written: str, forms: tuple[str, ...]) -> date | None:
    for form in forms:
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007  only its day is used
        except ValueError:
            continue
    return None
