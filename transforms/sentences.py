"""Text to sentences to tokens, with offsets that never lie.

A token is a word (inner apostrophes and full stops of abbreviations kept), a digit run with its separators, or one
sign. Hyphens split words: "Iskander-M" is `Iskander`, `-`, `M`, so that numbers inside compounds are seen.
"""

from __future__ import annotations

import re
from itertools import accumulate
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen lt col sgt maj capt cmdr adm brig gov sen rep st no jan feb mar apr jun jul aug sep sept oct"
    " nov dec vs inc ltd co corp u.s u.k u.n e.g i.e a.m p.m approx sq mt ft lb oz cf".split(),
)
# One class of signs first: `re` then jumps from sign to sign.
_BREAK = re.compile(
    r"""[.!?…\n"'”’](?:"""
    r"""(?<=[.!?…])[.!?…]*["'”’)\]]*(?!\S)"""
    r"|(?<=\n)\n*"
    r"""|(?<=["'”’])\n)""",
)
_TOKEN = re.compile(
    r"(?:(?:[A-Za-z]\.){2,}"  # U.S. a.m.
    r"|[A-Za-z]++(?=[ ,.\n])"  # a plain word: most tokens, told fast
    r"|\d+(?:[.,]\d+)*"  # 1,200.5
    r"|[^\W\d_]+(?:['’´](?!s\b)[^\W\d_]+)*"  # words, don't
    r"|['’´]s\b"
    r"|\S)\s*",  # with the white space behind it, so that the lengths of all tokens give their places
)
_INITIALISM = 7  # letters: longer than any abbreviation
_LONGEST = 1500  # characters: longer than any sentence of war_news_2022 that is not a list; keeps reading linear


_STRAIGHT = str.maketrans("’´“”‑‐", "''\"\"--")
_FAR_DIGIT = re.compile(r"[^\D0-9]")
_FOLDED = bytes(
    ord("0") if char.isdecimal() else ord(char.lower()) if char.isalpha() or char in "½¼¾" else ord(" ")
    for char in map(chr, range(256))
)


def fold(text: str) -> str:
    """Return a text of the same length in which only letters in lower case, 0 for digits, and spaces are left.

    It serves to ask quickly which words a stretch of text holds; letters beyond Latin-1 are lost.

    >>> fold("At least 25 people – two-thirds")
    'at least 00 people   two thirds'
    """
    if not text.isascii():
        text = _FAR_DIGIT.sub("0", text)
    return text.encode("latin-1", "replace").translate(_FOLDED).decode("latin-1")


def tokens_of(text: str) -> list[str]:
    """Return the tokens of a phrase.

    >>> tokens_of("1.5-kilometre")
    ['1.5', '-', 'kilometre']
    """
    return list(map(str.rstrip, _TOKEN.findall(text)))


class Sentence:
    """A stretch of text and its tokens; token i is text[starts[i]:ends[i]] of the article.

    Its tags (transforms/parse.py) are made by `tagger` when they are first asked for: half of the sentences with a
    number hold only dates.
    """

    def __init__(
        self, text: str, start: int, end: int, index: int, tagger: Callable[[Sentence], list[str]] | None = None
    ) -> None:
        self.text = text[start:end]
        self.start, self.end, self.index = start, end, index
        tokens = _TOKEN.findall(self.text)
        self.words: list[str] = list(map(str.rstrip, tokens))
        self.starts = list(accumulate(map(len, tokens), initial=start))
        self.starts.pop()
        self.lows = list(map(str.lower, self.words))
        if not self.text.isascii():
            self.lows = [low if low.isascii() else _straight(low) for low in self.lows]
        self.cache: dict[object, object] = {}
        self.known_tags: list[str] | None = None  # no cached_property: mypyc knows none (make fast)
        self._known_ends: list[int] | None = None
        self._tagger = tagger

    @property
    def ends(self) -> list[int]:
        """One past the last character of each token."""
        if self._known_ends is None:
            self._known_ends = list(map(add, self.starts, map(len, self.words)))
        return self._known_ends

    @property
    def tags(self) -> list[str]:
        """The tag of each token; empty where no tagger was handed in."""
        if self.known_tags is None:
            self.known_tags = self._tagger(self) if self._tagger else []
        return self.known_tags


def _straight(word: str) -> str:
    """Return a word with straight apostrophes and quotation marks and plain hyphens (for U+2011 and U+2010)."""
    return word.translate(_STRAIGHT)


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of an article's text, in order, without outer white space.

    >>> text = "Gen. Petrov spoke. At least 5.5 tonnes came."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['Gen. Petrov spoke.', 'At least 5.5 tonnes came.']
    """
    start = 0
    for stop in _breaks(text):
        end = stop
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end - start > _LONGEST:
            yield from _cut(text, start, end)
        elif start < end:
            yield start, end
        start = stop


def _breaks(text: str) -> Iterator[int]:
    """Yield where each sentence of a text ends."""
    last = 0
    for m in _BREAK.finditer(text):
        stop, end = m.span()
        if stop < last:
            continue
        is_plain = (
            text[stop - _INITIALISM : stop].isalpha() and stop >= _INITIALISM and text[end + 1 : end + 2].isupper()
        )
        if text[stop] == "." and not is_plain and not _ends_sentence(text, stop, end):
            continue
        yield end
        last = end
    yield len(text)


def _ends_sentence(text: str, stop: int, end: int) -> bool:
    """Tell whether the full stop at `stop` closes a sentence rather than an abbreviation or an initial."""
    i = stop
    while i > 0 and (text[i - 1].isalpha() or text[i - 1] == "."):
        i -= 1
    word = text[i:stop]
    j = end
    while j < len(text) and text[j] in " \t\xa0":
        j += 1
    follower = text[j] if j < len(text) else ""
    if follower.islower():
        return False
    if word.lower() in _ABBREVIATIONS:
        return False
    return not (len(word) == 1 and word.isupper())


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut at white space what is longer than any sentence."""
    while end - start > _LONGEST:
        cut = next((i for i in range(start + _LONGEST, start, -1) if text[i].isspace()), None) or _next_space(
            text, start + _LONGEST, end
        )
        yield start, start + len(text[start:cut].rstrip())
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    if start < end:
        yield start, end


def _next_space(text: str, start: int, end: int) -> int:
    return next((i for i in range(start, end) if text[i].isspace()), end)
