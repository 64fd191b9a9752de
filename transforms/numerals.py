"""Number words and digits of a sentence: 5, five, 3.7 million, two and a half, half a million, tens of thousands.

Starts at each digit run and number word and takes in what belongs to it. Ranges are joined in transforms/ranges.py;
what is no figure is refused in transforms/refusing.py.
"""

from __future__ import annotations

from itertools import compress, count
from typing import TYPE_CHECKING

from transforms.digits import Digits, read_one_in
from transforms.figures import Modifier, NumberForm
from transforms.numbers import Number, Sort, exact
from transforms.numberwords import (
    ARTICLES,
    CLOSERS,
    DECADE,
    MULTIPLIER,
    NumberWords,
    is_glued,
    make_share,
    spread_decade,
)

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.numberwords import Word
    from transforms.sentences import Sentence

_CARDINAL = {"ONE", "TEEN", "TEN", "HUNDRED", "SCALE", "DOZEN"}
_DETERMINERS = {"the", "its", "their", "his", "her", "our", "my", "your", "that", "this", "those", "these", "all"}


class Numerals:
    """Reads the numbers of a sentence; built from seeds/numerals.toml and the money signs of seeds/units.toml."""

    def __init__(self, seeds: Seeds) -> None:
        self.lexicon = NumberWords(seeds)
        self._digits = Digits(self.lexicon)

    def read(self, s: Sentence) -> list[Number]:
        """Return the numbers of a sentence in their order; every digit run and number word lies in one of them."""
        lows, lexicon = s.lows, self.lexicon
        numbers: list[Number] = []
        last = 0
        for i in compress(count(), map(lexicon.opens.__getitem__, lows)):
            if i < last:
                continue
            low = lows[i]
            if low[0].isdecimal():
                number = self._digits.read(s, i)
            elif low in lexicon.words:
                number = self._read_word(s, i, last)
            elif low in lexicon.ordinals:
                number = _read_ordinal(s, i, lexicon.ordinals[low], last)
            else:
                number = Number(i, i + 1, None, None, None, Sort.UNRULED, NumberForm.WORD)
            numbers.append(number)
            last = number.last
        return numbers

    def _read_word(self, s: Sentence, i: int, floor: int) -> Number:
        word = self.lexicon.words[s.lows[i]]
        first = i - 1 if i > floor and s.lows[i - 1] in ARTICLES else i
        if word.plural:
            return self._read_vague_plural(s, i, floor)
        if word.part == "VAGUE":
            return self._read_several(s, i, first)
        if word.part == "BOTH":
            return Number(i, i + 1, word.value, word.value, word.value, Sort.BOTH, NumberForm.WORD, seeds=(word.seed,))
        if word.part == "FRACTION":
            return self._read_half(s, i, first)
        return self._read_cardinal(s, i, first)

    def _read_vague_plural(self, s: Sentence, i: int, floor: int) -> Number:
        """Read dozens, hundreds, tens of thousands: twice the word's value at least."""
        lows, last = s.lows, i + 1
        word = self.lexicon.words[lows[i]]
        low = 2 * word.value
        seeds: tuple[str, ...] = (word.seed,)
        while last + 1 < len(lows) and lows[last] in {"of", "upon", "and"}:
            scale = self.lexicon.words.get(lows[last + 1])
            if scale is None or not scale.plural or scale.part not in MULTIPLIER:
                break
            if lows[last] == "of":
                low *= scale.value
            elif lows[last + 1] != lows[last - 1]:
                break  # "millions and hundreds of thousands" are two; "hundreds and hundreds" one
            seeds += (scale.seed,)
            last += 2
        first = i
        if lows[i] == "scores" and lows[last : last + 1] != ["of"]:
            return Number(i, last, None, None, None, Sort.UNRULED, NumberForm.WORD)
        if i > floor and lows[i - 1] in {"low", "many"}:
            first = i - 1
        return Number(first, last, low, None, None, Sort.VAGUE, NumberForm.VAGUE, Modifier.VAGUE, seeds)

    def _read_several(self, s: Sentence, i: int, first: int) -> Number:
        """Read several, a few, a handful, a couple, and what they multiply: several hundred, a few dozen."""
        lows, low = s.lows, s.lows[i]
        word = self.lexicon.words[low]
        last, scale = i + 1, 1.0
        seeds: tuple[str, ...] = (word.seed,)
        k = last + 1 if lows[last : last + 1] == ["of"] and low == "couple" else last
        multiplied = self.lexicon.words.get(lows[k]) if k < len(lows) else None
        if multiplied and multiplied.part in MULTIPLIER and not multiplied.plural:
            last, scale, seeds = k + 1, multiplied.value, (word.seed, multiplied.seed)
        value = word.value * scale
        if low == "couple":
            if scale == 1 and lows[last : last + 1] not in (
                ["of"],
                ["more"],
                ["days"],
                ["hours"],
                ["weeks"],
                ["months"],
            ):
                return Number(i, last, None, None, None, Sort.UNRULED, NumberForm.WORD)
            return Number(first, last, value, value, value, Sort.VAGUE, NumberForm.VAGUE, Modifier.APPROX, seeds)
        if low == "few" and first == i:
            return Number(i, last, None, None, None, Sort.UNRULED, NumberForm.WORD)
        return Number(first, last, value, None, None, Sort.VAGUE, NumberForm.VAGUE, Modifier.VAGUE, seeds)

    def _read_half(self, s: Sentence, i: int, first: int) -> Number:
        """Read half a million, half an hour, half of the town, a quarter."""
        lows, words = s.lows, self.lexicon.words
        word = words[lows[i]]
        n = len(lows)
        number = Number(
            first, i + 1, word.value, word.value, word.value, Sort.FRACTION, NumberForm.WORD, seeds=(word.seed,)
        )
        j = i + 1
        hyphen = j < n and lows[j] == "-"
        k = j + 1 if hyphen else j
        if k < n and lows[k] == "of":
            k += 1
        if k < n and lows[k] in ARTICLES:
            k += 1
            if hyphen and k < n and lows[k] == "-":
                k += 1
            has_article = True
        else:
            has_article = False
        target = words.get(lows[k]) if k < n else None
        if target and target.part in MULTIPLIER and not target.plural and (has_article or target.part == "DOZEN"):
            value = word.value * target.value
            number.low = number.best = number.high = value
            number.sort, number.last = Sort.CARDINAL, k + 1
            number.seeds += (target.seed,)
            if target.part == "DOZEN":
                number.modifier = Modifier.APPROX
            return number
        if k < n and (has_article or hyphen) and lows[k] in self.lexicon.unit_words:
            number.sort, number.last = Sort.CARDINAL, k
            return number
        if not lows[i].isalpha() or (j < n and lows[j] in self.lexicon.unit_words and lows[i] == "half"):
            number.sort = Sort.CARDINAL
            return number
        follower = lows[j] if j < n else "."
        if hyphen or (lows[i] == "quarters" and first == i):
            number.sort, number.low, number.best, number.high = Sort.UNRULED, None, None, None
        elif follower in CLOSERS or follower in _DETERMINERS or lows[i] == "half":
            make_share(number, word.value)
        else:
            number.sort, number.low, number.best, number.high = Sort.UNRULED, None, None, None
        return number

    def _read_cardinal(self, s: Sentence, i: int, first: int) -> Number:
        """Read one, twenty-five, two hundred and six, a million, two and a half million, three quarters."""
        lows = s.lows
        head = self.lexicon.words[lows[i]]
        if head.part not in MULTIPLIER:
            first = i
        total, current, last, previous = 0.0, 0.0, i, ""
        j, n = i, len(lows)
        scale = 1.0
        seeds: list[str] = []
        while j < n:
            word = self.lexicon.words.get(lows[j])
            if word is None or word.part not in _CARDINAL or word.plural or not _follows(previous, word.part, current):
                break
            if word.part in {"HUNDRED", "DOZEN"}:
                current = (current or 1.0) * word.value
            elif word.part == "SCALE":
                total += (current or 1.0) * word.value
                scale, current = word.value, 0.0
            else:
                current += word.value
            seeds.append(word.seed)
            previous, last = word.part, j + 1
            j = self._next_part(s, j + 1, previous)
            half = self._and_a_half(lows, last)
            if half and previous not in MULTIPLIER:
                current += self.lexicon.words["half"].value
                seeds.append(self.lexicon.words["half"].seed)
                previous, last = "HALF", half
                j = half + 1 if lows[half : half + 1] == ["-"] else half
        number = exact(first, last, total + current, NumberForm.WORD, tuple(seeds))
        number.scale = scale if scale > 1 and previous == "SCALE" else 1.0
        number.mantissa = number.best / number.scale if number.best else 0.0
        if previous == "DOZEN":
            number.modifier = Modifier.APPROX
        self._read_denominator(s, number)
        if last < n:
            read_one_in(self.lexicon, s, number)
        if number.sort is Sort.CARDINAL and lows[number.last : number.last + 1] == ["-"]:
            if lows[number.last + 1 : number.last + 2] == ["something"]:
                number.last += 2
                spread_decade(number, Sort.CARDINAL)
        self._read_unit_or_two(s, number)
        return number

    def _next_part(self, s: Sentence, j: int, previous: str) -> int:
        """Return the token where a number may go on: over a hyphen, or "and" after a hundred or a scale."""
        lows = s.lows
        if j + 1 < len(lows):
            nxt = self.lexicon.words.get(lows[j + 1])
            if lows[j] == "-" and nxt and nxt.part in _CARDINAL and is_glued(s, j - 1, j + 2):
                return j + 1
            if lows[j] == "and" and previous in {"HUNDRED", "SCALE"} and nxt and nxt.part in {"ONE", "TEEN", "TEN"}:
                return j + 1
        return j

    @staticmethod
    def _and_a_half(lows: list[str], j: int) -> int:
        """Return one past "and a half" at token j, or 0."""
        if lows[j : j + 3] == ["and", "a", "half"]:
            return j + 3
        if lows[j : j + 6] == ["-", "and", "-", "a", "-", "half"]:
            return j + 6
        return 0

    def _read_denominator(self, s: Sentence, number: Number) -> None:
        """Turn "two thirds", "one-fifth", "three-quarters" into shares, "twenty-first" into an ordinal."""
        lows, j = s.lows, number.last
        if j >= len(lows):
            return
        k = j + 1 if lows[j] == "-" else j
        if k >= len(lows) or number.best is None:
            return
        low = lows[k]
        part = self.lexicon.words.get(low)
        ordinal = self.lexicon.ordinals.get(low)
        if part and part.part == "FRACTION" and low.isalpha():
            value = number.best * part.value
            number.seeds += (part.seed,)
        elif ordinal and ordinal.value > 2 and (low[-1] == "s" or number.best == 1):  # noqa: PLR2004 (no "one second")
            value = number.best / ordinal.value
            number.seeds += (ordinal.seed,)
        elif ordinal and k > j and number.best % DECADE == 0:
            number.sort, number.last = Sort.ORDINAL, k + 1
            return
        else:
            return
        number.last = k + 1
        if (
            lows[k + 1 : k + 3] in (["of", "a"], ["of", "an"])
            and k + 3 < len(lows)
            and lows[k + 3] in self.lexicon.unit_words
        ):
            number.last = k + 3
            number.low = number.best = number.high = value
        else:
            make_share(number, value)

    def _read_unit_or_two(self, s: Sentence, number: Number) -> None:
        """Read "a week or two" as one to two weeks."""
        i, lows = number.first, s.lows
        if number.best == 2 and i > 2 and lows[i - 1] == "or" and lows[i - 3] in ARTICLES:  # noqa: PLR2004 (the word "two")
            if lows[i - 2] in self.lexicon.unit_words:
                number.unit_token = i - 2
                number.first, number.low, number.best = i - 3, 1.0, (1.0 + 2.0) / 2
                number.modifier = Modifier.RANGE


def _read_ordinal(s: Sentence, i: int, word: Word, floor: int) -> Number:
    """Read "a third of", "a fifth" as a share, any other ordinal as one."""
    number = Number(i, i + 1, None, None, None, Sort.ORDINAL, NumberForm.WORD, seeds=(word.seed,))
    if i > floor and s.lows[i - 1] in ARTICLES and word.value > 2:  # noqa: PLR2004 (the second is no fraction)
        follower = s.lows[i + 1] if i + 1 < len(s.lows) else "."
        if follower in CLOSERS:
            number.first -= 1
            make_share(number, 1 / word.value)
    return number


def _follows(previous: str, part: str, current: float) -> bool:
    """Tell whether a part may follow another within one number."""
    match part:
        case "ONE":
            return previous in {"", "TEN", "HUNDRED", "SCALE"}
        case "TEEN" | "TEN":
            return previous in {"", "HUNDRED", "SCALE"}
        case "HUNDRED":
            return previous in {"", "ONE", "TEEN", "TEN", "HALF"} and current < DECADE * DECADE
        case "DOZEN":
            return previous in {"", "ONE", "TEEN", "TEN", "HALF"}
        case _:
            return True
