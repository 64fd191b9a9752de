"""What the words of a sentence say of its time: that it recurs, took one day, or goes on since a start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.levels import opens_sum
from transforms.wordforms import CLAUSE_ENDS, FINITE, VERBS

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_BEFORE_REACH = 6  # tokens between a cue and the number
_RANKS = frozenset({"first", "most", "worst", "least", "only", "time", "ever"})
_DAYS = frozenset({"days", "nights"})
_ON_REACH = 3  # tokens from "on" to the days: "on the worst days"
_OPENING_REACH = 12  # tokens from "each day" to the number
_OF_THEM, _WITHIN = ["of", "them"], frozenset(("over", "in", "during", "within"))
_PAST = (["the", "past"], ["the", "last"], ["the", "previous"])
_ASIDE = 5  # tokens from what is counted to a clause that is not on it
_ONE_DAY = (
    "one day",
    "a day",
    "a single day",
    "one night",
    "a single night",
    "24 hours",
    "just 24 hours",
    "under 24 hours",
)
_RANK_REACH = 12  # tokens from "the largest" to "since"
_DAILY = frozenset("daily nightly weekly monthly yearly annually hourly".split())
_AMOUNTS = frozenset(
    "loss losses casualties average toll death deaths output production consumption imports exports quota".split()
)
_EACH = frozenset({"each", "every", "per"})
_RATE_ENDS = frozenset({".", ",", ";", "CONJ"})  # that follow a rate: "are killed a day.", but "came a day after"
_TIMES = frozenset("hour day night week month year quarter season winter summer morning evening".split())


def recurs(s: Sentence, figure: Figure) -> bool:
    """Tell whether the clause goes on with "each day", "every year" or "daily", so that the number is that of any such time."""
    for i in range(max(0, figure.first - _BEFORE_REACH), figure.first - 1):
        if s.lows[i] in _DAILY and s.lows[i + 1] in _AMOUNTS:
            return True
    if _opens_each(s, figure.first):
        return True
    first = max(figure.last, figure.unit_last)
    joined = -1  # "and" before another number: "150 killed and 800 wounded daily"
    if figure.dimension == "money" and s.lows[first : first + 1] in (["each"], ["apiece"]):
        return True
    for i in range(first, len(s.lows)):
        tag, low = s.tags[i], s.lows[i]
        if tag == "CONJ" and s.tags[i + 1 : i + 2] == ["NUM"] and joined < 0:
            joined = i + 1
        elif i != joined and (tag in CLAUSE_ENDS or tag in {",", "NUM", "CONJ"} or (tag == "VERB" and joined > 0)):
            return False
        if low in _DAILY and s.tags[i + 1 : i + 2] not in (["NOUN"], ["ADJ"], ["NAME"]):
            return True
        after = s.lows[i + 1] if i + 1 < len(s.lows) else ""
        if (low in _EACH and after in _TIMES) or (low == "per" and s.tags[i + 1 : i + 2] == ["NUM"]):
            return True
        is_last = s.tags[i + 2] in _RATE_ENDS if i + 2 < len(s.tags) else True
        if low == "a" and after in _TIMES and s.tags[i - 1] in VERBS and is_last:
            return True
    return False


def _opens_each(s: Sentence, first: int) -> bool:
    """Tell whether a clause opens with "each day", "every night" or "on bad days" before its first number."""
    for i in range(first - 1, max(-1, first - _OPENING_REACH), -1):
        if s.tags[i] in CLAUSE_ENDS or s.tags[i] == "NUM":
            return False
        if s.lows[i] in _EACH and s.lows[i + 1] in _TIMES:
            return s.lows[i] != "per" and (i == 0 or s.tags[i - 1] == "," or s.lows[i - 1] in {"that", "and"})
        if s.lows[i] in _DAYS and "on" in s.lows[max(0, i - _ON_REACH) : i]:
            return True
    return False


def is_of_one_day(lows: list[str]) -> bool:
    """Tell whether a sentence says how short a time all took: "in one day", "in a single night", "in 24 hours"."""
    line = f" {' '.join(lows)} "
    return any(f" in {span} " in line for span in _ONE_DAY)


def read_since(s: Sentence, words: frozenset[str]) -> str | None:
    """Tell whether "since" counts from a start, or ranks: "the largest since 2014"."""
    if "since" not in words:
        return None
    i = s.lows.index("since")
    before = s.lows[max(0, i - _RANK_REACH) : i]
    is_rank = any(
        (low in _RANKS or low.endswith("est")) and before[max(0, k - 1)] != "at" for k, low in enumerate(before)
    )  # "at least" is none
    return "rank" if is_rank else "start"


def has_own_days(s: Sentence, figure: Figure) -> bool:
    """Tell whether the past days or weeks stand right behind a number: "lost 900 tanks since May, five over the past day"."""
    end = max(figure.last, figure.unit_last, (figure.head or 0) + 1)
    end += len(_OF_THEM) if s.lows[end : end + len(_OF_THEM)] == _OF_THEM else 0
    return s.lows[end : end + 1] != [] and s.lows[end] in _WITHIN and s.lows[end + 1 : end + 3] in _PAST


def without_aside(s: Sentence, figure: Figure, line: str) -> str:
    """Return a sentence's line up to a far clause on something else: "were killed in Lviv, a town that in years of war ..."."""
    end = max(figure.last, figure.unit_last)
    for k, tag in enumerate(s.tags[end:], end):
        is_aside = tag == "REL" and k >= end + _ASIDE
        if is_aside or (tag == "CONJ" and _starts_clause(s, k)) or opens_sum(s, k):
            return f" {' '.join(s.lows[:k])} "
    return line


def _starts_clause(s: Sentence, k: int) -> bool:
    """Tell whether another thing is said from a conjunction on: ", and the hall is the largest so far"."""
    if s.tags[k - 1] != "," or s.tags[k + 1 : k + 2] not in (["DET"], ["NAME"], ["PRON"]):
        return False
    verb = next((i for i in range(k + 2, len(s.tags)) if s.tags[i] in FINITE or s.tags[i] == ","), None)
    return verb is not None and s.tags[verb] in FINITE
