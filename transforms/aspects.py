"""Whether what is counted happened or is: told by its noun, and by the predicate that it belongs to.

A state lasts and holds of its subject at a time (STOCK); an event takes place (FLOW); a perfect sums up events until
now (CUM). What only names participants or a place behind a preposition ("a row of nine houses") is counted as it is.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from seeds.kinds import KindCue, Noun, WordClass
from transforms.cues import forms_of, words_of
from transforms.figures import Kind
from transforms.parse import Parser
from transforms.wordforms import VERBS

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.chunks import Span
    from transforms.clauses import Clause
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_BEFORE_NUMBER = frozenset({"ADV", "DET", '"', "ADJ"})
_IN_GROUP = frozenset({"ADV", "NEG", "BE", "HAVE"})  # between an auxiliary and its verb
_NO_PREPOSITIONS = frozenset({"including", "than", "as", "like", "per", "to"})  # that let the predicate through
_PHRASAL = (["take", "in"], ["takes", "in"], ["took", "in"], ["taken", "in"], ["taking", "in"])  # no preposition
_POSSESSIVES = frozenset({"his", "her", "its", "their", "our", "my", "your", "whose", "'s"})
_FUTURE = frozenset({"MODAL", "TO"})
_PLACES = frozenset({"place", "location", "settlement", "facility"})  # groups of seeds/nouns.toml
_OFTEN = frozenset({"times", "time", "occasions", "occasion"})
_OWNING = frozenset("have has had having hold holds held owe owes owed owns owned".split())
_ADNOMINAL = frozenset({"NOUN", "ADJ", "-", "NAME"})
_LEFT = frozenset({"left", "remaining"})  # of time that is still to come
SUBJECT, OBJECT, AGENT = "SUBJECT", "OBJECT", "AGENT"


class Predicate(NamedTuple):
    """A verb and what its auxiliaries tell, with the role that the figure has in its clause."""

    verb: int
    role: str
    is_finite: bool
    is_perfect: bool
    is_past_perfect: bool
    is_progressive: bool
    is_passive: bool
    is_future: bool


class Aspects:
    """Tells events from states; built once a process."""

    def __init__(self, seeds: Seeds) -> None:
        self._parser = Parser(seeds)
        cues = seeds.of(KindCue)
        self._states = frozenset(form for verb in cues["states"].verbs for form, _, _, _ in forms_of(verb))
        self._events, self._members = frozenset(cues["events"].counted), frozenset(cues["members"].counted)
        self._deeds = frozenset(cues["deeds"].counted)
        self._raising = words_of(seeds, "raising")
        self._spans = self._events.union(cues["spans"].counted)
        self._places = frozenset(code for code, noun in seeds.of(Noun).items() if noun.group in _PLACES)
        self._promises = words_of(seeds, "promising")
        words = seeds.of(WordClass)
        self._pasts = frozenset((*words["PAST"].words, *words["PAST_OR_PARTICIPLE"].words))

    def read(self, s: Sentence, figure: Figure) -> tuple[Kind, str]:  # noqa: PLR0911 - one line a rule
        """Return the kind of a count and the rule, or the entry of seeds/figure_kinds.toml, that told it.

        >>> from seeds.loader import load_seeds
        >>> from transforms.reading import Reader
        >>> text = "Two lorries overturned, nine lorries have been towed away, and six lorries remain in the ditch."
        >>> [str(figure.kind) for figure in Reader(load_seeds()).read(text).figures]
        ['FLOW', 'CUM', 'STOCK']
        """
        start = start_of(s, figure)
        head = s.lows[figure.head] if figure.head is not None else ""
        if s.lows[figure.last : figure.last + 1] == ["-"]:
            return Kind.STOCK, "property"  # "a 12-point plan"
        is_event = head in self._events
        if start and s.lows[start - 1] in _POSSESSIVES and not is_event:
            return Kind.STOCK, "members" if head in self._members else "possessed"
        here = self.predicate(s, figure)
        if head in _OFTEN:
            return (Kind.CUM if here and here.is_perfect else Kind.FLOW), "how often"
        preposition = self.preposition(s, figure)
        if here is None or (preposition and here.role != AGENT):
            is_there = figure.noun in self._places and preposition != "of"
            is_absolute = here is not None and preposition == "with" and here.role == SUBJECT and not here.is_finite
            is_done = here is not None and (is_there or is_absolute) and self.is_event(s, here) and not here.is_perfect
            if is_event:
                return Kind.FLOW, "events"
            if preposition == "of" and self.is_of_deed(s, figure):
                return Kind.FLOW, "deeds"
            return (Kind.FLOW if is_done else Kind.STOCK), "after a preposition"
        if here.is_perfect and s.lows[here.verb] not in self._states:
            return Kind.CUM, "perfect"
        if head in self._members:
            return Kind.STOCK, "members"
        if is_event:
            return Kind.FLOW, "events"
        if self.is_state(s, here):
            return (Kind.FLOW, "predicate") if self._is_raised_event(s, here) else (Kind.STOCK, "states")
        return (Kind.FLOW if self.is_event(s, here) else Kind.STOCK), "predicate"

    def is_event(self, s: Sentence, here: Predicate) -> bool:
        """Tell whether a predicate tells what happened or will, rather than what is."""
        low, tag = s.lows[here.verb], s.tags[here.verb]
        if tag not in VERBS or low in self._states:
            return tag == "MODAL" and low != "can"
        if here.is_progressive:
            return here.role == OBJECT or here.is_passive
        if here.is_passive and s.lows[here.verb - 1] in {"is", "are"}:
            return False  # "are registered": what has been done and lasts
        return here.is_passive or here.is_future or not here.is_finite or low.endswith("ed") or low in self._pasts

    def is_of_deed(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether a figure is what a deed is done to: "the seizure of 12 boats"."""
        i = start_of(s, figure) - 1
        while i > 0 and s.tags[i] in _BEFORE_NUMBER:
            i -= 1
        return i > 0 and s.lows[i] == "of" and s.lows[i - 1] in self._deeds

    def is_deed(self, s: Sentence, token: int) -> bool:
        """Tell whether a token is a verb of what is done, not of what is: "fled", not "live"."""
        return s.tags[token] in VERBS and s.lows[token] not in self._states

    def _is_raised_event(self, s: Sentence, here: Predicate) -> bool:
        """Tell whether a verb only reports what is said to have happened: "are believed to have sunk"."""
        after = s.lows[here.verb + 1 : here.verb + 4]
        return (
            s.lows[here.verb] in self._raising
            and here.is_passive
            and after[:2] == ["to", "have"]
            and after[2:] != ["been"]
        )

    def is_state(self, s: Sentence, here: Predicate) -> bool:
        """Tell whether the predicate's verb is one of state: "remain", "hold"."""
        return s.lows[here.verb] in self._states

    def is_promise(self, s: Sentence, here: Predicate) -> bool:
        """Tell whether a predicate only says what is to be done: "has announced", "has pledged"."""
        return self._parser.lemma(s.lows[here.verb]) in self._promises

    def of_duration(self, s: Sentence, figure: Figure) -> tuple[Kind, str]:
        """Read a duration: a property of a thing ("its 30-year history", "a delay of six hours"), or time that went by."""
        start, last = start_of(s, figure), figure.unit_last
        noun = None
        if s.lows[figure.last : figure.last + 1] == ["-"]:
            while s.tags[last : last + 1] and s.tags[last] in _ADNOMINAL:
                noun = s.lows[last] if s.tags[last] == "NOUN" else noun
                last += 1
        elif start > 1 and s.lows[start - 1] == "of" and s.tags[start - 2] == "NOUN":
            noun = s.lows[start - 2]
        elif not _LEFT.isdisjoint(s.lows[last : last + 1]):
            return Kind.STOCK, "time left"
        if noun in self._spans:
            return Kind.FLOW, "spans"
        return (Kind.STOCK, "property") if noun else (Kind.FLOW, "spent")

    @staticmethod
    def preposition(s: Sentence, figure: Figure) -> str:
        """Return the preposition that governs a figure's phrase, else an empty string."""
        i = start_of(s, figure) - 1
        while i >= 0 and s.tags[i] in _BEFORE_NUMBER:
            i -= 1
        if i < 0 or s.tags[i] != "PREP":
            return ""
        is_open = (s.lows[i] in _NO_PREPOSITIONS or s.lows[i - 1 : i + 1] in _PHRASAL) and s.lows[i - 1] != "according"
        return "" if is_open else s.lows[i]

    def is_owned(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether a figure is the direct object of "have" or "own": "had $8 billion in cash"."""
        start = start_of(s, figure)
        return start > 0 and s.lows[start - 1] in _OWNING

    def predicate(self, s: Sentence, figure: Figure) -> Predicate | None:
        """Return the predicate that a figure is the subject, object or agent of; a finite one before another."""
        clauses = self._parser.clauses(s)
        head = figure.head if figure.head is not None else figure.first
        found: tuple[Clause, str] | None = None
        for clause in clauses:
            role = _role_in(clause, figure.first, head)
            if role is not None and (
                found is None or (not found[0].is_finite and (found[1] == SUBJECT or clause.is_relative))
            ):
                found = clause, role
        if found is None:
            k = next((k for k, clause in enumerate(clauses) if clause.start <= figure.first < clause.end), None)
            if k is None:
                return None
            if s.lows[clauses[k].verb] in self._states and clauses[k].verb < figure.first and k + 1 < len(clauses):
                k += 1  # "said 440 “unmarked” graves were found"
            found = clauses[k], OBJECT if clauses[k].verb < figure.first else SUBJECT
        return _describe(s, *found)


def _role_in(clause: Clause, first: int, head: int) -> str | None:
    for span, role in ((clause.subject, SUBJECT), (clause.object, OBJECT), (clause.agent, AGENT)):
        if span is not None and (_holds(span, first) or _holds(span, head)):
            return role
    return None


def _holds(span: Span, token: int) -> bool:
    return span[0] <= token < span[1]


def _describe(s: Sentence, clause: Clause, role: str) -> Predicate:
    tags, verb = s.tags, clause.verb
    before = verb - 1
    group: list[str] = []
    while before >= 0 and (tags[before] in _IN_GROUP or tags[before] in _FUTURE):
        group.append("" if s.lows[before] == "can" else tags[before])
        before -= 1
    tag = tags[verb]
    is_perfect = "HAVE" in group and tag != "VBG"
    return Predicate(
        verb, role, clause.is_finite, is_perfect, is_perfect and "had" in s.lows[before + 1 : verb],
        tag == "VBG" and "BE" in group, clause.is_passive, not _FUTURE.isdisjoint(group),
    )  # fmt: skip


def start_of(s: Sentence, figure: Figure) -> int:
    """Return the token at which a figure's quote starts, its hedge included."""
    return bisect_left(s.starts, figure.quote_start)
