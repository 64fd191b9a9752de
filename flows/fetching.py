"""Fetching documents over HTTP: politely, within bounds of time and size, and only from public addresses.

What the outside does wrong is an answer with an error, never an exception; what may pass (a time-out, 429, 503) is tried
again here, because only here is known what the host asks for with Retry-After.
"""

from __future__ import annotations

import ipaddress
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from flows.addresses import AddressError, mask_secrets, reveal_secrets, to_public_uri
from flows.guard import AddressRefusedError, GuardedTransport, SlowError, within
from flows.hosts import CLIENT_ERROR, LONGEST_WAIT, OK, ROBOTS_BYTES, TOO_MANY, ForbiddenError, HostError, Hosts
from flows.plan import now
from flows.settings import AGENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

TRIES = 3
MAX_REDIRECTS = 10  # RFC 9309 asks for five at least; browsers give up at 20
ROBOTS_SECONDS = 30.0  # for a robots.txt, all in all
CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0  # for a connection; for the next bytes
LONGEST_RETRY = 30.0  # seconds between two tries, unless the host asks for more
NOT_MODIFIED = 304
PASSING = frozenset({408, 425, TOO_MANY, 500, 502, 503, 504})  # HTTP status: the same request may do later
_GZIP = 31  # zlib's window bits for a gzip header
_PIECE_BYTES = 1 << 16
_SHOWN = 40  # characters of a stranger's header in our own words


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of our time and space one document may take."""

    n_bytes: int  # after Content-Encoding is undone
    seconds: float


# What a person names: Common Crawl's files have 1 GB; at 0.3 MB/s.
NAMED = Bounds(4_000_000_000, 4 * 3600.0)
# What a feed leads to: pages. The largest of corpora/news_pages has 1.7 MB.
LINKED = Bounds(20_000_000, 120.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to fetch, and what the last answer said of its version."""

    uri: str  # as written, its secrets not filled in
    etag: str | None = None
    last_modified: str | None = None
    bounds: Bounds = NAMED


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. Addresses are without secrets."""

    uri: str
    url: str  # where redirects led
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    media_type: str | None = None
    path: Path | None = None  # the bytes, Content-Encoding undone; None where none came
    error: str | None = None
    is_passing: bool = False  # the error: another run may have more luck


class FetchError(Exception):
    """Why nothing came, in one line for people."""

    def __init__(self, reason: str, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(reason)
        self.status, self.wait = status, wait


class PassingError(FetchError):
    """The same, but another try may do."""


class Fetcher:
    """Fetches over HTTP for one run. Threads may share it: a host is asked for one document at a time."""

    def __init__(self, agent: str = AGENT, pause: float = 1.0, allowed: Sequence[str] = ()) -> None:
        self._client = httpx.Client(
            transport=GuardedTransport([ipaddress.ip_network(each) for each in allowed]),
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": agent, "Accept-Encoding": "gzip", "Accept": "*/*"},
            trust_env=False,  # neither a proxy, which would do the connecting for us, nor ~/.netrc
        )
        self._hosts = Hosts(agent, pause, self._get_robots)
        self._backoff = wait_exponential_jitter(multiplier=pause, max=LONGEST_RETRY, jitter=pause)

    def fetch(self, asked: Asked, path: Path) -> Answer:
        """Fetch a document into a file, which is there only if the answer names it.

        >>> from pathlib import Path
        >>> Fetcher().fetch(Asked("http://127.0.0.1/"), Path("page.tmp")).error
        'refused: 127.0.0.1 is no public address'
        """
        answer = Answer(to_public_uri(asked.uri), to_public_uri(asked.uri))
        tries = Retrying(
            stop=stop_after_attempt(TRIES), wait=self._wait, retry=retry_if_exception_type(PassingError), reraise=True
        )
        try:
            url = to_url(reveal_secrets(asked.uri))
            return tries(self._follow, url, asked, path, answer)
        except FetchError as error:
            path.unlink(missing_ok=True)
            if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
                self._hosts.give_up(error.__cause__.request.url, f"its host did not answer: {error}")
            is_passing = isinstance(error, PassingError) or error.status in PASSING
            return replace(answer, status=error.status, error=str(error), is_passing=is_passing)
        except (AddressError, AddressRefusedError, HostError, SlowError) as error:
            path.unlink(missing_ok=True)
            is_passing = isinstance(error, HostError | SlowError) and not isinstance(error, ForbiddenError)
            return replace(answer, error=str(error), is_passing=is_passing)

    def _wait(self, state: RetryCallState) -> float:
        """Return the seconds before the next try: what the host asks for, or ever longer pauses."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, FetchError) and error.wait is not None:
            return error.wait
        return self._backoff(state)

    def _follow(self, url: httpx.URL, asked: Asked, path: Path, answer: Answer) -> Answer:
        """Fetch a URL, and where it leads; every hop is a request of its own to a host with rules of its own."""
        origin = _origin(url)
        auth = httpx.BasicAuth(url.username, url.password) if url.userinfo else None
        stamps = {"If-None-Match": asked.etag, "If-Modified-Since": asked.last_modified}
        headers = {name: value for name, value in stamps.items() if value}
        for _ in range(MAX_REDIRECTS + 1):
            url = url.copy_with(username=None, password=None)
            sending = self._send(url, auth if _origin(url) == origin else None, headers)
            with self._hosts.turn(url), within(asked.bounds.seconds), sending as response:
                if response.next_request is None:
                    return self._keep(response, asked, path, answer)
                url = to_url(str(response.next_request.url))
        msg = f"more than {MAX_REDIRECTS} redirects"
        raise FetchError(msg)

    @contextmanager
    def _send(
        self, url: httpx.URL, auth: httpx.BasicAuth | None = None, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[httpx.Response]:
        """Ask for a URL; its body is read within the block. Raises PassingError for what the network does wrong."""
        request = self._client.build_request("GET", url, headers=headers)
        try:
            response = self._client.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                yield response
            finally:
                response.close()
        except httpx.TransportError as error:
            msg = f"{type(error).__name__}: {error}".rstrip(": ")
            raise PassingError(msg) from error

    def _keep(self, response: httpx.Response, asked: Asked, path: Path, answer: Answer) -> Answer:
        """Write what came into the file."""
        status, headers = response.status_code, response.headers
        answer = replace(
            answer,
            url=mask_secrets(str(response.url), asked.uri),
            status=status,
            etag=headers.get("etag") or (asked.etag if status == NOT_MODIFIED else None),
            last_modified=headers.get("last-modified") or (asked.last_modified if status == NOT_MODIFIED else None),
            media_type=headers.get("content-type"),
        )
        if status == NOT_MODIFIED:
            return answer
        if status in PASSING:
            raise self._put_off(response)
        if status != OK:
            msg = f"HTTP {status} {response.reason_phrase}".rstrip()
            raise FetchError(msg, status)
        pieces = unpack(response.iter_raw(_PIECE_BYTES), headers.get("content-encoding", ""), asked.bounds.n_bytes)
        with path.open("wb") as target:
            target.writelines(pieces)
        return replace(answer, path=path)

    def _put_off(self, response: httpx.Response) -> FetchError:
        """Return the error of an answer that may be another later, and let its host have the time it asks for."""
        status = response.status_code
        wait = to_seconds(response.headers.get("retry-after"))
        msg = f"HTTP {status} {response.reason_phrase}".rstrip()
        if wait is not None:
            self._hosts.put_off(response.url, wait)
            if wait > LONGEST_WAIT:
                return FetchError(f"{msg}: asks to wait {wait:.0f} s", status)
        return PassingError(msg, status, wait)

    def _get_robots(self, url: str) -> tuple[int, str]:
        """Fetch a robots.txt: its status, and its beginning; redirects are followed without asking other robots.txt."""
        where = httpx.URL(url)
        with within(ROBOTS_SECONDS):
            for _ in range(MAX_REDIRECTS + 1):
                with self._send(where) as response:
                    if response.next_request is None:
                        encoding = response.headers.get("content-encoding", "")
                        pieces = unpack(response.iter_raw(_PIECE_BYTES), encoding, ROBOTS_BYTES, is_cut=True)
                        return response.status_code, b"".join(pieces).decode("utf-8-sig", "replace")
                    where = to_url(str(response.next_request.url))
        return CLIENT_ERROR, ""


def to_url(written: str) -> httpx.URL:
    """Return an address over HTTP; raises FetchError for any other.

    >>> to_url("file:///etc/hostname")
    Traceback (most recent call last):
    flows.fetching.FetchError: refused: no http or https address
    """
    try:
        url = httpx.URL(written)
    except httpx.InvalidURL as error:
        msg = "no address"  # httpx's own words quote it, secrets and all
        raise FetchError(msg) from error
    if url.scheme not in {"http", "https"} or not url.host:
        msg = "refused: no http or https address"
        raise FetchError(msg)
    return url


def unpack(pieces: Iterable[bytes], encoding: str, n_bytes: int, *, is_cut: bool = False) -> Iterator[bytes]:
    """Undo a Content-Encoding piece by piece; no piece and no whole is larger than its bound, however well it was packed.

    Raises FetchError for more than n_bytes (or ends there, where is_cut), for an encoding that was not asked for, and for
    packed bytes that are damaged or end too early.

    >>> import gzip
    >>> b"".join(unpack([gzip.compress(b"Two bridges")], "gzip", 100))
    b'Two bridges'
    """
    if encoding.lower() not in {"", "identity", "gzip", "x-gzip"}:
        msg = f"packed in a way that was not asked for: {encoding[:_SHOWN]!r}"
        raise FetchError(msg)
    left = n_bytes
    for piece in _inflate(pieces) if "gzip" in encoding.lower() else pieces:
        if len(piece) > left:
            if is_cut:
                yield piece[:left]
                return
            msg = f"too long: more than {n_bytes:,} bytes"
            raise FetchError(msg)
        left -= len(piece)
        yield piece


def _inflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip, of one part or several in a row (RFC 1952, section 2.2)."""
    unpacker = zlib.decompressobj(_GZIP)
    is_open = False  # within a part
    try:
        for piece in pieces:
            rest = piece
            while rest or is_open:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_GZIP)
                found = unpacker.decompress(rest, _PIECE_BYTES)
                is_open = not unpacker.eof
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
                if not rest and not found:
                    break
                yield found
    except zlib.error as error:
        msg = f"damaged: {error}"
        raise FetchError(msg) from error
    if is_open:
        msg = "cut off"
        raise PassingError(msg)


def to_seconds(retry_after: str | None) -> float | None:
    """Return how long a Retry-After asks to wait from now; None where it says nothing that is understood.

    >>> to_seconds("120"), to_seconds("Wed, 21 Oct 2015 07:28:00 GMT"), to_seconds("soon")
    (120.0, 0.0, None)
    """
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC).replace(tzinfo=None) - now()).total_seconds())


def _origin(url: httpx.URL) -> tuple[str, bytes]:
    return url.scheme, url.netloc
