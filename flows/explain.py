"""One article or one figure at a time, with every reason: what `tally read` and `tally trace` tell."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from flows.screen import FIGURE_COLUMNS, printable, to_cells
from seeds.contracts import load_tables
from transforms.figures import Article, Figure, Refusal
from transforms.rows import columns_of, to_rows
from transforms.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transforms.figures import Reading, Step


_SHOWN = {  # the value that a step's field ended with, where the column has another name
    "place": "place_name", "actor": "actor_code", "target": "target_code", "period": "period_edtf", "weapon": "weapon_code",
}  # fmt: skip
_READ, _REFUSED, _QUIET = "bold green", "bold red", "dim"


def to_lines(article: Article, reading: Reading) -> Iterator[Text]:
    """Show each sentence that holds a number, its numbers marked, then for each number its row and why, or its reason.

    Green was read, red was refused; a line a decision: the field, what it became, the rule, the seed and the words.
    """
    numbers: list[Figure | Refusal] = [*reading.figures, *reading.refusals]
    numbers.sort(key=lambda number: (number.number_start, number.number_end))
    spans = list(split_sentences(article.text))
    starts = [start for start, _ in spans]
    sentences = groupby(numbers, key=lambda number: bisect_right(starts, number.number_start) - 1)
    for index, group in sentences:
        held = list(group)
        yield _to_sentence(article.text, spans[max(index, 0)], held)
        for number in held:
            written = printable(article.text[number.number_start : number.number_end])
            if isinstance(number, Refusal):
                by = ", ".join(filter(None, (number.rule, number.seed)))
                yield Text.assemble(("  - ", _REFUSED), f"{written}  refused: {number.reason}", (f"  {by}", _QUIET))
                continue
            yield Text.assemble(("  + ", _READ), f"{written}  {_to_summary(number)}")
            yield from (Text(printable(f"      {line}"), _QUIET) for line in to_step_lines(number))
        yield Text("")


def _to_sentence(text: str, span: tuple[int, int], numbers: Sequence[Figure | Refusal]) -> Text:
    line, done = Text(), span[0]
    for number in numbers:
        line.append(printable(text[done : number.number_start]))
        style = _REFUSED if isinstance(number, Refusal) else _READ
        line.append(printable(text[number.number_start : number.number_end]), f"{style} underline")
        done = number.number_end
    line.append(printable(text[done : max(done, span[1])]))
    return line


def _to_summary(figure: Figure) -> str:
    name = figure.attributions[0].source_name if figure.attributions else None
    cells = to_cells({column: getattr(figure, column) for column in columns_of(Figure)} | {"source_name": name})
    named = [f"{column}: {cell}" for column, cell in zip(FIGURE_COLUMNS[3:-1], cells[3:-1], strict=True) if cell]
    return "  ".join([*filter(None, cells[:3]), *named])


def to_step_lines(figure: Figure) -> Iterator[str]:
    """Yield one line a decision: field, value, rule, seed, words.

    >>> figure = Figure(0, 2, unit_code="km2")
    >>> figure.why("unit_code", "unit after number", "units/km2", "square kilometres")
    >>> list(to_step_lines(figure))
    ["unit_code     km2                  unit after number [units/km2] on 'square kilometres'"]
    """
    said = {a.source_name for a in figure.attributions}
    for step in figure.steps:
        value = getattr(figure, _SHOWN.get(step.field, step.field), None)
        if step.field == "source":
            value = ", ".join(sorted(filter(None, said)))
        yield f"{step.field:13} {'' if value is None else value!s:20} {to_step_line(step).partition(': ')[2]}"


def to_step_line(step: Step) -> str:
    """Return one decision as a line.

    >>> from transforms.figures import Step
    >>> to_step_line(Step("unit_code", "unit after number", "units/km2", "square kilometres"))
    "unit_code: unit after number [units/km2] on 'square kilometres'"
    """
    seed = f" [{step.seed}]" if step.seed else ""
    words = f" on {step.words!r}" if step.words else ""
    return f"{step.field}: {step.rule}{seed}{words}"


def to_json_lines(article: Article, reading: Reading, reader_version: str, *, is_explained: bool) -> Iterator[str]:
    """Yield a JSON object a figure, with its attributions; explained, with its steps, and one a refusal besides."""
    rows = to_rows(article, reading, reader_version)
    steps = {figure.figure_id: [asdict(step) for step in figure.steps] for figure in reading.figures}
    for figure in rows.figures:
        said = [row for row in rows.attributions if row["figure_id"] == figure["figure_id"]]
        extra: dict[str, Any] = {"attributions": said}
        if is_explained:
            extra["steps"] = steps[str(figure["figure_id"])]
        yield _to_json("figures", figure, extra)
    if is_explained:
        yield from (_to_json("refusals", refusal, {}) for refusal in rows.refusals)


def _to_json(table: str, row: dict[str, Any], extra: dict[str, Any]) -> str:
    ordered = {column: row[column] for column in load_tables()[table].columns if column in row}
    return json.dumps(ordered | extra, ensure_ascii=False, default=str)
