"""Bytes to characters: UTF-8, what a byte order mark or a server says, and Windows-1252 where English can be nothing else."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

MAX_BYTES = 4_000_000  # of one article: the longest of war_news_2022 has 0.1 MB, a novel about 1 MB
_MARKS = {  # longest first: UTF-32's begins with UTF-16's
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SNIFFED_BYTES = 8192  # enough to tell; git looks at 8000 for the same question
_CONTROL_SHARE = 0.1  # of a broken text's first bytes: more control characters than this and it never was text
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")
_LONGEST_CHARACTER = 4  # bytes, in UTF-8: a text that is cut off within one is broken, in no other encoding
_WEB_DEFAULT = "cp1252"  # what browsers take English pages without a charset for (WHATWG Encoding Standard)
_MAX_FOREIGN_SHARE = (
    0.05  # of an English text's characters: quotes, dashes, names; 99 in 100 of war_news_2022 have 0.02 at most
)
# What English print sets beside ASCII. Letters stand within words: those of another encoding come out alone or as a capital
# after a small letter ("itÕs", " Ñ ", "œ20").
_PLAUSIBLE = re.compile(
    r"(?!ï(?:s|t|d|m|re|ve|ll)\b)(?:[‘’“”–—…•€£©®°·½¼¾²³§™´\xa0\xad]|(?<![a-zß-ÿ])[À-ÖØ-ÞŠŽŒŸ](?=[A-Za-zÀ-ÿ])|(?<=[A-Za-zÀ-ÿ])[ß-öø-ÿšžœ]|[ß-öø-ÿšžœ](?=[a-z]))"
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an input is no article; what stands before a colon is the same for all of a kind."""

    reason: str


def read_characters(data: bytes, charset: str | None = None) -> str | Rejection:
    r"""Return the text of bytes; rejected where their encoding is not safely told.

    `charset` is what a server or archive says of them.

    >>> read_characters("Caf\u00e9s hit; \u201cno one hurt\u201d, said the mayor of the quiet town of Orikhiv".encode("cp1252"))
    'Cafés hit; “no one hurt”, said the mayor of the quiet town of Orikhiv'
    >>> read_characters(b"Caf\x8e hit").reason
    'broken UTF-8: 0x8e at byte 3'
    """
    if len(data) > MAX_BYTES:
        return Rejection(f"too long: more than {MAX_BYTES:,} bytes")
    if not data.strip():
        return Rejection("empty")
    mark = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    if mark and (text := _decode(data, mark)) is not None:
        return text
    if (nul := data.find(b"\x00")) >= 0:
        return Rejection(f"binary: NUL at byte {nul}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken_at = error.start
    text = _decode(data, charset) if charset else None
    if text is None and broken_at < len(data) - _LONGEST_CHARACTER:
        text = _read_web_default(data)
    if text is not None:
        return text
    head = data[:_SNIFFED_BYTES]
    controls = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in head)
    if controls > _CONTROL_SHARE * len(head):
        return Rejection(f"binary: {controls} control characters in its first {len(head)} bytes")
    return Rejection(f"broken UTF-8: 0x{data[broken_at]:02x} at byte {broken_at}")


def _read_web_default(data: bytes) -> str | None:
    """Read Windows-1252 when nothing speaks against it; no characters of UTF-8, which would make it a damaged UTF-8 text."""
    text = _decode(data, _WEB_DEFAULT)
    if text is None or not data.decode("utf-8", "ignore").isascii():
        return None
    foreign = [m.start() for m in re.finditer(r"[^\x00-\x7f]", text)]
    if len(foreign) > _MAX_FOREIGN_SHARE * len(text):
        return None
    return text if all(_PLAUSIBLE.match(text, at) for at in foreign) else None


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        return None
