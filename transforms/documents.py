"""Bytes to drafts of articles: what a file, or a line of one, says of an article; or why it is none.

A text file may begin with front matter; a JSON line has the same fields under the same names:

    ---
    title: Two bridges hit near Orikhiv
    url: https://example.org/two-bridges-hit
    outlet: The Example
    published: 2026-02-18
    ---
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

MAX_BYTES = 4_000_000  # of one article: the longest of war_news_2022 has 0.1 MB, a novel about 1 MB
FIELDS = ("title", "url", "outlet", "published")
_CONTROL_SHARE = 0.1  # of a broken text's first bytes: more control characters than this and it never was text
_SNIFFED_BYTES = 8192  # enough to tell; git looks at 8000 for the same question
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # after line ends are \n; tab and \n stay
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")  # soft hyphens, bidi marks
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_FRONT = re.compile(r"\A---[ \t]*\n(?P<head>(?:[^\n]*\n)*?)---[ \t]*(?:\n|\Z)")
_PAIR = re.compile(r"(?P<name>[A-Za-z_]+)[ \t]*:[ \t]*(?P<value>[^\n]*)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of publication in the words of whoever states it."""

    basis: str  # GIVEN, FEED, META, URL or BODY, as in articles.published_basis
    written: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as its input states it: clean text, the rest in the input's own words."""

    text: str
    title: str | None = None
    url: str | None = None
    outlet: str | None = None
    published: str | None = None
    published_basis: str = "GIVEN"  # of `published`: FEED where a feed states it
    dates: tuple[Dated, ...] = ()  # what the page itself says of its day, the most trusted first
    anchor: str | None = None  # of a live blog's post, which shares its address with the others


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an input is no article; what stands before a colon is the same for all of a kind."""

    reason: str


def read_text(data: bytes) -> Draft | Rejection:
    r"""Read a text file's bytes: front matter, if there is any, and the text.

    >>> read_text(b"---\ntitle: Bridges\n---\nTwo bridges were hit.").title
    'Bridges'
    >>> read_text(b"\x89PNG\x00\x00").reason
    'binary: NUL at byte 4'
    """
    if _HTML.match(data):
        return Rejection("HTML is not read")
    decoded = _decode(data)
    if isinstance(decoded, Rejection):
        return decoded
    text = clean_text(decoded)
    front = _FRONT.match(text)
    if not front:
        return _to_draft(text, {})
    pairs = (_PAIR.fullmatch(line) for line in front["head"].splitlines())
    return _to_draft(
        text[front.end() :].strip(),
        {m["name"].lower(): m["value"].strip().strip("\"'") for m in pairs if m},
    )


def read_json_line(line: bytes) -> Draft | Rejection:
    """Read one line of a JSONL file.

    >>> read_json_line(b'{"text": "Two bridges were hit.", "published": "2026-02-18"}').published
    '2026-02-18'
    >>> read_json_line(b'{"text": ').reason
    'not JSON: Expecting value at column 10'
    """
    decoded = _decode(line)
    if isinstance(decoded, Rejection):
        return decoded
    try:
        fields = json.loads(decoded)
    except json.JSONDecodeError as error:
        return Rejection(f"not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Rejection("not JSON: nested too deeply")
    except ValueError as error:  # an integer of more digits than Python converts
        return Rejection(f"not JSON: {error}")
    if not isinstance(fields, dict):
        return Rejection("not JSON: no object")
    text = fields.get("text")
    if not isinstance(text, str):
        return Rejection("no text")
    if "\x00" in text:
        return Rejection(f"binary: NUL at character {text.index(chr(0))} of the text")
    return _to_draft(clean_text(text), fields)


def clean_text(text: str) -> str:
    r"""Return text with \n line ends, composed letters, and without invisible or control characters.

    >>> clean_text("Two \x1b[31mbridges\x1b[0m\r\nwere hit.\u200b ")
    'Two [31mbridges[0m\nwere hit.'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\u2028", "\n")
    text = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\u2029", "\n")))
    return unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode()).strip()  # lone surrogates are no text


def _decode(data: bytes) -> str | Rejection:
    if len(data) > MAX_BYTES:
        return Rejection(f"too long: more than {MAX_BYTES:,} bytes")
    if not data.strip():
        return Rejection("empty")
    if (nul := data.find(b"\x00")) >= 0:
        return Rejection(f"binary: NUL at byte {nul}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        head = data[:_SNIFFED_BYTES]
        controls = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in head)
        if controls > _CONTROL_SHARE * len(head):
            return Rejection(f"binary: {controls} control characters in its first {len(head)} bytes")
        return Rejection(f"broken UTF-8: 0x{data[error.start]:02x} at byte {error.start}")


def _to_draft(text: str, fields: dict[str, Any]) -> Draft | Rejection:
    if not text:
        return Rejection("no text")
    stated = {name: _to_line(fields.get(name)) for name in FIELDS}
    return Draft(text, **stated)


def _to_line(value: object) -> str | None:
    """Return a stated value as one line; numbers (a date as seconds) too, other types not."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(clean_text(str(value)).split()) or None
