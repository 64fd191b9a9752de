"""The gold tallies stand where they say, in the articles they name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seeds import load_seeds
from seeds.kinds import Metric

ROOT = Path(__file__).resolve().parents[1]
GOLD = {path.stem: json.loads(path.read_text("utf-8")) for path in (ROOT / "benchmarks" / "gold").glob("tallies*.json")}
CORPUS = ROOT.parent / "shared" / "corpora" / "war_news_2022.jsonl"
LONGEST_QUOTE = 8  # words: what may be quoted of a publisher's text
OUTLETS_LEAST = 3  # of an event: where fewer report, there is little to reconcile


def _figures(event: dict[str, Any]) -> list[dict[str, Any]]:
    """List an event's members and near misses."""
    return [*(figure for tally in event["tallies"] for figure in tally["figures"]), *event["near_misses"]]


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpora is not beside this checkout")
@pytest.mark.parametrize("name", GOLD)
def test_every_gold_number_stands_at_its_offset(name: str) -> None:
    """Line, id, offset and number agree with the corpus; the quote around it is short and in the text."""
    wanted = {figure["line"]: figure["article_id"] for event in GOLD[name]["events"] for figure in _figures(event)}
    with CORPUS.open(encoding="utf-8") as lines:
        articles = {number: json.loads(line) for number, line in enumerate(lines) if number in wanted}
    wrong = [
        figure
        for event in GOLD[name]["events"]
        for figure in _figures(event)
        if articles[figure["line"]]["id"] != figure["article_id"]
        or not articles[figure["line"]]["text"].startswith(figure["number"], figure["offset"])
        or figure["quote"] not in articles[figure["line"]]["text"]
        or len(figure["quote"].split()) > LONGEST_QUOTE
    ]
    assert not wrong


@pytest.mark.parametrize("name", GOLD)
def test_every_gold_tally_is_whole(name: str) -> None:
    """One home for each figure, bounds in order, a metric of the seeds, three outlets an event, a best and a verdict."""
    metrics = load_seeds().of(Metric)
    homes: set[tuple[int, int]] = set()
    for event in GOLD[name]["events"]:
        assert len({article["outlet"] for article in event["articles"]}) >= OUTLETS_LEAST, event["event_id"]
        for tally in event["tallies"]:
            assert tally["metric_code"] in {*metrics, "OTHER"}, tally["tally_id"]
            assert isinstance(tally["is_contested"], bool), tally["tally_id"]
            for row in (*tally["figures"], tally["best"]):
                known = [row[bound] for bound in ("low", "best", "high") if row[bound] is not None]
                assert known, row
                assert known == sorted(known), row
            places = {(figure["line"], figure["offset"]) for figure in tally["figures"]}
            assert len(places) == len(tally["figures"]), tally["tally_id"]
            assert not places & homes, tally["tally_id"]
            homes |= places
