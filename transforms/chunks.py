"""Noun chunks: "the wounded soldiers", "126 drones", each with its head and the preposition that governs it."""

from __future__ import annotations

from typing import NamedTuple

Span = tuple[int, int]

NOMINAL = frozenset({"DET", "NUM", "ADJ", "NOUN", "NAME", "POSS", "VBN", "$"})  # tags that a chunk is made of
_GROWS = NOMINAL | {"-", "ADV", '"', "DATE"}
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr"})
_ABBREVIATED = frozenset("gov gen sen rep lt col maj sgt capt adm brig prof".split())
_BEFORE_NOUN = frozenset({"DET", "ADJ", "POSS", "PREP", "NUM", "VBN", "-", "ADV"})
TIME_HEADS = frozenset(
    "minute minutes moment moments day days night nights week weeks month months year years morning evening afternoon hour hours weekend".split(),
)
_RECENT = frozenset("past last previous preceding following coming next".split())  # "over the past day Russia lost"
_LONGEST_TIME = 6  # tokens of "the past two and a half years"


class Chunk(NamedTuple):
    """A noun chunk: tokens first..last (one past), its head, and the preposition that governs it (or None)."""

    first: int
    last: int
    head: int
    prep: int | None


def build_chunks(tags: list[str], lows: list[str]) -> list[Chunk]:
    """Return the noun chunks of a tagged sentence; callers use `Parser.chunks`, which keeps them."""
    found: list[Chunk] = []
    i, n = 0, len(tags)
    prep: int | None = None
    while i < n:
        tag = tags[i]
        if tag == "PRON":
            found.append(Chunk(i, i + 1, i, prep))
            prep = None
            i += 1
        elif tag in NOMINAL and (tag != "VBN" or _opens(tags, i)):
            i = _grow(tags, lows, i, found, prep)
            prep = None
        else:
            if tag in {"PREP", "SUB"}:
                prep = i
            elif tag == "." and i and lows[i - 1] in _ABBREVIATED:  # "with Gov. Ihor Danko"
                prep = found[-1].prep if found and found[-1].last == i else None
            elif tag == "CONJ":  # "between Ukraine and Russia": one preposition governs both
                prep = found[-1].prep if found and found[-1].last == i else None
            elif tag not in {"ADV", '"', "VBG", "VBN", "$"}:
                prep = None
            i += 1
    return found


def _grow(tags: list[str], lows: list[str], i: int, found: list[Chunk], prep: int | None) -> int:
    """Take the chunk that starts at token i, add it to `found`, and return where it ends."""
    first, head = i, -1
    n = _end_of_time(tags, lows, first)
    while i < n:
        tag = tags[i]
        if tag == "-" and i > first and tags[i + 1 : i + 3] in (["PREP", "-"], ["TO", "-"]):  # "end-of-life care"
            i += 5 if tags[i + 3 : i + 5] == ["DET", "-"] else 3
            continue
        if tag == "NOUN":
            head = i
        elif tag == "NAME":  # "drones Russia launched" are two
            if head == i - 1 and i > first and tags[head] == "NOUN" and lows[head].endswith("s"):
                break
            if i > first and lows[i] in _TITLES:  # "in Lviv Mr Danko"
                break
            head = i
        elif tag not in _GROWS:
            break
        elif tag == "DET":
            if i > first and tags[i - 1] not in {"DET", "ADJ"}:
                break
        elif tag == "NUM":  # "Ukraine 40 tanks" are two
            if head == i - 1 and i > first:
                break
        elif i > first and not _goes_on(tags, lows, i, head):
            break
        i += 1
    behind = head < 0 and found and found[-1].last == first and {"ADJ"}.issuperset(tags[first:i])
    if not behind:  # "sources familiar with the plan" is one phrase
        found.append(Chunk(first, i, i - 1 if head < 0 or tags[i - 1] == "POSS" else head, prep))
    return i


def _end_of_time(tags: list[str], lows: list[str], first: int) -> int:
    """Return where a phrase of time that opens a sentence's subject ends: "over the past day Russia lost" has two chunks."""
    if _RECENT.isdisjoint(lows[first : first + _LONGEST_TIME]):
        return len(tags)
    for i in range(first + 1, min(first + _LONGEST_TIME, len(tags))):
        if lows[i - 1] in TIME_HEADS and tags[i] not in {"POSS", "-"} and not _RECENT.isdisjoint(lows[first:i]):
            return i
    return len(tags)


def _opens(tags: list[str], i: int) -> bool:
    """Tell whether a participle opens a chunk: "of occupied Melitopol"."""
    return tags[i - 1 : i] == ["PREP"] and tags[i + 1 : i + 2] in (["NAME"], ["NOUN"])


def _goes_on(tags: list[str], lows: list[str], i: int, head: int) -> bool:
    """Tell whether a chunk goes on at token i, which is no noun, name, number or determiner, by what follows it."""
    tag = tags[i]
    before = tags[i - 1]
    after = tags[i + 1] if i + 1 < len(tags) else "."
    if tag == "ADJ":
        return head < 0 or before in {"POSS", "-"} or after in {"NOUN", "NAME", "ADJ", "-"}
    if tag == "-":
        return after in NOMINAL and before != "POSS" and lows[i] in {"-", "/"}
    if tag == "VBN":  # "the wounded soldiers", not "soldiers wounded"
        return before in _BEFORE_NOUN and after in {"NOUN", "ADJ", "NAME", "-"}
    if tag == "ADV":  # "a newly built plant"
        return before in {"DET", "ADJ", "POSS"} and after in {"ADJ", "NUM", "VBN"}
    if tag == "DATE":  # "a May 4 report"
        return before in {"DET", "DATE"} and after in {"NOUN", "ADJ", "NAME", "DATE"}
    if tag == '"':  # "the “special operation”"
        return before in {"DET", "ADJ", "POSS"} and after in NOMINAL
    return True
