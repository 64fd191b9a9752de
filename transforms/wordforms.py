"""What a word looks like: the tag that its ending or sign tells, the forms of a regular verb, capitals that are no name."""

from __future__ import annotations

_SIGNS = {
    ",": ",", ".": ".", "!": ".", "?": ".", "…": ".", ";": ";", ":": ";", "-": "-", "–": "-", "—": "-", "‑": "-",
    "(": "(", ")": ")", "[": "(", "]": ")", '"': '"', "“": '"', "”": '"', "«": '"', "»": '"', "‘": '"', "'": '"',
    "’": '"', "/": "-", "&": "CONJ", "'s": "'s", "’s": "'s",
}  # fmt: skip
VERBS = frozenset({"VERB", "VBN", "VBG"})  # tags of verbs that say something, auxiliaries apart
FINITE = frozenset({"VERB", "BE", "HAVE", "DO", "MODAL"})  # tags that a finite verb begins with
BEFORE_NUMBER = frozenset({"ADV", "DET", '"', "$"})  # tags that may stand between a word and the number it governs
CLAUSE_ENDS = frozenset({"SUB", "REL", ";", "."})  # tags at which a clause ends or another begins
_ADJECTIVE_ENDINGS = ("al", "ous", "ive", "ful", "ic", "ish", "less", "able", "ible", "ary", "ile", "ate")
_CONTRACTED = ("'ve", "'re", "'ll", "'d", "'m", "’ve", "’re", "’ll", "’d", "’m")  # one token with their pronoun
_LONG = 5  # letters from which an ending tells the class
_SHORT = len("'s")  # signs, told by _SIGNS
_KEPT = 100_000  # words whose tags are kept


class Commonest(dict[str, str]):
    """The commonest tag of each word; that of a word of no list is told from its looks, and kept."""

    def __missing__(self, low: str) -> str:
        plain = low.replace("’", "'")  # "didn’t"
        tag = self[plain] if plain != low and len(low) > _SHORT else _guess(low)
        if len(self) < _KEPT:
            self[low] = tag
        return tag


def _guess(low: str) -> str:
    """Return the commonest tag of a word of no list, by its first sign and its ending."""
    first = low[0]
    if first.isdigit():
        return "NUM"
    if not first.isalpha():
        return _SIGNS.get(low, "$")
    if low.endswith(_CONTRACTED):
        return "PRON"
    if len(low) >= _LONG:
        if low.endswith("ing"):
            return "VBG"
        if low.endswith("ed"):
            return "ED"
        if low.endswith("ly"):
            return "ADV"
        if low.endswith(_ADJECTIVE_ENDINGS):
            return "ADJ?"
    return "?"


def is_in_capitals(words: list[str], i: int) -> bool:
    """Tell whether a word stands in capitals beside another, as in the lead of some papers: "UKRAINE SHOT down"."""
    if not (words[i].isupper() and len(words[i]) > 1):
        return False
    return any(len(word) > 1 and word.isupper() for word in (*words[max(0, i - 1) : i], *words[i + 1 : i + 2]))


def opens_plural(words: list[str], lows: list[str], i: int) -> bool:
    """Tell whether a sentence opens with a plain plural ("Rescuers pulled"), not with a name ("Thomas pulled")."""
    low = lows[i]
    if i + 1 >= len(words) or words[i + 1][0].isupper() or lows[i + 1] == "'s":
        return False
    return low.endswith("s") and not low.endswith(("as", "is", "us", "ss", "os", "ys"))


def third_person(base: str) -> str:
    """Return the form in -s of a regular verb.

    >>> third_person("deny"), third_person("reach")
    ('denies', 'reaches')
    """
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def past(base: str) -> str:
    """Return the form in -ed of a regular verb.

    >>> past("deny"), past("seize")
    ('denied', 'seized')
    """
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


def gerund(base: str) -> str:
    """Return the form in -ing of a regular verb.

    >>> gerund("seize"), gerund("lie")
    ('seizing', 'lying')
    """
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith("ee"):
        return base[:-1] + "ing"
    return base + "ing"
