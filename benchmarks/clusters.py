"""Which articles are one story: precision and recall on the gold, and the cost of finding out as a lake grows.

usage: python -m benchmarks.clusters [gold] [growth [N ...]]

Seconds are the processor's, of all threads: what else the machine does changes them little.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.sets import GOLD, SHARED, is_held, read_lines
from seeds.contracts import load_tables
from transforms import clusters
from transforms.articles import read_published, to_outlet_id
from transforms.ids import hash_id, sha256_hex, to_article_id, to_version_id
from transforms.shingles import to_signature
from transforms.tables import to_schema
from warehouse.clusters import derive_clusters
from warehouse.statements import empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.sets import Row

CORPUS = SHARED / "corpora" / "war_news_2022.jsonl"
TOGETHER = frozenset({"COPY", "REWRITE"})
CURVE = tuple(n / 20 for n in range(2, 19))  # shares at which the gold is decided
SIZES = (10_000, 30_000, 100_000)
TENTHS = 10
CHUNK = 2_000  # texts staged at once
NEWS = 100  # articles of the run after
COMMON = 50  # articles: a word in more of them is kept in every world of the synthetic texts
MEGABYTE = 1024  # of ru_maxrss, which Linux gives in kilobytes
COLUMNS = (
    "version_id batch_id article_id text_sha256 published_at published_date outlet_id url text".split()
)  # of articles, what clusters are made from


class Decision(NamedTuple):
    """A pair of the gold: what it shares, whether it is linked, in one cluster, one story by the gold, and held out."""

    share: float
    is_linked: bool
    is_together: bool
    is_one: bool
    is_held: bool


class Shelf:
    """A lake in memory that holds articles, their signatures and their clusters only; each `add` is a run."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.n_runs = 0
        self.seconds = 0.0  # that the last run took to make clusters
        tables = load_tables()
        self.connection.execute("CREATE SCHEMA listed")
        self.connection.execute("CREATE TABLE batches (batch_id VARCHAR, since TIMESTAMP)")
        self.connection.execute("CREATE TABLE files (path VARCHAR, since TIMESTAMP)")
        columns = ", ".join(COLUMNS)
        self.connection.execute(f"CREATE TABLE listed.articles AS SELECT {columns} FROM ({empty(tables['articles'])})")
        for name in ("article_signatures", "article_clusters"):
            self.connection.execute(f"CREATE TABLE listed.{name} AS {empty(tables[name], 'path')}")

    def add(self, articles: Sequence[Row]) -> int:
        """Add a run's articles; return how many rows of article_clusters it wrote."""
        batch_id = hash_id("batch", self.n_runs)
        self.connection.register("new_articles", to_articles(articles, batch_id))
        self.connection.register("new_signatures", to_signatures(articles, batch_id))
        return self.load("FROM new_articles", "FROM new_signatures", batch_id)

    def load(self, articles: str, signatures: str, batch_id: str) -> int:
        """Add what two SELECTs give as a run; return how many rows of article_clusters it wrote."""
        self.n_runs += 1
        connection = self.connection
        start = time.process_time()
        changed = derive_clusters(connection, articles, signatures)
        path = f"'run-{self.n_runs}' AS path"
        connection.execute(f"INSERT INTO listed.article_clusters BY NAME SELECT *, {path} FROM ({changed})")
        self.seconds = time.process_time() - start
        connection.execute(f"INSERT INTO listed.article_signatures BY NAME SELECT *, {path} FROM ({signatures})")
        connection.execute(f"INSERT INTO listed.articles BY NAME {articles}")
        since = f"TIMESTAMP '2026-01-01' + INTERVAL {self.n_runs} HOUR"
        connection.execute(f"INSERT INTO batches SELECT '{batch_id}', {since}")
        connection.execute(f"INSERT INTO files SELECT {path}, {since}")
        written = connection.execute(f"SELECT count(*) FROM listed.article_clusters WHERE path = 'run-{self.n_runs}'")
        ((n,),) = written.fetchall()
        return int(n)

    def clusters(self) -> list[Row]:
        """Return the rows of article_clusters that count, without their batch, by version."""
        rows = self.connection.execute(
            "SELECT c.* EXCLUDE (path, batch_id) FROM listed.article_clusters c JOIN files f USING (path) "
            "QUALIFY row_number() OVER (PARTITION BY version_id ORDER BY f.since DESC) = 1 ORDER BY version_id"
        )
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def to_articles(articles: Sequence[Row], batch_id: str) -> pa.Table:
    """Lay out the columns of articles that clusters are made from."""
    schema = to_schema(load_tables()["articles"])
    fields = pa.schema([schema.field(name).with_nullable(nullable=True) for name in COLUMNS])
    return pa.Table.from_pylist([row | {"batch_id": batch_id} for row in articles], fields)


def to_signatures(articles: Sequence[Row], batch_id: str) -> pa.Table:
    """Sign articles: the rows of article_signatures."""
    signed = [(row["version_id"], batch_id, shingle) for row in articles for shingle in to_signature(row["text"])]
    version_ids, batch_ids, shingles = zip(*signed, strict=True) if signed else ((), (), ())
    columns = {"version_id": pa.array(version_ids, pa.string()), "batch_id": pa.array(batch_ids, pa.string())}
    return pa.table(columns | {"shingle": pa.array(shingles, pa.int64())})


def to_row(text: str, url: str, outlet: str | None = None, published: str = "") -> Row:
    """Make the row of an article as ingest does, as far as clusters need it."""
    article_id = to_article_id(url, None, text)
    sha256, when = sha256_hex(text), read_published(published)
    return {
        "version_id": to_version_id(article_id, sha256), "article_id": article_id, "text_sha256": sha256,
        "published_at": when.at, "published_date": when.day, "outlet_id": to_outlet_id(outlet) if outlet else None,
        "url": url, "text": text,
    }  # fmt: skip


def read_corpus() -> dict[str, Row]:
    """Read war_news_2022 as rows of articles, by its ids."""
    lines = read_lines(CORPUS)
    return {line["id"]: to_row(line["text"], line["url"], line["outlet"], line["published"]) for line in lines}


def measure_gold() -> list[tuple[str, str]]:
    """Decide the gold's pairs by the share of the shorter text, at many thresholds, by the rule, and by cluster."""
    corpus = read_corpus()
    shelf = Shelf()
    shelf.add(list({row["version_id"]: row for row in corpus.values()}.values()))
    clusters_of = {row["version_id"]: row["cluster_id"] for row in shelf.clusters()}
    rows = {row["version_id"]: row for row in corpus.values()}
    links = {
        pair: (share, share >= clusters.to_threshold(*(to_member(rows[version_id]) for version_id in pair)))
        for pair, share in share_of_pairs(shelf).items()
    }
    gold = json.loads((GOLD / "clusters.json").read_text("utf-8"))
    decided = []
    for pair in gold:
        a, b = sorted(corpus[pair[side]]["version_id"] for side in "ab")
        share, is_linked = links.get((a, b), (0.0, False))
        decided.append(
            Decision(share, is_linked, clusters_of[a] == clusters_of[b], pair["label"] in TOGETHER, is_held(pair["a"]))
        )
    sizes = Counter(Counter(clusters_of.values()).values())
    n_links = sum(is_linked for _, is_linked in links.values())
    n_stories = sum(n for size, n in sizes.items() if size > 1)
    measures = [
        ("articles, links, stories of more than one text", f"{len(clusters_of)}, {n_links}, {n_stories}"),
        ("texts in a story: stories", ", ".join(f"{size}: {n}" for size, n in sorted(sizes.items()))),
    ]
    measures += [
        (f"pairs, share >= {share:.2f} whatever the days", score([(d.share >= share, d.is_one) for d in decided]))
        for share in CURVE
    ]
    rule = f"pairs, the rule ({clusters.LINK_SHARE}; {clusters.FAR_SHARE} beyond {clusters.NEAR_DAYS} days)"
    measures.append((rule, score([(d.is_linked, d.is_one) for d in decided])))
    measures.append(("pairs, the rule, held-out third", score([(d.is_linked, d.is_one) for d in decided if d.is_held])))
    measures.append(("pairs in one cluster", score([(d.is_together, d.is_one) for d in decided])))
    measures.append(("precision weighed by all links of the corpus", weigh(decided, list(links.values()))))
    return measures


def to_member(row: Row) -> clusters.Member:
    """Make what the rule of linking asks of an article."""
    return clusters.Member(row["version_id"], row["text_sha256"], 0, published_date=row["published_date"])


def share_of_pairs(shelf: Shelf) -> dict[tuple[str, str], float]:
    """Return what the last run found that every two of its texts share."""
    rows = shelf.connection.execute("""
        WITH pairs AS (SELECT a.text AS a, b.text AS b, count(*) AS n FROM temp.linking a JOIN temp.linking b
            ON a.shingle = b.shingle AND a.text < b.text GROUP BY ALL HAVING n >= ?)
        SELECT x.version_id, y.version_id, p.n / least(s.n, t.n) FROM pairs p
        JOIN temp.sizes s ON s.text = a JOIN temp.sizes t ON t.text = b
        JOIN temp.after x ON x.text = a JOIN temp.after y ON y.text = b""", [clusters.LEAST_SHARED])  # fmt: skip
    return {(min(a, b), max(a, b)): share for a, b, share in rows.fetchall()}


def score(decided: Sequence[tuple[bool, bool]]) -> str:
    """Print precision, recall and F1 of decisions (told together, are together)."""
    n = Counter(decided)
    found, told, asked = n[True, True], n[True, True] + n[True, False], n[True, True] + n[False, True]
    return f"P {found / told:.3f}  R {found / asked:.3f}  F1 {2 * found / (told + asked):.3f}"


def weigh(decided: Sequence[Decision], links: Sequence[tuple[float, bool]]) -> str:
    """Weigh the gold's precision in each tenth of share by how many links the corpus has there."""
    right = total = 0.0
    for tenth in range(TENTHS):
        gold = [d.is_one for d in decided if d.is_linked and to_tenth(d.share) == tenth]
        n = sum(is_linked and to_tenth(share) == tenth for share, is_linked in links)
        right, total = right + n * sum(gold) / max(len(gold), 1), total + n
    return f"{right / total:.3f}"


def to_tenth(share: float) -> int:
    """Return which tenth of the shares one lies in."""
    return min(int(share * TENTHS), TENTHS - 1)


def make_texts(n: int) -> Iterator[Row]:
    """Yield n texts of the corpus, again and again in other worlds: every rarer word renamed, the common ones kept.

    So each world has the real corpus's copies and rewrites, and shares with the others what unrelated news share.
    """
    lines = read_lines(CORPUS)
    counts = Counter(word for line in lines for word in set(re.findall(r"\w+", line["text"])))
    for number in range(n):
        world, line = divmod(number, len(lines))
        row = lines[line]

        def rename(m: re.Match[str], world: int = world) -> str:
            return m[0] if counts[m[0]] > COMMON or not world else f"{m[0]}{world}"

        text = re.sub(r"\w+", rename, row["text"])
        yield to_row(text, f"{row['url']}#{world}", row["outlet"], row["published"])


def measure_size(n: int) -> None:
    """Print the cost of a first run over n texts, and of one with a hundred more after it."""
    shelf = Shelf()
    shelf.connection.execute("SET threads = 2")
    with tempfile.TemporaryDirectory() as folder:
        seconds = stage(Path(folder), n)
        scans = {name: f"FROM read_parquet('{folder}/{name}-*.parquet')" for name in ("articles", "signatures")}
        before = peak()
        shelf.load(
            f"{scans['articles']} WHERE batch_id = 'first'", f"{scans['signatures']} WHERE batch_id = 'first'", "first"
        )
        first = shelf.seconds
        after = peak()
        written = shelf.load(
            f"{scans['articles']} WHERE batch_id = 'news'", f"{scans['signatures']} WHERE batch_id = 'news'", "news"
        )
        n_bytes = sum(path.stat().st_size for path in Path(folder).glob("signatures-*"))
    ((n_rows, n_texts),) = shelf.connection.execute(
        "SELECT count(*), (SELECT count(*) FROM listed.articles) FROM listed.article_signatures"
    ).fetchall()
    print(
        f"{n_texts:>7} texts, {n_rows:>9,} shingles kept ({n_bytes / MEGABYTE**2:.0f} MB): sign {seconds:.0f} s, "
        f"cluster {first:.1f} s, peak {after:.0f} MB ({before:.0f} before); then {NEWS} more: {shelf.seconds:.2f} s, {written} rows",
        flush=True,
    )


def stage(folder: Path, n: int) -> float:
    """Write n texts and a hundred more, with their signatures, in chunks; return how many seconds the signing took."""
    seconds = 0.0
    texts = make_texts(n + NEWS)
    sizes = [CHUNK] * (n // CHUNK) + [n % CHUNK] * bool(n % CHUNK) + [NEWS]
    for number, size in enumerate(sizes):
        batch_id = "first" if number < len(sizes) - 1 else "news"
        rows = list({row["version_id"]: row for row in islice(texts, size)}.values())
        pq.write_table(to_articles(rows, batch_id), folder / f"articles-{number}.parquet", compression="zstd")
        start = time.process_time()
        signatures = to_signatures(rows, batch_id)
        seconds += time.process_time() - start
        pq.write_table(signatures.sort_by("shingle"), folder / f"signatures-{number}.parquet", compression="zstd")
    return seconds


def peak() -> float:
    """Return the most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def main(arguments: Sequence[str]) -> None:
    """Print the measures asked for, or all."""
    parts = [argument for argument in arguments if not argument.isdecimal()] or ["gold", "growth"]
    sizes = [int(argument) for argument in arguments if argument.isdecimal()]
    if parts == ["size"]:
        measure_size(*sizes)
        return
    if "gold" in parts:
        for measure, told in measure_gold():
            print(f"{measure:<50} {told}")
    for n in (sizes or SIZES) if "growth" in parts else ():  # a process each: memory is told by its peak
        subprocess.run([sys.executable, "-m", "benchmarks.clusters", "size", str(n)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
