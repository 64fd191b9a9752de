"""The command `tally`. What orchestrates imports Prefect and Great Expectations; nothing else here does.

Exit codes, the first that holds: 2 usage, 1 crash, 3 a batch was held back, 4 (with --strict) rows were quarantined,
0 all is well; 130 after Ctrl-C, as shells expect.
"""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path  # noqa: TC003  Typer reads the annotations
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from flows import quarantine, review
from flows.options import CRASH, USAGE, LakeOption, UsageError, end_quietly_with_pipe, lake_of, settings_with
from flows.screen import complain, defuse, show_figures, show_lines, show_rows
from warehouse.lake import Lake, LakeError

FLOORS = ("seeds.", "transforms.", "warehouse.", "expectations.", "flows.")
INTERRUPTED = 130  # 128 + SIGINT

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Reads the figures of conflict news into a warehouse whose every row keeps the words it came from.",
)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(review.app, name="review")


class Rows(StrEnum):
    """How a query's rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Figures(StrEnum):
    """How the figures of one article are written."""

    TABLE = "table"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Page(StrEnum):
    """How a report is written."""

    HTML = "html"
    JSON = "json"
    MD = "md"


Inputs = Annotated[list[str] | None, typer.Argument(help="Files, folders, patterns, addresses, names of feeds, -")]
Columns = Annotated[
    list[str] | None, typer.Option("--map", help="Which column is which: text=body, published=date ...")
]


def main() -> NoReturn:
    """Run a command and leave with its exit code; whatever goes wrong is one line on standard error."""
    arguments = sys.argv[1:] or ["--help"]
    try:
        code = app(arguments, standalone_mode=False)
    except typer.TyperException as error:
        complain(f"{error.format_message()} (see tally --help)")
        code = error.exit_code
    except (UsageError, LakeError) as error:
        complain(str(error))
        code = USAGE
    except ValidationError as error:
        complain(_tell_setting(error))
        code = USAGE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = 0
        sys.stdout = io.StringIO()  # the reader has gone: nothing more to flush
    except Exception as error:  # noqa: BLE001  the last resort: a person gets one line, and we where to look
        from flows.normalise import find_place

        complain(f"{type(error).__name__} in {find_place(error, FLOORS)}: {error}")
        code = CRASH
    if code == INTERRUPTED:
        complain("interrupted; the lake is as its last commit left it, and the same command goes on from there")
    sys.exit(code or 0)


def _tell_setting(error: ValidationError) -> str:
    """Say which setting is wrong, and what it may be."""
    fault = error.errors()[0]
    name, why = ".".join(map(str, fault["loc"])), fault["msg"]
    if fault["type"] == "extra_forbidden":
        from flows.settings import FeedSettings, Settings

        known = FeedSettings if name.startswith("feed.") else Settings
        why = f"there is none of this name; there are {', '.join(known.model_fields)}"
    return f"setting {name} (tally.toml, or TALLY_... in the environment): {why}"


@app.command()
def run(
    inputs: Inputs = None,
    lake: LakeOption = None,
    published: Annotated[str | None, typer.Option(help="Day of publication of the one text named")] = None,
    again: Annotated[bool, typer.Option("--again", help="Try what failed or was held back once more")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 when rows were quarantined")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that read articles")] = None,
    mapped: Columns = None,
    corrections: Annotated[Path | None, typer.Option(help="A CSV: figure_id, field, value, who, why")] = None,
) -> int:
    """Read files, folders, addresses and standard input into the lake, and show what came of it.

    Without inputs: those of tally.toml, and its feeds that are due. A feed's name reads that feed.
    """
    columns = _read_columns(mapped) if mapped else None
    settings = settings_with(lake=lake, inputs=inputs or None, workers=workers, map=columns, corrections=corrections)
    from flows.running import run_once  # leads to Prefect

    return run_once(settings, is_named=bool(inputs), published=published, is_again=again, is_strict=strict)


def _read_columns(mapped: list[str]) -> dict[str, str]:
    """Return the column of each field of `--map field=column`."""
    from transforms.documents import FIELDS

    fields = ("text", *FIELDS)
    columns = dict(pair.split("=", 1) for pair in mapped if "=" in pair)
    if len(columns) < len(mapped) or not columns.keys() <= set(fields):
        message = f"--map {' '.join(mapped)}: write --map text=COLUMN, once for each of {', '.join(fields)}"
        raise UsageError(message)
    return columns


@app.command()
def serve(
    cron: Annotated[str, typer.Option(help='When to run, for example "0 6 * * *"')],
    inputs: Inputs = None,
    lake: LakeOption = None,
) -> int:
    """Run by a schedule until interrupted."""
    settings = settings_with(lake=lake, inputs=inputs or None)
    from flows.running import serve_by_schedule  # leads to Prefect

    return serve_by_schedule(settings, cron)


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="A text or page, or - for standard input")],
    published: Annotated[str | None, typer.Option(help="Day of publication")] = None,
    form: Annotated[Figures, typer.Option("--format")] = Figures.TABLE,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each number was read or refused")] = False,
) -> None:
    """Read the figures of one text or page: no lake, no Prefect."""
    end_quietly_with_pipe()
    from flows.explain import to_json_lines, to_lines
    from flows.versions import read_reader_version
    from seeds import load_seeds
    from transforms.reading import Reader
    from transforms.rows import to_rows

    article = _read_article(file, published)
    reading = Reader(load_seeds()).read_article(article)
    if form is Figures.JSONL:
        show_json = to_json_lines(article, reading, read_reader_version(), is_explained=explain)
        sys.stdout.writelines(f"{line}\n" for line in show_json)
    elif form is Figures.PARQUET:
        from seeds.contracts import load_tables
        from transforms.tables import to_table

        rows = to_rows(article, reading, read_reader_version())
        _write_parquet(to_table(load_tables()["figures"], rows.figures))
    elif explain:
        show_lines(to_lines(article, reading))
    else:
        rows = to_rows(article, reading, "")
        first = {row["figure_id"]: row["source_name"] for row in reversed(rows.attributions)}
        show_figures([{**row, "source_name": first.get(row["figure_id"])} for row in rows.figures])
        show_lines(["", f"{len(rows.figures)} figures, {len(rows.refusals)} numbers refused (--explain says why)"])


def _read_article(file: Path, published: str | None) -> Any:  # noqa: ANN401  an Article, imported late
    from flows.inputs import InputError, check_day
    from flows.kinds.kind import Given
    from flows.kinds.opening import read_members
    from transforms.articles import to_article
    from transforms.documents import Draft, Rejection
    from transforms.ids import sha256_hex
    from transforms.pages import MAX_PAGE_BYTES

    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            data = stream.read(MAX_PAGE_BYTES + 1)
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise UsageError(message) from error
    (_, member), *more = read_members(io.BytesIO(data), Given("" if str(file) == "-" else file.name))
    draft = member.content
    if not isinstance(draft, Draft):
        message = f"{file}: {draft.reason if isinstance(draft, Rejection) else 'no article'}"
        raise UsageError(message)
    if any(isinstance(other.content, Draft) for _, other in more):
        message = f"{file}: more than one article (tally run reads them all)"
        raise UsageError(message)
    for _, other in more:
        complain(f"{file}: {other.content.reason if isinstance(other.content, Rejection) else 'not read'}")
    if published:
        try:
            check_day(published)
        except InputError as error:
            raise UsageError(str(error)) from error
        draft = replace(draft, published=published, published_basis="GIVEN")
    article = to_article(draft, document_id=sha256_hex(data), feed_id=file.name)
    article.batch_id = "0" * len(article.version_id)  # of no run
    return article


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="One SELECT, in quotes")],
    lake: LakeOption = None,
    form: Annotated[Rows, typer.Option("--format")] = Rows.TABLE,
) -> int:
    """Ask the lake a question; it can only be read."""
    end_quietly_with_pipe()
    from warehouse.queries import QueryError, run_sql

    try:
        rows = run_sql(lake_of(lake), statement)
    except QueryError as error:
        sys.stderr.write(f"tally: {error}\n")
        return USAGE
    if form is Rows.TABLE:
        show_rows(rows)
    elif form is Rows.PARQUET:
        _write_parquet(rows)
    elif form is Rows.JSON:
        sys.stdout.write(json.dumps(rows.to_pylist(), ensure_ascii=False, default=str, indent=1) + "\n")
    else:
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows.column_names)
        writer.writerows(map(defuse, row) for row in zip(*(column.to_pylist() for column in rows.columns), strict=True))
    return 0


@app.command()
def trace(row_id: Annotated[str, typer.Argument(metavar="ID")], lake: LakeOption = None) -> int:
    """Show where a figure comes from, word by word, or a tally: why each figure is in it, and the nearest that is not."""
    end_quietly_with_pipe()
    from flows.tally_tracing import to_tally_lines
    from flows.tracing import to_trace_lines

    lines = to_tally_lines(lake_of(lake), row_id) or to_trace_lines(lake_of(lake), row_id)
    if lines is None:
        message = f"no figure or tally {row_id!r} in this lake"
        raise UsageError(message)
    show_lines(lines)
    return 0


@app.command()
def compare(
    file: Annotated[Path, typer.Argument(help="A CSV file with a column value and the columns to compare on")],
    on: Annotated[
        str, typer.Option(help="metric, period, start, kind, actor, target, victim, weapon, model, place, country")
    ],
    lake: LakeOption = None,
) -> int:
    """Lay a series beside the tallies: what is told, equal, within the bounds, or different, and in which article."""
    end_quietly_with_pipe()
    from flows.comparing import to_comparison_lines

    try:
        lines = list(to_comparison_lines(lake_of(lake), file, on.split(",")))
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise UsageError(message) from error
    except ValueError as error:
        raise UsageError(str(error)) from error
    show_lines(lines)
    return 0


@app.command()
def feeds(
    lake: LakeOption = None,
    is_json: Annotated[bool, typer.Option("--json", help="As JSON, for machines")] = False,
) -> None:
    """Show the feeds of tally.toml: last success, next due, volume, errors."""
    end_quietly_with_pipe()
    import pyarrow as pa

    from flows.feeds import read_feed_states, read_standings, to_cells, to_row
    from flows.plan import now

    settings = settings_with(lake=lake)
    standings = read_standings(settings.feed, Lake(settings.lake.absolute()))
    states = read_feed_states(settings.feed, Lake(settings.lake.absolute()), now())
    if is_json:
        rows = [to_row(each, now(), states) for each in standings]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, default=str, indent=1) + "\n")
    elif standings:
        show_rows(pa.Table.from_pylist([to_cells(each, now(), states) for each in standings]))
    else:
        show_lines(["no feeds: write [[feed]] blocks into tally.toml"])


@app.command()
def report(
    lake: LakeOption = None,
    run_id: Annotated[str | None, typer.Option("--run", help="The run's id; the newest unless given")] = None,
    form: Annotated[Page, typer.Option("--format")] = Page.MD,
) -> int:
    """Print the quality report of a run."""
    end_quietly_with_pipe()
    from flows.feeds import to_expected
    from flows.report import render

    try:
        page = render(lake_of(lake), run_id, form.value, to_expected(settings_with(lake=lake).feed))
    except KeyError as error:
        message = f"no run {run_id!r} in this lake"
        raise UsageError(message) from error
    sys.stdout.write(page if page.endswith("\n") else f"{page}\n")
    return 0


@app.command()
def files(table: Annotated[str, typer.Argument(help="figures, articles ...")], lake: LakeOption = None) -> int:
    """Print the Parquet files of a table that count now, for other engines."""
    end_quietly_with_pipe()
    from warehouse.ledger import list_files

    show_lines(map(str, list_files(lake_of(lake), table)))
    return 0


@app.command()
def check(
    lake: LakeOption = None,
    mend: Annotated[bool, typer.Option("--mend", help="Rebuild the views, such as after the folder moved")] = False,
) -> int:
    """Compare every file with what the ledger says of it."""
    from flows.checking import to_faults

    faults = list(to_faults(lake_of(lake), is_mended=mend))
    for fault in faults:
        complain(fault)
    if not faults:
        show_lines(["every file is as the ledger says"])
    return CRASH if faults else 0


def _write_parquet(table: Any) -> None:  # noqa: ANN401  a pyarrow.Table, imported late
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        message = "Parquet is no text: send it to a file (> rows.parquet)"
        raise UsageError(message)
    pq.write_table(table, sys.stdout.buffer, compression="zstd")


if __name__ == "__main__":
    main()
