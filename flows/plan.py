"""What one run is to do, and what its steps hand on: small things and paths, never tables."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.addresses import to_public_uri
from flows.feeds import to_expected
from flows.settings import AGENT, FeedSettings, Settings
from flows.versions import read_reader_version, read_tally_version
from warehouse.commits import Run
from warehouse.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from expectations.freshness import Expected

RANDOM_BYTES = 3  # of a run id: two runs that start in one second of one lake differ all the same


def now() -> datetime:
    """Return the time in UTC as the tables hold it: without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251  the one clock of a run; others are handed this function


@dataclass(frozen=True, slots=True)
class Manners:
    """How a run behaves towards others' servers."""

    agent: str = AGENT
    pause: float = 1.0  # seconds between two requests to one host
    allowed: tuple[str, ...] = ()  # networks that are not public and may be fetched from all the same
    links_per_feed: int = 100  # pages


@dataclass(frozen=True)
class Plan:
    """A run before it begins: its lake, its inputs as given, and how they are to be read."""

    lake: Lake
    run: Run
    inputs: tuple[str, ...]
    published: str | None = None  # for one article, as the user wrote it
    n_workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    columns: Mapping[str, str] = field(default_factory=dict)  # of tables and JSON lines, by field: {"text": "body"}

    feeds: tuple[FeedSettings, ...] = ()  # to be asked in this run, besides the inputs
    manners: Manners = Manners()
    expected: tuple[Expected, ...] = ()  # how often each feed of tally.toml comes
    review_rows: int = 40  # drawn of the run's figures for a person to judge
    review_seed: str = "tally"
    corrections: Path | None = None  # a file of what people said against readings

    def columns_of(self, feed_id: str) -> Mapping[str, str]:
        """Return a feed's columns by field."""
        return next((feed.map for feed in self.feeds if feed.name == feed_id and feed.map), self.columns)

    def outlet_of(self, feed_id: str) -> str | None:
        """Return the outlet of all of a feed's articles, where its settings name one."""
        return next((feed.outlet for feed in self.feeds if feed.name == feed_id), None)

    @property
    def staging(self) -> Path:
        """The folder of what this run is still working on."""
        return self.lake.staging(self.run.run_id)

    def staged(self, table: str, name: str) -> Path:
        """Return where a table's file is staged; its folder exists afterwards."""
        path = self.staging / table / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def make_plan(
    lake: Path,
    inputs: tuple[str, ...],
    *,
    published: str | None,
    is_again: bool,
    n_workers: int | None,
    columns: Mapping[str, str] | None = None,
) -> Plan:
    """Plan a run that starts now."""
    started_at = now()
    run = Run(
        run_id=f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(RANDOM_BYTES)}",
        reader_version=read_reader_version(),
        started_at=started_at,
        arguments=" ".join(map(to_public_uri, inputs)),
        is_again=is_again,
        tally_version=read_tally_version(),
    )
    return Plan(Lake(lake.resolve()), run, inputs, published, n_workers or os.cpu_count() or 1, columns or {})


def follow(plan: Plan, settings: Settings) -> Plan:
    """Return the plan as tally.toml wants it; what it was made with goes before that."""
    return replace(
        plan,
        columns=plan.columns or settings.map,
        manners=Manners(
            settings.user_agent, settings.fetch_pause, tuple(settings.fetch_allow), settings.links_per_feed
        ),
        expected=to_expected(settings.feed),
        review_rows=settings.review_rows,
        review_seed=settings.review_seed,
        corrections=plan.corrections or settings.corrections,
    )
