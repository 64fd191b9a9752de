"""Tables derived from the whole lake's current figures: which blocks are stale, and the commit that replaces them.

Files are one bucket of blocks each; a stale block's rows are made anew and the bucket's other rows copied. They count from
the moment of the commit whose figures they are made of, so that figures and tallies of any moment belong together.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

from seeds.contracts import load_tables
from transforms.ids import hash_id
from transforms.tables import to_table
from warehouse.builds import open_build
from warehouse.commits import compare_counts, insert
from warehouse.current_figures import BUCKETS, find_blocks, read_bucket, take_figures
from warehouse.files import write_file
from warehouse.ledger import open_file
from warehouse.statements import name, names, text
from warehouse.views import derived_tables, make_views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    import duckdb

    from transforms.tallying.said import Said
    from transforms.tallying.tallies import Tallied
    from warehouse.lake import Lake

NO_BATCH = "0" * 24  # until the bucket's batch is known

# A block is stale in which a figure came, went, or was read or clustered anew.
STALE = """
    CREATE OR REPLACE TEMP TABLE stale AS SELECT DISTINCT block_id FROM (
        SELECT block_id FROM (SELECT figure_id, block_id, input_id FROM temp.blocked) ANTI JOIN tally_figures USING (figure_id, block_id, input_id)
        UNION ALL
        SELECT block_id FROM (SELECT figure_id, block_id, input_id FROM tally_figures) ANTI JOIN temp.blocked USING (figure_id, block_id, input_id))
"""


@dataclass(frozen=True, slots=True)
class Derived:
    """What a tallying did; nothing where the tallies were of the last commit already."""

    commit_id: str | None = None
    n_blocks: int = 0
    n_figures: int = 0
    n_tallies: int = 0


def derive(lake: Lake, run_id: str, tally_version: str, tally: Callable[[Iterable[Said]], Tallied]) -> Derived:
    """Tally what is stale and commit it over all derived tables at once; `tally` turns figures of whole blocks into rows.

    Raises LakeError where the disk holds something else than was written.
    """
    if not lake.exists() or is_fresh(lake, tally_version):
        return Derived()
    with FileLock(lake.lock_path), open_build(lake, f"{run_id}.tallies") as build:
        connection = build.connection
        make_views(connection, lake)  # a lake of an older Tally has no such tables yet
        last = connection.execute(
            "SELECT max(commit_id), max_by(run_id, commit_id), max(committed_at) FROM commits"
        ).fetchone()
        if last is None or last[0] is None:
            return Derived()
        is_whole = read_version(connection) != tally_version
        find_blocks(connection)
        if not is_whole:
            connection.execute(STALE)
        take_figures(connection, is_whole=is_whole)
        bucketing = Bucketing(connection, lake, run_id, tally_version, last, is_whole=is_whole)
        counts = [bucketing.write(bucket, tally) for bucket in bucketing.stale]
        n_blocks, n_figures, n_tallies = (sum(column) for column in zip((0, 0, 0), *counts, strict=True))
        row = {
            "commit_id": last[0], "run_id": last[1], "tally_version": tally_version, "is_whole": is_whole,
            "n_figures": n_figures, "n_blocks": n_blocks, "tallied_at": last[2],
        }  # fmt: skip
        connection.execute("DELETE FROM tallyings WHERE commit_id = ?", [last[0]])
        insert(connection, "tallyings", [row])
        make_views(connection, lake)
        compare_counts(connection)
        build.swap()
    return Derived(last[0], n_blocks, n_figures, n_tallies)


def read_version(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return by which rules the tallies that stand were made."""
    row = connection.execute("SELECT max_by(tally_version, commit_id) FROM tallyings").fetchone()
    return row[0] if row else None


def is_fresh(lake: Lake, tally_version: str) -> bool:
    """Tell whether the last commit's figures are tallied by these rules."""
    with open_file(lake) as connection:
        if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'tallyings'").fetchone():
            return False
        row = connection.execute(
            "SELECT tally_version FROM tallyings WHERE commit_id = (SELECT max(commit_id) FROM commits)"
        ).fetchone()
    return row is not None and row[0] == tally_version


@dataclass(frozen=True, slots=True)
class Bucketing:
    """The buckets of one tallying: what is stale is made anew, the rest copied, and old files end."""

    connection: duckdb.DuckDBPyConnection
    lake: Lake
    run_id: str
    tally_version: str
    of_commit: tuple[str, str, datetime]  # id, run and moment of the commit whose figures are tallied
    is_whole: bool

    @property
    def stale(self) -> list[str]:
        """The buckets that have a stale block."""
        if self.is_whole:
            return list(BUCKETS)
        found = self.connection.execute("SELECT DISTINCT left(block_id, 1) FROM temp.stale ORDER BY 1").fetchall()
        return [row[0] for row in found]

    def write(self, bucket: str, tally: Callable[[Iterable[Said]], Tallied]) -> tuple[int, int, int]:
        """Make a bucket's files anew; return how many blocks, figures and tallies were made."""
        tallied = tally(read_bucket(self.connection, bucket))
        rows = dict(zip(("tallies", "tally_figures", "tally_parts"), tallied, strict=True))
        for table_name, found in rows.items():
            self._stage(bucket, table_name, found)
        batch_id = self._name_batch(bucket)
        commit_id, run_id, since = self.of_commit
        for table in derived_tables():
            self.connection.execute(
                "UPDATE files SET until = ? WHERE table_name = ? AND until IS NULL AND starts_with(path, ?)",
                [since, table.name, f"{table.name}/{bucket}-"],
            )
            staged = f"SELECT * REPLACE ({text(batch_id)} AS batch_id) FROM temp.{name(f'staged_{table.name}')}"
            file = write_file(self.connection, self.lake, table, f"{bucket}-{batch_id}-{self.run_id}", staged)
            if file:
                of_commit = {"run_id": run_id, "commit_id": commit_id, "since": since}
                insert(self.connection, "files", [{**asdict(file), **of_commit}])
        return len({row["block_id"] for row in tallied.figures}), len(tallied.figures), len(tallied.tallies)

    def _stage(self, bucket: str, table: str, rows: Sequence[dict[str, object]]) -> None:
        """Put a bucket's rows, new ones and those of blocks that stay, into a temporary table."""
        contract = load_tables()[table]
        self.connection.register("fresh", to_table(contract, [{**row, "batch_id": NO_BATCH} for row in rows]))
        columns = names(contract.columns)
        statement = f"SELECT {columns} FROM fresh"
        if not self.is_whole:
            statement += (
                f" UNION ALL SELECT {columns} FROM current.{name(table)} ANTI JOIN temp.stale USING (block_id) "
                f"WHERE starts_with(block_id, {text(bucket)})"
            )
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name(f'staged_{table}')} AS {statement}")
        self.connection.unregister("fresh")

    def _name_batch(self, bucket: str) -> str:
        """Name what a bucket holds: the same figures in the same tallies have the same name in every lake."""
        ((n_rows, content),) = self.connection.execute(
            "SELECT count(*), bit_xor(hash(figure_id, tally_id, role, reason, input_id)) FROM temp.staged_tally_figures"
        ).fetchall()
        return hash_id("tallies", self.tally_version, bucket, n_rows, content)
