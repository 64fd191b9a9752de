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
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from transforms.characters import MAX_BYTES, Rejection, read_characters

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIELDS", "MAX_BYTES", "Dated", "Draft", "Rejection", "clean_text", "read_json", "read_text", "to_draft"]
FIELDS = ("title", "url", "outlet", "published")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # after line ends are \n; tab and \n stay
# Soft hyphens, joiners, bidi marks, tags: what shows nothing, and what extractors drop from pages (Unicode's Cf, but for signs).
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
MAX_MARKS = 30  # combining marks on one letter: as the Stream-Safe Text Format has it (UAX 15, section 13)
_FOREIGN_RUN = re.compile(rf"[^\x00-\x7f]{{{MAX_MARKS},}}")
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


def read_text(data: bytes, charset: str | None = None) -> Draft | Rejection:
    r"""Read a text file's bytes: front matter, if there is any, and the text.

    >>> read_text(b"---\ntitle: Bridges\n---\nTwo bridges were hit.").title
    'Bridges'
    >>> read_text(b"\x89PNG\x00\x00").reason
    'binary: NUL at byte 4'
    """
    characters = read_characters(data, charset)
    if isinstance(characters, Rejection):
        return characters
    text = clean_text(characters)
    front = _FRONT.match(text)
    if not front:
        return to_draft({"text": text})
    pairs = (_PAIR.fullmatch(line) for line in front["head"].splitlines())
    fields = {m["name"].lower(): m["value"].strip().strip("\"'") for m in pairs if m}
    return to_draft({**fields, "text": text[front.end() :]})


def read_json(line: bytes) -> dict[str, Any] | Rejection:
    """Read one line of a JSONL file.

    >>> read_json(b'{"text": "Two bridges were hit.", "published": "2026-02-18"}')["published"]
    '2026-02-18'
    >>> read_json(b'{"text": ').reason
    'not JSON: Expecting value at column 10'
    """
    characters = read_characters(line)
    if isinstance(characters, Rejection):
        return characters
    try:
        fields = json.loads(characters)
    except json.JSONDecodeError as error:
        return Rejection(f"not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Rejection("not JSON: nested too deeply")
    except ValueError as error:  # an integer of more digits than Python converts
        return Rejection(f"not JSON: {error}")
    return fields if isinstance(fields, dict) else Rejection("not JSON: no object")


def to_draft(row: Mapping[str, object], columns: Mapping[str, str] | None = None) -> Draft | Rejection:
    """Make the draft of a row; `columns` says which of its columns holds which field, where they are called otherwise.

    >>> to_draft({"body": "Two bridges were hit.", "date": date(2026, 2, 18)}, {"text": "body", "published": "date"})
    Draft(text='Two bridges were hit.', title=None, url=None, outlet=None, published='2026-02-18', ...)
    """
    columns = columns or {name: name for name in ("text", *FIELDS)}
    text = row.get(columns["text"])
    if isinstance(text, bytes):
        text = read_characters(text)
    if isinstance(text, Rejection):
        return text
    if not isinstance(text, str):
        return Rejection("no text")
    if len(text) > MAX_BYTES:
        return Rejection(f"too long: more than {MAX_BYTES:,} characters")
    if "\x00" in text:
        return Rejection(f"binary: NUL at character {text.index(chr(0))} of the text")
    if not (text := clean_text(text)):
        return Rejection("no text")
    stated = {name: _to_line(row.get(columns[name])) for name in FIELDS if name in columns}
    return Draft(text, stated.get("title"), stated.get("url"), stated.get("outlet"), stated.get("published"))


def clean_text(text: str) -> str:
    r"""Return text with \n line ends, composed letters, and without invisible or control characters.

    >>> clean_text("Two \x1b[31mbridges\x1b[0m\r\nwere hit.\u200b ")
    'Two [31mbridges[0m\nwere hit.'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\u2028", "\n")
    text = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\u2029", "\n")))
    text = _FOREIGN_RUN.sub(_cut_marks, text.encode("utf-8", "ignore").decode())  # lone surrogates are no text
    return unicodedata.normalize("NFC", text).strip()


def _cut_marks(run: re.Match[str]) -> str:
    """Drop what is over MAX_MARKS combining marks in a row: sorting a million of them would take an hour."""
    kept, n_marks = [], 0
    for character in run[0]:
        n_marks = n_marks + 1 if unicodedata.combining(character) else 0
        if n_marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _to_line(value: object) -> str | None:
    """Return a stated value as one line; numbers (a date as seconds) and days too, other types not."""
    if isinstance(value, datetime) and value.time() == time() and not value.tzinfo:
        value = value.date()  # a day in a column that has no type for days
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(clean_text(str(value)).split()) or None
