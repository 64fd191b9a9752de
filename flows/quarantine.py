"""`tally quarantine`: what stands there, the words behind a row, and the two ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from flows.options import HELD_BACK, LakeOption, UsageError, end_quietly_with_pipe, lake_of, settings_with
from flows.screen import printable, show_lines, show_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 10  # rows, unless more are asked for
CONTEXT = 120  # characters on either side of what was read, where no sentence is known
MAX_CELL = 60  # characters of a value in a table

app = typer.Typer(help="What broke a promise: list it, read the words, read the articles again, or dismiss it.")

Ids = Annotated[list[str] | None, typer.Argument(help="quarantine_id ...; all open rows unless given")]
OfExpectation = Annotated[str | None, typer.Option("--expectation", help="Rows that broke this promise")]


@app.callback(invoke_without_command=True)
def listing(context: typer.Context, lake: LakeOption = None) -> None:
    """List what stands in quarantine by the promise that it broke."""
    if context.invoked_subcommand:
        return
    end_quietly_with_pipe()
    import pyarrow as pa

    from warehouse.quarantine import list_open

    rows = list_open(lake_of(lake))
    if not rows:
        show_lines(["nothing stands in quarantine"])
        return
    show_rows(pa.Table.from_pylist([_to_cells(row) for row in rows]))
    show_lines(["", "tally quarantine show --expectation NAME tells the words"])


def _to_cells(row: dict[str, Any]) -> dict[str, str]:
    example = " ".join(row["reason"].split())
    return {
        "expectation": row["expectation_id"],
        "table": row["table_name"],
        "rows": f"{row['n']:,}",
        "articles": f"{row['n_versions']:,}",
        "for example": example if len(example) <= MAX_CELL else f"{example[: MAX_CELL - 1]}…",
    }


@app.command()
def show(
    quarantine_ids: Ids = None,
    expectation: OfExpectation = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows")] = SHOWN,
    lake: LakeOption = None,
) -> None:
    """Show the words: each row's sentence with the number marked, and what was read in it."""
    end_quietly_with_pipe()
    from warehouse.quarantine import Choice, read_open

    rows = read_open(lake_of(lake), Choice(tuple(quarantine_ids or ()), expectation), limit)
    if not rows:
        message = "no such row stands in quarantine"
        raise UsageError(message)
    for row in rows:
        show_lines(_to_lines(row))


def _to_lines(row: dict[str, Any]) -> Iterator[str | Text]:
    yield f"{row['quarantine_id']}  {row['table_name']}  {row['expectation_id']}  (feed {row['feed_id']}, since {row['since']})"
    yield f"  {row['reason']}"
    read, text = row["row"], row["text"]
    start, end = read.get("number_start"), read.get("number_end")
    if text and isinstance(start, int) and isinstance(end, int):
        first = min(read.get("sentence_start") or max(start - CONTEXT, 0), start)
        last = max(read.get("sentence_end") or end + CONTEXT, end)
        line = Text("  ").append(printable(" ".join(text[first:start].split()) + " "))
        line.append(f"[{printable(text[start:end])}]", style="bold reverse")
        yield line.append(printable(f" {' '.join(text[end:last].split())}"))
    told = {
        k: v for k, v in read.items() if v is not None and not k.endswith(("_id", "_start", "_end")) and k != "text"
    }
    cells = (f"{k}={v}" if len(str(v)) <= MAX_CELL else f"{k}={str(v)[: MAX_CELL - 1]}…" for k, v in told.items())
    yield f"  {'  '.join(' '.join(cell.split()) for cell in cells)}"
    yield ""


@app.command()
def replay(quarantine_ids: Ids = None, expectation: OfExpectation = None, lake: LakeOption = None) -> int:
    """Read the articles of rows in quarantine again, whole, once seeds or code are mended."""
    from flows.bars import bars
    from flows.replay import replay as read_again
    from flows.server import set_quiet
    from warehouse.quarantine import Choice

    set_quiet()  # before Prefect and Great Expectations are imported

    settings = settings_with(lake=lake)
    choice = Choice(tuple(quarantine_ids or ()), expectation)
    with bars():
        concerned, outcome = read_again(lake_of(lake), choice, settings)
    lines = []
    if outcome:
        verdicts = outcome.verdicts
        n_again = sum(sum(v.n_quarantined.values()) for v in verdicts)
        n_loaded = sum(v.n_rows.get("figures", 0) for v in verdicts)
        lines.append(
            f"read again: articles {len(concerned.articles):,}; figures {n_loaded:,}; "
            f"rows in quarantine before {concerned.n_rows:,}, after {n_again:,}"
        )
        lines += [f"held back: {outcome.staged.feed_ids[v.batch_id]} ({v.reason})" for v in verdicts if v.is_held_back]
        lines.append(f"report  {outcome.report}")
    else:
        lines.append("no article to read again")
    if concerned.n_without_article:
        lines.append(f"{concerned.n_without_article:,} rows of batches held back: `tally run` reads those again")
    show_lines(lines)
    return HELD_BACK if outcome and any(v.is_held_back for v in outcome.verdicts) else 0


@app.command()
def dismiss(
    why: Annotated[str, typer.Option(help="The reason, kept with each row")],
    quarantine_ids: Ids = None,
    expectation: OfExpectation = None,
    lake: LakeOption = None,
) -> None:
    """Let rows lie, with a reason: they stay where they are and are asked about no more."""
    from flows.plan import now
    from warehouse import quarantine as rows
    from warehouse.quarantine import Choice

    if not why.strip():
        message = "--why: say in words why these rows may lie"
        raise UsageError(message)
    if not quarantine_ids and not expectation:
        message = "name rows, or --expectation: nothing is dismissed wholesale"
        raise UsageError(message)
    n_rows = rows.dismiss(lake_of(lake), Choice(tuple(quarantine_ids or ()), expectation), " ".join(why.split()), now)
    show_lines([f"dismissed {n_rows:,} rows"])
