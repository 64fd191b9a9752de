"""Seeds prove themselves: every example is read through its own entry, and no counterexample is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from seeds.loader import KINDS, load_seeds
from transforms.reading import Reader

if TYPE_CHECKING:
    from seeds.kinds import Entry
    from transforms.figures import Reading

PUBLISHED = None  # examples that need a day of publication stand in tests/sentences
ENTRIES = [
    pytest.param(kind, entry, id=f"{kind.file}/{code}")
    for kind in KINDS
    if kind.proves
    for code, entry in load_seeds().of(kind).items()
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Return a reader over all seeds."""
    return Reader(load_seeds())


def shown(reading: Reading, column: str, seed: str) -> list[object]:
    """Return what the figures or refusals that name a seed hold in a column.

    `best` falls back on `low`, then `high`: a vague number has no best.
    """
    if column == "reason":
        return [str(r.reason) for r in reading.refusals if r.seed == seed]
    values: list[object] = []
    for figure in reading.figures:
        if not any(step.seed == seed for step in figure.steps):
            continue
        if column == "best":
            values.append(next((v for v in (figure.best, figure.low, figure.high) if v is not None), None))
        elif hasattr(figure, column):
            values.append(getattr(figure, column))
        else:
            values += [getattr(a, column) for a in figure.attributions]
    return [v if isinstance(v, int | float) else str(v) for v in values]


@pytest.mark.parametrize(("kind", "entry"), ENTRIES)
def test_examples(kind: type[Entry], entry: Entry, reader: Reader) -> None:
    """Every example shows its value in the column that its kind proves, and names the entry in its steps."""
    for sentence, expected in entry.examples.items():
        values = shown(reader.read(sentence, PUBLISHED), kind.proves, f"{kind.file}/{entry.code}")
        wanted = pytest.approx(expected, rel=1e-5) if isinstance(expected, int | float) else expected
        assert any(v == wanted for v in values), f"{sentence!r}: wanted {expected!r}, read {values}"


@pytest.mark.parametrize(("kind", "entry"), ENTRIES)
def test_counterexamples(kind: type[Entry], entry: Entry, reader: Reader) -> None:
    """No counterexample is read through the entry."""
    for sentence in entry.counterexamples:
        values = shown(reader.read(sentence, PUBLISHED), kind.proves, f"{kind.file}/{entry.code}")
        assert not values, f"{sentence!r}: read {values}"


@pytest.mark.parametrize("kind", [k for k in KINDS if k.file != "times"], ids=lambda kind: kind.file)
def test_forms_have_one_owner(kind: type[Entry]) -> None:
    """No form is claimed by two entries of a kind; words of time alone may do two jobs ("last" week, to "last")."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for code, entry in load_seeds().of(kind).items():
        for form in getattr(entry, "written", []):
            owners[form].append(code)
    assert {form: codes for form, codes in owners.items() if len(codes) > 1} == {}


def test_a_verb_is_irregular_wherever_it_stands() -> None:
    """A verb whose past one seed writes out has it in every seed: "lose(lost) power", and nowhere "lose lives"."""
    verbs = {v for kind in KINDS for entry in load_seeds().of(kind).values() for v in written_verbs(entry.model_dump())}
    irregular = {verb.partition("(")[0].split()[-1] for verb in verbs if "(" in verb} - {
        "burn",
        "commit",
        "ship",
    }  # which are both
    assert "lose" in irregular
    assert not sorted(verb for verb in verbs if "(" not in verb and verb.split()[0] in irregular)


def written_verbs(value: object, key: str = "") -> set[str]:
    """Return the verbs that a seed's entry writes, wherever they stand in it."""
    if isinstance(value, dict):
        return {verb for name, each in value.items() for verb in written_verbs(each, name)}
    if isinstance(value, list):
        return {verb for each in value for verb in written_verbs(each, key)}
    return {value} if isinstance(value, str) and key in {"object_of", "subject_of", "verbs"} else set()
