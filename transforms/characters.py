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
# What browsers take English pages without a charset for (WHATWG Encoding Standard), then old Macs' and DOS's.
_ENCODINGS = ("cp1252", "mac-roman", "cp850")
_MAX_FOREIGN_SHARE = (
    0.05  # of an English text's characters: quotes, dashes, names; 99 in 100 of war_news_2022 have 0.02 at most
)
_SLIPS = 1 / 3  # of the characters beside ASCII: so few that are odd are their author's slips, not another encoding
# What English print sets beside ASCII. Letters stand within words and signs around them: those of another encoding come out
# alone, as a capital after a small letter or before a capital and a small one, or as a sign between letters ("itÕs", " Ñ ",
# "ÒWe", "K”rber").
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿŠšŽžŒœŸ"
_PLAUSIBLE = re.compile(
    r"(?!ï(?:s|t|d|m|re|ve|ll)\b)(?:[‘’´–—…\xa0\xad]|”(?=[A-Z])"
    rf"|(?<![{_LETTER}])[“”•€£©®°·½¼¾²³§™]|[“”•€£©®°·½¼¾²³§™](?![{_LETTER}])"
    r"|(?<![a-zß-ÿ])[À-ÖØ-ÞŠŽŒŸ](?=[a-zß-ÿ]|[A-ZÀ-Þ](?![a-zß-ÿ]))|(?<=[A-Za-zÀ-ÿ])[ß-öø-ÿšžœ]|[ß-öø-ÿšžœ](?=[a-z]))"
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
        text = read_by_looks(data)
    if text is not None:
        return text
    head = data[:_SNIFFED_BYTES]
    controls = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in head)
    if controls > _CONTROL_SHARE * len(head):
        return Rejection(f"binary: {controls} control characters in its first {len(head)} bytes")
    return Rejection(f"broken UTF-8: 0x{data[broken_at]:02x} at byte {broken_at}")


def read_by_looks(data: bytes) -> str | None:
    r"""Read what looks like English print in the web's default; or in just one of the others, where much looks odd in that one.

    No characters of UTF-8 may be in it, which would make it a damaged UTF-8 text.

    >>> read_by_looks("“No one was hurt”, said António Silva of the mayor’s office in a quiet town by the river that no one knew".encode("mac-roman"))
    '“No one was hurt”, said António Silva of the mayor’s office in a quiet town by the river that no one knew'
    """
    if not data.decode("utf-8", "ignore").isascii():
        return None
    texts = (_decode(data, encoding) for encoding in _ENCODINGS)  # the default first: the others are seldom asked
    default = next(texts)
    odd = 1.0 if default is None else _share_odd(default)
    if odd == 0:
        return default
    found = [text for text in texts if text is not None and _share_odd(text) == 0] if odd > _SLIPS else []
    return found[0] if len(found) == 1 else None


def _share_odd(text: str) -> float:
    """Return which share of the characters beside ASCII do not stand where English print sets them; all, where they are too many."""
    foreign = [m.start() for m in re.finditer(r"[^\x00-\x7f]", text)]
    if len(foreign) > _MAX_FOREIGN_SHARE * len(text):
        return 1.0
    return sum(not _PLAUSIBLE.match(text, at) for at in foreign) / max(len(foreign), 1)


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        return None
