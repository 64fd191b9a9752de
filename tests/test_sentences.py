"""Runs tests/sentences/*.toml: one file a phenomenon, one block a sentence, and what is read from it.

    [[sentence]]
    text = "At least five people were killed and 30 injured overnight, the mayor said."
    published = 2026-02-18                  # optional: the day that relative words resolve against
    figures = [
      { quote = "five", span = "At least five people", low = 5, best = 5, high = "null", metric_code = "CAS_KILLED" },
      { quote = "30", modifier = "GE", is_modifier_inherited = true },
    ]
    none = ["overnight"]                    # optional: words that hold no figure's number
    refused = { "2022" = "YEAR" }           # optional: numbers that are refused, with the reason

`quote` finds the figure whose number lies within these words of the text (`n = 2`: their second occurrence; a bare
singular's number is its article, "a"); `span` is the figure's whole quote. Every other key is a column of the table
`figures`, compared as text with its TOML value; "null" is null. Columns of the origin (hop 0) of its attributions are
written `source_name`, `source_id`, `party_code`, `role`, `cue`. Figures of the sentence that are not listed are not
looked at.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seeds.loader import load_seeds
from transforms.reading import Reader

if TYPE_CHECKING:
    from transforms.figures import Figure, Reading

FOLDER = Path(__file__).parent / "sentences"
ORIGIN = {"source_name", "source_id", "party_code", "role", "cue", "scope"}
CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["sentence"]
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Return a reader over all seeds."""
    return Reader(load_seeds())


def occurrence(text: str, words: str, n: int) -> tuple[int, int]:
    """Return the span of the n-th occurrence of words in a text."""
    start = -1
    for _ in range(n):
        start = text.index(words, start + 1)
    return start, start + len(words)


def found(reading: Reading, text: str, words: str, n: int = 1) -> list[Figure]:
    """Return the figures whose numbers lie within the n-th occurrence of some words."""
    start, end = occurrence(text, words, n)
    return [f for f in reading.figures if start <= f.number_start and f.number_end <= end]


def value(figure: Figure, column: str) -> object:
    """Return a figure's column, or a column of its origin."""
    if column == "span":
        return figure.quote
    if column in ORIGIN:
        return getattr(figure.attributions[0], column) if figure.attributions else None
    return getattr(figure, column)


def alike(wanted: object, read: object) -> bool:
    """Compare a TOML value with a column: "null" is null, numbers by value, all else as text."""
    if read is None or wanted == "null":
        return read is None and wanted == "null"
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return isinstance(read, int | float) and float(read) == pytest.approx(float(wanted), rel=1e-5)
    return str(wanted) == str(read)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{phenomenon}: {case['text'][:60]}") for phenomenon, case in CASES]
)
def test_sentence(case: dict[str, Any], reader: Reader) -> None:
    """A sentence reads as its block says, and nothing is read from what must not be."""
    text = case["text"]
    reading = reader.read(text, case.get("published"))
    for row in case.get("figures", []):
        quote, n = row["quote"], row.get("n", 1)
        figures = found(reading, text, quote, n)
        assert len(figures) == 1, f"{quote!r}: {len(figures)} figures, refused: {reading.refusals}"
        wanted = {k: v for k, v in row.items() if k not in {"quote", "n"}}
        wrong = {k: (v, value(figures[0], k)) for k, v in wanted.items() if not alike(v, value(figures[0], k))}
        assert not wrong, f"{quote!r}: (wanted, read) {wrong}"
    for words in case.get("none", []):
        assert not found(reading, text, words), f"{words!r} was read as a figure"
    for words, reason in case.get("refused", {}).items():
        start, end = occurrence(text, words, 1)
        reasons = [r.reason for r in reading.refusals if start <= r.number_start and r.number_end <= end]
        assert set(reasons) == {reason}, f"{words!r}: {reasons}"


def test_a_text_may_break_off_anywhere(reader: Reader) -> None:
    """Feeds cut their texts short: whatever its last word, a text is read."""
    for _, case in CASES:
        text = case["text"]
        for word in re.finditer(r"\S+", text):
            reader.read(text[: word.end()], case.get("published"))


@pytest.mark.parametrize(
    ("text", "is_noted"),
    [
        ("Ukraine fired 12 Iranian-made drones at a ship.", True),
        ("Ukraine fired 12 purpose-built drones at a ship.", False),  # no maker is named
        ("Ukraine received 12 German-supplied boats.", False),  # who supplied them gave them
    ],
)
def test_make_is_noted_of_a_maker_alone(text: str, is_noted: bool, reader: Reader) -> None:
    """The steps to an actor say that a make is not its own only where another's make is named."""
    (figure,) = reader.read(text).figures
    assert any(step.rule == "not whose make it is" for step in figure.steps) is is_noted
