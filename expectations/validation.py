"""Staged batches to verdicts: every row and batch judged, what is broken set apart, what was found written down."""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.kinds import to_kinds
from expectations.promises import Promise, list_promises
from expectations.quarantine import set_apart
from expectations.staging import Staged, find_staged, is_examined, open_staged
from expectations.usual import Measured, Past, find_unusual
from seeds.contracts import load_tables
from transforms.tables import to_schema, to_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import duckdb

    from expectations.suites import Judge
    from seeds.contracts import Table

# Batches are judged in groups, two groups side by side: 300,000 rows each, with their articles' texts and checks, hold at most 1.3 GB.
GROUPS_AT_ONCE = 2
ROWS_AT_ONCE = 300_000
# Examples shown of each broken promise, and how much of a long value (an article's text) each shows.
N_EXAMPLES = 3
MAX_EXAMPLE_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one batch: held back with a reason, or loaded but for its quarantined rows."""

    batch_id: str
    is_held_back: bool
    reason: str | None  # the broken expectations of tables
    n_rows: dict[str, int]  # table -> rows that passed
    n_quarantined: dict[str, int]  # table -> rows set apart, those of the reader among them


@dataclass(slots=True)
class Findings:
    """What was found about the batches judged together."""

    unexpected: dict[str, np.ndarray] = field(default_factory=dict)  # expectation -> rids (rows) or batches
    batch_of_row: dict[str, np.ndarray] = field(default_factory=dict)  # table -> batch of each rid, -1 = none
    n_rows: dict[str, np.ndarray] = field(default_factory=dict)  # table -> rows by batch (of all batches given)
    measured: dict[str, dict[int, Measured]] = field(default_factory=dict)  # expectation -> what each batch gave
    unusual: dict[str, dict[int, dict[str, float]]] = field(default_factory=dict)  # and the usual, where it is far off


@dataclass(frozen=True, slots=True)
class Before:
    """What is known besides the batches: codes, the tables made from seeds, and what each feed's batches gave before."""

    known: Mapping[str, Collection[str]]  # reference ("metrics.metric_code") -> the codes that stand there
    reference: Mapping[str, pa.Table] = field(default_factory=dict)
    past: Mapping[tuple[str, str], Sequence[Past]] = field(default_factory=dict)  # by (feed, expectation)
    day: date = date.min  # of the run: a feed's Mondays are compared with its Mondays


@dataclass(frozen=True, slots=True)
class _Work:
    """What every group of batches is judged by."""

    staging: Path
    staged: Staged
    promises: Sequence[Promise]
    contracts: Mapping[str, Table]
    before: Before
    judge: Future[Judge]
    n_threads: int  # of DuckDB, for a group


def validate(
    staging: Path,
    batch_ids: Sequence[str],
    before: Before,
    contracts: Mapping[str, Table] | None = None,
) -> list[Verdict]:
    """Judge the staged batches of a run and write what passes to staging/passed/TABLE/BATCH.parquet.

    `before.known` has every reference that leads out of the run ("metrics.metric_code", "documents.document_id"). A row that breaks a row's expectation goes to passed/quarantine with what hangs on it; a batch
    that breaks a table's passes nothing but its quarantine and its results. Raises KeyError for a reference unknown.
    """
    contracts = load_tables() if contracts is None else contracts
    promises = list_promises(contracts)
    _refuse_gaps(contracts, before.known)
    staged = find_staged(staging, batch_ids, contracts)
    groups = list(_group(staged))
    n_threads = max(1, (os.cpu_count() or 1) // min(GROUPS_AT_ONCE, max(1, len(groups))))
    with ThreadPoolExecutor(1) as aside, ThreadPoolExecutor(GROUPS_AT_ONCE) as pool:
        work = _Work(staging, staged, promises, contracts, before, aside.submit(_judge), n_threads)
        judged = pool.map(lambda batches: _judge_together(work, batches), groups)
        return [verdict for of_group in judged for verdict in of_group]


def _refuse_gaps(contracts: Mapping[str, Table], known: Mapping[str, Collection[str]]) -> None:
    for contract in filter(is_examined, contracts.values()):
        for column in contract.columns.values():
            target = (column.references or "").partition(".")[0]
            if target and contracts[target].scope in {"seed", "ledger"} and column.references not in known:
                msg = f"known lacks {column.references}"
                raise KeyError(msg)


def _group(staged: Staged) -> Iterator[list[int]]:
    """Put batches together until their rows fill a group: judging costs by the group, not by the batch."""
    group: list[int] = []
    n_rows = 0
    for batch in range(len(staged.batch_ids)):
        if group and n_rows + staged.n_rows.get(batch, 0) > ROWS_AT_ONCE:
            yield group
            group, n_rows = [], 0
        group.append(batch)
        n_rows += staged.n_rows.get(batch, 0)
    if group:
        yield group


@lru_cache(maxsize=1)
def _judge() -> Judge:
    """Import Great Expectations, which takes seconds, while DuckDB loads and answers."""
    gc.disable()  # all that the import makes stays: to look for garbage among it took a fifth of its time
    try:
        from expectations.suites import Judge  # noqa: PLC0415 - imported here and not before, see above
    finally:
        gc.enable()
    return Judge()


def _judge_together(work: _Work, batches: Sequence[int]) -> list[Verdict]:
    staged, promises, contracts = work.staged, work.promises, work.contracts
    sound = set(batches) - staged.faulty
    references = {c.references for t in contracts.values() for c in t.columns.values() if c.references}
    findings = Findings()
    codes = {r: work.before.known.get(r, ()) for r in sorted(references)}
    with open_staged(staged, sound, contracts, codes, work.before.reference, work.n_threads) as connection:
        _judge_rows(connection, work, findings)
        _measure(connection, promises, findings, work.before)
        apart = set_apart(connection, promises, findings.unexpected, contracts)
        _judge_batches(connection, work, batches, findings)
        results = _to_results(connection, staged, batches, promises, findings, contracts)
        held = [p for p in promises if p.level == "TABLE"]
        broken = {batch: [p.expectation_id for p in held if _is_broken(p, batch, findings)] for batch in batches}
        n_rows: dict[int, dict[str, int]] = {batch: {} for batch in batches}
        connection.remove_function("words")  # and the texts that it holds
        for name in apart.tables:  # one after the other: a table's rows need not stand in memory with all others'
            slices = _Slices.take(connection, contracts[name])
            for batch in batches:
                if not broken[batch]:
                    n_rows[batch][name] = slices.write(work.staging, batch, staged.batch_ids[batch])
    verdicts = []
    for batch in batches:
        batch_id, set_aside = staged.batch_ids[batch], apart.rows.get(batch, [])
        _write(work.staging, contracts["quarantine"], batch_id, set_aside)
        _write(work.staging, contracts["expectation_results"], batch_id, results[batch])
        n_quarantined = dict(Counter(str(row["table_name"]) for row in set_aside))
        why = ", ".join(broken[batch]) or None
        verdicts.append(Verdict(batch_id, bool(broken[batch]), why, n_rows[batch], n_quarantined))
    return verdicts


def _judge_rows(connection: duckdb.DuckDBPyConnection, work: _Work, findings: Findings) -> None:
    """Let DuckDB answer the heavy promises of all rows, and then Great Expectations judge all promises."""
    answers = []
    for contract in filter(is_examined, work.contracts.values()):
        own = [p for p in work.promises if p.table == contract.name and p.grain == "row"]
        batch_of_row = connection.execute(
            f"SELECT coalesce(batch, -1) AS batch FROM {contract.name} ORDER BY rid"
        ).fetchnumpy()
        batch = np.asarray(batch_of_row["batch"], np.int64)
        findings.batch_of_row[contract.name] = batch
        findings.n_rows[contract.name] = np.bincount(batch[batch >= 0], minlength=len(work.staged.batch_ids))
        findings.unexpected |= {p.expectation_id: np.empty(0, np.int64) for p in own}
        if len(batch):
            answers.append((contract.name, own, *to_kinds(connection, contract.name, own)))
    for table, own, kinds, rids_of_kind in answers:
        batch = findings.batch_of_row[table]
        for expectation_id, broken in work.judge.result().find_unexpected(table, own, kinds).items():
            if broken:
                found = np.sort(np.concatenate([rids_of_kind[kind] for kind in broken]))
                findings.unexpected[expectation_id] = found[batch[found] >= 0]


def _measure(
    connection: duckdb.DuckDBPyConnection, promises: Sequence[Promise], findings: Findings, before: Before
) -> None:
    """Measure what each batch gives of what is usual, and compare it with the feed's batches before."""
    feeds = dict(connection.execute("SELECT batch, any_value(feed_id) FROM articles GROUP BY batch").fetchall())
    for p in (p for p in promises if p.form == "USUAL"):
        value = f"coalesce(this.{p.by}, '')" if p.by else "''"
        query = f"SELECT this.batch, {value}, ({p.sql})::DOUBLE FROM {p.table} this {p.joins} GROUP BY ALL"
        measured = findings.measured.setdefault(p.expectation_id, {})
        for batch, name, number in connection.execute(query).fetchall():
            if number is not None:
                measured.setdefault(batch, {})[name] = number
        unusual = findings.unusual.setdefault(p.expectation_id, {})
        for batch, feed_id in feeds.items():
            past = before.past.get((feed_id, p.expectation_id), ())
            if found := find_unusual(measured.get(batch, {}), past, before.day):
                unusual[batch] = found


def _judge_batches(
    connection: duckdb.DuckDBPyConnection, work: _Work, batches: Sequence[int], findings: Findings
) -> None:
    """Judge what tables promise of a batch as a whole: one row a batch, one boolean a promise, null = not asked."""
    own, staged = [p for p in work.promises if p.grain == "batch"], work.staged
    answers: dict[str, dict[int, bool]] = {}
    for p in own:
        if not p.sql:
            answers[p.expectation_id] = {batch: (batch, p.table) not in staged.faults for batch in batches}
            continue
        if p.form == "USUAL":
            unusual = findings.unusual[p.expectation_id]
            answers[p.expectation_id] = {batch: batch not in unusual for batch in batches if batch not in staged.faulty}
            continue
        query = f"""SELECT b.batch, coalesce({p.sql}, true) FROM batches b
            LEFT JOIN {p.table} this ON this.batch = b.batch {p.joins} GROUP BY b.batch"""
        answers[p.expectation_id] = dict(connection.execute(query).fetchall())
    rows = [{name: of.get(batch) for name, of in answers.items()} for batch in batches]
    for expectation_id, positions in work.judge.result().find_unexpected("batches", own, rows).items():
        findings.unexpected[expectation_id] = np.array([batches[i] for i in positions], np.int64)


def _is_broken(promise: Promise, batch: int, findings: Findings) -> bool:
    found = findings.unexpected[promise.expectation_id]
    if promise.grain == "row":
        found = findings.batch_of_row[promise.table][found]
    return bool((found == batch).any())


def _to_results(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    batches: Sequence[int],
    promises: Sequence[Promise],
    findings: Findings,
    contracts: Mapping[str, Table],
) -> dict[int, list[dict[str, object]]]:
    """Write down what was found, batch by batch. A batch with a faulty file was asked for its schemas only."""
    results: dict[int, list[dict[str, object]]] = {batch: [] for batch in batches}
    faulty = staged.faulty
    for p in promises:
        found = findings.unexpected[p.expectation_id]
        batch_of = findings.batch_of_row[p.table][found] if p.grain == "row" else found
        n_unexpected = np.bincount(batch_of, minlength=len(staged.batch_ids))
        examples = _read_examples(connection, p, found, batch_of, contracts[p.table]) if p.grain == "row" else {}
        for batch in batches:
            fault = staged.faults.get((batch, p.table))
            is_of_file = p.grain == "batch" and not p.sql
            if batch in faulty and not is_of_file:
                continue
            if fault:
                examples = {**examples, batch: [fault]}
            n_broken, n_rows = int(n_unexpected[batch]), int(findings.n_rows[p.table][batch])
            measured = findings.measured.get(p.expectation_id, {}).get(batch)
            if p.grain == "row":
                observed = f"{n_broken} of {n_rows} rows broke it"
            elif p.form == "USUAL":
                observed = _tell(measured or {}, findings.unusual[p.expectation_id].get(batch, {}))
            else:
                observed = fault or ("no" if n_broken else "yes")
            results[batch].append(
                {
                    "expectation_id": p.expectation_id,
                    "table_name": p.table,
                    "level": p.level,
                    "is_met": n_broken == 0,
                    "observed": observed,
                    "n_rows": n_rows,
                    "n_unexpected": n_broken,
                    "examples": json.dumps(examples.get(batch, []), ensure_ascii=False),
                    "measured": None if measured is None else json.dumps(measured, ensure_ascii=False, sort_keys=True),
                    "batch_id": staged.batch_ids[batch],
                },
            )
    return results


def _tell(measured: Measured, unusual: Mapping[str, float]) -> str:
    """Say in words what was measured, beside what is usual where that is far off."""
    if unusual:
        told = (
            f"{f'{value}: ' if value else ''}{measured.get(value, 0.0):.4g}, usually {usual:.4g}"
            for value, usual in unusual.items()
        )
        return "; ".join(told)
    return f"{measured['']:.4g}" if "" in measured and len(measured) == 1 else f"{len(measured)} values, as usual"


def _read_examples(
    connection: duckdb.DuckDBPyConnection,
    promise: Promise,
    rids: np.ndarray,
    batch_of: np.ndarray,
    contract: Table,
) -> dict[int, list[object]]:
    """Show the first rows of each batch that break a promise: their key and the columns that it speaks of."""
    first: dict[int, list[int]] = {}
    for rid, batch in zip(rids.tolist(), batch_of.tolist(), strict=True):
        if len(first.setdefault(batch, [])) < N_EXAMPLES:
            first[batch].append(rid)
    if not first:
        return {}
    columns = list(dict.fromkeys([*contract.key, *promise.columns]))
    wanted = [rid for of_batch in first.values() for rid in of_batch]
    rows = connection.execute(
        f"SELECT rid, {', '.join(columns)} FROM {promise.table} WHERE list_contains($rids, rid)",
        {"rids": wanted},
    ).fetchall()
    shown = {row[0]: {name: _show(value) for name, value in zip(columns, row[1:], strict=True)} for row in rows}
    return {batch: [shown[rid] for rid in of_batch] for batch, of_batch in first.items()}


def _show(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    text = repr(value) if isinstance(value, float) else str(value)
    return text if len(text) <= MAX_EXAMPLE_CHARACTERS else text[:MAX_EXAMPLE_CHARACTERS] + "…"


@dataclass(slots=True)
class _Slices:
    """The rows of one table that pass, sorted by batch, to be cut batch by batch."""

    contract: Table
    rows: pa.Table
    starts: dict[int, tuple[int, int]]

    @classmethod
    def take(cls, connection: duckdb.DuckDBPyConnection, contract: Table) -> _Slices:
        broken = connection.execute("SELECT rid FROM broken WHERE table_name = ?", [contract.name]).fetchnumpy()["rid"]
        # A table is read in the order in which it was made, by rid: to sort it again would take twice as long.
        rows = connection.sql(f"SELECT batch, {', '.join(contract.columns)} FROM {contract.name}").to_arrow_table()
        connection.execute(f"DROP TABLE {contract.name}")
        rows = rows.filter(~np.isin(np.arange(len(rows)), broken)) if len(broken) else rows
        batch = rows.column("batch").to_numpy()
        found, starts, counts = np.unique(batch, return_index=True, return_counts=True)
        cuts = {int(b): (int(s), int(n)) for b, s, n in zip(found, starts, counts, strict=True)}
        return cls(contract, rows.drop_columns(["batch"]).cast(to_schema(contract)), cuts)

    def write(self, staging: Path, batch: int, batch_id: str) -> int:
        start, length = self.starts.get(batch, (0, 0))
        _write_table(staging, self.contract, batch_id, self.rows.slice(start, length))
        return length


def _write(staging: Path, contract: Table, batch_id: str, rows: Sequence[Mapping[str, object]]) -> None:
    _write_table(staging, contract, batch_id, to_table(contract, rows))


def _write_table(staging: Path, contract: Table, batch_id: str, table: pa.Table) -> None:
    folder = staging / "passed" / contract.name
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / f"{batch_id}.parquet", compression="zstd")
