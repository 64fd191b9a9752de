"""The review file: a sample of a run's rows as CSV and page, the marks in it, and the sentences for tests they make."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import expectations
from expectations.samples import ABOUT, MARKS, SHOWN, WORDS, draw_sample, render_review
from flows.screen import defuse
from seeds import load_seeds
from transforms.reading import Reader
from warehouse.amendments import WRONG
from warehouse.queries import open_lake
from warehouse.reviews import Mark
from warehouse.traces import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from transforms.figures import Figure
    from warehouse.lake import Lake

SCRIPT = Path(expectations.__file__).parent / "review.js"
VERDICTS = {"right": True, "wrong": False}
NULL = "null"  # written for a value that the words do not state
TESTED = (
    "low",
    "best",
    "high",
    "modifier",
    "unit_code",
    "metric_code",
    "kind",
    "polarity",
    "actor_code",
    "target_code",
)


def write_review(lake: Lake, run_id: str, n: int, seed: str) -> Path | None:
    """Draw a sample of a run's rows and write it to report/review/RUN.csv and .html; None where the run brought no figure."""
    with open_lake(lake) as connection:
        rows = draw_sample(connection, run_id, n, seed)
    if not rows:
        return None
    folder = lake.root / "report" / "review"
    folder.mkdir(parents=True, exist_ok=True)
    columns = (*MARKS, *WORDS, *SHOWN, *ABOUT)
    with (folder / f"{run_id}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([defuse(row.get(column)) for column in columns] for row in rows)
    script = SCRIPT.read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = folder / f"{run_id}.html"
    page.write_text(render_review(rows, run_id, digest, script), "utf-8")
    return page


def read_marks(path: Path) -> tuple[list[Mark], list[str]]:
    """Return a mark for each figure judged in a review file, and a complaint for each line that says nothing clear.

    Lines without a verdict are left out; a figure with several wrong fields has several lines. Raises OSError.
    """
    marks: dict[str, Mark] = {}
    complaints: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        try:
            if missing := [column for column in MARKS if column not in (rows.fieldnames or [])]:
                return [], [f"{path.name}: no column {', '.join(missing)}"]
            for row in rows:
                place = f"{path.name} line {rows.line_num}"
                figure_id, verdict, field, value, who, why = (" ".join((row[c] or "").split()) for c in MARKS)
                if fault := _find_fault(marks.get(figure_id), verdict.lower(), field, who):
                    complaints.append(f"{place}: {fault}")
                elif verdict:
                    mark = marks.setdefault(figure_id, Mark(place, figure_id, VERDICTS[verdict.lower()], who, why))
                    if field:
                        mark.fields[field] = value or None
        except (UnicodeDecodeError, csv.Error) as error:
            complaints.append(f"{path.name} is no CSV in UTF-8: {error}")
    return list(marks.values()), complaints


def _find_fault(before: Mark | None, verdict: str, field: str, who: str) -> str:
    """Say what is unclear about a line ("" = nothing)."""
    if not verdict:
        return f"{field} is wrong, then mark the row wrong" if field else ""
    if verdict not in VERDICTS:
        return f"{verdict!r} is neither right nor wrong"
    if not who:
        return "say who looked"
    if VERDICTS[verdict] and field:
        return f"right, and yet {field} is wrong"
    if field and field not in SHOWN:
        return f"no field {field!r}: it is one of {', '.join(SHOWN)}"
    if before and (before.is_right or VERDICTS[verdict] or not before.fields or not field or field in before.fields):
        return f"judged already, {before.place}"
    return ""


def to_corrections(marks: Iterable[Mark]) -> list[tuple[str, str, str, str, str]]:
    """Return the lines of corrections.csv that follow: a wrong field of which the right value is known, or no such figure."""
    rows = []
    for mark in marks:
        why = mark.why or "reviewed"
        if not mark.is_right and not mark.fields:
            rows.append((mark.figure_id, WRONG, "true", mark.who, why))
        for field, value in mark.fields.items():
            if value is not None:
                rows.append((mark.figure_id, field, "" if value == NULL else value, mark.who, why))
    return rows


def write_sentences(lake: Lake, marks: Sequence[Mark], path: Path) -> None:
    """Write what was judged as sentences in the form of tests/sentences: right rows as read, wrong ones as they should be."""
    by_id = {mark.figure_id: mark for mark in marks}
    with open_lake(lake) as connection:
        ids = ", ".join(f"'{figure_id}'" for figure_id in sorted(by_id))
        rows = read_rows(
            connection,
            f"""SELECT DISTINCT ON (f.figure_id) f.*, a.text[f.sentence_start + 1 : f.sentence_end] AS sentence,
                a.published_date FROM figures_history f JOIN articles_history a ON a.version_id = f.version_id
                AND a.batch_id = f.batch_id WHERE f.figure_id IN ({ids or "''"}) ORDER BY f.figure_id, f.since DESC""",  # noqa: S608
        )
    sentences: dict[tuple[str, date | None], list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row["version_id"], row["number_start"])):
        sentences.setdefault((row["sentence"], row["published_date"]), []).append(row)
    reader = Reader(load_seeds())
    lines = ["# Sentences that people judged (`tally review import`): what is right, and what should be."]
    for (sentence, published), of_sentence in sentences.items():
        lines += ["", "[[sentence]]", f"text = {_quoted(sentence)}"]
        lines += [f"published = {published}"] if published else []
        # Who and when may stand in the sentences before: what the sentence alone gives is what is asked of it.
        alone = {(f.number_start, f.number_end): f for f in reader.read(sentence, published).figures}
        asked = [(row, by_id[row["figure_id"]]) for row in of_sentence]
        figures = [_to_block(row, mark, alone) for row, mark in asked if mark.is_right or mark.fields]
        if figures:
            lines += ["figures = [", *(f"  {{ {', '.join(block)} }}," for block in figures), "]"]
        none = [_quoted(_number(row)) for row, mark in asked if not mark.is_right and not mark.fields]
        lines += [f"none = [{', '.join(none)}]"] if none else []
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _number(row: dict[str, Any]) -> str:
    start = row["sentence_start"]
    return str(row["sentence"][row["number_start"] - start : row["number_end"] - start])


def _to_block(row: dict[str, Any], mark: Mark, alone: dict[tuple[int, int], Figure]) -> Iterator[str]:
    start, number = row["number_start"] - row["sentence_start"], _number(row)
    yield f"quote = {_quoted(number)}"
    n_before = sum(1 for at in range(start) if row["sentence"].startswith(number, at))
    if n_before:
        yield f"n = {n_before + 1}"
    read = alone.get((start, start + len(number)))
    for column in TESTED:
        if column not in mark.fields and read is not None and getattr(read, column) == row[column]:
            yield f"{column} = {_to_toml(row[column])}"
    for column, value in mark.fields.items():
        if value is not None:
            yield f"{column} = {_to_toml(value)}"


def _to_toml(value: object) -> str:
    if value is None or value == NULL:
        return _quoted(NULL)
    if isinstance(value, float):
        return f"{value:.15g}"
    try:
        return f"{float(str(value)):.15g}"
    except ValueError:
        return _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
