"""A report as a page, as JSON for machines, as Markdown for a pull request or a chat."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import jinja2

from expectations.charts import draw_bars, draw_line
from expectations.report import N_REJECTED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from expectations.report import Report

Form = Literal["html", "json", "md"]


def render_report(report: Report, form: str, changes: Sequence[str] = ()) -> str:
    """Turn a report into one self-contained HTML page, JSON for machines, or Markdown for a chat or pull request.

    `changes` are the lines of expectations/digest.py: what is other than in the run before.

    Raises ValueError for another form.
    """
    if form == "json":
        return (
            json.dumps(asdict(report) | {"changes": list(changes)}, default=_to_json, ensure_ascii=False, indent=2)
            + "\n"
        )
    if form not in {"html", "md"}:
        msg = f"a report is html, json or md, not {form}"
        raise ValueError(msg)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        # What others wrote is inert, whatever the template does with it: HTML by escaping, Markdown by finalizing.
        autoescape=jinja2.select_autoescape(["html.j2"]),
        finalize=(lambda shown: to_inert_markdown(to_thousands(shown))) if form == "md" else to_thousands,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = to_percent
    environment.globals |= {"draw_line": draw_line, "draw_bars": draw_bars, "dict_by": _index}
    return environment.get_template(f"report.{form}.j2").render(report=report, most=N_REJECTED, changes=changes)


def _index(rows: Sequence[object], attribute: str) -> dict[object, object]:
    return {getattr(row, attribute): row for row in rows}


def _to_json(value: object) -> str:
    return cast("datetime", value).isoformat()


def to_percent(share: float) -> str:
    """Write a share (0 to 1) as a percentage.

    >>> to_percent(0.0625)
    '6.2 %'
    """
    return f"{share * 100:.1f} %"


def to_thousands(shown: object) -> object:
    """Write a count with its thousands set off; leave all else as it is.

    >>> to_thousands(1016444), to_thousands("1016444"), to_thousands(0.5), to_thousands(True)
    ('1,016,444', '1016444', 0.5, True)
    """
    return f"{shown:,}" if isinstance(shown, int) and not isinstance(shown, bool) else shown


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
