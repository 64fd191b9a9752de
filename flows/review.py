"""`tally review`: a sample of rows for a person to judge, and what that person said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import CRASH, LakeOption, UsageError, lake_of, settings_with
from flows.screen import complain, show_lines

if TYPE_CHECKING:
    from warehouse.lake import Lake

CORRECTIONS = Path("corrections.csv")  # beside tally.toml, unless that says another

app = typer.Typer(help="A sample of rows of each run, for a person to judge: report/review/RUN.html and .csv.")


@app.callback()
def review() -> None:
    """Judge a sample of rows."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The CSV with the marks")],
    sentences: Annotated[Path | None, typer.Option(help="Write the sentences as tests, to this TOML file")] = None,
    corrections: Annotated[Path | None, typer.Option(help="Add corrections to this CSV [tally.toml]")] = None,
    lake: LakeOption = None,
) -> int:
    """Take in what a person marked: measured precision, corrections, and sentences for tests."""
    from flows.corrections import add_corrections, read_corrections
    from flows.marks import read_marks, to_corrections, write_sentences
    from flows.plan import now
    from warehouse.corrections import correct
    from warehouse.reviews import write_reviews

    settings = settings_with(lake=lake, corrections=corrections)
    the_lake = lake_of(lake)
    try:
        marks, complaints = read_marks(file)
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise UsageError(message) from error
    known, strangers = write_reviews(the_lake, marks, now)
    complaints += [f"{mark.place}: no figure {mark.figure_id!r} in this lake" for mark in strangers]
    target = settings.corrections or CORRECTIONS
    n_added = add_corrections(target, to_corrections(known))
    if target.exists():
        lines, faults = read_corrections(target)
        complaints += [*faults, *correct(the_lake, lines, now)]
    if sentences:
        write_sentences(the_lake, known, sentences)
    for complaint in complaints:
        complain(complaint)
    show_lines([*_to_lines(the_lake), f"corrections added to {target}: {n_added:,}"])
    if sentences:
        show_lines([f"sentences written to {sentences}"])
    return CRASH if complaints else 0


def _to_lines(lake: Lake) -> list[str]:
    from expectations.samples import read_precision
    from warehouse.queries import open_lake

    with open_lake(lake) as connection:
        measured = read_precision(connection)
    return [
        f"{p.metric_code or 'all metrics'}: {p.n_right} of {p.n} right ({p.low:.0%} to {p.high:.0%} at 95 %)"
        for p in measured
    ]
