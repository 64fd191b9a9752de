"""How today's reader reads the built-in sample articles, beside what should be read in them (seeds/articles.toml)."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from expectations.report import Accuracy
from seeds.loader import HERE, load_seeds
from transforms.documents import Draft, read_text
from transforms.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from transforms.figures import Figure, Reading

MOST_TOLD = 20  # wrong figures
ORIGIN = ("source_name", "source_id", "party_code")


@lru_cache(maxsize=1)
def read_accuracy() -> Accuracy:
    """Read the samples, once a process.

    >>> found = read_accuracy()
    >>> found.n_right <= found.n
    True
    """
    reader = Reader(load_seeds())
    expected: dict[str, dict[str, Any]] = tomllib.loads((HERE / "articles.toml").read_text("utf-8"))
    wrong: list[str] = []
    n = 0
    for path in sorted((HERE / "articles").iterdir()):
        draft = read_text(path.read_bytes())
        if path.stem not in expected or not isinstance(draft, Draft):
            continue
        reading = reader.read(draft.text, date.fromisoformat(draft.published) if draft.published else None)
        for wanted in expected[path.stem]["figures"]:
            n += 1
            faults = list(_compare(draft.text, reading, wanted))
            wrong += [f"{path.stem}: {wanted['words']}: {'; '.join(faults)}"] if faults else []
    return Accuracy(n - len(wrong), n, tuple(wrong[:MOST_TOLD]))


def _compare(text: str, reading: Reading, wanted: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is read otherwise than it should be."""
    start = text.find(wanted["words"])
    end = start + len(wanted["words"])
    found = [f for f in reading.figures if start <= f.number_start and f.number_end <= end]
    if len(found) != 1:
        yield f"{len(found)} figures"
        return
    for column, value in wanted.items():
        if column != "words" and (read := _value(found[0], column)) != _text(value):
            yield f"{column} is {read}, not {_text(value)}"


def _value(figure: Figure, column: str) -> str:
    if column in ORIGIN:
        return _text(next((getattr(a, column) for a in figure.attributions if a.hop == 0), None))
    return _text(getattr(figure, column))


def _text(value: object) -> str:
    """Return a value as the file writes it: null by name, whole numbers as floats."""
    if value is None:
        return "null"
    return str(float(value)) if type(value) is int else str(value)
