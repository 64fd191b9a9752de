"""Words of speakers prove themselves, and reading who and by whose word stays linear and never raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeds.circumstances import Actor, SpeakerWord
from seeds.loader import load_seeds
from transforms.attribution import find_quotes
from transforms.reading import Reader

READER = Reader(load_seeds())
CODES = set(load_seeds().of(Actor))
WORDS = (
    "said told according to citing Kyiv Moscow Russia Ukraine 5 40 drones killed launched by of and , . \" “ ” ' ( ) he"
    " the officials which that was were shot down US attack on Lviv claimed as"
).split()


@pytest.mark.parametrize("entry", load_seeds().of(SpeakerWord).values(), ids=lambda entry: entry.code)
def test_speaker_words(entry: SpeakerWord) -> None:
    """The source of an example's last figure is the one that the seed says."""
    for text, source in entry.examples.items():
        attributions = READER.read(text).figures[-1].attributions
        assert attributions, text
        assert attributions[0].source_name == source
    for text in entry.counterexamples:
        assert not any(figure.attributions for figure in READER.read(text).figures), text


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_any_order_of_words_is_read(text: str) -> None:
    """No order of words raises; each code of a party is one of the seeds', each cue is verbatim, hops have no gap."""
    for figure in READER.read(text).figures:
        for joined in (figure.actor_code, figure.target_code):
            assert joined is None or set(joined.split("/")) <= CODES
        for hop, attribution in enumerate(figure.attributions):
            assert attribution.hop == hop
            assert attribution.source_name
            assert attribution.cue == text[attribution.cue_start : attribution.cue_end]


@given(st.text(alphabet="ab. ,\"“”'’‘\n5", max_size=80))
def test_quotations_are_in_order(text: str) -> None:
    """Quotations are within the text, not empty, in order, and none overlaps the next."""
    end = 0
    for start, stop in find_quotes(text):
        assert end <= start < stop <= len(text)
        end = stop


@pytest.mark.parametrize("unit", ["said 5 tanks by Russia ", "killed 5 ", '"5 men," he said. ', "Russia shot 5 of "])
def test_time_grows_linearly(unit: str) -> None:
    """Four times the text takes at most about four times the time, with or without ends of sentences."""
    spent = []
    for n in (250, 1000):
        start = time.process_time()
        READER.read(unit * n)
        spent.append(time.process_time() - start)
    assert spent[1] < 10 * spent[0] + 0.2  # seconds; quadratic would be 16 times
