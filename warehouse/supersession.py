"""Which readings end when others come: the newest version of an article counts, in its newest reading.

A reading is one article version in one batch. Versions are ordered by publication, then by the commit that first
brought them (a page changed under an unchanged date), then by id. A held-back batch ends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

# One row a version of the readings in `source`, in the order that says which one of an article is the newest.
VERSIONS = """
    SELECT article_id, version_id, row_number() OVER (
        PARTITION BY article_id ORDER BY published NULLS FIRST, first_since, version_id) AS place
    FROM (
        SELECT a.article_id, a.version_id, min(b.since) AS first_since,
            max_by(coalesce(a.published_at, CAST(a.published_date AS TIMESTAMP)), b.since) AS published
        FROM {source} a JOIN batches b USING (batch_id) GROUP BY a.article_id, a.version_id)
"""

# Each file is opened once (a temporary table hides any other of its name, so these have names of their own): all versions that have a row, and all that any run has read, held back or not.
ARTICLES = """
    CREATE OR REPLACE TEMP TABLE known_articles AS
    SELECT article_id, version_id, batch_id, published_at, published_date FROM listed.articles
"""
# Those of articles that the commit brings: no other's newest reading can be another one.
RANKED = """
    CREATE OR REPLACE TEMP TABLE ranked_articles AS FROM temp.known_articles SEMI JOIN (
        SELECT article_id FROM temp.known_articles JOIN batches USING (batch_id) WHERE commit_id = $commit_id) USING (article_id)
"""
READINGS = """
    CREATE OR REPLACE TEMP TABLE known_readings AS
    SELECT DISTINCT version_id, batch_id FROM listed.inputs WHERE batch_id IS NOT NULL
"""

END_OLDER = f"""
    WITH ranked AS (
        SELECT a.article_id, a.version_id, a.batch_id, b.until, row_number() OVER (
            PARTITION BY a.article_id ORDER BY v.place DESC, b.since DESC, a.batch_id DESC) AS age
        FROM temp.ranked_articles a JOIN batches b USING (batch_id)
        JOIN ({VERSIONS.format(source="temp.ranked_articles")}) v USING (article_id, version_id))
    INSERT INTO superseded BY NAME
    SELECT r.version_id, r.batch_id, $since AS until, w.version_id AS by_version_id, w.batch_id AS by_batch_id
    FROM ranked r JOIN ranked w ON w.article_id = r.article_id AND w.age = 1
    ANTI JOIN superseded s ON s.version_id = r.version_id AND s.batch_id = r.batch_id
    WHERE r.age > 1 AND r.until IS NULL
"""

# A version that was held back or quarantined whole has no row in articles: it ends when it is read again.
END_ROWLESS = """
    INSERT INTO superseded BY NAME
    SELECT r.version_id, r.batch_id, $since AS until, r.version_id AS by_version_id, n.batch_id AS by_batch_id
    FROM temp.known_readings r
    JOIN batches b ON b.batch_id = r.batch_id AND b.until IS NULL AND b.commit_id <> $commit_id
    JOIN temp.known_readings n ON n.version_id = r.version_id
    JOIN batches c ON c.batch_id = n.batch_id AND c.commit_id = $commit_id
    ANTI JOIN temp.known_articles a ON a.version_id = r.version_id AND a.batch_id = r.batch_id
    ANTI JOIN superseded s ON s.version_id = r.version_id AND s.batch_id = r.batch_id
"""

ENDED_BATCHES = """
    SELECT r.batch_id, max(s.until) AS until
    FROM temp.known_readings r JOIN batches b ON b.batch_id = r.batch_id AND b.until IS NULL
    LEFT JOIN superseded s ON s.version_id = r.version_id AND s.batch_id = r.batch_id
    GROUP BY r.batch_id HAVING count(*) = count(s.until)
"""


def end_readings(connection: duckdb.DuckDBPyConnection, commit_id: str, since: datetime) -> None:
    """End what a commit supersedes: readings in `superseded`, and batches and files of which no reading is left."""
    parameters = {"commit_id": commit_id, "since": since}
    connection.execute(ARTICLES)
    connection.execute(RANKED, {"commit_id": commit_id})
    connection.execute(READINGS)
    connection.execute(END_OLDER, {"since": since})
    connection.execute(END_ROWLESS, parameters)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE ended AS {ENDED_BATCHES}")
    for table in ("batches", "files"):
        connection.execute(f"UPDATE {table} SET until = e.until FROM temp.ended e WHERE {table}.batch_id = e.batch_id")
    # What ended with its batch is told by the batch: superseded keeps the exceptions, and stays small.
    connection.execute(
        "DELETE FROM superseded USING batches b WHERE superseded.batch_id = b.batch_id AND superseded.until = b.until"
    )
