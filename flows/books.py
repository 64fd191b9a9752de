"""The books of a run's inputs: every file, member and line is an article, a duplicate or rejected, and stands there with its reason."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.addresses import to_public_uri
from flows.screen import printable
from seeds.contracts import load_tables
from transforms.articles import to_article
from transforms.documents import Rejection
from transforms.ids import to_batch_id
from transforms.rows import to_article_row
from transforms.tables import to_table
from warehouse.ledger import known_documents, read_versions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flows.inputs import Input
    from flows.plan import Plan
    from transforms.documents import Draft
    from transforms.figures import Article

log = logging.getLogger("tally.ingest")

ARTICLES_PER_GROUP = 100  # of a staged file: what a shard is made of; about a quarter of a second of reading


@dataclass(slots=True)
class Entry:
    """One line of the books while they are written."""

    feed_id: str
    uri: str
    member: str | None = None
    line: int | None = None
    order: tuple[int, ...] = ()  # within its document
    document_id: str | None = None
    article: Article | None = None
    outcome: str = "REJECTED"
    reason: str | None = None
    batch_id: str | None = None

    def __post_init__(self) -> None:
        """Make a member's name, which anybody may have written, one line that a terminal shows and does not obey."""
        self.member = self.member and _to_line(self.member)

    @property
    def place(self) -> str:
        """Where it lies, for people."""
        path = self.uri.removeprefix("file://")
        member = f" {self.member}" if self.member else ""
        return f"{path}{member}{f' line {self.line}' if self.line else ''}"

    @property
    def key(self) -> tuple[object, ...]:
        """What decides which of two twins is the article, and the order of the books."""
        return (self.feed_id, self.uri, self.order)


@dataclass(slots=True)
class Books:
    """What a run was given and what became of it, until it is staged."""

    plan: Plan
    entries: list[Entry] = field(default_factory=list)
    documents: dict[str, dict[str, object]] = field(default_factory=dict)  # rows by document_id
    fetches: list[dict[str, object]] = field(default_factory=list)  # rows

    def add_fetch(self, given: Input, fetched_at: datetime, **columns: object) -> None:
        """Write down that a document was asked for, and what came of it."""
        row = {"run_id": self.plan.run.run_id, "feed_id": given.feed_id, "uri": given.uri, "fetched_at": fetched_at}
        self.fetches.append({**row, **columns})

    def add_document(self, document_id: str, media_type: str, n_bytes: int) -> None:
        """Write down a document that was stored."""
        row = {"document_id": document_id, "media_type": media_type, "n_bytes": n_bytes}
        self.documents.setdefault(document_id, row)

    def reject(self, given: Input, reason: str) -> None:
        """Write down an input of which there is no document."""
        self._reject(Entry(given.feed_id, given.uri), reason)

    def add(self, entry: Entry, content: Draft | Rejection) -> None:
        """Write down an article, or why there is none."""
        if isinstance(content, Rejection):
            self._reject(entry, content.reason)
            return
        if self.plan.published:
            content = replace(content, published=self.plan.published, published_basis="GIVEN")
        outlet = self.plan.outlet_of(entry.feed_id)
        url = content.url and to_public_uri(content.url)
        entry.article = to_article(
            replace(content, url=url, outlet=outlet or content.outlet),
            document_id=entry.document_id or "",
            feed_id=entry.feed_id,
            fetched_at=self.plan.run.started_at,
        )
        if content.published and not entry.article.published_date:
            log.warning("%s: %r is no date of publication", entry.place, content.published)
        self.entries.append(entry)

    def repeat(self, entry: Entry, reason: str) -> None:
        """Write down what was met before, and is not read again."""
        entry.outcome, entry.reason = "DUPLICATE", reason
        self.entries.append(entry)

    def _reject(self, entry: Entry, reason: str) -> None:
        entry.reason = _to_line(reason)
        log.info("rejected %s: %s", entry.place, entry.reason)
        self.entries.append(entry)

    def stage(self) -> Mapping[str, str]:
        """Decide what is new, and stage it with the books; return the feed of each batch."""
        self.entries.sort(key=lambda entry: entry.key)
        self._tell_duplicates()
        feed_ids = self._stage_articles()
        self._stage_books({feed_id: batch_id for batch_id, feed_id in feed_ids.items()})
        return feed_ids

    def count(self) -> Mapping[str, int]:
        """Return how many inputs there are of each outcome."""
        return Counter(entry.outcome for entry in self.entries)

    def rejections(self) -> list[str]:
        """Return a line for each rejected input: where, and why."""
        return [f"{entry.place}: {entry.reason}" for entry in self.entries if entry.outcome == "REJECTED"]

    def _tell_duplicates(self) -> None:
        """Decide which entry brings an article, and which one brings it again; the lowest (feed, uri, order) is first."""
        known = _known(self.plan)
        first: dict[str, Entry] = {}
        for entry in self.entries:
            if not entry.article:
                continue
            version_id = entry.article.version_id
            if version_id in known:
                entry.outcome, entry.reason = "DUPLICATE", "read before"
            elif version_id in first:
                entry.outcome, entry.reason = "DUPLICATE", f"same article and text: {first[version_id].place}"
            else:
                first[version_id] = entry
                entry.outcome = "ARTICLE"

    def _stage_articles(self) -> dict[str, str]:
        """Write one file of articles a feed; return the feed of each batch."""
        by_feed: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.outcome == "ARTICLE":
                by_feed[entry.feed_id].append(entry)
        feed_ids: dict[str, str] = {}
        for feed_id, members in sorted(by_feed.items()):
            articles = [e.article for e in members if e.article]
            batch_id = to_batch_id(feed_id, [a.version_id for a in articles], self.plan.run.reader_version)
            feed_ids[batch_id] = feed_id
            for entry, article in zip(members, articles, strict=True):
                entry.batch_id = article.batch_id = batch_id
            table = to_table(load_tables()["articles"], map(to_article_row, articles))
            path = self.plan.staged("articles", batch_id)
            pq.write_table(table, path, row_group_size=ARTICLES_PER_GROUP, compression="zstd")
        return feed_ids

    def _stage_books(self, batch_ids: Mapping[str, str]) -> None:
        name = self.plan.run.run_id
        inputs = [
            {
                "run_id": name,
                "feed_id": e.feed_id,
                "uri": e.uri,
                "member": e.member,
                "line": e.line,
                "outcome": e.outcome,
                "reason": e.reason,
                "version_id": e.article.version_id if e.article else None,
                "batch_id": e.batch_id,
            }
            for e in self.entries
        ]
        for row in self.fetches:
            row["batch_id"] = batch_ids.get(str(row["feed_id"]))
        first_feed = {e.document_id: e.feed_id for e in reversed(self.entries)}
        known = known_documents(
            self.plan.lake
        )  # a document of a run that was killed lies in raw/, but no table names it
        kept = [row for document_id, row in self.documents.items() if document_id not in known]
        for row in kept:
            row["batch_id"] = batch_ids.get(first_feed.get(str(row["document_id"]), ""))
        for table, rows in (("inputs", inputs), ("documents", kept), ("fetches", self.fetches)):
            pq.write_table(to_table(load_tables()[table], rows), self.plan.staged(table, name), compression="zstd")


def _known(plan: Plan) -> set[str]:
    """Versions that this reader version has tried; with --again only those that it has read and loaded."""
    versions = read_versions(plan.lake, plan.run.reader_version)
    return {v for v, status in versions.items() if status == "LOADED" or not plan.run.is_again}


def _to_line(text: str) -> str:
    return " ".join(printable(text).split())
