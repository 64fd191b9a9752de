"""The one loader: seed files to checked, frozen entries; a faulty entry is refused with its file and name."""

from __future__ import annotations

import csv
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from pydantic import ValidationError

from seeds import circumstances, kinds
from seeds.kinds import Entry
from seeds.sheets import SHEETS, Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).parent
# The kinds of entry, as they stand in the two modules.
KINDS: tuple[type[Entry], ...] = tuple(
    kind for module in (kinds, circumstances) for kind in vars(module).values() if kind in Entry.__subclasses__()
)
E = TypeVar("E", bound=Entry)
R = TypeVar("R", bound=NamedTuple)


class SeedError(ValueError):
    """A seed file breaks its rules; the message names file, entry and fault."""


class Seeds:
    """All seeds of a process: `seeds.of(Unit)["km2"]` is one entry."""

    def __init__(
        self,
        entries: Mapping[type[Entry], Mapping[str, Entry]],
        rows: Mapping[type, Sequence[tuple[str, ...]]],
    ) -> None:
        self._entries = entries
        self._rows = rows

    def of(self, kind: type[E]) -> Mapping[str, E]:
        """Return the entries of one kind by code, in the order of the file."""
        return cast("Mapping[str, E]", self._entries[kind])

    def rows(self, kind: type[R]) -> Sequence[R]:
        """Return the rows of a table, in the order of the file."""
        return cast("Sequence[R]", self._rows[kind])


def read_kind(kind: type[E], path: Path) -> dict[str, E]:
    """Read one seed file.

    Raises SeedError with file, entry and fault when an entry lacks a source or example or has an unknown key.
    """
    try:
        blocks = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        msg = f"{path.name}: not TOML: {error}"
        raise SeedError(msg) from error
    entries: dict[str, E] = {}
    for code, block in blocks.items():
        try:
            entries[code] = kind.model_validate({"code": code, **block})
        except (ValidationError, TypeError) as error:
            faults = (
                "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
                if isinstance(error, ValidationError)
                else str(error)
            )
            msg = f"{path.name} [{code}]: {faults}"
            raise SeedError(msg) from error
    return entries


def read_sheet(sheet: Sheet, path: Path) -> list[tuple[str, ...]]:
    """Read one seed that is a table: its rows, in the order of the file.

    Raises SeedError with file, row and fault for a missing source, another header, a faulty field or a key given twice.
    """
    lines = path.read_text("utf-8").splitlines()
    head = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    columns = list(sheet.patterns)
    header, *rows = csv.reader(lines[head:]) if head < len(lines) else [[]]
    fault = ""
    if not any("Source:" in line for line in lines[:head]):
        fault = "no source in its first lines"
    elif header != columns:
        fault = f"columns {header}, not {columns}"
    elif short := next((row for row in rows if len(row) != len(columns)), None):
        fault = f"row {short}: {len(short)} fields, not {len(columns)}"
    elif len({row[0] for row in rows}) != len(rows):
        fault = f"a {columns[0]} is given twice"
    else:
        for column, values in zip(columns, zip(*rows, strict=True), strict=False):
            match = re.compile(sheet.patterns[column]).fullmatch
            bad = next((i for i, value in enumerate(values) if not match(value)), None)
            if bad is not None:
                fault = f"row {rows[bad][0]}: {column}: {rows[bad][columns.index(column)]!r}"
                break
    if fault:
        msg = f"{path.name}: {fault}"
        raise SeedError(msg)
    return list(map(sheet.row._make, rows))


@lru_cache(maxsize=1)
def load_seeds(folder: Path = HERE) -> Seeds:
    """Read every seed file once a process.

    >>> load_seeds().of(KINDS[0])["km2"].dimension
    'area'
    """
    return Seeds(
        {kind: read_kind(kind, folder / f"{kind.file}.toml") for kind in KINDS},
        {sheet.row: read_sheet(sheet, folder / f"{sheet.file}.csv") for sheet in SHEETS},
    )
