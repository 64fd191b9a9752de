"""Time expressions and periods: the words of time prove themselves, and what must hold of every text and day holds."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.circumstances import TimeWord
from seeds.loader import load_seeds
from transforms.periods import Periods, to_precision
from transforms.reading import Reader

PUBLISHED = date(2026, 2, 18)  # a Wednesday: the day that seeds/times.toml names
PERIODS = Periods(load_seeds())
READER = Reader(load_seeds())
WORDS = [
    *sorted(form for word in load_seeds().of(TimeWord).values() for form in word.written),
    *"the a of in on at to until and between since by for - – , . : / ( ' s th 1 2 11 31 32 99 0 00 1,200 2.5 1.2.3 2022 2026 1990".split(),
]
TIMEXES = tomllib.loads(Path(__file__).with_name("timexes.toml").read_text("utf-8"))["sentence"]
RELATIVE = [
    "Six clinics were hit on Sunday.",
    "Six clinics were hit overnight.",
    "Six clinics were hit over the past day.",
    "Six clinics were hit between Wednesday and Sunday.",
    "Six clinics were hit last week.",
    "Six clinics were hit two days ago.",
    "Six clinics were hit yesterday.",
]


@pytest.mark.parametrize("word", [pytest.param(w, id=c) for c, w in load_seeds().of(TimeWord).items()])
def test_words_of_time(word: TimeWord) -> None:
    """Every example reads as its TIMEX3 value, and a counterexample holds no time expression."""
    for sentence, wanted in word.examples.items():
        values = [timex.value for timex in PERIODS.read_timexes(sentence, PUBLISHED)]
        assert wanted in values, f"{sentence!r}: {values}"
    for sentence in word.counterexamples:
        assert PERIODS.read_timexes(sentence, PUBLISHED) == []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["text"][:60]) for case in TIMEXES])
def test_time_expressions(case: dict[str, Any]) -> None:
    """The time expressions of a text read as the values of tests/timexes.toml."""
    assert [timex.value for timex in PERIODS.read_timexes(case["text"], PUBLISHED)] == case["values"]


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.dates(date(1950, 1, 1), date(2100, 1, 1)) | st.none())
def test_reading_time_never_raises(words: list[str], published: date | None) -> None:
    """Whatever stands in a text, time expressions are read from it, in order and apart from each other."""
    timexes = PERIODS.read_timexes(" ".join(words), published)
    for one, two in pairwise(timexes):
        assert one.start < one.end <= two.start


@pytest.mark.parametrize("text", RELATIVE)
@given(weeks=st.integers(-200, 200))
def test_relative_periods_move_with_publication(text: str, weeks: int) -> None:
    """Published a week later, what is told relative to that day is a week later."""
    shift = timedelta(weeks=weeks)
    (one,) = READER.read(text, PUBLISHED).figures
    (two,) = READER.read(text, PUBLISHED + shift).figures
    assert one.period_start_date is not None
    assert one.period_end_date is not None
    assert two.period_start_date == one.period_start_date + shift
    assert two.period_end_date == one.period_end_date + shift


@pytest.mark.parametrize("text", RELATIVE)
def test_nothing_is_guessed_without_publication(text: str) -> None:
    """Without a day of publication a relative period stays open, in every column."""
    (figure,) = READER.read(text, None).figures
    assert (figure.period_edtf, figure.period_start_date, figure.period_end_date) == (None, None, None)
    assert (figure.period_precision, str(figure.period_basis)) == (None, "NONE")


def test_precision_is_that_of_ucdp() -> None:
    """A day is 1, up to six days 2, a week 3, up to a month 4, longer or open 5."""
    day = date(2026, 2, 1)
    lengths = {1: 1, 2: 2, 6: 2, 7: 3, 8: 4, 31: 4, 32: 5}
    assert {n: to_precision(day, day + timedelta(days=n - 1)) for n in lengths} == lengths
    assert to_precision(day, None) == 5
