"""`tally trace`: one figure back to the bytes it came from, with every step of its reading."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rich.text import Text

from flows.explain import to_step_line
from flows.screen import printable, to_cells
from flows.versions import read_reader_version
from seeds import load_seeds
from transforms.figures import Article
from transforms.reading import Reader
from warehouse.traces import trace_figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.lake import Lake
    from warehouse.traces import Trace


def to_trace_lines(lake: Lake, figure_id: str) -> list[str | Text] | None:
    """Tell where a figure comes from; None for one that the lake does not hold. Raises LakeError without a lake."""
    trace = trace_figure(lake, figure_id)
    if trace is None:
        return None
    metric, value, unit, *_ = to_cells(trace.figure)
    article, document = trace.article, trace.document
    return [
        f"figure    {figure_id}: {metric} {value} {unit}",
        _to_marked(*trace.marked_sentence),
        *(
            f"said by   {said['source_name'] or said['source_id']} ({said['role']}, {said['scope']})"
            for said in trace.attributions
        ),
        f"article   {article['title'] or '(no title)'}",
        f"          {article['url'] or '(no address)'}",
        f"          published {article['published_date'] or 'on no stated day'} ({article['published_basis']})",
        *(
            f"input     {place['uri']}{' line ' + str(place['line']) if place['line'] else ''} ({place['feed_id']})"
            for place in trace.inputs
        ),
        f"bytes     sha256 {document['document_id']}, {document.get('n_bytes', '?')} bytes in {trace.raw_path}",
        *(f"          stored {fetch['fetched_at']} UTC from {fetch['uri']}" for fetch in trace.fetches),
        f"batch     {trace.batch['batch_id']} of reader {trace.batch['reader_version']}, since {trace.since} UTC"
        + (f", until {trace.until} UTC" if trace.until else ""),
        "",
        "how it was read",
        *(f"  {line}" for line in _read_steps(trace)),
        "",
        "what it was held to",
        *(f"  {line}" for line in _to_expectation_lines(trace)),
    ]


def _to_marked(before: str, quote: str, after: str) -> Text:
    """Return a sentence whose quote stands out, also where there are no colours."""
    text = Text("          ").append(printable(before))
    return text.append(f"[{printable(quote)}]", style="bold reverse").append(printable(after))


def _read_steps(trace: Trace) -> Iterator[str]:
    """Read the article once more and yield the steps of this figure: rows keep results, reading shows its reasons."""
    names = {field.name for field in dataclasses.fields(Article)}
    article = Article(**{name: value for name, value in trace.article.items() if name in names})
    reading = Reader(load_seeds()).read_article(article)
    found = [figure for figure in reading.figures if figure.figure_id == trace.figure["figure_id"]]
    if trace.batch["reader_version"] != read_reader_version():
        yield "(by today's reader, which is another than the one that read it)"
    if not found:
        yield "(today's reader does not read this number as a figure)"
    for figure in found:
        yield from map(to_step_line, figure.steps)


def _to_expectation_lines(trace: Trace) -> Iterator[str]:
    for result in trace.expectations:
        yield f"{'met   ' if result['is_met'] else 'broken'} {result['expectation_id']} ({result['observed']}, whole batch)"
