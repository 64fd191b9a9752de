"""Text to sentences to tokens, with offsets that never lie.

A token is a word (inner apostrophes and full stops of abbreviations kept), a digit run with its separators, or one
sign. Hyphens split words: "Iskander-M" is `Iskander`, `-`, `M`, so that numbers inside compounds are seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen lt col sgt maj capt cmdr adm brig gov sen rep st no jan feb mar apr jun jul aug sep sept oct"
    " nov dec vs inc ltd co corp u.s u.k u.n e.g i.e a.m p.m approx sq mt ft lb oz cf".split(),
)
_BREAK = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n+|[\"'”’]\n")
_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}"  # U.S. a.m.
    r"|\d+(?:[.,]\d+)*"  # 1,200.5
    r"|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*"  # words, don't
    r"|['’]s\b"
    r"|\S",
)
_LONGEST = 1500  # characters: longer than any sentence of war_news_2022 that is not a list; keeps reading linear


def tokens_of(text: str) -> list[str]:
    """Return the tokens of a phrase.

    >>> tokens_of("1.5-kilometre")
    ['1.5', '-', 'kilometre']
    """
    return _TOKEN.findall(text)


class Sentence:
    """A stretch of text and its tokens; token i is text[starts[i]:ends[i]] of the article.

    Its tags (transforms/parse.py) are made by `tagger` when they are first asked for: half of the sentences with a
    number hold only dates.
    """

    __slots__ = ("_tagger", "cache", "end", "ends", "index", "known_tags", "lows", "start", "starts", "text", "words")

    def __init__(
        self, text: str, start: int, end: int, index: int, tagger: Callable[[Sentence], list[str]] | None = None
    ) -> None:
        self.text = text[start:end]
        self.start, self.end, self.index = start, end, index
        spans = [m.span() for m in _TOKEN.finditer(text, start, end)]
        self.words = [text[a:b] for a, b in spans]
        self.starts = [a for a, _ in spans]
        self.ends = [b for _, b in spans]
        low = _lowered(self.text)
        if len(low) == end - start:
            self.lows = [low[a - start : b - start] for a, b in spans]
        else:  # a letter whose lower case is longer, such as the Turkish İ
            self.lows = [_lowered(w) for w in self.words]
        self.cache: dict[str, object] = {}
        self.known_tags: list[str] = []
        self._tagger = tagger

    @property
    def tags(self) -> list[str]:
        """The tag of each token; empty where no tagger was handed in and `Parser.tag` has not been called."""
        return self.known_tags or (self._tagger(self) if self._tagger else [])


def _lowered(text: str) -> str:
    """Return a text in lower case with straight apostrophes and plain hyphens (for U+2011 and U+2010)."""
    return text.lower().replace("’", "'").replace("‑", "-").replace("‐", "-")


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of an article's text, in order, without outer white space.

    >>> text = "Gen. Petrov spoke. At least 5.5 tonnes came."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['Gen. Petrov spoke.', 'At least 5.5 tonnes came.']
    """
    start = 0
    n = len(text)
    for m in _BREAK.finditer(text):
        if m.start() < start:
            continue
        if text[m.start()] == "." and not _ends_sentence(text, m.start(), m.end()):
            continue
        yield from _trimmed(text, start, m.end())
        start = m.end()
    yield from _trimmed(text, start, n)


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


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a stretch without outer white space, cut at white space where it is longer than any sentence."""
    while end - start > _LONGEST:
        cut = next((i for i in range(start + _LONGEST, start, -1) if text[i].isspace()), None) or _next_space(
            text, start + _LONGEST, end
        )
        yield from _stripped(text, start, cut)
        start = cut
    yield from _stripped(text, start, end)


def _next_space(text: str, start: int, end: int) -> int:
    return next((i for i in range(start, end) if text[i].isspace()), end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
