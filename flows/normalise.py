"""Second step of a run: staged articles to staged figures, attributions and refusals, in shards over an executor.

A worker process imports neither Prefect nor Great Expectations, and ends when its parent does.
"""

from __future__ import annotations

import gc
import json
import logging
import multiprocessing
import os
import signal
import threading
import traceback
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.progress import announce
from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.figures import Article
from transforms.ids import hash_id
from transforms.reading import COLLECT_AFTER, Reader
from transforms.rows import to_rows, to_signature_rows
from transforms.tables import to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from flows.ingest import Staged
    from flows.plan import Plan

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


@dataclass(frozen=True)
class Read:
    """What a worker says of a shard it has read: how many articles, and which of them the reader failed on."""

    n_articles: int
    failed_version_ids: tuple[str, ...]
    tracebacks: tuple[str, ...]


@contextmanager
def open_processes(n_workers: int) -> Iterator[Executor]:
    """Give an executor of spawned processes that die with this one; Ctrl-C reaches this one alone."""
    pool = ProcessPoolExecutor(n_workers, multiprocessing.get_context("spawn"), _end_with_parent)
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # processes inherit it, also while they import
    try:
        for _ in range(n_workers):
            pool.submit(os.getpid)  # each call starts one process
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def normalise(
    plan: Plan, staged: Staged, open_executor: Callable[[int], AbstractContextManager[Executor]] = open_processes
) -> None:
    """Read every staged article; `open_executor(n_workers)` is a context manager that gives any futures' Executor.

    An article on which the reader fails keeps its row with reading_status ERROR, and a row in quarantine says where.
    """
    shards = [shard for batch_id in sorted(staged.feed_ids) for shard in _to_shards(plan, batch_id)]
    if not shards:
        return
    failed: dict[Path, set[str]] = {}
    n_articles = sum(pq.read_metadata(path).num_rows for path in {shard.articles for shard in shards})
    n_read = 0
    announce("normalise", n_read, n_articles)
    with open_executor(min(plan.n_workers, len(shards))) as executor:
        futures = {executor.submit(read_shard, shard): shard for shard in shards}
        for future in as_completed(futures):
            read: Read = future.result()
            for text in read.tracebacks:
                log.error("%s", text)
            if read.failed_version_ids:
                failed.setdefault(futures[future].articles, set()).update(read.failed_version_ids)
            n_read += read.n_articles
            announce("normalise", n_read, n_articles)
    for path, version_ids in failed.items():
        _mark_failed(path, version_ids)


def read_shard(shard: Shard) -> Read:
    """Read a shard's articles and write the rows of each table."""
    reader = _reader()
    rows: dict[str, list[dict[str, object]]] = {table: [] for table in TABLES}
    failed: list[str] = []
    tracebacks: list[str] = []
    articles = pq.ParquetFile(shard.articles).read_row_groups(list(shard.groups)).to_pylist()
    for row in articles:
        article = Article(**row)
        rows["article_signatures"] += to_signature_rows(article)
        try:
            result = to_rows(article, reader.read_article(article), shard.reader_version)
        except Exception as error:  # noqa: BLE001  a bug costs its article, not the run; the row and the log say which
            failed.append(article.version_id)
            tracebacks.append(f"article {article.version_id}\n{traceback.format_exc()}")
            rows["quarantine"].append(_to_quarantine(row, error))
        else:
            rows["figures"] += result.figures
            rows["attributions"] += result.attributions
            rows["refusals"] += result.refusals
    for table, path in shard.targets.items():
        pq.write_table(to_table(load_tables()[table], rows[table]), path, compression="zstd")
    return Read(len(articles), tuple(failed), tuple(tracebacks))


@lru_cache(maxsize=1)
def _reader() -> Reader:
    """Make the reader once a process."""
    gc.set_threshold(COLLECT_AFTER)
    return Reader(load_seeds())


def _to_shards(plan: Plan, batch_id: str) -> Iterator[Shard]:
    articles = plan.staged("articles", batch_id)
    n_groups = pq.read_metadata(articles).num_row_groups
    for number, start in enumerate(range(0, n_groups, GROUPS_PER_SHARD)):
        targets = {table: plan.staged(f"{table}/{batch_id}", f"{number:05}") for table in TABLES}
        groups = tuple(range(start, min(start + GROUPS_PER_SHARD, n_groups)))
        yield Shard(articles, groups, batch_id, plan.run.reader_version, targets)


def _to_quarantine(row: dict[str, object], error: Exception) -> dict[str, object]:
    reason = f"{type(error).__name__} in {_find_place(error)}"
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


def _find_place(error: Exception) -> str:
    """Return the module and function of our own code in which an error arose."""
    frames = [(f.f_globals.get("__name__", ""), f.f_code.co_name) for f, _ in traceback.walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if frame[0].startswith("transforms.")] or frames
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


def _end_with_parent() -> None:
    """Start the thread that ends this worker when the run is no more; a killed parent ends nothing by itself."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
