"""Which tokens around a number are its predicate, told by their tags: participles before a noun, verbs joined or resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.wordforms import BEFORE_NUMBER, CLAUSE_ENDS, FINITE, VERBS

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.sentences import Sentence

ADNOMINAL = frozenset({"NOUN", "ADJ", "NAME", "-"})
_AUXILIARY_REACH = 5  # tokens that adverbs may put between an auxiliary and its verb
_RESUMING_REACH = 22  # tokens of an aside between what is counted and its verb
_RESUMING = frozenset({"BE", "HAVE", "MODAL"})
_AGES = frozenset({"NUM", "PREP", "-", "CONJ", "TO"})  # "14 to 24"
_ASIDE_REACH = 12  # tokens of an aside between commas
_ASIDES = frozenset("including among most mostly many some all".split())
_SOME = frozenset("some most many half several".split())
_PARTICLES = frozenset({"down", "out", "up", "off"})
_REMAINS = frozenset(
    {"bodies", "remains", "corpses", "return", "exchange", "swap", "release", "funeral", "funerals", "families"}
)
_OPENINGS = frozenset({"NUM", "CONJ", "DET", "ADJ", '"'})
_THOSE = (["of", "those"], ["of", "the"])
_STATES = frozenset("trapped buried stuck stranded".split())  # that somebody is rescued from
_RESTRICTOR_REACH = 12  # tokens of what tells who those are
_BEFORE_ADNOMINAL = frozenset({"DET", "ADJ", "NUM", "ADV", "CONJ", ",", "-"})


def resumes(s: Sentence, end: int) -> int:
    """Return the verb behind an aside that follows what is counted; 0 for none.

    "Six clinics - half of the town's - were hit", "a dozen shops, as well as a bank, were hit", "12 pupils aged 9 to 14 were hit".

    >>> from seeds.loader import load_seeds
    >>> from transforms.parse import Parser
    >>> from transforms.sentences import Sentence
    >>> sentence = Sentence(text := "Six clinics (half of them) were hit.", 0, len(text), 0)
    >>> tags = Parser(load_seeds()).tag(sentence)
    >>> sentence.words[resumes(sentence, 2)]
    'were'
    """
    lows, tags = s.lows, s.tags
    if lows[end : end + 1] == ["aged"]:
        j = next((k for k in range(end + 1, len(tags)) if tags[k] not in _AGES), end)
        return j if tags[j] in _RESUMING else 0
    if tags[end : end + 1] not in ([","], ["-"], ["("]):
        return 0
    sign = ")" if tags[end] == "(" else tags[end]
    first = end + 1 + (tags[end + 1 : end + 2] == ["-"])  # a dash may be written as two hyphens
    for j in range(first + 1, min(len(tags) - 1, end + _RESUMING_REACH)):
        if tags[j] == sign:
            back = j + 2 if tags[j + 1] == "-" else j + 1
            return 0 if _RESUMING.isdisjoint(tags[back : back + 1]) else back
        if (tags[j] in CLAUSE_ENDS and lows[j] != "as") or tags[j] in _RESUMING:
            return 0
    return 0


def restrictor_end(s: Sentence, end: int) -> int:
    """Return the predicate behind what only tells which ones are counted; 0 for none.

    "41 of those called up were killed", "11 of those who had fled were seized", "19 people trapped under rubble have been rescued".

    >>> from seeds.loader import load_seeds
    >>> from transforms.parse import Parser
    >>> from transforms.sentences import Sentence
    >>> sentence = Sentence(text := "About 41 of those called up were killed.", 0, len(text), 0)
    >>> tags = Parser(load_seeds()).tag(sentence)
    >>> sentence.words[restrictor_end(sentence, 2)]
    'were'
    """
    lows, tags = s.lows, s.tags
    k = end
    if lows[end : end + 2] in _THOSE:
        k = end + 2 + (tags[end + 2 : end + 3] == ["ADV"])
        if lows[end + 1] == "those" and tags[k : k + 1] == ["REL"]:
            k += 1
            while tags[k : k + 1] in (["HAVE"], ["BE"], ["ADV"]):
                k += 1
    elif lows[end : end + 1] == [] or lows[end] not in _STATES:
        return 0
    if tags[k : k + 1] not in (["VBN"], ["VERB"]):
        return 0
    for j in range(k + 1, min(len(tags), k + _RESTRICTOR_REACH)):
        if tags[j] in CLAUSE_ENDS or tags[j] in {",", "CONJ", "NUM"}:
            return 0
        if tags[j] in FINITE:
            return j
    return 0


def is_adnominal(tags: list[str], i: int) -> bool:
    """Tell whether a participle stands before its noun: "guided bombs".

    >>> is_adnominal(["NUM", "VBN", "NOUN"], 1)
    True
    """
    return (
        0 < i < len(tags) - 1
        and tags[i] in {"VBN", "VBG"}
        and tags[i + 1] in ADNOMINAL
        and tags[i - 1] in _BEFORE_ADNOMINAL
        and not has_auxiliary(tags, i, "HAVE")  # "has now sent Ukraine 40 guns"
    )


def is_postnominal(tags: list[str], i: int) -> bool:
    """Tell whether a participle only describes the counted noun before it, and a list goes on: "40 men killed and hurt, 3 tanks".

    >>> tags = ["NUM", "NOUN", "VBN", "CONJ", "VBN", ",", "NUM", "NOUN"]
    >>> is_postnominal(tags, 2), is_postnominal(tags, 4), is_postnominal(tags[:5] + tags[6:], 4)
    (True, True, False)
    """
    is_listed = tags[i] == "VBN" and (tags[i + 1] == "," or tags[i + 1 : i + 3] in (["CONJ", "NUM"], ["CONJ", "VBN"]))
    while tags[i - 2 : i] == ["VBN", "CONJ"]:
        i -= 2
    return is_listed and tags[i - 1] == "NOUN" and tags[i - 2] in {"NUM", "NOUN", "ADJ"}


def is_coordinated(tags: list[str], i: int) -> bool:
    """Tell whether another verb follows in coordination: "were shot and wounded", "were held, beaten and forcibly deported".

    >>> is_coordinated(["BE", "VBN", "CONJ", "VBN"], 1)
    True
    """
    if tags[i + 1 : i + 2] not in (["CONJ"], [","]):
        return False
    j = i + 2 + (tags[i + 2 : i + 3] in (["CONJ"], ["ADV"]))
    j += tags[j : j + 1] == ["ADV"]
    return tags[j : j + 1] == [tags[i]] and (tags[i + 1] == "CONJ" or tags[i] == "VBN")


def may_be_verb(tags: list[str], i: int) -> bool:
    """Tell whether a word of a verb's form is one though tagged a noun, or is the verb "have".

    >>> may_be_verb(["NAME", "NOUN", "NUM"], 1), may_be_verb(["NAME", "NOUN", "."], 1)
    (True, False)
    """
    if tags[i] == "HAVE":
        return tags[i + 1] != "VBN"  # "have said 100 were hurt"
    if tags[i - 1 : i] == ["-"] and tags[i] == "ADJ":
        return False  # "US-made ATACMS missiles"
    return tags[i] in {"NOUN", "ADJ"} and i + 1 < len(tags) and tags[i + 1] in {"DET", "NUM", "ADV", "NAME", "$"}


def has_auxiliary(tags: list[str], token: int, auxiliary: str) -> bool:
    """Tell whether an auxiliary of a tag ("BE", "HAVE") stands before a verb, with but adverbs between.

    >>> has_auxiliary(["BE", "ADV", "VBN"], 2, "BE")
    True
    """
    for i in range(token - 1, max(-1, token - _AUXILIARY_REACH), -1):
        if tags[i] == auxiliary:
            return True
        if tags[i] not in {"ADV", "NEG"}:
            return False
    return False


def goes_on_perfect(tags: list[str], i: int) -> bool:
    """Tell whether a participle is joined to one with "have": "had shot down 12 drones and sunk two boats".

    >>> goes_on_perfect(["NAME", "HAVE", "VBN", "NUM", "NOUN", "CONJ", "VBN"], 6)
    True
    """
    if tags[i - 1] not in {"CONJ", ","}:
        return False
    for j in range(i - 2, 0, -1):
        if tags[j] in CLAUSE_ENDS or tags[j] in {"BE", "VERB"}:
            return False
        if tags[j] == "HAVE":
            return True
    return False


def is_described(figure: Figure, s: Sentence, token: int) -> bool:
    """Tell whether a token behind a verb's object stands in a clause on who they were: "killed 12 who were held in May".

    What they were doing when it happened, "who were waiting at the station", was there and then.
    """
    if figure.cue is None or figure.cue >= figure.first or token <= figure.first:
        return False
    end = max(figure.last, figure.unit_last)
    is_meanwhile = s.tags[end + 1 : end + 3] == ["BE", "VBG"]
    return s.lows[end : end + 1] == ["who"] and s.tags[end] == "REL" and not is_meanwhile


def is_dash(s: Sentence, token: int) -> bool:
    """Tell a dash between words from a hyphen within one."""
    return s.tags[token : token + 1] == ["-"] and token > 0 and s.starts[token] > s.ends[token - 1]


def before_aside(s: Sentence, first: int) -> int:
    """Return where an aside between dashes opens that a number follows, else the number: "losses - deaths and wounds - of 40"."""
    i = hedged_from(s, first)
    if not is_dash(s, i - 1):
        return first
    return next((k for k in range(i - 2, 0, -1) if is_dash(s, k)), first)


def is_object(s: Sentence, first: int, harmless: frozenset[str]) -> bool:
    """Tell whether a verb stands right before a number, its adverbs and particle apart, or "the bodies of"; not one of the dead of a headline."""
    i = first - 1
    while i > 0 and (s.tags[i] in BEFORE_NUMBER or s.lows[i] in _PARTICLES):
        i -= 1
    if s.lows[i] == "of":
        return i > 0 and s.lows[i - 1] in _REMAINS
    return i >= 0 and s.tags[i] in VERBS and (not i or s.lows[i - 1] not in harmless)


def aside_end(lows: list[str], tags: list[str], start: int) -> int:
    """Return where a remark on some of those counted ends that a comma opens and a predicate follows; 0 where there is none.

    >>> aside_end("boats , some of them small , were sunk".split(), ["NOUN", ",", "DET", "PREP", "PRON", "ADJ", ",", "BE", "VBN"], 1)
    7
    """
    if lows[start : start + 1] != [","] or start + 1 >= len(lows) or lows[start + 1] not in _SOME:
        return 0
    end = next((k for k in range(start + 2, min(len(lows), start + _ASIDE_REACH)) if lows[k] == ","), 0)
    return end + 1 if end and tags[end + 1 : end + 2] in (["BE"], ["HAVE"]) else 0


def closes_aside(lows: list[str], j: int) -> bool:
    """Tell whether the comma before a verb closes an aside: "four people, including a child, died"."""
    for i in range(j - 2, max(0, j - _ASIDE_REACH), -1):
        if lows[i] == ",":
            return lows[j - 1] == "," and lows[i + 1] in _ASIDES
    return False


def opens_phrase(tags: list[str], i: int) -> bool:
    """Tell whether an adjective stands before the noun of another phrase: "and dead bodies", not "were dead".

    >>> opens_phrase(["CONJ", "ADJ", "NOUN"], 1), opens_phrase(["BE", "ADJ", "NOUN"], 1)
    (True, False)
    """
    return tags[i] in {"ADJ", "VBN"} and tags[i + 1 : i + 2] == ["NOUN"] and tags[i - 1] in _OPENINGS


def is_of_those_told(s: Sentence, figure: Figure, j: int) -> bool:
    """Tell a part of those of whom all is said before the clause of number j: "12 were killed, including two girls, and 30 hurt".

    >>> from seeds.loader import load_seeds
    >>> from transforms.reading import Reader
    >>> text = "Twelve were killed, including two girls, and 30 were hurt."
    >>> [(f.best, f.metric_code) for f in Reader(load_seeds()).read(text).figures]
    [(12.0, 'CAS_KILLED'), (2.0, 'CAS_KILLED'), (30.0, 'CAS_INJURED')]
    """
    before, after = hedged_from(s, figure.first), hedged_from(s, j)
    of_them = s.lows[figure.last : figure.last + 2] == ["of", "them"]
    is_part = before > 1 and (of_them or s.lows[before - 1] == "including")
    return is_part and s.tags[after - 2 : after] == [",", "CONJ"] and not VERBS.isdisjoint(s.tags[: before - 1])


def hedged_from(s: Sentence, first: int) -> int:
    """Return where the words begin that qualify a number, such as "at least"."""
    while first > 0 and s.tags[first - 1] in BEFORE_NUMBER:
        first -= 1
    return first
