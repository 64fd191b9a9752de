"""What should not matter changes nothing, and what should changes just that: over our own sentences and articles.

The rates over real articles are measured by `python -m benchmarks.metamorphic`.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from benchmarks.metamorphic import CHANGES, broken

HERE = Path(__file__).parent
PUBLISHED = date(2026, 2, 18)
SENTENCES = [
    sentence["text"]
    for path in sorted((HERE / "sentences").glob("*.toml"))
    if path.stem != "listings"  # their dates are in figures, which need the day of publication for their year
    for sentence in tomllib.loads(path.read_text("utf-8"))["sentence"]
]
ARTICLES = [
    path.read_text("utf-8").split("---\n", 2)[-1] for path in sorted((HERE.parent / "seeds" / "articles").glob("*.txt"))
]
KEPT = (
    "five is 5",
    "kilometres are km",
    "1,200 is 1200",
    "curly quotes are straight",
    "a sentence more elsewhere",
    "a week later",
)


@pytest.mark.parametrize("name", KEPT)
def test_change_keeps_its_law(name: str) -> None:
    """A change moves only what it should, in every sentence and article of ours that it touches."""
    asked, lines = 0, []
    for text in [*SENTENCES, *ARTICLES]:
        n, broke = broken(CHANGES[name], text, PUBLISHED)
        asked += n
        lines += broke
    assert asked or name == "curly quotes are straight"  # our own sentences have none
    assert not lines, "\n".join(lines)
