"""Laws of damaged and hostile input: what is cut off, unpacks without end or climbs is told in a line and costs little."""

from __future__ import annotations

import gzip
import struct
import time
import tracemalloc
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.kinds.kind import Link
from flows.kinds.opening import MAX_DEPTH
from flows.kinds.registry import KINDS
from tests.packings import (
    NIGHTS,
    PAGES,
    TEXT,
    read,
    reason_of,
    to_lines,
    to_parquet,
    to_warc,
    to_zip,
)
from transforms.documents import MAX_BYTES, Draft, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(to_lines())[:-20],
        zstandard.compress(to_lines())[:-20],
        to_parquet()[:-20],
        to_warc(*PAGES)[:-20],
        to_zip(a=b"Two were hurt.")[:-5],
    ],
    ids=["gzip", "zstd", "parquet", "warc", "zip"],
)
def test_cut_off_is_told(data: bytes) -> None:
    """A document that is cut off gives what can be read, and one line about the rest."""
    found = read(data, "x")
    assert isinstance(found[-1].content, Rejection | Draft)
    if isinstance(found[-1].content, Rejection):
        assert found[-1].content.reason.startswith("damaged")


ZEROS = 3_000_000_000  # bytes: more than a test should take


def zeros(pack: Callable[[bytes], bytes], n_bytes: int) -> bytes:
    piece = b" " * 10_000_000
    packed = pack(piece)
    return packed * (n_bytes // len(piece))


def gzip_in(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = gzip.compress(data)
    return data


def lying_zip() -> bytes:
    """Return a zip archive whose entry says that it is small."""
    data = bytearray(to_zip(a=b"0" * 100_000_000))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)
    return bytes(data)


BOMBS = {
    "gzip": (zeros(gzip.compress, ZEROS), "x.jsonl.gz", "too long: unpacks to more than"),
    "zstd": (zeros(zstandard.compress, ZEROS), "x.csv.zst", "too long: unpacks to more than"),
    "gzip in gzip": (gzip.compress(zeros(gzip.compress, ZEROS)), "x.jsonl.gz.gz", "too long: unpacks to more than"),
    "zip": (to_zip(a=b" " * 200_000_000), "x.zip", "too long: unpacks to 200,000,000 bytes"),
    "nested": (gzip_in(b"Two were hurt.", MAX_DEPTH + 2), "x.txt.gz", "too deep: more than"),
    "warc": (to_warc(gzip.compress(zeros(gzip.compress, ZEROS))), "x.warc", "too long: "),
    "brotli": (
        to_warc(pa.compress(b" " * 200_000_000, "brotli", asbytes=True), **{"Content-Encoding": "br"}),
        "x.warc",
        "too long: ",
    ),
    "attribute": (b'<html><body class="' + b"x" * 200_000_000 + b'"><p>Two were hurt.', "x.html", "too long: "),
    "field": (b'title,text\nA,"' + b"x" * 200_000_000, "x.csv", "too long: more than 4,000,000 bytes"),
    "line": (b'{"text": "' + b"x" * 200_000_000, "x.jsonl", f"too long: more than {MAX_BYTES:,} bytes"),
    "deep lines": (b'{"text": ' + b"[" * 1_000_000, "x.jsonl", "not JSON: nested too deeply"),
    "record": (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Length: 99999999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "x.warc",
        "too long: a record of more than",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_cut_off(name: str) -> None:
    """What unpacks beyond proportion, is nested without end, or has a part without end is rejected in seconds and little memory."""
    data, file, start = BOMBS[name]
    tracemalloc.start()
    started_at = time.process_time()
    reasons = [m.content.reason for m in read(data, file) if isinstance(m.content, Rejection)]
    seconds = time.process_time() - started_at
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reasons
    assert reasons[0].startswith(start)
    assert peak < 300_000_000
    assert seconds < 20


def test_lying_zip_gives_no_more_than_it_says() -> None:
    """An entry that says it has 1,000 bytes gives no more, whatever it holds."""
    (member,) = read(lying_zip(), "x.zip")
    text = getattr(member.content, "text", "")
    assert len(text) <= 1000


def test_large_honest_files_are_no_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that grows beyond what any may become is read on, as long as it does so in proportion."""
    monkeypatch.setattr("flows.kinds.packed.FREE_BYTES", 1000)
    for pack in (gzip.compress, zstandard.compress):
        assert [member.content for member in read(pack(to_lines()), "x.jsonl")] == NIGHTS
        assert reason_of(pack(TEXT.encode() + b" " * 1_000_000), "x.txt").startswith("too long: unpacks to")


def test_names_in_an_archive_are_no_paths() -> None:
    """A name that climbs is shown as it is and opens nothing."""
    data = to_zip(**{"../../etc/passwd.txt": TEXT.encode(), "/abs/b.html": PAGES[1]})
    found = read(data, "x.zip")
    assert [member.member for member in found] == ["../../etc/passwd.txt", "/abs/b.html"]
    assert [getattr(m.content, "text", None) for m in found] == [TEXT, NIGHTS[1].text]


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(sorted({s for kind in KINDS for s in kind.names})))
def test_any_bytes_under_any_name_are_accounted_for(data: bytes, suffix: str) -> None:
    """No bytes under any name raise an error; they give at least one article, link or reason."""
    for start in (b"", b"PAR1", b"WARC/1.0\r\n", b"PK\x03\x04", b"<rss>", b"<html>", b"\x1f\x8b\x08"):
        found = read(start + data, f"x{suffix}")
        assert found
        assert all(isinstance(m.content, Draft | Rejection | Link) for m in found)
