"""Fetching, against real servers on loopback: politeness, bounds, and where it must not connect."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from flows import guard
from flows.fetching import LINKED, Asked, Bounds, Fetcher, to_seconds
from flows.hosts import LONGEST_WAIT
from tests.sites import TEXT, Site, answer, open_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as made:
        yield made


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(pause=0.0, allowed=LOOPBACK)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "document"


def test_a_document_comes_as_it_was_sent(site: Site, fetcher: Fetcher, path: Path) -> None:
    """What the server sends is what is kept, with its status, type and stamps; charsets are left to the reader."""
    body = "Двоє людей загинули".encode("windows-1251")
    stamp = "Thu, 12 Feb 2026 08:00:00 GMT"
    site.pages["/a"] = answer(body=body, content_type="text/html; charset=utf-8", etag='"v1"', last_modified=stamp)
    got = fetcher.fetch(Asked(site.url("/a")), path)
    assert path.read_bytes() == body
    assert (got.status, got.etag, got.last_modified, got.media_type, got.error) == (
        200,
        '"v1"',
        stamp,
        "text/html; charset=utf-8",
        None,
    )
    assert site.asked[-1][1]["User-Agent"].startswith("Tally/")


def test_what_has_not_changed_is_not_sent_again(site: Site, fetcher: Fetcher, path: Path) -> None:
    """The stamps of the last answer go with the question, and a 304 keeps them."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        is_same = handler.headers["If-None-Match"] == '"v1"' and handler.headers["If-Modified-Since"] == "then"
        answer(304 if is_same else 200, b"")(handler)

    site.pages["/a"] = page
    got = fetcher.fetch(Asked(site.url("/a"), etag='"v1"', last_modified="then"), path)
    assert (got.status, got.etag, got.last_modified, got.path) == (304, '"v1"', "then", None)


def test_redirects_are_followed_to_their_end(site: Site, fetcher: Fetcher, path: Path) -> None:
    """The answer names where the document lies; a circle ends."""
    site.pages["/a"] = answer(301, b"", location="/b?x=1")
    site.pages["/b"] = answer(302, b"", location=site.url("/c"))
    site.pages["/c"] = answer()
    site.pages["/circle"] = answer(302, b"", location="/circle")
    assert fetcher.fetch(Asked(site.url("/a")), path).url == site.url("/c")
    assert fetcher.fetch(Asked(site.url("/circle")), path).error == "more than 10 redirects"


def test_robots_are_heeded(site: Site, fetcher: Fetcher, path: Path) -> None:
    """What robots.txt forbids is not asked for, also where a redirect leads there; robots.txt is asked for once."""
    site.pages["/robots.txt"] = answer(body=b"User-agent: Tally\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n")
    site.pages["/a"] = answer(302, b"", location="/private/b")
    site.pages["/c"] = answer()
    assert fetcher.fetch(Asked(site.url("/a")), path).error == "robots.txt forbids it"
    assert fetcher.fetch(Asked(site.url("/c")), path).status == 200
    assert site.paths() == ["/robots.txt", "/a", "/c"]


def test_a_host_that_fails_its_robots_is_left_alone(site: Site, fetcher: Fetcher, path: Path) -> None:
    """RFC 9309: a server error for robots.txt means that nothing may be asked for."""
    site.pages["/robots.txt"] = answer(503, b"")
    site.pages["/a"] = answer()
    assert fetcher.fetch(Asked(site.url("/a")), path).error == "its host does not give its robots.txt: 503"
    assert "/a" not in site.paths()


def test_a_host_is_asked_one_thing_at_a_time_with_pauses(site: Site, path: Path) -> None:
    """Threads that share a fetcher wait for each other and for the pause; crawl-delay makes it longer."""
    within: list[int] = []
    running = threading.Semaphore(1)

    def page(handler: BaseHTTPRequestHandler) -> None:
        within.append(int(running.acquire(blocking=False)))
        answer()(handler)
        running.release()

    site.pages["/a"] = page
    site.pages["/robots.txt"] = answer(body=b"User-agent: *\nCrawl-delay: 0.1\n")
    fetcher = Fetcher(pause=0.02, allowed=LOOPBACK)
    threads = [
        threading.Thread(target=fetcher.fetch, args=(Asked(site.url("/a")), path.with_name(str(n)))) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moments = [at for asked, _, at in site.asked if asked == "/a"]
    assert within == [1, 1, 1, 1]
    assert min(b - a for a, b in pairwise(moments)) >= 0.1


def test_a_busy_host_gets_the_time_it_asks_for(site: Site, fetcher: Fetcher, path: Path) -> None:
    """429 with Retry-After is tried again then, and not before."""
    answers = [answer(429, b"", retry_after="1"), answer()]

    def page(handler: BaseHTTPRequestHandler) -> None:
        answers.pop(0)(handler)

    site.pages["/a"] = page
    got = fetcher.fetch(Asked(site.url("/a")), path)
    first, second = (at for asked, _, at in site.asked if asked == "/a")
    assert got.status == 200
    assert second - first >= 1


def test_a_host_that_asks_for_hours_is_left_for_the_next_run(site: Site, fetcher: Fetcher, path: Path) -> None:
    """Nothing waits longer than LONGEST_WAIT, and nothing else is asked of that host."""
    site.pages["/a"] = answer(503, b"", retry_after=str(int(LONGEST_WAIT) + 1))
    site.pages["/b"] = answer()
    assert fetcher.fetch(Asked(site.url("/a")), path).error == "HTTP 503 Service Unavailable: asks to wait 61 s"
    assert str(fetcher.fetch(Asked(site.url("/b")), path).error).startswith("its host asks to wait 6")
    assert site.paths() == ["/robots.txt", "/a"]
    assert (to_seconds("Fri, 31 Dec 2999 23:59:59 GMT") or 0) > LONGEST_WAIT


def test_what_passes_is_tried_thrice_and_what_stays_once(site: Site, fetcher: Fetcher, path: Path) -> None:
    """500 may be another answer later, 404 will not."""
    site.pages["/a"] = answer(500, b"")
    assert fetcher.fetch(Asked(site.url("/a")), path).error == "HTTP 500 Internal Server Error"
    assert fetcher.fetch(Asked(site.url("/none")), path).error == "HTTP 404 Not Found"
    assert site.paths() == ["/robots.txt", "/a", "/a", "/a", "/none"]


def test_a_document_that_is_cut_off_is_no_document(site: Site, fetcher: Fetcher, path: Path) -> None:
    """Fewer bytes than announced, or a gzip stream without its end, leave nothing behind."""
    site.pages["/a"] = answer(body=TEXT, content_length="1000")
    site.pages["/b"] = answer(body=gzip.compress(TEXT)[:-9], content_encoding="gzip")
    assert "peer closed connection" in str(fetcher.fetch(Asked(site.url("/a")), path).error)
    assert fetcher.fetch(Asked(site.url("/b")), path).error == "cut off"
    assert not path.exists()


def test_gzip_is_undone_and_what_was_not_asked_for_is_not(site: Site, fetcher: Fetcher, path: Path) -> None:
    """The bytes kept are the document's, however the server packs it; damaged and foreign packing is an error."""
    site.pages["/a"] = answer(body=gzip.compress(TEXT), content_encoding="gzip")
    site.pages["/b"] = answer(content_encoding="gzip")
    site.pages["/c"] = answer(content_encoding="zstd")
    assert fetcher.fetch(Asked(site.url("/a")), path).error is None
    assert path.read_bytes() == TEXT
    assert str(fetcher.fetch(Asked(site.url("/b")), path).error).startswith("damaged: ")
    assert fetcher.fetch(Asked(site.url("/c")), path).error == "packed in a way that was not asked for: 'zstd'"


def test_a_bomb_does_not_unpack(site: Site, fetcher: Fetcher, path: Path) -> None:
    """A small answer that unpacks to much is stopped at its bound, and so is one without end."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(1 << 16))

    site.pages["/a"] = answer(body=gzip.compress(bytes(50_000_000)), content_encoding="gzip")
    site.pages["/b"] = endless
    bounds = Bounds(1_000_000, LINKED.seconds)
    for page in ("/a", "/b"):
        got = fetcher.fetch(Asked(site.url(page), bounds=bounds), path)
        assert got.error == "too long: more than 1,000,000 bytes"
        assert not path.exists()


def test_a_server_that_drips_is_left(site: Site, fetcher: Fetcher, path: Path) -> None:
    """Each byte is in time, the document is not: the bound holds for all of it, headers too."""
    is_over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not is_over.wait(0.02):
            handler.wfile.write(b"H")

    site.pages["/a"] = drip
    start = time.monotonic()
    got = fetcher.fetch(Asked(site.url("/a"), bounds=Bounds(LINKED.n_bytes, 0.3)), path)
    is_over.set()
    assert got.error == "too slow"
    assert time.monotonic() - start < 2


def test_a_host_that_does_not_answer_is_asked_once(fetcher: Fetcher, path: Path) -> None:
    """After three tries nobody waits for it again in this run."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        first, second = (fetcher.fetch(Asked(url), path).error for _ in range(2))
    assert str(first).startswith("ConnectError")
    assert second == f"its host did not answer: {first}"


INSIDE = """
    http://127.0.0.1/ http://[::1]/ http://localhost/ http://0.0.0.0/ http://10.1.2.3/ http://192.168.0.1/
    http://172.16.0.1/ http://169.254.169.254/latest/meta-data/ http://[fe80::1]/ http://[fd00:ec2::254]/
    http://100.100.100.200/ http://168.63.129.16/ http://2130706433/ http://0x7f.1/ http://[::ffff:127.0.0.1]/
    http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://224.0.0.1/ http://127.1/
""".split()


@pytest.mark.parametrize("url", INSIDE)
def test_nothing_inside_is_connected_to(url: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However an inner address is written, no connection is even tried."""
    tried: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda address, *_, **__: tried.append(address))
    assert str(Fetcher().fetch(Asked(url), path).error).endswith("is no public address")
    assert tried == []


def test_a_redirect_leads_to_no_inner_address(site: Site, path: Path) -> None:
    """A host that is allowed sends us to one that is not."""
    fetcher = Fetcher(pause=0.0, allowed=("127.0.0.1/32",))
    site.pages["/a"] = answer(302, b"", location=f"http://127.0.0.2:{site.port}/secret")
    site.pages["/b"] = answer(302, b"", location="file:///etc/hostname")
    assert fetcher.fetch(Asked(site.url("/a")), path).error == "refused: 127.0.0.2 is no public address"
    assert fetcher.fetch(Asked(site.url("/b")), path).error == "refused: no http or https address"
    assert "/secret" not in site.paths()


def test_a_name_that_changes_its_mind_gains_nothing(site: Site, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one that is connected to: DNS is asked once a connection."""
    answers = [("127.0.0.1", site.port), ("127.0.0.2", site.port)]
    asked: list[str] = []

    def changing(host: str, *_: object, **__: object) -> list[Any]:
        if host == "rebinding.example":
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answers[min(len(asked), 2) - 1])]
        return real(host, *_, **__)  # type: ignore[arg-type]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", changing)
    site.pages["/a"] = answer(connection="close")
    site.pages["/robots.txt"] = answer(404, b"", connection="close")
    fetcher = Fetcher(pause=0.0, allowed=("127.0.0.1/32",))
    got = fetcher.fetch(Asked(f"http://rebinding.example:{site.port}/a"), path)
    assert got.error == "refused: rebinding.example is no public address"
    assert site.paths() == ["/robots.txt"]


def test_one_inner_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a public and an inner address is refused whole."""
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80)) for host in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    with pytest.raises(guard.AddressRefusedError):
        guard.resolve("two.example", 80)


def make_certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1 that nobody knows, in a file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the desk's own")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=9999))
    data = made.add_extension(names, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    path = folder / "desk.pem"
    path.write_bytes(data + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_https_is_trusted_by_certificate_only(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose certificate nobody knows gives nothing; one that SSL_CERT_FILE names is read."""
    certificate = make_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with open_site(tls) as site:
        site.pages["/a"] = answer()
        stranger = Fetcher(pause=0.0, allowed=LOOPBACK).fetch(Asked(site.url("/a")), path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        known = Fetcher(pause=0.0, allowed=LOOPBACK).fetch(Asked(site.url("/a")), path)
    assert "CERTIFICATE_VERIFY_FAILED" in str(stranger.error)
    assert (known.error, known.status, path.read_bytes()) == (None, 200, TEXT)


def test_a_password_goes_to_its_own_host_only(site: Site, fetcher: Fetcher, path: Path) -> None:
    """User and password go to the origin they were written for, to no other, and into no answer."""
    site.pages["/a"] = answer(302, b"", location=f"http://localhost:{site.port}/b")
    site.pages["/b"] = answer()
    got = fetcher.fetch(Asked(f"http://ann:f00dcafe@127.0.0.1:{site.port}/a?token=c0ffee"), path)
    sent = {asked.partition("?")[0]: headers.get("Authorization") for asked, headers, _ in site.asked}
    assert sent["/a"] == "Basic YW5uOmYwMGRjYWZl"
    assert sent["/b"] is None
    assert "f00dcafe" not in repr(got)
    assert "c0ffee" not in repr(got)
