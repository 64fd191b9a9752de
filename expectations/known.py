"""The codes that rows may refer to, from the seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.references import to_reference_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seeds import Seeds
    from seeds.contracts import Table


def known_codes(seeds: Seeds, contracts: Mapping[str, Table]) -> dict[str, frozenset[str]]:
    """Collect, for every reference to a table of seeds, the codes that stand there ("metrics.metric_code": ...)."""
    tables = to_reference_tables(seeds, contracts)
    references = {column.references for contract in contracts.values() for column in contract.columns.values()}
    known: dict[str, frozenset[str]] = {}
    for reference in sorted(filter(None, references)):
        table, _, column = reference.partition(".")
        if table in tables:
            known[reference] = frozenset(tables[table].column(column).to_pylist())
    return known
