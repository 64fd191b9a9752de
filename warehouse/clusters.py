"""The clusters of the lake after a commit: only the stories that new texts touch are made again, as if all had been.

Under the commit's lock: the rows follow from the readings that the ledger lists then, and from nothing else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.clusters import FURNITURE_DAYS, LEAST_SHARED, Member, Shared, find_clusters
from transforms.credits import CreditReader
from transforms.tables import to_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

TEXTS_AT_ONCE = 1000  # read for their credits: some 5 MB

# One row a version, as it was last read, numbered: a number joins faster than an id. What arrives is read last.
TEXTS = """
    SELECT {first} + row_number() OVER () AS text, * FROM (
        SELECT version_id, batch_id, article_id, text_sha256, published_at, published_date, outlet_id,
            coalesce(outlet_id, nullif(regexp_extract(url, '^https?://([^/]+)', 1), '')) AS outlet
        FROM ({source}) QUALIFY row_number() OVER (PARTITION BY version_id ORDER BY since DESC, batch_id DESC) = 1)
"""
BEFORE = TEXTS.format(first=0, source="SELECT a.*, b.since FROM listed.articles a JOIN batches b USING (batch_id)")
ARRIVED = TEXTS.format(
    first="(SELECT count(*) FROM temp.before)", source="SELECT *, TIMESTAMP 'infinity' AS since FROM temp.arrived"
)
AFTER = f"FROM temp.before ANTI JOIN temp.arrived USING (version_id) UNION ALL {ARRIVED}"
SIGNED = {
    "before": "FROM listed.article_signatures",
    "after": "FROM listed.article_signatures UNION ALL BY NAME FROM temp.arrived_signatures",
}
STANDING = """
    CREATE OR REPLACE TEMP TABLE standing AS SELECT c.* FROM listed.article_clusters c JOIN files f USING (path)
    QUALIFY row_number() OVER (PARTITION BY version_id ORDER BY f.since DESC) = 1
"""
# Every text of a state that has one of the shingles asked for; and those of them that are furniture: what one outlet
# prints on many days, each article counted on its first.
OCCURRENCES = """
    CREATE OR REPLACE TEMP TABLE occurrences_{state} AS SELECT s.shingle, t.text
    FROM ({signed}) s SEMI JOIN temp.asked USING (shingle) JOIN temp.{state} t USING (version_id, batch_id)
"""
FURNITURE = """
    CREATE OR REPLACE TEMP TABLE furniture_{state} AS SELECT DISTINCT shingle FROM (
        SELECT shingle, outlet, article_id, min(published_date) AS day
        FROM temp.occurrences_{state} JOIN temp.{state} USING (text)
        SEMI JOIN (SELECT shingle FROM temp.occurrences_{state} GROUP BY shingle HAVING count(*) >= {days}) USING (shingle)
        WHERE outlet IS NOT NULL GROUP BY ALL)
    GROUP BY shingle, outlet HAVING count(DISTINCT day) >= {days}
"""
ASKED = "CREATE OR REPLACE TEMP TABLE asked AS SELECT DISTINCT shingle FROM ({shingles})"
SHINGLES_OF = "SELECT shingle FROM ({signed}) s JOIN temp.{state} t USING (version_id, batch_id) SEMI JOIN temp.{texts} USING (version_id)"
CHANGED = """
    CREATE OR REPLACE TEMP TABLE changed AS
    SELECT version_id FROM temp.arrived
    UNION
    SELECT version_id FROM temp.after JOIN temp.occurrences_after USING (text) SEMI JOIN (
        (FROM temp.furniture_after EXCEPT FROM temp.furniture_before)
        UNION (FROM temp.furniture_before EXCEPT FROM temp.furniture_after)) USING (shingle)
"""
# The shingles that link: of more than one text, and no furniture.
LINKING = """
    CREATE OR REPLACE TEMP TABLE linking AS FROM temp.occurrences_after
    SEMI JOIN (SELECT shingle FROM temp.occurrences_after GROUP BY shingle HAVING count(*) > 1) USING (shingle)
    ANTI JOIN temp.furniture_after USING (shingle)
"""
# Whatever a changed text may now be linked with or was linked with before: no other cluster can come out different.
TOUCHED = f"""
    CREATE OR REPLACE TEMP TABLE touched AS
    WITH own AS (SELECT text, text_sha256 FROM temp.after SEMI JOIN temp.changed USING (version_id)),
    partners AS (
        SELECT b.text FROM temp.linking a SEMI JOIN own USING (text) JOIN temp.linking b ON b.shingle = a.shingle AND b.text <> a.text
        GROUP BY a.text, b.text HAVING count(*) >= {LEAST_SHARED}
        UNION SELECT b.text FROM own JOIN temp.after b USING (text_sha256)
        UNION SELECT text FROM own),
    near AS (SELECT version_id FROM partners JOIN temp.after USING (text))
    SELECT version_id FROM near
    UNION
    SELECT version_id FROM temp.standing SEMI JOIN (
        SELECT cluster_id FROM temp.standing SEMI JOIN near USING (version_id)) USING (cluster_id)
"""
SIZES = """
    CREATE OR REPLACE TEMP TABLE sizes AS SELECT text, count(*) AS n FROM temp.occurrences_after
    SEMI JOIN (SELECT text FROM temp.after SEMI JOIN temp.touched USING (version_id)) USING (text)
    ANTI JOIN temp.furniture_after USING (shingle) GROUP BY text
"""
MEMBERS = """
    SELECT t.version_id, t.text_sha256, coalesce(k.n, 0) AS n_shingles, t.published_at, t.published_date,
        CASE WHEN c.version_id IS NULL THEN s.credit_name ELSE c.credit_name END AS credit_name, t.outlet_id, t.batch_id
    FROM temp.after t SEMI JOIN temp.touched USING (version_id)
    LEFT JOIN temp.sizes k USING (text)
    LEFT JOIN temp.credits c USING (version_id) LEFT JOIN temp.standing s USING (version_id)
"""
SHARED = f"""
    WITH own AS (FROM temp.linking SEMI JOIN temp.sizes USING (text))
    SELECT least(x.version_id, y.version_id), greatest(x.version_id, y.version_id), n FROM (
        SELECT a.text AS a, b.text AS b, count(*) AS n FROM own a JOIN own b ON b.shingle = a.shingle AND b.text > a.text
        GROUP BY ALL HAVING n >= {LEAST_SHARED})
    JOIN temp.after x ON x.text = a JOIN temp.after y ON y.text = b
"""


def derive_clusters(connection: duckdb.DuckDBPyConnection, articles: str, signatures: str) -> str:
    """Make the clusters that new readings touch; return the SELECT of the rows that come or change.

    `articles` and `signatures` are SELECTs of the rows that a commit is about to list; what it lists already is in the
    schema `listed`. The rows are those that making all clusters anew would give.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE arrived AS SELECT * EXCLUDE (text) FROM ({articles})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE arrived_signatures AS {signatures}")
    connection.execute(STANDING)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE before AS {BEFORE}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE after AS {AFTER}")
    read_credits(connection, articles)
    arrived = [SHINGLES_OF.format(signed=SIGNED[state], state=state, texts="arrived") for state in ("before", "after")]
    look_up(connection, " UNION ALL ".join(arrived), "before", "after")
    connection.execute(CHANGED)
    if has_more(connection, "changed", "arrived"):
        look_up(connection, SHINGLES_OF.format(signed=SIGNED["after"], state="after", texts="changed"), "after")
    connection.execute(
        TOUCHED
        if has_more(connection, "after", "changed")
        else "CREATE OR REPLACE TEMP TABLE touched AS FROM temp.changed"
    )
    if has_more(connection, "touched", "changed"):
        look_up(connection, SHINGLES_OF.format(signed=SIGNED["after"], state="after", texts="touched"), "after")
    connection.execute(SIZES)
    connection.register("rows", to_table(load_tables()["article_clusters"], make_rows(connection)))
    connection.execute("CREATE OR REPLACE TEMP TABLE made AS FROM rows")
    connection.unregister("rows")
    return "SELECT * FROM temp.made EXCEPT SELECT * EXCLUDE (path) FROM temp.standing"


def look_up(connection: duckdb.DuckDBPyConnection, shingles: str, *states: str) -> None:
    """Find the occurrences of some shingles in states of the lake, and which of them are furniture there."""
    connection.execute(ASKED.format(shingles=shingles))
    for state in states:
        connection.execute(OCCURRENCES.format(state=state, signed=SIGNED[state]))
        connection.execute(FURNITURE.format(state=state, days=FURNITURE_DAYS))
    connection.execute(LINKING)


def has_more(connection: duckdb.DuckDBPyConnection, table: str, other: str) -> bool:
    """Tell whether a table names a version that another does not."""
    found = connection.execute(f"SELECT 1 FROM temp.{table} ANTI JOIN temp.{other} USING (version_id) LIMIT 1")
    return found.fetchone() is not None


@lru_cache(maxsize=1)
def credit_reader() -> CreditReader:
    """Make the reader of credits once a process."""
    return CreditReader(load_seeds())


def read_credits(connection: duckdb.DuckDBPyConnection, articles: str) -> None:
    """Read whom the new texts credit, into temp.credits."""
    texts = connection.execute(f"SELECT version_id, text, outlet_id FROM ({articles})")
    found: list[tuple[str, str | None]] = []
    while rows := texts.fetchmany(TEXTS_AT_ONCE):
        found += [(version_id, credit_reader().read(text, outlet_id)) for version_id, text, outlet_id in rows]
    ids, names = zip(*found, strict=True) if found else ((), ())
    connection.register(
        "rows", pa.table({"version_id": pa.array(ids, pa.string()), "credit_name": pa.array(names, pa.string())})
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE credits AS FROM rows")
    connection.unregister("rows")


def make_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, object]]:
    """Make the clusters of the touched texts."""
    agencies = credit_reader().agencies
    members: list[Member] = []
    batch_ids: dict[str, str] = {}
    for version_id, sha256, n, at, day, credit, outlet_id, batch_id in connection.execute(MEMBERS).fetchall():
        members.append(Member(version_id, sha256, n, at, day, credit, outlet_id in agencies))
        batch_ids[version_id] = batch_id
    shared = map(Shared._make, connection.execute(SHARED).fetchall())
    for row in find_clusters(members, shared):
        yield row | {"batch_id": batch_ids[str(row["version_id"])]}
