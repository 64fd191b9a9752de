"""The table contracts of seeds/tables/*.toml: columns, types, keys, references, enumerations, promises, meaning.

Arrow schemas, DuckDB COMMENTs, Great Expectations suites and the data dictionary are all made from these.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seeds.loader import SeedError

TABLES = Path(__file__).parent / "tables"
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)

Type = Literal["VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN", "DATE", "TIMESTAMP"]


class Column(BaseModel):
    """One column: DuckDB type, meaning, and what each value must be."""

    model_config = _STRICT
    type: Type
    meaning: str = Field(min_length=1)
    required: bool = False  # null is a fault
    unit: str | None = None
    values: list[str] = []  # closed enumeration
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None  # a regular expression that DuckDB's regexp_matches and Python's re read alike
    references: str | None = None  # "articles.version_id"; checked within batch, lake or seeds
    open: str | None = None  # values of this form (a regular expression) need no entry where `references` points
    joined_by: str | None = None  # several codes in one value, joined by this sign; each is a reference


class Expectation(BaseModel):
    """A promise that no single column can state: an SQL condition, true for every good row (or for the batch).

    row: broken, the row is quarantined; table: broken, the batch is held back; watch: broken, a row is only counted;
    usual: a number over the batch, watched against what the same feed's batches gave before.
    """

    model_config = _STRICT
    level: Literal["row", "table", "watch", "usual"]
    # A boolean over the row `this`; for a table and for what is usual, an aggregate over the batch's rows `this`. Beside
    # DuckDB's own functions it may ask words(rid of an article, start, end), a stretch of its text (expectations/staging.py).
    sql: str
    by: str | None = None  # of what is usual: the column for each of whose values it is asked
    from_: str | None = Field(
        default=None, alias="from"
    )  # joins: "LEFT JOIN articles a ON a.version_id = this.version_id"
    reason: str = Field(min_length=1)
    action: str = Field(min_length=1)  # what to do when it breaks


class Table(BaseModel):
    """One table of the lake.

    `scope`: one file a batch; one file a run; one file a run whose rows take the place of older ones with the same key,
    or of all that `replaced_by` says (derived); kept in the ledger; made from seeds.
    """

    model_config = _STRICT
    name: str
    meaning: str = Field(min_length=1)
    # Whose work the rows are: where to look, and what to mend, when a promise about them breaks.
    owner: Literal["ingest", "reader", "clusters", "tallying", "validation", "warehouse", "people", "seeds"]
    scope: Literal["batch", "run", "derived", "ledger", "seed"]
    key: list[str] = Field(min_length=1)
    replaced_by: str | None = (
        None  # of a derived table: the column by whose reference's later rows it ends; else the key
    )
    sort: list[str] = []  # order of rows in a file; the key where empty
    columns: dict[str, Column]
    expectations: dict[str, Expectation] = {}

    @property
    def order(self) -> list[str]:
        """The columns that a file's rows are sorted by."""
        return self.sort or self.key

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> Table:
        strangers = sorted({*self.key, *self.sort, self.replaced_by or self.key[0]} - self.columns.keys())
        if strangers:
            msg = f"key, sort or replaced_by names no column: {', '.join(strangers)}"
            raise ValueError(msg)
        if self.replaced_by and not self.columns[self.replaced_by].references:
            msg = f"replaced_by {self.replaced_by} references nothing"
            raise ValueError(msg)
        return self


@lru_cache(maxsize=1)
def load_tables(folder: Path = TABLES) -> dict[str, Table]:
    """Read every contract, by table name.

    >>> load_tables()["figures"].columns["quote_start"].type
    'BIGINT'
    """
    tables: dict[str, Table] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            tables[path.stem] = Table.model_validate({"name": path.stem, **tomllib.loads(path.read_text("utf-8"))})
        except (ValidationError, tomllib.TOMLDecodeError) as error:
            msg = f"tables/{path.name}: {error}"
            raise SeedError(msg) from error
    for table in tables.values():
        for name, column in table.columns.items():
            target, _, key = (column.references or "").partition(".")
            if target and (target not in tables or key not in tables[target].columns):
                msg = f"tables/{table.name}.toml [columns.{name}]: references no column: {column.references}"
                raise SeedError(msg)
    return tables
