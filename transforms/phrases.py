"""Phrases of tokens: the longest one that starts, or ends, at a token of a sentence."""

from __future__ import annotations

from typing import Generic, TypeVar

from transforms.sentences import tokens_of

V = TypeVar("V")


class Phrases(Generic[V]):
    """A lexicon of phrases in lower case, found from their first or from their last token.

    >>> phrases = Phrases({"at least": "GE", "least": "GE", "or more": "GE"})
    >>> phrases.ending("at least five people".split(), 2)
    (0, 'GE')
    >>> phrases.starting("five people or more".split(), 2)
    (4, 'GE')
    """

    __slots__ = ("_by_first", "_by_last", "_by_token")

    def __init__(self, values: dict[str, V]) -> None:
        self._by_first: dict[str, list[tuple[list[str], V]]] = {}
        self._by_last: dict[str, list[tuple[list[str], V]]] = {}
        self._by_token: dict[str, list[tuple[int, list[str], V]]] = {}  # with the token's place in the phrase
        for form, value in values.items():
            tokens = [t.lower() for t in tokens_of(form)]
            self._by_first.setdefault(tokens[0], []).append((tokens, value))
            self._by_last.setdefault(tokens[-1], []).append((tokens, value))
            for place, token in enumerate(tokens):
                self._by_token.setdefault(token, []).append((place, tokens, value))
        for table in (self._by_first, self._by_last):
            for rows in table.values():
                rows.sort(key=lambda row: -len(row[0]))
        for held in self._by_token.values():
            held.sort(key=lambda row: (-len(row[1]), -row[0]))

    def starting(self, lows: list[str], first: int) -> tuple[int, V] | None:
        """Return (one past the last token, value) of the longest phrase that starts at a token."""
        if first < len(lows) and (rows := self._by_first.get(lows[first])):
            for tokens, value in rows:
                last = first + len(tokens)
                if lows[first:last] == tokens:
                    return last, value
        return None

    def ending(self, lows: list[str], last: int) -> tuple[int, V] | None:
        """Return (first token, value) of the longest phrase that ends right before token `last`."""
        if last > 0 and (rows := self._by_last.get(lows[last - 1])):
            for tokens, value in rows:
                first = last - len(tokens)
                if first >= 0 and lows[first:last] == tokens:
                    return first, value
        return None

    def covering(self, lows: list[str], token: int) -> tuple[int, int, V] | None:
        """Return (first, one past the last, value) of the longest phrase that holds a token."""
        for place, tokens, value in self._by_token.get(lows[token], ()):
            first = token - place
            if first >= 0 and lows[first : first + len(tokens)] == tokens:
                return first, first + len(tokens), value
        return None
