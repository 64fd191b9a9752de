"""Time expressions and their homonyms: "in May" and "He may", "in 2000" and "2000 men", "last fall" and "the fall"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.sentences import Sentence
    from transforms.timexes import Timex

# A month's name that is also a word ("May", "March") is a month after one of these.
_BEFORE_MONTH = frozenset(
    "in since by until till from of during last this next early mid late to between before after through for throughout"
    " again and".split(),
)
_AFTER_YEAR = frozenset("and to as was when but by for with that the".split())
_BEFORE_YEAR = frozenset("in since by until till from into for during summer winter spring autumn year".split())
_BEFORE_LONE_YEAR = _BEFORE_MONTH | frozenset(
    ["", "the", "both", "into", "than", "around", "about", "(", "–", "-", ",", "’", "'"]
)
_NO_PLURAL = frozenset("as was is has its 's this".split())  # words in -s that no year counts
_PLURAL = frozenset("people men women children troops km kg".split())  # counted words without -s
_COUNTING = frozenset("than about least some nearly".split())  # before a spoken number: it counts
_NAMING = frozenset(("duration", "unit", "day"))
_SHORT_DAYS = frozenset(("sun", "sat", "wed", "mon"))
_SHORTEST = 3  # letters of a plural: "as" and "was" are none
_NAMES = frozenset(("jan", "mar"))
_SHORT_MONTHS = frozenset(("may", "march", "mar", "jan"))
_FIRST_YEAR, _LAST_YEAR = 1800, 2100  # that news speak of without more ado
_TEN = 10  # decades end in 0


class Seen(NamedTuple):
    """A time expression with the words beside it."""

    timex: Timex
    numbers: list[int]  # in it, that are no years
    before: str
    after: str
    lows: list[str]


def is_time(timex: Timex, numbers: list[int], sentence: Sentence) -> bool:
    """Tell whether what a pattern found speaks of time, from the words beside it.

    >>> from seeds.loader import load_seeds
    >>> from transforms.sentences import Sentence
    >>> from transforms.timexes import Times
    >>> text = "He may move 2000 men in May."
    >>> [t.words for t in Times(load_seeds()).find(Sentence(text, 0, len(text), 0))]
    ['may']
    """
    guard = _GUARDS.get(timex.rule)
    if timex.rule in _NAMING and _is_name(timex, sentence):
        return False
    if guard is None:
        return True
    lows = sentence.lows
    before = lows[timex.first - 1] if timex.first else ""
    after = lows[timex.last] if timex.last < len(lows) else ""
    return guard(Seen(timex, numbers, before, after, lows))


def _is_name(timex: Timex, sentence: Sentence) -> bool:
    """Tell the name of a programme or paper: "60 Minutes", "This Week", "USA Today"."""
    word = sentence.words[timex.last - 1]
    before = sentence.lows[timex.last - 2] if timex.last > 1 else ""
    return before[:1].isalnum() and word[0].isupper() and word[1:].islower() and timex.year is None


_HAPPENINGS = frozenset(
    "attack attacks bombing bombings strike strikes airstrike airstrikes shelling raid raids massacre killing killings offensive siege blast explosion"
    " invasion assault election vote protests referendum".split()
)


def _is_month(seen: Seen) -> bool:
    if seen.timex.words in _NAMES and seen.after[:1].isalpha():
        return False  # "Jan Kavan"
    is_word = seen.timex.last - seen.timex.first == 1 and seen.lows[seen.timex.first] in _SHORT_MONTHS
    if is_word and seen.after in _HAPPENINGS and seen.before in {"the", "s", "'s", "’s"}:
        return True  # "the March bombing"
    return not is_word or seen.before in _BEFORE_MONTH or (seen.after == "." and seen.timex.words == "jan")


def _is_weekday(seen: Seen) -> bool:
    is_word = seen.timex.last - seen.timex.first == 1 and seen.lows[seen.timex.first] in _SHORT_DAYS
    return (
        not is_word
        or seen.after == "."
        or (seen.after == "," and seen.before in {"", "on", ","} and bool(seen.numbers))
    )


def _is_season(seen: Seen) -> bool:
    if seen.lows[seen.timex.last - 1] != "fall" or seen.timex.turn is not None:
        return True
    return seen.before in {"in", "since", "by"} and seen.after != "of"


def _is_counted(low: str) -> bool:
    return low[:1].isdecimal() or low == "%" or (low.endswith("s") and low not in _NO_PLURAL and len(low) > _SHORTEST)


def _is_duration(seen: Seen) -> bool:
    if seen.after in {"-", "old"} and "old" in seen.lows[seen.timex.last : seen.timex.last + 2]:
        return False  # an age
    if (
        seen.lows[seen.timex.first] in {"a", "an"}
        and seen.timex.first + 1 == seen.timex.last - 1
        and _is_counted(seen.before)
    ):
        return False  # "four flights a week" is a rate
    if seen.timex.unit == "Q" and seen.after == "of" and seen.timex.count != "X":
        return False  # "three-quarters of its grain"
    if seen.timex.year is not None and seen.timex.unit == "Q":
        return False  # "the 1988 quarter"
    return seen.timex.last - seen.timex.first > 1 or seen.lows[seen.timex.first].endswith("s")  # "for weeks"


def _is_year(seen: Seen) -> bool:
    """Four digits are a year after "in", "since" ..., and alone where no counted noun follows them."""
    if not _FIRST_YEAR <= (seen.timex.year or 0) <= _LAST_YEAR:
        return False
    is_counting = (seen.after.endswith("s") and seen.after not in _NO_PLURAL) or seen.after in _PLURAL
    if seen.timex.edge or seen.before in _BEFORE_YEAR:
        return not is_counting or seen.before in {"in", "since"}
    if not seen.after or not seen.after[0].isalpha() or seen.after in _AFTER_YEAR:
        return seen.before in _BEFORE_LONE_YEAR
    is_round = (
        seen.timex.year or 0
    ) % _TEN == 0  # "the 1992 protests" are of a year, "the 2000 protesters" are counted
    if seen.timex.words.endswith("00") or (is_counting and (is_round or seen.before not in {"the", "that", "'s"})):
        return False
    return seen.before in _BEFORE_NAMING_YEAR


def _is_decade(seen: Seen) -> bool:
    if seen.timex.year is not None:
        return seen.timex.year % _TEN == 0
    is_marked = "'" in seen.before or "’" in seen.before or seen.lows[seen.timex.first] == "the"
    return is_marked and bool(seen.numbers) and seen.numbers[0] % _TEN == 0


def _is_clock(seen: Seen) -> bool:
    return (
        bool(seen.numbers)
        or seen.timex.year is not None
        or seen.timex.weekday is not None
        or seen.lows[seen.timex.first] in {"in", "at", "on"}
    )


def _is_unit(seen: Seen) -> bool:
    if seen.lows[seen.timex.first] == "that":
        return not seen.lows[seen.timex.last - 1].endswith("s") and seen.after not in {"-", "'s"}
    return seen.timex.turn is not None or (seen.timex.unit in {"Q", "Y"} and seen.after not in {"of", "earlier"})


_BEFORE_HOLIDAY = frozenset("by before on at since until after during over".split())
_BEFORE_NAMING_YEAR = frozenset("the of to a and its his her their that 's".split())
_GUARDS: dict[str, Callable[[Seen], bool]] = {
    "month": _is_month,
    "weekday": _is_weekday,
    "season": _is_season,
    "duration": _is_duration,
    "year": _is_year,
    "decade": _is_decade,
    "clock": _is_clock,
    "unit": _is_unit,
    "reference": lambda seen: seen.timex.turn != -1 or seen.timex.words == "the past",
    "holiday": lambda seen: (
        seen.timex.turn is not None or not seen.after[:1].isalpha() or seen.before in _BEFORE_HOLIDAY
    ),
    "spoken": lambda seen: seen.before not in _COUNTING,
    "end": lambda seen: seen.timex.unit in {"Y", "M"} and seen.lows[seen.timex.last - 1] == "end",
    "years": lambda seen: seen.timex.year is not None and seen.after not in {"-", "–"},
    "quarter": lambda seen: not seen.timex.nth or seen.timex.unit in {"Q", "00Y"},
}
