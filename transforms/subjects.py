"""Whose clause it is: the subject by position, by apposition, by relative pronoun, by control, or shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.chunks import TIME_HEADS, Chunk

if TYPE_CHECKING:
    from transforms.chunks import Span
    from transforms.clauses import Clause, Predicate

_LEADS = frozenset({"CONJ", '"', "ADV"})  # that may stand before the word which opens a clause
_LINKS = ([","], ["CONJ"], [",", "CONJ"])
_OF_SUBJECT = frozenset({"by", "after", "before", "while", "without"})  # their gerund's subject is that of the clause


def find_subject(
    tags: list[str], lows: list[str], chunks: list[Chunk], start: int, here: Predicate, *, is_relative: bool
) -> Span | None:
    """Return the noun phrase before a predicate that is its subject, None where the clause has none of its own."""
    lead = start
    while lead < here.first and tags[lead] in _LEADS:
        lead += 1  # "But when Kyiv struck back"
    aside_from = _opening_bracket(tags, here.first - 1)
    found: Chunk | None = None
    end = 0  # of the found chunk with what hangs on it: "the Center for Strategic and International Studies"
    aside = 0  # end of an apposition to it, which may itself be long: "an analyst and adviser to the president"
    for chunk in chunks:
        if chunk.first >= here.first:
            break
        if chunk.first < start or lows[chunk.head] in TIME_HEADS:
            continue
        if found is not None and chunk.first > aside_from:
            break  # "the firm Halyts (HLS.WA) said"
        opens = chunk.prep is not None and chunk.prep == lead and tags[lead] in {"SUB", "PREP"}
        if chunk.prep is None or chunk.prep < start or (opens and (tags[lead] == "SUB" or not here.is_finite)):
            if found is not None and end == found.last and _is_listed(tags, chunks, found, chunk, here.first):
                found = Chunk(found.first, chunk.last, chunk.head, found.prep)
            elif found is not None and _is_aside(tags, lows, found, (end, aside), chunk, here.first):
                aside = chunk.last
                continue
            else:
                found = chunk
            end, aside = chunk.last, 0
        elif aside and tags[aside : chunk.prep] in ([], [","]):
            aside = chunk.last
        elif found is not None and chunk.prep == end == found.last and _is_range(tags, lows, found, chunk):
            found = Chunk(found.first, chunk.last, chunk.head, found.prep)  # "300 to 400 sailors"
            end = found.last
        elif found is not None and (chunk.prep == end or tags[end : chunk.first] == ["CONJ"]):
            end = chunk.last
    if found is None or (is_relative and found.last < start):
        return None
    return found.first, found.last


def _opening_bracket(tags: list[str], last: int) -> int:
    """Return where the bracket opens that a token closes, past the sentence where it closes none."""
    if last > 0 and tags[last] == ")":
        return next((k for k in range(last - 1, -1, -1) if tags[k] == "("), len(tags))
    return len(tags)


def _is_listed(tags: list[str], chunks: list[Chunk], found: Chunk, chunk: Chunk, verb: int) -> bool:
    """Tell whether "and" joins a chunk to the one before, or a comma in a list: "the US, Britain and France said"."""
    if tags[found.last] == "CONJ":
        return {"ADV"}.issuperset(tags[found.last + 1 : chunk.first])  # "four adults and at least two boys"
    if tags[found.last] != "," or chunk.first != found.last + 1 or tags[found.head] != tags[chunk.head]:
        return False
    end = chunk.last
    for later in chunks:
        if later.first <= end:
            continue
        between = tags[end : later.first]
        if later.first >= verb or tags[later.head] != tags[found.head] or between not in _LINKS:
            return False
        end = later.last
        if "CONJ" in between:
            return {"ADV"}.issuperset(tags[end:verb])
    return False


def _is_range(tags: list[str], lows: list[str], found: Chunk, chunk: Chunk) -> bool:
    """Tell whether "to" or "or" leads from a bare number to the end of its range."""
    return tags[found.last - 1] == "NUM" and lows[found.last] in {"to", "or"} and tags[chunk.first] == "NUM"


def _is_aside(tags: list[str], lows: list[str], found: Chunk, ends: Span, chunk: Chunk, verb: int) -> bool:
    """Tell whether a chunk is no subject but stands beside the one found, or goes on with what does.

    `ends` are the ends of the one found with what hangs on it, and of what stands beside it (0: nothing so far).
    """
    end, aside = ends
    if aside and tags[aside : chunk.first] in (["CONJ"], [","]):
        return True
    if lows[end : chunk.first] == [",", "or"] and tags[chunk.head] == "NAME":
        return True  # "the Institute for the Study of War, or ISW, said"
    if lows[chunk.head] == "there" and chunk.first == end:
        return True  # "officials there have fled"
    return _aside(tags, found, end, chunk, verb)


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
    if here.verb in speaking and not here.is_finite and tags[starts[k] - 1] in {",", '"'}:
        # It is who speaks, not the last one named: "urged those who had fled to return, saying".
        mains = [clause for clause in reversed(made) if clause.is_finite and not clause.is_relative]
        main = next((clause for clause in mains if clause.verb in speaking), mains[0] if mains else None)
        if main is not None:
            return main.subject
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
