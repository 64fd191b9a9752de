"""Documents that are elsewhere: what people name, and what feeds lead to; fetched once, and not at all where we know them.

Hosts are asked side by side, one request at a time each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flows.addresses import to_public_uri, to_scheme
from flows.books import Entry
from flows.buckets import fetch_object
from flows.fetching import LINKED, NAMED, NOT_MODIFIED, Asked, Fetcher
from flows.inputs import Document, Input, store_document
from flows.kinds.kind import Given
from flows.plan import now
from flows.progress import announce
from transforms.documents import Rejection
from warehouse.ledger import LATER, Fetched, read_fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from flows.books import Books
    from flows.extraction import Source
    from flows.fetching import Answer
    from flows.kinds.kind import Link, Member

HOSTS_AT_ONCE = 8  # they wait for the network, not for us
MAX_DEPTH = 3  # links from what was named: an index of sitemaps, a sitemap, a page
_MINUTE = "%Y-%m-%d %H:%M UTC"
REVISIT = timedelta(days=1)  # a page that a feed still names is looked at again so long after the last time


def fetch(fetcher: Fetcher, asked: Sequence[Asked], folder: Path) -> list[Answer]:
    """Fetch documents into a folder; return an answer for each, in the order asked, whatever went wrong outside."""
    folder.mkdir(parents=True, exist_ok=True)
    by_host: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(asked):
        by_host[urlsplit(each.uri).netloc.rpartition("@")[2].lower()].append(number)
    answers: dict[int, Answer] = {}

    def fetch_from(numbers: Sequence[int]) -> None:
        for number in numbers:
            path = folder / f"{number}.fetched"
            is_object = to_scheme(asked[number].uri) == "s3"
            answers[number] = fetch_object(asked[number], path) if is_object else fetcher.fetch(asked[number], path)

    with ThreadPoolExecutor(HOSTS_AT_ONCE, "host") as pool:
        for done in as_completed([pool.submit(fetch_from, numbers) for numbers in by_host.values()]):
            done.result()
            announce("fetch", len(answers), len(asked))
    return [answers[number] for number in range(len(asked))]


@dataclass(frozen=True, slots=True)
class _Errand:
    """A document to be brought, and where it is booked when it does not come."""

    given: Input
    place: Entry
    known: Fetched | None
    is_link: bool


@dataclass(slots=True)
class Courier:
    """What a run still has to fetch; what it brings lies in the lake."""

    books: Books
    fetch: Callable[[Fetcher, Sequence[Asked], Path], list[Answer]] = fetch
    _errands: list[_Errand] = field(default_factory=list)
    _depths: dict[str, int] = field(default_factory=dict)  # links between what was named and an address
    _seen: dict[str, str] = field(default_factory=dict)  # where an address was first met, by address
    _n_links: Counter[str] = field(default_factory=Counter)  # by feed
    _known: dict[str, Fetched] = field(init=False)
    _fetcher: Fetcher = field(init=False)

    def __post_init__(self) -> None:
        plan = self.books.plan
        self._known = read_fetched(plan.lake, plan.run.reader_version)
        self._fetcher = Fetcher(plan.manners.agent, plan.manners.pause, plan.manners.allowed)

    def __bool__(self) -> bool:
        return bool(self._errands)

    def ask(self, given: Input) -> None:
        """Have a document brought that was named."""
        self._errands.append(_Errand(given, Entry(given.feed_id, given.uri), self._known.get(given.uri), is_link=False))

    def follow(self, source: Source, member: Member, link: Link, order: tuple[int, ...]) -> None:
        """Have a document brought that another leads to."""
        address = link.stated.url or ""
        uri = to_public_uri(address)
        given = Input(source.input.feed_id, uri, None, stated=link.stated, address=address)
        place = Entry(given.feed_id, source.input.uri, uri, member.line, order)
        depth = self._depths.get(source.input.uri, 0) + 1
        if to_scheme(address) not in {"http", "https"}:
            self.books.add(place, Rejection("refused: no http or https address"))
        elif depth > MAX_DEPTH:
            self.books.add(place, Rejection(f"too deep: more than {MAX_DEPTH} links from what was named"))
        else:
            self._depths.setdefault(uri, depth)
            self._errands.append(_Errand(given, place, self._known.get(uri), is_link=True))

    def bring(self) -> Iterator[tuple[Input, Document, Given]]:
        """Fetch what was asked for so far; yield what is to be read of it, and book the rest."""
        errands = list(self._choose())
        self._errands = []
        plan = self.books.plan
        asked = [self._to_asked(errand) for errand in errands]
        answers = self.fetch(self._fetcher, asked, plan.staging / "fetched")
        for errand, answer in zip(errands, answers, strict=True):
            row: dict[str, object] = {
                "url": answer.url,
                "status": answer.status,
                "media_type": answer.media_type,
                "error": answer.error,
            }
            row |= {"etag": answer.etag, "last_modified": answer.last_modified}
            known, document = errand.known, None
            if answer.path:
                with answer.path.open("rb") as file:
                    document = store_document(file, plan.lake, plan.staging / "document.tmp")
                answer.path.unlink()
            elif known and answer.status == NOT_MODIFIED:
                document = self._to_document(known)
                row["media_type"] = answer.media_type or known.media_type
            self.books.add_fetch(errand.given, now(), document_id=document and document.document_id, **row)
            if document is None:
                reason = answer.error or f"HTTP {answer.status}"
                is_pending = (
                    errand.is_link and answer.is_passing
                )  # the next run asks again, though its feed has not changed
                self.books.add(errand.place, Rejection(f"{LATER}: {reason}" if is_pending else reason))
            elif known and known.is_read and known.document_id == document.document_id and not plan.run.is_again:
                self.books.repeat(errand.place, f"not changed since {known.fetched_at:{_MINUTE}}")
            else:
                media_type = answer.media_type or (known.media_type if known and not answer.path else None)
                yield errand.given, document, self._to_given(errand, answer.url, media_type)

    def _choose(self) -> Iterator[_Errand]:
        """Yield what is to be fetched now: what was named, then so many links of each feed, those not known yet first."""
        plan = self.books.plan
        for errand in sorted(self._errands, key=_to_rank):
            uri, feed_id, known = errand.given.uri, errand.given.feed_id, errand.known
            if uri in self._seen:
                self.books.repeat(errand.place, f"same address: {self._seen[uri]}")
                continue
            self._seen[uri] = errand.place.place
            if errand.is_link:
                is_fresh = known and known.is_read and known.fetched_at + REVISIT > plan.run.started_at
                if known and is_fresh and not plan.run.is_again:
                    self.books.repeat(errand.place, f"not looked at again since {known.fetched_at:{_MINUTE}}")
                    continue
                if self._n_links[feed_id] == plan.manners.links_per_feed:
                    reason = f"{LATER}: over the {plan.manners.links_per_feed} pages that a run fetches of a feed"
                    self.books.add(errand.place, Rejection(reason))
                    continue
                self._n_links[feed_id] += 1
            yield errand

    def _to_asked(self, errand: _Errand) -> Asked:
        address, bounds = errand.given.address or errand.given.uri, LINKED if errand.is_link else NAMED
        known = errand.known
        if known is None or not self.books.plan.lake.raw(known.document_id).exists():
            return Asked(address, bounds=bounds)
        return Asked(address, known.etag, known.last_modified, bounds)

    def _to_document(self, known: Fetched) -> Document:
        return Document(known.document_id, self.books.plan.lake.raw(known.document_id).stat().st_size)

    def _to_given(self, errand: _Errand, url: str, media_type: str | None) -> Given:
        stated = errand.given.stated
        is_object = to_scheme(url) == "s3"
        return Given(
            PurePosixPath(url if is_object else unquote(urlsplit(url).path)).name,
            url=None if is_object else url,
            media_type=media_type,
            stated=replace(stated, url=url) if stated else None,
            columns=self.books.plan.columns_of(errand.given.feed_id),
        )


def _to_rank(errand: _Errand) -> tuple[object, ...]:
    """Return what decides which errand comes first."""
    known = errand.known
    return (errand.is_link, known is not None, known and known.fetched_at, errand.place.key)
