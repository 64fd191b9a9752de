"""First step of a run: inputs to stored documents to staged articles, and the books of what became of every input."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.inputs import (
    LINES,
    TEXTS,
    Document,
    Input,
    InputError,
    check_published,
    find_inputs,
    open_document,
    read_lines,
    store_document,
)
from flows.plan import now
from flows.progress import announce
from seeds.contracts import load_tables
from transforms.articles import to_article
from transforms.documents import MAX_BYTES, Draft, Rejection, read_json_line, read_text
from transforms.ids import to_batch_id
from transforms.rows import to_article_row
from transforms.tables import to_table
from warehouse.ledger import known_documents, read_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flows.plan import Plan
    from transforms.figures import Article

log = logging.getLogger("tally.ingest")

ARTICLES_PER_GROUP = 100  # of a staged file: what a shard is made of; about a quarter of a second of reading


@dataclass(frozen=True)
class Staged:
    """What ingest leaves for the next steps: batches in staging by id, and the books."""

    feed_ids: Mapping[str, str]  # of each batch
    outcomes: Mapping[str, int]  # ARTICLE, DUPLICATE, REJECTED
    rejections: Sequence[str]  # one line each: file, line, reason


@dataclass(slots=True)
class _Entry:
    """One line of the books while they are written."""

    feed_id: str
    uri: str
    line: int | None
    document_id: str | None
    article: Article | None = None
    outcome: str = "REJECTED"
    reason: str | None = None
    batch_id: str | None = None


def ingest(plan: Plan) -> Staged:
    """Store and read every input of a run, and stage the articles that this reader version has not read yet.

    Raises InputError when the user named nothing that can be read from.
    """
    inputs = find_inputs(plan.inputs, plan.lake)
    check_published(plan.published, inputs)
    documents: dict[str, Document] = {}
    fetched: list[dict[str, object]] = []
    entries: list[_Entry] = []
    for done, given in enumerate(inputs):
        announce("ingest", done, len(inputs))
        document = error = None
        try:
            document = store_document(given, plan.lake, plan.staging / "document.tmp")
        except InputError as fault:
            error = str(fault)
            entries.append(_Entry(given.feed_id, given.uri, None, None, reason=error))
        else:
            documents.setdefault(document.document_id, document)
            entries += _read(given, document, plan)
        fetched.append(
            {
                "run_id": plan.run.run_id,
                "feed_id": given.feed_id,
                "uri": given.uri,
                "fetched_at": now(),
                "document_id": document.document_id if document else None,
                "error": error,
            },
        )
    announce("ingest", len(inputs), len(inputs))
    _drop_known(entries, _known(plan))
    feed_ids = _stage_articles(entries, plan)
    batch_ids = {feed_id: batch_id for batch_id, feed_id in feed_ids.items()}
    _stage_books(entries, documents, fetched, batch_ids, plan)
    return Staged(
        feed_ids,
        Counter(e.outcome for e in entries),
        [_to_line(e) for e in entries if e.outcome == "REJECTED"],
    )


def _read(given: Input, document: Document, plan: Plan) -> Iterator[_Entry]:
    """Yield an entry for the file, or for each of its lines."""
    suffix = given.path.suffix.lower()
    with open_document(plan.lake.raw(document.document_id)) as stored:
        if suffix in LINES:
            is_empty = True
            for line, data in read_lines(stored):
                is_empty = False
                yield _to_entry(read_json_line(data.rstrip(b"\r\n")), given, document, line)
            if is_empty:
                yield _to_entry(Rejection("empty"), given, document, None)
            return
        data = stored.read(MAX_BYTES + 1)
    draft = read_text(data)
    if isinstance(draft, Draft) and suffix not in TEXTS:
        draft = Rejection(f"unknown kind: {suffix}")
    if isinstance(draft, Draft) and plan.published:
        draft = Draft(draft.text, draft.title, draft.url, draft.outlet, plan.published)
    yield _to_entry(draft, given, document, None)


def _to_entry(draft: Draft | Rejection, given: Input, document: Document, line: int | None) -> _Entry:
    entry = _Entry(given.feed_id, given.uri, line, document.document_id)
    if isinstance(draft, Rejection):
        entry.reason = draft.reason
        log.info("rejected %s", _to_line(entry))
        return entry
    entry.article = to_article(draft, document_id=document.document_id, feed_id=given.feed_id)
    if draft.published and not entry.article.published_date:
        log.warning("%s%s: %r is no date of publication", given.uri, f" line {line}" if line else "", draft.published)
    return entry


def _to_line(entry: _Entry) -> str:
    """Say what was rejected, where, and why."""
    return f"{entry.uri.removeprefix('file://')}{f' line {entry.line}' if entry.line else ''}: {entry.reason}"


def _known(plan: Plan) -> set[str]:
    """Versions that this reader version has tried; with --again only those that it has read and loaded."""
    versions = read_versions(plan.lake, plan.run.reader_version)
    return {v for v, status in versions.items() if status == "LOADED" or not plan.run.is_again}


def _drop_known(entries: list[_Entry], known: set[str]) -> None:
    """Decide which entry brings an article, and which one brings it again; the lowest (feed, uri, line) is first."""
    first: dict[str, _Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.feed_id, e.uri, e.line or 0)):
        if not entry.article:
            continue
        version_id = entry.article.version_id
        if version_id in known:
            entry.outcome, entry.reason = "DUPLICATE", "read before"
        elif version_id in first:
            other = first[version_id]
            place = f" line {other.line}" if other.line else ""
            entry.outcome, entry.reason = "DUPLICATE", f"same article and text: {other.uri}{place}"
        else:
            first[version_id] = entry
            entry.outcome = "ARTICLE"


def _stage_articles(entries: list[_Entry], plan: Plan) -> dict[str, str]:
    """Write one file of articles a feed; return the feed of each batch."""
    by_feed: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        if entry.outcome == "ARTICLE":
            by_feed[entry.feed_id].append(entry)
    feed_ids: dict[str, str] = {}
    for feed_id, members in sorted(by_feed.items()):
        articles = [e.article for e in members if e.article]
        batch_id = to_batch_id(feed_id, [a.version_id for a in articles], plan.run.reader_version)
        feed_ids[batch_id] = feed_id
        for entry, article in zip(members, articles, strict=True):
            entry.batch_id = article.batch_id = batch_id
        table = to_table(load_tables()["articles"], map(to_article_row, articles))
        pq.write_table(table, plan.staged("articles", batch_id), row_group_size=ARTICLES_PER_GROUP, compression="zstd")
    return feed_ids


def _stage_books(
    entries: list[_Entry],
    documents: Mapping[str, Document],
    fetched: list[dict[str, object]],
    batch_ids: Mapping[str, str],
    plan: Plan,
) -> None:
    name = plan.run.run_id
    books = [
        {
            "run_id": name,
            "feed_id": e.feed_id,
            "uri": e.uri,
            "line": e.line,
            "outcome": e.outcome,
            "reason": e.reason,
            "version_id": e.article.version_id if e.article else None,
            "batch_id": e.batch_id,
        }
        for e in entries
    ]
    for row in fetched:
        row["batch_id"] = batch_ids.get(str(row["feed_id"]))
    first_feed = {e.document_id: e.feed_id for e in sorted(entries, key=lambda e: (e.feed_id, e.uri), reverse=True)}
    known = known_documents(plan.lake)  # a document of a run that was killed lies in raw/, but no table names it
    kept: list[dict[str, object]] = [
        {
            "document_id": d.document_id,
            "media_type": d.media_type,
            "n_bytes": d.n_bytes,
            "batch_id": batch_ids.get(first_feed.get(d.document_id, "")),
        }
        for d in documents.values()
        if d.document_id not in known
    ]
    for table, rows in (("inputs", books), ("documents", kept), ("fetches", fetched)):
        pq.write_table(to_table(load_tables()[table], rows), plan.staged(table, name), compression="zstd")
