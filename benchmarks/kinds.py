"""The same articles in every kind of input, and the same figures: `python -m benchmarks.kinds [--n 200 | --all]`.

Articles of war_news_2022 as JSON lines, CSV, Parquet, one WARC and a folder of HTML made from them, taken in by ingest and
read. Reading is a function of an article's text and day alone (tests/test_flow.py): what one kind gave with the text and day of
another is not read twice. Then what each file of the warc and feeds corpora gave.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import json
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.sets import SHARED
from flows.ingest import Staged, ingest
from flows.plan import Plan, make_plan
from seeds import load_seeds
from transforms.documents import clean_text
from transforms.figures import Article
from transforms.pagewords import is_notice
from transforms.reading import Reader
from transforms.rows import to_rows

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = ("text", "title", "url", "outlet", "published")
STEP = 23  # of 4,543 articles every so many'th is in the sample of 200: all outlets and months
SAMPLE = 200
WORKERS, ROWS_AT_ONCE = 2, 20
ASKED = ("text", "published_date", "published_precision", "reading_status")  # what the reader is asked about
# What a figure is, beside where it was found and which words of its article's ids name it.
TOLD = (
    "quote",
    "low",
    "best",
    "high",
    "unit_code",
    "metric_code",
    "actor_code",
    "place_name",
    "period_edtf",
    "polarity",
)


def write_lines(rows: list[dict[str, str]], path: Path) -> Path:
    """Write JSON lines."""
    path = path.with_suffix(".jsonl")
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def write_csv(rows: list[dict[str, str]], path: Path) -> Path:
    """Write CSV under other names."""
    path = path.with_suffix(".csv")
    names = {"text": "body", "title": "headline", "url": "link", "outlet": "source", "published": "pubDate"}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names.values())
        writer.writerows([row[name] for name in names] for row in rows)
    return path


def write_parquet(rows: list[dict[str, str]], path: Path) -> Path:
    """Write Parquet."""
    path = path.with_suffix(".parquet")
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def to_page(row: dict[str, str]) -> bytes:
    """Return an article as a plain page: a paragraph a line."""
    title, published, outlet = (html.escape(row[name] or "") for name in ("title", "published", "outlet"))
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in row["text"].splitlines() if line.strip())
    head = f'<meta charset="utf-8"><title>{title}</title><meta property="og:site_name" content="{outlet}">'
    dated = f'<meta property="article:published_time" content="{published}">'
    link = f'<link rel="canonical" href="{html.escape(row["url"] or "")}">'
    return (
        f"<!DOCTYPE html><html><head>{head}{dated}{link}</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def write_pages(rows: list[dict[str, str]], path: Path) -> Path:
    """Write a folder of pages."""
    path.mkdir()
    for number, row in enumerate(rows):
        (path / f"{number:05}.html").write_bytes(to_page(row))
    return path


def write_warc(rows: list[dict[str, str]], path: Path) -> Path:
    """Write one archive."""
    path = path.with_suffix(".warc.gz")
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    with path.open("wb") as file:
        writer = WARCWriter(file)
        for row in rows:
            page = io.BytesIO(to_page(row))
            writer.write_record(writer.create_warc_record(row["url"], "response", payload=page, http_headers=http))
    return path


WRITERS: dict[str, Callable[[list[dict[str, str]], Path], Path]] = {
    "JSON lines": write_lines,
    "CSV": write_csv,
    "Parquet": write_parquet,
    "HTML": write_pages,
    "WARC": write_warc,
}


@lru_cache(maxsize=1)
def _reader() -> Reader:
    return Reader(load_seeds())


def read_one(row: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what the figures of one article tell."""
    article = Article(**row)
    figures = to_rows(article, _reader().read_article(article), "").figures
    return [tuple(figure[name] for name in TOLD) for figure in figures]


def read_figures(
    plan: Plan, staged: Staged, known: dict[tuple[Any, ...], list[tuple[Any, ...]]]
) -> tuple[dict[str, str], Counter[tuple[Any, ...]], int]:
    """Return each article's text by its address, the figures by address and what they tell, and how many were read anew."""
    rows = [row for batch_id in staged.feed_ids for row in pq.read_table(plan.staged("articles", batch_id)).to_pylist()]
    keys = [tuple(row[name] for name in ASKED) for row in rows]
    fresh = {key: row for key, row in zip(keys, rows, strict=True) if key not in known}
    with ProcessPoolExecutor(WORKERS) as executor:
        known |= zip(fresh, executor.map(read_one, fresh.values(), chunksize=ROWS_AT_ONCE), strict=True)
    told = Counter((row["url"], *each) for key, row in zip(keys, rows, strict=True) for each in known[key])
    return {row["url"]: row["text"] for row in rows}, told, len(fresh)


def drop_notices(text: str) -> str:
    """Return a text without the lines that a page's cleaning takes out and a plain text's reading refuses: "Sign up to ..."."""
    return "\n".join(line for line in text.splitlines() if not is_notice(line))


def compare_kinds(rows: list[dict[str, str]], work: Path) -> None:
    """Print for each kind what was read, and how many figures are those of the JSON lines."""
    first: tuple[dict[str, str], Counter[tuple[Any, ...]]] | None = None
    known: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for name, write in WRITERS.items():
        slug = name.replace(" ", "").lower()
        path = write(rows, work / slug)
        plan = make_plan(work / f"lake-{slug}", (str(path),), published=None, is_again=False, n_workers=WORKERS)
        started_at = time.perf_counter()
        staged = ingest(plan)
        seconds = time.perf_counter() - started_at
        texts, told, n_read = read_figures(plan, staged, known)
        first = first or (texts, told)
        n_same = (told & first[1]).total()
        pairs = [(text, texts.get(url, "")) for url, text in first[0].items()]
        n_texts, n_clean = (
            sum(one == other for one, other in each) for each in (pairs, [map(drop_notices, p) for p in pairs])
        )
        counts = " + ".join(f"{key.lower()} {n:,}" for key, n in sorted(staged.outcomes.items()))
        print(
            f"{name:<10} inputs {sum(staged.outcomes.values()):,} = {counts}; figures {told.total():,}, the same {n_same:,} "
            f"of {first[1].total():,}; texts the same {n_texts:,}, but for notices {n_clean:,}, of {len(first[0]):,} "
            f"(read {n_read:,}); ingest {seconds:.1f} s",
            flush=True,
        )


def list_corpora(work: Path) -> None:
    """Print what each file of the corpora of archives and feeds gave."""
    for corpus, columns in (("warc", None), ("feeds", None), ("feeds", {"text": "description"})):
        plan = make_plan(
            work / f"lake-{corpus}-{bool(columns)}",
            (str(SHARED / "corpora" / corpus),),
            published=None,
            is_again=False,
            n_workers=WORKERS,
            columns=columns,
        )
        staged = ingest(plan)
        rows = pq.read_table(plan.staging / "inputs" / f"{plan.run.run_id}.parquet").to_pylist()
        total = ", ".join(f"{name.lower()} {n:,}" for name, n in sorted(staged.outcomes.items()))
        print(f"{corpus}{' --map text=description' if columns else ''}: inputs {len(rows):,} ({total})")
        by_file: dict[str, Counter[str]] = {}
        for row in rows:
            reason = (
                "" if row["outcome"] == "ARTICLE" else f" ({str(row['reason']).split(' among')[0].split(' /')[0][:70]})"
            )
            by_file.setdefault(Path(row["uri"]).name, Counter())[f"{row['outcome'].lower()}{reason}"] += 1
        for name, outcomes in by_file.items():
            print(f"  {name}: {'; '.join(f'{n} {outcome}' for outcome, n in outcomes.items())}")


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=SAMPLE)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    lines = (SHARED / "corpora" / "war_news_2022.jsonl").read_text("utf-8").splitlines()
    articles = [json.loads(line) for line in (lines if given.all else lines[::STEP][: given.n])]
    # A page has no blank lines and no blanks at the ends of its lines: so the texts are the same before they are written.
    rows = [{name: row.get(name) or "" for name in FIELDS} for row in articles]
    for row in rows:
        row["text"] = "\n".join(" ".join(line.split()) for line in clean_text(row["text"]).splitlines() if line.strip())
    with tempfile.TemporaryDirectory() as folder:
        compare_kinds(rows, Path(folder))
        list_corpora(Path(folder))


if __name__ == "__main__":
    main()
