"""Every case of the rules' seeds, why reports are of one thing, and what becomes one tally, part of another, or none."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from seeds import load_seeds
from seeds.kinds import Family, Reconciling
from tests.reports import HELPED, OPEN, RULES, START, read_case, said
from transforms.tallying.tallies import Tallied, tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.tallying.said import Said

CASES = [
    pytest.param(kind.__name__, entry.code, case, str(result), id=f"{kind.file}/{entry.code}/{case}")
    for kind in (Reconciling, Family)
    for entry in load_seeds().of(kind).values()
    for case, result in entry.examples.items()
]
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
    "same_site": ([said("un", 300, sites="station")], said("own", 520, 4, sites="station", period_start_date=START + timedelta(days=3), period_end_date=START + timedelta(days=3))),
    "retold": ([said("un", 35)], said("own", 35, 25, **OPEN)),
    "echo": ([said("un", 24, article_id="a", version_id="a")], said("un", 24, name="b", article_id="a", version_id="a", **WIDE, **OPEN)),
    "one_sentence": (
        [said("un", 11, sentence_id="one"), said("un", 14, sentence_id="one", **WOUNDED), said("isw", 11, sentence_id="two", **LVIV)],
        said("isw", 15, sentence_id="two", **WOUNDED, **LVIV),
    ),
    "running_days": ([said("isw", 200, per_unit_code="d", kind="RATE")], said("isw", 200, 2, per_unit_code="d", kind="RATE")),
    "same_count": ([said("un", 222000, **HELPED)], said("isw", 222000, 5, **HELPED | {"kind": "CUM", "target_code": None})),
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


DOZENS: dict[str, Any] = {
    "modifier": "VAGUE",
    "low": 24,
    "low_base": 24,
    **dict.fromkeys(("best", "best_base", "high", "high_base")),
}
KHARKIV, ELSEWHERE = said("un", 53), said("un", 40, **LVIV)


@pytest.mark.parametrize(
    ("others", "place", "n"),
    [([KHARKIV], WIDE, 1), ([said("un", 530)], WIDE, 2), ([ELSEWHERE], {}, 2), ([KHARKIV, ELSEWHERE], WIDE, 3)],
)
def test_dozens_of_a_day_are_the_only_toll_that_they_may_be(others: list[Said], place: dict[str, Any], n: int) -> None:
    """Told of a country and a day, "dozens" join the one toll of that day that they fit; of two, of one far greater, none."""
    assert len(tally([*others, said("isw", 24, **DOZENS, **place)], RULES).tallies) == n
