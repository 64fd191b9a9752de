"""Where a fetch may connect: only to public addresses, checked after the name is resolved and on every connection.

The check sits where the connection is made, below redirects and below the connection pool: the address that is
checked is the address that is connected to, so a name that changes its mind between the two gains nothing.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Sequence

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# Public by their number, yet inside: Azure's and Oracle's metadata services (each vendor's documentation).
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16"), ipaddress.ip_address("192.0.0.192")})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_UNICAST = ipaddress.IPv6Network(
    "2000::/3"
)  # all that IANA has given out; ::/96, fec0::/10 and the like are left behind
_IPV4_BITS = 0xFFFFFFFF
_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


class AddressRefusedError(Exception):
    """A host that no fetch may connect to; the message is one line for people."""


class SlowError(Exception):
    """The time for the whole fetch is over, however steadily the bytes drip in."""


def is_public(address: Address) -> bool:
    """Tell whether an address is one that anybody on the internet can reach, as is each that hides within it.

    >>> [is_public(ipaddress.ip_address(a)) for a in ("8.8.8.8", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    """
    if address in _METADATA or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & _IPV4_BITS))
    hidden = [each for each in (address.sixtofour, *(address.teredo or ())) if each]
    return address in _UNICAST and address.is_global and all(map(is_public, hidden))


def resolve(host: str, port: int, allowed: Sequence[Network] = ()) -> list[str]:
    """Return the addresses of a host, each of them public or allowed.

    Raises AddressRefusedError where one is not, and httpcore.ConnectError for a name that has no address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label of more than 63 characters
        raise httpcore.ConnectError(str(error)) from error
    addresses = list(dict.fromkeys(str(place[0]).partition("%")[0] for *_, place in found))
    for written in addresses:
        address = ipaddress.ip_address(written)
        if not is_public(address) and not any(address in network for network in allowed):
            msg = f"refused: {host} is no public address"
            raise AddressRefusedError(msg)
    return addresses


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let everything that is sent and received in the block take so long altogether, then raise SlowError."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(timeout: float | None) -> float:
    """Return the seconds that one wait may take."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        msg = "too slow"
        raise SlowError(msg)
    return left if timeout is None else min(left, timeout)


@contextmanager
def _timed() -> Iterator[None]:
    """Tell a wait that the deadline cut short from a time-out."""
    try:
        yield
    except httpcore.TimeoutException:
        _left(None)
        raise


class _Stream(httpcore.NetworkStream):
    """A connection that heeds the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _timed():
            return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _timed():
            self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with _timed():
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  httpcore's own signature
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to what resolve lets through, at the very address that it checked."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = resolve(host, port, self._allowed)
        options = list(socket_options or ())
        with _timed():
            for address in others:
                try:
                    return _Stream(self._inner.connect_tcp(address, port, _left(timeout), local_address, options))
                except (httpcore.ConnectError, httpcore.ConnectTimeout):
                    continue
            return _Stream(self._inner.connect_tcp(last, port, _left(timeout), local_address, options))


class GuardedTransport(httpx.HTTPTransport):
    """httpx's own transport over a pool that connects only where it may; SSL_CERT_FILE names whom else to trust than certifi's."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        super().__init__(trust_env=False)
        if not isinstance(getattr(self, "_pool", None), httpcore.ConnectionPool):
            msg = "this httpx has no _pool to guard"  # better no fetch than one without a guard
            raise TypeError(msg)
        self._pool = httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=_Backend(allowed))
