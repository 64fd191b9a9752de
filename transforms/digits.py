"""Digits of a sentence: 1,200.5, 3.7 million, 1.2bn, 2 1/2, 138 340, -5, 47th, his 60s, one in 10."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from transforms.figures import NumberForm
from transforms.numbers import Number, Sort, exact
from transforms.numberwords import ARTICLES, CLOSERS, DECADE, MULTIPLIER, is_glued, make_share, spread_decade

if TYPE_CHECKING:
    from transforms.numberwords import NumberWords
    from transforms.sentences import Sentence

_PLAIN = re.compile(r"\d+(?:\.\d+)?\Z")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?\Z")  # also the Indian 12,34,567
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?\Z|\d{1,3}(?:\.\d{3})+,\d+\Z")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}\Z")
_GROUP = 3  # digits of a group after a thousands space
_GROUP_SPACES = {" ", "\xa0", "\u202f", "\u2009"}
_SMALL = 10  # "one in three": neither part is above ten, or the first is one
_ONE_IN_MANY = 1000
_TOPS, _BOTTOMS = {"1", "2", "3", "5", "7"}, {"2", "3", "4", "5", "8"}  # of fractions that print sets as 1/2, 5/8
_SLASHES = {"/", "⁄"}
_MASS = {"people", "personnel", "troops", "men", "women", "children"}
_MILLION = 1e6
_ELDER = {"his", "her", "their", "its", "my"}


class Digits:
    """Reads a number that begins with digits."""

    def __init__(self, lexicon: NumberWords) -> None:
        self._lexicon = lexicon

    def read(self, s: Sentence, i: int) -> Number:
        """Return the number whose digits begin at token i, with its sign, fraction, scale and ending."""
        words, lows = s.words, s.lows
        value = parse_digits(words[i])
        if value is None or not math.isfinite(value):
            return Number(i, i + 1, None, None, None, Sort.UNRULED)
        last = i + 1
        if len(words[i]) <= _GROUP and words[i].isdecimal() and words[i][0] != "0":
            last = _grouped_by_spaces(s, i)
            if last > i + 1:
                value = float("".join(words[i:last]))
        number = exact(i, last, value, NumberForm.DIGIT)
        if last < len(lows):
            self._read_fraction_part(s, number)
            self._read_scale(s, number)
            self._read_ordinal_or_decade(s, number)
            read_one_in(self._lexicon, s, number)
        if i and number.sort is Sort.CARDINAL:
            self._read_sign(s, number)
        return number

    def _read_sign(self, s: Sentence, number: Number) -> None:
        """Read what stands before digits: -5, minus 5, minus-5, $-5bn, .5."""
        words, i = s.words, number.first
        value = number.best or 0.0
        if words[i - 1] == "." and words[i].isdecimal() and s.starts[i] == s.ends[i - 1]:
            if i == 1 or s.starts[i - 1] > s.ends[i - 2]:
                number.first = i - 1
                number.low = number.best = number.high = float("0." + words[i]) * number.scale
            return
        first = i - 2 if words[i - 1] == "-" and i > 1 and s.lows[i - 2] == "minus" else i - 1
        is_signed = words[i - 1] in {"-", "−", "–"} and (
            _is_minus(s, i - 1) or (i > 1 and words[i - 2] in self._lexicon.signs)
        )
        if s.lows[first] == "minus" or is_signed:
            number.first = first
            number.low = number.best = number.high = -value

    def _read_fraction_part(self, s: Sentence, number: Number) -> None:
        """Read what stands after a whole number: 2½, 2 1/2, 2 and a half."""
        lows, j = s.lows, number.last
        value = number.best or 0.0
        word = self._lexicon.words.get(lows[j])
        if word and word.part == "FRACTION" and not lows[j].isalpha():
            number.seeds += (word.seed,)
            number.last, value = j + 1, value + word.value
        elif lows[j : j + 3] == ["and", "a", "half"]:
            number.last, value = j + 3, value + self._lexicon.words["half"].value
        elif lows[j : j + 6] == ["-", "and", "-", "a", "-", "half"]:
            number.last, value = j + 6, value + self._lexicon.words["half"].value
        elif lows[j] in _SLASHES and is_glued(s, j - 1, j + 2) and lows[j + 1].isdecimal():
            bottom = float(lows[j + 1])
            of_unit = lows[j + 2 : j + 4] in (["of", "a"], ["of", "an"]) and self._names_unit(s, j + 4)
            if value < bottom and (of_unit or lows[j + 1] in _BOTTOMS):
                number.last = j + 4 if of_unit else j + 2
                make_share(number, value / bottom)
            if of_unit and number.sort is Sort.FRACTION:
                number.sort, number.low = Sort.CARDINAL, value / bottom
                number.best = number.high = number.mantissa = number.low
            return
        elif lows[j + 1 : j + 2] == ["/"] and lows[j] in _TOPS and lows[j + 2 : j + 3] and lows[j + 2] in _BOTTOMS:
            number.last, value = j + 3, value + float(lows[j]) / float(lows[j + 2])
        else:
            return
        number.low = number.best = number.high = number.mantissa = value

    def _names_unit(self, s: Sentence, token: int) -> bool:
        """Tell whether a unit stands at a token, a country before it or not: mile, US gallon."""
        return not self._lexicon.unit_words.isdisjoint(s.lows[token : token + 2])

    def _read_scale(self, s: Sentence, number: Number) -> None:
        """Multiply by what follows: 3.7 million, 1.2bn, 5-million."""
        words, lows = s.words, s.lows
        if number.mantissa >= _MILLION and s.words[number.first].count(",") > 1:
            if s.lows[number.last] in {"million", "m"}:
                number.last += 1  # "2,102,247 million" is a slip for the number itself
            return
        while (j := number.last) < len(lows):
            k = j + 1 if lows[j] == "-" and is_glued(s, j - 1, j + 2) else j
            word = self._lexicon.words.get(lows[k]) if k < len(lows) else None
            if word and word.part in MULTIPLIER and not word.plural and lows[k].isalpha():
                form = NumberForm.MIXED
            else:
                word = self._lexicon.glued.get(words[j])
                tight = s.starts[j] == s.ends[j - 1]
                if word is None or not (tight or (words[j] in {"m", "M"} and self._is_money(s, number, j))):
                    return
                if words[j] in {"m", "T"} and not self._is_money(s, number, j) and not self._counts(s, j + 1):
                    return
                k, form = j, NumberForm.MIXED
            number.last = k + 1
            number.scale *= word.value
            value = number.mantissa * number.scale
            number.low = number.best = number.high = value
            number.form = form
            number.seeds += (word.seed,)

    def _is_money(self, s: Sentence, number: Number, after: int) -> bool:
        """Tell whether a money sign stands before a number, or the name of a currency after token `after`."""
        if number.first and s.words[number.first - 1] in self._lexicon.money:
            return True
        return after + 1 < len(s.words) and s.words[after + 1] in self._lexicon.money_after

    @staticmethod
    def _counts(s: Sentence, token: int) -> bool:
        """Tell whether a token names things in the plural ("5m people"), so that m is no metre."""
        if token >= len(s.lows):
            return False
        low = s.lows[token]
        return low in _MASS or (len(low) > _GROUP and low[-1] == "s" and low[-2] != "s" and s.words[token] == low)

    def _read_ordinal_or_decade(self, s: Sentence, number: Number) -> None:
        """Read the letters glued to a digit: 47th, 1990s, his 60s, 20-something."""
        j = number.last
        if j >= len(s.lows):
            return
        low = s.lows[j]
        if low in {"st", "nd", "rd", "th"} and s.starts[j] == s.ends[j - 1]:
            number.sort, number.last = Sort.ORDINAL, j + 1
            closes = j + 1 >= len(s.lows) or s.lows[j + 1] in CLOSERS
            if closes and number.first and s.lows[number.first - 1] in ARTICLES and number.best:
                number.first -= 1
                make_share(number, 1 / number.best)
        elif low in {"s", "'s"} and s.starts[j] == s.ends[j - 1] and (number.best or 0) % DECADE == 0:
            number.last = j + 1
            number.sort = Sort.UNRULED
            before = s.lows[number.first - 1] if number.first else ""
            if before in {"early", "late", "mid", "-"} and number.first > 1:
                before = s.lows[number.first - 2]
            if before in _ELDER and number.best is not None:
                spread_decade(number, Sort.AGES)
        elif low == "-" and s.lows[j + 1 : j + 2] == ["something"]:
            number.last = j + 2
            spread_decade(number, Sort.CARDINAL)


def read_one_in(lexicon: NumberWords, s: Sentence, number: Number) -> None:
    """Read a share that is told as one in three, nine in 10, one out of five."""
    lows, j = s.lows, number.last
    if j + 1 >= len(lows) or lows[j] not in {"in", "out"} or number.scale != 1 or number.sort is not Sort.CARDINAL:
        return
    k = j + 1
    if lows[j] == "out":
        if lows[k] != "of":
            return
        k += 1
    if k < len(lows) and lows[k] == "every":
        k += 1
    if k >= len(lows):
        return
    if lows[k][0].isdecimal():
        bottom = parse_digits(s.words[k])
    else:
        word = lexicon.words.get(lows[k])
        bottom = word.value if word and word.part in {"ONE", "TEEN", "TEN", "HUNDRED"} and not word.plural else None
    top = number.best or 0.0
    if bottom is None or not top < bottom or top <= 0:
        return
    if bottom > _SMALL and not (top == 1 and bottom <= _ONE_IN_MANY):
        return
    follower = lows[k + 1] if k + 1 < len(lows) else "."
    if follower in lexicon.time_words or follower in {"-", "%", "of"} or follower in lexicon.unit_words:
        return
    number.last = k + 1
    make_share(number, top / bottom)


def parse_digits(digits: str) -> float | None:
    """Return the value of a run of digits, commas and full stops, or None where it is no number.

    >>> parse_digits("1,200.5"), parse_digits("12,34,567"), parse_digits("1.200.000"), parse_digits("24.02.2022")
    (1200.5, 1234567.0, 1200000.0, None)
    """
    if _PLAIN.match(digits):
        return float(digits)
    if _GROUPED.match(digits):
        return float(digits.replace(",", ""))
    if _EUROPEAN.match(digits):
        return float(digits.replace(".", "").replace(",", "."))
    if _DECIMAL_COMMA.match(digits):
        return float(digits.replace(",", "."))
    return None


def _grouped_by_spaces(s: Sentence, i: int) -> int:
    """Return one past the last group of a number that is grouped by spaces: 138 340."""
    j = i + 1
    while (
        j < len(s.words)
        and len(s.words[j]) == _GROUP
        and s.words[j].isdecimal()
        and s.starts[j] == s.ends[j - 1] + 1
        and s.text[s.ends[j - 1] - s.start] in _GROUP_SPACES
    ):
        j += 1
    return j


def _is_minus(s: Sentence, sign: int) -> bool:
    """Tell whether a dash is the sign of the number after it: "-5", not "10-5" or "Su-35"."""
    if s.starts[sign + 1] != s.ends[sign]:
        return False
    return (
        sign == 0
        or (s.starts[sign] > s.ends[sign - 1] and s.words[sign - 1] not in {"-", "–"})
        or s.words[sign - 1] == "("
    )
