"""The current figures as tallying takes them: each with its article, its cluster and its origin.

What may be told together (METRICS, the `block_id` of Said) is a metric over all places, since reports of one thing name several: all
casualties, since one sentence tells of dead and wounded, all that was launched and shot down, since one wave's numbers stand
together, and all harm to what stands, since papers mix up its degrees; of what is never tallied, an article version. The months and
parts of these are neighbourhoods (transforms/tallying/months.py).
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from seeds import load_seeds
from seeds.kinds import Reconciling
from transforms.tallying.said import Said
from warehouse.statements import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa

TELLING_SENTENCE = 40  # characters: shorter ones ("Two people were killed.") are written twice without being copied
ROWS_AT_ONCE = 20_000  # turned into Python objects; what is tallied together and has more is whole all the same

# In no tally, so that an article's stand alone; denials are told, since they take back what others tell.
UNTOLD = """(f.metric_code IN ('OTHER', 'AGE') OR f.polarity NOT IN ('ASSERTED', 'DENIED')
    OR f.polarity = 'ASSERTED' AND (f.is_anaphoric OR f.converts_figure_id IS NOT NULL))"""
METRICS = f"""CASE WHEN {UNTOLD} THEN concat_ws('/', 'UNTOLD', f.version_id)
    WHEN starts_with(f.metric_code, 'CAS_') THEN 'CAS' WHEN starts_with(f.metric_code, 'WPN_') THEN 'WPN'
    WHEN f.metric_code IN ('INF_DAMAGED', 'INF_DESTROYED', 'INF_CAPACITY_LOST') THEN 'INF' ELSE f.metric_code END"""
IS_TOLD = f"f.polarity = 'ASSERTED' AND NOT {UNTOLD}"  # the others' words decide nothing

# The same for the same sentence, wherever it stands; a short one is known by its figure.
SENTENCE_DIGITS = 16  # hexadecimal, of its hash: 64 bits, odds of 3e-8 that any two of a million meet
SENTENCE = f"""CASE WHEN {IS_TOLD} AND f.sentence_end - f.sentence_start >= {TELLING_SENTENCE}
    THEN left(md5(lower(substring(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start))), {SENTENCE_DIGITS}) END"""

# The nearest words for sites in a number's own clause, on either side of it; for what attacks are on behind it: from `find_site_words`.
_BEFORE = "lower(substring(a.text, f.sentence_start + 1, f.number_start - f.sentence_start))"
_AFTER = "lower(substring(a.text, f.number_end + 1, f.sentence_end - f.number_end))"
_CLAUSE_ENDS = ", and |; |, while |, but "
_BEHIND = f"nullif(regexp_extract(regexp_extract({_AFTER}, '^(.*?)(?:{_CLAUSE_ENDS}|$)', 1, 's'), '\\b({{words}})(?:s|es)?\\b', 1), '')"
SITES = f"""CASE WHEN {IS_TOLD} AND starts_with(f.metric_code, 'CAS_') THEN concat_ws(',',
    nullif(regexp_extract(regexp_extract({_BEFORE}, '(?:.*(?:{_CLAUSE_ENDS}))?(.*)$', 1, 's'), '.*\\b({{words}})(?:s|es)?\\b', 1, 's'), ''),
    {_BEHIND})
    WHEN {IS_TOLD} AND f.metric_code = 'ATT_COUNT' THEN coalesce({_BEHIND.format(words="{struck}")}, '') ELSE '' END"""

_COMPUTED = {
    "block_id": METRICS,
    "outlet_id": "a.outlet_id",
    "cluster_id": "coalesce(c.cluster_id, f.article_id)",
    "sentence_id": "coalesce({sentence}, f.figure_id)",
    "published_at": "a.published_at",
    "published_date": "a.published_date",
    "number_start": "f.number_start - f.sentence_start",
    "quote": f"CASE WHEN {IS_TOLD} THEN f.quote ELSE '' END",
    "source_id": "o.source_id",
    "source_name": "o.source_name",
    "party_code": "o.party_code",
    "n_hops": "coalesce(o.n_hops, 1)",
    "sites": "{sites}",
}
_COLUMNS = ", ".join(f"{_COMPUTED.get(column, f'f.{name(column)}')} AS {name(column)}" for column in Said._fields)
FIGURES = f"""
    WITH f AS (FROM {{figures}}),
    o AS (SELECT figure_id, min_by(source_id, hop) AS source_id, min_by(source_name, hop) AS source_name,
        min_by(party_code, hop) AS party_code, count(*) AS n_hops FROM {{attributions}} SEMI JOIN f USING (figure_id) GROUP BY figure_id)
    SELECT {_COLUMNS} FROM f
    JOIN {{articles}} a ON a.version_id = f.version_id AND a.batch_id = f.batch_id
    LEFT JOIN {{clusters}} c ON c.version_id = f.version_id
    LEFT JOIN o ON o.figure_id = f.figure_id
    {{joins}}
    ORDER BY block_id, figure_id
"""


class Source(NamedTuple):
    """Relations that the figures are read from; `sentence` and `sites` are the SQL of what their texts say, `joins` what it needs."""

    figures: str = "figures"
    sentence: str = SENTENCE
    sites: str = SITES
    joins: str = ""
    articles: str = "articles"
    attributions: str = "attributions"
    clusters: str = "article_clusters"

    def select(self) -> str:
        """Write the SELECT of the figures, in the order in which they are tallied."""
        return FIGURES.format(**self._asdict())


@cache
def find_site_words() -> dict[str, str]:
    """Return the words of sites, and of what attacks are counted on, as alternatives of a regular expression, the longest first."""
    rules = load_seeds().of(Reconciling)
    return {
        name: "|".join(sorted((word.partition(" =")[0] for word in rules[code].words), key=len, reverse=True))
        for name, code in (("words", "same_site"), ("struck", "attacks_on"))
    }


def read_by_metrics(connection: duckdb.DuckDBPyConnection, statement: str | None = None) -> Iterator[list[Said]]:
    """Yield the current figures, or those that a statement selects as a Source does, all of one `block_id` together."""
    held: list[Said] = []
    for _, figures_of_one in groupby(
        _read(connection, statement or Source().select().format(**find_site_words())), attrgetter("block_id")
    ):
        held += figures_of_one
        if len(held) >= ROWS_AT_ONCE:
            yield held
            held = []
    if held:
        yield held


def _read(connection: duckdb.DuckDBPyConnection, statement: str) -> Iterator[Said]:
    for batch in connection.sql(statement).to_arrow_reader(ROWS_AT_ONCE):
        yield from map(Said._make, zip(*map(_to_values, batch.columns), strict=True))


def _to_values(column: pa.Array) -> list[object]:
    """Return a column's values as Python has them, equal ones as one object: so they are made, hashed and compared faster."""
    coded = column.dictionary_encode()
    values = np.array([*coded.dictionary.to_pylist(), None], dtype=object)
    found: list[object] = values[coded.indices.fill_null(-1)].tolist()
    return found
