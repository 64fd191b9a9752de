"""Ages of persons: "39-year-old", "aged 66", "Halyna Koval, 66,"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_OLD = frozenset({"old", "olds"})
_AGED = frozenset({"aged", "age", "ages"})
_LIFE = range(3, 111)  # years that a bare number may be as an age
_SET_OFF = ([",", "now"], [",", "both"], ["(", "both"])
_REACH = 4  # tokens from "aged" to the number: "between the ages of 18 and 65"


def read_age(s: Sentence, figure: Figure, things: frozenset[str]) -> bool:
    """Make a figure in years, months or weeks an age if its words say so, and tell whether it is one.

    `things` are said to be so many years old and are no persons. A number whose unit is time without a word for it ("Name, 66,") was given that unit as an age.

    >>> from seeds.loader import load_seeds
    >>> from transforms.reading import Reader
    >>> [f.metric_code for f in Reader(load_seeds()).read("Halyna Koval, 66, stayed behind.").figures]
    ['AGE']
    """
    if figure.dimension is None and _is_bare_age(s, figure):
        figure.metric_code, figure.unit_code, figure.dimension = "AGE", "a", "time"
        figure.why("metric_code", "now N, both N", "metrics/AGE")
        return True
    if figure.dimension != "time":
        return False
    last = max(figure.last, figure.unit_last)
    ahead = s.lows[last : last + 2]
    if s.lows[last - 1] in _OLD or ahead[:1] == ["old"]:
        if not things.isdisjoint(s.lows[last : last + 2]):
            return False
        rule = "N years old"
    elif ahead == ["of", "age"]:
        rule = "years of age"
    elif _AGED.intersection(s.lows[max(0, figure.first - _REACH) : figure.first]):
        rule = "aged N"
    elif last == figure.last and figure.head is None and figure.unit_code == "a" and s.lows[figure.first] != "a":
        rule = "Name, N,"
    else:
        return False
    figure.metric_code = "AGE"
    figure.why("metric_code", rule, "metrics/AGE")
    return True


def _is_bare_age(s: Sentence, figure: Figure) -> bool:
    """Tell an age set off by commas: "his aunt, now 46,", "the couple, both 34,", "At 22, she was hailed"."""
    first, value = figure.first, figure.best
    if value is None or value not in _LIFE or s.lows[figure.last : figure.last + 1] not in ([","], ["."], [")"], ["("]):
        return False
    if s.lows[first - 2 : first] in _SET_OFF:
        return True
    return s.lows[:first] == ["at"] and s.tags[figure.last + 1 : figure.last + 2] in (["NAME"], ["PRON"])
