"""Whom the phrase beside a verb of speech stands for: behind a quotation, before "who", in apposition, in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.chunks import Chunk, Span
    from transforms.clauses import Clause


_CLOSING = frozenset({",", '"', "CONJ", ";", "SUB"})  # that may end what "who" opens


def after_quote(tags: list[str], chunks: list[Chunk], clause: Clause) -> Span | None:
    """Return the phrase behind a quotation within which the parser found the subject: "'...,' Danko, a baker, said".

    >>> from transforms.chunks import Chunk
    >>> from transforms.clauses import Clause
    >>> clause = Clause(0, 5, 4, 5, True, False, False, (1, 2), None, None, None)
    >>> after_quote(['"', "NOUN", '"', "NAME", "VERB"], [Chunk(1, 2, 1, None), Chunk(3, 4, 3, None)], clause)
    (3, 4)
    """
    if clause.subject is None or '"' not in tags[clause.subject[1] : clause.verb]:
        return None
    end = next(k for k in range(clause.verb - 1, 0, -1) if tags[k] == '"')
    return next((c[:2] for c in chunks if end < c.first < clause.verb and c.prep is None), None)


def described(lows: list[str], tags: list[str], chunks: list[Chunk], speaker: Span, verb: int) -> Span:
    """Return the one of whom "who" tells, where the subject found is within it: "a man who was part of the crew told".

    >>> from transforms.chunks import Chunk
    >>> lows, tags = "a man who was part told".split(), ["DET", "NOUN", "REL", "BE", "NOUN", "VERB"]
    >>> described(lows, tags, [Chunk(0, 2, 1, None), Chunk(4, 5, 4, None)], (4, 5), 5)
    (0, 2)
    """
    before = speaker[0] - 1
    if before < 1 or "who" not in lows[:before]:
        return speaker
    who = next(k for k in range(before, -1, -1) if lows[k] == "who")
    is_object = tags[before] in {"VERB", "VBG", "BE", "PREP"} and _CLOSING.isdisjoint(tags[who:verb])
    if not (tags[before] == "BE" or is_object or (tags[before] in {"PREP", "SUB"} and tags[verb - 1] == ",")):
        return speaker
    return next((c[:2] for c in reversed(chunks) if c.last in {who, who - 1} and c.last <= who), speaker)


def renamed(tags: list[str], chunks: list[Chunk], speaker: Span, verb: int) -> Span:
    """Return the name that a subject is an apposition to: "Ihor Danko, another engineer at the plant, said".

    >>> from transforms.chunks import Chunk
    >>> tags = ["NAME", "NAME", ",", "DET", "NOUN", ",", "VERB"]
    >>> renamed(tags, [Chunk(0, 2, 1, None), Chunk(3, 5, 4, None)], (3, 5), 6)
    (0, 2)
    """
    first = speaker[0]
    while first > 1 and tags[first - 1] in {".", "NAME", "NOUN", "ADJ", "ADV", "DET", "-", "CONJ"}:
        first -= 1
    if tags[verb - 1] != "," or first < 1 or tags[first - 1] != ",":
        return speaker
    for chunk in chunks:
        if chunk.last == first - 1 and chunk.prep is None and tags[chunk.head] == "NAME":
            return chunk.first, chunk.last
    return speaker


def with_list(tags: list[str], chunks: list[Chunk], speaker: Span) -> Span:
    """Return a speaker with those listed after it, where the list closes the sentence: "his friends and two papers".

    >>> from transforms.chunks import Chunk
    >>> tags = ["DET", "NOUN", "CONJ", "NUM", "NOUN", "."]
    >>> with_list(tags, [Chunk(0, 2, 1, None), Chunk(3, 5, 4, None)], (0, 2))
    (0, 5)
    """
    end = speaker[1]
    joined = False
    for chunk in chunks:
        if chunk.first > end and all(tag in {",", "CONJ"} for tag in tags[end : chunk.first]):
            joined = joined or "CONJ" in tags[end : chunk.first]
            end = chunk.last
    closes = end >= len(tags) or tags[end] == "."
    return (speaker[0], end) if joined and closes else speaker
