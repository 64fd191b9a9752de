"""Reading documents in worker processes: a part of one at a time, so that a part that kills or hangs its worker is found.

A worker reads on for PART_SECONDS and then tells how far it came. When it dies or takes too long, the part is tried once
more, in smaller steps; what fails then alone is rejected, and the rest is read.
"""

from __future__ import annotations

import io
import time
from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Self

from flows.inputs import open_document
from flows.kinds.kind import Given, Member
from flows.kinds.opening import read_members
from flows.processes import WorkerError, beat, open_processes
from transforms.documents import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from flows.inputs import Document, Input
    from flows.processes import Opener

# All of the processor, so that a busy machine reads as much as an idle one.
PART_SECONDS = 3.0  # that a worker reads on before it reports, or as long as it took to come to its first part
BEAT_SECONDS = 1.0  # after so long a worker that passes over parts says that it goes on
SECONDS_PER_DOCUMENT = 10.0  # that a part may take: the slowest of news_pages needs one
LARGE_BYTES = 1_000_000  # a document that all workers share
# What one document may cost a worker in all, on top of a second for so many of its bytes: a page of 1 MB takes seconds, so
# what takes longer was made to. Calls that fail count in full; two parts that hang are found in so long, and given up alone.
SECONDS_PER_INPUT = 60.0
BYTES_PER_SECOND = 20_000  # as stored; twenty pages of news_pages, packed, have so many and take 2 s
FEW = 32  # parts a call reads after one that failed; then one alone
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
    seconds: float = 0.0  # that it took


def prepare() -> None:
    """Import what reads pages, and let it read one: the first takes a second."""
    list(read_members(io.BytesIO(_PAGE), Given("page.html")))


open_extractors = partial(open_processes, seconds=SECONDS_PER_DOCUMENT, prepare=prepare)


def read_part(raw: Path, given: Given, first: int, step: int, n_most: int | None) -> Found:
    """Read on from a part of a document until the time is up, or so many parts are read.

    It comes to that part from the document's beginning: so it reads on for as long as that took, at least.
    """
    started_at = beaten_at = time.process_time()
    ends_at, n_read, following = 0.0, 0, None

    def picks(number: int) -> bool | None:
        nonlocal beaten_at, ends_at, n_read, following
        moment = time.process_time()
        is_picked = number >= first and (number - first) % step == 0
        if is_picked or moment - beaten_at > BEAT_SECONDS:
            beat()
            beaten_at = moment
        if not is_picked:
            return False
        ends_at = ends_at or moment + max(PART_SECONDS, moment - started_at)
        if n_read and (n_read == n_most or moment > ends_at):
            following = number
            return None
        n_read += 1
        return True

    with open_document(raw) as document:
        found = list(read_members(document, given, picks))
    return Found(found, following, time.process_time() - started_at)


class Extraction:
    """Documents that are being read by workers, which start with the first of them."""

    def __init__(self, n_workers: int, open_executor: Opener) -> None:
        self._n_workers, self._open = n_workers, open_executor
        self._stack = ExitStack()
        self._executor: Executor | None = None
        self._parts: dict[Future[Found], Part] = {}
        self._seconds: defaultdict[Input, float] = defaultdict(float)
        self._given_up: set[Input] = set()

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

    def _read_on(self, part: Part) -> Iterator[tuple[Source, int, Member]]:
        """Have a part read, or say once that its document has had its time."""
        source, given = part.source, part.source.input
        bound = SECONDS_PER_INPUT + source.document.n_bytes / BYTES_PER_SECOND
        if self._seconds[given] < bound:
            self._submit(part)
        elif given not in self._given_up:
            self._given_up.add(given)
            reason = f"too slow: more than {bound:.0f} s for one document; what was not read by then is left out"
            yield source, part.first, Member(Rejection(reason), "rest")

    def _submit(self, part: Part) -> None:
        if self._executor is None:
            self._executor = self._stack.enter_context(self._open(self._n_workers))
        source = part.source
        future = self._executor.submit(read_part, source.raw, source.given, part.first, part.step, part.n_most)
        self._parts[future] = part

    def _go_on(self, part: Part, found: Found) -> Iterator[tuple[Source, int, Member]]:
        for number, member in found.members:
            yield part.source, number, member
        self._seconds[part.source.input] += found.seconds
        if found.next is not None:
            yield from self._read_on(replace(part, first=found.next, n_lost=0))

    def _try_again(self, part: Part, error: Exception) -> Iterator[tuple[Source, int, Member]]:
        has_begun = not isinstance(error, WorkerError) or error.has_beaten  # else the document hangs before its parts
        self._seconds[part.source.input] += SECONDS_PER_DOCUMENT if isinstance(error, WorkerError) else PART_SECONDS
        has_others = part.source.holds_many and has_begun
        if part.n_most != 1:
            yield from self._read_on(replace(part, n_most=FEW if has_others and part.n_most is None else 1))
            return
        reason, n_lost = _to_reason(error), part.n_lost + 1
        if has_others and n_lost < MAX_LOST:
            yield from self._read_on(replace(part, first=part.first + part.step, n_most=None, n_lost=n_lost))
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
