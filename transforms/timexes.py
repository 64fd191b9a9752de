"""Time expressions of a sentence: where they stand and what they say.

Each token becomes one sign (a month M, a unit U, a small number d ...); small named patterns over the signs find
the expressions. What the words are is in seeds/times.toml; what they come to is reckoned in transforms/intervals.py.
The types and values are those of TIMEX3 (TimeML 1.2.1, 2005).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seeds.circumstances import TimeWord
from transforms.homonyms import is_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seeds.loader import Seeds
    from transforms.sentences import Sentence

_SIGN_OF_SORT = {
    "month": "M",
    "weekday": "W",
    "season": "S",
    "unit": "U",
    "weekend": "E",
    "part": "P",
    "overnight": "O",
    "day": "K",
    "reference": "R",
    "present_adjective": "J",
    "recent": "j",
    "era": "X",
    "last": "l",
    "next": "x",
    "this": "t",
    "latest": "L",
    "ago": "g",
    "earlier": "e",
    "before": "k",
    "later": "r",
    "edge": "b",
    "every": "v",
    "rhythm": "Q",
    "half": "H",
    "meridiem": "m",
    "zone": "Z",
    "fiscal": "F",
    "added": "A",
    "holiday": "Y",
    "cardinal": "c",
    "ordinal": "o",
}
# Function words and signs that the patterns below speak of.
_SIGN_OF_WORD = {
    word: sign
    for sign, words in {
        "h": "the",
        "a": "a an",
        "f": "of",
        "i": "in on at during into",
        "w": "for over",
        ">": "to until till through",
        "&": "and or",
        "B": "between",
        "T": "that",
        "z": "st nd rd th",
        "q": "s 's",
        "-": "- – — ‑",
        ",": ",",
        ".": ".",
        ":": ":",
        "/": "/",
    }.items()
    for word in words.split()
}
_FIRST_YEAR, _LAST_YEAR = 1000, 2199  # four digits that can name a year
_LAST_DAY = 31  # of a month
_MONTHS = 12  # in a year
_CENTURY = 100  # years
_LAST_HOUR, _LAST_MINUTE, _NOON = 24, 59, 12  # ISO 8601-1:2019, 5.3.1
_TEN = 10  # the least that follows "nineteen" in a spoken year
_MOST = 1_000_000  # beyond that it is no count of units
_NUMBER = r"(?:c(?:[-&]?c){0,6}(?:&aH)?|[dny](?:-?d/d|&aH|c)?)"
_YEAR_TAIL = r"(?:(?:,?f?|f?h?)y(?!c)|f?h?[ltx]U)"
_PATTERNS = {
    "dotted": r"D",
    "iso": r"y-d-d(?!-)|(?<!/)d/d/[dny](?!/)",
    "days": rf"(?:W,?)?M\.?dz?(?:-|>)dz?(?:,?y)?|(?:(?<=<)|(?<=B)|(?<=Bh))(?:h?dz?[->&]dz?f?M\.?|M\.?dz?&dz?){_YEAR_TAIL}?"
    rf"|dz?(?:-|>)dz?f?M\.?{_YEAR_TAIL}?",
    "date": rf"(?:P?W\.?,?i?h?)?(?:M\.?,?h?(?:d|o)z?(?![-:]?U|m)|h?(?:d|o)z?f?M\.?){_YEAR_TAIL}?P?",
    "month": rf"(?:hbf|b-?|h?[lxt])?M\.?{_YEAR_TAIL}|(?:hbf|b-?|[lxt])?M\.?(?!d)",
    "clock": r"(?:d:[dn](?::[dn])?(?:m\.?)?Z?|[dn]m\.?Z?|[ny]Z)(?:(?:ih)?P)?(?:,?i?(?:[ltx]?[WK]P?|M\.?d(?!-?U)))?|iP(?:,?i?[WK])?|P,?i?W(?!d)",
    "weekday": r"(?:[lxt]|b-?i?)?W(?:P|[ltx]U)?|h?PfW",
    "day": r"b?K(?:P)?",
    "share": rf"h?(?:o{_NUMBER}?|[lx]{_NUMBER}|{_NUMBER})-?[UH](?:f|q)?(?:h?[ltx]U|F?y)|h?oHfh?U|[ltx]Uq?o-?U|h?yo-?U",
    "quarter": r"h?F?(?:b-?)?(?:o|dz)-?U|h?L(?:F?)U",
    "span": rf"(?:h?bf?|b)?h?[lxt]{_NUMBER}-?f?U|h?[lxt]acf?U",
    "unit": r"(?:h?bf?|e|r|b)?h?(?:[lxt]|J)F?U|h?bfhU|hF?U(?=[_,.&i]|$)|TU",
    "ago": rf"(?:aHU|a?{_NUMBER}f?-?U|aU(?:&_)?|U|HaU)-?(?:g|e(?!h?[lt])|k(?=[,.]|$))|U-[ge]",
    "after": rf"(?:a?{_NUMBER}f?-?U|aU)r",
    "each": rf"v(?:{_NUMBER})?(?:U|W|P|K|E|M|S)",
    "rhythm": r"Q",
    "duration": rf"h?a?{_NUMBER}f?-?A?U|aHU|HaU|aU&aH|aU|[ac]?jU(?:&U)?|(?<=[wi])U|U&U|U-A|aA?U",
    "decade": r"h?(?:b-?)?[yn]q",
    "season": rf"(?:b-?|b)?[lxt]S|(?:(?:h?bf)|b)?h?S{_YEAR_TAIL}|(?<=i)h?S(?!f)|(?<=ib)S|(?<=if)S",
    "spoken": r"c(?:-?c){1,2}(?!-?[UHc])",
    "years": r"(?:h?F?U|F)?y(?:-|/)[dny]",
    "year": r"(?:hbf|b-?|h?F?U|F)?y",
    "end": r"U(?:-|q)?b",
    "part": r"[tl]P|Oi?W|O",
    "weekend": r"(?:h?b)?h?[ltx]?E",
    "reference": r"R|J|hX|hl(?=[_,.&fi>])",
    "recent": r"j",
    "holiday": rf"[ltx]?YU?{_YEAR_TAIL}?",
}
_STARTS = "DTYdnychabltxLWMPKOERJQjvUHoFeriS"  # signs that an expression can begin with: the search skips all others
_ANCHORS = "DYMWSUEPOKRJXjQmZyqlc/:"  # of which every expression holds one: a start without one in its run is skipped
_FINDER = re.compile(
    f"(?=[{_STARTS}][^_]*[{_ANCHORS}]|[{_ANCHORS}])(?:{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in _PATTERNS.items())})"
)
_TRIGGER = frozenset("DYMWSUEPOKRJjXQmyZql/")
_UNCOUNTED = frozenset("dotted weekday month date days iso day reference year part clock weekend season".split())
_ANCHORED_RULES = frozenset(("unit", "weekday"))
# "Nineteen ninety-six" as speakers read a year
_SPOKEN_HUNDREDS = {"seventeen": 1700, "eighteen": 1800, "nineteen": 1900}


@dataclass(slots=True)
class Timex:
    """A time expression as the words say it, before it meets the day of publication."""

    first: int  # its tokens, half open
    last: int
    rule: str  # the pattern that found it
    year: int | None = None
    last_year: int | None = None  # the second of two years: 2022-23
    month: int | None = None
    day: int | None = None
    last_day: int | None = None  # the second of two days: Feb. 11-15
    weekday: int | None = None  # 1 Monday .. 7 Sunday
    unit: str | None = None  # TimeML: D W M Q Y TH TM ...
    count: str | None = None  # how many units, X = not said
    turn: int | None = None  # -1 last, 0 this, 1 next
    part: str | None = None  # MO AF EV NI 12:00 24:00
    edge: str | None = None  # START MID END
    season: str | None = None
    nth: int | None = None  # first, second ...
    shift: int | None = None  # days from the day of publication
    clock: str | None = None  # 21:05
    is_anchored: bool = False  # told from a day that the text gave before: "that year", "the following month"
    value: str | None = None  # a TIMEX3 value that the words give alone
    words: str = ""  # what stands there, lower case


class _Signs(dict[str, str]):
    """The sign of each word of time; any other word is told by its digits."""

    def __missing__(self, low: str) -> str:
        return _sign_of_number(low) if low[0].isdecimal() else "_"


class Times:
    """The words of time, compiled once; `find` reads a sentence."""

    def __init__(self, seeds: Seeds) -> None:
        self._signs = _Signs(_SIGN_OF_WORD)
        self._values: dict[str, str] = {}
        self._capitals: set[str] = set()
        self._anchored = frozenset(form for word in seeds.of(TimeWord).values() for form in word.anchored) | {"that"}
        for entry in seeds.of(TimeWord).values():
            if entry.sort not in _SIGN_OF_SORT:
                continue  # words of tense
            for form in entry.written:
                self._signs[form] = _SIGN_OF_SORT[entry.sort]
                self._values[form] = entry.value or ""
            self._capitals.update(entry.capital)

    def find(self, sentence: Sentence) -> list[Timex]:
        """Read the time expressions of a sentence: in the order of the text, none over another.

        >>> from seeds.loader import load_seeds
        >>> from transforms.sentences import Sentence
        >>> text = "Four barges sank on Feb. 11 last year."
        >>> [(t.rule, t.month, t.day, t.turn) for t in Times(load_seeds()).find(Sentence(text, 0, len(text), 0))]
        [('date', 2, 11, -1)]
        """
        found = sentence.cache.get("times")
        if found is None:
            found = sentence.cache["times"] = list(self._read(sentence))
        return found  # type: ignore[return-value]  # the cache holds what each reader put there

    def _read(self, sentence: Sentence) -> Iterator[Timex]:
        signs = self._to_signs(sentence)
        if _TRIGGER.isdisjoint(signs) and _SPOKEN_HUNDREDS.keys().isdisjoint(sentence.lows):
            return
        at = 0
        while match := _FINDER.search(signs, at):
            timex = self._build(str(match.lastgroup), match.start(), match.end(), sentence, signs)
            if timex:
                yield timex
            at = match.end() if timex else match.start() + 1

    def _to_signs(self, sentence: Sentence) -> str:
        signs = list(map(self._signs.__getitem__, sentence.lows))
        if not self._capitals.isdisjoint(sentence.lows):
            for i, low in enumerate(sentence.lows):
                if low in self._capitals and not sentence.words[i][0].isupper():
                    signs[i] = "_"
        if "n" in signs:
            for i in [i for i, sign in enumerate(signs) if sign == "n" and is_day_in_figures(sentence.lows, i)]:
                signs[i] = "D"
        return "".join(signs)

    def _build(self, rule: str, first: int, last: int, sentence: Sentence, signs: str) -> Timex | None:  # noqa: C901, PLR0912  # one arm a sign: a table would hide the reading
        lows = sentence.lows
        if signs[last - 1] == ".":  # the sentence's own full stop, or that of "Feb."
            last -= 1
        timex = Timex(first, last, rule, words=" ".join(lows[first:last]))
        numbers: list[int] = []
        for i in range(first, last):
            sign, low = signs[i], lows[i]
            value = self._values.get(low, "")
            if sign == "M":
                timex.month = int(value)
            elif sign == "W":
                timex.weekday = int(value)
            elif sign == "S":
                timex.season = value
            elif sign == "U":
                if rule != "share" or value != "Y":
                    timex.unit = timex.unit or value
            elif sign == "P":
                timex.part = value
            elif sign == "K":
                timex.shift, timex.part = int(value.rstrip("NI")), ("NI" if value.endswith("NI") else timex.part)
            elif sign in "JT":
                timex.turn = 0
            elif sign in "ltx":
                timex.turn = "ltx".index(sign) - 1
            elif sign == "b":
                timex.edge = value
                timex.turn = (
                    0 if signs[i : i + 3] == "bfh" and rule == "unit" else timex.turn
                )  # "the start of the month"
            elif sign == "o":
                timex.nth = int(value)
            elif sign in "RQY":
                timex.value = value
            elif sign == "y":
                if timex.year is None:
                    timex.year = int(low)
                else:
                    timex.last_year = int(low)
            elif sign in "dn" and low.isdecimal():
                numbers.append(int(low))
            elif sign == "D":
                timex.month, timex.rule = int(low[3:]), "date"
                numbers.append(int(low[:2]))
        timex.is_anchored = rule in _ANCHORED_RULES and not self._anchored.isdisjoint(lows[first:last])
        if rule not in _UNCOUNTED:
            timex.count = self._count(lows[first:last], signs[first:last])
        return timex if is_time(timex, numbers, sentence) and self._place(timex, numbers, sentence, signs) else None

    def _count(self, lows: list[str], signs: str) -> str | None:
        """How many units: "two and a half" 2.5, "twenty four" 24, "a" 1, "several" X."""
        total, part, is_said = 0.0, 0.0, False
        if signs[1:4] == "d/d" or signs[2:5] == "d/d":  # 2 1/2
            at = signs.index("d/d")
            half = int(lows[at]) / int(lows[at + 2])
            return f"{int(lows[0]) + half:g}" if lows[0].isdecimal() else "X"
        if signs == "aU&aH":
            return "1.5"
        for low, sign in zip(lows, signs, strict=True):
            if sign in "dny":
                part, is_said = part + to_number(low), True
            elif sign == "c":
                is_said = True
                word = self._values[low]
                if word == "X":
                    if not part:
                        return "X"
                elif float(word) >= _CENTURY:
                    total, part = total + (part or 1) * float(word), 0.0
                else:
                    part += float(word)
            elif sign == "H" and "U" in signs:
                part, is_said = part + 0.5, True
            elif sign in "UfghMe" and is_said:
                break
        if is_said:
            return f"{total + part:g}" if total + part < _MOST else "X"
        if "j" in signs or signs in {"U", "U&U"} or (signs == "U-A" and lows[0].endswith("s")):
            return "X"
        return "1" if "a" in signs else None

    def _place(self, timex: Timex, numbers: list[int], sentence: Sentence, signs: str) -> bool:
        """Put the bare numbers where they belong; False where they cannot be what the pattern says."""
        rule, is_whole = timex.rule, True
        if rule == "iso":
            is_whole = _place_date_in_figures(timex, numbers)
        elif rule in {"date", "days"}:
            is_whole = _place_days(timex, numbers)
        elif rule == "spoken":
            span = slice(timex.first + 1, timex.last)
            count = self._count(sentence.lows[span], signs[span]) or "X"
            rest = 0 if count == "X" else round(float(count))
            timex.year = _SPOKEN_HUNDREDS.get(sentence.lows[timex.first], 0) + rest
            is_whole = _TEN <= rest < _CENTURY and timex.year > _FIRST_YEAR  # "nineteen five" is no year
        elif rule == "clock":
            is_whole = _place_clock(timex, numbers)
        elif rule == "years" and numbers and timex.year is not None and timex.last_year is None:
            timex.last_year = timex.year // _CENTURY * _CENTURY + numbers[0]
        return is_whole


def _place_date_in_figures(timex: Timex, numbers: list[int]) -> bool:
    """Read 2026-02-18, and 18/02/2026 where it cannot be the other way round."""
    if timex.year is None or len(numbers) != 2:  # noqa: PLR2004  # month and day
        return False
    month, day = numbers
    if "/" in timex.words and not timex.words.startswith(str(timex.year)):
        if min(numbers) > _MONTHS or (max(numbers) <= _MONTHS and month != day):
            return False  # which of the two is the month is not said
        month, day = min(numbers), max(numbers)
    timex.month, timex.day = month, day
    return month <= _MONTHS


def _place_days(timex: Timex, numbers: list[int]) -> bool:
    """Read the day of "Feb. 11", "the eleventh of February", and both of "Feb. 11-15"."""
    days = numbers or ([timex.nth] if timex.nth else [])
    if not days:
        return False
    timex.day = days[0]
    if timex.rule == "days":
        timex.last_day = days[-1]
    return timex.last_day is None or timex.last_day > timex.day


def _place_clock(timex: Timex, numbers: list[int]) -> bool:
    """Read "10:30 p.m.", "5 p.m.", "1225 GMT"; a part of the day alone ("at noon") has no numbers."""
    if timex.year is not None:  # 1225 GMT
        numbers, timex.year = [timex.year, *numbers], None
    if not numbers:
        return True
    hour, minute = numbers[0], 0
    if ":" in timex.words and len(numbers) > 1:
        minute = numbers[1]
    elif hour > _LAST_HOUR:
        hour, minute = divmod(hour, _CENTURY)
    if timex.month is not None:
        timex.day = numbers[-1]
    if ("p.m" in timex.words or "pm" in timex.words) and hour < _NOON:
        hour += _NOON
    timex.clock = f"{hour:02d}:{minute:02d}"
    return hour <= _LAST_HOUR and minute <= _LAST_MINUTE


def to_number(low: str) -> float:
    """Return the value of a digit run: thousands separated by commas, at most one decimal point.

    >>> to_number("1,200.5")
    1200.5
    """
    plain = low.replace(",", "")
    return float(plain) if plain.count(".") <= 1 else 0.0


def is_day_in_figures(lows: list[str], i: int) -> bool:
    """Tell a day and month in figures, as Europe writes them, by the words around: "from 24.02 to 25.05", "since 24.02".

    >>> [is_day_in_figures(text.split(), 1) for text in ("from 24.02 to 25.05", "since 24.02 ,", "from 24.02 to 30.65")]
    [True, True, False]
    """
    if not i or not _is_day_and_month(lows[i]):
        return False
    before, after = lows[i - 1], lows[i + 1 : i + 3]
    if before == "from":
        return after[:1] == ["to"] and _is_day_and_month(after[-1])
    if before == "to":
        return i > 2 and lows[i - 3] == "from" and _is_day_and_month(lows[i - 2])  # noqa: PLR2004 (from .. to ..)
    return before == "since" or lows[max(0, i - 2) : i] == ["as", "of"]


def _is_day_and_month(low: str) -> bool:
    if len(low) != len("24.02") or low[2] != "." or not (low[:2].isdecimal() and low[3:].isdecimal()):
        return False
    return 0 < int(low[:2]) <= _LAST_DAY and 0 < int(low[3:]) <= _MONTHS


def _sign_of_number(low: str) -> str:
    if not low.isdecimal():
        return "n"
    value = int(low) if len(low) <= 4 else 0  # noqa: PLR2004  # the digits of a year
    if len(low) == 4 and _FIRST_YEAR <= value <= _LAST_YEAR:  # noqa: PLR2004
        return "y"
    return "d" if 0 < value <= _LAST_DAY and len(low) <= 2 else "n"  # noqa: PLR2004  # the digits of a day
