"""Chunks to clauses: each predicate with its voice, subject, object and agent, from the tags of transforms/parse.py."""

from __future__ import annotations

from itertools import compress, count
from typing import TYPE_CHECKING, NamedTuple

from transforms.chunks import NOMINAL, TIME_HEADS
from transforms.subjects import find_antecedent, find_controller, find_subject, inherit_subject
from transforms.wordforms import VERBS

if TYPE_CHECKING:
    from collections.abc import Collection

    from transforms.chunks import Chunk, Span


_AUXILIARY = frozenset({"BE", "HAVE", "DO", "MODAL"})
_OPENS_GROUP = _AUXILIARY | VERBS | {"TO"}
_WEAK_BREAK = frozenset({",", "CONJ", '"'})
_STRONG_BREAK = frozenset({"SUB", "REL", ";", "-", "("})
_PARENTHESIS = 9  # tokens of the longest parenthesis that is looked over


class Clause(NamedTuple):
    """A predicate with what belongs to it; all numbers are token indexes, spans are half open.

    `start`..`end` is the stretch of the sentence that the clause owns; a clause never holds another's predicate.
    `subject` of a passive is the thing acted on, `agent` its "by" phrase. `is_finite` is False for "launching ..."
    and "killed by ...". `parent` is the index of the clause that this one hangs on, None for the first.
    """

    start: int
    end: int
    verb: int
    last: int
    is_finite: bool
    is_passive: bool
    is_relative: bool
    subject: Span | None
    object: Span | None
    agent: Span | None
    parent: int | None


def clause_at(clauses: list[Clause], token: int) -> Clause | None:
    """Return the clause that owns a token, or None where the sentence has no predicate.

    >>> clause_at([], 3) is None
    True
    """
    for clause in clauses:
        if clause.start <= token < clause.end:
            return clause
    return None


class Predicate(NamedTuple):
    """A verb group: its first token, its main verb, one past its last, and what its auxiliaries tell."""

    first: int
    verb: int
    last: int
    is_finite: bool
    is_passive: bool


def _predicates(tags: list[str], chunks: list[Chunk]) -> list[Predicate]:
    covered = bytearray(len(tags))
    for chunk in chunks:
        covered[chunk.first : chunk.last] = b"\1" * (chunk.last - chunk.first)
    found: list[Predicate] = []
    n = len(tags)
    done = 0
    for opening in compress(count(), map(_OPENS_GROUP.__contains__, tags)):
        if opening < done or covered[opening]:
            continue
        i = opening
        first, verb = i, -1
        is_finite, has_be, has_have, is_passive = False, False, False, False
        while i < n and not covered[i]:
            tag = tags[i]
            if tag in _AUXILIARY:
                is_finite = is_finite or tags[first] != "TO"
                has_be, has_have = tag == "BE", has_have or tag == "HAVE"
                verb = i
            elif tag in VERBS:
                verb = i
                is_passive = tag == "VBN" and (has_be or not (is_finite or has_have))  # "claims to have killed"
                is_finite = is_finite or (tag == "VERB" and tags[first] != "TO")
                i += 1
                break
            elif tag == "," and verb >= 0 and (resumed := _resumes(tags, i)):  # "have, he says, given"
                i = resumed
                continue
            elif tag not in {"ADV", "NEG", "TO"} or (tag == "TO" and i > first):
                break
            i += 1
        if verb >= 0:
            if first == verb and tags[verb] == "VBN" and found and first and tags[first - 1] == "CONJ":
                is_finite, is_passive = found[-1].is_finite, found[-1].is_passive  # "have entered and retaken"
            found.append(Predicate(first, verb, max(i, verb + 1), is_finite, is_passive))
        done = max(i, first + 1)
    return found


def _resumes(tags: list[str], i: int) -> int:
    """Return the participle that goes on with a verb group behind a parenthesis between commas, 0 for none."""
    for j in range(i + 1, min(i + 1 + _PARENTHESIS, len(tags) - 1)):
        if tags[j] == ",":
            return j + 1 if tags[j + 1] in VERBS else 0
        if tags[j] in {"CONJ", "REL", ";"}:
            return 0
    return 0


def _boundary(tags: list[str], chunks: list[Chunk], before: Predicate | None, here: Predicate, *, opens: bool) -> int:
    """Return the token at which the clause of `here` begins."""
    i = here.first
    if not before:
        for j in range(i - 1, 0, -1):  # "Drones that Russia launched hit Kyiv"
            if tags[j] == "REL" or (tags[j] == "SUB" and tags[j - 1] in {",", "-"}):
                return j
        return 0
    floor = before.last
    if not here.is_finite:
        if i - 1 >= floor and tags[i - 1] in {"PREP", "SUB", "CONJ"}:
            return i - 1
        for chunk in reversed(chunks):  # "with Russia launching ..."
            if chunk.last == i and chunk.prep is not None and chunk.prep >= floor and tags[here.verb] == "VBG":
                return chunk.prep
            if chunk.last == i and here.is_passive and chunk.first > floor and tags[chunk.first - 1] in {"CONJ", ","}:
                return chunk.first - 1  # "and 15 wounded"
        return i
    weak = _finite_boundary(tags, chunks, floor, i, opens=opens)
    if weak >= 0 and not (opens and tags[weak] == "," and not _holds_subject(chunks, weak, i, floor)):
        return weak
    found = i  # "said Russia launched": the complement, or a relative without its pronoun, starts at its subject
    for chunk in chunks:
        if floor <= chunk.first < i and (chunk.prep is None or chunk.prep < floor):
            if opens and found < i:
                break
            found = chunk.first
    return found


def _finite_boundary(tags: list[str], chunks: list[Chunk], floor: int, i: int, *, opens: bool) -> int:
    """Return the sign or word between two predicates that opens the second one's clause, -1 where there is none."""
    weak = -1
    closed = 0  # brackets open at j, seen from the right
    for j in range(i - 1, floor - 1, -1):
        tag = tags[j]
        if tag == ")":
            closed += 1
        elif tag == "(" and closed:
            closed -= 1
            continue
        if closed:
            continue
        if tag in _STRONG_BREAK:
            if tag == "-" and j + 1 < i and tags[j - 1] in NOMINAL and tags[j + 1] in NOMINAL:
                continue
            held = weak >= 0 and _holds_subject(chunks, weak, i, floor)
            joins = tag in {"SUB", "REL"} and tags[weak] != ","  # "while Ukraine and Russia agreed"
            return weak if held and not joins else j
        if tag not in _WEAK_BREAK:
            continue
        if (
            tag == "CONJ"
            and opens
            and j > floor
            and _only_chunk(tags, floor, j)
            and _holds_subject(chunks, j, i, floor)
        ):
            continue  # "said Ukraine and Russia agreed"
        if tag in {",", "CONJ"} and _continues_phrase(tags, floor, i, j):
            continue
        if weak < 0 or not (tags[weak] == "CONJ" or _holds_subject(chunks, weak, i, floor)):
            weak = j
    return weak


def _continues_phrase(tags: list[str], floor: int, i: int, j: int) -> bool:
    """Tell a comma or "and" inside a subject: "the EU and its members have", "the ISW, a think tank, said"."""
    if (tags[j] == ",") != (tags[i - 1] == ",") or j == i - 1:
        return False
    if tags[j] == "," and tags[j + 1] not in {"DET", "CONJ"}:
        return False
    k = j - 1
    while k > floor and (tags[k] in NOMINAL or tags[k] in {"PREP", "-"}):
        k -= 1
    return j - 1 > k > floor and tags[k] in {",", "CONJ"}


def _holds_subject(chunks: list[Chunk], first: int, last: int, floor: int) -> bool:
    return any(first <= c.first < last and (c.prep is None or c.prep < floor) for c in chunks)


def _only_chunk(tags: list[str], first: int, last: int) -> bool:
    return all(tags[k] in NOMINAL or tags[k] == "-" for k in range(first, last))


def build_clauses(tags: list[str], lows: list[str], chunks: list[Chunk], speech: Collection[str]) -> list[Clause]:
    """Return the clauses of a tagged and chunked sentence; callers use `Parser.clauses`, which keeps them."""
    predicates = _predicates(tags, chunks)
    speaking = {here.verb for here in predicates if lows[here.verb] in speech}
    starts: list[int] = []
    before: Predicate | None = None
    for here in predicates:
        opens = before is not None and before.verb in speaking and tags[starts[-1]] != "REL"  # what follows is said
        starts.append(_boundary(tags, chunks, before, here, opens=opens))
        before = here
    made: list[Clause] = []
    for k, here in enumerate(predicates):
        start = starts[k]
        end = starts[k + 1] if k + 1 < len(predicates) else len(tags)
        is_relative = _is_relative(tags, chunks, start, here)
        antecedent = find_antecedent(chunks, start)
        subject = find_subject(tags, lows, chunks, start, here, is_relative=is_relative)
        is_object = made and subject and here.is_finite and (subject[0] == made[-1].last or subject == made[-1].object)
        if is_object and (described := _described(made, tags, chunks, speaking)):
            made[-1] = made[-1]._replace(end=here.first, object=subject)
            subject, start, is_relative = described, here.first, False  # "men who crossed the border were shot"
        if k and (aside := _aside_speech(tags, chunks, predicates[k - 1], here)) is not None:
            made[-1], subject = made[-1]._replace(subject=aside[1]), aside[0]
        if subject is None and (is_relative or (_hangs(here) and tags[start] not in {",", "CONJ"})):
            subject = antecedent
        elif subject is None and k:
            subject = None if here.is_finite else find_controller(made[-1], tags, lows, start)
            subject = subject or inherit_subject(made, tags, chunks, starts, here, speaking)
        target, agent = _complements(tags, lows, chunks, here, end)
        if is_relative and target is None and antecedent is not None and not here.is_passive and subject != antecedent:
            target = antecedent
        clause = Clause(
            start if k else 0, end, here.verb, here.last, here.is_finite, here.is_passive, is_relative,
            subject, target, agent, k - 1 if k else None,
        )  # fmt: skip
        made.append(clause)
    return made


def _described(made: list[Clause], tags: list[str], chunks: list[Chunk], speaking: set[int]) -> Span | None:
    """Return whom the clause before describes, whose object cannot be the next verb's subject: "cars carrying sand burned"."""
    before = made[-1]
    if before.verb in speaking:
        return None
    if tags[before.verb] == "VBG" and not before.is_finite:
        return next((chunk[:2] for chunk in chunks if chunk.last == before.verb), None)
    if tags[before.start] == "TO" and before.parent is not None:
        before = made[before.parent]  # "those who managed to leave the city said"
    subject = before.subject
    if subject is None or not (before.is_relative and before.is_finite):
        return None
    return subject if "REL" in tags[subject[1] : before.verb] else None


def _aside_speech(tags: list[str], chunks: list[Chunk], before: Predicate, here: Predicate) -> tuple[Span, Span] | None:
    """Return the subject that a speech between commas parts from its verb, and who speaks: "Russia, he said, has lost"."""
    speaker = next((chunk for chunk in chunks if chunk.last == before.first), None)
    if speaker is None or here.first != before.last + 1 or tags[before.last] != "," or tags[speaker.first - 1] != ",":
        return None
    if before.verb != before.first or not here.is_finite:
        return None
    return next(
        ((chunk[:2], speaker[:2]) for chunk in chunks if chunk.last == speaker.first - 1 and chunk.prep is None), None
    )


def _hangs(here: Predicate) -> bool:
    return here.is_passive and not here.is_finite


def _is_relative(tags: list[str], chunks: list[Chunk], start: int, here: Predicate) -> bool:
    """Tell whether a clause says something of the noun before it: "who fled", "the drones Russia launched"."""
    if tags[start] == "REL" or (start + 1 < here.first and tags[start + 1] == "REL"):
        return True
    if start + 2 < here.first and tags[start] in {",", "PREP"} and tags[start + 2] == "REL":
        return True
    return start > 0 and tags[start] in NOMINAL and any(chunk.last == start for chunk in chunks)


def _complements(
    tags: list[str], lows: list[str], chunks: list[Chunk], here: Predicate, end: int
) -> tuple[Span | None, Span | None]:
    """Return the object and the agent of a predicate, from what follows it in its clause."""
    target: Span | None = None
    agent: Span | None = None
    for chunk in chunks:
        if chunk.first < here.last:
            continue
        if chunk.first >= end:
            break
        if chunk.prep is None or chunk.prep < here.last - 1:
            if target is None and lows[chunk.head] not in TIME_HEADS and not _breaks(tags, here.last, chunk.first):
                target = (chunk.first, chunk.last)
        elif here.is_passive and agent is None and lows[chunk.prep] == "by":
            agent = (chunk.first, chunk.last)
    return target, agent


def _breaks(tags: list[str], first: int, last: int) -> bool:
    return any(tags[k] in {",", ";", "SUB", "CONJ"} for k in range(first, last))
