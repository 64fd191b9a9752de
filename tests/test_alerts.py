"""What leaves a run: a digest when something changed, artifacts in Prefect; whatever others wrote is inert in all of it."""

from __future__ import annotations

import json
import re
import threading
import tomllib
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from expectations.digest import find_changes
from expectations.freshness import Expected, find_state
from expectations.rendering import render_report
from expectations.report import Beside, Report, read_report
from flows.alerts import send_digest, to_digest, to_scores
from flows.marks import write_review
from tests.test_report import make_lake, parse, swap_bounds
from transforms.ids import sha256_hex, to_version_id
from warehouse.queries import open_lake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.batches import Rows

HOSTILE: list[str] = tomllib.loads(Path(__file__).with_name("hostile.toml").read_text("utf-8"))["strings"]
DAY = timedelta(days=1)


def spread(rows: Rows) -> None:
    """Put all hostile words wherever words of others end up: text, title, outlet, address, names of files, reasons."""
    article = rows["articles"][1]
    text = "He wrote 40 " + " ".join(HOSTILE) + " and 41 more."
    old, version_id = article["version_id"], to_version_id(str(article["article_id"]), sha256_hex(text))
    for of_table in rows.values():
        for row in of_table:
            row.update({"version_id": version_id} if row.get("version_id") == old else {})
    title = " ".join(HOSTILE)
    article |= {"text": text, "text_sha256": sha256_hex(text), "version_id": version_id, "title": title, "url": title}
    spans = {"quote": "40", "quote_start": 9, "quote_end": 11, "number_start": 9, "number_end": 11, "sentence_start": 0}
    rows["figures"][3] |= spans | {"sentence_end": len(text), "modifier": title, "counted": title}
    at = text.rindex("41")
    rows["refusals"][1] |= {"quote": "41", "number_start": at, "number_end": at + 2}
    rows["figures"][4] |= {name: value + at - 9 for name, value in spans.items() if isinstance(value, int)}
    rows["figures"][4] |= {"quote": "41", "sentence_start": 0, "sentence_end": len(text)}
    del rows["refusals"][1]
    for n, words in enumerate(HOSTILE):
        extra = rows["inputs"][0] | {"uri": f"{n} {words}", "member": words, "outcome": "REJECTED", "reason": words}
        rows["inputs"].append(extra | {"batch_id": None, "version_id": None})


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Report, Path]:
    """The reports of a tame run and of one full of hostile words, and the page of rows to review of the latter."""
    lake = make_lake(tmp_path_factory.mktemp("lake"), {"tame": swap_bounds, " ".join(HOSTILE): spread})
    with open_lake(lake) as connection:
        expected = [Expected(" ".join(HOSTILE), DAY), Expected("tame", DAY)]
        tame, hostile = (read_report(connection, run, Beside(expected)) for run in ("r0", "r1"))
    page = write_review(lake, "r1", 10, "seed")
    assert page
    return tame, hostile, page


def test_there_are_fifty_hostile_strings() -> None:
    """As many as were promised, no two alike."""
    assert len(set(HOSTILE)) == 50


def test_hostile_words_are_inert_in_the_page(reports: tuple[Report, Report, Path]) -> None:
    """The page has the elements and attributes of a tame one only; the words are shown."""
    pages = [render_report(report, "html", find_changes(report, reports[0])) for report in reports[:2]]
    tame, hostile = map(parse, pages)
    assert pages[1].count("alert(1)") > pages[0].count("alert(1)") + len(HOSTILE)
    assert hostile.tags - {"li", "ul"} <= tame.tags
    assert {name for name, _ in hostile.attributes} <= {name for name, _ in tame.attributes} | {"class"}
    assert all(value.startswith("#") for name, value in hostile.attributes if name == "href")
    assert not any("alert" in value for name, value in hostile.attributes if name != "aria-label")
    assert "{{ 7 * 7 }}" in pages[1]


def test_hostile_words_are_inert_in_the_review(reports: tuple[Report, Report, Path]) -> None:
    """The review page runs the one script that its policy names; no cell of the CSV is a formula."""
    page = parse(reports[2].read_text("utf-8"))
    assert not page.tags & {"img", "svg", "iframe", "object", "embed", "link", "base", "form", "a", "video", "math"}
    assert not {name for name, _ in page.attributes if name.startswith("on")}
    assert reports[2].read_text("utf-8").count("<script") == 1
    cells = reports[2].with_suffix(".csv").read_text("utf-8")
    assert not re.search(r'(?m)(^|,)"?[=@+]', cells)


def test_hostile_words_are_inert_in_artifacts_and_messages(reports: tuple[Report, Report, Path]) -> None:
    """Markdown and message make no element, link, image, address or mention of them; the table has none."""
    tame, hostile, _ = reports
    changes = [*find_changes(hostile, tame), *HOSTILE]
    markdown = render_report(hostile, "md", changes)
    assert "alert(1)" in markdown
    assert not re.search(r"<[a-zA-Z/!@]", markdown)
    assert not re.search(r"(?<!\\)\]\(", markdown)
    assert "://" not in markdown
    digest = to_digest(hostile, changes)
    assert "alert" in digest
    assert not re.search(r"[<>]|://|@[a-z]|\u202e", digest)
    assert "alert" not in json.dumps(to_scores(hostile))


def test_digest_names_what_changed(reports: tuple[Report, Report, Path]) -> None:
    """A first run tells what broke; what broke in one of the runs before is no news."""
    tame, _, _ = reports
    first = find_changes(tame, None)
    assert any(line.startswith("newly broken: figures.bounds_are_ordered (1 of 5 rows, row)") for line in first)
    again = replace(tame, broken_lately=tuple(broken.expectation_id for broken in tame.broken))
    assert find_changes(again, tame) == []
    assert reports[1].broken_lately == again.broken_lately


@contextmanager
def open_hook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Open a webhook on loopback; yield its address and what it is told."""
    told: list[dict[str, str]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the message."""
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_webhook_is_told_once_and_not_on_quiet_days(reports: tuple[Report, Report, Path]) -> None:
    """A change is one message that names it; no change is none; a hook that does not answer breaks nothing."""
    tame, _, _ = reports
    with open_hook() as (address, told):
        assert send_digest(address, tame, ["feed wire: late"])
        assert not send_digest(address, tame, [])
    assert [message["text"].splitlines()[-1] for message in told] == ["- feed wire: late"]
    assert not send_digest(address, tame, ["feed wire: late"])


@pytest.mark.parametrize(
    ("arrived", "answered", "now", "state"),
    [
        ((), None, 9, "NEVER"),
        ((8,), 8, 9, "ON_TIME"),
        ((8,), 8, 11, "LATE"),
        ((1,), 9, 9, "SILENT"),
        ((1, 3, 5, 7, 9, 11), 17, 17, "ON_TIME"),  # it comes every other day
        ((1, 3, 5, 7, 9, 11), 20, 20, "SILENT"),
    ],
)
def test_feed_is_as_fresh_as_it_should_be(arrived: tuple[int, ...], answered: int | None, now: int, state: str) -> None:
    """A daily feed is late from two days without an answer on, silent after four of its usual gaps without news."""
    moments = [datetime(2026, 2, day) for day in arrived]
    answer = None if answered is None else datetime(2026, 2, answered)
    assert find_state(Expected("wire", DAY), moments, answer, datetime(2026, 2, now)) == state


def test_thin_feed_is_told() -> None:
    """Fewer than half of the articles expected in a cadence is thin; a feed of which none are expected is never silent."""
    moment = datetime(2026, 2, 9)
    assert find_state(Expected("wire", DAY, 10), [moment] * 4, moment, moment + DAY / 2) == "THIN"
    assert find_state(Expected("wire", DAY, 10), [moment] * 5, moment, moment + DAY / 2) == "ON_TIME"
    assert find_state(Expected("archive", DAY, 0), [datetime(2025, 1, 1)], moment, moment) == "ON_TIME"
