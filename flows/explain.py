"""One article or one figure at a time, with every reason: what `tally read` and `tally trace` tell."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flows.screen import to_interval
from seeds.contracts import load_tables
from transforms.figures import Article, Figure, Refusal
from transforms.rows import to_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.figures import Reading, Step


def to_lines(article: Article, reading: Reading) -> Iterator[str]:
    """Say for every number of an article, in its order, why it was read or refused."""
    numbers: list[Figure | Refusal] = [*reading.figures, *reading.refusals]
    for number in sorted(numbers, key=lambda n: (n.number_start, n.number_end)):
        written = article.text[number.number_start : number.number_end]
        if isinstance(number, Refusal):
            by = f"  ({', '.join(filter(None, (number.rule, number.seed)))})" if number.rule or number.seed else ""
            yield f"{number.number_start:>6} {written!r} refused: {number.reason}{by}"
            continue
        value = to_interval(number.low, number.best, number.high)
        yield f"{number.number_start:>6} {written!r} read: {number.metric_code} {value} {number.unit_code or ''} in {number.quote!r}"
        yield from (f"{'':>8}{line}" for line in map(to_step_line, number.steps))


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
