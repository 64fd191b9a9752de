"""What is asked of tallies: each question answered on the sample articles, sums over time, traces, and a series compared."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.comparing import to_comparison_lines
from flows.tally_tracing import to_tally_lines
from tests.samples import ask, make_lake
from warehouse.queries import open_lake
from warehouse.views import MACROS, QUESTIONS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.lake import Lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return make_lake(tmp_path_factory.mktemp("turn"))


def test_the_past_can_be_asked(lake: Lake) -> None:
    """As of the first run Kharkiv's toll was nine; the change to thirteen is told with its commit."""
    ((first,), (second,)) = ask(lake, "SELECT committed_at FROM commits ORDER BY commit_id")
    toll = "WHERE metric_code = 'CAS_KILLED' AND place_name = 'Kharkiv' AND victim IS NULL AND n_articles > 1"
    assert ask(lake, f"SELECT best FROM tallies_as_of(TIMESTAMP '{first}') {toll}") == [(9.0,)]
    assert ask(lake, f"SELECT best FROM tallies {toll}") == [(13.0,)]
    changed = f"SELECT change, earlier_best, best FROM tally_changes WHERE changed_at = '{second}' AND earlier_best = 9"
    assert ask(lake, changed) == [("CHANGED", 9.0, 13.0)]


# Each answer is what a person finds in the sample articles (seeds/articles).
ANSWERS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "strikes_by_night": (
        "SELECT night, launched, destroyed, launched_by, is_contested FROM strikes_by_night WHERE weapon_class = 'DRONE' ORDER BY night",
        [(date(2026, 2, 12), 91.0, 74.0, "RUS", False), (date(2026, 2, 18), 126.0, None, "RUS", False)],
    ),
    "territory_by_week": (
        "SELECT actor_code, period_start_date, period_end_date, best FROM territory_by_week",
        [
            ("RUS", date(2026, 1, 25), date(2026, 1, 31), 141.0),
            ("RUS", date(2026, 2, 8), date(2026, 2, 14), 74.0),
            ("UKR", date(2026, 2, 11), date(2026, 2, 15), 201.0),
        ],
    ),
    "casualties_by_place_day": (
        "SELECT day, metric_code, low, best, high, n_sources, is_contested FROM casualties_by_place_day WHERE place_name IN ('El Obeid', 'Odesa') ORDER BY day, metric_code",
        [
            (date(2026, 2, 12), "CAS_INJURED", 11.0, 11.0, 11.0, 1, False),
            (date(2026, 2, 12), "CAS_KILLED", 2.0, 2.0, 2.0, 1, False),
            (date(2026, 2, 23), "CAS_KILLED", 19.0, 32.0, 32.0, 2, True),
        ],
    ),
    "claims_against_enemy": (
        "SELECT claimed_by, losses_of, best, quote FROM claims_against_enemy",
        [("UKR", "RUS", 12.0, "12 Russian tanks")],
    ),
    "revisions": (
        "SELECT as_of_date, low, best, change, role FROM revisions WHERE metric_code = 'CAS_KILLED' AND \"where\" = 'Kharkiv' AND quote NOT IN ('Two of the dead', 'three of them children')",
        [
            (date(2026, 3, 3), 4.0, 4.0, None, "SUPERSEDED"),
            (date(2026, 3, 4), 9.0, 9.0, 5.0, "SUPERSEDED"),
            (date(2026, 3, 6), 13.0, 13.0, 4.0, "RECOMMENDED"),
        ],
    ),
    "who_copied_whom": (
        "SELECT least(original_outlet, outlet), greatest(original_outlet, outlet), role FROM who_copied_whom",
        [("northern-gazette", "odesa-ledger", "COPY")],
    ),
    "independent_sources": (
        "SELECT origin, i.n_figures, outlets FROM independent_sources i JOIN tallies USING (tally_id) WHERE metric_code = 'CAS_KILLED' AND place_name = 'El Obeid' ORDER BY origin",
        [("side:SDN", 1, "nile-dispatch"), ("sudan doctors network", 1, "nile-dispatch")],
    ),
    "promised_vs_delivered": (
        "SELECT actor_code, best, quote, delivered FROM promised_vs_delivered WHERE metric_code = 'EQP_SUPPLIED'",
        [("DEU", 2.0, "two IRIS-T systems", None)],
    ),
    "not_done": ("SELECT count(*) FROM not_done WHERE polarity = 'DENIED'", [(2,)]),
    "tally_words": (
        "SELECT w.best, w.outlet, w.role FROM tally_words w JOIN tallies t USING (tally_id) WHERE t.metric_code = 'TERR_GAIN' AND t.actor_code = 'UKR'",
        [(201.0, "lakeside-courier", "RECOMMENDED")],
    ),
    "tallies_readable": (
        "SELECT best, quote, origin FROM tallies_readable WHERE metric_code = 'CAS_KILLED' AND \"where\" = 'El Obeid'",
        [(32.0, "32 civilians", "sudan doctors network")],
    ),
    "untallied": ("SELECT reason FROM untallied ORDER BY reason", [("ANAPHOR",), ("OTHER_METRIC",), ("POLARITY",)]),
    "refusals_by_reason": ("SELECT count(*) > 0, sum(share) <= 1 FROM refusals_by_reason", [(True, True)]),
    "outlet_record": ("SELECT n_articles, n_first FROM outlet_record WHERE outlet_id = 'kharkiv-herald'", [(3, 3)]),
    "discrepancies": (
        "SELECT rule, whole_quote, part_quote FROM discrepancies",
        [("DENIED", "12 Russian tanks", "12 tanks")],
    ),
    "last_run": ("SELECT n_inputs, n_articles, is_balanced FROM last_run", [(3, 3, True)]),
    "coverage_gaps": ("SELECT count(*) FROM coverage_gaps", [(0,)]),
    "adds_up": ("SELECT count(*) FROM adds_up", [(0,)]),
    "series": ("SELECT best FROM series WHERE metric_code = 'TERR_GAIN' AND actor_code = 'UKR'", [(201.0,)]),
}


@pytest.mark.parametrize("view", ANSWERS)
def test_a_view_answers_its_question(lake: Lake, view: str) -> None:
    """Each question's view gives the answer that a person finds in the articles."""
    statement, answer = ANSWERS[view]
    assert view in statement
    assert ask(lake, statement) == answer


def test_views_are_documented(lake: Lake) -> None:
    """Each view of tallies is tested here, named in docs/how-to/ask-the-lake.md, and tells its question as its COMMENT."""
    told = (Path(__file__).parents[1] / "docs" / "how-to" / "ask-the-lake.md").read_text("utf-8")
    about = {p.stem for p in QUESTIONS.glob("*.sql") if "tall" in p.read_text("utf-8")}
    assert about - ANSWERS.keys() == {"tally_changes"}  # test_the_past_can_be_asked
    assert [view for view in (*ANSWERS, *(p.stem for p in MACROS.glob("*.sql"))) if view not in told] == []
    comments = dict(
        ask(lake, "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal")
    )
    assert [view for view in ANSWERS if not (comments.get(view) or "").rstrip(".").strip()] == []


def total(connection: DuckDBPyConnection, metric: str, start: date, end: date, more: str = "") -> tuple[Any, ...]:
    """Return value and reason of flow_total."""
    statement = f"SELECT value, reason FROM flow_total('{metric}', DATE '{start}', DATE '{end}'{more})"
    (row,) = connection.execute(statement).fetchall()
    return row


def test_flows_are_added_once(lake: Lake) -> None:
    """Two weeks' gains of one side add up; a balance, a level, a contested part or half a period is no sum, and it is said why."""
    start, end = date(2026, 1, 25), date(2026, 2, 28)
    with open_lake(lake) as opened:
        assert total(opened, "TERR_GAIN", start, end, ", actor := 'RUS'") == (215.0, None)
        value, reason = total(opened, "TERR_GAIN", date(2026, 2, 13), end, ", actor := 'UKR'")
        assert (value, "reach beyond" in reason) == (None, True)
        assert "contested" in total(opened, "CAS_KILLED", start, end, ", country := 'SDN'")[1]
        assert "only levels" in total(opened, "CAS_MISSING", start, date(2026, 3, 31))[1]
        assert total(opened, "TERR_NET", start, end) == (None, "nothing is reported")


@pytest.mark.parametrize("metric", ["TERR_GAIN", "WPN_LAUNCHED"])
def test_parts_of_time_add_up(lake: Lake, metric: str) -> None:
    """Totals over two parts of a time add up to the total over all of it, or say why not."""
    start, end = date(2026, 1, 25), date(2026, 2, 18)
    with open_lake(lake) as opened:
        whole, reason = total(opened, metric, start, end)
        for middle in (date(2026, 1, 28), date(2026, 2, 1), date(2026, 2, 13), date(2026, 2, 18)):
            halves = (total(opened, metric, start, middle - timedelta(days=1)), total(opened, metric, middle, end))
            values = [half[0] for half in halves if half[1] != "nothing is reported"]
            if None in values:
                assert all(half[1] for half in halves if half[0] is None)
            elif whole is not None:
                assert sum(values) == whole
            else:
                assert reason


ABOUT = ("actor_code", "target_code", "victim", "weapon_class", "place_name")
spans = st.tuples(st.integers(1, 20), st.integers(2, 6), *(st.sampled_from((None, None, "A", "B")) for _ in ABOUT))


@given(st.lists(spans, min_size=2, max_size=7))
@settings(max_examples=100, deadline=None)
def test_overlaps_are_found_as_pair_by_pair(rows: list[tuple[Any, ...]]) -> None:
    """Periods overlap where two share a day and differ in nothing that both tell; a sorted pass finds what comparing all pairs finds."""
    first = date(2026, 1, 1)
    with duckdb.connect() as connection:
        connection.execute("""CREATE TABLE tallies (tally_id VARCHAR, metric_code VARCHAR, kind VARCHAR, country_code VARCHAR, place_id VARCHAR,
            place_name VARCHAR, actor_code VARCHAR, target_code VARCHAR, victim VARCHAR, weapon_class VARCHAR, period_start_date DATE,
            period_end_date DATE, low DOUBLE, best DOUBLE, high DOUBLE, unit_code VARCHAR, is_contested BOOLEAN)""")
        connection.execute("CREATE TABLE tally_parts (whole_id VARCHAR, part_id VARCHAR)")
        for number, (start, length, *about) in enumerate(rows):
            days = first + timedelta(days=start), first + timedelta(days=start + length)
            values = [str(number), "X", "FLOW", *about, *days, 1.0, 1.0, 1.0, False]
            connection.execute(
                f"INSERT INTO tallies (tally_id, metric_code, kind, {', '.join(ABOUT)}, period_start_date, period_end_date, "
                f"low, best, high, is_contested) VALUES ({', '.join('?' * len(values))})",
                values,
            )
        macro = (MACROS / "flow_total.sql").read_text("utf-8").partition("\n")[2]
        connection.execute(f"CREATE MACRO flow_total{macro}")
        (found,) = connection.execute(
            "SELECT reason FROM flow_total('X', DATE '2025-01-01', DATE '2027-01-01')"
        ).fetchall()
    clashes = [
        pair
        for pair in combinations(rows, 2)
        if all(pair[i][0] <= pair[1 - i][0] + pair[1 - i][1] for i in (0, 1))
        and all(a == b or a is None or b is None for a, b in zip(pair[0][2:], pair[1][2:], strict=True))
    ]
    assert bool(clashes) is ("overlap" in (found[0] or ""))


def test_a_tally_is_traced(lake: Lake) -> None:
    """The trace of a tally names each figure with its reason, and the nearest that stayed out with theirs."""
    toll = "SELECT tally_id FROM tallies WHERE metric_code = 'CAS_KILLED' AND place_name = 'Kharkiv' AND victim IS NULL AND n_articles > 1"
    lines = to_tally_lines(lake, ask(lake, toll)[0][0])
    assert lines
    assert [line.split()[0] for line in lines if line.startswith("  ") and "“" in line][:3] == [
        "SUPERSEDED",
        "SUPERSEDED",
        "RECOMMENDED",
    ]
    assert "the nearest that stayed out" in lines
    assert [
        sum(rule in line for line in lines)
        for rule in ("(place_and_day)", "(running_toll)", "a part of this one (VICTIM)")
    ] == [2, 1, 2]
    assert to_tally_lines(lake, "0" * 24) is None


def test_the_worked_examples_are_what_is_printed(lake: Lake) -> None:
    """Each trace that docs/explanation/tallies.md shows is how the samples' trace begins, line for line."""
    told = (Path(__file__).parents[1] / "docs" / "explanation" / "tallies.md").read_text("utf-8")
    shown = re.findall(r"    \$ tally trace (\w+)\n((?:    .*\n|\n(?=    ))+)", told)
    assert len(shown) == 2
    for tally_id, block in shown:
        lines = [line.removeprefix("    ") for line in block.rstrip().splitlines()]
        assert (to_tally_lines(lake, tally_id) or [])[: len(lines)] == lines


def test_a_series_is_compared(lake: Lake, tmp_path: Path) -> None:
    """A series is counted as equal, different or untold, and what differs is listed with its article."""
    file = tmp_path / "series.csv"
    head = "metric,actor,start,period,value\n"
    lines = [
        "TERR_GAIN,UKR,2026-02-11,2026-02-15,201",
        "TERR_GAIN,RUS,2026-02-08,2026-02-14,75",
        "TERR_GAIN,RUS,2026-03-08,2026-03-14,9",
    ]
    file.write_text(head + "\n".join(lines), "utf-8")
    told = list(to_comparison_lines(lake, file, ["metric", "actor", "start", "period"]))
    assert told[0] == "3 rows, 2 of them told by a report"
    assert [line.split()[0] for line in told[1:6]] == ["1", "0", "0", "1", "1"]
    assert "75 beside 74 (lakeside-courier: only 74 sq km)" in told[6]
    with pytest.raises(ValueError, match="no column"):
        list(to_comparison_lines(lake, file, ["week"]))
    file.write_text(head + "TERR_GAIN", "utf-8")
    with pytest.raises(ValueError, match="row 1 has no number"):
        list(to_comparison_lines(lake, file, ["metric"]))
    file.write_bytes(b"metric,value\nCaf\x8e,1\n")
    with pytest.raises(ValueError, match="is no CSV in UTF-8"):
        list(to_comparison_lines(lake, file, ["metric"]))
