"""The cues that govern a number, found by looking right and left from it, each with what it costs.

A predicate right after what is counted ("five people were killed") is nearer than the verb before it ("killing five
people"), that nearer than a predicate beyond a phrase ("five people in Kherson were killed"), and the noun itself
speaks where no verb does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.cues import OBJECT, Cues, Verb, words_of
from transforms.levels import is_level, is_reached, is_recounted
from transforms.predicates import (
    ADNOMINAL,
    aside_end,
    before_aside,
    closes_aside,
    goes_on_perfect,
    has_auxiliary,
    hedged_from,
    is_adnominal,
    is_coordinated,
    is_object,
    is_of_those_told,
    is_postnominal,
    may_be_verb,
    opens_phrase,
    restrictor_end,
    resumes,
)
from transforms.views import Hit, View, Way
from transforms.wordforms import CLAUSE_ENDS, VERBS

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.clauses import Clause
    from transforms.sentences import Sentence

# Costs order the ways in which a cue may govern a number: they are ranks, not measurements.
NAMED, STATED, GOVERNED, VERB, RELATIVE, BEYOND, NEAR, USUAL = 0.5, 1.0, 1.4, 2.0, 2.6, 3.0, 4.0, 5.0
_STEP = 0.1  # what each token between costs
_WISHED = 1.3  # what the freeing that somebody urges costs more: that they were captured is a fact
_FREEING, _URGED = frozenset(("release", "free")), 8  # tokens
_URGING = frozenset(
    "urge urges urged urging demand demands demanded call calls called ask asks asked press pressed appeal appealed".split()
)
_FAR = 3  # how much more a token costs between a governing noun and its number
_LEFT_REACH, _RIGHT_REACH, _BEFORE_REACH = 26, 16, 7  # tokens
_SUBJECT_REACH = 22  # tokens from a subject to the level that it has come to
_BY_REACH = 4  # tokens from "by" to the number of its agent
_ENDS = frozenset({";", "."})
_AUXILIARY = frozenset({"BE", "HAVE", "DO", "MODAL", "TO", "NEG", "ADV"})
_FUNCTION = frozenset({"PREP", "DET", "ADV", "BE"})
_HEADS = ADNOMINAL | {"VBG"}
_NO_OBJECTS = frozenset({"last", "there"})  # "killed last week", "killed there"
_OBJECT_STARTS = frozenset({"DET", "NUM", "NAME", "NOUN", "ADJ", "PRON"})
_SUBJECT_STARTS = frozenset({"NAME", "PRON", "DET"})
_NO_SUBJECT_AFTER = frozenset({"PREP", "CONJ", ",", "DET", "ADJ", "NAME", "(", "POSS"})
_LINK_WORDS = frozenset({":", "as"})  # that end no clause for a verb before a number
LIST_WORDS = frozenset(
    ("and", "or", ",", "&", "plus", "including", "among", "as", "well", "with", "another", "also", "/", "nor"),
)
_REFERRING = frozenset("of them whom which these those both all us who more others".split())
_PREPOSITIONS = frozenset("to in at on for from with under after during near by as into within against across".split())
_DIRECTIONS = frozenset(
    "north south east west northeast northwest southeast southwest away upstream downstream inland offshore deep".split()
)
_WHOLES = frozenset({"the", "its", "their", "his", "her", "of"})  # that bring in what a share is part of
_OF_THOSE = (["of", "which"], ["of", "whom"], ["of", "them"])
_OF_WHOLE = 4  # tokens from "of" to the number of the whole
_WHILE = frozenset({"when", "as", "after"})
_MEANWHILE_REACH = 22  # tokens from what is counted to "when they were"
_HEADLINE = 5  # tokens at most from a headline's verb to the one of its second count
_RAISED = 4  # tokens from a verb to the "to" of what it raises
_ABLE = frozenset(
    {"capable", "intended", "designed", "suitable"}
)  # that bring in what a thing may do: "capable of being used"
_AVOIDING = frozenset("avoid avoiding escape escaping evade evading dodge dodging".split())  # what does not befall them
_OFTEN = frozenset({"times", "time", "occasions"})
_MEASURES = frozenset({"length", "time", "area"})


class Governors:
    """Finds the cues that govern a figure."""

    def __init__(self, cues: Cues, seeds: Seeds) -> None:
        self._cues = cues
        self._raising = words_of(seeds, "raising")
        self._peopled = words_of(seeds, "peopled")
        self._harmless = words_of(seeds, "harmless")

    def find(self, view: View) -> Hit | None:
        """Return the nearest cue, or None; the people of a place that is named are no one's doing."""
        if self._is_population(view):
            return None
        self._look_right(view)
        if "they" in view.words:
            self._look_at_meanwhile(view)
        self._look_left(view)
        self._look_before(view)
        figure = view.figure
        token = figure.head if figure.head is not None else figure.first
        self._look_at_noun(view, token)
        for group in view.groups:
            for found in self._cues.near.get(group, ()):
                view.offer(NEAR, found, token, OBJECT, "words near")
        return min(view.hits) if view.hits else None

    @staticmethod
    def _is_population(view: View) -> bool:
        """Tell whether a number is how many live in a place: "half the population of 220,000 fled"."""
        s = view.sentence
        i = hedged_from(s, view.figure.first) - 1
        return i > 0 and s.lows[i] == "of" and s.lows[i - 1] == "population"

    def find_of_subject(self, view: View) -> Hit | None:
        """Return the nearest cue of "the number of boats sunk", which the number is said of later, or None."""
        self._look_right(view)
        self._look_at_noun(view, view.end - 1)
        return min(view.hits) if view.hits else None

    def find_of_clause(self, view: View, clauses: list[Clause]) -> Hit | None:
        """Return the cue of a clause whose subject the figure is, though another stands between: "12 who fled were shot"."""
        figure = view.figure
        if self._is_population(view):
            return None
        resumed = resumes(view.sentence, view.end)
        for clause in clauses:
            subject = clause.subject
            is_subject = subject is not None and figure.first < subject[1] and subject[0] < view.end <= clause.verb
            is_subject |= subject is not None and view.sentence.lows[figure.last : subject[0]] == [
                "of"
            ]  # "9 of the 12"
            if not clause.is_finite or clause.verb < view.end or view.sentence.lows[clause.verb - 2] in _AVOIDING:
                continue  # "to avoid being called up"
            if (is_subject and not clause.is_relative) or resumed in range(clause.start, clause.last):
                way = Way(is_direct=False, has_be=clause.is_passive, has_have=not clause.is_passive)
                self._offer_predicate(view, way, clause.verb, BEYOND)
                self._offer_raised(view, clause.verb)
                if view.sentence.tags[clause.last : -1][:1] == ["CONJ"]:
                    self._offer_predicate(view, way, clause.last + 1, BEYOND)  # "12 who fled were seized and shot"
        return min(view.hits) if view.hits else None

    def _offer_raised(self, view: View, verb: int) -> None:
        """Offer the infinitive that a clause's verb raises: "were able to leave", "are believed to have died"."""
        lows, tags = view.sentence.lows, view.sentence.tags
        to = next((k for k in range(verb + 1, min(len(tags) - 1, verb + _RAISED)) if tags[k] == "TO"), 0)
        if to and (lows[to - 1] == "able" or lows[to - 1] in self._raising):
            self._offer_predicate(view, Way(is_direct=False, is_raised=True), to + 1, BEYOND)

    def _look_at_noun(self, view: View, token: int) -> None:
        """Offer what the noun alone tells."""
        is_some = view.sentence.lows[view.figure.last : view.figure.last + 2] == ["of", "the"]
        named = RELATIVE if is_some else NAMED  # "twenty of the wounded died"
        for cost, table in ((named, self._cues.named), (USUAL, self._cues.usual)):
            for head in view.heads:
                first, _, more = head.partition(" ")
                for found in (*table.get(head, ()), *(table.get(first + " *", ()) if more else ())):
                    view.offer(cost, found, token, OBJECT, "noun")

    def _look_right(self, view: View) -> None:
        """Find what is said of the counted thing after it."""
        lows, tags = view.sentence.lows, view.sentence.tags
        way, start, after = Way(), view.end, self._cues.after_gate
        aside = aside_end(lows, tags, start)  # "260 fighters, some of them wounded, were evacuated"
        main = restrictor_end(view.sentence, start)  # "41 of those called up were killed"
        is_measure = not _MEASURES.isdisjoint(view.groups)  # "12 km from the front line" is not its length
        for j in range(aside or start, min(len(lows), start + _RIGHT_REACH)):
            tag, low = tags[j], lows[j]
            # "killed 12 captured by the enemy"
            is_reduced = j == start and tag == "VBN" and is_object(view.sentence, view.figure.first, self._harmless)
            if low in _ABLE:
                return
            way, start = (Way(), main) if j == main else (way, start)
            is_inner = is_reduced or j < main
            cost = (RELATIVE if is_inner else STATED if way.is_direct else BEYOND) + _STEP * (j - start)
            is_open = low in after.words or (j + 1 < len(lows) and (low, lows[j + 1]) in after.pairs)
            if is_open or (j == start and low == "of"):
                is_far = is_measure and (way.has_preposition or lows[start] in _DIRECTIONS)
                does = tag == "VERB" and tags[j + 1 : j + 2] in (["DET"], ["NUM"])  # "a missile destroyed his house"
                self._offer_phrase(view, j, cost, is_said=is_open and not (way.has_subject or is_far or does))
            if j in view.firsts and j > start and (way.has_be or self._is_apart(view, j)):
                return  # "12 were in the hall, and 30 were rescued"
            if j == start and view.figure.unit_code == "%" and low in _WHOLES:
                continue  # "half its population fled"
            if tag == "SUB" and low == "that" and j == start:
                tag = "REL"  # "drones that Russia launched"
            if tag in _ENDS or tag == "SUB":
                return
            is_verb = low in self._cues.verbs and tag not in {"PREP", "DET", "HAVE", "BE"}
            if tag in VERBS or (is_verb and (way.is_direct or tag != "NOUN")):
                if not way.is_direct and is_adnominal(tags, j):
                    continue
                if j > start and tags[j - 1] in {"CONJ", ","}:
                    if tag == "VBG" or not (way.has_be or closes_aside(lows, j)):
                        return
                self._offer_predicate(view, way, j, cost)
                if tag in {"VBG", "VBN"} and j == start:
                    way.is_direct = False  # "two men carrying a flag were detained"
                elif (
                    tag in VERBS
                    and j >= main
                    and tags[j + 1 : j + 2] != ["REL"]
                    and low not in self._raising
                    and not is_coordinated(tags, j)
                ):
                    return
            else:
                _go_on(low, tag, tags[j - 1], way, is_first=j == start, is_raising=low in self._raising)

    def _is_apart(self, view: View, j: int) -> bool:
        """Tell whether nothing that stands behind another figure is said of this one: "put it at 12, and 30 were hurt"."""
        s, figure = view.sentence, view.figure
        if (
            not _lets_through(view, j) or s.lows[j + 1 : j + 3] in _OF_THOSE
        ):  # "45 missiles, 30 of which were intercepted"
            return True
        return is_of_those_told(s, figure, j) or governing_preposition(s, figure.first, self._peopled) == "at"

    def _look_at_meanwhile(self, view: View) -> None:
        """Find what befell them while they did something else: "were on their way home when they were killed"."""
        s = view.sentence
        for j in range(view.end + 1, min(len(s.lows) - 2, view.end + _MEANWHILE_REACH)):
            if j in view.firsts or s.tags[j] in _ENDS:
                return
            if s.lows[j] == "they" and s.lows[j - 1] in _WHILE and s.tags[j + 1] == "BE":
                self._offer_predicate(view, Way(is_direct=False, has_be=True), j + 2, RELATIVE)
                return

    def _offer_phrase(self, view: View, j: int, cost: float, *, is_said: bool) -> None:
        """Offer the phrases that start at a token, and the head of an "of" right after the figure."""
        lows, tags, after = view.sentence.lows, view.sentence.tags, self._cues.after
        phrase = after.starting(lows, j) if is_said else None
        if phrase and not (j > view.end and opens_phrase(tags, phrase[0] - 1)):  # "12 men and some dead bodies"
            for found in phrase[1]:
                view.offer(cost - _STEP, found, phrase[0] - 1, OBJECT, "said of it")
        if lows[j] == "of" and j == view.end:
            phrase = after.starting(["of", lows[_head_at(view.sentence.tags, j + 1)]], 0)
            for found in phrase[1] if phrase else ():
                view.offer(cost, found, j, OBJECT, "said of it")

    def _offer_predicate(self, view: View, way: Way, j: int, cost: float) -> None:
        """Offer the verbs of a predicate after the figure, each in the role that its form allows."""
        lows, tags = view.sentence.lows, view.sentence.tags
        tag, follows = tags[j], tags[j + 1] if j + 1 < len(tags) else "."
        is_headline = follows == "NUM" and lows[j - 1] in self._harmless and "VBN" in tags[j + 2 : j + _HEADLINE]
        is_free = way.is_direct and (
            is_headline or follows not in _OBJECT_STARTS or lows[j + 1] in _NO_OBJECTS
        )  # "3 civilians killed 12 others hurt"
        is_aside = tags[j - 1] == "(" and follows == ")"  # "40,000 (mobilised)"
        is_bare = not way.has_have and (tag == "VBN" or is_free or is_aside)
        is_passive = tag != "VBG" and (way.has_be or is_bare)
        is_purpose = tags[j - 1] == "TO" and not way.is_raised  # "a missile to destroy ..."
        for verb in self._cues.verbs.get(lows[j], ()):
            if not _completes(lows, j, verb, None):
                continue
            price = cost - _STEP / 4 * bool(verb.rest)  # "crossed back" is more than "crossed"
            if way.has_subject:
                fits = verb.role == OBJECT and verb.is_active and follows not in _OBJECT_STARTS
                price = RELATIVE + _STEP * (j - view.end)
            elif verb.role == OBJECT:
                fits = is_passive and verb.is_participle
            else:
                fits = not is_purpose and not (way.has_be and tag == "VBN" and verb.is_active)
                price += _STEP / 2
            if fits:
                view.offer(price, verb.filter, j, verb.role, "verb after")

    def _look_left(self, view: View) -> None:
        """Find the verb that the counted thing is the object of, or the passive that it is the agent of."""
        lows, tags = view.sentence.lows, view.sentence.tags
        start = view.figure.first
        if tags[start - 1] in {"CONJ", ","} and tags[view.end : view.end + 1] in (["BE"], ["HAVE"]):
            return  # "arrested 30, and 12 were released": it is the subject of the next clause
        preposition = governing_preposition(view.sentence, start, self._peopled)
        has_by = "by" in lows[max(0, start - _BY_REACH) : start]
        is_often = not _OFTEN.isdisjoint(view.heads)  # "was shelled 12 times"
        for i in range(start - 1, max(-1, start - _LEFT_REACH), -1):
            tag, low = tags[i], lows[i]
            if tag in CLAUSE_ENDS and low not in _LINK_WORDS:
                return
            verbs = self._cues.verbs.get(low, ()) if tag not in _FUNCTION else ()
            if tag not in VERBS and not (verbs and may_be_verb(tags, i)):
                if tag in {"BE", "MODAL"} and i < start - 1 and tags[i + 1] not in {"VBN", "VBG", "ADV"}:
                    return
                continue
            if i + 1 < start and (is_adnominal(tags, i) or is_postnominal(tags, i)):
                continue
            is_passive = tag != "VBG" and has_auxiliary(tags, i, "BE")
            is_perfect = tag == "VBN" and (has_auxiliary(tags, i, "HAVE") or goes_on_perfect(tags, i))
            for verb in verbs:
                if not (_completes(lows, i, verb, view.end) or verb.rest == (preposition,)):
                    continue  # "provide Kyiv with 12 boats" is completed by what governs the number
                if verb.role == OBJECT:
                    fits = is_often or (not is_passive and (verb.is_active or is_perfect))
                    fits = fits and (preposition is None or preposition in verb.rest)
                else:
                    fits = has_by and verb.is_participle and (is_passive or tag == "VBN")
                if fits:
                    # "urged them to free 40 men who were captured at Lyman"
                    wished = _WISHED * (low in _FREEING and not _URGING.isdisjoint(lows[max(0, i - _URGED) : i]))
                    cost = VERB - (_STEP if verb.rest else 0) + wished + _STEP / 5 * (start - i)
                    view.offer(cost, verb.filter, i, verb.role, "verb before")
            if low not in self._raising or verbs:
                return

    def _look_before(self, view: View) -> None:
        """Find a noun or phrase that governs the number: "death toll rose to 21"."""
        lows, tags = view.sentence.lows, view.sentence.tags
        first, gate = before_aside(view.sentence, view.figure.first), self._cues.before_gate
        is_far = any(is_said(view.sentence, first) for is_said in (is_level, is_reached, is_recounted))
        reach = _SUBJECT_REACH if is_far else _BEFORE_REACH
        for last in range(first, max(0, first - reach), -1):
            low = lows[last - 1]
            is_open = low in gate.words or (last > 1 and (lows[last - 2], low) in gate.pairs)
            phrase = self._cues.before.ending(lows, last) if is_open else None
            if low == "of" and lows[max(0, last - 2) : last - 1] == ['"']:
                phrase = self._cues.before.ending([lows[last - 3], low], 2)  # 'a "partial mobilisation" of 40 men'
            if phrase and not _is_another(view.sentence, *phrase):
                away = first - last
                distance = away if away < _BEFORE_REACH else 1 - away / _SUBJECT_REACH  # a subject opens with its head
                for found in phrase[1]:
                    view.offer(GOVERNED + _FAR * _STEP * distance, found, last - 1, OBJECT, "governed by")
            if tags[last - 1] in _ENDS and lows[last - 1] != ":":
                return


def _is_another(s: Sentence, start: int, _: object) -> bool:
    """Tell whether the first word of a pair is another number's: "left 53 dead and wounded dozens"."""
    return start > 0 and s.tags[start - 1] == "NUM" and s.lows[start + 1] in {"and", "or"}


def _lets_through(view: View, j: int) -> bool:
    """Tell whether what governs a figure may stand beyond another: in a list, or "half of Oslo's 40 boats sank"."""
    low, tag = view.sentence.lows[j - 1], view.sentence.tags[j - 1]
    if view.sentence.lows[view.end] == "of" and j - view.end <= _OF_WHOLE:
        return True  # "15,000 residents of an expected 60,000 have been moved"
    return low in LIST_WORDS or tag in {"PREP", "ADV"} or (tag == "POSS" and view.figure.unit_code == "%")


def _go_on(low: str, tag: str, before: str, way: Way, *, is_first: bool, is_raising: bool) -> None:
    """Note what a token that is no verb makes of the way to the right."""
    if tag == "BE":
        way.has_be = True
    elif tag == "HAVE":
        way.has_have = True
    elif tag == "REL":
        way.is_relative = True
        way.has_subject = False
        way.is_direct = way.is_direct and before == "PREP"  # "60 of which"
    elif tag in {"PREP", "CONJ", ",", "("}:
        if low != "of":
            way.is_direct = False
            way.has_preposition = way.has_preposition or tag == "PREP"
    elif tag == "TO":
        way.is_raised = way.is_raised or way.has_be
        way.has_be = way.has_have = False  # "are believed to have died"
    elif low in _REFERRING or is_raising or tag in _AUXILIARY or tag == '"':
        return
    elif tag in _SUBJECT_STARTS and before not in _NO_SUBJECT_AFTER:
        way.has_subject = way.is_direct or way.is_relative
        way.is_direct = False
    elif tag in {"NOUN", "ADJ"}:
        way.has_subject = way.has_subject or (way.is_relative and not way.has_be)
        way.is_direct = way.is_direct and is_first
    else:
        way.is_direct = False


def _head_at(tags: list[str], i: int) -> int:
    """Return the last noun of the phrase that starts at a token: "five days of heavy artillery shelling"."""
    i = min(i, len(tags) - 1)
    while i + 1 < len(tags) and tags[i] in ADNOMINAL and tags[i + 1] in _HEADS:
        i += 1
    return i


def _completes(lows: list[str], token: int, verb: Verb, end: int | None) -> bool:
    """Tell whether the rest of a verb ("down") follows it, or what is counted ("shot 12 drones down")."""
    if verb.lead and (token == 0 or lows[token - 1] != verb.lead):
        return False
    if not verb.rest:
        return True
    size, rest = len(verb.rest), list(verb.rest)
    return lows[token + 1 : token + 1 + size] == rest or (end is not None and lows[end : end + size] == rest)


def governing_preposition(s: Sentence, start: int, peopled: frozenset[str]) -> str | None:
    """Return the preposition that governs the figure, so that no verb before has it as its object.

    "of" lets the verb through ("a salvo of 20 missiles") but not after a noun of `peopled` ("the city of 100,000").
    """
    i = hedged_from(s, start) - 1
    if i < 0 or s.tags[i] != "PREP":
        return None
    low = s.lows[i]
    if low == "of":
        return low if i and s.lows[i - 1] in peopled else None
    return low if low in _PREPOSITIONS else None
