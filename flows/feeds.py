"""The feeds of tally.toml: which of them are due, and how each of them does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.freshness import TOLD, Expected, Freshness, read_freshness
from flows.addresses import to_public_uri
from flows.inputs import InputError
from warehouse.ledger import FeedState, read_feeds
from warehouse.queries import open_lake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flows.settings import FeedSettings
    from warehouse.lake import Lake

_MINUTE = "%Y-%m-%d %H:%M"
NEVER = FeedState(None, None, 0, 0, 0, None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A feed of tally.toml, and what the lake knows of it."""

    feed: FeedSettings
    state: FeedState

    @property
    def due_at(self) -> datetime | None:
        """When it is to be asked again, in UTC; None: in the next run, whenever that is."""
        if self.feed.cadence is None or self.state.succeeded_at is None:
            return None
        return self.state.succeeded_at + self.feed.cadence

    def is_due(self, moment: datetime) -> bool:
        """Tell whether a run at that moment asks it."""
        return self.due_at is None or self.due_at <= moment


def read_standings(feeds: Sequence[FeedSettings], lake: Lake) -> list[Standing]:
    """Return how each feed does, in the order of tally.toml."""
    states = read_feeds(lake, [to_public_uri(feed.uri) for feed in feeds])
    return [Standing(feed, states.get(feed.name, NEVER)) for feed in feeds]


def read_feed_states(feeds: Sequence[FeedSettings], lake: Lake, moment: datetime) -> list[Freshness]:
    """Return how each feed of tally.toml does at a moment, and the outlets that have fallen silent."""
    if not lake.exists():
        return [Freshness(feed.name, None, "NEVER", TOLD["NEVER"], None, None, 0) for feed in feeds]
    with open_lake(lake) as connection:
        return read_freshness(connection, to_expected(feeds), moment)


def to_expected(feeds: Sequence[FeedSettings]) -> tuple[Expected, ...]:
    """Return what tally.toml says of how often feeds come."""
    return tuple(Expected(feed.name, feed.cadence, feed.expected_volume) for feed in feeds)


def find_names(arguments: Sequence[str], feeds: Sequence[FeedSettings]) -> tuple[list[str], list[str]]:
    """Part the names of feeds among a command's arguments from its files and addresses; a file of that name comes first."""
    names = {feed.name for feed in feeds}
    named = [each for each in arguments if each in names and not Path(each).exists()]
    return [each for each in arguments if each not in named], named


def choose_feeds(
    feeds: Sequence[FeedSettings], names: Sequence[str] | None, lake: Lake, moment: datetime
) -> list[FeedSettings]:
    """Return the feeds of these names, due or not; without names those that are due.

    Raises InputError for a name that no feed has.
    """
    if names is None:
        return [each.feed for each in read_standings(feeds, lake) if each.is_due(moment)]
    by_name = {feed.name: feed for feed in feeds}
    if strangers := sorted(set(names) - by_name.keys()):
        msg = f"tally.toml has no feed {strangers[0]!r}"
        raise InputError(msg)
    return [by_name[name] for name in names]


def to_row(standing: Standing, moment: datetime, freshness: Sequence[Freshness] = ()) -> dict[str, object]:
    """Return what machines are told of a feed; times in UTC, its address without secrets."""
    feed, state = standing.feed, standing.state
    return {
        **feed.model_dump(include={"name", "kind", "outlet", "licence", "expected_volume"}),
        "uri": to_public_uri(feed.uri),
        "cadence_seconds": feed.cadence and feed.cadence.total_seconds(),
        "asked_at": state.asked_at,
        "succeeded_at": state.succeeded_at,
        "due_at": standing.due_at,
        "is_due": standing.is_due(moment),
        "n_articles": state.n_articles,
        "n_errors": state.n_errors,
        "n_later": state.n_later,
        "error": state.error,
        "state": next((f.state for f in freshness if (f.feed_id, f.outlet_id) == (feed.name, None)), None),
        "silent_outlets": [f.outlet_id for f in freshness if f.feed_id == feed.name and f.outlet_id],
    }


def to_cells(standing: Standing, moment: datetime, freshness: Sequence[Freshness] = ()) -> dict[str, str]:
    """Return what people are shown of a feed."""
    feed, state = standing.feed, standing.state
    volume = "" if state.asked_at is None else str(state.n_articles)
    return {
        "feed": feed.name,
        "last success": f"{state.succeeded_at:{_MINUTE}}" if state.succeeded_at else "never",
        "next due": "now" if standing.is_due(moment) else f"{standing.due_at:{_MINUTE}}",
        "articles": volume if feed.expected_volume is None else f"{volume or 0} of {feed.expected_volume}",
        "for later": str(state.n_later or ""),
        "state": "; ".join(
            f"{f'{f.outlet_id} ' if f.outlet_id else ''}{f.state.lower().replace('_', ' ')}"
            for f in freshness
            if f.feed_id == feed.name
        ),
        "errors": f"{state.n_errors}: {state.error}" if state.n_errors else "",
        "uri": to_public_uri(feed.uri),
    }
