"""Tallies in the lake: the twelve questions answered on the sample articles, and one more article retallied alone."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.comparing import to_comparison_lines
from flows.plan import make_plan
from flows.tally import run_steps
from flows.tally_tracing import to_tally_lines
from flows.tallying import tally_figures
from seeds.contracts import load_tables
from seeds.loader import HERE
from warehouse.queries import open_lake
from warehouse.views import MACROS, QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from flows.plan import Plan

LATE = ("geneva_talks.md", "kharkiv_toll_3.txt", "odesa_terminal_reprint.md")
DERIVED = ("tallies", "tally_figures", "tally_parts")


@contextmanager
def open_thread(_n_workers: int) -> Iterator[Executor]:
    """Read in this process: nothing here is about processes."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def run(lake: Path, inputs: Sequence[Path]) -> Plan:
    """Run all steps without Prefect over some articles."""
    plan = make_plan(lake, tuple(map(str, inputs)), published=None, is_again=False, n_workers=1)
    run_steps(plan, call=lambda function: function, open_executor=open_thread)
    return plan


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return a lake that read all samples in one run."""
    return run(tmp_path_factory.mktemp("whole") / "lake", [HERE / "articles"])


@pytest.fixture(scope="module")
def in_turn(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return a lake that read some samples a run later than the others."""
    folder = tmp_path_factory.mktemp("turn")
    for path in (HERE / "articles").iterdir():
        target = folder / ("late" if path.name in LATE else "articles") / path.name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    run(folder / "lake", [folder / "articles"])
    return run(folder / "lake", [folder / "late"])


def ask(plan: Plan, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with open_lake(plan.lake) as connection:
        return connection.execute(statement).fetchall()


def rows(plan: Plan, table: str, *without: str) -> list[tuple[Any, ...]]:
    """Return a table's rows, sorted, but for columns that name a batch."""
    columns = ", ".join(c for c in load_tables()[table].columns if c not in {"batch_id", *without})
    return ask(plan, f"SELECT {columns} FROM {table} ORDER BY ALL")


@pytest.mark.parametrize("table", DERIVED)
def test_one_more_article_gives_what_a_full_run_gives(at_once: Plan, in_turn: Plan, table: str) -> None:
    """What came in two runs is tallied as what came in one: the order of arrival never matters."""
    assert rows(in_turn, table) == rows(at_once, table) != []


def test_only_the_neighbourhood_is_retallied(in_turn: Plan) -> None:
    """The second run tallies the blocks of its own figures anew, and no others."""
    first, second = ask(in_turn, "SELECT is_whole, n_blocks FROM tallyings ORDER BY commit_id")
    new = "SELECT count(DISTINCT t.block_id) FROM figures_history f JOIN batches b USING (batch_id) JOIN tally_figures t USING (figure_id) WHERE b.commit_id = '000002'"
    assert first[0]
    assert second == (False, ask(in_turn, new)[0][0])
    assert second[1] < ask(in_turn, "SELECT count(DISTINCT block_id) FROM tally_figures")[0][0]


def test_nothing_new_is_nothing_to_do(at_once: Plan) -> None:
    """Tallying a lake whose figures are tallied changes no byte of it."""
    before = at_once.lake.database.read_bytes()
    assert tally_figures(at_once).commit_id is None
    assert at_once.lake.database.read_bytes() == before


def test_every_figure_is_somewhere(at_once: Plan) -> None:
    """Every current figure is in one tally, or has a reason why in none; every tally has one recommended figure."""
    assert ask(at_once, "SELECT count(*) FROM figures") == ask(
        at_once, "SELECT count(DISTINCT figure_id) FROM tally_figures"
    )
    assert ask(at_once, "SELECT count(*) FROM tally_figures WHERE (tally_id IS NULL) <> (role IS NULL)") == [(0,)]
    counts = "SELECT count(*) FROM (SELECT tally_id FROM tally_figures WHERE role = 'RECOMMENDED' GROUP BY ALL HAVING count(*) = 1)"
    assert ask(at_once, counts) == ask(at_once, "SELECT count(*) FROM tallies")


def test_the_past_can_be_asked(in_turn: Plan) -> None:
    """As of the first run Kharkiv's toll was nine; the change to thirteen is told with its commit."""
    ((first,), (second,)) = ask(in_turn, "SELECT committed_at FROM commits ORDER BY commit_id")
    toll = "WHERE metric_code = 'CAS_KILLED' AND place_name = 'Kharkiv' AND n_articles > 1"
    assert ask(in_turn, f"SELECT best FROM tallies_as_of(TIMESTAMP '{first}') {toll}") == [(9.0,)]
    assert ask(in_turn, f"SELECT best FROM tallies {toll}") == [(13.0,)]
    changed = f"SELECT change, earlier_best, best FROM tally_changes WHERE changed_at = '{second}' AND earlier_best = 9"
    assert ask(in_turn, changed) == [("CHANGED", 9.0, 13.0)]


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
        "SELECT as_of_date, low, best, change, role FROM revisions WHERE metric_code = 'CAS_KILLED' AND \"where\" = 'Kharkiv' AND quote <> 'Two of the dead'",
        [
            (date(2026, 3, 3), 4.0, 4.0, None, "SUPERSEDED"),
            (date(2026, 3, 4), 9.0, 9.0, 5.0, "SUPERSEDED"),
            (date(2026, 3, 6), 13.0, 13.0, 4.0, "RECOMMENDED"),
        ],
    ),
    "copied_stories": (
        "SELECT first_outlet, outlet, n_figures >= 5 FROM copied_stories",
        [("odesa-ledger", "northern-gazette", True)],
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
    "last_run": ("SELECT n_inputs, n_articles, is_balanced FROM last_run", [(10, 10, True)]),
    "coverage_gaps": ("SELECT count(*) FROM coverage_gaps", [(0,)]),
    "adds_up": ("SELECT count(*) FROM adds_up", [(0,)]),
    "series": ("SELECT best FROM series WHERE metric_code = 'TERR_GAIN' AND actor_code = 'UKR'", [(201.0,)]),
}


@pytest.mark.parametrize("view", ANSWERS)
def test_a_view_answers_its_question(at_once: Plan, view: str) -> None:
    """Each question's view gives the answer that a person finds in the articles."""
    statement, answer = ANSWERS[view]
    assert view in statement
    assert ask(at_once, statement) == answer


def test_views_are_documented(at_once: Plan) -> None:
    """Each view of tallies is tested here, named in docs/how-to/ask-the-lake.md, and tells its question as its COMMENT."""
    told = (Path(__file__).parents[1] / "docs" / "how-to" / "ask-the-lake.md").read_text("utf-8")
    about = {p.stem for p in QUESTIONS.glob("*.sql") if "tall" in p.read_text("utf-8")}
    assert about - ANSWERS.keys() == {"tally_changes"}  # test_the_past_can_be_asked
    assert [view for view in (*ANSWERS, *(p.stem for p in MACROS.glob("*.sql"))) if view not in told] == []
    comments = dict(
        ask(at_once, "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal")
    )
    assert [view for view in ANSWERS if not (comments.get(view) or "").rstrip(".").strip()] == []


def total(plan: Plan, metric: str, start: date, end: date, more: str = "") -> tuple[Any, ...]:
    """Return value and reason of flow_total."""
    (row,) = ask(plan, f"SELECT value, reason FROM flow_total('{metric}', DATE '{start}', DATE '{end}'{more})")
    return row


def test_flows_are_added_once(at_once: Plan) -> None:
    """Two weeks' gains of one side add up; a balance, a level, a contested part or half a period is no sum, and it is said why."""
    start, end = date(2026, 1, 25), date(2026, 2, 28)
    assert total(at_once, "TERR_GAIN", start, end, ", actor := 'RUS'") == (215.0, None)
    assert total(at_once, "TERR_GAIN", date(2026, 2, 13), end, ", actor := 'UKR'")[0] is None
    assert "reach beyond" in total(at_once, "TERR_GAIN", date(2026, 2, 13), end, ", actor := 'UKR'")[1]
    assert "contested" in total(at_once, "CAS_KILLED", start, end, ", country := 'SDN'")[1]
    assert "only levels" in total(at_once, "CAS_MISSING", start, date(2026, 3, 31))[1]
    assert total(at_once, "TERR_NET", start, end) == (None, "nothing is reported")


@pytest.mark.parametrize("metric", ["TERR_GAIN", "WPN_LAUNCHED", "CAS_KILLED", "CAS_INJURED"])
def test_parts_of_time_add_up(at_once: Plan, metric: str) -> None:
    """Totals over two parts of a time add up to the total over all of it, or say why not."""
    start, end = date(2026, 1, 25), date(2026, 2, 18)
    for where in ("", ", country := 'UKR'", ", weapon := 'DRONE'"):
        whole, reason = total(at_once, metric, start, end, where)
        for days in range(1, (end - start).days):
            middle = start + timedelta(days=days)
            halves = (
                total(at_once, metric, start, middle - timedelta(days=1), where),
                total(at_once, metric, middle, end, where),
            )
            values = [half[0] for half in halves if half[1] != "nothing is reported"]
            if None in values:
                assert all(half[1] for half in halves if half[0] is None)
            elif whole is not None:
                assert sum(values) == whole
            else:
                assert reason


def test_a_tally_is_traced(at_once: Plan) -> None:
    """The trace of a tally names each figure with its reason, and the nearest that stayed out with theirs."""
    toll = "SELECT tally_id FROM tallies WHERE metric_code = 'CAS_KILLED' AND place_name = 'Kharkiv' AND n_articles > 1"
    lines = to_tally_lines(at_once.lake, ask(at_once, toll)[0][0])
    assert lines
    assert [line.split()[0] for line in lines if line.startswith("  ") and "“" in line][:3] == [
        "SUPERSEDED",
        "SUPERSEDED",
        "RECOMMENDED",
    ]
    assert "the nearest that stayed out" in lines
    assert any("ANAPHOR" in line for line in lines)
    assert to_tally_lines(at_once.lake, "0" * 24) is None


def test_a_series_is_compared(at_once: Plan, tmp_path: Path) -> None:
    """A series is counted as equal, different or untold, and what differs is listed with its article."""
    file = tmp_path / "series.csv"
    head = "metric,actor,start,period,value\n"
    lines = [
        "TERR_GAIN,UKR,2026-02-11,2026-02-15,201",
        "TERR_GAIN,RUS,2026-02-08,2026-02-14,75",
        "TERR_GAIN,RUS,2026-03-08,2026-03-14,9",
    ]
    file.write_text(head + "\n".join(lines), "utf-8")
    told = list(to_comparison_lines(at_once.lake, file, ["metric", "actor", "start", "period"]))
    assert told[0] == "3 rows, 2 of them told by a report"
    assert [line.split()[0] for line in told[1:6]] == ["1", "0", "0", "1", "1"]
    assert "75 beside 74 (lakeside-courier: only 74 sq km)" in told[6]
    with pytest.raises(ValueError, match="no column"):
        list(to_comparison_lines(at_once.lake, file, ["week"]))
