"""A document's members, each down to what is no document any more."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from flows.kinds.kind import Given, Member, Nested, Unread
from flows.kinds.packed import TooLongError
from flows.kinds.registry import HEAD_BYTES, find_kind
from transforms.documents import Draft, Rejection, clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.kinds.kind import Kind

MAX_DEPTH = 4  # documents within documents: a page, packed, in an archive, packed; a fifth is a trap
_FAULT_CHARACTERS = 200  # of a library's message: one line for people


def read_members(
    document: BinaryIO, given: Given, picks: Callable[[int], bool | None] = lambda _: True, depth: int = 0
) -> Iterator[tuple[int, Member]]:
    """Yield what a document holds, down to drafts, links and rejections, each with the number of its part from 0.

    Parts that `picks` does not pick are passed over, unread; with None it ends the reading. Nothing in the bytes raises an error; memory that runs
    out does.

    >>> [(number, member)] = read_members(io.BytesIO(b"Two bridges were hit."), Given("bridges.txt"))
    >>> member.content.text
    'Two bridges were hit.'
    """
    number = -1
    try:
        buffered = to_peekable(document)
        kind = find_kind(given, buffered.peek(HEAD_BYTES)[:HEAD_BYTES])
        for number, member in enumerate(_read(kind, buffered, given)):
            nested = member.content if isinstance(member.content, Nested) else None
            if nested and member.member is None and member.line is None and depth < MAX_DEPTH:  # the same, unpacked
                yield from read_members(nested.document, nested.given, picks, depth + 1)
            elif (is_picked := picks(number)) is None:
                return
            elif is_picked:
                yield from ((number, found) for found in _resolve(member, given, depth))
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001  whatever a library makes of damaged bytes
        if picks(number + 1):
            yield number + 1, Member(_to_rejection(error, number + 1))
    else:
        if number < 0 and picks(0):
            yield 0, Member(Rejection("empty"))


def to_peekable(document: BinaryIO) -> io.BufferedReader:
    """Return a stream whose beginning can be looked at before it is read."""
    return document if isinstance(document, io.BufferedReader) else io.BufferedReader(_Raw(document), HEAD_BYTES)


def _read(kind: Kind | None, document: BinaryIO, given: Given) -> Iterator[Member]:
    if kind:
        return kind.read(document, given)
    return iter([Member(Rejection(f"unknown kind: {given.suffix or given.media_type}"))])


def _resolve(member: Member, given: Given, depth: int) -> Iterator[Member]:
    if isinstance(member.content, Unread):
        member = replace(member, content=member.content.read())
    if isinstance(member.content, Nested):
        if depth == MAX_DEPTH:
            yield replace(member, content=Rejection(f"too deep: more than {MAX_DEPTH} documents within each other"))
            return
        nested = member.content
        for _, inner in read_members(nested.document, nested.given, depth=depth + 1):
            names = [name for name in (member.member, inner.member) if name]
            yield Member(inner.content, "/".join(names) or None, member.line if inner.line is None else inner.line)
    elif isinstance(member.content, Draft) and given.stated:
        yield replace(member, content=fill(member.content, given.stated))
    else:
        yield member


def fill(draft: Draft, stated: Draft) -> Draft:
    """Return a draft with what its feed states where it says nothing itself."""
    if draft.published is None:
        draft = replace(draft, published=stated.published, published_basis=stated.published_basis)
    return replace(
        draft,
        title=draft.title or stated.title,
        url=draft.url or stated.url,
        outlet=draft.outlet or stated.outlet,
    )


def _to_rejection(error: Exception, n_read: int) -> Rejection:
    if isinstance(error, TooLongError):
        return Rejection(str(error))
    said = " ".join(clean_text(str(error)).split())[:_FAULT_CHARACTERS]
    where = f" after {n_read} that were read" if n_read else ""
    return Rejection(f"damaged{where}: {type(error).__name__}{said and f' ({said})'}")


class _Raw(io.RawIOBase):
    """Any readable as the raw stream that a buffered reader peeks into."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        data = self._source.read(len(target))
        target[: len(data)] = data
        return len(data)
