"""A document's members, each down to what is no document any more; packed and nested ones within bounds."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from flows.kinds.kind import Given, Member, Nested
from flows.kinds.registry import HEAD_BYTES, find_kind
from transforms.documents import Draft, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 4  # documents within documents: a page, packed, in an archive, packed; a fifth is a trap


def read_members(document: BinaryIO, given: Given, depth: int = 0) -> Iterator[Member]:
    """Yield what a document holds: drafts, links and rejections; at least one of them.

    >>> [member] = read_members(io.BytesIO(b"Two bridges were hit."), Given("bridges.txt"))
    >>> member.content.text
    'Two bridges were hit.'
    """
    buffered = document if isinstance(document, io.BufferedReader) else io.BufferedReader(_Raw(document), HEAD_BYTES)
    kind = find_kind(given, buffered.peek(HEAD_BYTES)[:HEAD_BYTES])
    if kind is None:
        yield Member(Rejection(f"unknown kind: {given.suffix}"))
        return
    is_empty = True
    for member in kind.read(buffered, given):
        is_empty = False
        yield from _resolve(member, given, depth)
    if is_empty:
        yield Member(Rejection("empty"))


def _resolve(member: Member, given: Given, depth: int) -> Iterator[Member]:
    if isinstance(member.content, Nested):
        if depth == MAX_DEPTH:
            yield replace(member, content=Rejection(f"too deep: more than {MAX_DEPTH} documents within each other"))
            return
        for inner in read_members(member.content.document, member.content.given, depth + 1):
            names = [name for name in (member.member, inner.member) if name]
            yield Member(inner.content, "/".join(names) or None, inner.line if member.line is None else member.line)
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
