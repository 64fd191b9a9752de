"""Whose clause it is: the subject by position, by apposition, by relative pronoun, by control, or shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.chunks import Chunk

if TYPE_CHECKING:
    from transforms.chunks import Span
    from transforms.clauses import Clause, Predicate

TIME_HEADS = frozenset(
    "day days night nights week weeks month months year years morning evening afternoon hour hours weekend".split(),
)

_OF_SUBJECT = frozenset({"by", "after", "before", "while", "without"})  # their gerund's subject is that of the clause


def find_subject(
    tags: list[str], lows: list[str], chunks: list[Chunk], start: int, here: Predicate, *, is_relative: bool
) -> Span | None:
    """Return the noun phrase before a predicate that is its subject, None where the clause has none of its own."""
    found: Chunk | None = None
    end = 0  # of the found chunk with what hangs on it: "the Center for Strategic and International Studies"
    aside = 0  # end of an apposition to it, which may itself be long: "an analyst and adviser to the president"
    for chunk in chunks:
        if chunk.first >= here.first:
            break
        if chunk.first < start or lows[chunk.head] in TIME_HEADS:
            continue
        opens = chunk.prep is not None and chunk.prep == start and tags[start] in {"SUB", "PREP"}
        if chunk.prep is None or chunk.prep < start or (opens and (tags[start] == "SUB" or not here.is_finite)):
            if found is not None and end == found.last and _is_joined(tags, end, chunk.first):
                found = Chunk(found.first, chunk.last, chunk.head, found.prep)
            elif found is not None and _aside(tags, found, end, chunk, here.first):
                aside = chunk.last
                continue
            elif aside and tags[aside : chunk.first] in (["CONJ"], [","]):
                aside = chunk.last
                continue
            elif found is not None and lows[end : chunk.first] == [",", "or"] and tags[chunk.head] == "NAME":
                aside = chunk.last  # "the Institute for the Study of War, or ISW, said"
                continue
            elif found is not None and lows[chunk.head] == "there" and chunk.first == end:
                continue  # "officials there have fled"
            else:
                found = chunk
            end, aside = found.last, 0
        elif aside and chunk.prep == aside:
            aside = chunk.last
        elif found is not None and (chunk.prep == end or tags[end : chunk.first] == ["CONJ"]):
            end = chunk.last
    if found is None or (is_relative and found.last < start):
        return None
    return found.first, found.last


def _is_joined(tags: list[str], end: int, first: int) -> bool:
    """Tell whether "and" joins the chunk that starts at `first` to the one before: "four adults and at least two boys"."""
    return tags[end] == "CONJ" and {"ADV"}.issuperset(tags[end + 1 : first])


def _aside(tags: list[str], found: Chunk, end: int, chunk: Chunk, verb: int) -> bool:
    """Tell whether a chunk is an apposition to the one before: "Konashenkov, the spokesman, said", "the UN (UN) says"."""
    if end >= len(tags) or tags[end] not in {",", "("} or chunk.first != end + 1:
        return False
    if tags[verb - 1] in {",", ")"}:
        return True
    return tags[found.head] == "NAME" and tags[chunk.first] == "DET"


def find_antecedent(chunks: list[Chunk], start: int) -> Span | None:
    """Return the noun phrase before a clause, which a relative or a participle says something of."""
    best: Span | None = None
    for chunk in chunks:
        if chunk.last > start + 1 or chunk.first >= start:
            break
        best = (chunk.first, chunk.last)
    return best


def inherit_subject(
    made: list[Clause], tags: list[str], chunks: list[Chunk], starts: list[int], here: Predicate, speaking: set[int]
) -> Span | None:
    """Return the subject of a clause without its own: that of its coordinate, or the head of a relative before it."""
    k = len(made)
    before = made[-1]
    if not here.is_finite and not before.is_finite and not before.is_passive:
        if tags[before.start] in {"PREP", "TO"} or (tags[starts[k]] == "CONJ" and tags[before.verb] == tags[here.verb]):
            return before.subject  # "accused Russia of firing 29 missiles, killing four and wounding two"
    relative = -1
    for j in range(k - 1, -1, -1):
        clause = made[j]
        if j and not here.is_finite and clause.verb in speaking and tags[clause.start] == ",":
            continue  # "have taken the town, Petrov said, advancing 30 miles"
        if clause.is_relative:
            relative = j
        elif clause.is_finite and not (relative >= 0 or (tags[starts[k]] == "," and tags[clause.start] == "SUB")):
            return clause.subject
    if relative >= 0 and tags[starts[k]] != "CONJ":
        clause = made[relative]
        floor = made[relative - 1].last if relative else 0
        for chunk in chunks:  # "Kyrylenko, governor of the region that borders Russia, said"
            if floor <= chunk.first < starts[relative] and chunk.prep is None:
                return chunk.first, chunk.last
        return _outer(made, relative) or clause.subject
    return made[0].subject if made else None


def find_controller(parent: Clause, tags: list[str], lows: list[str], start: int) -> Span | None:
    """Return who acts in what depends on a clause: "accused Russia of launching", "hit a school sheltering 400"."""
    if parent.is_passive or parent.object is None or parent.object[1] != start:
        return None
    if lows[start] in _OF_SUBJECT:
        return parent.subject  # "undermined the talks by launching"
    return parent.object if tags[start] in {"PREP", "TO", "VBG"} else None


def _outer(made: list[Clause], j: int) -> Span | None:
    clause = made[j]
    if clause.object and clause.object[1] <= clause.start + 1:
        return clause.object
    return clause.subject
