"""The quality report of a run: what came in, what was promised and kept, what was set apart, held back and refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from expectations.freshness import Expected, Freshness, read_freshness
from expectations.promises import list_promises
from expectations.samples import Precision, read_precision
from expectations.trends import N_RUNS, Drift, count_open, read_broken_lately, read_drift, read_scores
from expectations.words import Trace, Words, to_words
from seeds.contracts import load_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

N_EXAMPLES = 3
# The batches that a run read: most questions are asked of their rows, those superseded since among them.
OF_RUN = "WITH of_run AS (SELECT batch_id FROM batches WHERE run_id = $run) "
# Rejected inputs listed one by one; the count tells the rest.
N_REJECTED = 50


@dataclass(frozen=True, slots=True)
class Books:
    """What one run was given and what became of it: inputs = articles + duplicates + rejected."""

    run_id: str
    committed_at: datetime
    n_inputs: int
    n_articles: int
    n_duplicates: int
    n_rejected: int
    is_balanced: bool
    n_batches: int
    n_held_back: int
    n_figures: int
    n_refusals: int
    n_quarantined: int

    @property
    def refused_share(self) -> float:
        """Refused numbers among all numbers seen (0 to 1)."""
        return self.n_refusals / max(self.n_figures + self.n_refusals, 1)


@dataclass(frozen=True, slots=True)
class TableScore:
    """How one table fared: rows loaded and set apart, promises kept of those asked."""

    table_name: str
    n_loaded: int
    n_quarantined: int
    n_promises: int
    n_kept: int
    scores: tuple[float | None, ...]  # promises kept of those asked, in this run and those before, the oldest first

    @property
    def score(self) -> float:
        """Promises kept of those asked (0 to 1)."""
        return self.n_kept / max(self.n_promises, 1)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of the figures of the built-in sample articles today's reader reads as they should be."""

    n_right: int
    n: int
    wrong: tuple[str, ...]  # "geneva_talks: two hours: unit_code is h, not d"


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise that some batch of the run broke: how often, why it is made, whose rows they are, what to do, and examples."""

    expectation_id: str
    table_name: str
    level: str
    found: str  # "3 of 120 rows", "2 batches"
    reason: str
    owner: str  # of the table: "reader", "ingest" ...
    action: str
    examples: tuple[str, ...]
    words: tuple[Words, ...]  # of figures in quarantine: the sentence with the number marked


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A batch that was held back."""

    batch_id: str
    feed_id: str
    n_versions: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A reason of refusal, its share of all numbers seen in the run, and an example."""

    reason: str
    n: int
    share: float
    example: Words | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that is no article."""

    uri: str
    member: str | None
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise and how it was kept over all batches of the run."""

    expectation_id: str
    table_name: str
    level: str
    n_rows: int
    n_unexpected: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that the report of one run shows."""

    books: Books
    reader_version: str
    started_at: datetime
    tables: tuple[TableScore, ...]
    broken: tuple[BrokenPromise, ...]
    held_back: tuple[HeldBack, ...]
    refused: tuple[Refused, ...]
    rejected: tuple[Rejected, ...]
    promises: tuple[Kept, ...]
    runs: tuple[Books, ...]  # newest first
    broken_lately: tuple[str, ...]  # promises that one of the runs before broke: their breach is no news
    n_open: int  # rows in quarantine that wait, over all runs
    feeds: tuple[Freshness, ...]
    drift: tuple[Drift, ...]
    precision: tuple[Precision, ...]  # as people measured it, of all readers
    precision_of_reader: Precision | None  # of this one
    accuracy: Accuracy | None

    @property
    def traces(self) -> list[Trace]:
        """The examples' origins, each once."""
        shown = [w for b in self.broken for w in b.words] + [r.example for r in self.refused if r.example]
        return list({w.trace.id: w.trace for w in shown if w.trace}.values())


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report tells that does not stand in the lake: what tally.toml expects, how the samples are read."""

    expected: Sequence[Expected] = ()
    accuracy: Accuracy | None = None


def read_report(connection: duckdb.DuckDBPyConnection, run_id: str | None = None, beside: Beside = Beside()) -> Report:
    """Read a run's report (the newest run's without a run_id) from a connection to the lake's views.

    Raises KeyError for a run that the lake does not know.
    """
    names = ", ".join(Books.__slots__)
    runs = [
        Books(*row) for row in connection.execute(f"SELECT {names} FROM books ORDER BY committed_at DESC").fetchall()
    ]
    books = next((run for run in runs if run_id in {None, run.run_id}), None)
    if books is None:
        raise KeyError(run_id)
    of_run = {"run": books.run_id}
    [(reader_version, started_at)] = connection.execute(
        "SELECT reader_version, started_at FROM runs WHERE run_id = $run",
        of_run,
    ).fetchall()
    promises = tuple(
        Kept(*row)
        for row in connection.execute(
            OF_RUN
            + """SELECT expectation_id, table_name, level, sum(n_rows)::BIGINT, sum(n_unexpected)::BIGINT
            FROM expectation_results_history SEMI JOIN of_run USING (batch_id)
            GROUP BY ALL ORDER BY expectation_id""",
            of_run,
        ).fetchall()
    )
    moment = books.committed_at
    until = [run for run in runs if run.committed_at <= moment]
    read = [(run.run_id, run.committed_at) for run in reversed(until) if run.n_batches] or [(books.run_id, moment)]
    drift = read_drift(connection, read, moment)
    of_reader = next(iter(read_precision(connection, reader_version)), None)
    return Report(
        books,
        reader_version,
        started_at,
        _read_tables(connection, of_run, promises, [run for run, _ in read[-N_RUNS:]]),
        _read_broken(connection, of_run, promises),
        _read_held_back(connection, of_run),
        _read_refused(connection, of_run, books),
        _read_rejected(connection, of_run),
        promises,
        tuple(until[:N_RUNS]),
        read_broken_lately(connection, [run.run_id for run in until[1:N_RUNS]]),
        count_open(connection, moment),
        tuple(read_freshness(connection, beside.expected, moment)),
        tuple(sorted(drift.values(), key=lambda d: (-d.shares[-1], d.reason))) if books.n_batches else (),
        tuple(read_precision(connection)),
        of_reader,
        beside.accuracy,
    )


def _read_tables(
    connection: duckdb.DuckDBPyConnection,
    of_run: dict[str, str],
    promises: tuple[Kept, ...],
    run_ids: Sequence[str],
) -> tuple[TableScore, ...]:
    history = read_scores(connection, run_ids)
    loaded = dict(
        connection.execute(
            "SELECT table_name, sum(n_rows)::BIGINT FROM files WHERE run_id = $run GROUP BY ALL", of_run
        ).fetchall(),
    )
    apart = dict(
        connection.execute(
            OF_RUN
            + "SELECT table_name, count(*) FROM quarantine_history SEMI JOIN of_run USING (batch_id) GROUP BY ALL",
            of_run,
        ).fetchall(),
    )
    scores = []
    for table in dict.fromkeys(p.table_name for p in promises):
        own = [p for p in promises if p.table_name == table]
        n_kept = sum(p.n_unexpected == 0 for p in own)
        scores.append(
            TableScore(table, loaded.get(table, 0), apart.get(table, 0), len(own), n_kept, history.get(table, ()))
        )
    return tuple(scores)


def _read_broken(
    connection: duckdb.DuckDBPyConnection,
    of_run: dict[str, str],
    promises: tuple[Kept, ...],
) -> tuple[BrokenPromise, ...]:
    contracts = load_tables()
    told = {p.expectation_id: p for p in list_promises(contracts)}
    broken = []
    for kept in sorted((p for p in promises if p.n_unexpected), key=lambda p: (-p.n_unexpected, p.expectation_id)):
        found = connection.execute(
            OF_RUN
            + """SELECT examples FROM expectation_results_history SEMI JOIN of_run USING (batch_id)
            WHERE expectation_id = $id AND NOT is_met ORDER BY batch_id""",
            of_run | {"id": kept.expectation_id},
        ).fetchall()
        examples = [e if isinstance(e, str) else _to_line(e) for (cell,) in found for e in json.loads(cell)]
        # An older run's promise may be made no more: its results still tell what was found.
        promise = told.get(kept.expectation_id)
        broken.append(
            BrokenPromise(
                kept.expectation_id,
                kept.table_name,
                kept.level,
                f"{len(found)} batches"
                if promise and promise.grain == "batch"
                else f"{kept.n_unexpected} of {kept.n_rows} rows",
                promise.reason if promise else "",
                contracts[promise.table].owner if promise else "",
                promise.action if promise else "",
                tuple(examples[:N_EXAMPLES]),
                _read_words(connection, of_run, kept, [cell for (cell,) in found]),
            ),
        )
    return tuple(broken)


def _to_line(example: dict[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in example.items())


TRACED = "title, outlet_id, CAST(published_date AS VARCHAR), url, document_id"


def _read_words(
    connection: duckdb.DuckDBPyConnection, of_run: dict[str, str], kept: Kept, examples: Sequence[str]
) -> tuple[Words, ...]:
    """Show the sentences of the first figures that stand in quarantine for a promise, or that it only watches, the number marked."""
    if kept.table_name != "figures":
        return ()
    if kept.level == "WATCH":
        ids = [
            e["figure_id"] for cell in examples for e in json.loads(cell) if isinstance(e, dict) and e.get("figure_id")
        ]
        rows = connection.execute(
            OF_RUN
            + f"""SELECT f.figure_id, to_json(f), a.text, {TRACED}
            FROM figures_history f SEMI JOIN of_run USING (batch_id)
            JOIN articles_history a ON a.version_id = f.version_id AND a.batch_id = f.batch_id
            WHERE list_contains($ids, f.figure_id) ORDER BY f.figure_id LIMIT $n""",
            of_run | {"ids": ids[:N_EXAMPLES], "n": N_EXAMPLES},
        ).fetchall()
        command = "tally trace"
    else:
        rows = connection.execute(
            OF_RUN
            + f"""SELECT q.quarantine_id, q.row_json, a.text, {TRACED}
            FROM quarantine_history q SEMI JOIN of_run USING (batch_id)
            JOIN articles_history a ON a.version_id = q.version_id AND a.batch_id = q.batch_id
            WHERE q.expectation_id = $id AND q.table_name = 'figures' ORDER BY q.quarantine_id LIMIT $n""",
            of_run | {"id": kept.expectation_id, "n": N_EXAMPLES},
        ).fetchall()
        command = "tally quarantine show"
    return tuple(
        to_words(json.loads(row), text, Trace(id_, f"{command} {id_}", *of_article))
        for id_, row, text, *of_article in rows
    )


def _read_held_back(connection: duckdb.DuckDBPyConnection, of_run: dict[str, str]) -> tuple[HeldBack, ...]:
    return tuple(
        HeldBack(*row)
        for row in connection.execute(
            """SELECT batch_id, feed_id, n_versions, coalesce(reason, '') FROM batches
            WHERE run_id = $run AND status = 'HELD_BACK' ORDER BY feed_id, batch_id""",
            of_run,
        ).fetchall()
    )


def _read_refused(connection: duckdb.DuckDBPyConnection, of_run: dict[str, str], books: Books) -> tuple[Refused, ...]:
    rows = connection.execute(
        OF_RUN
        + """SELECT r.reason, count(*) AS n, arg_min({s: r.number_start, e: r.number_end, t: a.text}, r.refusal_id)
        FROM refusals_history r SEMI JOIN of_run USING (batch_id)
        LEFT JOIN articles_history a ON a.version_id = r.version_id AND a.batch_id = r.batch_id
        GROUP BY r.reason ORDER BY n DESC, r.reason""",
        of_run,
    ).fetchall()
    refused = []
    for reason, n, example in rows:
        # A struct that holds text of an article that was not loaded has none.
        text, spans = example["t"], {"number_start": example["s"], "number_end": example["e"]}
        around = spans | {"sentence_start": 0, "sentence_end": len(text or "")}
        words = to_words(around, text) if text else None
        refused.append(Refused(reason, n, n / max(books.n_figures + books.n_refusals, 1), words))
    return tuple(refused)


def _read_rejected(connection: duckdb.DuckDBPyConnection, of_run: dict[str, str]) -> tuple[Rejected, ...]:
    return tuple(
        Rejected(*row)
        for row in connection.execute(
            """SELECT uri, member, line, coalesce(reason, '') FROM inputs_history
            WHERE run_id = $run AND outcome = 'REJECTED' ORDER BY feed_id, uri, member, line LIMIT $n""",
            of_run | {"n": N_REJECTED},
        ).fetchall()
    )
