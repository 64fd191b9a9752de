"""Laws of reading that hold for any text whatever."""

from __future__ import annotations

import gc
import re
import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeds.kinds import Numeral, Refused
from seeds.loader import load_seeds
from transforms.reading import Reader

SEEDS = load_seeds()
READER = Reader(SEEDS)
WORDS = sorted(
    {w for n in SEEDS.of(Numeral).values() for w in [*n.written, *n.plural] if w.isalpha()}
    | {w for n in SEEDS.of(Numeral).values() for w in n.ordinal if w != "second"}
    | {w for w in SEEDS.of(Refused)["VAGUE_NO_RULE"].phrases if " " not in w},
)
NUMBER = re.compile(r"\d+|(?<![^\W\d_])(?:" + "|".join(WORDS) + r")(?![^\W\d_]|['’][^\W\d_])", re.IGNORECASE)
PIECES = st.sampled_from(
    [
        *WORDS, "5", "1,200.5", "24.02.2022", "2014", "12,34", "3.7", "1/2", "½", "007", "+44 20 7946 0018", "-", "–", "—",
        "(", ")", "[", "“", "”", ".", ",", "\n", " ", "/", ":", "%", "$", "€", "to", "and", "or", "between", "of", "a", "an",
        "the", "at least", "more than", "people", "killed", "drones", "million", "bn", "km", "square miles", "years", "ago",
        "in", "per", "month", "May", "Feb.", "Monday", "a.m.", "Su-", "Article", "s", "th", "’s", "was", "who", "shot down",
        "a missile", "hit", "Kyiv", "each", "half", "and a half", "in the past", "İ", "ﬁ", "\u202f", "\x00", "٣", "²", "http://x.y/1",
        "\nRead more: five dead in 2014\n", "\nSign up to our newsletter, each day at 7 p.m.\n", "\n3 min read\n",
    ],
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join)
)
MEGABYTE = 1_000_000
SECONDS_PER_MEGABYTE = 1.0  # on an idle core
ROOM = 15  # times that: every paragraph holds figures and speakers, and the machine may be busy


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_quotes_are_the_text(text: str) -> None:
    """text[start:end] is the quote, the number lies within its quote, and the quote within its sentence."""
    reading = READER.read(text)
    for figure in reading.figures:
        assert text[figure.quote_start : figure.quote_end] == figure.quote
        assert figure.quote_start <= figure.number_start < figure.number_end <= figure.quote_end
        assert figure.sentence_start <= figure.quote_start <= figure.quote_end <= figure.sentence_end
    for refusal in reading.refusals:
        assert text[refusal.number_start : refusal.number_end] == refusal.quote


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_every_number_is_read_or_refused_once(text: str) -> None:
    """Every digit run and number word lies in exactly one number span of a figure or a refusal."""
    reading = READER.read(text)
    spans = [(f.number_start, f.number_end) for f in reading.figures]
    spans = sorted(spans + [(r.number_start, r.number_end) for r in reading.refusals])
    for match in NUMBER.finditer(text):
        holders = [span for span in spans if span[0] <= match.start() and match.end() <= span[1]]
        assert len(holders) == 1, (match.group(), text[max(0, match.start() - 20) : match.end() + 20], holders)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_bounds_are_ordered_and_finite(text: str) -> None:
    """Low <= best <= high among those that are stated, in the unit and in its base; one of them is stated."""
    for figure in READER.read(text).figures:
        for triple in ((figure.low, figure.best, figure.high), (figure.low_base, figure.best_base, figure.high_base)):
            stated = [v for v in triple if v is not None]
            assert stated
            assert stated == sorted(stated)
            assert all(abs(v) < float("inf") for v in stated)


PARAGRAPH = (
    "The mayor of Orikhiv said that the market had opened again and that trains would run along the old line. At least five"
    " people were killed and 30 injured near the river on 5 May, the governor wrote. Nobody knew when the school would get new"
    " windows, and the roofs of the houses by the mill were still covered with sheets that a charity had sent.\n"
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PARAGRAPH * (MEGABYTE // len(PARAGRAPH)), id="article"),
        pytest.param("7" * MEGABYTE, id="digits"),
        pytest.param("1,234," * (MEGABYTE // 6), id="grouped digits"),
        pytest.param("(" * (MEGABYTE // 2) + "5" + ")" * (MEGABYTE // 2), id="brackets"),
        pytest.param("-" * MEGABYTE, id="hyphens"),
    ],
)
def test_a_megabyte_takes_a_second(text: str) -> None:
    """Neither a megabyte of news nor a million digits nor nested brackets take more than seconds: no step looks back without bound."""
    assert seconds(text) < ROOM * SECONDS_PER_MEGABYTE * len(text) / MEGABYTE


@pytest.mark.parametrize(
    "piece",
    [
        "five ", "1 234 ", "two hundred ", "hundreds of ", "a man and ", "a missile hit ", "\n1.", "5-", "at least ", "$", "both ",
        "a woman was killed, ", "- ", "half of ", "in 2014 ", "7 people. ", "% ", "“5” ", "of the ", "one and ", "((5) ", "km/h ",
    ],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    """Eight times the text takes about eight times as long, though it all be one sentence."""
    short = min(seconds(piece * SHORT) for _ in range(3))
    bound = 3 * GROWTH * short + FLOOR
    assert any(seconds(piece * SHORT * GROWTH) < bound for _ in range(2))


def test_reading_makes_no_cycles() -> None:
    """What reading leaves behind is freed at once, so that no process need look for cycles (COLLECT_AFTER)."""
    gc.collect()
    gc.disable()
    try:
        for published in (None, date(2026, 2, 18)):
            READER.read(PARAGRAPH * 20, published)
        assert gc.collect() == 0
    finally:
        gc.enable()


SHORT, GROWTH = 250, 8  # pieces of the short text; the long one has eight times as many
FLOOR = 0.05  # seconds: below it clocks and caches tell, not the reader


def seconds(text: str) -> float:
    """Return the processor time that a text takes."""
    started = time.process_time()
    READER.read(text)
    return time.process_time() - started


@pytest.mark.parametrize(
    "box",
    [
        "Sign up to The Evening Brief: our newsletter comes to you each day at 7pm GMT",
        "Related: Rocket launchers: what else America sends Ukraine after 90 days of war",
        "Read more: Kharkiv, 4 June: nine drones shot down by the air force",
    ],
)
def test_furniture_says_nothing_of_its_neighbours(box: str) -> None:
    """A sign-up box or teaser gives no figure, and neither day nor place nor party to those around it."""
    before = "Ukraine’s forces in Sievierodonetsk took eight Russians prisoner, the regional governor said."
    after = "The fight for the city goes on, and 90 artillery pieces have been given to Ukraine."
    day = date(2022, 6, 5)
    found = [READER.read(f"{before}\n{between}{after}", day).figures for between in ("", f"{box}\n")]
    told = [[(f.quote, f.place_name, f.period_edtf, f.actor_code, f.target_code) for f in figures] for figures in found]
    assert len(told[0]) == 2
    assert told[0] == told[1]
