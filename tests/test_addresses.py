"""Documents named by their address, end to end: texts, pages and archives by URL and from S3, and no secret kept of either."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from moto.server import ThreadedMotoServer
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows import buckets
from flows.addresses import AddressError, hide_secrets, reveal_secrets, to_public_uri
from flows.settings import FeedSettings
from tests.sites import PAGE, Site, answer, open_site
from tests.visits import rows, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as made:
        yield made


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 on loopback with the bucket `news`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {"ACCESS_KEY_ID": "ann", "SECRET_ACCESS_KEY": "f00dcafe", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    buckets._client.cache_clear()
    client = buckets._client()
    client.create_bucket(Bucket="news")
    yield client
    server.stop()
    buckets._client.cache_clear()


def test_an_address_is_read_as_what_it_is(site: Site, tmp_path: Path) -> None:
    """A text, a page in another charset and JSON lines, each by its address; the article knows where it lies."""
    site.pages["/story"] = answer(
        body=b"Two people were killed in Odesa on Monday, police said.", content_type="text/plain"
    )
    page = PAGE.replace("mayor", "Мэр").encode("windows-1251")
    site.pages["/page"] = answer(body=page, content_type="text/html; charset=windows-1251")
    line = {
        "text": "Nine drones were shot down over Kharkiv on Tuesday, the air force said.",
        "url": "https://a.example/9",
    }
    site.pages["/all.jsonl"] = answer(body=json.dumps(line).encode())
    lake = tmp_path / "lake"
    assert run(lake, *map(site.url, ("/story", "/page", "/all.jsonl"))) == {"ARTICLE": 3}
    articles = {row["url"]: row["text"] for row in rows(lake, "FROM articles")}
    assert articles.keys() == {site.url("/story"), site.url("/page"), "https://a.example/9"}
    assert "Мэр" in articles[site.url("/page")]


def test_s3_is_fetched_and_asked_for_changes(store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """An object is read by s3://bucket/key, and not again while its ETag stays; what is missing is one line."""
    store.put_object(Bucket="news", Key="a b/#1.txt", Body=b"Two people were killed in Odesa on Monday, police said.")
    lake = tmp_path / "lake"
    assert run(lake, "s3://news/a b/#1.txt", "s3://news/none") == {"ARTICLE": 1, "REJECTED": 1}
    assert rows(lake, "SELECT reason FROM inputs WHERE outcome = 'REJECTED'") == [{"reason": "S3: NoSuchKey"}]
    assert run(lake, "s3://news/a b/#1.txt") == {"DUPLICATE": 1}
    assert b"f00dcafe" not in _bytes_of(lake)


def test_an_archive_is_read_by_address_and_from_s3(store: Any, site: Site, tmp_path: Path) -> None:  # noqa: ANN401
    """A WARC gives the same article by URL as from a bucket: each of its pages is booked under the archive."""
    target = io.BytesIO()
    writer = WARCWriter(target)
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    page = io.BytesIO(PAGE.encode())
    writer.write_record(
        writer.create_warc_record("https://a.example/night", "response", payload=page, http_headers=http)
    )
    store.put_object(Bucket="news", Key="2026/02.warc.gz", Body=target.getvalue())
    site.pages["/02.warc.gz"] = answer(body=target.getvalue(), content_type="application/warc")
    lake = tmp_path / "lake"
    assert run(lake, site.url("/02.warc.gz"), "s3://news/2026/02.warc.gz") == {"ARTICLE": 1, "DUPLICATE": 1}
    books = rows(lake, "SELECT uri, member, line FROM inputs ORDER BY uri")
    place = {"member": "https://a.example/night", "line": 1}
    assert books == [{"uri": uri, **place} for uri in (site.url("/02.warc.gz"), "s3://news/2026/02.warc.gz")]


def test_no_secret_is_kept(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """User, password, keys in queries and variables reach the server, and no file of the lake."""
    monkeypatch.setenv("LEDGER_PATH", "c0ffee01")
    site.pages["/c0ffee01/feed"] = answer(body=b"Two people were killed in Odesa on Monday, police said.")
    site.pages["/none"] = answer(404, b"")
    feed = FeedSettings(name="ledger", uri=site.url("/${LEDGER_PATH}/feed?api_key=c0ffee02"))
    hidden = hide_secrets(f"http://ann:c0ffee03@127.0.0.1:{site.port}/none?token=c0ffee04")
    lake = tmp_path / "lake"
    assert "c0ffee" not in hidden
    assert run(lake, hidden, feeds=(feed,)) == {"ARTICLE": 1, "REJECTED": 1}
    assert "/c0ffee01/feed?api_key=c0ffee02" in site.paths()
    assert "/none?token=c0ffee04" in site.paths()
    assert b"c0ffee" not in _bytes_of(lake)


def _bytes_of(lake: Path) -> bytes:
    """Return all that stands in the lake's files, unpacked."""
    found = b""
    for path in (path for path in lake.rglob("*") if path.is_file()):
        data = path.read_bytes()
        found += zstandard.ZstdDecompressor().decompressobj().decompress(data) if path.suffix == ".zst" else data
    statements = [f"FROM {table}" for table in ("fetches_history", "inputs_history", "runs", "articles_history")]
    return found + repr([rows(lake, statement) for statement in statements]).encode()


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is filled in when it is there, and named when it is not; articles keep their own queries."""
    monkeypatch.setenv("LEDGER_KEY", "c0ffee")
    assert reveal_secrets("https://a.example/?key=${LEDGER_KEY}") == "https://a.example/?key=c0ffee"
    with pytest.raises(AddressError, match="the environment has no LEDGER_NONE"):
        reveal_secrets("https://a.example/${LEDGER_NONE}")
    assert to_public_uri("https://a.example/story?id=7&key=8&sid=9") == "https://a.example/story?id=7&key=8&sid=9"
