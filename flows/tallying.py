"""Last step before the report: the neighbourhood of what a run changed is tallied anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.versions import read_tally_version
from seeds import load_seeds
from transforms.tallying.rules import Rules
from transforms.tallying.tallies import tally
from warehouse.derivations import Derived, derive

if TYPE_CHECKING:
    from flows.plan import Plan


def tally_figures(plan: Plan) -> Derived:
    """Tally the lake's current figures: all of them under new rules, else the blocks of those that came or went."""
    rules = Rules(load_seeds())
    return derive(plan.lake, plan.run.run_id, read_tally_version(), lambda saids: tally(saids, rules))
