"""The quality report of a run: what came in, what was promised and kept, what was set apart, held back and refused."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import jinja2

from expectations.promises import list_promises
from seeds.contracts import load_tables

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

Form = Literal["html", "json", "md"]

# Runs shown beside this one, newest first, and how much of a text an example shows on either side.
N_RUNS = 14
CONTEXT_CHARACTERS = 80
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


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of a text with the words in question in its middle."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise that some batch of the run broke: how often, why it is made, what to do, and examples."""

    expectation_id: str
    table_name: str
    level: str
    found: str  # "3 of 120 rows", "2 batches"
    reason: str
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


def read_report(connection: duckdb.DuckDBPyConnection, run_id: str | None = None) -> Report:
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
    return Report(
        books,
        reader_version,
        started_at,
        _read_tables(connection, of_run, promises),
        _read_broken(connection, of_run, promises),
        _read_held_back(connection, of_run),
        _read_refused(connection, of_run, books),
        _read_rejected(connection, of_run),
        promises,
        tuple(runs[:N_RUNS]),
    )


def _read_tables(
    connection: duckdb.DuckDBPyConnection,
    of_run: dict[str, str],
    promises: tuple[Kept, ...],
) -> tuple[TableScore, ...]:
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
        scores.append(TableScore(table, loaded.get(table, 0), apart.get(table, 0), len(own), n_kept))
    return tuple(scores)


def _read_broken(
    connection: duckdb.DuckDBPyConnection,
    of_run: dict[str, str],
    promises: tuple[Kept, ...],
) -> tuple[BrokenPromise, ...]:
    told = {p.expectation_id: p for p in list_promises(load_tables())}
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
                promise.action if promise else "",
                tuple(examples[:N_EXAMPLES]),
                _read_words(connection, of_run, kept.expectation_id),
            ),
        )
    return tuple(broken)


def _to_line(example: dict[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in example.items())


def _read_words(
    connection: duckdb.DuckDBPyConnection, of_run: dict[str, str], expectation_id: str
) -> tuple[Words, ...]:
    """Show the sentences of the first figures that stand in quarantine for a promise, the number marked."""
    rows = connection.execute(
        OF_RUN
        + """SELECT q.row_json, a.text FROM quarantine_history q SEMI JOIN of_run USING (batch_id)
        JOIN articles_history a ON a.version_id = q.version_id AND a.batch_id = q.batch_id
        WHERE q.expectation_id = $id AND q.table_name = 'figures' ORDER BY q.quarantine_id LIMIT $n""",
        of_run | {"id": expectation_id, "n": N_EXAMPLES},
    ).fetchall()
    return tuple(_to_words(json.loads(row), text) for row, text in rows)


def _to_words(figure: dict[str, object], text: str) -> Words:
    """Cut a figure's sentence out of its text; a broken span shows as much as there is."""
    names = ("number_start", "number_end", "sentence_start", "sentence_end")
    spans = [value if isinstance(value := figure.get(name), int) else 0 for name in names]
    start, end, first, last = (min(max(span, 0), len(text)) for span in spans)
    first, last = max(first, start - CONTEXT_CHARACTERS), min(last, end + CONTEXT_CHARACTERS)
    return Words(text[first:start], text[start:end], text[end:last])


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
        words = _to_words(around, text) if text else None
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


def render_report(report: Report, form: str) -> str:
    """Turn a report into one self-contained HTML page, JSON for machines, or Markdown for a chat or pull request.

    Raises ValueError for another form.
    """
    if form == "json":
        return json.dumps(asdict(report), default=_to_json, ensure_ascii=False, indent=2) + "\n"
    if form not in {"html", "md"}:
        msg = f"a report is html, json or md, not {form}"
        raise ValueError(msg)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        # What others wrote is inert, whatever the template does with it: HTML by escaping, Markdown by finalizing.
        autoescape=jinja2.select_autoescape(["html.j2"]),
        finalize=to_inert_markdown if form == "md" else None,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = to_percent
    return environment.get_template(f"report.{form}.j2").render(report=report, most=N_REJECTED)


def _to_json(value: object) -> str:
    return cast("datetime", value).isoformat()


def to_percent(share: float) -> str:
    """Write a share (0 to 1) as a percentage.

    >>> to_percent(0.0625)
    '6.2 %'
    """
    return f"{share * 100:.1f} %"


def to_inert_markdown(text: object) -> str:
    r"""Write words of others so that Markdown shows them and does nothing else with them, in one line.

    >>> to_inert_markdown("a|b <i>*now*</i>")
    'a\\|b &lt;i&gt;\\*now\\*&lt;/i&gt;'
    """
    inert = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_[]|!#~":
        inert = inert.replace(sign, f"\\{sign}")
    # A bare address would become a link of someone else's choosing.
    return " ".join(inert.replace("://", ":&#8203;//").split())
