"""Second step of a run: staged articles to staged figures, attributions and refusals, in shards over an executor.

A worker process imports neither Prefect nor Great Expectations, and ends when its parent does.
"""

from __future__ import annotations

import gc
import json
import logging
import traceback
from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from flows.processes import WorkerError, open_processes
from flows.progress import announce
from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.figures import Article
from transforms.ids import hash_id
from transforms.reading import COLLECT_AFTER, Reader
from transforms.rows import to_rows, to_signature_rows
from transforms.tables import to_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from flows.ingest import Staged
    from flows.plan import Plan
    from flows.processes import Opener

log = logging.getLogger("tally.normalise")

GROUPS_PER_SHARD = 2  # of the articles' file: half a second of reading, so that the last shard keeps nobody waiting
TABLES = ("figures", "attributions", "refusals", "quarantine", "article_signatures")
READING_FAULT = "articles.is_readable"  # the expectation that an article breaks on which the reader failed


@dataclass(frozen=True)
class Shard:
    """Some row groups of a batch's articles, and where their rows go."""

    articles: Path
    groups: tuple[int, ...]
    batch_id: str
    reader_version: str
    targets: dict[str, Path]
    only: int | None = None  # the one article of them that is read
    is_retry: bool = False

    def read_rows(self) -> list[dict[str, Any]]:
        """Return the rows of the articles that are read."""
        rows: list[dict[str, Any]] = pq.ParquetFile(self.articles).read_row_groups(list(self.groups)).to_pylist()
        return rows if self.only is None else [rows[self.only]]

    def write(self, rows: Mapping[str, list[dict[str, object]]]) -> None:
        """Write the rows of each table, and tables without rows too."""
        for table, path in self.targets.items():
            pq.write_table(to_table(load_tables()[table], rows.get(table, [])), path, compression="zstd")


@dataclass(frozen=True)
class Read:
    """What a worker says of a shard it has read: how many articles, and which of them the reader failed on."""

    n_articles: int
    failed_version_ids: tuple[str, ...]
    tracebacks: tuple[str, ...]


def normalise(plan: Plan, staged: Staged, open_executor: Opener | None = None) -> None:
    """Read every staged article; `open_executor(n_workers)` is a context manager that gives any futures' Executor.

    An article on which the reader fails keeps its row with reading_status ERROR, and a row in quarantine says where. A
    shard whose worker dies or takes too long is tried once more, then article by article.
    """
    shards = [shard for batch_id in sorted(staged.feed_ids) for shard in _to_shards(plan, batch_id)]
    if not shards:
        return
    failed: defaultdict[Path, set[str]] = defaultdict(set)
    n_articles = sum(pq.read_metadata(path).num_rows for path in {shard.articles for shard in shards})
    n_read = 0
    announce("normalise", n_read, n_articles)
    with (open_executor or open_readers)(min(plan.n_workers, len(shards))) as executor:
        running = {executor.submit(read_shard, shard): shard for shard in shards}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                shard, error = running.pop(future), future.exception()
                if error is None:
                    read = future.result()
                elif not isinstance(error, WorkerError):
                    raise error
                elif smaller := _split(shard):
                    log.warning("%s: %s; trying again", shard.articles.name, error)
                    running |= {executor.submit(read_shard, part): part for part in smaller}
                    continue
                else:
                    read = _give_up(shard, error)
                for text in read.tracebacks:
                    log.error("%s", text)
                failed[shard.articles].update(read.failed_version_ids)
                n_read += read.n_articles
                announce("normalise", n_read, n_articles)
    for path, version_ids in failed.items():
        if version_ids:
            _mark_failed(path, version_ids)


def read_shard(shard: Shard) -> Read:
    """Read a shard's articles and write the rows of each table."""
    reader = _reader()
    rows: dict[str, list[dict[str, object]]] = {table: [] for table in TABLES}
    failed: list[str] = []
    tracebacks: list[str] = []
    articles = shard.read_rows()
    for row in articles:
        article = Article(**row)
        rows["article_signatures"] += to_signature_rows(article)
        try:
            result = to_rows(article, reader.read_article(article), shard.reader_version)
        except Exception as error:  # noqa: BLE001  a bug costs its article, not the run; the row and the log say which
            failed.append(article.version_id)
            tracebacks.append(f"article {article.version_id}\n{traceback.format_exc()}")
            rows["quarantine"].append(_to_quarantine(row, f"{type(error).__name__} in {find_place(error)}"))
        else:
            rows["figures"] += result.figures
            rows["attributions"] += result.attributions
            rows["refusals"] += result.refusals
    shard.write(rows)
    return Read(len(articles), tuple(failed), tuple(tracebacks))


def _split(shard: Shard) -> list[Shard]:
    """Return how a shard is tried again: once as it is, then each of its articles alone; empty for one article."""
    if not shard.is_retry:
        return [replace(shard, is_retry=True)]
    if shard.only is not None:
        return []
    for path in shard.targets.values():
        path.unlink(missing_ok=True)  # a worker that was stopped may have left the half of one
    return [
        replace(shard, only=n, targets={t: p.with_stem(f"{p.stem}-{n:04}") for t, p in shard.targets.items()})
        for n in range(len(shard.read_rows()))
    ]


def _give_up(shard: Shard, error: WorkerError) -> Read:
    """Write the row in quarantine of the one article that no worker can read."""
    (row,) = shard.read_rows()
    shard.write({"quarantine": [_to_quarantine(row, str(error))]})
    return Read(1, (str(row["version_id"]),), (f"article {row['version_id']}: {error}",))


@lru_cache(maxsize=1)
def _reader() -> Reader:
    """Make the reader once a process."""
    gc.set_threshold(COLLECT_AFTER)
    return Reader(load_seeds())


open_readers = partial(open_processes, prepare=_reader)


def _to_shards(plan: Plan, batch_id: str) -> Iterator[Shard]:
    articles = plan.staged("articles", batch_id)
    n_groups = pq.read_metadata(articles).num_row_groups
    for number, start in enumerate(range(0, n_groups, GROUPS_PER_SHARD)):
        targets = {table: plan.staged(f"{table}/{batch_id}", f"{number:05}") for table in TABLES}
        groups = tuple(range(start, min(start + GROUPS_PER_SHARD, n_groups)))
        yield Shard(articles, groups, batch_id, plan.run.reader_version, targets)


def _to_quarantine(row: dict[str, object], reason: str) -> dict[str, object]:
    row_json = json.dumps(row, ensure_ascii=False, default=str)
    return {
        "quarantine_id": hash_id(row["batch_id"], "articles", READING_FAULT, row_json),
        "table_name": "articles",
        "row_json": row_json,
        "article_id": row["article_id"],
        "version_id": row["version_id"],
        "expectation_id": READING_FAULT,
        "reason": reason,
        "batch_id": row["batch_id"],
    }


def find_place(error: Exception, floors: tuple[str, ...] = ("transforms.",)) -> str:
    """Return the module and function in which an error arose: of these floors, where any of them was at work."""
    frames = [(f.f_globals.get("__name__", ""), f.f_code.co_name) for f, _ in traceback.walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if frame[0].startswith(floors)] or frames
    return ".".join(ours[-1])


def _mark_failed(path: Path, version_ids: set[str]) -> None:
    """Give the articles that could not be read the status ERROR."""
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        if row["version_id"] in version_ids:
            row["reading_status"] = "ERROR"
    fresh = path.with_suffix(".tmp")
    pq.write_table(to_table(load_tables()["articles"], rows), fresh, compression="zstd")
    fresh.replace(path)
