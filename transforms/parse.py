"""A light shallow parse: tags by lexicon and ending, noun chunks, clauses with voice, subject, object and agent.

Tags (one a token, in `sentence.tags`, filled on demand by `Parser.tag`):

NAME capitalised name · NOUN · ADJ (also "Russian", "Chinese") · NUM · DET (also its, their) · PRON · POSS ('s)
VERB finite or bare form · VBN participle · VBG -ing form · BE HAVE DO MODAL auxiliaries · TO before a verb · NEG · ADV
PREP · CONJ (and, or, but) · SUB (because, while, after, that) · REL (who, which, that) · DATE (weekday, month)
signs: "," "." (also ! ? …) ";" (also :) "-" (hyphen, dash, slash) "(" ")" '"' (any quotation mark) "$" (any other)

The method is Brill's (1992): the commonest tag of the word first, then the neighbours correct it. What is not in the
word lists (seeds/words.toml) is read from its ending or its capital.
"""

from __future__ import annotations

from itertools import compress, count
from operator import ne
from typing import TYPE_CHECKING, cast

from seeds.circumstances import SpeechCue
from seeds.kinds import WordClass
from transforms.chunks import Chunk, build_chunks
from transforms.clauses import Clause, build_clauses
from transforms.wordforms import FINITE, Commonest, gerund, is_in_capitals, opens_plural, past, third_person

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.sentences import Sentence

_CLOSED = (
    "DATE", "NUM", "ADJ", "ADV", "PREP", "SUB", "CONJ", "DET", "PRON", "REL", "NEG", "MODAL", "DO", "HAVE", "BE",
)  # fmt: skip  # a later class wins a word that two of them claim
_DEMONYM_ENDINGS = ("ian", "ean", "ese", "ish", "ican", "aeli", "aqi", "emeni")
_BEFORE_NOUN = frozenset({"DET", "ADJ", "POSS", "PREP", "NUM", "VBN", "-", "'s"})
_BEFORE_VERB = frozenset({"TO", "MODAL", "DO", "PRON", "NEG", "REL", "HAVE"})
_STARTS_OBJECT = frozenset({"DET", "NUM", "NAME", "NOUN", "PRON", "ADJ", "ADJ?", "NV", "NG", "VA", "?"})
_BODIES = frozenset(
    "group groups team teams mission missions centre center agency organisation organization commission body".split()
)
_STARTS_CLAUSE = frozenset({"DET", "NUM", "NAME", "PRON", "SUB", "ADV", "TO", "TO?", "THAT"})
_NOMINAL = frozenset({"NOUN", "NAME", "PRON", ")", "NUM", "DATE"})
_VERB_LIKE = frozenset({"VB", "NV", "VA", "ED", "BE", "HAVE", "DO", "MODAL", "VERB"})
_EDGES = frozenset({"SUB", "REL", "CONJ", ";", '"', "."})
_DETERMINED = frozenset({"DET", "ADJ", "POSS", "NUM"})
_SO_MUCH = frozenset({"far", "many", "much", "few"})
_MONTHS = frozenset({"May", "March"})  # in small letters other words
_DETERMINERS = frozenset({"DET", "PRON"})
_CAPITALISED = frozenset({"?", "NOUN", "NV", "NG", "VA", "VB", "ED", "VBG", "VERB", "VBN", "ADJ", "ADJ?", "ADV"})
_TITLE = 0.6  # share of capitalised words from which a line is a headline in title case
_UNSETTLED = frozenset({"?", "NV", "NG", "VA", "VB", "ED", "VBG", "ADJ?", "'s", "TO?", "THAT", "PARTICLE"})
_OPEN = _UNSETTLED | {"NUM", "SUB"}
LONGEST_SENTENCE = (
    400  # tokens; what is longer is a table or no prose: it is tagged, but has neither chunks nor clauses
)
_RELATIVE = frozenset({"that", "which", "who"})
_AUXILIARY_REACH = 4  # tokens that adverbs may put between an auxiliary and its participle
_TO_IS_PREPOSITION_AFTER = frozenset({"according", "due", "thanks", "close", "next"})
_HEDGES = {  # words before a number that are no preposition there: the number's noun is a plain chunk
    ("at", "least"), ("at", "most"), ("up", "to"), ("more", "than"), ("less", "than"), ("fewer", "than"),
    ("close", "to"), ("as", "many"), ("as", "much"),
}  # fmt: skip
_ABOUT = frozenset({"about", "around", "over", "under", "nearly", "some", "almost", "roughly"})


class Parser:
    """Tags, chunks and clauses of a sentence, each made once and kept with the sentence."""

    def __init__(self, seeds: Seeds) -> None:
        classes = {code: entry.words for code, entry in seeds.of(WordClass).items()}
        both = set(classes["VERB_OR_NOUN"])
        lexicon: dict[str, str] = {}
        lemma: dict[str, str] = {}
        for base in [*classes["VERB"], *classes["VERB_OR_NOUN"]]:
            tag = "NV" if base in both else "VB"
            forms = ((base, tag), (third_person(base), tag), (past(base), "ED"), (gerund(base), "VBG"))
            for form, form_tag in forms:
                lexicon.setdefault(form, form_tag)
                lemma.setdefault(form, base)
        lexicon |= dict.fromkeys(classes["PAST"], "VERB")
        lexicon |= dict.fromkeys(classes["PARTICIPLE"], "VBN")
        self._unchanged = both & set(classes["PAST_OR_PARTICIPLE"])  # "were cut"
        self._acting = frozenset(classes["UNCHANGED_PAST"])
        lexicon |= {form: "ED" for form in classes["PAST_OR_PARTICIPLE"] if lexicon.get(form) != "NV"}
        lexicon |= dict.fromkeys(classes["NOUN"], "NOUN")
        lexicon |= dict.fromkeys(classes["NOUN_OR_GERUND"], "NG")
        double = {word: "VA" for word in classes["ADJ"] if lexicon.get(word) in {"VB", "NV"}}
        for code in _CLOSED:
            lexicon |= {word: code for word in classes[code] if code != "ADJ" or word not in lexicon}
        lexicon |= double
        lexicon |= dict.fromkeys(classes["ADJ_OR_NOUN"], "ADJ?")
        lexicon |= {"to": "TO?", "that": "THAT"} | dict.fromkeys(("down", "up", "out", "off"), "PARTICLE")
        self._lexicon = lexicon
        self._commonest = Commonest(lexicon)
        self._lemmas = lemma
        bare = set(classes["INTRANSITIVE"])
        self._intransitive = {form for form, base in lemma.items() if base in bare} | bare
        cues = seeds.of(SpeechCue).values()
        self._speaking = frozenset(w for cue in cues if cue.place in {"VERB", "WEAK_VERB"} for w in cue.words)

    def tag(self, sentence: Sentence) -> list[str]:
        """Fill and return `sentence.tags`.

        >>> from seeds.loader import load_seeds
        >>> from transforms.sentences import Sentence
        >>> text = "Five people were killed by Russian shelling."
        >>> Parser(load_seeds()).tag(Sentence(text, 0, len(text), 0))
        ['NUM', 'NOUN', 'BE', 'VBN', 'PREP', 'ADJ', 'NOUN', '.']
        """
        if sentence.known_tags:
            return sentence.known_tags
        words, lows = sentence.words, sentence.lows
        tags = list(map(self._commonest.__getitem__, lows))
        if words != lows:
            self._read_capitals(words, lows, tags)
        doubtful: list[int] = []
        n = len(tags)
        for i in compress(count(), map(_OPEN.__contains__, tags)):
            tag = tags[i]
            if tag == "NUM":
                _read_number(lows, tags, i)
            elif tag == "SUB":
                if lows[i] == "so" and lows[i + 1 : i + 2] and lows[i + 1] in _SO_MUCH:
                    tags[i] = "ADV"  # "have so far been rescued"
                elif tags[i - 1 : i] == ["HAVE"] and tags[i + 1 : i + 2] in (["ED"], ["VBN"], ["BE"]):
                    tags[i] = "ADV"  # "have since died"
            else:
                before = tags[i - 1] if i else ""
                after = tags[i + 1] if i + 1 < n else "."
                tags[i] = self._settle(tag, lows, i, before, after)
                if (
                    tag == "NV"
                    and tags[i] == "NOUN"
                    and after in {",", "."}
                    and n <= LONGEST_SENTENCE
                    and (_closes_as(lows, tags, i) or (lows[i] in self._speaking and _is_aside(lows, tags, i)))
                ):
                    tags[i] = "VERB"
                if tags[i] == "ED":
                    tags[i] = self._past_or_participle(lows, i, tags, after)
                    if tags[i] == "ED":
                        tags[i] = "VBN"
                        doubtful.append(i)
        for i in doubtful if n <= LONGEST_SENTENCE else ():
            if self._stands_alone(lows, tags, i) or _closes_relative(lows, tags, i):
                tags[i] = "VERB"
        sentence.known_tags = tags
        return tags

    def _read_capitals(self, words: list[str], lows: list[str], tags: list[str]) -> None:
        capitals = list(compress(count(), map(ne, words, lows)))
        is_title = len(capitals) > _TITLE * sum(map(str.isalpha, words))  # there capitals tell no names
        for i in capitals:
            word, tag = words[i], tags[i]
            if not word[0].isupper():
                continue
            if word in {"US", "WHO"}:
                tags[i] = "NAME"
            elif tag == "DATE" and words[i + 1 : i + 2] == ["."] and words[i + 2 : i + 3] and words[i + 2].isalnum():
                tags[i + 1] = "DATE"  # "the Nov. 19 attack"
            elif word in _MONTHS and i and tags[i - 1] not in {'"', ".", ";", "$"}:
                tags[i] = "DATE"
            elif tag in _CAPITALISED and not (lows[i] in self._lexicon and is_in_capitals(words, i)):
                opens = is_title or i == 0 or tags[i - 1] in {'"', ".", ";", "$"}
                if opens and tag == "ADV":
                    continue
                if word.endswith(_DEMONYM_ENDINGS) and lows[i] not in self._lexicon:
                    tags[i] = "ADJ"
                elif opens and lows[i] not in self._lexicon and opens_plural(words, lows, i):
                    tags[i] = "NOUN"
                elif not opens or lows[i] not in self._lexicon:
                    tags[i] = "NAME"

    def _settle(self, tag: str, lows: list[str], i: int, before: str, after: str) -> str:  # noqa: PLR0911 - one line a rule
        if tag in {"?", "'s"}:
            return _settle_by_words(tag, lows, i, before, after)
        if tag == "ADJ?":
            ends = after not in {"?", "NOUN", "NAME", "ADJ", "ADJ?", "NV", "NG", "NUM", "VBG", "CONJ"}
            return "NOUN" if ends and before in _DETERMINED | {"PREP", "NAME", "NOUN"} else "ADJ"
        if tag == "TO?":
            if lows[i - 1 : i] and lows[i - 1] in _TO_IS_PREPOSITION_AFTER:
                return "PREP"
            plural = after == "NV" and self._lemmas.get(lows[i + 1]) != lows[i + 1]
            unknown = after == "?" and self._commonest[" ".join(lows[i + 2 : i + 3]) or "."] in _DETERMINERS
            return "TO" if unknown or (after in _VERB_LIKE and not plural) else "PREP"  # "to amass the sums"
        if tag == "THAT":
            object_follows = self._lexicon.get(" ".join(lows[i + 2 : i + 3])) in {"DET", "NUM", "PRON"}
            plural = (
                after == "NV" and lows[i + 1].endswith("s") and not object_follows
            )  # "that attacks ..." opens a clause
            if before in {"NOUN", "NAME", ")"} and after in _VERB_LIKE and not plural:
                return "REL"
            return "DET" if before in {"PREP", "", ".", '"', "CONJ"} else "SUB"
        if tag == "VB":
            is_compound = lows[i] == "think" and lows[i + 1 : i + 2] in (["tank"], ["tanks"])
            determined = before in {"DET", "POSS"} or is_compound or (before == "ADJ" and after in {"NOUN", "?"})
            return "NOUN" if determined else "VERB"
        if tag == "VA":
            return "VERB" if before in _BEFORE_VERB else "ADJ"  # "to close the gap", "a close ally"
        if tag == "NV":
            is_object = (
                self._is_about(lows, i + 1) and before in {"NOUN", "NAME", "ADV"} and lows[i + 3 : i + 4] != [":"]
            )
            return self._noun_or_verb(lows[i], before, "NUM" if is_object else after, is_first=i == 0)
        if tag == "NG":
            has_object = after in _STARTS_OBJECT or self._is_about(lows, i + 1)
            return "VBG" if before in {",", "CONJ", "NOUN", ")", "BE"} and has_object else "NOUN"
        if tag == "PARTICLE":
            return "ADV" if before in {"VERB", "VBN", "VBG", "ED"} and after in _STARTS_OBJECT else "PREP"
        if tag == "VBG":
            if before == "PREP" and after in {"NOUN", "?"} and self._lemmas.get(lows[i], "") in self._intransitive:
                return "ADJ"  # "by retreating troops"
            follower = lows[i + 1] if i + 1 < len(lows) else ""
            is_body = before == "NOUN" and follower in _BODIES  # "the human rights monitoring group said"
            is_body |= lows[i] == "fighting" and follower in {"vehicle", "vehicles"}
            is_noun = before in {"DET", "ADJ", "POSS"} or (follower == "of" and before != "BE") or is_body
            return "NOUN" if is_noun else "VBG"
        return tag

    def _is_about(self, lows: list[str], i: int) -> bool:
        """Tell whether a hedge and a number start at a token: "killing over 30", "killing at least 30", "they hold around 20 percent"."""
        hedge = 2 if tuple(lows[i : i + 2]) in _HEDGES else 1 if lows[i : i + 1] and lows[i] in _ABOUT else 0
        return hedge > 0 and i + hedge < len(lows) and self._commonest[lows[i + hedge]] == "NUM"

    def _noun_or_verb(self, low: str, before: str, after: str, *, is_first: bool) -> str:
        """Return NOUN, VERB or VBN for a form that may be either."""
        if before in _BEFORE_VERB:
            return "VERB"
        if before == "BE" and low in self._unchanged:
            return "VBN"
        if is_first or before in _BEFORE_NOUN or before == "VBG":
            return "NOUN"
        if after in FINITE or after == "'s":
            return "NOUN"
        if low in self._acting and before in {"NOUN", "NAME", ")"} and after in _STARTS_OBJECT:
            return "VERB"  # "a missile hit residential blocks", not "the power cut warnings"
        if after in _STARTS_CLAUSE:
            is_third_person = low.endswith("s") and not low.endswith("ss")
            if before in {"NAME", ")", "DATE", "NOUN", "ADV"}:
                return "VERB"
            return "VERB" if is_third_person and before in {",", "CONJ"} else "NOUN"
        return "NOUN"

    def _past_or_participle(self, lows: list[str], i: int, tags: list[str], after: str) -> str:
        """Return VERB or VBN for a form that is both; ED where the clause around must decide."""
        before = tags[i - 1] if i else ""
        for j in range(i - 1, max(-1, i - 1 - _AUXILIARY_REACH), -1):
            if tags[j] in {"BE", "HAVE"}:
                return "VBN"
            if tags[j] not in {"ADV", "NEG", "PRON"}:
                break
        if i + 1 < len(lows) and lows[i + 1] == "by":
            return "VBN"
        if before == "-" and lows[i - 1] == "-":
            return "ADJ"
        is_behind = before == "ADJ" and tags[i - 2 : i - 1] in (["NOUN"], ["DET"], ["NAME"])  # "sources familiar said"
        if before in {"DET", "ADJ", "POSS", "PREP"} and not (is_behind and lows[i] in self._intransitive):
            return "VBN"
        if lows[i] in self._intransitive:
            return "VERB"
        if after in _STARTS_OBJECT:
            return "VBN" if before in {"NUM", "VBN", ""} and after in {"NOUN", "?", "NV", "ADJ", "ADJ?"} else "VERB"
        if before in {"REL", "PRON", "ADV", "NEG", "TO"}:
            return "VERB"
        if before == "CONJ" and "VBN" in tags[max(0, i - 3) : i - 1]:  # "shot down or suppressed"
            return "VBN"
        return "ED" if before in _NOMINAL or before in {"CONJ", ",", '"', "-"} else "VERB"

    def _stands_alone(self, lows: list[str], tags: list[str], i: int) -> bool:
        """Tell whether a form in -ed is its clause's only verb, hence finite: none before it there, none after it."""
        if tags[i - 1] == "NUM" and i > 1 and tags[i - 2] in {"CONJ", ","}:
            return False  # "and 30 injured": the auxiliary is understood
        for j in range(i - 1, -1, -1):
            if tags[j] in FINITE:
                if lows[j] in self._speaking:
                    break  # "said air defences shot down": a clause of its own
                return tags[i - 1] == "NAME" and tags[j + 1 : i].count("NOUN") > 0 and "NUM" in tags[j + 1 : i]
            if tags[j] in _EDGES:
                break
        for j in range(i + 1, len(tags)):
            if tags[j] in FINITE:
                return False
            if tags[j] in _EDGES or tags[j] == ",":
                break
        return True

    def chunks(self, sentence: Sentence) -> list[Chunk]:
        """Return the noun chunks of a sentence, in order.

        >>> from seeds.loader import load_seeds
        >>> from transforms.sentences import Sentence
        >>> text = "Russian forces fired 12 drones at the city of Dnipro."
        >>> s = Sentence(text, 0, len(text), 0)
        >>> [" ".join(s.words[c.first:c.last]) for c in Parser(load_seeds()).chunks(s)]
        ['Russian forces', '12 drones', 'the city', 'Dnipro']
        """
        made = sentence.cache.get("chunks")
        if made is None:
            is_prose = len(sentence.lows) <= LONGEST_SENTENCE
            made = build_chunks(sentence.tags or self.tag(sentence), sentence.lows) if is_prose else []
            sentence.cache["chunks"] = made
        return cast("list[Chunk]", made)

    def clauses(self, sentence: Sentence) -> list[Clause]:
        """Return the clauses of a sentence in the order of their predicates.

        >>> from seeds.loader import load_seeds
        >>> from transforms.sentences import Sentence
        >>> text = "Ukraine shot down 105 of the 126 drones that Russia launched."
        >>> s = Sentence(text, 0, len(text), 0)
        >>> [(s.words[c.verb], s.words[c.subject[0]]) for c in Parser(load_seeds()).clauses(s)]
        [('shot', 'Ukraine'), ('launched', 'Russia')]
        """
        made = sentence.cache.get("clauses")
        if made is None:
            tags, chunks = sentence.tags or self.tag(sentence), self.chunks(sentence)
            is_prose = len(sentence.lows) <= LONGEST_SENTENCE
            made = build_clauses(tags, sentence.lows, chunks, self._speaking) if is_prose else []
            sentence.cache["clauses"] = made
        return cast("list[Clause]", made)

    def lemma(self, low: str) -> str:
        """Return the base of a regular verb form of the word lists, else the word as it is.

        >>> from seeds.loader import load_seeds
        >>> Parser(load_seeds()).lemma("killed")
        'kill'
        """
        return self._lemmas.get(low, low)


def _settle_by_words(tag: str, lows: list[str], i: int, before: str, after: str) -> str:
    """Return the tag of 's and of a word of no list, by the very words beside it."""
    if tag == "?":
        is_relative = after == "DET" and i > 0 and lows[i - 1] in _RELATIVE and lows[i].endswith("s")
        by_pronoun = before == "PRON" and lows[i - 1] in {"he", "she", "they", "we", "it", "who"}
        return (
            "VERB" if is_relative or by_pronoun or before == "TO" else "NOUN"
        )  # "which monitors the war", "it monitors"
    if before == "PRON":
        has = lows[i - 1] in {"he", "she"} and lows[i + 2 : i + 3] == ["that"]
        return "HAVE" if has else "BE"  # "he's estimated that"
    return "POSS"


def _read_number(lows: list[str], tags: list[str], i: int) -> None:
    """Correct what stands before a number: "at least", "up to", "around" hedge it; "March 5" is one date."""
    if i and tags[i - 1] == "DATE":
        tags[i] = "DATE"
        return
    if i > 1 and (lows[i - 2], lows[i - 1]) in _HEDGES:
        tags[i - 2] = tags[i - 1] = "ADV"
    elif i > 2 and lows[i - 1] == "as" and (lows[i - 3], lows[i - 2]) in _HEDGES:  # noqa: PLR2004 - "as many as 5"
        tags[i - 3] = tags[i - 2] = tags[i - 1] = "ADV"
    elif i and lows[i - 1] in _ABOUT and (i == 1 or tags[i - 2] not in {"NOUN", "NAME"}):
        tags[i - 1] = "ADV"


def _closes_as(lows: list[str], tags: list[str], i: int) -> bool:
    """Read "As the report shows, ...": the form in -s before the comma is the verb of "as"."""
    if not lows[i].endswith("s"):
        return False
    for j in range(i - 1, -1, -1):
        if tags[j] in FINITE or tags[j] in {",", ";", "."}:
            return False
        if lows[j] == "as":
            return j == 0 or tags[j - 1] in {",", '"'}
    return False


def _is_aside(lows: list[str], tags: list[str], i: int) -> bool:
    """Read "..., officials estimate, ...": behind a plural that a comma sets off, the form is a verb of saying."""
    if lows[i].endswith("s") or tags[i - 1] != "NOUN" or not lows[i - 1].endswith("s"):
        return False
    k = i - 2
    while k > 0 and tags[k] in {"NOUN", "NAME", "ADJ", "DET"} and lows[k] not in {"a", "an"}:
        k -= 1
    return k > 0 and tags[k] in {",", '"'}


def _closes_relative(lows: list[str], tags: list[str], i: int) -> bool:
    """Read "drones that Russia launched": without an object of its own, the verb's object is what "that" stands for."""
    for j in range(i - 1, max(0, i - 1 - _AUXILIARY_REACH), -1):
        if lows[j] == "that" and tags[j - 1] == "NOUN":
            tags[j] = "REL"
            return True
        if tags[j] not in {"NAME", "NOUN", "ADJ", "DET", "PRON", "SUB"}:
            return False
    return False
