"""What one report tells with less, or with another word, than those of its event: dozens, prisoners, rockets, weapons of a night."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.reports import OPEN, REGION, RULES, START, said, span
from transforms.tallying.tallies import tally

WIDE: dict[str, Any] = {"place_name": "Ukraine", "place_id": None, "place_precision": 6}
LATER: dict[str, Any] = dict.fromkeys(("period_start_date", "period_end_date"), date(2026, 3, 4))
LVIV: dict[str, Any] = {"place_name": "Lviv", "place_id": "702550"}
DOZENS: dict[str, Any] = {
    "modifier": "VAGUE", "low": 24, "low_base": 24, **dict.fromkeys(("best", "best_base", "high", "high_base")),
}  # fmt: skip
NIGHT: dict[str, Any] = {"metric_code": "WPN_LAUNCHED", **WIDE}


@pytest.mark.parametrize(
    ("quote", "others", "joined_by"),
    [
        ("dozens of prisoners", [said("un", 53, quote="53 POWs")], "same_people"),
        ("dozens of people", [said("un", 53, quote="53 POWs")], "same_number"),
        ("dozens of prisoners", [said("un", 53, quote="53 people")], "same_number"),
        ("dozens of prisoners", [said("un", 530, quote="530 POWs")], "same_number"),
        (
            "dozens of prisoners",
            [said("un", 53, quote="53 POWs"), said("un", 60, quote="60 POWs", **LVIV)],
            "same_number",
        ),
    ],
)
def test_dozens_of_a_sort_of_people(quote: str, others: list[Any], joined_by: str) -> None:
    """Dozens of prisoners, told days later of no place, are of the only event that killed as many prisoners."""
    vague = said("own", 24, 9, name="vague", quote=quote, **DOZENS, **WIDE, **OPEN)
    (row,) = [row for row in tally([*others, vague], RULES).figures if row["figure_id"] == "f-vague"]
    assert row["joined_by"] == joined_by


@pytest.mark.parametrize(
    ("place", "n"),
    [
        ({"place_name": "Izium", "place_id": "707292"}, 1),
        (LVIV, 2),
        ({"place_name": "Gaza", "place_id": "281133", "country_code": "PSE"}, 2),
    ],
)
def test_dozens_of_prisoners_of_another_town(place: dict[str, Any], n: int) -> None:
    """Dozens of prisoners told of a town of the region are those of its only such event; of another region or country, others."""
    vague = said("own", 24, 9, name="vague", quote="dozens of prisoners", **DOZENS, **place, **OPEN)
    assert len(tally([said("un", 53, quote="53 POWs"), vague], RULES).tallies) == n


@pytest.mark.parametrize(
    ("told", "n"),
    [
        ([said("own", 23, **REGION)], 1),
        ([said("own", 12, 3, **REGION, **OPEN)], 1),
        ([said("own", 43, **REGION)], 2),
        ([said("own", 23, **REGION | {"place_id": "702549", "place_name": "Lviv region"})], 2),
        ([said("own", 23, **REGION), said("isw", 30, place_id="707292", place_name="Izium")], 3),
    ],
)
def test_a_regions_toll_is_of_its_town(told: list[Any], n: int) -> None:
    """23 dead of the Kharkiv region, of one day, are the 21 of its town; not where another region is named, or far more are told."""
    assert len(tally([said("un", 21), *told], RULES).tallies) == n


@pytest.mark.parametrize(("number", "n"), [(59, 1), (20, 2), (590, 2)])
def test_a_number_joins_dozens(number: int, n: int) -> None:
    """A number told later without a day is of the event of which so far dozens are told, if it is some dozens."""
    assert len(tally([said("un", 24, **DOZENS), said("own", number, 3, **OPEN)], RULES).tallies) == n


@pytest.mark.parametrize(("other", "n"), [("ROCKET", 1), ("MISSILE_CRUISE", 1), ("DRONE", 2)])
def test_papers_call_missiles_rockets(other: str, n: int) -> None:
    """Seven dead by a rocket are the seven by a missile, not those by a drone."""
    told = [said("un", 7, weapon_class="MISSILE"), said("UKR", 7, 2, weapon_class=other, **OPEN)]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [
        ({"weapon_class": "MISSILE"}, {"weapon_class": "MISSILE_CRUISE"}, 1),
        ({"weapon_class": "DRONE"}, {"weapon_class": "DRONE", "weapon_code": "Shahed-136"}, 1),
        ({"weapon_class": "MISSILE_BALLISTIC"}, {"weapon_class": "MISSILE_CRUISE"}, 2),
        (
            {"weapon_class": "DRONE", "weapon_code": "Gerbera"},
            {"weapon_class": "DRONE", "weapon_code": "Shahed-136"},
            2,
        ),
    ],
)
def test_a_nights_report_may_tell_less_of_the_weapon(one: dict[str, Any], other: dict[str, Any], n: int) -> None:
    """30 missiles are the 30 cruise missiles of the night; cruise and ballistic ones are two things."""
    assert len(tally([said("un", 30, **NIGHT, **one), said("UKR", 30, **NIGHT, **other)], RULES).tallies) == n


@pytest.mark.parametrize(
    ("first", "number", "later", "n"),
    [
        (300, 520, {"sites": "theatre"}, 1),
        (300, 520, {"sites": "theater,station"}, 1),
        (300, 520, {"sites": "station"}, 2),
        (300, 520, {"sites": ""}, 2),
        (300, 520, {"sites": "theatre", **LVIV}, 2),
        (300, 990, {"sites": "theatre"}, 2),
        (30, 52, {"sites": "theatre"}, 2),
    ],
)
def test_a_site_of_a_town_within_a_week(first: int, number: int, later: dict[str, Any], n: int) -> None:
    """520 dead of a theatre, told of another day of the week, are the 300 of that town's theatre; not of a station, another town, far more, or few."""
    told = [said("un", first, sites="theatre"), said("own", number, 4, **LATER | later)]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(("numbers", "n"), [((46, 25), 2), ((25, 20), 1), ((46, 46), 1)])
def test_groups_that_one_source_tells_apart(numbers: tuple[int, int], n: int) -> None:
    """Of people moved from one place on one day, 46 and 25 of one source in one article are two groups, and who tells of 25 tells of the second."""
    moved: dict[str, Any] = {"metric_code": "DSP_EVACUATED", "article_id": "a", "version_id": "a"}
    one, other = (said("RUS", number, name=f"{i}", **moved) for i, number in enumerate(numbers))
    rows = tally([one, other, said("un", numbers[1], metric_code="DSP_EVACUATED")], RULES).figures
    things = [row["tally_id"] for row in sorted(rows, key=lambda row: str(row["figure_id"]))]
    assert len(set(things)) == n
    assert things[1] == things[2]


@pytest.mark.parametrize(("told", "n"), [(8, 1), (9, 2)])
def test_last_week_said_on_its_last_day(told: int, n: int) -> None:
    """Dozens "last week", said on a Sunday, may be those of the Friday before it; said on the Monday they are of the week told."""
    week: dict[str, Any] = {"period_start_date": date(2026, 2, 23), "period_end_date": date(2026, 3, 1)}
    friday: dict[str, Any] = dict.fromkeys(("period_start_date", "period_end_date"), date(2026, 3, 6))
    vague = said("own", 24, told, **DOZENS, **week)
    assert len(tally([said("un", 53, **friday), vague], RULES).tallies) == n


def test_a_month_told_long_after_is_near_its_days() -> None:
    """What was told in August of 53 dead "in March" joins the event of March, whose number it is not far from."""
    month: dict[str, Any] = {"period_start_date": date(2026, 3, 1), "period_end_date": date(2026, 3, 31)}
    assert len(tally([said("un", 53), said("own", 60, 160, **month)], RULES).tallies) == 1


@pytest.mark.parametrize(("days", "n"), [(30, 1), (9, 2)])
def test_a_toll_of_some_weeks_is_the_undated_one(days: int, n: int) -> None:
    """447 bodies found in a month are the 440 of that place that are told without a day within it, and not of days long before."""
    month = said("own", 447, 32, period_end_date=START + timedelta(days=days))
    assert len(tally([said("un", 440, 20, **OPEN), said("isw", 440, 21, **OPEN), month], RULES).tallies) == n


@pytest.mark.parametrize(("rough", "best"), [(2400, 2439.0), (900, 900.0), (2000, 2000.0)])
def test_a_claim_that_others_round_is_no_mere_claim(rough: int, best: float) -> None:
    """2,439 captured, by the word of who took them, stands where others tell of more than 2,400; not where they tell of more than 900."""
    taken: dict[str, Any] = {"metric_code": "DET_CAPTURED"}
    floor = {"modifier": "GE", "high": None, "high_base": None}
    told = [said("RUS", 2439, **taken), said("un", rough, 2, **floor, **taken)]
    assert [row["best"] for row in tally(told, RULES).tallies] == [best]


@pytest.mark.parametrize(
    ("other", "is_contested"),
    [
        ({"source_name": "newspaper Kharkiv Today"}, True),
        ({"source_name": "witnesses"}, False),
        ({"source_name": "newspaper Kharkiv Today", "article_id": "b", "version_id": "b"}, False),
    ],
)
def test_two_bodies_side_by_side_contest(other: dict[str, Any], is_contested: bool) -> None:
    """The army's 11 dead and a newspaper's 22, in one article and of no day, contest; 22 of witnesses, or of another article later, do not."""
    article: dict[str, Any] = {"article_id": "a", "version_id": "a", **OPEN}
    told = [said("un", 11, 1), said("RUS", 11, 2, **article), said("paper", 22, 2, **article | other)]
    assert [row["is_contested"] for row in tally(told, RULES).tallies if row["best"] in {11, 22}] == [is_contested]


def test_bodies_handed_over_on_a_day_are_one() -> None:
    """1,212 bodies of soldiers, and as many of whom nobody says who they were, are those of one day, whichever country is named."""
    bodies: dict[str, Any] = {"metric_code": "CAS_BODIES_RETURNED"}
    russia = WIDE | {"place_name": "Russia", "country_code": "RUS"}
    told = [said("UKR", 1212, victim="MILITARY", **bodies), said("RUS", 1212, **bodies, **russia)]
    assert len(tally(told, RULES).tallies) == 1


@pytest.mark.parametrize(
    ("vague", "n"),
    [
        ({"sites": "market"}, 1),
        ({"sites": "market", "published_date": START + timedelta(days=9)}, 2),
        ({"sites": "mosque"}, 2),
        ({"sites": "market", "country_code": "SDN"}, 2),
    ],
)
def test_dozens_at_a_kind_of_site(vague: dict[str, Any], n: int) -> None:
    """Dozens killed at a market of a country are the 54 of the only market of that week and country."""
    told = [said("un", 54, sites="market"), said("own", 24, 3, **DOZENS | WIDE | OPEN | vague)]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(
    ("place", "more", "n"),
    [(WIDE, [], 1), (LVIV, [], 2), (WIDE | span(5, 5), [], 2), (WIDE, [said("un", 9, version_id="v2", **LVIV)], 2)],
)
def test_the_wounded_beside_the_dead_of_an_article(place: dict[str, Any], more: list[Any], n: int) -> None:
    """Eight wounded of no place and no other day are of the event whose dead their article tells, where it tells of no other's."""
    told = [
        said("un", 31, version_id="v1"),
        said("un", 7, name="x", metric_code="CAS_INJURED", sentence_id="s-un-31-1"),
        said("isw", 34, version_id="v2"),
        said("isw", 8, version_id="v2", metric_code="CAS_INJURED", **place),
        *more,
    ]
    hurt = [row for row in tally(told, RULES).tallies if row["metric_code"] == "CAS_INJURED"]
    assert len(hurt) == n


@pytest.mark.parametrize(
    ("numbers", "country", "n"), [((492, 558), "UKR", 1), ((42, 55), "UKR", 2), ((492, 558), "SDN", 2)]
)
def test_a_countrys_great_toll_of_a_day(numbers: tuple[int, int], country: str, n: int) -> None:
    """492 and 558 dead of one country and day are one toll; dozens may be those of two places, and another country's are others."""
    told = [said("un", numbers[0], **WIDE), said("isw", numbers[1], 2, **WIDE | {"country_code": country})]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(("stranger", "n"), [([], 1), ([said("isw", 60, **WIDE)], 1), ([said("isw", 60)], 2)])
def test_an_earlier_number_told_beside_a_later_one(stranger: list[Any], n: int) -> None:
    """Thirty of the first days are no part of the 60 of which an article later tells beside them; they are if sixty of that place were told at once."""
    later: dict[str, Any] = {"article_id": "a", "version_id": "a", **OPEN}
    told = [said("UKR", 30), said("own", 30, 4), said("un", 60, 20, **later), said("own", 30, 20, name="z", **later)]
    things = {row["tally_id"] for row in tally([*told, *stranger], RULES).tallies}
    assert len(things) == n


def test_all_the_dead_of_a_sentence_are_the_most() -> None:
    """The 35 and the 50 children stand beside 492 and 558 dead, who are one event's, and not beside the 94 women among these."""
    of_day: dict[str, Any] = {**WIDE}
    child: dict[str, Any] = {"victim": "CHILD", **of_day}
    one: dict[str, Any] = {"sentence_id": "s1", "version_id": "v1"}
    two: dict[str, Any] = {"sentence_id": "s2", "version_id": "v2"}
    told = [
        said("un", 492, **one, **of_day),
        said("un", 35, **one, **child),
        said("un", 558, 2, **two, **of_day),
        said("un", 94, 2, counted="women", **two, **of_day),
        said("un", 50, 2, **two, **child),
    ]
    assert len([row for row in tally(told, RULES).tallies if row["victim"] == "CHILD"]) == 1


@pytest.mark.parametrize(("number", "n"), [(40, 1), (400, 2), (9, 2)])
def test_dozens_of_wounded_beside_the_dead_of_one_event(number: int, n: int) -> None:
    """40 wounded and dozens, each beside the same event's dead, are one number; 400, or nine, are not."""
    hurt: dict[str, Any] = {"metric_code": "CAS_INJURED"}
    told = [
        said("un", 31, sentence_id="s1"),
        said("un", 24, name="x", sentence_id="s1", **DOZENS, **OPEN, **hurt),
        said("isw", 31, sentence_id="s2"),
        said("isw", number, sentence_id="s2", **WIDE, **hurt),
    ]
    assert len([row for row in tally(told, RULES).tallies if row["metric_code"] == "CAS_INJURED"]) == n


@pytest.mark.parametrize(("second", "n"), [("MILITARY", 1), (None, 2)])
def test_soldiers_of_whom_one_report_says_so(second: str | None, n: int) -> None:
    """63 soldiers told without a day are the later 89 of that place, of whom but one of two reports says that they were soldiers."""
    told = [
        said("RUS", 63, victim="MILITARY", **OPEN),
        said("own", 89, 3, **OPEN),
        said("RUS", 89, 3, name="z", victim=second, **OPEN),
    ]
    assert len(tally(told, RULES).tallies) == n


@pytest.mark.parametrize(("number", "is_event"), [(400, True), (900, False)])
def test_a_strike_on_many_soldiers_of_a_town(number: int, is_event: bool) -> None:
    """400 soldiers killed at a town may be one event's; 900 are a total."""
    (row,) = tally([said("UKR", number, victim="MILITARY", **OPEN)], RULES).figures
    assert (row["joined_by"] != "war_total") == is_event


@pytest.mark.parametrize("numbers", [(300, 100), (100, 300)])
def test_a_group_beside_a_greater_one_is_never_added_to_it(numbers: tuple[int, int]) -> None:
    """Of 300 and 100 people moved, by one source in one article, the hundred may be of the 300: a part."""
    moved: dict[str, Any] = {"metric_code": "DSP_EVACUATED", "article_id": "a", "version_id": "a"}
    told = [said("RUS", number, name=f"{i}", **moved) for i, number in enumerate(numbers)]
    assert [row["why"] for row in tally(told, RULES).parts] == ["WITHIN"]


@pytest.mark.parametrize(
    ("other", "n"),
    [({"target_code": "RUS", "actor_code": "UKR"}, 2), ({"country_code": "SDN"}, 2), ({}, 1)],
)
def test_great_tolls_of_a_day_without_a_place(other: dict[str, Any], n: int) -> None:
    """200 and 190 dead of a day, of no town, are one toll; another side's or another country's are not."""
    assert len(tally([said("un", 200, **WIDE), said("isw", 190, 2, **WIDE | other)], RULES).tallies) == n


@pytest.mark.parametrize("other", [{"country_code": "RUS"}, {"victim": "MILITARY"}])
def test_wounded_of_another_land_or_soldiers_beside_the_dead(other: dict[str, Any]) -> None:
    """Fourteen wounded of another country, or soldiers, told beside Kharkiv's dead are not Kharkiv's nine."""
    hurt: dict[str, Any] = {"metric_code": "CAS_INJURED"}
    told = [
        said("un", 11, version_id="v"),
        said("un", 9, version_id="v", sentence_id="s-un-11-1", **hurt),
        said("isw", 14, version_id="v", **WIDE | other, **hurt),
    ]
    assert len([row for row in tally(told, RULES).tallies if row["metric_code"] == "CAS_INJURED"]) == 2


def test_a_slip_of_a_day_leaves_an_event_dated() -> None:
    """Twelve dead of two days, and of the third, do not swallow the nine of the fourth."""
    nine = [said(who, 9, 5, name=f"n{who}", **span(4, 4)) for who in ("un", "isw", "own", "UKR")]
    assert len(tally([said("un", 12, **span(1, 2)), said("isw", 12, 3, **span(3, 3)), *nine], RULES).tallies) == 2


@pytest.mark.parametrize(
    ("quote", "number", "n"),
    [
        ("two Norwegian nurses", 2, 2),
        ("two Americans", 2, 1),
        ("two veterans", 2, 1),
        ("three veterans", 3, 2),
        ("two Britons", 2, 2),
    ],
)
def test_prisoners_of_one_nation_are_a_group(quote: str, number: int, n: int) -> None:
    """Two Americans told without a day, and again, are one group, few as they are, and so are two veterans; Britons and strangers are others."""
    freed: dict[str, Any] = {
        "metric_code": "DET_EXCHANGED",
        "place_name": None,
        "place_id": None,
        "place_precision": None,
        **OPEN,
    }
    told = [said("un", 2, quote="two U.S. pilots", **freed), said("isw", number, 3, quote=quote, **freed)]
    assert len(tally(told, RULES).tallies) == n


def test_captured_soldiers_are_prisoners() -> None:
    """Scores of captured soldiers are the 53 prisoners of war of one prison."""
    told = [said("un", 53, quote="53 prisoners of war", sites="prison"), said("own", 40, 20, quote="scores of captured soldiers", modifier="VAGUE", number_form="VAGUE", best=None, high=None, best_base=None, high_base=None, **OPEN, place_name="Ukraine", place_id=None, place_precision=6)]  # fmt: skip
    assert len(tally(told, RULES).tallies) == 1


@pytest.mark.parametrize(("place", "n"), [("Sumy", 2), ("Kharkiv", 1)])
def test_a_regions_number_is_of_no_town_elsewhere(place: str, n: int) -> None:
    """Seven dead of a region, told without a day, are not the seven of a town of another region."""
    towns: dict[str, dict[str, Any]] = {"Sumy": {"place_name": "Sumy", "place_id": "692194"}, "Kharkiv": {}}
    told = [
        said("un", 7, **towns[place]),
        said("own", 7, 2, place_name="Kharkiv region", place_id="706482", place_precision=4, **OPEN),
    ]
    assert len(tally(told, RULES).tallies) == n


def test_a_report_without_a_day_meets_the_event_before_another_report() -> None:
    """Three dead of a hospital, told later without a day, are of its event, though a paper's six stand nearer."""
    hospital: dict[str, Any] = {"sites": "maternity hospital"}
    told = [said("un", 3, **hospital), said("UKR", 3, **hospital), said("own", 3, 20, **hospital, **OPEN)]
    homes = {row["figure_id"]: row["tally_id"] for row in tally([*told, said("isw", 6, 22, **OPEN)], RULES).figures}
    assert homes["f-un-3-1"] == homes["f-own-3-20"]


@pytest.mark.parametrize(("number", "best"), [(200, 316), (400, None)])
def test_a_later_vague_word_of_one_source(number: int, best: float | None) -> None:
    """Hundreds, said after 316 by the same source, take nothing from it; "over 400" does."""
    later: dict[str, Any] = {"modifier": "VAGUE", "number_form": "VAGUE", "best": None, "high": None, "best_base": None, "high_base": None}  # fmt: skip
    (row,) = tally([said("UKR", 316), said("UKR", number, 2, **later)], RULES).tallies
    assert row["best"] == best


@pytest.mark.parametrize(("number", "best"), [(316, 316), (5000, None)])
def test_hundreds_are_no_thousands(number: int, best: float | None) -> None:
    """Hundreds said after 5,000 by the same source are another number, and of a level a newer one."""
    later: dict[str, Any] = {"modifier": "VAGUE", "number_form": "VAGUE", "best": None, "high": None, "best_base": None, "high_base": None}  # fmt: skip
    told = [said("UKR", number), said("UKR", 200, 2, **later)]
    assert next(row["best"] for row in tally(told, RULES).tallies if row["n_figures"] == len(told)) == best
