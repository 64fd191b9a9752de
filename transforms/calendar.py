"""Numbers of the calendar and the clock, which are no figures: days, years, hours, and distances in time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from seeds.circumstances import TimeWord
from seeds.kinds import Hedge, Noun, Unit
from transforms.figures import Reason
from transforms.labels import label_of
from transforms.numbers import Number, Sort
from transforms.phrases import Phrases
from transforms.timexes import is_day_in_figures

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.sentences import Sentence

_DAYS = 31  # of a month at most
_HOURS = 24
_YEAR_DIGITS = 4
_YEARS = (1900, 2099)  # that news speaks of as years without more ado
_OLD_YEARS = (1000, 2200)
_LINKS = {"-", "–", "—", "to", "and", "or", "/", ",", ":"}
_TIGHT = {"-", "–", "—", "/"}
_YEAR_CUES = frozenset(
    "in since of by until till from before after during late early mid the for and to between through circa year"
    " throughout its his their this - – / ( ’ ' around than".split(),
)
_MONTH_AS_PERIOD = {"in", "since", "during", "of"}  # "In May 12 people died"
_AFTER = frozenset(
    "ago earlier later before after prior hence into on previously afterwards afterward beforehand".split(),
)
_LEFT = frozenset(
    "past last next previous coming following final recent these preceding opening ensuing intervening latest".split(),
)
_LEFT_OF_DISTANCE = frozenset("within in after every since inside".split())
_AGO_REACH = 3  # tokens from the number to "ago"
_DAY_NUMBERS = frozenset("day week month year night".split())
_FILLERS = frozenset("more full long straight consecutive or so and a half of whole".split())
_MOMENTS = frozenset("second seconds minute minutes sec secs min mins".split())  # "in 8 seconds" measures
_MARKS = frozenset("anniversary mark milestone".split())
_JUDGED = frozenset("just only".split())


class Calendar:
    """Knows months, weekdays and units of time; built from seeds/times.toml and seeds/units.toml."""

    def __init__(self, seeds: Seeds) -> None:
        times = seeds.of(TimeWord).values()
        self._months = {w for t in times if t.sort == "month" for w in t.written}
        self._days = self._months | {w for t in times if t.sort == "weekday" for w in t.written}
        units = seeds.of(Unit).values()
        self._time_units = {w for u in units if u.dimension == "time" for w in u.written if w.isalpha() and len(w) > 1}
        self._units = {w.lower() for u in units for w in u.written if " " not in w}
        self._nouns = {w.lower() for noun in seeds.of(Noun).values() for w in noun.written if " " not in w}
        self._hedges = Phrases({w: h.modifier for h in seeds.of(Hedge).values() for w in h.before})

    def is_day_or_month(self, word: str) -> bool:
        """Tell whether a capitalised word names a month or weekday."""
        return word.lower() in self._days

    def is_month_beside(self, s: Sentence, n: Number) -> bool:
        """Tell whether a month stands right before or after a number: 24th February."""
        return self._is_month(s, n.last) or self._is_month(s, n.first - 1)

    # ---- dates, years, clocks

    def refuse_date(self, s: Sentence, n: Number, previous: Number | None) -> None:
        """Refuse a day, a year or a time of day."""
        if n.sort is Sort.UNRULED and s.words[n.first][0].isdecimal():
            if s.words[n.first].count(".") == 2:  # noqa: PLR2004 (24.02.2022)
                n.refuse(Reason.DATE, "date in figures")
            elif n.last > n.first + 1:
                n.refuse(Reason.YEAR, "decade")
            return
        if n.sort is not Sort.CARDINAL or n.best is None or n.scale != 1:
            return
        if n.best <= _DAYS and self._is_day(s, n):
            n.refuse(Reason.DATE, "month beside it")
        elif n.last == n.first + 1 and is_day_in_figures(s.lows, n.first):
            n.refuse(Reason.DATE, "day and month in figures")
        elif self._is_clock(s, n, previous):
            n.refuse(Reason.CLOCK, "hours and minutes")
            if previous and s.words[n.first - 1] == ":" and previous.reason is None:
                previous.refuse(Reason.CLOCK, "hours and minutes")
        elif self._is_year(s, n, previous):
            n.refuse(Reason.YEAR, "four digits")

    def _is_month(self, s: Sentence, token: int) -> bool:
        return 0 <= token < len(s.lows) and s.lows[token] in self._months and s.words[token][0].isupper()

    def _is_day(self, s: Sentence, n: Number) -> bool:
        i, j = n.first, n.last
        if "." in s.words[i] and s.words[i][0].isdecimal():
            return False
        if self._is_month(s, j) and s.words[i][0].isdecimal():
            return True
        month = i - 2 if i > 1 and s.words[i - 1] == "." else i - 1
        if not self._is_month(s, month):
            return False
        if j < len(s.lows) and (s.lows[j] in self._units or s.lows[j] == "%"):
            return False
        as_period = month and s.lows[month - 1] in _MONTH_AS_PERIOD
        return not (as_period and j < len(s.lows) and s.lows[j] in self._nouns)

    def _is_clock(self, s: Sentence, n: Number, previous: Number | None) -> bool:
        i, j = n.first, n.last
        word = s.words[i]
        if not word[0].isdecimal():
            return False
        if i > 1 and s.words[i - 1] in {":", ".", "h"} and previous and previous.last == i - 1:
            tight = s.starts[i] == s.ends[i - 1] and s.starts[i - 1] == s.ends[i - 2]
            if s.words[i - 1] == ":" and tight and len(word) == 2:  # noqa: PLR2004 (minutes, seconds)
                return (previous.best or 0) <= _HOURS or previous.reason is Reason.CLOCK
        follower = s.lows[j] if j < len(s.lows) else ""
        if len(word) == _YEAR_DIGITS and word.isdecimal() and follower in {"hours", "local", "hrs"}:
            return word[0] in "012" and (word[0] == "0" or follower == "local")
        return False

    def _is_year(self, s: Sentence, n: Number, previous: Number | None) -> bool:
        i, j = n.first, n.last
        word = s.words[i]
        if not word.isdecimal() or n.best is None or j != i + 1:
            return False
        before = s.lows[i - 1] if i else ""
        if len(word) == 2 and before in _TIGHT and previous and previous.reason is Reason.YEAR:  # noqa: PLR2004 (2014-15)
            return previous.last == i - 1 and s.starts[i] == s.ends[i - 2] + 1
        if len(word) != _YEAR_DIGITS or not _OLD_YEARS[0] <= n.best <= _OLD_YEARS[1]:
            return False
        follower = s.lows[j] if j < len(s.lows) else ""
        if follower in self._units and not (follower[0].isalpha() and s.words[j][0].isupper()):
            return False
        is_dated = previous is not None and previous.reason is Reason.DATE and previous.last == i  # Feb 14 2016
        if before in {"$", "€", "£", "¥", "₽", "₴"} or is_dated or self._is_month(s, i - 1):
            return before not in {"$", "€", "£", "¥", "₽", "₴"}
        recent = _YEARS[0] <= n.best <= _YEARS[1]
        if (before in {"a", "an"} and recent) or (before == "'s" and follower not in self._nouns):
            return True
        if before in _YEAR_CUES and not self._is_labelled(s, i):
            return recent or (before in {"in", "since", "until", "from", "by"} and follower not in self._nouns)
        if self._hedges.ending(s.lows, i) or self._is_labelled(s, i):
            return False
        return recent and follower not in self._nouns

    def _is_labelled(self, s: Sentence, i: int) -> bool:
        """Tell whether a number is that of a line of a list: "tanks – 1946"."""
        label = label_of(s, i)
        return label is not None and not self._nouns.isdisjoint(s.lows[slice(*label)])

    def refuse_beside_dates(self, s: Sentence, numbers: list[Number]) -> None:
        """Refuse what is linked to a date, clock or year: 29-30 January, 24 and 25 February, 2 to 4 p.m."""
        for a, b in pairwise(numbers):
            link = s.lows[a.last] if b.first == a.last + 1 else ""
            if link not in _LINKS or link == ":":
                continue
            if b.reason is None and a.reason is Reason.DATE and b.best is not None and b.best <= _DAYS:
                follower = s.lows[b.last] if b.last < len(s.lows) else "."
                if (
                    link in _TIGHT
                    or (not follower.isalpha() and follower != "%")
                    or follower in {"in", "at", "of", "on", "to", "and"}
                ):
                    b.refuse(Reason.DATE, "linked to a date")
        for b, a in pairwise(reversed(numbers)):
            link = s.lows[a.last] if b.first == a.last + 1 else ""
            if (
                link in {"and", "to", "-", "–"}
                and a.reason is None
                and b.reason is Reason.YEAR
                and len(s.words[a.first]) == _YEAR_DIGITS
            ):
                if s.words[a.first].isdecimal():
                    a.refuse(Reason.YEAR, "linked to a year")
            if link == ":" and b.reason is not Reason.CLOCK:
                continue
            if link in _LINKS and a.reason is None and b.reason in {Reason.DATE, Reason.CLOCK} and a.best is not None:
                if a.best <= _DAYS and a.sort is Sort.CARDINAL and a.scale == 1:
                    a.refuse(b.reason, "linked to a date or clock")

    # ---- distances

    def refuse_distance(self, s: Sentence, n: Number) -> None:
        """Refuse a distance in time: two days ago, in the past 24 hours, within three weeks, day 12."""
        lows, i, j = s.lows, n.first, n.last
        if n.unit_token is not None or n.sort not in {Sort.CARDINAL, Sort.VAGUE}:
            return
        if i and lows[i - 1] in _DAY_NUMBERS and n.best is not None and not (j < len(lows) and lows[j] in self._nouns):
            if i == 1 or lows[i - 2] not in {"a", "per", "every", "each", "that", "this", "last", "one", "same"}:
                n.refuse(Reason.RELATIVE_TIME, "number of a day")
                return
        if lows[j : j + 1] in (["a"], ["an"]):
            return  # "from 78 million a year ago"
        if "ago" in lows[j : j + _AGO_REACH]:
            n.refuse(Reason.RELATIVE_TIME, "some time ago")
            return
        unit = j
        while unit < len(lows) and unit < j + 3 and (lows[unit] in _FILLERS or lows[unit] == "-"):
            unit += 1
        if unit < len(lows) and lows[unit] in self._time_units:
            rule = self._rule_after(s, n, unit)
            if rule is None:
                rule = self._rule_before(s, i, unit)
            if rule:
                n.refuse(Reason.RELATIVE_TIME, rule)

    @staticmethod
    def _rule_after(s: Sentence, n: Number, unit: int) -> str | None:
        """Return why the words after a unit of time make it a distance; "" if they make it a measure; None if neither."""
        lows, after = s.lows, unit + 1
        if lows[after : after + 3] == ["and", "a", "half"]:
            after += 3
        if lows[after : after + 1] == ["'"]:
            after += 1
        follower = lows[after] if after < len(lows) else "."
        if follower in _MARKS:
            return "anniversary"
        if follower == "old" or lows[after : after + 2] == ["-", "old"] or (unit > n.last and lows[unit - 1] == "-"):
            return ""
        if follower in {"before", "after"} and n.first and lows[n.first - 1] == "for":
            return ""
        if follower == "since" and not n.first:
            return "time since"
        if follower in _AFTER and not (
            follower == "on" and lows[after + 1 : after + 2] not in ([","], ["."], ["from"])
        ):
            return f"time before {follower!r}"
        return None

    def _rule_before(self, s: Sentence, i: int, unit: int) -> str | None:
        """Return why the words before a number of units of time make it a distance."""
        lows, first = s.lows, i
        while hit := self._hedges.ending(lows, first):
            if not _JUDGED.isdisjoint(lows[hit[0] : first]) or lows[first - 1] == "within":
                break
            first = hit[0]
        before = lows[first - 1] if first else ""
        if before == "last" and (first < i or s.tags[first - 1] == "VERB"):
            return None
        if before == "first" and lows[first - 2 : first - 1] == ["the"]:
            return "the first of a time"
        if before in _LEFT or (before in {"the", "than"} and first > 1 and lows[first - 2] in _LEFT_OF_DISTANCE):
            return f"time after {before!r}"
        if before in _LEFT_OF_DISTANCE and lows[unit] not in _MOMENTS:
            return f"time after {before!r}"
        return None
