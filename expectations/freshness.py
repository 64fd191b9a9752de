"""Whether feeds and outlets come as often as they should: by tally.toml's cadence, and by what each was heard before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

State = Literal["ON_TIME", "NEVER", "LATE", "SILENT", "THIN"]

# In cadences: one may slip, for the run itself comes by a schedule of its own; from the second on somebody should look.
LATE_AFTER = 2
# In usual gaps between arrivals, or cadences where that is longer: a week-end of a daily outlet is no silence.
SILENT_AFTER = 4
N_GAPS = 5  # arrivals from which the gaps between them say something
THIN_BELOW = 0.5  # of the expected volume

TOLD = {
    "ON_TIME": "on time",
    "NEVER": "never answered",
    "LATE": "late: no answer for two cadences",
    "SILENT": "silent: it answers, and nothing new comes",
    "THIN": "thin: fewer than half of the articles expected",
}

# Each version once, when it first came; a better reader's readings bring nothing new.
ARRIVALS = """
    SELECT feed_id, outlet_id, list(came ORDER BY came) FROM (
        SELECT a.feed_id, a.outlet_id, a.version_id, min(b.since) AS came
        FROM articles_history a JOIN batches b USING (batch_id) GROUP BY ALL) WHERE came <= $moment GROUP BY ALL
"""
ANSWERS = """
    SELECT feed_id, max(fetched_at) FROM fetches_history
    WHERE error IS NULL AND fetched_at <= $moment GROUP BY feed_id
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """What tally.toml says of a feed."""

    feed_id: str
    cadence: timedelta | None = None
    expected_volume: int | None = None  # new articles a cadence


@dataclass(frozen=True, slots=True)
class Freshness:
    """How a feed, or one outlet in it, does."""

    feed_id: str
    outlet_id: str | None  # None: the whole feed
    state: State
    told: str
    last_answer_at: datetime | None
    last_article_at: datetime | None
    n_articles: int  # in the last cadence


def read_freshness(
    connection: duckdb.DuckDBPyConnection, expected: Sequence[Expected], moment: datetime
) -> list[Freshness]:
    """Return how each feed of tally.toml did at a moment, and under it those outlets of it that have fallen silent."""
    arrivals: dict[str, dict[str | None, list[datetime]]] = {}
    for feed_id, outlet_id, moments in connection.execute(ARRIVALS, {"moment": moment}).fetchall():
        arrivals.setdefault(feed_id, {})[outlet_id] = moments
    answers = dict(connection.execute(ANSWERS, {"moment": moment}).fetchall())
    found: list[Freshness] = []
    for feed in expected:
        by_outlet = arrivals.get(feed.feed_id, {})
        everything = sorted(at for moments in by_outlet.values() for at in moments)
        answer = answers.get(feed.feed_id)
        found.append(_judge(feed, None, everything, answer, moment))
        if feed.cadence and len(by_outlet) > 1:
            outlets = (
                _judge(feed, outlet, at, answer, moment) for outlet, at in sorted(by_outlet.items(), key=str) if outlet
            )
            found += [each for each in outlets if each.state == "SILENT" and found[-1].state == "ON_TIME"]
    return found


def _judge(
    feed: Expected, outlet_id: str | None, arrivals: Sequence[datetime], answer: datetime | None, moment: datetime
) -> Freshness:
    since = moment - feed.cadence if feed.cadence else None
    n_articles = sum(at > since for at in arrivals) if since else len(arrivals)
    last = arrivals[-1] if arrivals else None
    state: State = find_state(feed, arrivals, answer, moment)
    if state == "THIN" and outlet_id:
        state = "ON_TIME"
    return Freshness(feed.feed_id, outlet_id, state, TOLD[state], answer, last, n_articles)


def find_state(feed: Expected, arrivals: Sequence[datetime], answer: datetime | None, moment: datetime) -> State:
    """Return the state of what came at these moments, of which `answer` is the last time that the feed answered.

    >>> from datetime import datetime
    >>> daily, came = Expected("wire", timedelta(days=1)), [datetime(2026, 2, day) for day in range(1, 11)]
    >>> find_state(daily, came, datetime(2026, 2, 10), datetime(2026, 2, 11)), find_state(daily, came, datetime(2026, 2, 10), datetime(2026, 2, 13))
    ('ON_TIME', 'LATE')
    >>> find_state(daily, came, datetime(2026, 2, 15), datetime(2026, 2, 15))
    'SILENT'
    """
    if answer is None:
        return "NEVER"
    if feed.cadence is None:
        return "ON_TIME"
    if moment - answer > LATE_AFTER * feed.cadence:
        return "LATE"
    if feed.expected_volume == 0:
        return "ON_TIME"
    moments = sorted(set(arrivals))
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    usual = timedelta(seconds=median(gaps)) if len(gaps) >= N_GAPS else feed.cadence
    last = moments[-1] if moments else None
    if last is None or moment - last > SILENT_AFTER * max(usual, feed.cadence):
        return "SILENT"
    n_articles = sum(at > moment - feed.cadence for at in arrivals)
    if feed.expected_volume and n_articles < THIN_BELOW * feed.expected_volume:
        return "THIN"
    return "ON_TIME"
