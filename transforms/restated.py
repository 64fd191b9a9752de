"""Another number for the thing that was counted last: "killed 5,000. An official put the figure at 2,000"."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from transforms.figures import Kind, PeriodBasis
from transforms.levels import is_brought
from transforms.wordforms import CLAUSE_ENDS, VERBS

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

# Nouns that stand for a count, and the words that bring in what it comes to.
_COUNTS = frozenset(
    "figure figures number numbers estimate estimates assessment assessments tally toll tolls total count".split()
)
_OFFICIAL_LINE = ["official", "line"]
_EXTENTS = _COUNTS | {"area", "territory"}  # of what is measured
_BRINGING = frozenset("at is was are were be as like of to closer nearer reach reached reaches hit".split())
_HEDGES = frozenset(
    "more than over about around nearly almost some up close roughly approximately least fewer between".split()
)
_OF_ANOTHER = frozenset(
    {"of", "for", "in", "to"}
)  # "the figure for Ukraine", "the number to call": not the thing before
_RELATIVES = frozenset({"that", "which"})  # "a number that later rose to 400"
ASKED = "what was asked"  # the rule by which a number answers "how many"
_PUTTING = frozenset({"put", "puts", "putting"})
_BEFOREHAND = frozenset("first initially originally previously earlier".split())  # "double the 300 first reported"
_THERE = (["there", "were"], ["there", "are"])
_GENERAL = frozenset("people civilians women children men residents others".split())  # who only are who was counted
_REACH = 14  # tokens from such a noun to its number
_RAISED = 3  # tokens from such a noun back to the verb that changes it
_BACK = 1  # sentences to what was counted before
_RATIO = 100.0  # times that the two numbers may lie apart
_ALIKE = 3.0  # times that they may where nothing but their being told of tells that they count one thing
_SAME = 1.01  # times that they may where the second is said to be the first
_THAT_IS = frozenset({"'s", "is"})
_UNSTATED = frozenset({PeriodBasis.NONE, PeriodBasis.CONTEXT})
_UNTOLD = frozenset({"OTHER", "AGE"})
_MEASURED = frozenset({"count", "area"})
_WHEN = "period_edtf", "period_start_date", "period_end_date", "period_precision", "period_basis"
_FIELDS = (
    "kind", "direction", "victim", "actor_code", "actor_name", "target_code", "target_name", "weapon_code", "weapon_class",
    "place_name", "place_id", "country_code", "place_precision",
)  # fmt: skip
_OF_SUM = 3  # fields that a sum has of its own: "a boy died, bringing the toll to nine"


def find_restated(ctx: Context, s: Sentence, figures: list[Figure], figure: Figure) -> Figure | None:
    """Return the figure whose thing a number counts otherwise, or None; `figures` are those of its sentence."""
    if figure.dimension not in {None, *_MEASURED}:
        return None
    ratio = _SAME if _is_that(s, figure) else _ALIKE if _is_said_there(s, figure) else _RATIO
    if ratio == _RATIO and not stands_for_count(s, figure):
        return None
    if is_brought(s, figure.first):
        ratio = inf  # "two were killed, bringing the total to 300"
    for other in reversed([*ctx.figures, *figures[: figures.index(figure)]]):
        if other.sentence is None or s.index - other.sentence.index > _BACK:
            return None
        if other.metric_code not in _UNTOLD and _is_alike(s, other, figure, ratio):
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
            kind = figure.kind
            fields = _FIELDS[_OF_SUM:] if is_brought(sentence, figure.first) else _FIELDS
            for name in (*fields, *(_WHEN if is_undated else ())):
                setattr(figure, name, getattr(figure.restates, name))
            if kind is Kind.CUM:
                figure.kind = kind


def was_asked(figure: Figure, *, is_dated: bool | None = None) -> bool:
    """Tell whether a number answers how many there are: "How many men were hurt is unclear. He put the number at 40".

    With `is_dated`, whether it answers how many there were on a day, or by now.
    """
    return any(step.rule == ASKED and is_dated in {None, step.words is not None} for step in figure.steps)


def stands_for_count(s: Sentence, figure: Figure) -> bool:
    """Tell whether a number is what a count comes to: "the toll is even higher, at more than 15,000"."""
    start = figure.first
    while start > 0 and s.lows[start - 1] in _HEDGES:
        start -= 1
    if start == 0:
        return False
    end = max(figure.last, figure.unit_last)
    brings = s.lows[start - 1]
    if brings == "the":  # "double the 300 first reported"
        return s.lows[end : end + 1] != [] and s.lows[end] in _BEFOREHAND and s.tags[end + 1 : end + 2] == ["VBN"]
    if brings not in _BRINGING:
        return False
    if brings == "of":
        return s.lows[start - 2] in _COUNTS and s.lows[start - 2] != "total"  # "a total of 40" is none before
    if brings == "at" and s.lows[start - 2] in {"it", "that"}:
        return s.lows[start - 3] in _PUTTING
    nouns = _EXTENTS if figure.dimension == "area" else _COUNTS
    for k in range(start - 2, max(-1, start - _REACH), -1):
        if s.lows[k] in nouns or s.lows[k - 1 : k + 1] == _OFFICIAL_LINE:
            is_raised = k + 1 == start - 1 and not VERBS.isdisjoint(
                s.tags[max(0, k - _RAISED) : k]
            )  # "updated the figure to 200"
            return is_raised or s.lows[k + 1] not in _OF_ANOTHER or s.lows[k + 1 : k + 3] == ["to", "be"]
        if (
            s.tags[k] in CLAUSE_ENDS
            and s.lows[k] != "since"
            and not (s.lows[k] in _RELATIVES and s.lows[k - 1] in nouns)
        ):
            return False
    return False


def _is_that(s: Sentence, figure: Figure) -> bool:
    """Tell whether a sentence opens with what a number told before is: "That is 80,000 in six months"."""
    first = figure.first - len(_THAT_IS)
    opens = first == 0 or (first == 1 and s.tags[0] == '"')
    is_that = opens and s.lows[first] == "that" and s.lows[first + 1] in _THAT_IS
    return is_that and figure.head is None and s.tags[figure.last : figure.last + 1] in (["PREP"], [","], ["."])


def _is_said_there(s: Sentence, figure: Figure) -> bool:
    """Tell whether somebody says how many there were, and no more: "A commander said there were 20 women and children."."""
    if (
        figure.head is None
        or s.lows[figure.head] not in _GENERAL
        or s.lows[figure.first - 2 : figure.first] not in _THERE
    ):
        return False
    end = max(figure.last, figure.unit_last)
    while s.tags[end : end + 1] == ["CONJ"] and s.lows[end + 1] in _GENERAL:
        end += 2
    return s.tags[end : end + 1] in ([], ["."], [","]) and (
        s.tags[figure.first - 3] in VERBS or s.lows[figure.first - 3] == "that"
    )


def _is_alike(s: Sentence, other: Figure, figure: Figure, ratio: float) -> bool:
    """Tell whether two numbers may count one thing: the second's noun is left out or general, and they are not far apart."""
    if figure.dimension is None:
        is_same = other.dimension in _MEASURED
    elif figure.head is None or other.dimension == "area":
        is_same = other.dimension == figure.dimension
    else:
        is_same = other.unit_code == figure.unit_code and s.lows[figure.head] in _GENERAL
    one, two = (f.best or f.low or f.high or 0.0 for f in (other, figure))
    return is_same and 0 < one < two * ratio and two < one * ratio
