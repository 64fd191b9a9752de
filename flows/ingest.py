"""First step of a run: inputs to stored documents to staged articles, and the books of what became of every input."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

from flows.books import Books, Entry
from flows.courier import Courier, fetch
from flows.extraction import Extraction, Source, open_extractors
from flows.inputs import (
    Document,
    Input,
    InputError,
    check_published,
    find_inputs,
    open_document,
    open_input,
    store_document,
)
from flows.kinds.kind import Given, Link, Member, Nested, Unread
from flows.kinds.opening import read_members, to_peekable
from flows.kinds.registry import HEAD_BYTES, find_kind, may_hold_many, to_media_type
from flows.plan import now
from flows.progress import announce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from flows.fetching import Answer, Asked, Fetcher
    from flows.plan import Plan
    from flows.processes import Opener


Found: TypeAlias = "tuple[Source, int, Member]"
Fetch: TypeAlias = "Callable[[Fetcher, Sequence[Asked], Path], list[Answer]]"


@dataclass(frozen=True)
class Staged:
    """What ingest leaves for the next steps: batches in staging by id, and the books."""

    feed_ids: Mapping[str, str]  # of each batch
    outcomes: Mapping[str, int]  # ARTICLE, DUPLICATE, REJECTED
    rejections: Sequence[str]  # one line each: file, member or line, reason


def ingest(plan: Plan, open_executor: Opener = open_extractors, fetch: Fetch = fetch) -> Staged:
    """Store and read every input of a run, and stage the articles that this reader version has not read yet.

    What is more than text is read in the processes of `open_executor`; `fetch` fetches what is elsewhere. Raises
    InputError when the user named nothing that can be read from.
    """
    inputs = find_inputs(plan.inputs, plan.lake, plan.feeds)
    check_published(plan.published, inputs)
    books = Books(plan)
    courier = Courier(books, fetch)
    waiting = deque(inputs)
    with Extraction(plan.n_workers, open_executor) as extraction:
        while waiting or extraction or courier:
            announce("ingest", len(inputs) - len(waiting), len(inputs))
            if waiting:
                found = _bring(waiting.popleft(), books, courier, extraction)
            elif extraction:
                found = extraction.collect()
            else:
                found = (each for brought in courier.bring() for each in _read(*brought, books, extraction))
            _enter(found, books, courier)
    announce("ingest", len(inputs), len(inputs))
    feed_ids = books.stage()
    return Staged(feed_ids, books.count(), books.rejections())


def _bring(given: Input, books: Books, courier: Courier, extraction: Extraction) -> Iterator[Found]:
    """Store a document; yield what it holds, or leave that to the courier or the workers."""
    if given.address:
        courier.ask(given)
        return
    plan = books.plan
    try:
        with open_input(given) as file:
            document = store_document(file, plan.lake, plan.staging / "document.tmp")
    except InputError as fault:
        books.reject(given, str(fault))
        books.add_fetch(given, now(), error=str(fault))
        return
    books.add_fetch(given, now(), document_id=document.document_id)
    name = PurePosixPath(unquote(urlsplit(given.uri).path)).name
    about = Given(name, stated=given.stated, columns=plan.columns_of(given.feed_id))
    yield from _read(given, document, about, books, extraction)


def _read(given: Input, document: Document, about: Given, books: Books, extraction: Extraction) -> Iterator[Found]:
    """Yield what a stored document holds, or leave that to the workers."""
    raw = books.plan.lake.raw(document.document_id)
    with open_document(raw) as stored:
        kind = find_kind(about, to_peekable(stored).peek(HEAD_BYTES)[:HEAD_BYTES])
        books.add_document(document.document_id, to_media_type(about, kind), document.n_bytes)
        holds_many = may_hold_many(about.name) or (kind is not None and kind.holds_many)
        source = Source(given, document, raw, about, holds_many)
        if kind is None or kind.is_light:
            yield from ((source, number, member) for number, member in read_members(stored, about))
        else:
            extraction.start(source)


def _enter(found: Iterable[Found], books: Books, courier: Courier) -> None:
    """Write down what was found, and have brought what it leads to."""
    for order, (source, number, member) in enumerate(found):
        given = source.input
        if isinstance(member.content, Link):
            courier.follow(source, member, member.content, (number, order))
        elif not isinstance(member.content, Nested | Unread):
            entry = Entry(given.feed_id, given.uri, member.member, member.line, (number, order))
            entry.document_id = source.document.document_id
            books.add(entry, member.content)
