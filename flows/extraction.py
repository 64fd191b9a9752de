"""Reading documents in worker processes: a part of one at a time, so that a part that kills or hangs its worker is found.

A worker reads on for PART_SECONDS and then tells how far it came. When it dies or takes too long, the part is tried once
more, in smaller steps; what fails then alone is rejected, and the rest is read.
"""

from __future__ import annotations

import io
import time
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Self

from flows.inputs import open_document
from flows.kinds.kind import Given, Member
from flows.kinds.opening import read_members
from flows.processes import WorkerError, open_processes
from transforms.documents import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from flows.inputs import Document, Input
    from flows.processes import Opener

PART_SECONDS = 3.0  # that a worker reads on before it reports; it starts from the beginning each time, so not too short
SECONDS_PER_DOCUMENT = 10.0  # that a call may take: so a page has seven, the slowest of news_pages needs one
LARGE_BYTES = 1_000_000  # a document that all workers share
STEPS = {
    True: (None, 32, 1),
    False: (None, 1),
}  # parts a call reads, ever fewer where one fails; for large documents or not
MAX_LOST = 3  # parts in a row after which a document is given up: it is not the parts that kill
_PAGE = b"<!doctype html><html><body><article><p>Two bridges were hit.</p></article></body></html>"


@dataclass(frozen=True, slots=True)
class Source:
    """A document in the lake's store, and what is known of it."""

    input: Input
    document: Document
    raw: Path
    given: Given
    holds_many: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Every step-th part of a document from the first on, at most so many of them in a call."""

    source: Source
    first: int = 0
    step: int = 1
    n_most: int | None = None
    n_lost: int = 0  # in a row before it


@dataclass(frozen=True, slots=True)
class Found:
    """What a part holds, by the number of each thing, and where the next one begins."""

    members: list[tuple[int, Member]] = field(default_factory=list)
    next: int | None = None


def prepare() -> None:
    """Import what reads pages, and let it read one: the first takes a second."""
    list(read_members(io.BytesIO(_PAGE), Given("page.html")))


open_extractors = partial(open_processes, seconds=SECONDS_PER_DOCUMENT, prepare=prepare)


def read_part(raw: Path, given: Given, first: int, step: int, n_most: int | None) -> Found:
    """Read on from a part of a document until the time is up, or so many parts are read."""
    started_at = time.monotonic()
    n_read, following = 0, None

    def picks(number: int) -> bool | None:
        nonlocal n_read, following
        if number < first or (number - first) % step:
            return False
        if n_read and (n_read == n_most or time.monotonic() - started_at > PART_SECONDS):
            following = number
            return None
        n_read += 1
        return True

    with open_document(raw) as document:
        found = list(read_members(document, given, picks))
    return Found(found, following)


class Extraction:
    """Documents that are being read by workers, which start with the first of them."""

    def __init__(self, n_workers: int, open_executor: Opener) -> None:
        self._n_workers, self._open = n_workers, open_executor
        self._stack = ExitStack()
        self._executor: Executor | None = None
        self._parts: dict[Future[Found], Part] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def __bool__(self) -> bool:
        return bool(self._parts)

    def start(self, source: Source) -> None:
        """Have a document read; all workers share a large one."""
        step = self._n_workers if source.document.n_bytes >= LARGE_BYTES else 1
        for first in range(step):
            self._submit(Part(source, first, step))

    def collect(self) -> Iterator[tuple[Source, int, Member]]:
        """Wait until something is read, and yield it; the rest of its document is read on."""
        done, _ = wait(self._parts, return_when=FIRST_COMPLETED)
        for future in done:
            part = self._parts.pop(future)
            error = future.exception()
            if error is None:
                yield from self._go_on(part, future.result())
            elif isinstance(error, Exception):
                yield from self._try_again(part, error)
            else:
                raise error

    def _submit(self, part: Part) -> None:
        if self._executor is None:
            self._executor = self._stack.enter_context(self._open(self._n_workers))
        source = part.source
        future = self._executor.submit(read_part, source.raw, source.given, part.first, part.step, part.n_most)
        self._parts[future] = part

    def _go_on(self, part: Part, found: Found) -> Iterator[tuple[Source, int, Member]]:
        for number, member in found.members:
            yield part.source, number, member
        if found.next is not None:
            self._submit(replace(part, first=found.next, n_lost=0))

    def _try_again(self, part: Part, error: Exception) -> Iterator[tuple[Source, int, Member]]:
        is_large = part.source.document.n_bytes >= LARGE_BYTES
        smaller = iter(STEPS[is_large])
        if part.n_most != 1:
            while next(smaller) != part.n_most:
                pass
            self._submit(replace(part, n_most=next(smaller)))
            return
        reason, n_lost = _to_reason(error), part.n_lost + 1
        if part.source.holds_many and n_lost < MAX_LOST:
            self._submit(replace(part, first=part.first + part.step, n_most=None, n_lost=n_lost))
        elif part.source.holds_many:
            reason = f"{reason}, and so is what follows"
        name = f"part {part.first + 1}" if part.source.holds_many else None
        yield part.source, part.first, Member(Rejection(reason), name)


def _to_reason(error: Exception) -> str:
    """Say in one line why a part can't be read."""
    if isinstance(error, WorkerError):
        return str(error)
    if isinstance(error, MemoryError):
        return "too long: it takes more memory than a worker may have"
    if isinstance(error, RecursionError):
        return "too deep: nested beyond what can be read"
    return f"unreadable: {type(error).__name__}"
