"""Laws of tallying, over small worlds: copies, order, one place a figure, bounds, contest, sides, months."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports import OPEN, RULES, START, said
from transforms.tallying import months
from transforms.tallying.copies import is_taken_back, sort_denials
from transforms.tallying.months import decided, deciding, name_block, read_block, to_part
from transforms.tallying.said import Said
from transforms.tallying.tallies import Tallied, tally

MODIFIERS = ("EXACT", "GE", "APPROX", "VAGUE")
WHO = ("RUS", "UKR", "UKR/mayor", "un", "isw", "own", "officials", "Doctors Network", "Oleh Syniehubov")
METRICS = ("CAS_KILLED", "CAS_INJURED", "CAS_MISSING", "WPN_LAUNCHED", "TERR_GAIN", "OTHER")
LEVELS = ("MIL_RECRUITED", "DSP_REFUGEES", "TERR_HELD_SHARE", "INF_DESTROYED")  # of which papers copy a number
SHARES = {"TERR_HELD_SHARE", "INF_DESTROYED"}


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


@st.composite
def levels(draw: st.DrawFn, n_months: int = 0) -> Said:
    """Draw a figure of recruits, refugees, land held or buildings destroyed, which reports tell with more or less of what belongs to it."""
    metric, figure = draw(st.sampled_from(LEVELS)), draw(figures(n_months))
    amount = draw(st.sampled_from((20.0, 30.0) if metric in SHARES else (30_000.0, 222_000.0)))
    bounds: dict[str, Any] = {
        c: None if getattr(figure, c) is None else amount
        for c in ("low", "best", "high", "low_base", "best_base", "high_base")
    }
    is_placed = draw(st.booleans())
    return figure._replace(
        **bounds, metric_code=metric, block_id=metric, weapon_class=None,
        unit_code="%" if metric in SHARES else "{person}", dimension="share" if metric in SHARES else "count",
        kind=draw(st.sampled_from(("FLOW", "CUM", "STOCK", "RATIO", "CHANGE"))), actor_code=draw(st.sampled_from((None, "RUS", "UKR"))),
        target_code=draw(st.sampled_from((None, None, "UKR"))), country_code=draw(st.sampled_from(("UKR", "RUS"))) if is_placed else None,
        place_name="Kharkiv" if is_placed else None, place_id="706483" if is_placed else None,
    )  # fmt: skip


worlds = st.lists(figures() | levels(), min_size=1, max_size=9).map(number)
long_worlds = st.lists(figures(5), min_size=4, max_size=24).map(number)
long_worlds |= st.lists(levels(5), min_size=4, max_size=24).map(number)


@st.composite
def lasting(draw: st.DrawFn) -> Said:
    """Draw a figure of a small world that knows no months: a total, a level, a rate, or what flowed between two days."""
    metric, unit = draw(
        st.sampled_from((("CAS_KILLED", "{person}"), ("MIL_STRENGTH", "{tank}"), ("ATT_COUNT", "{attack}")))
    )
    start, end = draw(st.sampled_from(((0, 9), (2, 4), (3, 4))))
    article, number = draw(st.integers(0, 5)), float(draw(st.sampled_from((30, 5001))))
    bounds: dict[str, Any] = dict.fromkeys(("low", "best", "high", "low_base", "best_base", "high_base"), number)
    place: dict[str, Any] = draw(
        st.sampled_from(({"place_precision": 6}, {"place_precision": 6}, {}, {"place_id": "702550"}))
    )
    return said(
        draw(st.sampled_from(("UKR", "un", "own"))), number, draw(st.sampled_from((1, 9))), **bounds, **place,
        article_id=f"a{article}", version_id=f"v{article}", cluster_id=f"a{article}", block_id=metric, metric_code=metric, unit_code=unit,
        kind=draw(st.sampled_from(("FLOW", "CUM", "STOCK", "RATE"))), per_unit_code=draw(st.sampled_from((None, None, None, "d"))),
        country_code=draw(st.sampled_from(("UKR", "UKR", "RUS"))), counted=draw(st.sampled_from(("attacks", "strikes"))),
        target_code=draw(st.sampled_from((None, "UKR", "RUS"))), victim=draw(st.sampled_from((None, None, "MILITARY", "CHILD"))),
        period_start_date=START + timedelta(days=start), period_end_date=START + timedelta(days=end),
        polarity=draw(st.sampled_from(("ASSERTED",) * 8 + ("DENIED",))),
    )  # fmt: skip


lasting_worlds = st.lists(lasting(), min_size=2, max_size=12).map(number)


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
    check_near(world, random.randrange(len(world)))


@given(lasting_worlds, st.randoms(use_true_random=False), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_one_more_total_retallies_only_its_part(world: list[Said], random: Any, n_sentences: int) -> None:  # noqa: ANN401  Hypothesis's
    """What knows no months changes nothing beside its part, whose tallies come out of its figures as of all; copies or none."""
    copies = [f._replace(sentence_id=f"s{i % n_sentences}", number_start=0) for i, f in enumerate(world)]
    check_near(copies, random.randrange(len(world)))


@given(lasting_worlds)
@settings(max_examples=300, deadline=None)
def test_parts_part_nothing_that_is_told_together(world: list[Said]) -> None:
    """Told in parts, what knows no months comes to the same tallies as told all at once, and to the same parts of wholes."""

    def rows(made: Tallied) -> list[str]:
        return sorted(repr({k: v for k, v in row.items() if k != "block_id"}) for table in made for row in table)

    with patch.object(months, "name_part", lambda _: "all"):
        whole = rows(tally(world, RULES))
    assert rows(tally(world, RULES)) == whole


def test_a_number_told_from_month_to_month_is_no_chain() -> None:
    """What is told again in three months running is decided by none of them that lies further off than the law says."""
    days = (29, 41, 66, 95)  # 29 March, 10 April, 5 May, 3 June
    first, *later = [said("un", 30, day, name=str(day), period_start_date=None, period_end_date=None) for day in days]
    check_near(
        [first._replace(period_start_date=first.published_date, period_end_date=first.published_date), *later], 0
    )


def check_near(world: list[Said], chosen: int) -> None:
    """Compare the tallies of all figures with those of all but one, and with those of the months around that one, or of its part."""
    new = world[chosen]
    parts = {id(f): to_part(f, RULES.family(f), RULES) for f in world}
    part = parts[id(new)]
    made = tally(world, RULES)
    blocks = {name_block(new.block_id, p) for p in (decided(part) if isinstance(part, int) else [part])}
    if new.polarity == "DENIED":
        denied = {f.figure_id for f in world if is_taken_back(f, sort_denials([new]), RULES)}
        blocks |= {str(row["block_id"]) for row in made.figures if row["figure_id"] in denied}
    before, after = by_block(tally([f for f in world if f is not new], RULES)), by_block(made)
    assert {b: rows for b, rows in before.items() if b not in blocks} == {
        b: rows for b, rows in after.items() if b not in blocks
    }
    wanted = {read_block(block)[1] for block in blocks}
    needed = {p for n in wanted for p in (deciding(n) if isinstance(n, int) else [n])}
    kept = [f for f in world if f.block_id == new.block_id]
    window = [f for f in kept if parts[id(f)] in needed or f.polarity == "DENIED"]
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
    check_near([first, denial], 0)
    check_near([first, denial], 1)


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
    """With the two sides' names swapped, also as their countries', the tallies are the same with the names swapped."""

    def swap(value: str | None) -> str | None:
        return SIDES.get(value or "", value)

    columns = ("actor_code", "target_code", "party_code", "source_name", "country_code")
    swapped = [Said(**(f._asdict() | {c: swap(getattr(f, c)) for c in columns})) for f in world]

    def shown(made: Tallied, *, is_swapped: bool) -> list[str]:
        names, ids = ("actor_code", "target_code", "country_code"), ("tally_id", "block_id")
        rows = [
            {k: swap(v) if is_swapped and k in names else v for k, v in row.items() if k not in ids}  # type: ignore[arg-type]
            for row in made.tallies
        ]
        return sorted(map(repr, rows))

    assert shown(tally(world, RULES), is_swapped=True) == shown(tally(swapped, RULES), is_swapped=False)
