"""Laws of tallying: copies, order, one place a figure, bounds, contest, sides; and every case of the rules' seeds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeds import load_seeds
from seeds.kinds import Family, Reconciling
from transforms.tallying.copies import is_taken_back, sort_denials
from transforms.tallying.months import decided, deciding, name_block, read_block, to_month
from transforms.tallying.rules import Rules
from transforms.tallying.said import Said
from transforms.tallying.tallies import Tallied, tally

if TYPE_CHECKING:
    from collections.abc import Iterable

RULES = Rules(load_seeds())
START = date(2026, 3, 1)
SOURCE_IDS = {"un", "isw"}
CASES = [
    pytest.param(kind.__name__, entry.code, case, str(result), id=f"{kind.file}/{entry.code}/{case}")
    for kind in (Reconciling, Family)
    for entry in load_seeds().of(kind).values()
    for case, result in entry.examples.items()
]
CASE = re.compile(
    r"(?P<who>[\w/ ]+): (?P<sign>>=|~)?(?P<number>\d+) on (?P<day>\d)(?: @(?P<event>\d))?(?: (?P<mark>\w+))?"
)
RESULT = re.compile(
    r"(?P<low>\d+)(?P<dots>\.\.)?(?P<high>\d+)?(?: (?P<contested>contested))?(?: best (?P<best>\d+))?(?: by (?P<n>\d))?"
)
# How the first metric of a family is told, where not as an event's toll.
TOLD: dict[str, dict[str, Any]] = {
    "search": {"metric_code": "CAS_MISSING", "kind": "STOCK"},
    "losses": {"metric_code": "EQP_DESTROYED", "kind": "CUM", "place_precision": 6, "weapon_class": "TANK"},
    "strikes": {"metric_code": "WPN_LAUNCHED", "place_precision": 6, "weapon_class": "DRONE"},
    "ground": {"metric_code": "TERR_GAIN", "place_precision": 6, "dimension": "area", "unit_code": "km2"},
    "damage": {"place_precision": 6},
    "levels": {"metric_code": "DSP_IDP", "kind": "STOCK", "place_precision": 6},
    "other": {"metric_code": "ATT_COUNT"},
}


def said(who: str, number: float, day: int = 1, **others: object) -> Said:
    """Return a figure: `who` says on a day of March that so many were killed in Kharkiv on the first."""
    name = others.pop("name", f"{who}-{number}-{day}")
    published = START + timedelta(days=day - 1)
    party = who.partition("/")[0] if who.partition("/")[0] in {"RUS", "UKR"} else None
    row: dict[str, Any] = dict.fromkeys(Said._fields)
    row |= {
        "figure_id": f"f-{name}", "version_id": f"v-{name}", "article_id": f"a-{name}", "cluster_id": f"a-{name}", "block_id": "0",
        "batch_id": "0", "outlet_id": "courier", "sentence_id": f"s-{name}", "published_date": published, "number_start": 0,
        "quote": f"{number} people", "low": number, "best": number, "high": number, "low_base": number, "best_base": number,
        "high_base": number, "modifier": "EXACT", "number_form": "DIGIT", "unit_code": "{person}", "dimension": "count",
        "metric_code": "CAS_KILLED", "counted": "people", "kind": "FLOW", "actor_code": "RUS", "target_code": "UKR",
        "place_name": "Kharkiv", "place_id": "706483", "country_code": "UKR", "place_precision": 1,
        "period_start_date": START, "period_end_date": START, "polarity": "ASSERTED", "is_anaphoric": False, "n_hops": 1,
        "party_code": party, "source_id": who if who in SOURCE_IDS else None,
        "source_name": None if who == "own" else who,
    }  # fmt: skip
    return Said(**{**row, **others})


def read_case(case: str, **others: object) -> list[Said]:
    """Read "UKR: >=5 on 1; own: 5 on 2 copy" into figures."""
    figures: list[Said] = []
    for number, part in enumerate(case.split("; ")):
        found = CASE.fullmatch(part)
        assert found, part
        day, mark = int(found["day"]), found["mark"]
        event = START + timedelta(days=int(found["event"] or 1) - 1)
        fields: dict[str, Any] = {"name": str(number), "period_start_date": event, "period_end_date": event, **others}
        if fields.get("kind") == "CUM":
            fields |= {"period_start_date": date(2022, 2, 24), "period_end_date": START + timedelta(days=day - 1)}
        if found["sign"] == ">=":
            fields |= {"modifier": "GE", "high": None, "high_base": None}
        elif found["sign"] == "~":
            fields |= {"modifier": "APPROX"}
        marks: dict[str, dict[str, Any]] = {
            "copy": {"sentence_id": "s-0"},
            "undated": {"period_start_date": None, "period_end_date": None},
            "total": {"kind": "CUM", "period_start_date": None, "period_end_date": START + timedelta(days=day - 1)},
            "denied": {"polarity": "DENIED"},
            "anaphor": {"is_anaphoric": True},
            "conversion": {"converts_figure_id": "f-0"},
            "age": {"metric_code": "AGE"},
        }
        figures.append(said(found["who"], float(found["number"]), day, **(fields | marks.get(mark or "", {}))))
    return figures


@pytest.mark.parametrize(("kind", "code", "case", "result"), CASES)
def test_every_case_of_the_seeds(kind: str, code: str, case: str, result: str) -> None:
    """Each example of a rule or family comes to one tally with the bounds, the number and the sources that stand beside it."""
    made = tally(read_case(case, **(TOLD.get(code, {}) if kind == "Family" else {})), RULES)
    assert len(made.tallies) == 1
    row, wanted = made.tallies[0], RESULT.fullmatch(result)
    assert wanted, result
    assert row["low"] == float(wanted["low"])
    assert row["high"] == (float(wanted["high"]) if wanted["high"] else None if wanted["dots"] else row["low"])
    assert row["is_contested"] is bool(wanted["contested"])
    if wanted["best"]:
        assert row["best"] == float(wanted["best"])
    if wanted["n"]:
        assert row["n_sources"] == int(wanted["n"])


def test_reasons_are_rules() -> None:
    """Every reason that tallying gives is an entry of seeds/reconciling.toml, but for the only report of a thing."""
    reasons = {row["reason"] for case in CASES for row in tally(read_case(str(case.values[2])), RULES).figures}
    assert reasons - {"single"} <= load_seeds().of(Reconciling).keys()


OPEN: dict[str, Any] = {"period_start_date": None, "period_end_date": None}
WIDE: dict[str, Any] = {"place_name": "Ukraine", "place_id": None, "place_precision": 6}
LVIV: dict[str, Any] = {"place_name": "Lviv", "place_id": "702550"}
NIGHT: dict[str, Any] = {"metric_code": "WPN_LAUNCHED", "weapon_class": "DRONE"}
WOUNDED: dict[str, Any] = {"metric_code": "CAS_INJURED"}
# What is told of one thing, the second report, and by which rule that joins.
WHYS: dict[str, tuple[list[Said], Said]] = {
    "same_in_all": ([said("un", 5, **TOLD["ground"])], said("UKR", 5, **TOLD["ground"])),
    "left_open": ([said("un", 5, **TOLD["ground"])], said("UKR", 5, **TOLD["ground"] | {"actor_code": None})),
    "night": ([said("un", 35, **NIGHT)], said("isw", 35, **NIGHT, **LVIV)),
    "one_wave": (
        [
            said("un", 71, article_id="a", version_id="a", **NIGHT, **WIDE),
            said("isw", 38, **NIGHT | {"metric_code": "WPN_INTERCEPTED"}, **WIDE),
        ],
        said("un", 38, name="down", article_id="a", version_id="a", **NIGHT | {"metric_code": "WPN_INTERCEPTED"}, **LVIV),
    ),
    "place_and_day": ([said("un", 5)], said("UKR", 6)),
    "number_and_day": ([said("un", 12, **WIDE)], said("UKR", 12, **WIDE)),
    "place_and_span": (
        [said("un", 5, period_end_date=START + timedelta(days=9))], said("UKR", 6, period_end_date=START + timedelta(days=9)),
    ),
    "day_slip": ([said("un", 12)], said("UKR", 12, 2, period_start_date=START + timedelta(days=1), period_end_date=START + timedelta(days=1))),
    "undated": ([said("un", 24)], said("own", 24, 3, **OPEN)),
    "running_toll": ([said("un", 15)], said("own", 31, 3, kind="CUM", period_start_date=None, period_end_date=START + timedelta(days=2))),
    "same_article": ([said("UKR", 24, article_id="a", version_id="a")], said("un", 30, article_id="a", version_id="a", **WIDE, **OPEN)),
    "great_number": ([said("un", 35)], said("own", 35, 2, **WIDE, **OPEN)),
    "great_of_day": ([said("un", 21)], said("UKR", 23, 2, **WIDE)),
    "same_number": ([said("un", 35)], said("UKR", 35, **LVIV)),
    "retold": ([said("un", 35)], said("own", 35, 25, **OPEN)),
    "echo": ([said("un", 24, article_id="a", version_id="a")], said("un", 24, name="b", article_id="a", version_id="a", **WIDE, **OPEN)),
    "one_sentence": (
        [said("un", 11, sentence_id="one"), said("un", 14, sentence_id="one", **WOUNDED), said("isw", 11, sentence_id="two", **LVIV)],
        said("isw", 15, sentence_id="two", **WOUNDED, **LVIV),
    ),
    "running_days": ([said("isw", 200, per_unit_code="d", kind="RATE")], said("isw", 200, 2, per_unit_code="d", kind="RATE")),
    "war_total": ([said("un", 5000, kind="CUM", **WIDE)], said("isw", 6000, 2, kind="CUM", **WIDE)),
}  # fmt: skip


@pytest.mark.parametrize("rule", WHYS)
def test_why_a_report_is_of_a_thing(rule: str) -> None:
    """A report that joins others says by which rule, and each rule is one of the seeds; alone it would be of no such thing."""
    told, new = WHYS[rule]
    made = tally([*told, new], RULES)
    (row,) = [row for row in made.figures if row["figure_id"] == new.figure_id]
    assert row["joined_by"] == rule
    assert rule in load_seeds().of(Reconciling)
    assert [other["figure_id"] for other in made.figures if other["tally_id"] == row["tally_id"]] != [new.figure_id]


MODIFIERS = ("EXACT", "GE", "APPROX", "VAGUE")
WHO = ("RUS", "UKR", "UKR/mayor", "un", "isw", "own", "officials", "Doctors Network", "Oleh Syniehubov")
METRICS = ("CAS_KILLED", "CAS_INJURED", "CAS_MISSING", "WPN_LAUNCHED", "TERR_GAIN", "OTHER")


@st.composite
def figures(draw: st.DrawFn, n_months: int = 0) -> Said:
    """Draw a figure of a small world, so that many meet; of some days at the turns of some months."""
    number = float(draw(st.sampled_from((12, 30)) if n_months else st.integers(1, 12)))
    modifier = draw(st.sampled_from(MODIFIERS))
    day = draw(st.integers(1, 5))
    start = draw(st.none() | st.integers(0, 3))
    length = draw(st.sampled_from((0, 0, 1, 6)))
    metric = draw(st.sampled_from(("CAS_KILLED", "WPN_LAUNCHED") if n_months else METRICS))
    turn = (date(2026, 3 + draw(st.integers(0, n_months)), 1) - START).days
    day += turn
    start = None if start is None else start + turn - (draw(st.sampled_from((1, 3, 30))) if n_months else 0)
    period = {
        "period_start_date": None if start is None else START + timedelta(days=start),
        "period_end_date": None if start is None else START + timedelta(days=start + length),
    }
    bounds: dict[str, Any] = {} if modifier in {"EXACT", "APPROX"} else {"high": None, "high_base": None}
    if modifier == "VAGUE":
        bounds |= {"best": None, "best_base": None}
    article = draw(st.integers(0, 6))
    return said(
        draw(st.sampled_from(WHO)), number, day, **period, **bounds, modifier=modifier, metric_code=metric,
        article_id=f"a{article}", version_id=f"v{article}", cluster_id=f"a{article}", outlet_id=f"o{article % 3}",
        kind=draw(st.sampled_from(("FLOW", "FLOW", "CUM"))), block_id=metric,
        victim=draw(st.sampled_from((None, None, "CIVILIAN", "CHILD"))), polarity=draw(st.sampled_from(("ASSERTED",) * 6 + ("DENIED",))),
        place_precision=draw(st.sampled_from((1, 1, 6))), weapon_class="DRONE" if metric == "WPN_LAUNCHED" else None,
    )  # fmt: skip


def number(drawn: list[Said]) -> list[Said]:
    """Give each figure an id of its own."""
    return [f._replace(figure_id=f"f{i}", sentence_id=f"s{i}", number_start=i) for i, f in enumerate(drawn)]


worlds = st.lists(figures(), min_size=1, max_size=9).map(number)
long_worlds = st.lists(figures(5), min_size=4, max_size=24).map(number)


def told(made: Tallied) -> tuple[list[str], list[str], list[str]]:
    """Return the rows of three tables, sorted."""
    return (sorted(map(repr, made.tallies)), sorted(map(repr, made.figures)), sorted(map(repr, made.parts)))


def values(made: Tallied) -> dict[object, tuple[object, ...]]:
    """Return what a tally says, by its id."""
    columns = ("low", "best", "high", "n_sources", "is_contested", "actor_code", "victim")
    return {row["tally_id"]: tuple(row[c] for c in columns) for row in made.tallies}


@given(worlds, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_never_matters(world: list[Said], random: Any) -> None:  # noqa: ANN401  Hypothesis's
    """Figures in whatever order, and all blocks at once or one by one, give the same rows."""
    shuffled = list(world)
    random.shuffle(shuffled)
    whole = told(tally(world, RULES))
    assert told(tally(shuffled, RULES)) == whole
    blocks = [tally([f for f in world if f.block_id == block], RULES) for block in {f.block_id for f in world}]
    together = Tallied(*([row for made in blocks for row in made[table]] for table in range(3)))
    assert told(together) == whole


def by_block(made: Tallied) -> dict[object, list[str]]:
    """Return all rows by block."""
    blocks: dict[object, list[str]] = defaultdict(list)
    for rows in made:
        for row in rows:
            blocks[row["block_id"]].append(repr(row))
    return {block: sorted(rows) for block, rows in blocks.items()}


@given(long_worlds, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_one_more_figure_retallies_only_months_near_it(world: list[Said], random: Any) -> None:  # noqa: ANN401  Hypothesis's
    """A figure changes the tallies of no month that it does not decide; those come out of the figures that decide them as of all."""
    check_months(world, random.randrange(len(world)))


def test_a_number_told_from_month_to_month_is_no_chain() -> None:
    """What is told again in three months running is decided by none of them that lies further off than the law says."""
    days = (29, 41, 66, 95)  # 29 March, 10 April, 5 May, 3 June
    first, *later = [said("un", 30, day, name=str(day), period_start_date=None, period_end_date=None) for day in days]
    check_months(
        [first._replace(period_start_date=first.published_date, period_end_date=first.published_date), *later], 0
    )


def check_months(world: list[Said], chosen: int) -> None:
    """Compare the tallies of all figures with those of all but one, and with those of the months around that one."""
    new = world[chosen]
    months = {id(f): to_month(f, RULES.family(f)) for f in world}
    month = months[id(new)]
    made = tally(world, RULES)
    near = set(decided(month)) if month is not None else {None}
    blocks = {name_block(new.block_id, m) for m in near}
    if new.polarity == "DENIED":
        denied = {f.figure_id for f in world if is_taken_back(f, sort_denials([new]), RULES)}
        blocks |= {str(row["block_id"]) for row in made.figures if row["figure_id"] in denied}
    before, after = by_block(tally([f for f in world if f is not new], RULES)), by_block(made)
    assert {b: rows for b, rows in before.items() if b not in blocks} == {
        b: rows for b, rows in after.items() if b not in blocks
    }
    wanted = {read_block(block)[1] for block in blocks}
    needed = {m for n in wanted for m in (deciding(n) if n is not None else (None,))}
    kept = [f for f in world if f.block_id == new.block_id]
    window = [f for f in kept if months[id(f)] in needed or f.polarity == "DENIED"]
    assert by_block(tally(window, RULES, blocks)) == {b: rows for b, rows in after.items() if b in blocks}


@given(worlds)
@settings(max_examples=80, deadline=None)
def test_books_balance(world: list[Said]) -> None:
    """Every figure is in exactly one tally or has a reason; each tally has one RECOMMENDED, which lies within its bounds."""
    made = tally(world, RULES)
    assert Counter(row["figure_id"] for row in made.figures) == Counter(f.figure_id for f in world)
    assert all(row["reason"] for row in made.figures)
    by_id = {f.figure_id: f for f in world}
    shown = {row["tally_id"]: by_id[str(row["figure_id"])] for row in made.figures if row.get("role") == "RECOMMENDED"}
    assert len([r for r in made.figures if r.get("role") == "RECOMMENDED"]) == len(made.tallies) == len(shown)
    assert {row["tally_id"] for row in made.figures if row.get("tally_id")} == {row["tally_id"] for row in made.tallies}
    for row in made.tallies:
        low, best, high = (row[c] for c in ("low", "best", "high"))
        stated = [value for value in (low, best, high) if value is not None]
        assert stated == sorted(stated)  # type: ignore[type-var]
        figure = shown[row["tally_id"]]
        assert best == figure.best
        assert low is None or figure.low is None or float(str(low)) <= figure.low
        assert high is None or (figure.high is not None and figure.high <= float(str(high)))


def test_a_denial_reaches_back_over_months() -> None:
    """What its source denies months later, and without a day, is taken back; only the block in which it stands changes."""
    first = said("un", 15, 31, period_start_date=date(2026, 3, 31), period_end_date=date(2026, 3, 31))
    denial = said("un", 15, 62, name="denial", polarity="DENIED", **OPEN)
    assert [row["reason"] for row in tally([first, denial], RULES).figures] == ["POLARITY", "WITHDRAWN"]
    check_months([first, denial], 0)
    check_months([first, denial], 1)


def test_a_copy_of_what_was_taken_back_is_taken_back() -> None:
    """What its source denied on the day stays denied, though another paper prints it once more on the day after."""
    first = said("UKR", 5)
    denial = said("UKR", 5, name="denial", polarity="DENIED")
    copy = said("UKR", 5, 2, name="copy", sentence_id=first.sentence_id)
    made = tally([first, denial, copy], RULES)
    assert made.tallies == []
    assert {row["figure_id"]: row["reason"] for row in made.figures} == {
        "f-UKR-5-1": "WITHDRAWN",
        "f-denial": "POLARITY",
        "f-copy": "WITHDRAWN",
    }


@given(worlds, st.data())
@settings(max_examples=80, deadline=None)
def test_a_copy_changes_nothing(world: list[Said], data: st.DataObject) -> None:
    """Adding another outlet's copy of a story changes no value and no number of sources."""
    original = data.draw(st.sampled_from(world))
    later = original.published_date + timedelta(days=data.draw(st.integers(0, 9))) if original.published_date else None
    copy = original._replace(
        figure_id="f-copy",
        article_id="z-copy",
        version_id="v-copy",
        cluster_id="z-copy",
        outlet_id="reprint",
        published_date=later,
    )
    if original.polarity == "ASSERTED":
        assert values(tally([*world, copy], RULES)) == values(tally(world, RULES))


@given(worlds, st.data())
@settings(max_examples=80, deadline=None)
def test_widening_contests_nothing(world: list[Said], data: st.DataObject) -> None:
    """Widening one figure's bounds never makes an uncontested tally contested."""
    before = tally(world, RULES)
    if any(row["is_contested"] for row in before.tallies):
        return
    chosen = data.draw(st.integers(0, len(world) - 1))
    wide, figure = data.draw(st.integers(1, 20)), world[chosen]
    low = None if figure.low is None else max(0.0, figure.low - wide)
    high = None if figure.high is None else figure.high + wide
    wider = figure._replace(low=low, high=high, low_base=low, high_base=high)
    after = tally([wider if i == chosen else f for i, f in enumerate(world)], RULES)
    assert not any(row["is_contested"] for row in after.tallies)


SIDES = {"RUS": "UKR", "UKR": "RUS", "UKR/mayor": "RUS/mayor"}


@given(worlds)
@settings(max_examples=60, deadline=None)
def test_swapped_sides_swap_the_tallies(world: list[Said]) -> None:
    """With the two sides' names swapped, the tallies are the same with the names swapped."""

    def swap(value: str | None) -> str | None:
        return SIDES.get(value or "", value)

    columns = ("actor_code", "target_code", "party_code", "source_name")
    swapped = [Said(**(f._asdict() | {c: swap(getattr(f, c)) for c in columns})) for f in world]

    def shown(made: Tallied, *, is_swapped: bool) -> list[str]:
        names = ("actor_code", "target_code")
        rows = [
            {k: swap(v) if is_swapped and k in names else v for k, v in row.items() if k != "tally_id"}  # type: ignore[arg-type]
            for row in made.tallies
        ]
        return sorted(map(repr, rows))

    assert shown(tally(world, RULES), is_swapped=True) == shown(tally(swapped, RULES), is_swapped=False)


def roles(made: Tallied) -> dict[object, tuple[object, object]]:
    """Return role and reason by figure."""
    return {row["figure_id"]: (row.get("role"), row["reason"]) for row in made.figures}


def only(made: Iterable[dict[str, object]]) -> dict[str, object]:
    """Return the one row there is."""
    (row,) = made
    return row


def test_a_toll_that_rises_is_one_tally() -> None:
    """Told as "five dead", "death toll rises to 12", "final toll 14" is one tally of 14, not 31 dead."""
    made = tally(read_case("UKR: 5 on 1; UKR: 12 on 2 total; UKR: 14 on 4 total"), RULES)
    assert (only(made.tallies)["best"], only(made.tallies)["method"]) == (14.0, "LATER")
    assert [roles(made)[f"f-{i}"][0] for i in range(3)] == ["SUPERSEDED", "SUPERSEDED", "RECOMMENDED"]


def test_a_weeks_ground_is_part_of_a_months() -> None:
    """Containment is not equality: a week within a month is its part, never added to it."""
    fields: dict[str, Any] = TOLD["ground"]
    week = said("isw", 74, name="week", **fields, period_end_date=START + timedelta(days=6))
    month = said("isw", 201, name="month", **{**fields, "period_end_date": START + timedelta(days=30)})
    week = week._replace(period_start_date=START, period_end_date=START + timedelta(days=6))
    made = tally([week, month], RULES)
    assert len(made.tallies) == 2
    assert only(made.parts)["why"] == "PERIOD"


def test_children_are_part_of_the_dead() -> None:
    """Three children among thirteen dead are a part of the toll, and no other toll."""
    made = tally([said("un", 13, name="all"), said("un", 3, name="children", victim="CHILD")], RULES)
    assert {row["best"] for row in made.tallies} == {13, 3}
    assert only(made.parts)["why"] == "VICTIM"


def test_several_numbers_for_one_thing_are_ambiguous() -> None:
    """Where one source gives three numbers in one article for what would be one thing, none is stated."""
    fields: dict[str, Any] = {**TOLD["strikes"], "version_id": "v", "article_id": "a"}
    made = tally([said("RUS", n, name=str(n), **fields) for n in (40, 34, 4)], RULES)
    assert made.tallies == []
    assert {row["reason"] for row in made.figures} == {"AMBIGUOUS"}


def test_publication_may_be_unknown() -> None:
    """A figure of an article without a date is tallied, last."""
    made = tally(
        [said("un", 5, name="x", published_date=None), said("UKR", 5, name="y", published_at=datetime(2026, 3, 1))],
        RULES,
    )
    assert only(made.tallies)["first_published_at"] == datetime(2026, 3, 1)


def test_a_great_number_of_one_day_is_one_event_wherever_papers_place_it() -> None:
    """35 dead of one day at Kharkiv, in "Ukraine" and in a town nearby are one tally, at the place that most name."""
    made = tally(
        [
            said("un", 35, name="a"),
            said("isw", 35, name="b"),
            said("own", 35, name="c", place_name="Ukraine", place_id=None, place_precision=6),
            said("own", 35, name="d", place_name="Lviv", place_id="702550"),
        ],
        RULES,
    )
    assert (only(made.tallies)["n_figures"], only(made.tallies)["place_name"]) == (4, "Kharkiv")


def test_places_of_two_countries_are_two_events() -> None:
    """35 dead of one day at Kharkiv and at Belgorod are two tallies."""
    abroad = said("own", 35, name="b", place_name="Belgorod", place_id="578072", country_code="RUS")
    assert len(tally([said("un", 35, name="a"), abroad], RULES).tallies) == 2


def test_soldiers_and_people_meet_only_in_the_same_number() -> None:
    """Nine soldiers are no later word on eight people of the day, but eight soldiers are those eight."""
    people = said("un", 8, name="a")
    assert len(tally([people, said("UKR", 9, name="b", victim="MILITARY")], RULES).tallies) == 2
    assert len(tally([people, said("UKR", 8, name="b", victim="MILITARY")], RULES).tallies) == 1


def test_whose_soldiers_a_total_counts_is_told_by_its_words() -> None:
    """The same exact count is one total, though a report takes it for the other side's."""
    fields: dict[str, Any] = {
        "kind": "CUM", "place_precision": 6, "place_id": None, "period_start_date": None, "victim": "MILITARY",
    }  # fmt: skip
    told = [
        said("un", 1351, name="a", quote="1,351 Russian soldiers", **fields),
        said("isw", 1351, name="b", quote="1,351 Russian troops", **fields),
        said("own", 1351, name="c", quote="1,351 soldiers", target_code="UKR", **fields),
    ]
    assert only(tally(told, RULES).tallies)["n_figures"] == 3


def test_the_wounded_are_of_the_event_of_the_dead_in_their_sentence() -> None:
    """Fourteen wounded without a place are of Kharkiv, where the sentence's dead are."""
    told = [
        said("un", 11, name="a", sentence_id="one"),
        said("un", 14, name="b", sentence_id="one", metric_code="CAS_INJURED", place_precision=6, place_id=None),
        said("isw", 11, name="c", sentence_id="two"),
        said("isw", 15, name="d", sentence_id="two", metric_code="CAS_INJURED"),
    ]
    made = tally(told, RULES)
    assert sorted((row["metric_code"], row["n_figures"]) for row in made.tallies) == [
        ("CAS_INJURED", 2),
        ("CAS_KILLED", 2),
    ]


def test_a_nights_number_of_two_places_is_the_countrys() -> None:
    """450 drones of one night, told of Kharkiv and of Vinnytsia, were launched at the whole country."""
    fields: dict[str, Any] = {"metric_code": "WPN_LAUNCHED", "weapon_class": "DRONE"}
    made = tally(
        [
            said("un", 450, name="a", **fields),
            said("isw", 450, name="b", place_name="Vinnytsia", place_id="689558", **fields),
        ],
        RULES,
    )
    assert (only(made.tallies)["place_name"], only(made.tallies)["country_code"]) == (None, "UKR")


@pytest.mark.parametrize(
    "other",
    [
        {"version_id": "b"},
        {"weapon_class": "MISSILE"},
        {"period_end_date": START + timedelta(days=1)},
        {"best_base": 80.0},
    ],
)
def test_what_was_shot_down_elsewhere_stays_there(other: dict[str, Any]) -> None:
    """38 drones shot down over Lviv are Lviv's where another article, class or night, or too small a wave, tells of a launch."""
    launched = said("un", 71, name="up", article_id="a", version_id="a", **NIGHT, **WIDE)
    fields = {**NIGHT, **LVIV, "metric_code": "WPN_INTERCEPTED", "article_id": "a", "version_id": "a"}
    rows = tally([launched, said("un", 38, name="down", **fields)], RULES).tallies
    assert [row["place_name"] for row in rows if row["metric_code"] == "WPN_INTERCEPTED"] == [None]
    rows = tally([launched, said("un", 38, name="down", **{**fields, **other})], RULES).tallies
    assert [row["place_name"] for row in rows if row["metric_code"] == "WPN_INTERCEPTED"] == ["Lviv"]


@pytest.mark.parametrize(
    "others",
    [
        [said("UKR", 43, 2, **WIDE)],
        [
            said(
                "UKR",
                23,
                2,
                **WIDE,
                period_start_date=START + timedelta(days=1),
                period_end_date=START + timedelta(days=1),
            )
        ],
        [said("UKR", 23, 2, **{**WIDE, "country_code": "RUS"})],
        [said("UKR", 23, 2, **WIDE), said("isw", 19, **LVIV)],
        [said("UKR", 23, 4, **WIDE, **OPEN)],
    ],
)
def test_a_great_toll_of_no_place_is_not_just_any(others: list[Said]) -> None:
    """23 dead of no place are not Kharkiv's 21 where the number, the day or the country differ, or Lviv has as many that day."""
    made = tally([said("un", 21), *others], RULES)
    (row,) = [row for row in made.figures if row["figure_id"] == others[0].figure_id]
    assert row["joined_by"] != "great_of_day"


def test_a_total_since_a_day_is_no_event() -> None:
    """Civilians counted over a country since the war began are one total, below 400 as above; a town's toll stays its own."""
    since: dict[str, Any] = {"kind": "CUM", "victim": "CIVILIAN", "period_start_date": date(2026, 2, 24), **WIDE}
    told = [
        said("un", n, day, **since, period_end_date=START + timedelta(days=day))
        for n, day in ((136, 1), (364, 6), (516, 9))
    ]
    made = tally([*told, said("UKR", 136, name="town")], RULES)
    assert sorted((row["best"], row["n_figures"]) for row in made.tallies) == [(136.0, 1), (516.0, 3)]


def test_a_regions_total_is_no_part_of_the_countrys_series() -> None:
    """Civilians of a region and of the country are two totals."""
    total: dict[str, Any] = {"kind": "CUM", "victim": "CIVILIAN", "period_start_date": None}
    region = said("un", 900, name="region", **total, place_name="Kyiv Oblast", place_id="703446", place_precision=4)
    assert len(tally([region, said("un", 5000, 2, name="country", **total, **WIDE)], RULES).tallies) == 2


def test_civilians_of_a_country_are_a_total_whatever_the_day() -> None:
    """Children counted over a country without a first day are one total; people, or children of a town, are events'."""
    count: dict[str, Any] = {"kind": "CUM", "victim": "CHILD", **OPEN}
    assert len(tally([said("un", n, day, **count, **WIDE) for n, day in ((71, 9), (153, 60))], RULES).tallies) == 1
    assert len(tally([said("un", n, day, **count) for n, day in ((71, 9), (153, 60))], RULES).tallies) == 2
    people = {**count, "victim": None, **WIDE}
    assert len(tally([said("un", n, day, **people) for n, day in ((71, 9), (153, 60))], RULES).tallies) == 2


def test_people_and_civilians_of_a_town_are_one_total() -> None:
    """5,000 people and 10,000 civilians of a town are one rising total; soldiers are another."""
    total: dict[str, Any] = {"kind": "CUM", **OPEN}
    told = [said("un", 5000, name="a", **total), said("UKR", 10000, 9, victim="CIVILIAN", **total)]
    assert only(tally(told, RULES).tallies)["best"] == 10000
    assert len(tally([*told, said("isw", 7000, 5, victim="MILITARY", **total)], RULES).tallies) == 2


def test_an_earlier_wars_round_number_is_not_a_towns() -> None:
    """5,000, told of a country before the war, is another war's when it is told again of the country, and not of a town."""
    total: dict[str, Any] = {"kind": "CUM", "period_end_date": None}
    before = said("un", 5000, -60, **total, period_start_date=None, **WIDE)
    usual = said("un", 6000, 5, **total, period_start_date=START, name="usual")
    again = said("isw", 5000, 4, **total, period_start_date=None, name="again")
    assert len(tally([before, usual, again], RULES).tallies) == 2
    assert len(tally([before, usual, again._replace(**WIDE)], RULES).tallies) == 2
    found = {r["figure_id"]: r["tally_id"] for r in tally([before, usual, again], RULES).figures}
    assert found["f-again"] == found["f-usual"]


def test_an_open_floor_left_behind_stands_no_more() -> None:
    """Where "at least 7,000" was said in the first days, the range that is told since is recommended."""
    total: dict[str, Any] = {"kind": "CUM", "victim": "MILITARY", **OPEN, **WIDE}
    floor = said("own", 7000, name="floor", **total, modifier="GE")._replace(high=None, high_base=None)
    since = said("un", 75000, 9, **total, modifier="RANGE")._replace(
        low=70000.0, low_base=70000.0, high=80000.0, high_base=80000.0
    )
    made = tally([floor, since], RULES)
    assert only(made.tallies)["best"] == 75000
    assert roles(made)["f-floor"] == ("SUPERSEDED", "later_over_earlier")


def test_a_number_told_by_many_is_no_part_of_one_sources_greater() -> None:
    """22 by one named source beside the 11 that all others tell contradicts; beside an article's own sum of 22, 11 is a part."""
    told = [said("RUS", 11, day, name=f"{day}") for day in (1, 2, 3, 4)]
    article: dict[str, Any] = {"article_id": "a", "version_id": "a"}
    rival = [said("RUS", 11, 2, name="x", **article), said("sota", 22, 2, name="y", **article)]
    made = tally([*told, *rival], RULES)
    assert only(made.tallies)["n_figures"] == 6
    summed = [rival[0], said("own", 22, 2, name="y", **article)]
    assert len(tally([*told, *summed], RULES).tallies) == 2


def test_soldiers_of_a_town_whose_dead_are_soldiers() -> None:
    """A later toll of soldiers joins the people of the day where some report says that they were soldiers, and else does not."""
    later = said("UKR", 14, 2, kind="CUM", victim="MILITARY", period_start_date=None, period_end_date=None)
    soldiers = said("isw", 11, name="b", victim="MILITARY")
    people = [said("un", 11, name="a"), said("own", 11, name="c")]
    assert len(tally([*people, soldiers, later], RULES).tallies) == 1
    assert len(tally([*people, later], RULES).tallies) == 2


def test_a_rate_without_its_time_takes_that_of_its_number() -> None:
    """100 a day, and 100 at a rate whose time was not read, are one rate; where reports differ in the time, it stays apart."""
    day, week, unread = (
        said(who, 100, 2, per_unit_code=per, kind="RATE") for who, per in (("isw", "d"), ("un", "wk"), ("own", None))
    )
    assert len(tally([day, unread], RULES).tallies) == 1
    assert len(tally([day, week, unread], RULES).tallies) == 3


def test_a_number_of_the_very_day_before_one_of_the_same_article() -> None:
    """Eight dead of no place, of the second day, are of the town of that day, though their article tells of the day before."""
    second: dict[str, Any] = {
        "period_start_date": START + timedelta(days=1),
        "period_end_date": START + timedelta(days=1),
    }
    article: dict[str, Any] = {"article_id": "a", "version_id": "a"}
    told = [said("un", 8, name="first", **article), said("isw", 8, 2, name="second", **LVIV, **second)]
    wide = said("un", 8, 2, name="wide", **article, **WIDE, **second)
    found = {row["figure_id"]: row.get("tally_id") for row in tally([*told, wide], RULES).figures}
    assert found["f-wide"] == found["f-second"]


def test_ground_told_on_days_running_is_one_advance() -> None:
    """2,000, 3,000 and 6,000 km² within days are one advance of 6,000; the next, months later, is another."""
    fields: dict[str, Any] = {**TOLD["ground"], "kind": "CUM", "period_start_date": None, "actor_code": "UKR"}
    told = [said("UKR", n, day, **fields) for n, day in ((2000, 1), (3000, 3), (6000, 8), (900, 90))]
    assert sorted(float(str(row["best"])) for row in tally(told, RULES).tallies) == [900, 6000]
