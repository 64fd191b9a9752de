"""The data dictionary: what every table and column means, made from the contracts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seeds.contracts import load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seeds.contracts import Column, Table

PATH = Path(__file__).parent.parent / "docs" / "reference" / "data-dictionary.md"

_SCOPES = {
    "batch": "One file a batch, fresh with each run that has news.",
    "run": "One file a run, fresh with each run.",
    "derived": "One file a run that has news; its rows take the place of older ones.",
    "ledger": "Kept in tally.duckdb, fresh with each commit.",
    "seed": "Made from seeds, fresh with each run that has news.",
}
_LEVELS = {
    "row": "the row is quarantined",
    "table": "the batch is held back",
    "watch": "it is told",
    "usual": "it is told",
}


def render_dictionary(contracts: Mapping[str, Table]) -> str:
    """Write docs/reference/data-dictionary.md.

    >>> render_dictionary(load_tables()).splitlines()[0]
    '# Data dictionary'
    """
    lines = [
        "# Data dictionary",
        "",
        "Made from seeds/tables/*.toml by `python -m expectations.dictionary`; change those, not this page.",
        "Ids and codes are VARCHAR, numbers DOUBLE and finite; `_date` is local to the place it speaks of, `_at` is UTC;",
        "spans count code points: `text[start:end]` in Python, `text[start+1:end]` in SQL. Null = not stated.",
        "",
        *(f"- [{name}](#{name}): {contract.meaning}" for name, contract in contracts.items()),
    ]
    for contract in contracts.values():
        lines += ["", *_list_table(contract)]
    return "\n".join(lines) + "\n"


def _list_table(contract: Table) -> Iterator[str]:
    yield f"## {contract.name}"
    yield ""
    yield f"{contract.meaning} {_SCOPES[contract.scope]} Owner: {contract.owner}. Key: {', '.join(contract.key)}."
    yield ""
    yield "| column | type | meaning | promises |"
    yield "|---|---|---|---|"
    for name, column in contract.columns.items():
        unit = f" [{column.unit}]" if column.unit else ""
        yield f"| {name} | {column.type} | {_cell(column.meaning + unit)} | {_cell('; '.join(_list_promises(column)))} |"
    if contract.expectations:
        yield ""
        yield "| expectation | why | broken | what to do |"
        yield "|---|---|---|---|"
        for name, promise in contract.expectations.items():
            yield f"| {name} | {_cell(promise.reason)} | {_LEVELS[promise.level]} | {_cell(promise.action)} |"


def _list_promises(column: Column) -> Iterator[str]:
    if column.required:
        yield "never null"
    if column.values:
        yield ", ".join(column.values)
    if column.minimum is not None:
        yield f"at least {column.minimum:g}"
    if column.maximum is not None:
        yield f"at most {column.maximum:g}"
    if column.pattern:
        yield f"of the form `{column.pattern}`"
    if column.references:
        parts = f"each part (between '{column.joined_by}') " if column.joined_by else ""
        besides = f", or of the form `{column.open}`" if column.open else ""
        yield f"{parts}a {column.references}{besides}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(render_dictionary(load_tables()), "utf-8")
