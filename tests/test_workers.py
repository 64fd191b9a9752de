"""Laws of the workers: one that dies or hangs costs the part that did it, and the run ends well."""

from __future__ import annotations

import gzip
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import zstandard

import flows.books
import flows.extraction
import flows.normalise
import flows.processes
from flows.extraction import read_part
from flows.ingest import ingest
from flows.kinds.kind import Given
from flows.normalise import Shard, normalise, read_shard
from flows.plan import make_plan
from flows.processes import MAX_WORKER_BYTES, WorkerError, beat, open_processes

if TYPE_CHECKING:
    from pathlib import Path

    from flows.extraction import Found

SECONDS = 2.0  # of the processor, that a call may take here
PAGE = "<!doctype html><html><head><title>{0}</title></head><body><article><p>Night {0}: 12 people were killed in the port.</p></article></body></html>"


def prepare() -> None:
    """Import this module before the time of the first call is taken, and what reads pages."""
    flows.extraction.prepare()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    while True:
        pass


def rest() -> None:
    threading.Event().wait()


def beat_half_way() -> tuple[float, float]:
    """Return what is left of this call's time after a while, and after a beat."""
    while signal.getitimer(signal.ITIMER_PROF)[0] > 0.9 * SECONDS:
        pass
    left, _ = signal.getitimer(signal.ITIMER_PROF)
    beat()
    return left, signal.getitimer(signal.ITIMER_PROF)[0]


def eat() -> int:
    return len(bytearray(MAX_WORKER_BYTES + 1))


def fail() -> None:
    msg = "no"
    raise ValueError(msg)


def test_a_call_that_ends_its_worker_fails_alone() -> None:
    """A call whose worker is killed, hangs, eats its memory or fails raises that; calls before and after it are answered."""
    with open_processes(2, SECONDS, prepare) as executor:
        futures = [executor.submit(each) for each in (os.getpid, die, hang, eat, fail, os.getpid)]
        faults = [future.exception() for future in futures]
        assert [type(fault).__name__ for fault in faults] == [
            *("NoneType", "WorkerError", "WorkerError", "MemoryError", "ValueError", "NoneType"),
        ]
        assert str(faults[1]) == "a worker died: SIGKILL"
        assert str(faults[2]) == "too slow: a worker was stopped after 2 s of the processor"
        pid = executor.submit(os.getpid).result()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_beat_begins_a_calls_time_anew() -> None:
    """A call has its seconds of the processor, and has them all again when it says that it goes on."""
    with open_processes(1, SECONDS, prepare) as executor:
        before, after = executor.submit(beat_half_way).result()
    assert 0 < before <= 0.9 * SECONDS < after


def test_a_worker_that_waits_is_stopped_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that takes nothing of the processor has PATIENCE times its seconds."""
    monkeypatch.setattr(flows.processes, "PATIENCE", 0.1)
    with open_processes(1, SECONDS, prepare) as executor:
        fault = executor.submit(rest).exception()
    assert str(fault) == "too slow: a worker was stopped after 0.2 s"


def read_or_die(raw: Path, given: Given, first: int, step: int, n_most: int | None) -> Found:
    """Read a part; die on a page of one name and hang on another, as a fault of a C library would."""
    end = {"killer.html": die, "hanger.html.gz": hang}.get(given.name)
    if end:
        end()
    return flows.extraction.read_part(raw, given, first, step, n_most)


def test_a_page_that_kills_or_hangs_is_rejected_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages that end their workers are tried twice, rejected with the reason, and all others are read."""
    feed = tmp_path / "feed"
    feed.mkdir()
    for name in ("a.html", "b.html", "killer.html", "z.html"):
        (feed / name).write_text(PAGE.format(name))
    (feed / "hanger.html.gz").write_bytes(gzip.compress(PAGE.format("hanger").encode()))
    calls: list[str] = []
    submit = flows.extraction.Extraction._submit

    def noted(self: flows.extraction.Extraction, part: flows.extraction.Part) -> None:
        calls.append(part.source.given.name)
        submit(self, part)

    monkeypatch.setattr(flows.extraction.Extraction, "_submit", noted)
    monkeypatch.setattr(flows.extraction, "read_part", read_or_die)
    plan = make_plan(tmp_path / "lake", (str(feed),), published=None, is_again=False, n_workers=2)
    staged = ingest(plan, partial(open_processes, seconds=SECONDS, prepare=prepare))
    assert staged.outcomes == {"ARTICLE": 3, "REJECTED": 2}
    reasons = sorted(line.rsplit("/", 1)[1] for line in staged.rejections)
    assert reasons == [
        "hanger.html.gz: too slow: a worker was stopped after 2 s of the processor",
        "killer.html: a worker died: SIGKILL",
    ]
    assert sorted(calls) == [
        "a.html",
        "b.html",
        "hanger.html.gz",
        "hanger.html.gz",
        "killer.html",
        "killer.html",
        "z.html",
    ]


def test_a_call_reads_for_as_long_as_it_took_to_come_to_its_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies far behind in a large document is not read part by part, each time from the beginning."""
    data = b"text\n" + b"".join(b"Night %d: 12 people were killed.\n" % n for n in range(60))
    raw = tmp_path / "raw.zst"
    raw.write_bytes(zstandard.compress(data))
    ticks = count()
    monkeypatch.setattr(flows.extraction, "time", SimpleNamespace(process_time=lambda: float(next(ticks))))
    found = read_part(raw, Given("nights.csv"), 20, 1, None)
    assert [number for number, _ in found.members] == list(range(20, 42))
    assert found.next == 42


def read_or_be_stopped(raw: Path, given: Given, first: int, step: int, n_most: int | None) -> Found:
    """Read a part; take too long where every third row is in it."""
    if any(row % 3 == 0 for row in range(first, 20, step)[:n_most]):
        msg = "too slow: a worker was stopped after 10 s"
        raise WorkerError(msg)
    return read_part(raw, given, first, step, n_most)


def test_a_document_has_so_much_time_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that hang, with others between them, cost SECONDS_PER_INPUT and no more; one line tells of what is left out."""
    rows = "".join(f'"Night {n}: 12 people were killed in the port."\n' for n in range(20))
    (tmp_path / "nights.csv").write_text(f"text\n{rows}")
    monkeypatch.setattr(flows.extraction, "read_part", read_or_be_stopped)
    plan = make_plan(tmp_path / "lake", (str(tmp_path / "nights.csv"),), published=None, is_again=False, n_workers=1)
    staged = ingest(plan, ThreadPoolExecutor)
    assert staged.outcomes == {"ARTICLE": 2, "REJECTED": 3}  # six calls of ten seconds
    assert [line.split("nights.csv ")[1] for line in staged.rejections] == [
        "part 1: too slow: a worker was stopped after 10 s",
        "part 4: too slow: a worker was stopped after 10 s",
        "rest: too slow: more than 60 s for one document; what was not read by then is left out",
    ]


def read_slowly(raw: Path, given: Given, first: int, step: int, _: int | None) -> Found:
    """Read one row, and say that it took 25 seconds."""
    return replace(read_part(raw, given, first, step, 1), seconds=25.0)


def test_what_is_read_costs_time_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that are slow but do not hang end with their document's time as well, and one line tells of all workers' rest."""
    rows = "".join(f'"Night {n}: 12 people were killed in the port."\n' for n in range(20))
    (tmp_path / "nights.csv").write_text(f"text\n{rows}")
    monkeypatch.setattr(flows.extraction, "read_part", read_slowly)
    monkeypatch.setattr(flows.extraction, "LARGE_BYTES", 1)
    plan = make_plan(tmp_path / "lake", (str(tmp_path / "nights.csv"),), published=None, is_again=False, n_workers=2)
    staged = ingest(plan, ThreadPoolExecutor)
    (line,) = staged.rejections
    assert "rest: too slow: more than 60 s for one document" in line
    assert 3 <= staged.outcomes["ARTICLE"] <= 4  # the third makes 75 s; the other worker may have begun the fourth


def read_shard_or_die(shard: Shard) -> object:
    """Read a shard, and die where one article is in it."""
    if any("Night 7:" in row["text"] for row in shard.read_rows()):
        die()
    return read_shard(shard)


def test_an_article_that_kills_is_quarantined_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article that ends its worker costs its shard one retry; then it alone has the status ERROR, and the rest is read."""
    path = tmp_path / "nights.jsonl"
    path.write_text("\n".join(f'{{"text": "Night {n}: 12 people were killed in the port."}}' for n in range(1, 13)))
    monkeypatch.setattr(flows.books, "ARTICLES_PER_GROUP", 3)
    monkeypatch.setattr(flows.normalise, "read_shard", read_shard_or_die)
    plan = make_plan(tmp_path / "lake", (str(path),), published=None, is_again=False, n_workers=2)
    staged = ingest(plan)
    normalise(plan, staged, partial(open_processes, prepare=prepare))
    (batch_id,) = staged.feed_ids
    statuses = {
        row["text"][:8]: row["reading_status"] for row in pq.read_table(plan.staged("articles", batch_id)).to_pylist()
    }
    assert [name for name, status in statuses.items() if status == "ERROR"] == ["Night 7:"]
    files = sorted((plan.staging / "figures" / batch_id).glob("*.parquet"))
    figures = [row for file in files for row in pq.read_table(file).to_pylist()]
    assert len({row["article_id"] for row in figures}) == 11
    quarantined = [
        row
        for file in sorted((plan.staging / "quarantine" / batch_id).glob("*.parquet"))
        for row in pq.read_table(file).to_pylist()
    ]
    assert [row["reason"] for row in quarantined] == ["a worker died: SIGKILL"]
