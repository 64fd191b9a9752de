"""Four articles packed in every way that Tally unpacks, and what a reading of bytes finds: for tests of the kinds of input."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.kinds.kind import Given, Member
from flows.kinds.opening import read_members
from transforms.documents import Draft, Rejection

NIGHTS = [
    Draft(
        f"The regional governor said {night} people were killed in the port on Monday, “the worst night” of the week.\n"
        f"Air defences shot down {night + 40} drones; 1,{night:03} homes, most of them in the old town, lost power.",
        f"Night {night}, in the port",
        f"https://odesa-ledger.example/port/{night}",
        "Odesa Ledger",
        f"2026-02-{night:02}",
    )
    for night in range(1, 5)
]
ROWS = [{"id": n, "body": d.text, "headline": d.title, "link": d.url, "site": d.outlet} for n, d in enumerate(NIGHTS)]
TEXT = NIGHTS[0].text


def read(data: bytes, name: str = "", media_type: str | None = None, **columns: str) -> list[Member]:
    return [m for _, m in read_members(io.BytesIO(data), Given(name, media_type=media_type, columns=columns))]


def reason_of(data: bytes, name: str = "", **columns: str) -> str:
    (member,) = read(data, name, **columns)
    assert isinstance(member.content, Rejection)
    return member.content.reason


def to_lines() -> bytes:
    return b"\n".join(json.dumps(row | {"date": d.published}).encode() for row, d in zip(ROWS, NIGHTS, strict=True))


def to_csv(delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, [*ROWS[0], "pubDate"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(row | {"pubDate": d.published} for row, d in zip(ROWS, NIGHTS, strict=True))
    return target.getvalue().encode(encoding)


def to_parquet() -> bytes:
    days = [date.fromisoformat(d.published or "") for d in NIGHTS]
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS).append_column("published_at", pa.array(days)), target)
    return target.getvalue()


def to_page(draft: Draft) -> bytes:
    head = f'<title>{draft.title}</title><meta property="article:published_time" content="{draft.published}">'
    body = "".join(f"<p>{line}</p>" for line in draft.text.split("\n"))
    return f"<!DOCTYPE html><html><head>{head}</head><body><article>{body}</article></body></html>".encode()


def to_warc(*pages: bytes, **headers: str) -> bytes:
    target = io.BytesIO()
    writer = WARCWriter(target, gzip=False)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "a test"}))
    for draft, page in zip(NIGHTS, pages, strict=False):
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), *headers.items()], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(draft.url, "request", payload=io.BytesIO(b""), http_headers=http))
        record = writer.create_warc_record(draft.url, "response", payload=io.BytesIO(page), http_headers=http)
        writer.write_record(record)
    return target.getvalue()


def to_arc(*pages: bytes) -> bytes:
    about = b"1 0 A\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://x.arc 0.0.0.0 20260201000000 text/plain %d\n%b" % (len(about), about)
    records = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page for page in pages]
    lines = [f"{d.url} 192.0.2.1 20260202000000 text/html {len(r)}\n" for d, r in zip(NIGHTS, records, strict=True)]
    return head + b"".join(b"\n" + line.encode() + r for line, r in zip(lines, records, strict=True))


def to_zip(**entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


PAGES = [to_page(draft) for draft in NIGHTS]
