"""The way out of quarantine: what stands there, the articles that it came from, and an event for each row that leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from seeds.contracts import load_tables
from warehouse.builds import open_build
from warehouse.queries import open_lake
from warehouse.statements import names, text
from warehouse.traces import read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import duckdb

    from warehouse.lake import Lake

Row = dict[str, Any]

CAME = """
    INSERT INTO quarantine_events BY NAME
    SELECT q.quarantine_id, q.batch_id, 'OPEN' AS status, 'broke ' || q.expectation_id AS why, $since AS event_at
    FROM listed.quarantine q JOIN batches b USING (batch_id) WHERE b.commit_id = $commit_id
"""
LEFT = """
    INSERT INTO quarantine_events BY NAME
    SELECT q.quarantine_id, q.batch_id, CASE WHEN n.batch_id IS NULL THEN 'SUPERSEDED' ELSE 'REPLAYED' END AS status,
        coalesce('its article was read again in batch ' || n.batch_id, 'a newer version of its article came') AS why,
        $since AS event_at
    FROM quarantine_history q LEFT JOIN (
        SELECT i.version_id, min(i.batch_id) AS batch_id FROM listed.inputs i JOIN batches b USING (batch_id)
        WHERE b.commit_id = $commit_id GROUP BY i.version_id) n USING (version_id)
    WHERE q.until = $since
"""


def write_events(connection: duckdb.DuckDBPyConnection, commit_id: str, since: datetime) -> None:
    """Write an event for each row that a commit brings to quarantine, and for each that leaves by it."""
    parameters = {"commit_id": commit_id, "since": since}
    connection.execute(CAME, parameters)
    connection.execute(LEFT, parameters)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which open rows are meant: all that fit each of what is given."""

    quarantine_ids: Sequence[str] = ()
    expectation_id: str | None = None

    @property
    def condition(self) -> str:
        """The choice as SQL over the view quarantine_open."""
        ids = ", ".join(map(text, self.quarantine_ids))
        conditions = [f"quarantine_id IN ({ids})"] if ids else []
        conditions += [f"expectation_id = {text(self.expectation_id)}"] if self.expectation_id else []
        return " AND ".join(conditions) or "true"


@dataclass(frozen=True, slots=True)
class Concerned:
    """Articles with rows in quarantine, as they were staged, and the books of their inputs."""

    articles: list[Row]
    inputs: list[Row]
    n_rows: int  # in quarantine, that will be superseded
    n_without_article: int  # rows of batches that were held back: their articles were not kept
    batch_ids: frozenset[str]  # that the lake knows


def list_open(lake: Lake) -> list[Row]:
    """Return what stands open by expectation and table: counts, the first reason and example."""
    with open_lake(lake) as connection:
        return read_rows(connection, "FROM quarantine_by_expectation")


def read_open(lake: Lake, choice: Choice, limit: int) -> list[Row]:
    """Return open rows, each as a dict under `row`, with the `text` of its article (None where that was not kept)."""
    with open_lake(lake) as connection:
        rows = read_rows(
            connection,
            f"""SELECT q.*, coalesce(a.text, t.text) AS text FROM (
                FROM quarantine_open WHERE {choice.condition} ORDER BY expectation_id, quarantine_id LIMIT {limit}) q
            LEFT JOIN listed.articles a ON a.version_id = q.version_id AND a.batch_id = q.batch_id
            LEFT JOIN (SELECT batch_id, version_id, any_value(row_json->>'text') AS text FROM listed.quarantine
                WHERE table_name = 'articles' GROUP BY ALL) t ON t.version_id = q.version_id AND t.batch_id = q.batch_id
            ORDER BY q.expectation_id, q.quarantine_id""",
        )
    return [row | {"row": json.loads(row["row_json"])} for row in rows]


def read_concerned(lake: Lake, choice: Choice) -> Concerned:
    """Return the articles of the chosen open rows: each whole, from its own row or from that in quarantine."""
    contract = load_tables()["articles"]
    columns = names(contract.columns)
    layout = json.dumps({column: c.type for column, c in contract.columns.items()})
    found = f"SELECT DISTINCT version_id, batch_id FROM quarantine_open WHERE {choice.condition}"
    with open_lake(lake) as connection:
        articles = read_rows(
            connection,
            f"""WITH found AS ({found}), kept AS (
                SELECT {columns} FROM listed.articles SEMI JOIN found USING (version_id, batch_id)
                UNION ALL SELECT {columns} FROM (
                    SELECT unnest(from_json(row_json, {text(layout)})) FROM listed.quarantine
                    SEMI JOIN found USING (version_id, batch_id)
                    WHERE table_name = 'articles' AND expectation_id <> 'articles.is_readable'))
            SELECT DISTINCT ON (version_id) * REPLACE (b.feed_id AS feed_id) FROM kept JOIN batches b USING (batch_id)
            ORDER BY version_id, b.since DESC""",
        )
        rows = connection.execute(
            f"SELECT version_id FROM quarantine_open WHERE {choice.condition}"  # one a row: they are counted
        ).fetchall()
        inputs = read_rows(
            connection,
            f"""SELECT DISTINCT ON (version_id) i.* EXCLUDE (path) FROM listed.inputs i JOIN ({found}) USING (version_id, batch_id)
            ORDER BY version_id, uri, member, line""",
        )
        batch_ids = frozenset(row[0] for row in connection.execute("SELECT batch_id FROM batches").fetchall())
    articles = [{column: row[column] for column in contract.columns} for row in articles]
    kept = {row["version_id"] for row in articles}
    n_without = sum(version_id not in kept for (version_id,) in rows)
    inputs = [row for row in inputs if row["version_id"] in kept]
    return Concerned(articles, inputs, len(rows) - n_without, n_without, batch_ids)


def dismiss(lake: Lake, choice: Choice, why: str, clock: Callable[[], datetime]) -> int:
    """Let open rows lie, each with the reason; return how many. Raises LakeError without a lake."""
    lake.must_exist()
    with FileLock(lake.lock_path), open_build(lake, "dismiss") as build:
        dismissed = build.connection.execute(
            "INSERT INTO quarantine_events BY NAME SELECT quarantine_id, batch_id, 'DISMISSED' AS status, ? AS why, "
            f"? AS event_at FROM quarantine_open WHERE {choice.condition} RETURNING quarantine_id",
            [why, clock()],
        ).fetchall()
        if dismissed:
            build.swap()
    return len(dismissed)
