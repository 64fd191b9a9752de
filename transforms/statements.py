"""What is a statement beside a verb of speech: whether the verb hands one over where it stands, and what stands before it."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.clauses import Clause

# With a number what follows is no statement: "claimed 141 sq km", "added £5 to the price".
TAKING_VERBS = frozenset("claimed claims claim claiming added adds add adding".split())
_NEEDS_THAT = frozenset(
    "maintain maintains maintained shown found find finds points pointed reveals concluded concludes".split()
)
_NEEDS_AT = frozenset({"put", "puts"})  # "puts the toll at 40"
_THAT_REACH = 5  # tokens of time between a finding and its "that"
_STOPS = frozenset({".", ";", ",", "REL", "SUB", "CONJ"})
_CLAIMED = frozenset({"BE", "HAVE", "MODAL", "VERB"})
_AT_REACH = 12  # tokens of what is put at a number
_HEARSAY = frozenset(
    {"continued", "believed", "said", "thought", "expected", "feared", "reported", "estimated", "suspected"}
)
_NEEDS_SPEECH = frozenset({"wrote", "writes", "write", "writing", "posted", "observed"})
_SPEECH_FOLLOWS = frozenset({"SUB", '"', ";", "PREP", ",", ".", "DATE"})
_TRAILERS = frozenset({"DATE", "ADV", ".", '"'})


def is_handed_over(tags: list[str], lows: list[str], clause: Clause) -> bool:
    """Tell whether a verb of speech hands a statement over where it stands, by what follows it.

    >>> from transforms.clauses import Clause
    >>> lows = "they claimed 141 sq km".split()
    >>> clause = Clause(0, 5, 1, 2, True, False, False, (0, 1), (2, 5), None, None)
    >>> is_handed_over(["PRON", "VERB", "NUM", "NOUN", "NOUN"], lows, clause)
    False
    """
    verb = lows[clause.verb]
    after = tags[clause.last] if clause.last < len(tags) else "."
    if verb in TAKING_VERBS and (after in {"NUM", "$"} or "lives" in lows[clause.last : clause.last + 3]):
        ahead = takewhile(lambda k: tags[k] not in _STOPS, range(clause.last, min(clause.last + _AT_REACH, len(tags))))
        return any(tags[k] in _CLAIMED and lows[k] != "lives" for k in ahead)  # "claim 40 hit it", not "141 sq km"
    if verb in _HEARSAY and (after == "TO" or lows[clause.last : clause.last + 1] == ["to"]):
        return False  # "believed to house"
    if verb in _NEEDS_AT and "at" not in lows[clause.last : clause.last + _AT_REACH]:
        return False  # "put to sea"
    if verb in _NEEDS_SPEECH and after not in _SPEECH_FOLLOWS:
        return False
    if verb in _NEEDS_THAT and after != "SUB" and lows[clause.last : clause.last + 1] != ["out"]:
        return "that" in lows[clause.last : clause.last + _THAT_REACH]  # "found earlier this month that"
    is_own = clause.subject is not None and clause.subject[0] > clause.start  # "which the mayor says are empty"
    return is_own or tags[clause.start] != "REL" or lows[clause.start] not in {"that", "which"}


def is_order(tags: list[str], clauses: list[Clause], k: int) -> bool:
    """Tell "told him to leave" from "told him that": an order hands no statement over.

    >>> from transforms.clauses import Clause
    >>> told = Clause(0, 3, 1, 2, True, False, False, (0, 1), (2, 3), None, None)
    >>> leave = Clause(3, 5, 4, 5, False, False, False, None, None, None, 0)
    >>> is_order(["NAME", "VERB", "PRON", "TO", "VERB"], [told, leave], 0)
    True
    """
    if k + 1 >= len(clauses):
        return False
    told, order = clauses[k], clauses[k + 1]
    return tags[order.start] == "TO" and told.object is not None and told.object[1] == order.start


def stands_before(tags: list[str], clauses: list[Clause], k: int) -> bool:
    """Tell whether what is said stands before clause k: nothing but a day or a comma stands behind it, or it is said there.

    What stands before must be a statement of its own, not "On Monday," or "After ...,".

    >>> from transforms.clauses import Clause
    >>> burned, said = (Clause(0, 3, 2, 3, True, False, False, (0, 2), None, None, None),
    ...     Clause(4, 7, 6, 7, True, False, False, (4, 6), None, None, None))
    >>> stands_before(["NUM", "NOUN", "VERB", ",", "DET", "NOUN", "VERB", "."], [burned, said], 1)
    True
    """
    last = clauses[k].last
    if tags[last : last + 1] == [","] or _TRAILERS.issuperset(tags[last:]):
        return True
    for clause in clauses[:k]:
        if not clause.is_finite:
            if clause is clauses[0] and tags[clause.verb] == "VBN" and clause.start == 0:
                return True
            continue
        opening = tags[clause.start : clause.verb]
        if not (
            clause.is_relative or "SUB" in opening or (opening and opening[0] in {"PREP", "CONJ"} and clause.start)
        ):
            return True
    return '"' in tags[: clauses[k].start]
