"""The codes that rows may refer to, from the seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from seeds.contracts import Table


def known_codes(tables: Mapping[str, pa.Table], contracts: Mapping[str, Table]) -> dict[str, frozenset[str]]:
    """Collect, for every reference to a table made from seeds, the codes that stand there ("metrics.metric_code": ...)."""
    references = {column.references for contract in contracts.values() for column in contract.columns.values()}
    known: dict[str, frozenset[str]] = {}
    for reference in sorted(filter(None, references)):
        table, _, column = reference.partition(".")
        if table in tables:
            known[reference] = frozenset(tables[table].column(column).to_pylist())
    return known
