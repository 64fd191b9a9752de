"""What people see: figures as a table, the books of a run, the way of a figure. Text of articles is shown, never obeyed.

Control characters become visible (an escape sequence moves no cursor), and square brackets are no markup.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

PIPED_WIDTH = 160  # columns where no terminal says how many it has: the figures' table fits without folding codes
QUOTE_LENGTH = 90  # characters of a quote that the table shows
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FORMULA = tuple("=+-@\t")  # a cell that begins so is a formula to a spreadsheet, whoever wrote the text
FIGURE_COLUMNS = ("metric", "low-best-high", "unit", "who", "whom", "where", "when", "by whose word", "quote")
_NARROW = 3  # the first columns, which are never folded


def console(*, is_error: bool = False) -> Console:
    """Return the screen (or standard error): colours and the terminal's width for people, plain lines for pipes."""
    stream = sys.stderr if is_error else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPED_WIDTH, highlight=False, markup=False)


def complain(message: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"tally: {printable(' '.join(message.split()))}\n")


def printable(text: str) -> str:
    r"""Return text whose control characters are written out.

    >>> printable("Two \x1b[31mbridges were hit.")
    'Two \\x1b[31mbridges were hit.'
    """
    return _CONTROL.sub(lambda m: " " if m.group() == "\t" else m.group().encode("unicode_escape").decode(), text)


def defuse(value: object) -> object:
    r"""Return a cell of CSV that no spreadsheet takes for a formula and no terminal obeys.

    >>> defuse("=HYPERLINK(1)"), defuse("a\x1b[2J"), defuse(-4.0)
    ("'=HYPERLINK(1)", 'a\\x1b[2J', -4.0)
    """
    if not isinstance(value, str):
        return value
    shown = "\t".join(map(printable, value.split("\t")))
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def show_figures(figures: Sequence[Mapping[str, Any]]) -> None:
    """Print figures, each a row of the table `figures` with `source_name`, by whose word it stands."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(FIGURE_COLUMNS):
        table.add_column(name, no_wrap=number < _NARROW, justify="right" if name == "low-best-high" else "left")
    for figure in figures:
        table.add_row(*(Text(printable(cell)) for cell in to_cells(figure)))
    console().print(table)


def to_cells(figure: Mapping[str, Any]) -> list[str]:
    """Return what the table shows of a figure.

    >>> to_cells({"metric_code": "KILLED", "low": 12.0, "best": None, "high": None, "unit_code": "{person}",
    ...           "target_code": "UKR", "place_name": "Odesa", "quote": "at least 12 people were killed"})[:3]
    ['KILLED', '>= 12', '{person}']
    """
    get = figure.get
    unit = get("unit_code") or ""
    if get("per_unit_code"):
        unit += f"/{get('per_unit_code')}"
    quote = " ".join(str(get("quote") or "").split())
    return [
        _metric(figure),
        to_interval(get("low"), get("best"), get("high"), get("modifier")),
        unit,
        str(get("actor_code") or get("actor_name") or ""),
        str(get("target_code") or get("target_name") or ""),
        str(get("place_name") or get("country_code") or ""),
        str(get("period_edtf") or ""),
        str(get("source_name") or ""),
        quote if len(quote) <= QUOTE_LENGTH else f"{quote[: QUOTE_LENGTH - 1]}…",
    ]


def _metric(figure: Mapping[str, Any]) -> str:
    polarity = figure.get("polarity") or "ASSERTED"
    name = str(figure.get("metric_code") or "")
    return name if polarity == "ASSERTED" else f"{name} ({str(polarity).lower()})"


def to_interval(low: float | None, best: float | None, high: float | None, modifier: str | None = None) -> str:
    """Write what a figure states as briefly as it can be said, as the view figures_readable does.

    >>> to_interval(5, 5, 5), to_interval(40, None, 60), to_interval(None, None, 3), to_interval(900, 1000, 1100)
    ('5', '40-60', '<= 3', '900-1,000-1,100')
    >>> to_interval(400, 400, None, "GT"), to_interval(None, 4000, 4000, "LT"), to_interval(10, 12, None)
    ('> 400', '< 4,000', '10-12-..')
    """
    if low is not None and low == best == high:
        return _number(low)
    if low is not None and high is None and best in {None, low}:
        return f"{'>' if modifier == 'GT' else '>='} {_number(low)}"
    if high is not None and low is None and best in {None, high}:
        return f"{'<' if modifier == 'LT' else '<='} {_number(high)}"
    ends = [".." if value is None else _number(value) for value in (low, high)]
    return "-".join([ends[0], *([] if best is None else [_number(best)]), ends[1]])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.10g}"


def show_rows(rows: pa.Table) -> None:
    """Print a query's answer as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows.column_names:
        table.add_column(Text(printable(name)))
    for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        table.add_row(*(Text("" if value is None else printable(str(value))) for value in row))
    console().print(table)


def show_counts(counts: Mapping[str, int]) -> str:
    """Return counts on one line, the largest first.

    >>> show_counts({"DATE": 2, "YEAR": 14})
    'YEAR 14, DATE 2'
    """
    return ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def show_lines(lines: Iterable[str | Text]) -> None:
    """Print lines as they are, folded by the terminal alone."""
    screen = console()
    for line in lines:
        screen.print(Text(printable(line)) if isinstance(line, str) else line, soft_wrap=True)
