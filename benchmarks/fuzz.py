"""Damage real documents in every way and read them as ingest does: `python -m benchmarks.fuzz [--n 10000] [--seed 1]`.

Each mutant is written into a file, stored, read (by workers, where its kind is no text) and booked. What must hold: no
crash, no call over 10 seconds of the processor, and inputs = articles + duplicates + rejected, each rejection with its file and reason.
"""

from __future__ import annotations

import argparse
import gzip
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import zstandard

from benchmarks.sets import SHARED
from flows.extraction import SECONDS_PER_DOCUMENT
from flows.ingest import ingest
from flows.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable

PER_RUN = 500  # mutants in a folder of their own, read by one ingest
EXCERPT = 20  # lines of a JSONL file
HUGE = 30_000_000  # bytes that a mutant is blown up to
ENCODINGS = ("utf-16", "utf-32", "cp1252", "koi8-r", "shift-jis", "utf-7")
SUFFIXES = (".html", ".txt", ".jsonl", ".csv", ".parquet", ".warc", ".gz", ".zst", ".zip", ".rss", ".xml", ".png", "")


def find_documents() -> list[tuple[str, bytes]]:
    """Return the documents that are mutated: names and bytes."""
    corpora = SHARED / "corpora"
    files = [p for name in ("news_pages", "warc", "mod_losses_pages") for p in sorted((corpora / name).iterdir())]
    found = [(p.name, p.read_bytes()) for p in files if p.suffix != ".json"]
    found += [
        (p.name.removesuffix(".gz"), gzip.decompress(p.read_bytes())) for p in files if p.name.endswith(".html.gz")
    ]
    for path in (corpora / "war_news_2022.jsonl", *sorted((corpora / "feeds").iterdir())):
        lines = path.read_bytes().splitlines(keepends=True)
        found += [(path.name, b"".join(lines[at : at + EXCERPT])) for at in range(0, 200, EXCERPT)]
    return found


def _truncate(data: bytes, dice: random.Random, _: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _splice(data: bytes, dice: random.Random, other: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


def _flip(data: bytes, dice: random.Random, _: bytes) -> bytes:
    flipped = bytearray(data)
    for _once in range(dice.choice((1, 4, 64, 1024)) if data else 0):
        flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
    return bytes(flipped)


def _recode(data: bytes, dice: random.Random, _: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(dice.choice(ENCODINGS), "replace")


def _nest(data: bytes, dice: random.Random, _: bytes) -> bytes:
    for _layer in range(dice.randrange(1, 8)):
        data = dice.choice((gzip.compress, zstandard.compress))(data)
    return data


def _deepen(data: bytes, dice: random.Random, _: bytes) -> bytes:
    unit = dice.choice((b"<div>", b"[", b'{"a":', b"<b><i>", b"<table><tr><td>"))
    at = dice.randrange(len(data) + 1)
    return data[:at] + unit * dice.choice((1000, 100_000, 1_000_000)) + data[at:]


def _blow_up(data: bytes, dice: random.Random, _: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice((b"\x00", b" ", b"x", b"7 killed, ", b"<p>9 hurt")) * (HUGE // 9) + data[at:]


def _repeat(data: bytes, dice: random.Random, _: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + data[at : at + 400] * dice.choice((10, 1000)) + data[at:]


def _empty(_: bytes, dice: random.Random, __: bytes) -> bytes:
    return dice.choice((b"", b" ", b"\n\n", b"\x00"))


def _same(data: bytes, _: random.Random, __: bytes) -> bytes:
    return data


MUTATIONS: dict[Callable[[bytes, random.Random, bytes], bytes], int] = {  # weight of each
    _truncate: 20,
    _splice: 20,
    _flip: 25,
    _recode: 10,
    _nest: 8,
    _deepen: 3,
    _blow_up: 1,
    _repeat: 6,
    _empty: 2,
    _same: 5,  # under another name
}


def write_mutant(folder: Path, number: int, documents: list[tuple[str, bytes]], seed: int) -> str:
    """Write one mutant; the same number and seed give the same one. Returns what was done to it."""
    dice = random.Random(f"{seed}/{number}")
    (name, data), (_, other) = dice.choice(documents), dice.choice(documents)
    mutation = dice.choices(list(MUTATIONS), list(MUTATIONS.values()))[0]
    suffix = "".join(Path(name).suffixes[-2:])
    if mutation is _same or dice.random() < 0.1:  # noqa: PLR2004  one in ten bears a wrong name
        suffix = dice.choice(SUFFIXES)
    (folder / f"{number:06}{suffix}").write_bytes(mutation(data, dice, other))
    return mutation.__name__.strip("_")


def main() -> None:
    """Make, read and book the mutants; print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first")
    given = parser.parse_args()
    documents = find_documents()
    outcomes: Counter[str] = Counter()
    done: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    n_files, slowest = 0, 0.0
    for start in range(given.first, given.first + given.n, PER_RUN):
        work = Path(tempfile.mkdtemp(prefix="tally-fuzz-"))
        feed = work / "feed"
        feed.mkdir()
        numbers = range(start, min(start + PER_RUN, given.first + given.n))
        done.update(write_mutant(feed, number, documents, given.seed) for number in numbers)
        plan = make_plan(work / "lake", (str(feed),), published=None, is_again=False, n_workers=2)
        started_at = time.monotonic()
        staged = ingest(plan)
        slowest = max(slowest, (time.monotonic() - started_at) / len(numbers))
        rows = pq.read_table(plan.staging / "inputs" / f"{plan.run.run_id}.parquet").to_pylist()
        lost = {path.as_uri() for path in feed.iterdir()} - {row["uri"] for row in rows}
        assert not lost, lost  # noqa: S101  that is what is measured
        assert sum(staged.outcomes.values()) == len(rows)  # noqa: S101
        silent = [row for row in rows if row["outcome"] == "REJECTED" and not row["reason"]]
        assert not silent, silent  # noqa: S101
        n_files += len(numbers)
        outcomes.update(staged.outcomes)
        reasons.update(str(row["reason"]).split(":")[0] for row in rows if row["outcome"] == "REJECTED")
        for row in rows:
            if str(row["reason"]).startswith(("a worker died", "too slow")):
                print(f"  {Path(row['uri']).name}: {row['reason']}")
        shutil.rmtree(work)
        counts = " + ".join(f"{name.lower()} {n:,}" for name, n in sorted(outcomes.items()))
        print(f"{n_files:,} mutants: inputs {outcomes.total():,} = {counts}; {slowest:.2f} s a mutant", flush=True)
    print("mutations:", ", ".join(f"{name} {n:,}" for name, n in done.most_common()))
    print("rejected for:", ", ".join(f"{name} {n:,}" for name, n in reasons.most_common()))
    print(f"no crash, no call over {SECONDS_PER_DOCUMENT:g} s of the processor went on, nothing lost")


if __name__ == "__main__":
    main()
