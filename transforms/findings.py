"""What a sentence shows of its parties: its tokens, phrases and mentions together, and the party found in them."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.chunks import Chunk, Span  # noqa: TC001 - compiled, a field's annotation is looked up
from transforms.clauses import Clause  # noqa: TC001 - compiled, a field's annotation is looked up
from transforms.parties import Mention  # noqa: TC001 - compiled, a field's annotation is looked up
from transforms.sentences import Sentence  # noqa: TC001 - compiled, a field's annotation is looked up

_LIST_LINKS = ([","], [",", "the"])
_OF_PERSONS = frozenset({"PERSON", "ADJECTIVE"})  # kinds of names that a person goes by: "Putin", "a Russian pilot"


@dataclass(slots=True)
class View:
    """One sentence as the rules see it."""

    sentence: Sentence
    lows: list[str]
    tags: list[str]
    chunks: list[Chunk]
    clauses: list[Clause]
    mentions: list[Mention]


@dataclass(slots=True)
class Found:
    """A party: codes sorted and joined by "/", the text's words, the rule and the seed that found it."""

    code: str
    name: str | None
    rule: str
    seed: str | None = None


def is_person(view: View, span: Span) -> bool:
    """Tell whether the party named in a noun phrase may be a person's."""
    return any(m.kind in _OF_PERSONS for m in view.mentions if span[0] <= m.first < span[1])


def listed(view: View, mention: Mention) -> list[Mention]:
    """Return the parties that commas join to the one before "and": "the United States, China, India and Russia"."""
    found: list[Mention] = []
    for before in reversed(view.mentions):
        if before.last <= mention.first and view.lows[before.last : mention.first] in _LIST_LINKS:
            found.insert(0, before)
            mention = before
    return found


def reach(view: View, span: Span) -> int:
    """Return the end of a noun phrase with its "of" phrases: "the names of 40 soldiers"."""
    end = span[1]
    for chunk in view.chunks:
        if chunk.prep == end == chunk.first - 1 and view.lows[end] == "of":
            end = chunk.last
    return end


def coordinated(view: View, chunk: Chunk) -> int:
    """Return the end of a chunk with what "and" joins to it: "to Ukraine and Moldova"."""
    end = chunk.last
    for follower in view.chunks:
        if follower.first == end + 1 and end < len(view.tags) and view.tags[end] == "CONJ":
            end = follower.last
    return end
