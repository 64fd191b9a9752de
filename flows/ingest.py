"""First step of a run: inputs to stored documents to staged articles, and the books of what became of every input."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flows.books import Books, Entry
from flows.extraction import Extraction, Source, open_extractors
from flows.inputs import Input, InputError, check_published, find_inputs, open_document, open_input, store_document
from flows.kinds.kind import Given, Link, Member, Nested
from flows.kinds.opening import read_members, to_peekable
from flows.kinds.registry import HEAD_BYTES, find_kind, may_hold_many, to_media_type
from flows.plan import now
from flows.progress import announce

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from flows.plan import Plan
    from flows.processes import Opener


@dataclass(frozen=True)
class Staged:
    """What ingest leaves for the next steps: batches in staging by id, and the books."""

    feed_ids: Mapping[str, str]  # of each batch
    outcomes: Mapping[str, int]  # ARTICLE, DUPLICATE, REJECTED
    rejections: Sequence[str]  # one line each: file, member or line, reason


def ingest(plan: Plan, open_executor: Opener = open_extractors) -> Staged:
    """Store and read every input of a run, and stage the articles that this reader version has not read yet.

    What is more than text is read in the processes of `open_executor`. Raises InputError when the user named nothing
    that can be read from.
    """
    inputs = find_inputs(plan.inputs, plan.lake)
    check_published(plan.published, inputs)
    books = Books(plan)
    waiting, seen = deque(inputs), set(inputs)
    n_done = 0
    with Extraction(plan.n_workers, open_executor) as extraction:
        while waiting or extraction:
            announce("ingest", n_done, len(seen))
            if waiting:
                n_done += 1
                found = _bring(waiting.popleft(), books, extraction)
            else:
                found = extraction.collect()
            for link in _enter(found, books):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
    announce("ingest", n_done, len(seen))
    feed_ids = books.stage()
    return Staged(feed_ids, books.count(), books.rejections())


def _bring(given: Input, books: Books, extraction: Extraction) -> Iterator[tuple[Source, int, Member]]:
    """Store a document; yield what it holds, or leave that to the workers."""
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
    about = Given(name, stated=given.stated, columns=plan.columns)
    raw = plan.lake.raw(document.document_id)
    with open_document(raw) as stored:
        kind = find_kind(about, to_peekable(stored).peek(HEAD_BYTES)[:HEAD_BYTES])
        books.add_document(document.document_id, to_media_type(about, kind), document.n_bytes)
        source = Source(given, document, raw, about, may_hold_many(name) or (kind is not None and kind.holds_many))
        if kind is None or kind.is_light:
            yield from ((source, number, member) for number, member in read_members(stored, about))
        else:
            extraction.start(source)


def _enter(found: Iterable[tuple[Source, int, Member]], books: Books) -> Iterator[Input]:
    """Write down what was found, and yield what it leads to."""
    for order, (source, number, member) in enumerate(found):
        given = source.input
        if isinstance(member.content, Link):
            stated = member.content.stated
            yield Input(given.feed_id, stated.url or "", None, stated=stated)
        elif not isinstance(member.content, Nested):
            entry = Entry(given.feed_id, given.uri, member.member, member.line, (number, order))
            entry.document_id = source.document.document_id
            books.add(entry, member.content)
