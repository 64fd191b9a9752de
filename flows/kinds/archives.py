"""Web archives: the pages in a WARC or ARC file."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

from flows.kinds.kind import Given, Kind, Member, Nested
from flows.kinds.packed import open_packed
from transforms.documents import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_RECORD_BYTES = 64_000_000  # of one page with its headers, as it was sent
_PIECE_BYTES = 1 << 20  # read at a time: warcio joins the pieces of a long header line one by one
_PAGES = {"response", "resource", "conversion"}
_LEFT_OUT = {
    "revisit": "revisit: the page is in an earlier capture",
    "continuation": "continuation: parts of a record are not joined",
}
_START = re.compile(rb"WARC/\d|filedesc://\S* \S+ \d+ ")
_LOGS = "metadata:"  # Wget's own log and arguments, as resources
_OK = "200"


class Archive(Kind):
    """A WARC or ARC file."""

    names: ClassVar = {".warc": "application/warc", ".arc": "application/x-arc"}
    holds_many = True

    def sniff(self, head: bytes) -> bool | None:
        """Tell an archive by its first line."""
        return _START.match(head) is not None

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield each page by its address and number; requests and other records about the crawl itself are no inputs."""
        is_empty = True
        with redirect_stderr(io.StringIO()):  # warcio tells of damage there, in the archive's own bytes
            for line, record in enumerate(ArchiveIterator(document, arc2warc=True, block_size=_PIECE_BYTES), 1):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type in _PAGES | _LEFT_OUT.keys() and not url.startswith(_LOGS):
                    is_empty = False
                    yield Member(_read_record(record, url, given), url, line)
        if is_empty:
            yield Member(Rejection("no page in the archive"))


def _read_record(record: Any, url: str, given: Given) -> Nested | Rejection:  # noqa: ANN401  warcio has no types
    """Return the page of a record, to be unpacked by its own kind where its server packed it."""
    if record.rec_type in _LEFT_OUT:
        return Rejection(_LEFT_OUT[record.rec_type])
    if record.length is None or record.length > MAX_RECORD_BYTES:
        return Rejection(f"too long: a record of more than {MAX_RECORD_BYTES:,} bytes")
    media_type, stream, http = record.content_type, record.raw_stream, record.http_headers
    if http:
        if (status := http.get_statuscode()) != _OK:
            return Rejection(f"status: {status} is no page")
        media_type = http.get_header("Content-Type")
        if (http.get_header("Transfer-Encoding") or "").lower() == "chunked":
            stream = ChunkedDataReader(stream)
        if (http.get_header("Content-Encoding") or "").lower() == "br":
            stream = open_packed(stream, "brotli")
    name = PurePosixPath(urlsplit(url).path).name
    is_on_web = url.startswith(("http://", "https://"))
    return Nested(Given(name, url if is_on_web else None, media_type, None, given.columns), stream)
