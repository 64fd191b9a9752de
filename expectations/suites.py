"""Promises to suites of Great Expectations, built once a process, and rows judged by them."""

from __future__ import annotations

import os
import warnings
from threading import Lock
from typing import TYPE_CHECKING

# Great Expectations looks at this when it is imported: nobody is phoned.
os.environ["GX_ANALYTICS_ENABLED"] = "false"  # noqa: TID251 - read by the library at its import, no setting of ours

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from pydantic.v1 import PrivateAttr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    from expectations.promises import Promise


# Rows of a table whose judgement is remembered: good rows are of some hundred kinds, broken ones of any number.
MOST_REMEMBERED = 10_000


class JudgementError(RuntimeError):
    """Great Expectations could not judge a promise: a fault of ours, never of the rows."""


class Judge:
    """Great Expectations over rows in memory: no files, no progress bars, no analytics."""

    def __init__(self) -> None:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("staging").add_dataframe_asset("rows")
        self._rows = asset.add_batch_definition_whole_dataframe("whole")
        self._suites: dict[str, gx.ExpectationSuite] = {}
        self._broken_by: dict[str, dict[tuple[object, ...], list[str]]] = {}  # name -> row -> what it breaks
        self._lock = Lock()

    def find_unexpected(
        self, name: str, promises: Sequence[Promise], rows: Sequence[Mapping[str, object]]
    ) -> dict[str, list[int]]:
        """Tell for each promise which rows (by position) break it; rows alike are judged once.

        A row has the columns of the PRESENT, LISTED and RANGED promises, and a boolean for each TRUE promise, named by
        its id. The same name always comes with the same promises. Raises JudgementError when one could not be judged.
        """
        kinds = [tuple(row.values()) for row in rows]
        unexpected: dict[str, list[int]] = {p.expectation_id: [] for p in promises}
        with self._lock:
            known = self._broken_by.setdefault(name, {})
            new = {kind: row for kind, row in zip(kinds, rows, strict=True) if kind not in known}
            if new:
                found = self._judge(name, promises, pd.DataFrame(list(new.values())))
                known |= {kind: [of for of, at in found.items() if i in at] for i, kind in enumerate(new)}
            for i, kind in enumerate(kinds):
                for expectation_id in known[kind]:
                    unexpected[expectation_id].append(i)
            if len(known) > MOST_REMEMBERED:
                known.clear()
        return unexpected

    def _judge(self, name: str, promises: Sequence[Promise], frame: pd.DataFrame) -> dict[str, set[int]]:
        suite = self._suites.get(name)
        if suite is None:
            suite = self._suites[name] = gx.ExpectationSuite(name=name, expectations=_to_expectations(promises))
        judged = self._validate(suite, frame, "BOOLEAN_ONLY")
        missing = [p.expectation_id for p in promises if p.expectation_id not in judged]
        if missing:
            msg = f"no result for {', '.join(missing)}"
            raise JudgementError(msg)
        unexpected: dict[str, set[int]] = {p.expectation_id: set() for p in promises}
        # Which rows broke a promise costs three times the judging itself: it is asked of the broken ones alone.
        broken = [p for p in promises if not judged[p.expectation_id].success]
        if broken:
            suite = gx.ExpectationSuite(name=f"{name} broken", expectations=_to_expectations(broken))
            for expectation_id, result in self._validate(suite, frame, "COMPLETE").items():
                if "element_count" not in result.result:
                    msg = f"{expectation_id} could not be judged: {result.exception_info}"
                    raise JudgementError(msg)
                unexpected[expectation_id] = set(result.result.get("unexpected_index_list") or [])
        return unexpected

    def _validate(
        self, suite: gx.ExpectationSuite, frame: pd.DataFrame, form: str
    ) -> dict[str, ExpectationValidationResult]:
        with warnings.catch_warnings():
            # Notes on pandas' and pydantic's future, which a reader of our log can do nothing about.
            warnings.simplefilter("ignore")
            outcome = self._rows.get_batch(batch_parameters={"dataframe": frame}).validate(
                suite, result_format={"result_format": form, "return_unexpected_index_query": False}
            )
        return {
            str(result.expectation_config.meta["expectation_id"]): result
            for result in outcome.results
            if result.expectation_config
        }


class _Remembering(Expectation):
    """An expectation that puts its configuration together once: the library asks each for it 70 times a judgement.

    Nothing changes an expectation while it is judged; asking anew was a third of what judging a small batch cost.
    """

    _told: ExpectationConfiguration | None = PrivateAttr(default=None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """The expectation as the library writes it down."""
        if self._told is None:
            self._told = super().configuration
        return self._told


class ExpectPresent(gxe.ExpectColumnValuesToNotBeNull, _Remembering):
    """No value is null."""


class ExpectListed(gxe.ExpectColumnValuesToBeInSet, _Remembering):
    """Every value is one of a set."""


class ExpectRanged(gxe.ExpectColumnValuesToBeBetween, _Remembering):
    """No value lies outside a range."""


def _to_expectations(promises: Iterable[Promise]) -> list[Expectation]:
    return [_to_expectation(promise) for promise in promises]


def _to_expectation(promise: Promise) -> Expectation:
    meta = {"expectation_id": promise.expectation_id}
    column = promise.column
    if promise.form == "PRESENT":
        return ExpectPresent(column=promise.columns[0], meta=meta)
    if promise.form == "LISTED" and column:
        return ExpectListed(column=promise.columns[0], value_set=column.values, meta=meta)
    if promise.form == "RANGED" and column:
        return ExpectRanged(
            column=promise.columns[0],
            min_value=column.minimum,
            max_value=column.maximum,
            meta=meta,
        )
    return ExpectListed(column=promise.expectation_id, value_set=[True], meta=meta)
