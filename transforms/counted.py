"""What a number counts: the noun phrase to its right, its head, and the unit that the head stands for.

"40 Ukrainian drones" counts drones ({munition}); "30 injured" people; "four strategic priorities" {priority}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.kinds import Noun
from transforms.labels import after_increase, is_increase
from transforms.phrases import Phrases

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_REACH = 9  # tokens from the number to its head: "four more high mobility artillery rocket systems"
_MODEL = 4  # tokens of "/Kh-555" that a list of models has more
_LINKS = frozenset("the these those its their his her our my such which whom them us".split())
_REFERRING = frozenset("them us which whom those these you".split())
_CHUNK = frozenset({"ADJ", "NOUN", "NAME", "VBN", "POSS", "NUM", "VBG", "NV"})
_SKIPPED = frozenset("more other additional further new different separate such very most least highly heavily".split())
_QUOTES = {'"', "‘", "'"}
_HYPHENS = {"-", "–"}
_VERB_NOUNS = frozenset("injured wounded killed dead missing hurt".split())
_DEAD, _WOUNDED = frozenset({"dead", "deaths", "killed"}), frozenset({"wounded", "injured", "injuries"})
_IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "teeth": "tooth", "feet": "foot",
    "series": "series", "lives": "life", "wives": "wife", "media": "media", "phenomena": "phenomenon",
    "criteria": "criterion", "crises": "crisis", "bases": "base", "buses": "bus", "gases": "gas", "heroes": "hero",
    "movies": "movie", "calories": "calorie", "shoes": "shoe", "knives": "knife", "halves": "half", "axes": "axe",
}  # fmt: skip
_NO_MEN = frozenset("specimen regimen acumen abdomen omen semen stamen hymen bitumen".split())
_ROUND = "round"  # its code in seeds/nouns.toml
_REACH_OF = 6  # tokens from "of" to the munition
_REACH_LEFT = 12  # tokens from a bare number back to what it counts
_TIMES = frozenset(
    "year month week day hour minute night morning evening today yesterday years months weeks days hours minutes".split()
)
_VERBS = frozenset({"BE", "HAVE", "MODAL"})
_PEOPLES = ("icans", "ians", "anians", "ists", "crats", "eans")  # endings of peoples and followers
_NOT_PLURAL = ("ss", "us", "is", "ous")

Head = tuple[int, int, Noun | None]  # first token, one past the last, the seed if there is one


class Counted:
    """Finds the head of the counted noun phrase; built from seeds/nouns.toml."""

    def __init__(self, seeds: Seeds) -> None:
        self._nouns = Phrases({form: noun for noun in seeds.of(Noun).values() for form in noun.written})

    def read(self, s: Sentence, figure: Figure, limit: int) -> bool:
        """Set head, counted, noun and unit of a figure; `limit` is the first token of the next number.

        Tells whether a noun was found.
        """
        if is_increase(s, figure.first):
            return False  # what "(+3)" adds to is counted before it
        token = self._start(s, figure)
        if self._read_compound(s, figure):
            return True
        reach = _REACH + _MODEL * s.words[token : token + _REACH].count("/")
        span = self._find_head(s, token, min(limit, token + reach, len(s.words)), figure)
        if span is None:
            return False
        first, last, noun = span
        last = _with_wounded(s, last)
        figure.head = last - 1
        figure.counted = s.text[s.starts[token] - s.start : s.ends[last - 1] - s.start]
        if noun is not None and noun.code == _ROUND:
            noun = self._of_munition(s, last) or noun
        if noun is not None:
            figure.noun = noun.code
        if figure.unit_code is None:
            figure.unit_last = max(figure.unit_last, last)
            if noun is not None:
                figure.unit_code = noun.unit
                figure.why("unit_code", "counted noun", f"nouns/{noun.code}", " ".join(s.words[first:last]))
            else:
                low = s.lows[last - 1]
                word = (
                    "person"
                    if (low.endswith(_PEOPLES) and s.words[last - 1][0].isupper()) or _is_men(low)
                    else to_singular("".join(s.lows[first:last]) if last - first > 1 else s.lows[last - 1])
                )
                figure.unit_code = f"{{{word}}}"
                figure.why("unit_code", "counted noun", None, s.words[last - 1])
            figure.dimension = "count"
        return True

    def _of_munition(self, s: Sentence, last: int) -> Noun | None:
        """Return the munition that rounds are of: "1,000 rounds of 155 mm artillery ammunition", not "of talks"."""
        if s.lows[last : last + 1] != ["of"]:
            return None
        hits = (self._nouns.starting(s.lows, k) for k in range(last + 1, last + _REACH_OF))
        return next((hit[1] for hit in hits if hit and hit[1].group == "munition"), None)

    def _read_compound(self, s: Sentence, figure: Figure) -> bool:
        """Read what a hyphen binds to the number: the storey of "12-storey building", the people of "40,000-strong"."""
        j = figure.last
        if figure.unit_code is not None or j + 1 >= len(s.words) or s.words[j] not in {"-", "‑", "‐"}:
            return False
        low = s.lows[j + 1]
        if (
            s.starts[j] != s.ends[j - 1]
            or s.starts[j + 1] != s.ends[j]
            or not low.isalpha()
            or low in {"odd", "plus", "something"}
        ):
            return False
        figure.head, figure.unit_last, figure.dimension = j + 1, j + 2, "count"
        figure.counted = s.words[j + 1]
        if low in {"strong", "member", "person", "man", "woman"}:
            figure.unit_code = "{person}"
        else:
            hit = self._nouns.starting(s.lows, j + 1)
            figure.unit_code = (
                hit[1].unit if hit and hit[0] == j + 2 and hit[1].unit == "{person}" else f"{{{to_singular(low)}}}"
            )
        figure.why("unit_code", "bound by a hyphen", None, low)
        return True

    @staticmethod
    def _start(s: Sentence, figure: Figure) -> int:
        """Return the first token of the phrase that may name what is counted."""
        token, n, lows = after_increase(s, max(figure.last, figure.unit_last)), len(s.words), s.lows
        if token < n and lows[token] in {"+", "plus"}:
            token += 1
        if token + 1 < n and lows[token] in _HYPHENS and lows[token + 1] in {"odd", "plus", "strong"}:
            token += 2
        if token < n and lows[token] == "or" and lows[token + 1 : token + 2] in (["more"], ["so"], ["fewer"], ["less"]):
            token += 2
        while token < n and lows[token] in _QUOTES:
            token += 1
        if token < n and lows[token] == "of":
            token += 1
            while (
                token < n
                and (lows[token] in _LINKS or lows[token] in {"'s", "all"})
                and (lows[token] not in _REFERRING or s.tags[token + 1 : token + 2] == ["NOUN"])  # "two of those boats"
            ):
                token += 1
        while token < n and (lows[token] in _SKIPPED or lows[token] in _QUOTES):
            token += 1
        if token < n and s.words[token] in _HYPHENS and s.starts[token] == s.ends[token - 1]:
            token += 1
        return token

    def _find_head(self, s: Sentence, token: int, limit: int, figure: Figure) -> Head | None:
        """Return the head of the phrase that starts at a token: its last known noun, else its first plural."""
        lows, tags = s.lows, s.tags
        found: Head | None = None
        single = figure.best == 1 and figure.low == figure.high
        k = token
        while k < limit:
            hit = self._nouns.starting(lows, k)
            if hit and not (lows[k] in _VERB_NOUNS and k > token):
                found = (k, *hit)
                k = hit[0]
                ends = _is_plural(lows[k - 1]) or (single and (k >= limit or tags[k] != "NOUN"))
                if ends and not self._goes_on(s, k, limit):
                    break
            elif found and lows[k] in _VERB_NOUNS:
                break  # "one civilian dead"
            elif lows[k] == "'s":
                found = None  # "14 of NATO's 30 members": the owner is not counted
                k += 1
            elif tags[k] in {"NOUN", "NAME", "NV"}:
                if found is None or not _is_plural(lows[found[1] - 1]):
                    found = (k, k + 1, None)
                k += 1
                if _is_plural(lows[k - 1]) and tags[k - 1] != "NAME" and not self._goes_on(s, k, limit):
                    break
            elif _joins(s, k, token, found) and not (
                lows[k] == "(" and tags[k + 1 : k + 2] == ["VERB"]
            ):  # "40,000 (mobilised)"
                k += 1
            else:
                break
        if found and found[2] is None:
            return self._settle(s, figure, found)
        return found

    def _goes_on(self, s: Sentence, k: int, limit: int) -> bool:
        """Tell whether a plural is only the first part of a compound: "arms dealers", "drones strikes"."""
        hit = self._nouns.starting(s.lows, k) if k < limit else None
        return (
            hit is not None
            and _is_plural(s.lows[hit[0] - 1])
            and not _is_verb(s.tags, k)
            and s.lows[k] not in _VERB_NOUNS
        )

    @staticmethod
    def _settle(s: Sentence, figure: Figure, found: Head) -> Head | None:
        """Refuse an unknown head that cannot be what is counted: a verb, a time, a singular after a plural number."""
        low = s.lows[found[1] - 1]
        if s.tags[found[1] - 1] in {"DATE", "VERB"} or low in _TIMES:
            return None
        number = figure.best if figure.best is not None else figure.low
        if number is not None and number > 1 and not _is_plural(low) and figure.unit_code is None:
            return None
        return found

    def left(self, s: Sentence, figure: Figure, floor: int) -> Noun | None:
        """Return the known plural noun to the left that a bare number counts: "civilians in the east - four in ..."."""
        first = figure.first
        for k in range(first - 1, max(floor, first - _REACH_LEFT) - 1, -1):
            if s.lows[k] in {".", ";", ":"} or s.tags[k] == "REL":
                return None
            if not _is_plural(s.lows[k]) or s.tags[k] not in {"NOUN", "NAME", "ADJ"}:
                continue
            hit = self._nouns.ending(s.lows, k + 1)
            if hit:
                return hit[1]
        return None


def _with_wounded(s: Sentence, last: int) -> int:
    """Return where what is counted ends: with the wounded of "80,000 deaths and injuries", not of "53 dead and wounded 12"."""
    is_pair = s.lows[last - 1] in _DEAD and s.lows[last : last + 1] in (["and"], ["or"])
    is_pair = is_pair and last + 1 < len(s.lows) and s.lows[last + 1] in _WOUNDED
    return last + 2 if is_pair and s.tags[last + 2 : last + 3] != ["NUM"] else last


def _joins(s: Sentence, k: int, token: int, found: Head | None) -> bool:
    """Tell whether a token that is no noun may stand inside the phrase: adjectives, hyphens, quotes, "young and old"."""
    low, tag, word = s.lows[k], s.tags[k], s.words[k]
    if word in _HYPHENS or low == "'" or low in _QUOTES or (word in {"(", ")"} and found is None):
        return True
    if word == "/" and not s.words[k - 1].islower() and s.starts[k] == s.ends[k - 1]:
        return True  # "50 missiles"
    if low in {"to", "of", "and"} and s.words[k - 1] in _HYPHENS and s.words[k + 1 : k + 2] == ["-"]:
        return True  # surface-to-surface
    if tag in _CHUNK:
        return tag != "VBN" or found is None
    if low == "and" and s.tags[k - 1] == "NAME" and s.tags[k + 1 : k + 3] == ["NAME", "NOUN"]:
        return not s.lows[k - 1].endswith("s") and s.lows[k + 2].endswith("s")  # "Kia and Hyundai vehicles"
    if found is not None:
        return False
    if tag == "VERB" and low.endswith("ed") and _is_described(s, k, token):
        return True
    between_adjectives = k > token and s.tags[k - 1] == "ADJ" and (low == "and" or tag == ",")
    return between_adjectives or (tag == "ADV" and low.endswith("ly"))


def _is_described(s: Sentence, k: int, token: int) -> bool:
    """Tell whether a form in -ed describes what is counted: "donated 200 used vests", "three alleged spies were"."""
    follower = s.tags[k + 1] if k + 1 < len(s.tags) else "."
    if follower == '"' and s.lows[k - 1] in _QUOTES:
        return True
    before = s.tags[token - 2] if token > 1 and s.lows[token - 2] != "another" else ""
    return follower in _CHUNK and (before in {"VERB", "PREP", "DET"} or not _VERBS.isdisjoint(s.tags[k + 2 : k + 6]))


def _is_verb(tags: list[str], token: int) -> bool:
    return tags[token] in {"VERB", "BE", "HAVE", "DO", "MODAL"}


def _is_plural(low: str) -> bool:
    return (
        low in _IRREGULAR
        or (len(low) > len("us") and low[-1] == "s" and not low.endswith(_NOT_PLURAL))
        or _is_men(low)
        or low in {"aircraft", "dead", "injured", "wounded", "troops", "personnel", "killed", "missing"}
    )


def _is_men(low: str) -> bool:
    """Tell servicemen, firewomen."""
    return low.endswith("men") and low not in _NO_MEN


def to_singular(low: str) -> str:
    """Return the singular of an English noun in lower case.

    >>> [to_singular(w) for w in ("batteries", "explosions", "men", "bosses", "houses", "glass", "viruses")]
    ['battery', 'explosion', 'man', 'boss', 'house', 'glass', 'virus']
    """
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if _is_men(low):
        return low[:-2] + "an"
    if low.endswith("ies") and len(low) > len("ties"):
        return low[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes", "ruses", "nuses", "puses", "tuses")):
        return low[:-2]
    if low.endswith("s") and not low.endswith(_NOT_PLURAL) and len(low) > len("gas"):
        return low[:-1]
    return low
