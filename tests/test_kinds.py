"""Laws of the kinds of input: one article is the same however it is packed, under whatever name, in whatever encoding and columns."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from flows.kinds import registry
from flows.kinds.kind import Given, Kind
from flows.kinds.opening import read_members
from flows.kinds.registry import KINDS
from seeds.kinds import Column
from seeds.loader import load_seeds
from tests.packings import (
    NIGHTS,
    PAGES,
    TEXT,
    read,
    reason_of,
    to_arc,
    to_csv,
    to_lines,
    to_parquet,
    to_warc,
)
from transforms.characters import read_characters
from transforms.columns import find_columns, to_plain
from transforms.documents import MAX_BYTES, Draft, Rejection
from transforms.pages import read_page

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = {
    "lines": to_lines(),
    "lines.zst": zstandard.compress(to_lines()),
    "csv": to_csv(),
    "semicolons": to_csv(";"),
    "tabs": to_csv("\t"),
    "bars.gz": gzip.compress(to_csv("|")),
    "cp1252.csv": to_csv(encoding="cp1252"),
    "parquet": to_parquet(),
    "parquet.zst": zstandard.compress(to_parquet()),
}
ARCHIVES = {
    "warc": to_warc(*PAGES),
    "warc.gz": gzip.compress(to_warc(*PAGES)),
    "arc": to_arc(*PAGES),
    "arc.zst": zstandard.compress(to_arc(*PAGES)),
    "gzip": to_warc(*map(gzip.compress, PAGES), **{"Content-Encoding": "gzip"}),
    "brotli": to_warc(*(pa.compress(p, "brotli", asbytes=True) for p in PAGES), **{"Content-Encoding": "br"}),
    "chunked": to_warc(*(b"%x\r\n%b\r\n0\r\n\r\n" % (len(p), p) for p in PAGES), **{"Transfer-Encoding": "chunked"}),
}


@pytest.mark.parametrize("name", MANY)
@pytest.mark.parametrize("suffix", ["", ".html", ".warc"])
def test_rows_are_the_same_articles(name: str, suffix: str) -> None:
    """Lines and tables of any dialect, packed or not, under a wrong name or none, give the articles that were written."""
    assert [member.content for member in read(MANY[name], f"x{suffix}")] == NIGHTS


@pytest.mark.parametrize("name", ARCHIVES)
def test_pages_are_the_same_articles(name: str) -> None:
    """Pages of an archive, however it and they are packed, give the articles that single pages give, each with its address."""
    alone = [page.content for data in PAGES for page in read(data, "a.html")]
    found = read(ARCHIVES[name], name)
    assert [member.member for member in found] == [draft.url for draft in NIGHTS]
    for one, other, draft in zip(alone, found, NIGHTS, strict=True):
        assert isinstance(one, Draft)
        assert isinstance(other.content, Draft)
        assert (one.text, one.title) == (other.content.text, other.content.title) == (draft.text, draft.title)
        assert other.content.url == draft.url


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, bytes])
@pytest.mark.parametrize("name", ["a.html.gz", "a.txt", "a", "a.parquet"])
def test_content_says_what_a_name_denies(pack: Callable[[bytes], bytes], name: str) -> None:
    """A page is a page, packed or not, whatever its file is called; a text that is called Parquet is still a text."""
    (member,) = read(pack(PAGES[0]), name)
    assert isinstance(member.content, Draft)
    assert member.content.text == TEXT
    (member,) = read(pack(TEXT.encode()), name)
    assert isinstance(member.content, Draft)


def test_text_after_its_media_type() -> None:
    """What a server says of the encoding holds; an unknown media type is no article."""
    (member,) = read("Τρεις νεκροί".encode("iso8859-7"), "x", "text/plain; charset=ISO-8859-7")
    assert member.content == Draft("Τρεις νεκροί")
    (member,) = read(b'{\n "three": "dead"\n}', "x", "application/json")
    assert member.content == Rejection("unknown kind: application/json")


@given(st.text(st.sampled_from("“”‘’–—…é½£°€ ,.x"), min_size=1, max_size=2))
def test_windows_text_is_read_or_refused(accents: str) -> None:
    """English with the marks and accents of Windows-1252, a few of them oddly set, is never read as other characters."""
    text = f"{TEXT} {accents} {TEXT}"
    found = read_characters(text.encode("cp1252"))
    assert isinstance(found, Rejection) or found == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("mac-roman", "“No one was hurt”, said António of the mayor’s office"),
        ("mac-roman", "“We are still here, wrote the mayor"),
        ("cp850", "No one was hurt, said Micheál of the mayor´s office"),
        ("cp1252", "Jürgen — the mayor of Orikhiv — said so”The town is quiet"),
    ],
)
def test_what_looks_like_english_is_read(encoding: str, text: str) -> None:
    """Text and pages without a word about their encoding are read where English print would look so in one encoding alone."""
    told = f"{text} in the night to Monday, when the sirens of the town and of the villages around it were heard again."
    assert read_characters(told.encode(encoding)) == told
    page = read_page(f"<html><body><article><p>{told}</p></article></body></html>".encode(encoding))
    assert isinstance(page, Draft)
    assert page.text == told


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("koi8-r", "Трое погибли"),
        ("shift-jis", "三人死亡"),
        ("cp1250", "Małgorzata of Kuźnica was hurt"),
        ("cp850", "Körber was hurt"),  # a letter in Mac Roman too
    ],
)
def test_other_encodings_are_not_taken_for_these(encoding: str, text: str) -> None:
    """A text that two encodings could have written, or another than these, is rejected, with the byte and its place."""
    check_rejected(text.encode(encoding))


def test_damaged_utf8_is_no_other_encoding() -> None:
    """A text with one character of UTF-8 is UTF-8, and broken where another byte does not fit."""
    check_rejected("The Аlpha group hit the caf".encode() + b"\x8e")  # its first letter is Cyrillic


def check_rejected(data: bytes) -> None:
    found = read_characters(data + b" in the night to Monday, when the sirens of the town were heard again.")
    assert isinstance(found, Rejection)
    assert found.reason.startswith(("broken UTF-8: 0x", "binary"))


def test_seeds_of_columns_prove_themselves() -> None:
    """Each name in print is its field's, no counterexample is, and no name is claimed twice."""
    for field, column in load_seeds().of(Column).items():
        assert [to_plain(name) for name in column.words] == column.words
        for name, expected in column.examples.items():
            found = find_columns(["body", name] if field != "text" else [name], {})
            assert isinstance(found, dict)
            assert found[field] == name
            assert expected == field
        for name in column.counterexamples:
            found = find_columns(["body", name], {})
            assert isinstance(found, dict)
            assert name not in found.values()


@pytest.mark.parametrize("name", ["lines", "csv", "parquet"])
def test_columns_are_named_where_none_is_the_text(name: str) -> None:
    """A table without a text says once which columns there are and how to say which; so said, it is read."""
    odd = {"parquet": to_parquet, "csv": to_csv, "lines": to_lines}[name]
    table = pa.Table.from_pylist([{"id": 1, "words": TEXT, "headline": "A night"}])
    if name == "parquet":
        target = io.BytesIO()
        pq.write_table(table, target)
        data = target.getvalue()
    elif name == "csv":
        data = f'id,words,headline\n1,"{TEXT}",A night\n'.encode()
    else:
        data = json.dumps(table.to_pylist()[0]).encode()
    expected = "no text column among: id, words, headline (say which one it is: --map text=COLUMN)"
    suffix = {"lines": ".jsonl"}.get(name, f".{name}")
    assert reason_of(data, f"x{suffix}") == expected
    (member,) = read(data, f"x{suffix}", text="words")
    assert member.content == Draft(TEXT, "A night")
    assert reason_of(data, f"x{suffix}", text="word").startswith("no column word (--map) among: id, words")
    assert odd is not None


FEED = b"<rss><channel>" + b"<item><description>Two were hurt.</description></item>" * 4 + b"</channel></rss>"


@pytest.mark.parametrize(
    ("data", "reading"),
    [(to_csv(), "tables.to_draft"), (to_parquet(), "tables.to_draft"), (FEED, "feeds._read_entry")],
    ids=["csv", "parquet", "feed"],
)
def test_what_is_passed_over_is_not_read(data: bytes, reading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row or entry that no worker can read does not stand before those behind it: only what is picked is read."""
    reads: list[object] = []

    def read_one(*given: object) -> Draft:
        reads.append(given)
        return NIGHTS[0]

    monkeypatch.setattr(f"flows.kinds.{reading}", read_one)
    found = list(read_members(io.BytesIO(data), Given("x"), lambda number: number == 3))
    assert [(number, member.content) for number, member in found] == [(3, NIGHTS[0])]
    assert len(reads) == 1


def test_damaged_rows_of_csv_are_told_by_line() -> None:
    """A row with too many values, a broken encoding, or a quote without end is rejected by its line; the rest is read."""
    rows = [
        b'title,text\nOne,"Two were\nhurt."\n',
        b"Two,Three,were hurt.\n",
        b"Three,Four \xff\xfe\xfa were hurt.\n\n",
        b'Three,"Five\nwere\xff\xfe\xfa hurt."\nThree,"Six\xff\xfe\xfa were\nhurt."\n',
        b'Three,A 5" gun fired \xff\xfe\xfa on\n',
        b'Three,"' + b"7" * MAX_BYTES + b'\nwere hurt."\n',
        b'Four,Five were hurt.\nFive,"Six were hurt',
    ]
    found = read(b"".join(rows), "x.csv")
    assert [(m.line, getattr(m.content, "text", None) or getattr(m.content, "reason", None)) for m in found] == [
        (3, "Two were\nhurt."),
        (4, "not CSV: 3 values under 2 names"),
        (5, "broken UTF-8: 0xff at byte 11"),
        (8, "broken UTF-8: 0xff at byte 4"),
        (10, "broken UTF-8: 0xff at byte 10"),
        (11, "broken UTF-8: 0xff at byte 21"),
        (13, f"too long: more than {MAX_BYTES:,} bytes"),
        (14, "Five were hurt."),
        (15, "not CSV: unexpected end of data"),
    ]


def test_every_kind_has_its_name() -> None:
    """No two kinds claim one suffix, and each kind is found by its own."""
    suffixes = [suffix for kind in KINDS for suffix in kind.names]
    assert len(set(suffixes)) == len(suffixes)


def test_the_kind_of_the_how_to_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The class that docs/how-to/add-a-feed.md shows is at most 30 lines, and reads what it says once it is in the list."""
    page = (Path(__file__).parents[1] / "docs/how-to/add-a-feed.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert len(code.splitlines()) <= 30
    made: dict[str, type[Kind]] = {}
    exec(code, made)  # noqa: S102  our own page
    monkeypatch.setattr(registry, "KINDS", (made["Mailbox"](), *KINDS))
    mail = (
        "From a\nSubject: {0}\nDate: Wed, 18 Feb 2026 06:00:00 +0000\nMessage-ID: <{0}@a.example>\n\nTwo were hurt.\n"
    )
    found = read(gzip.compress("\n".join(mail.format(name) for name in "ab").encode()), "list.gz")
    assert [(m.member, m.line, getattr(m.content, "title", None)) for m in found] == [
        ("<a@a.example>", 1, "a"),
        ("<b@a.example>", 2, "b"),
    ]
