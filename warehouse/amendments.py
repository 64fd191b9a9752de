"""The figures as people corrected them: which columns may be, and the view that shows it."""

from __future__ import annotations

from seeds.contracts import load_tables
from warehouse.statements import name, text

WRONG = "is_wrong"  # the field of a line that says: no such figure
# What a reading is known by, and the words themselves, no person can correct: they are what is in the text.
FIXED = frozenset(
    "figure_id version_id article_id reader_version batch_id quote quote_start quote_end number_start number_end "
    "sentence_start sentence_end low_base best_base high_base dimension converts_figure_id is_corrected".split()
)


def fields() -> list[str]:
    """Return the columns of `figures` that a person may correct.

    >>> "metric_code" in fields(), "quote" in fields()
    (True, False)
    """
    return [column for column in load_tables()["figures"].columns if column not in FIXED]


def corrected(columns: str, source: str, counts: str) -> str:
    """Write the SELECT of the figures that count, from a SELECT of readings: corrected ones as corrected, wrong ones not at all.

    `counts` is the condition for a row of corrections to count: now, or at a moment.
    """
    contract = load_tables()["figures"].columns
    may = {*fields(), "low_base", "best_base", "high_base", "dimension"}
    said = ", ".join(
        "true AS is_corrected"
        if column == "is_corrected"
        else f"CASE WHEN map_contains(c.said, {text(column)}) THEN CAST(c.said[{text(column)}] AS {of.type}) "
        f"ELSE t.{name(column)} END AS {name(column)}"
        if column in may
        else f"t.{name(column)}"
        for column, of in contract.items()
    )
    plain = columns.replace('t."is_corrected"', "false AS is_corrected")
    # In two parts: what no correction touches is scanned as before, and a filter still prunes files and row groups.
    return (
        f"SELECT {plain} FROM ({source}) t ANTI JOIN (SELECT figure_id FROM corrections WHERE {counts}) s "
        f"USING (figure_id) UNION ALL SELECT {said} FROM ({source}) t JOIN (SELECT figure_id, map(list(field), "
        f"list(value)) AS said FROM corrections WHERE {counts} GROUP BY figure_id "
        f"HAVING NOT bool_or(field = {text(WRONG)})) c USING (figure_id)"
    )
