"""`tally compare`: a CSV series beside the tallies."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

from flows.screen import to_interval
from warehouse.comparing import VALUE, compare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.comparing import Compared
    from warehouse.lake import Lake

OUTCOMES = {
    "EXACT": "equal",
    "WITHIN": "within the bounds",
    "CONTESTED": "contested, both shown",
    "DIFFERS": "different",
    "OPEN": "told by no report",
}


def to_comparison_lines(lake: Lake, file: Path, on: list[str]) -> Iterator[str]:
    """Tell how a series and the tallies agree, and where they do not.

    Raises LakeError without a lake, OSError for a file that cannot be read, ValueError for one that is no such series.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{file} is no CSV in UTF-8: {error}"
        raise ValueError(message) from error
    missing = {VALUE, *on} - (rows[0].keys() if rows else set())
    if missing:
        message = f"{file} has no column {', '.join(sorted(missing))}"
        raise ValueError(message)
    compared = compare(lake, rows, on)
    counts = Counter(one.outcome for one in compared)
    covered = len({id(one.given) for one in compared if one.outcome != "OPEN"})
    yield f"{len(rows):,} rows, {covered:,} of them told by a report"
    yield from (f"  {counts[outcome]:>6,} {words}" for outcome, words in OUTCOMES.items())
    for one in compared:
        if one.outcome in {"DIFFERS", "CONTESTED", "WITHIN"}:
            yield _to_line(one, on)


def _to_line(one: Compared, on: list[str]) -> str:
    key = ", ".join(one.given[column] or "-" for column in on)
    told = to_interval(one.low, one.best, one.high)
    return f"{OUTCOMES[one.outcome]}: {key}: {one.value:,.10g} beside {told} ({one.words}) [{one.tally_id}]"
