"""What is read keeps what its tables promise: every sentence of tests/sentences, read and judged as a run does."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pyarrow.parquet as pq

from expectations.promises import list_promises
from flows.ingest import ingest
from flows.normalise import normalise
from flows.plan import make_plan
from flows.validate import validate
from seeds.contracts import load_tables

SENTENCES = Path(__file__).parent / "sentences"


def test_no_sentence_is_quarantined(tmp_path: Path) -> None:
    """Whatever the reader makes of the sentences in our tests, no row of it breaks a promise of rows.

    Two that did: a year given to an age after its value was converted, and the law of a land that was no party.
    """
    feed = tmp_path / "sentences.jsonl"
    cases = [
        case for path in sorted(SENTENCES.glob("*.toml")) for case in tomllib.loads(path.read_text("utf-8"))["sentence"]
    ]
    cases.append({"text": "The death toll of the shelling of Odesa rose to 12"})  # a text may end in its number
    cases.append({"text": "Russia invaded Ukraine. Two Russians were arrested near a weapons factory in Albania."})
    with feed.open("w", encoding="utf-8") as lines:
        for n, case in enumerate(cases):
            story = {"url": f"https://news.example/{n}", "text": case["text"]}
            lines.write(json.dumps(story | {"published": str(case.get("published", "2026-02-18"))}) + "\n")
    plan = make_plan(tmp_path / "lake", (str(feed),), published=None, is_again=False, n_workers=1)
    staged = ingest(plan)
    normalise(plan, staged)
    [verdict] = validate(plan, staged)
    passed = plan.staging / "passed"
    apart = pq.read_table(passed / "quarantine" / f"{verdict.batch_id}.parquet").to_pylist()
    assert [(row["expectation_id"], json.loads(row["row_json"])["quote"]) for row in apart] == []
    assert verdict.reason is None
    assert verdict.n_rows["figures"] > len(cases)
    results = pq.read_table(passed / "expectation_results" / f"{verdict.batch_id}.parquet").to_pylist()
    of_rows = {p.expectation_id for p in list_promises(load_tables()) if p.level == "ROW"}
    assert {r["expectation_id"] for r in results} >= of_rows
