"""Batches as wholes: faulty files, shards and company, what is only told, and what judging costs and says."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.batches import KNOWN, broken_promises, good_rows, read, stage
from expectations import validation
from expectations.promises import Promise
from expectations.suites import Judge
from expectations.usual import Past
from expectations.validation import Before, validate
from transforms.ids import hash_id
from transforms.references import reference_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

OTHER_ID = "0" * 24
BEFORE = Before(KNOWN, reference_tables())


def _misnamed(table: pa.Table) -> pa.Table:
    return table.rename_columns(["lowest" if name == "low" else name for name in table.column_names])


def _retyped(table: pa.Table) -> pa.Table:
    at = table.column_names.index("low")
    return table.set_column(at, "low", table.column("low").cast(pa.string()))


WRONG_FILES: dict[str, Callable[[pa.Table], pa.Table] | None] = {
    "renamed": _misnamed,
    "retyped": _retyped,
    "dropped": lambda table: table.drop_columns(["kind"]),
    "added": lambda table: table.append_column("x", table["low"]),
    "torn": None,
}


def test_wrong_schema_holds_its_batch_back_alone(tmp_path: Path) -> None:
    """A column dropped, renamed, retyped or added, or a torn file, holds back its batch; the others go on."""
    for case, damage in {**WRONG_FILES, "good": lambda table: table}.items():
        stage(tmp_path, hash_id("case", case), good_rows(hash_id("case", case)))
        path = tmp_path / "figures" / hash_id("case", case) / "0.parquet"
        if damage:
            pq.write_table(damage(pq.read_table(path)), path)
        else:
            path.write_bytes(path.read_bytes()[:-9])
    *bad, good = validate(tmp_path, [*(hash_id("case", case) for case in WRONG_FILES), hash_id("case", "good")], BEFORE)
    assert not good.is_held_back
    assert {v.reason for v in bad} == {"figures.has_schema"}
    for verdict in bad:
        [told] = [r for r in read(tmp_path, "expectation_results", verdict.batch_id) if not r["is_met"]]
        assert told["expectation_id"] == "figures.has_schema"
        assert len(json.loads(str(told["examples"]))) == 1


def test_verdict_depends_on_the_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards, the order of rows, and other batches, judged together with it or beside it, change no byte of what is written."""
    batch_id, other = hash_id("same"), hash_id("other")
    written = []
    for place, n_shards, company in (("one", 1, []), ("together", 3, [other]), ("beside", 3, [other])):
        monkeypatch.setattr(validation, "ROWS_AT_ONCE", 1 if place == "beside" else validation.ROWS_AT_ONCE)
        rows = good_rows(batch_id)
        rows["figures"][3]["low"] = 50.0
        rows["figures"].append(deepcopy(rows["figures"][4]))
        if company:
            rows["figures"].reverse()
            stage(tmp_path / place, other, good_rows(other))
        stage(tmp_path / place, batch_id, rows, n_shards)
        verdicts = validate(tmp_path / place, [*company, batch_id], BEFORE)
        assert [verdict.batch_id for verdict in verdicts] == [*company, batch_id]
        passed = tmp_path / place / "passed"
        written.append({path.parent.name: path.read_bytes() for path in sorted(passed.glob(f"*/{batch_id}.parquet"))})
    assert set(written[0]) == {"articles", "figures", "attributions", "refusals", "quarantine", "expectation_results"}
    assert written[0] == written[1] == written[2]


def test_reader_s_own_quarantine_is_kept(tmp_path: Path) -> None:
    """What the reader set apart (an article it failed on) goes through validation unchanged."""
    batch_id = hash_id("failed")
    rows = good_rows(batch_id)
    article = rows["articles"][1]
    of_article = {"article_id": article["article_id"], "version_id": article["version_id"], "batch_id": batch_id}
    own = {
        "quarantine_id": OTHER_ID,
        "table_name": "articles",
        "row_json": "{}",
        "expectation_id": "articles.is_readable",
    }
    rows["quarantine"] = [own | of_article | {"reason": "KeyError in transforms.units.read_unit"}]
    stage(tmp_path, batch_id, rows)
    [verdict] = validate(tmp_path, [batch_id], BEFORE)
    assert verdict.n_quarantined == {"articles": 1}
    assert read(tmp_path, "quarantine", batch_id) == rows["quarantine"]


def test_what_is_watched_is_only_told(tmp_path: Path) -> None:
    """A digit run that is neither read nor refused, or more than any war has seen, is told, and no row is set apart."""
    batch_id = hash_id("watched")
    rows = good_rows(batch_id)
    crowd = {"low": 9e9, "best": 9e9, "low_base": 9e9, "best_base": 9e9, "dimension": "count"}
    rows["figures"][0] |= crowd
    del rows["refusals"][1]
    stage(tmp_path, batch_id, rows)
    [verdict] = validate(tmp_path, [batch_id], BEFORE)
    assert verdict.n_quarantined == {}
    assert broken_promises(tmp_path, batch_id) == {"articles.digits_are_accounted_for", "figures.is_plausible"}


def test_what_is_unusual_for_its_feed_is_told(tmp_path: Path) -> None:
    """From 14 batches on, a feed's volume and shares are compared with its own, and an outlet always heard is missed."""
    batch_id = hash_id("unusual")
    stage(tmp_path, batch_id, good_rows(batch_id))
    usual: dict[str, dict[str, float]] = {
        "articles.volume_is_usual": {"": 40.0},
        "articles.outlets_are_heard": {"": 2.0, "the-herald": 9.0},
        "figures.actor_share_is_usual": {"": 0.2},
    }
    for n_batches, expected in ((14, {"articles.volume_is_usual", "articles.outlets_are_heard"}), (13, set[str]())):
        days = [date(2026, 4, 1 + k) for k in range(n_batches)]
        past = {(batch_id, of): [Past(day, measured) for day in days] for of, measured in usual.items()}
        [verdict] = validate(tmp_path, [batch_id], Before(KNOWN, BEFORE.reference, past, date(2026, 5, 4)))
        assert verdict.n_quarantined == {}
        assert broken_promises(tmp_path, batch_id) == expected
    [told] = [
        r for r in read(tmp_path, "expectation_results", batch_id) if r["expectation_id"] == "articles.volume_is_usual"
    ]
    assert (told["observed"], told["measured"]) == ("2", '{"": 2.0}')


def test_a_plan_may_lie_ahead(tmp_path: Path) -> None:
    """What is planned or supposed may start after publication."""
    batch_id = hash_id("planned")
    rows = good_rows(batch_id)
    ahead = {"period_edtf": "2026-06-01/..", "period_start_date": date(2026, 6, 1), "period_end_date": None}
    rows["figures"][0] |= ahead | {"polarity": "PLANNED"}
    stage(tmp_path, batch_id, rows)
    [verdict] = validate(tmp_path, [batch_id], BEFORE)
    assert verdict.n_quarantined == {}


def test_unknown_reference_is_no_pass(tmp_path: Path) -> None:
    """Codes that nobody handed in are a fault of the caller, not a promise quietly skipped."""
    with pytest.raises(KeyError, match=r"metrics\.metric_code"):
        validate(tmp_path, [], Before({name: codes for name, codes in KNOWN.items() if name != "metrics.metric_code"}))


def test_rows_alike_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found of a row stands for every row like it, and only rows that are new are looked at."""
    promise = Promise("alike.x", "alike", "ROW", "row", "TRUE", (), "", "", sql="x")
    judge, looked_at = Judge(), list[bool]()

    def judge_anew(name: str, promises: Sequence[Promise], frame: pd.DataFrame) -> dict[str, set[int]]:
        looked_at.extend(frame["alike.x"])
        return Judge._judge(judge, name, promises, frame)

    monkeypatch.setattr(judge, "_judge", judge_anew)
    for answers, broken in (([True, True], []), ([False, True, False], [0, 2]), ([True, False], [1])):
        rows = [{"alike.x": answer} for answer in answers]
        assert judge.find_unexpected("alike", [promise], rows) == {"alike.x": broken}
    assert looked_at == [True, False]


def test_judging_phones_nobody_and_says_nothing() -> None:
    """Great Expectations opens no connection, prints nothing and shows no progress bar."""
    code = """
import socket, sys
def refuse(*_): print("phoned"); raise OSError
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
from expectations.promises import Promise
from expectations.suites import Judge
promise = Promise("t.x", "t", "ROW", "row", "TRUE", (), "", "", sql="x")
print(Judge().find_unexpected("t", [promise], [{"t.x": True}, {"t.x": False}]))
"""
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    assert (told.stdout, told.stderr) == ("{'t.x': [1]}\n", "")


def test_report_and_codes_need_no_great_expectations() -> None:
    """What a command reads without validating costs no import of seconds."""
    code = "import sys, expectations.report, expectations.known; print('great_expectations' in sys.modules, 'pandas' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False False"
