"""The report of a real lake: complete, inert whatever others wrote, and one page that needs nothing else."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from benchmarks.batches import KNOWN, good_rows, stage
from expectations.rendering import render_report
from expectations.report import Report, read_report
from expectations.validation import Before, validate
from transforms.ids import hash_id, sha256_hex, to_version_id
from warehouse.commits import Batch, Run, commit
from warehouse.lake import Lake
from warehouse.queries import open_lake

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from benchmarks.batches import Rows

START = datetime(2026, 5, 5, 6)
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "javascript:alert(1)",
    "[click](javascript:alert(1))",
    "![x](https://example.org/pixel.png)",
    "{{ 7 * 7 }} {% raw %}",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    "' onmouseover='alert(1)",
    "| a | b |",
    "\u202etxt.exe",
    "`code`",
    "<a href=//example.org>x</a>",
)


def make_lake(root: Path, damages: Mapping[str, Callable[[Rows], None]]) -> Lake:
    """Commit one run a damage: validated and loaded as a run does it."""
    lake = Lake(root)
    for n, (feed, damage) in enumerate(damages.items()):
        run = Run(f"r{n}", "reader1", START + timedelta(days=n))
        batch_id = hash_id(feed)
        rows = good_rows(batch_id)
        for of_table in rows.values():
            for row in of_table:
                row.update({name: run.run_id for name in row if name == "run_id"})
        damage(rows)
        staging = lake.staging(run.run_id)
        stage(staging, batch_id, rows)
        for table in ("inputs", "documents", "fetches"):  # one file a run
            (staging / table / f"{batch_id}-0.parquet").rename(staging / table / f"{run.run_id}.parquet")
        verdicts = validate(staging, [batch_id], Before(KNOWN))
        batches = [Batch(v.batch_id, feed, v.is_held_back, v.reason) for v in verdicts]
        commit(lake, run, batches, lambda n=n: START + timedelta(days=n, hours=1))  # type: ignore[misc]
    return lake


def report_of(lake: Lake, run_id: str | None = None) -> Report:
    with open_lake(lake) as connection:
        return read_report(connection, run_id)


def leave(rows: Rows) -> None:
    """Leave the rows as they are."""


def swap_bounds(rows: Rows) -> None:
    rows["figures"][3] |= {"low": 50.0, "high": 30.0, "modifier": "RANGE"}
    extra = rows["inputs"][0] | {"uri": "menu.html", "outcome": "REJECTED", "reason": "no text", "version_id": None}
    rows["inputs"].append(extra | {"batch_id": None})


def lose_input(rows: Rows) -> None:
    del rows["inputs"][1]


def spread_hostility(rows: Rows) -> None:
    """Put hostile words wherever words of others end up: text, title, name of a file, reason, feed."""
    article = rows["articles"][1]
    text = "He wrote 40 " + " ".join(HOSTILE) + "."
    old, version_id = article["version_id"], to_version_id(str(article["article_id"]), sha256_hex(text))
    for of_table in rows.values():
        for row in of_table:
            row.update({"version_id": version_id} if row.get("version_id") == old else {})
    article |= {
        "text": text,
        "text_sha256": sha256_hex(text),
        "version_id": version_id,
        "title": HOSTILE[0],
        "url": HOSTILE[5],
    }
    figure = rows["figures"][3]
    figure |= {
        "quote": "40",
        "quote_start": 9,
        "quote_end": 11,
        "number_start": 9,
        "number_end": 11,
        "sentence_end": len(text),
    }
    figure |= {"modifier": HOSTILE[1], "counted": HOSTILE[0]}
    rows["refusals"][1] |= {"quote": "1", "number_start": text.index("1)"), "number_end": text.index("1)") + 1}
    rows["figures"][4:] = []
    for n, words in enumerate(HOSTILE):
        extra = rows["inputs"][0] | {"uri": f"{n} {words}", "member": words, "outcome": "REJECTED", "reason": words}
        rows["inputs"].append(extra | {"batch_id": None, "version_id": None})


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    damages = {"good": leave, "swapped": swap_bounds, "lost": lose_input, HOSTILE[0]: spread_hostility}
    return make_lake(tmp_path_factory.mktemp("lake"), damages)


class _Elements(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        if tag not in {"meta", "link", "br", "img", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parse(page: str) -> _Elements:
    elements = _Elements()
    elements.feed(page)
    assert elements.open == []
    return elements


def test_report_is_of_the_run_asked_for(lake: Lake) -> None:
    """Each run has its own report, the newest is the default, and an unknown one is a KeyError."""
    assert [report_of(lake, f"r{n}").books.n_quarantined for n in (0, 1)] == [0, 1]
    assert report_of(lake).books.run_id == "r3"
    assert [run.run_id for run in report_of(lake).runs] == ["r3", "r2", "r1", "r0"]
    with pytest.raises(KeyError):
        report_of(lake, "r9")


def test_good_run_breaks_nothing(lake: Lake) -> None:
    """A run without a fault reports all promises kept."""
    report = report_of(lake, "r0")
    assert (report.broken, report.held_back, report.rejected) == ((), (), ())
    assert all(t.n_kept == t.n_promises for t in report.tables)
    assert "every promise kept" in render_report(report, "html")
    assert {r.reason: r.n for r in report.refused} == {"DATE": 1, "YEAR": 1}
    assert sum(r.share for r in report.refused) == pytest.approx(2 / 7)


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_report_tells_what_broke(lake: Lake, form: str) -> None:
    """A broken promise is named, with its reason, what to do and the row; so is a rejected input."""
    page = render_report(report_of(lake, "r1"), form).replace("\\", "").replace("&lt;", "<")
    assert "figures.bounds_are_ordered" in page
    assert "low <= best <= high among those that are not null" in page
    assert "low = 50.0, best = 40.0, high = 30.0" in page
    assert "menu.html" in page
    assert "no text" in page


def test_report_marks_the_number_in_its_sentence(lake: Lake) -> None:
    """A figure in quarantine is shown in the words of its article."""
    assert "The ministry counted <mark>40</mark> trucks" in render_report(report_of(lake, "r1"), "html")


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_report_tells_what_was_held_back(lake: Lake, form: str) -> None:
    """A batch that was held back is named with the promise it broke."""
    report = report_of(lake, "r2")
    assert [(b.feed_id, b.reason) for b in report.held_back] == [("lost", "articles.books_balance")]
    page = render_report(report, form).replace("\\", "")
    assert hash_id("lost") in page
    assert "articles.books_balance" in page


def test_hostile_words_are_inert_in_html(lake: Lake) -> None:
    """Whatever stands in texts, names and reasons, the page has the elements and attributes of a tame one only."""
    hostile, tame = (parse(render_report(report_of(lake, run), "html")) for run in ("r3", "r1"))
    page = render_report(report_of(lake, "r3"), "html")
    assert report_of(lake, "r3").books.n_held_back == 0
    assert "alert(1)" in page  # the words are shown ...
    assert hostile.tags == tame.tags  # ... and do nothing
    assert {name for name, _ in hostile.attributes} == {name for name, _ in tame.attributes}
    assert not any("alert" in value for _, value in hostile.attributes)


def test_hostile_words_are_inert_in_markdown(lake: Lake) -> None:
    """Markdown has no element, link, image or address that the template did not write."""
    page = render_report(report_of(lake, "r3"), "md")
    assert "alert(1)" in page
    assert not re.search(r"<[a-zA-Z/!]", page)
    assert not re.search(r"(?<!\\\\)\]\(", page.replace("\\]", ""))
    assert "://" not in page


def test_page_needs_nothing_else(lake: Lake) -> None:
    """The page fetches nothing: no script, no address, and a policy that forbids both."""
    elements = parse(render_report(report_of(lake, "r1"), "html"))
    assert not elements.tags & {"script", "link", "img", "iframe", "object", "embed"}
    assert not {name for name, _ in elements.attributes} & {"src", "srcset", "action"}
    assert all(value.startswith("#") for name, value in elements.attributes if name == "href")
    assert any("default-src 'none'" in value for _, value in elements.attributes)


def test_json_is_the_whole_report(lake: Lake) -> None:
    """The JSON says what the report holds, field by field."""
    report = report_of(lake, "r1")
    told = json.loads(render_report(report, "json"))
    assert told["books"]["n_figures"] == report.books.n_figures == 4
    assert [b["expectation_id"] for b in told["broken"]] == [b.expectation_id for b in report.broken]


def test_report_is_a_function_of_the_lake(lake: Lake) -> None:
    """The same lake gives the same page: no clock, no chance."""
    for form in ("html", "json", "md"):
        assert render_report(report_of(lake), form) == render_report(deepcopy(report_of(lake)), form)
