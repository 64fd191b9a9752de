"""Another number for the thing that was counted last: "killed 5,000. An official put the figure at 2,000"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.figures import PeriodBasis
from transforms.levels import is_brought
from transforms.wordforms import CLAUSE_ENDS, VERBS

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

# Nouns that stand for a count, and the words that bring in what it comes to.
_COUNTS = frozenset("figure figures number numbers estimate estimates assessment assessments tally toll tolls".split())
_BRINGING = frozenset("at is was are were be as like of to closer nearer".split())
_HEDGES = frozenset("more than over about around nearly almost some up close roughly approximately least fewer".split())
_OF_ANOTHER = frozenset(
    {"of", "for", "in", "to"}
)  # "the figure for Ukraine", "the number to call": not the thing before
_REACH = 14  # tokens from such a noun to its number
_RAISED = 3  # tokens from such a noun back to the verb that changes it
_BACK = 1  # sentences to what was counted before
_RATIO = 20.0  # times that the two numbers may lie apart
_UNSTATED = frozenset({PeriodBasis.NONE, PeriodBasis.CONTEXT})
_UNTOLD = frozenset({"OTHER", "AGE"})
_WHEN = "period_edtf", "period_start_date", "period_end_date", "period_precision", "period_basis"
_FIELDS = (
    "kind", "direction", "victim", "actor_code", "actor_name", "target_code", "target_name", "weapon_code", "weapon_class",
    "place_name", "place_id", "country_code", "place_precision",
)  # fmt: skip
_OF_SUM = 3  # fields that a sum has of its own: "a boy died, bringing the toll to nine"


def find_restated(ctx: Context, s: Sentence, figures: list[Figure], figure: Figure) -> Figure | None:
    """Return the figure whose thing a bare number counts otherwise, or None; `figures` are those of its sentence."""
    if figure.head is not None or figure.dimension not in {None, "count"} or not _stands_for_count(s, figure):
        return None
    for other in reversed([*ctx.figures, *figures[: figures.index(figure)]]):
        if other.sentence is None or s.index - other.sentence.index > _BACK:
            return None
        if other.metric_code not in _UNTOLD and other.dimension == "count" and _is_near(other, figure):
            return other
    return None


def restate(ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:  # noqa: ARG001  a step of the reader
    """Give each number that counts a thing otherwise who, whom and where of the figure that counted it before.

    >>> from seeds.loader import load_seeds
    >>> from transforms.reading import Reader
    >>> text = "Kyiv says it killed 5,000 Russian troops. A US official put the figure at 2,000."
    >>> [(f.best, f.metric_code, f.target_code) for f in Reader(load_seeds()).read(text).figures]
    [(5000.0, 'CAS_KILLED', 'RUS'), (2000.0, 'CAS_KILLED', 'RUS')]
    """
    for figure in figures:
        if figure.restates is not None:
            is_undated = figure.period_basis in _UNSTATED
            fields = _FIELDS[_OF_SUM:] if is_brought(sentence, figure.first) else _FIELDS
            for name in (*fields, *(_WHEN if is_undated else ())):
                setattr(figure, name, getattr(figure.restates, name))


def _stands_for_count(s: Sentence, figure: Figure) -> bool:
    """Tell whether a number is what a count comes to: "the toll is even higher, at more than 15,000"."""
    start = figure.first
    while start > 0 and s.lows[start - 1] in _HEDGES:
        start -= 1
    if start == 0 or s.lows[start - 1] not in _BRINGING:
        return False
    if s.lows[start - 1] == "of":
        return s.lows[start - 2] in _COUNTS
    for k in range(start - 1, max(-1, start - _REACH), -1):
        if s.lows[k] in _COUNTS:
            is_raised = k + 1 == start - 1 and not VERBS.isdisjoint(
                s.tags[max(0, k - _RAISED) : k]
            )  # "updated the figure to 200"
            return is_raised or s.lows[k + 1] not in _OF_ANOTHER or s.lows[k + 1 : k + 3] == ["to", "be"]
        if s.tags[k] in CLAUSE_ENDS:
            return False
    return False


def _is_near(other: Figure, figure: Figure) -> bool:
    """Tell whether two numbers may count one thing."""
    one, two = (f.best or f.low or f.high or 0.0 for f in (other, figure))
    return 0 < one < two * _RATIO and two < one * _RATIO
