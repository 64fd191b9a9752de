"""Runs over the addresses of a site on loopback: their books, and what the lake holds then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.plan import Manners, make_plan
from flows.tally import run_steps
from warehouse.lake import Lake
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from pathlib import Path

    from flows.settings import FeedSettings

MANNERS = Manners(pause=0.0, allowed=("127.0.0.1/32",), links_per_feed=3)


def run(lake: Path, *inputs: str, manners: Manners = MANNERS, feeds: tuple[FeedSettings, ...] = ()) -> dict[str, int]:
    """Run the steps over inputs and feeds; return the books."""
    plan = make_plan(lake, inputs, published=None, is_again=False, n_workers=1)
    plan = replace(plan, feeds=feeds, manners=manners)
    return dict(run_steps(plan, lambda step: step, ThreadPoolExecutor).staged.outcomes)


def rows(lake: Path, statement: str) -> list[dict[str, Any]]:
    return list(run_sql(Lake(lake), statement).to_pylist())
