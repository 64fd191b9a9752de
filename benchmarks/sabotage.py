"""Damage done to good batches: which promise catches it, and how often good batches raise an alarm.

usage: python -m benchmarks.sabotage [--damage FILE.csv] [--good N]

benchmarks/gold/sabotage.csv was written before the expectations: table, damage (SQL statements on the staged rows, one
table a contract), and the expectation meant to catch it. A stranger's list has the same columns. A damage is caught when
the expectation meant for it breaks, or, where none is named, any. Good batches are drawn by seed from
../shared/corpora/war_news_2022.jsonl, read once into build/sabotage; a feed's history is made of other such draws.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq

from benchmarks.sets import GOLD, ROOT, SHARED
from expectations.known import known_codes
from expectations.usual import Past
from expectations.validation import Before, validate
from flows.ingest import ingest
from flows.normalise import normalise
from flows.plan import make_plan
from seeds.contracts import load_tables
from transforms.ids import hash_id
from transforms.references import reference_tables
from transforms.tables import to_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import pyarrow as pa

FOLDER = ROOT / "build" / "sabotage"
CORPUS = SHARED / "corpora" / "war_news_2022.jsonl"
SEED = 20260218  # any fixed number: the same batches each time
ARTICLES = 280  # of a batch: about 5,000 rows with figures, refusals and attributions
HISTORY = 20  # batches of a feed before the one that is damaged
N_GOOD = 500
MOST_ALARMS = 5  # of them
TABLES = ("articles", "figures", "refusals", "attributions", "quarantine", "inputs", "documents", "fetches")
CONTRACTS = load_tables()
DAY = date(2022, 6, 1)
VOLUME_AND_FRESHNESS = {
    "articles.volume_is_usual",
    "articles.outlets_are_heard",
    "articles.has_rows",
}  # what others' monitors watch


@dataclass(frozen=True, slots=True)
class Damage:
    """One line of a list of damages."""

    damage_id: str
    table: str
    statements: str
    expectation: str


def read_damages(path: Path) -> list[Damage]:
    """Read a list of damages; a line without an expectation is caught by any."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Damage(row.get("damage_id") or f"line {n}", row["table"], row["damage"], row.get("expectation") or "")
            for n, row in enumerate(csv.DictReader(lines), 2)
        ]


def read_corpus() -> duckdb.DuckDBPyConnection:
    """Read the corpus into staged tables, once, and open them."""
    whole = FOLDER / "whole"
    if not whole.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        plan = make_plan(FOLDER / "lake", (str(CORPUS),), published=None, is_again=False, n_workers=None)
        normalise(plan, ingest(plan))
        plan.staging.rename(whole)
    connection = duckdb.connect()
    for table in TABLES:
        files = [str(path) for path in sorted((whole / table).rglob("*.parquet"))]
        connection.execute(f"CREATE TABLE {table} AS FROM read_parquet($files, union_by_name = true)", {"files": files})
    connection.execute("CREATE TABLE read AS SELECT figure_id, version_id FROM figures")
    return connection


def stage(connection: duckdb.DuckDBPyConnection, versions: Sequence[str], name: str, staging: Path) -> str:
    """Stage some articles with all their rows as a batch of a feed of its own; return its id."""
    batch_id = hash_id("sabotage", name)
    connection.execute("CREATE OR REPLACE TEMP TABLE drawn AS SELECT unnest($v) AS version_id", {"v": list(versions)})
    where = {
        "documents": "true",
        "fetches": "true",
        "attributions": "figure_id IN (SELECT figure_id FROM read SEMI JOIN drawn USING (version_id))",
    }
    for table in TABLES:
        contract = CONTRACTS[table]
        named = [f"'{batch_id}' AS batch_id", *([f"'{name}' AS feed_id"] if "feed_id" in contract.columns else [])]
        rows = connection.sql(
            f"SELECT * REPLACE ({', '.join(named)}) FROM {table} WHERE {where.get(table, 'version_id IN (FROM drawn)')}"
        ).to_arrow_table()
        file = "corpus" if table == "documents" else batch_id  # one file of the corpus for all batches
        path = staging / table / f"{file}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows.select(list(contract.columns)).cast(to_schema(contract)), path)
    return batch_id


def do_damage(damage: Damage, staging: Path) -> None:
    """Run a damage's statements on the staged rows and write them back as they then are."""
    with duckdb.connect() as connection:
        paths = {table: next((staging / table).glob("*.parquet")) for table in TABLES}
        for table, path in paths.items():
            connection.execute(f"CREATE TABLE {table} AS FROM read_parquet($path)", {"path": str(path)})
        connection.execute(damage.statements)
        for table, path in paths.items():
            connection.execute(f"COPY {table} TO '{path}' (FORMAT parquet)")


@lru_cache(maxsize=1)
def known_of_seeds() -> tuple[dict[str, pa.Table], dict[str, Collection[str]]]:
    """Return the tables made from seeds, and the codes in them that rows may refer to."""
    reference = reference_tables()
    codes: dict[str, Collection[str]] = {**known_codes(reference, CONTRACTS)}
    return reference, codes | {"documents.document_id": (), "articles.version_id": ()}


def find_broken(
    staging: Path, batch_ids: Sequence[str], past: dict[tuple[str, str], list[Past]]
) -> dict[str, set[str]]:
    """Validate batches; return for each the expectations that broke."""
    reference, known = known_of_seeds()
    validate(staging, batch_ids, Before(known, reference, past, DAY))
    broken: dict[str, set[str]] = {}
    for batch_id in batch_ids:
        rows = pq.read_table(staging / "passed" / "expectation_results" / f"{batch_id}.parquet").to_pylist()
        broken[batch_id] = {row["expectation_id"] for row in rows if not row["is_met"]}
    return broken


def remember(staging: Path, batch_ids: Sequence[str]) -> dict[str, list[Past]]:
    """Return by expectation what was measured in batches already validated: the history of a feed."""
    past: dict[str, list[Past]] = defaultdict(list)
    for k, batch_id in enumerate(batch_ids):
        rows = pq.read_table(staging / "passed" / "expectation_results" / f"{batch_id}.parquet").to_pylist()
        for row in rows:
            if row["measured"] is not None:
                day = DAY - timedelta(days=len(batch_ids) - k)
                past[row["expectation_id"]].append(Past(day, json.loads(row["measured"])))
    return past


def draw(connection: duckdb.DuckDBPyConnection, n_batches: int) -> Iterable[list[str]]:
    """Draw batches of articles by seed."""
    versions = [v for (v,) in connection.execute("SELECT version_id FROM articles ORDER BY version_id").fetchall()]
    dice = random.Random(SEED)
    for _ in range(n_batches):
        yield dice.sample(versions, ARTICLES)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--damage", type=Path, default=GOLD / "sabotage.csv", help="a list of damages")
    parser.add_argument("--good", type=int, default=N_GOOD, help="good batches to look for false alarms in")
    options = parser.parse_args()
    work = FOLDER / "work"
    shutil.rmtree(work, ignore_errors=True)
    with read_corpus() as connection:
        names = [f"good-{k}" for k in range(options.good + HISTORY)]
        ids = [
            stage(connection, v, name, work / "good")
            for name, v in zip(names, draw(connection, len(names)), strict=True)
        ]
        find_broken(work / "good", ids[:HISTORY], {})
        history = remember(work / "good", ids[:HISTORY])
        past = {(feed, of): batches for feed in names for of, batches in history.items()}
        alarms = find_broken(work / "good", ids[HISTORY:], past)
        raised = Counter(expectation for broken in alarms.values() for expectation in broken)
        n_raised = sum(map(bool, alarms.values()))
        print(
            f"good batches: {n_raised} of {len(alarms)} raised an alarm (at most {MOST_ALARMS}) {dict(raised.most_common())}"
        )
        [versions] = draw(connection, 1)
        damages, n_caught, n_watched = read_damages(options.damage), 0, 0
        for damage in damages:
            staging = work / "damaged"
            shutil.rmtree(staging, ignore_errors=True)
            batch_id = stage(connection, versions, "good-0", staging)
            do_damage(damage, staging)
            broken = find_broken(staging, [batch_id], past)[batch_id]
            is_caught = damage.expectation in broken if damage.expectation else bool(broken)
            n_caught += is_caught
            n_watched += bool(broken & VOLUME_AND_FRESHNESS)
            print(
                f"{'caught' if is_caught else 'MISSED'} {damage.damage_id}: {damage.expectation}{'' if is_caught else f' (broke: {sorted(broken)})'}"
            )
    print(f"caught {n_caught} of {len(damages)}; volume and freshness alone would have caught {n_watched}")


if __name__ == "__main__":
    main()
