"""Numbers that are no figures, each with its reason: names, models, ordinals, pronouns, idioms, scores, phones.

Dates, years, clocks and distances in time stand in transforms/calendar.py; the words of each reason in
seeds/refusals.toml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.kinds import Hedge, Noun, Refused, Unit
from transforms.calendar import Calendar
from transforms.figures import Reason
from transforms.numbers import Number, Sort
from transforms.phrases import Phrases
from transforms.wordforms import FINITE

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.sentences import Sentence

_DASHES = {"-", "–"}
_SCORE_CUES = frozenset(
    "won win wins lost beat drew draw score scored defeat victory lead led thrashed game goals".split()
)
_SCORE_REACH = 8
_SCORE_MOST = 30  # goals or sets; votes and ranges lie above
_PHONE_PARTS = 3
_PHONE_GAPS = {"", " ", "-", ".", "(", ")", ") ", " (", "\xa0", " - "}
_SIGNS = {"-", "–", "/"}
_ONE_FOLLOWERS = frozenset(
    "of is was were are has had have who that which can could would should may might must will and or , . ; : ) ? ! in"
    " on at to for from by with as but the a an so if than then this when where while ' \" ” ’ 's — – … it he she they"
    " we i you".split(),
)
_HARMED = frozenset(
    "killed injured wounded dead died missing hurt captured detained arrested survived hospitalised".split()
)
_NOMINAL = frozenset({"NOUN", "ADJ", "NAME", "NV", "-", "NUM", "VBN", "$", '"', "ADV", "DATE"})
_CLOSING = frozenset({"VERB", "BE", "HAVE", "DO", "MODAL", "PREP", "CONJ", "SUB", "REL"})
_STREETS = frozenset("street st road rd avenue ave lane drive boulevard blvd way square place terrace crescent".split())
_STREET_REACH = 5  # tokens of the name of a street
_LASTING = frozenset(
    "for in just little well by of at after than with to and be been being is are was were now took take takes lasted last"
    " lasts lasting spent spend held hold holds far me him her us them".split()
)  # before "over" that bounds a length of time
_MARKS = frozenset("low lows high highs peak peaks record".split())
_CALIBRE = 4.5  # mm: the smallest of arms in use (airguns)
_YEAR_DIGITS = 4  # more name nothing
_HARM_REACH = 4  # tokens between "one" and what befell it: "one was later killed"
_SMALL_CASE_NAMES = frozenset(
    "article resolution flight channel room page chapter no nos number phase mach grade step".split()
)
_SHORT = 2  # letters of "km", "sq"
_PEOPLE = frozenset("dead killed wounded injured missing people children men women".split())
_PLURAL = ("ths", "ies", "ims", "ers", "ees")  # of deaths, casualties, victims, soldiers, refugees


class Refusing:
    """Marks the numbers of a sentence that are no figures; built from seeds/refusals.toml."""

    def __init__(self, seeds: Seeds) -> None:
        refused = seeds.of(Refused)
        self._phrases = Phrases({p: Reason(code) for code, entry in refused.items() for p in entry.phrases})
        self._before = Phrases({w: Reason(code) for code, entry in refused.items() for w in entry.before})
        self._after = Phrases({w: Reason(code) for code, entry in refused.items() for w in entry.after})
        self._calendar = Calendar(seeds)
        self._money = {sign.split()[-1] for u in seeds.of(Unit).values() for sign in u.before}
        forms = [w.partition(" ")[::2] for u in seeds.of(Unit).values() for w in u.written]
        self._glued = {
            first for first, rest in forms if first.isalpha() and (not rest or len(first) == _SHORT)
        }  # 9sq km
        self._hours = {w for u in seeds.of(Unit).values() if u.dimension == "time" for w in u.written if w.isalpha()}
        self._hedges = {w.split()[-1] for hedge in seeds.of(Hedge).values() for w in hedge.before}
        self._nouns = {w.lower() for noun in seeds.of(Noun).values() for w in noun.written}

    def refuse_names(self, s: Sentence, numbers: list[Number]) -> None:
        """Refuse what is seen from a single number, before numbers are joined to ranges."""
        if len(numbers) >= _PHONE_PARTS:
            _refuse_phones(s, numbers)
        for k, number in enumerate(numbers):
            if number.reason is None:
                self._refuse_name(s, number)
            if number.reason is None:
                self._calendar.refuse_date(s, number, numbers[k - 1] if k else None)
            if number.reason is None and k:
                _refuse_score(s, numbers[k - 1], number)
                _refuse_second_name(s, numbers[k - 1], number)
        self._calendar.refuse_beside_dates(s, numbers)

    def refuse_times(self, s: Sentence, numbers: list[Number]) -> None:
        """Refuse distances in time, bare pronouns and what is left without a value."""
        for number in numbers:
            if number.reason is None:
                self._calendar.refuse_distance(s, number)
            if number.reason is None and s.lows[number.last : number.last + 1] == ["-"] and self._is_mark(s, number):
                number.refuse(Reason.RELATIVE_TIME, "mark of years")
            if (
                number.reason is None
                and number.first > 1
                and s.lows[number.first - 1] == "over"
                and self._spans(s, number)
            ):
                number.refuse(Reason.RELATIVE_TIME, "over a stretch of time")
            if number.reason is None and self._is_calibre(s, number):
                number.refuse(Reason.MODEL, "calibre")
            if number.reason is None and number.sort is Sort.BOTH and _joins(s, number):
                number.refuse(Reason.NOT_A_FIGURE, "both ... and")
            if number.reason is None and s.lows[number.first] == "one" and number.last == number.first + 1:
                if self._is_pronoun(s, number.first):
                    number.refuse(Reason.PRONOUN, "one without a noun")
            if number.reason is None and number.best is None and number.low is None:
                number.refuse(Reason.NOT_A_FIGURE, "no value")

    def _refuse_name(self, s: Sentence, n: Number) -> None:
        lows, i, j = s.lows, n.first, n.last
        if n.sort is Sort.ORDINAL:
            is_day = self._calendar.is_month_beside(s, n) and s.words[i][0].isdecimal()
            n.refuse(Reason.DATE if is_day else Reason.ORDINAL, "ordinal")
            return
        if _numbers_list(s, n):
            n.refuse(Reason.LIST_NUMBER, "number of a list")
            return
        hit = self._after.starting(lows, j)
        if hit:
            n.refuse(hit[1], "word after")
            return
        for token in range(i, j):
            phrase = self._phrases.covering(lows, token)
            if phrase and phrase[1] >= j and (phrase[2] is not Reason.VAGUE_NO_RULE or n.sort is Sort.UNRULED):
                n.refuse(phrase[2], "phrase")
                return
        if (j < len(lows) and lows[j] == "=") or _counts_items(s, n):
            n.refuse(Reason.LIST_NUMBER if lows[j] != "=" else Reason.NOT_A_FIGURE, "place in a list")
            return
        if n.sort is Sort.CARDINAL and _is_address(s, i, j):
            n.refuse(Reason.PHONE, "address")
        elif n.sort is Sort.CARDINAL and i:
            self._refuse_model(s, n)

    def _refuse_glued(self, s: Sentence, n: Number) -> bool:
        """Refuse Su-35, F16, 5G by what touches the digits; True where that settles it."""
        words, i, j = s.words, n.first, n.last
        before = words[i - 1]
        if s.starts[i] == s.ends[i - 1] and before.isalpha() and before.lower() != "x":
            if not (before in self._money and (len(before) > 1 or (i > 1 and words[i - 2] == "$"))):
                n.refuse(Reason.MODEL, "letters before digits")
            return True
        if (
            i > 1
            and before in _SIGNS
            and s.starts[i] == s.ends[i - 1]
            and s.starts[i - 1] == s.ends[i - 2]
            and ((words[i - 2].isalpha() and not words[i - 2].islower()) or (i > len("A1") and _is_model(s, i - 2)))
        ):
            n.refuse(Reason.MODEL, "name and hyphen before digits")
            return True
        if j < len(words) and s.starts[j] == s.ends[j - 1] and words[j].isalpha() and n.scale == 1:
            is_unit = words[j] in self._glued or (len(words[j]) > 1 and words[j].lower() in self._glued)
            if not is_unit and len(words[j]) <= _SHORT:
                n.refuse(Reason.MODEL, "letters after digits")
                return True
        return False

    def _refuse_model(self, s: Sentence, n: Number) -> None:
        """Refuse Su-35, F16, 5G, Article 5, Leopard 2."""
        words, lows, i, j = s.words, s.lows, n.first, n.last
        digits = words[i].isdecimal()
        before = words[i - 1]
        if words[i][0].isdecimal() and self._refuse_glued(s, n):
            return
        if before == "number" and i > 1 and _are_many(s, i - 1):
            return  # "the dead number 900", "Russian deaths number 20,000"
        hit = self._before.ending(lows, i)
        if hit is None and before != "." and before == lows[i - 1]:
            return  # what follows asks for a capital before the digits
        closed = j >= len(lows) or not lows[j].isalpha() or lows[j] in _ONE_FOLLOWERS or s.tags[j] in _CLOSING
        if hit and (any(map(str.isupper, words[hit[0]])) or (closed and lows[hit[0]] in _SMALL_CASE_NAMES)):
            if not (lows[i - 1] == "mach" or hit[0] == 0) or closed:
                n.refuse(hit[1], "word before")
            return
        if before == "." and i > 1 and s.starts[i] == s.ends[i - 1] == s.ends[i - 2] + 1 and words[i - 2].isupper():
            n.refuse(Reason.MODEL, "capitals and full stop before digits")
            return
        if (
            digits
            and j < len(words)
            and s.tags[j] == "NAME"
            and lows[j] not in self._nouns
            and any(map(str.isupper, before))
            and not before.endswith("ly")
            and not self._calendar.is_day_or_month(before)
            and s.tags[i - 1] == "NAME"
        ):
            n.refuse(Reason.NAME, "between the words of a name")
            return
        if digits and closed and n.scale == 1 and len(words[i]) <= _YEAR_DIGITS and i > 1:
            is_name = s.tags[i - 1] not in _CLOSING and lows[i - 1] not in self._hedges  # "Raid Kills At Least 18"
            if (
                is_name
                and any(map(str.isupper, before))
                and before[-1].isalpha()
                and not self._calendar.is_day_or_month(before)
            ):
                if words[i - 2] not in {",", ".", "In", "in"} and (j >= len(lows) or lows[j] not in {"%", "-", "("}):
                    n.refuse(Reason.NAME, "capitalised word before")

    def _is_calibre(self, s: Sentence, n: Number) -> bool:
        """Tell whether a number of millimetres names a gun or its rounds: 155 mm artillery, 30mm cannons."""
        if (n.best or 0.0) < _CALIBRE:
            return False
        j = n.last + 1 if s.lows[n.last : n.last + 1] == ["-"] else n.last
        if s.lows[j : j + 1] not in (["mm"], ["millimetre"], ["millimeter"]) or j + 1 >= len(s.lows):
            return False
        k = j + 2 if s.lows[j + 1] == "-" else j + 1
        return k < len(s.lows) and s.tags[k] in {"NOUN", "NAME", "ADJ", "NV"}

    def _is_mark(self, s: Sentence, n: Number) -> bool:
        """Tell whether a number says since when something is the most or least: a five-year low, a 40-year high."""
        j = n.last + 1
        return s.lows[j + 1 : j + 2] != [] and s.lows[j] in self._hours and s.lows[j + 1] in _MARKS

    def _spans(self, s: Sentence, n: Number) -> bool:
        """Tell whether "over" says in which time, not for more than how long: "was built over 10 days"."""
        is_time = s.lows[n.last : n.last + 1] != [] and s.lows[n.last] in self._hours
        follower = s.lows[n.last + 1 : n.last + 2]
        return is_time and s.lows[n.first - 2] not in _LASTING and follower not in (["of"], ["a"], ["per"])

    def _is_pronoun(self, s: Sentence, i: int) -> bool:
        lows = s.lows
        if i + 1 >= len(lows):
            return True
        follower = lows[i + 1]
        if i and lows[i - 1] == "-":
            return False
        if follower not in _ONE_FOLLOWERS and s.tags[i + 1] in _NOMINAL:
            return False
        if is_one_more(s, i):
            return False
        return _HARMED.isdisjoint(lows[i + 1 : i + 1 + _HARM_REACH]) or follower == "of"


def is_one_more(s: Sentence, i: int) -> bool:
    """Tell whether "one" is of those counted before, elsewhere: "two people were killed in Sumy and one in Kherson"."""
    is_elsewhere = s.tags[i - 1] in {"CONJ", ","} and s.tags[i + 1 : i + 3] == ["PREP", "NAME"]
    return is_elsewhere and "NUM" in s.tags[:i] and not _HARMED.isdisjoint(s.lows[:i])


def _are_many(s: Sentence, token: int) -> bool:
    """Tell whether "number" is the verb of those named before it: there is none else, up to the next comma."""
    if s.lows[token - 1] not in _PEOPLE and not s.lows[token - 1].endswith(_PLURAL):
        return False
    end = next((k for k in range(token, len(s.lows)) if s.lows[k] == ","), len(s.lows))
    return all(tag not in FINITE for k, tag in enumerate(s.tags[:end]) if k != token)


def _is_model(s: Sentence, token: int) -> bool:
    """Tell whether letters are glued before the digits at a token: the 61 of B61-12, the 136 of Shahed-136/131."""
    if not s.words[token].isdecimal() or s.starts[token] != s.ends[token - 1]:
        return False
    name = token - 1 if s.words[token - 1] not in _SIGNS else token - 2
    is_glued = s.starts[name + 1] == s.ends[name]
    return is_glued and s.words[name].isalpha() and (name == token - 1 or not s.words[name].islower())


def _refuse_second_name(s: Sentence, a: Number, b: Number) -> None:
    """Refuse the second number of "Articles 5 and 6", "Camp One and Two" with the first."""
    is_named = a.reason is Reason.NAME and a.rule in {"word before", "capitalised word before"}
    if is_named and b.sort is Sort.CARDINAL and s.lows[a.last : b.first] in (["and"], ["or"], ["to"], ["-"], [","]):
        if b.last >= len(s.lows) or not s.lows[b.last][0].isalpha() or s.tags[b.last] in _CLOSING:
            b.refuse(Reason.NAME, a.rule)


def _is_address(s: Sentence, first: int, token: int) -> bool:
    """Tell whether the name of a street follows a number: 358 El Brillo Way, 16-18 Industrial Avenue."""
    if len(s.words[first]) == _YEAR_DIGITS and s.words[first][:2] in {"19", "20"}:
        return False  # "the 1989 Tiananmen Square protests"
    k = token + 2 if s.words[token : token + 1] == ["-"] else token
    for j in range(k, min(k + _STREET_REACH, len(s.words))):
        if not (s.words[j][0].isupper() or s.words[j].isdecimal() or s.lows[j] in {"st", "nd", "rd", "th"}):
            return False
        if j > k and s.lows[j] in _STREETS:
            return True
    return False


def _counts_items(s: Sentence, n: Number) -> bool:
    """Tell whether a number is the place in a gallery or list: "Item 1 of 5", "[1/5]"."""
    lows, i, j = s.lows, n.first, n.last
    if i and lows[i - 1] in {"item", "list", "slide", "photo"} and lows[j : j + 1] == ["of"]:
        return True
    if i > 2 and lows[i - 1] == "of" and lows[i - 3] in {"item", "list", "slide", "photo"}:  # noqa: PLR2004 (item 1 of)
        return True
    return bool(i) and lows[i - 1] == "[" and lows[j : j + 1] == ["]"] and n.sort is Sort.FRACTION


def _numbers_list(s: Sentence, n: Number) -> bool:
    """Tell whether a number opens its line as the number of an item: "1.", "2)"."""
    if n.first > 1 or not s.words[n.first][0].isdecimal():
        return False
    if n.first == 1 and s.words[0] not in {"(", "#", "•", "*"}:
        return False
    follower = s.words[n.last : n.last + 1]
    return (
        follower in ([")"], ["."])
        and n.first + 1 == n.last
        and s.starts[n.last] == s.ends[n.last - 1]
        and (n.last + 1 == len(s.words) or follower == [")"])
    )


def _refuse_score(s: Sentence, a: Number, b: Number) -> None:
    """Refuse "3-1", and "1-3" beside a word of sport."""
    if b.first != a.last + 1 or s.words[a.last] not in _DASHES | {":"} or a.reason not in {None, Reason.SCORE}:
        return
    if a.best is None or b.best is None or a.sort is not Sort.CARDINAL or b.sort is not Sort.CARDINAL:
        return
    if s.starts[b.first] != s.ends[b.first - 1] or s.starts[a.last] != s.ends[a.last - 1] or a.scale * b.scale != 1:
        return
    if not (s.words[a.first].isdecimal() and s.words[b.first].isdecimal()):
        return
    told = not _SCORE_CUES.isdisjoint(s.lows[max(0, a.first - _SCORE_REACH) : b.last + _SCORE_REACH])
    counts = b.last < len(s.tags) and s.tags[b.last] in {"NOUN", "ADJ"}
    if (told and not counts and max(a.best, b.best) < _SCORE_MOST) or (a.best >= b.best and b.last < len(s.words)):
        a.refuse(Reason.SCORE, "score")
        b.refuse(Reason.SCORE, "score")


def _refuse_phones(s: Sentence, numbers: list[Number]) -> None:
    """Refuse three or more digit groups in a row that begin with + or 0."""
    start = 0
    while start < len(numbers):
        stop = start + 1
        while stop < len(numbers):
            gap = s.text[s.ends[numbers[stop - 1].last - 1] - s.start : s.starts[numbers[stop].first] - s.start]
            if gap not in _PHONE_GAPS:
                break
            stop += 1
        first = numbers[start]
        opens = s.words[first.first]
        is_phone = opens.startswith("0") or (first.first > 0 and s.words[first.first - 1] == "+")
        if stop - start >= _PHONE_PARTS and is_phone:
            for number in numbers[start:stop]:
                number.refuse(Reason.PHONE, "digit groups")
        start = stop


def _joins(s: Sentence, n: Number) -> bool:
    """Tell whether "both" only opens a coordination: both Russia and Ukraine, both to the army and to the police."""
    if s.tags[n.last : n.last + 1] == ["NAME"]:
        return True
    if s.tags[n.last : n.last + 1] in (["PREP"], ["VERB"]) and s.lows[n.last] != "of":
        return True  # "both in terms of", "to both provide"
    lows = s.lows[n.last : n.last + _JOIN_REACH]
    if "and" not in lows:
        return False
    inner = lows[: lows.index("and")]
    return not any(low in {",", ".", ";"} or low in _HARMED for low in inner)


_JOIN_REACH = 8  # tokens from "both" to its "and"
