"""The cues of seeds/metrics.toml made ready: verbs in all their forms, phrases by first and last word, and filters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from seeds.kinds import Governing, Metric
from transforms.phrases import Phrases
from transforms.sentences import tokens_of
from transforms.wordforms import gerund, past, third_person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seeds.kinds import Cue
    from seeds.loader import Seeds
    from transforms.sentences import Sentence

OBJECT, SUBJECT = "OBJECT", "SUBJECT"
_VERB = re.compile(r"(?P<base>[\w-]+)\((?P<past>[\w-]+)(?:,(?P<participle>[\w-]+))?\)")
_VOWELS = frozenset("aeiou")
_STRESSED = ("mit", "cur", "quip", "sfer", "efer", "nap")  # the last consonant doubles: "committed", "kidnapped"
_SHORT = 4  # letters of a verb that may double its last consonant: "down" does not, "grab" does


class Words(NamedTuple):
    """Phrases that a sentence may hold: single words; longer ones in one line between blanks, and their first tokens."""

    singles: frozenset[str]
    lines: dict[str, tuple[str, ...]]  # by first token
    firsts: frozenset[str]

    def stand_in(self, line: str, words: frozenset[str]) -> bool:
        """Tell whether one of the phrases stands in a sentence (its tokens in one line, and as a set)."""
        if not self.singles.isdisjoint(words):
            return True
        if self.firsts.isdisjoint(words):
            return False
        return any(phrase in line for first in self.firsts & words for phrase in self.lines[first])


def to_words(phrases: Iterable[str]) -> Words:
    """Make phrases ready to be asked for.

    >>> to_words(["since the war"]).stand_in(" quiet since the war ", frozenset({"quiet", "since", "the", "war"}))
    True
    """
    tokens = [[token.lower() for token in tokens_of(phrase)] for phrase in phrases]
    singles = frozenset(row[0] for row in tokens if len(row) == 1)
    lines: dict[str, tuple[str, ...]] = {}
    for row in tokens:
        if len(row) > 1:
            lines[row[0]] = (*lines.get(row[0], ()), f" {' '.join(row)} ")
    return Words(singles, lines, frozenset(lines))


def look_over(s: Sentence) -> tuple[str, frozenset[str]]:
    """Return a sentence's tokens in one line between blanks, and as a set; kept in its cache."""
    seen = s.cache.get("line")
    if seen is None:
        seen = s.cache["line"] = (" " + " ".join(s.lows) + " ", frozenset(s.lows))
    return cast("tuple[str, frozenset[str]]", seen)


class Gate(NamedTuple):
    """The last (or first) word of phrases of one word and last (first) two of the longer, asked before looking up."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def to_gate(phrases: Iterable[str], *, is_last: bool) -> Gate:
    """Make the gate of phrases that end (or start) at a token.

    >>> sorted(to_gate(["toll", "lack of", "a toll of"], is_last=True).pairs)
    [('lack', 'of'), ('toll', 'of')]
    """
    rows = [[token.lower() for token in tokens_of(phrase)] for phrase in phrases]
    pairs = (row[-2:] if is_last else row[:2] for row in rows if len(row) > 1)
    return Gate(frozenset(row[0] for row in rows if len(row) == 1), frozenset((one, two) for one, two in pairs))


def words_of(seeds: Seeds, code: str) -> frozenset[str]:
    """Return the words of an entry of seeds/governing.toml.

    >>> from seeds.loader import load_seeds
    >>> "town" in words_of(load_seeds(), "peopled")
    True
    """
    return frozenset(seeds.of(Governing)[code].words)


class Filter(NamedTuple):
    """What must hold besides the words of a cue: what is counted, and words that must or must not stand near."""

    metric: str
    counts: frozenset[str]
    named: frozenset[str]
    is_near: bool  # whether `near` asks for anything
    near: Words
    unless: Words
    is_about: bool
    about: Words  # asked of the sentences around it, too

    def admits(self, groups: Iterable[str], heads: Iterable[str], line: str, words: frozenset[str]) -> bool:
        """Tell whether a figure of these groups and names, in a sentence (tokens in one line, and as a set), is meant."""
        return (
            ("any" in self.counts or not self.counts.isdisjoint(groups))
            and (not self.named or not self.named.isdisjoint(heads))
            and (not self.is_near or self.near.stand_in(line, words))
            and not self.unless.stand_in(line, words)
        )


class Verb(NamedTuple):
    """One form of a verb of a cue: what stands before and after it, what it can be, and its role."""

    lead: str  # "forcibly"
    rest: tuple[str, ...]
    is_active: bool  # not of "be stationed": its subject is that of the passive
    is_participle: bool
    role: str
    filter: Filter


class Cues:
    """All cues of the metrics, by the words that start or end them."""

    def __init__(self, seeds: Seeds) -> None:
        self.verbs: dict[str, list[Verb]] = {}
        after: dict[str, list[Filter]] = {}
        before: dict[str, list[Filter]] = {}
        self.named: dict[str, list[Filter]] = {}
        self.usual: dict[str, list[Filter]] = {}
        self.near: dict[str, list[Filter]] = {}  # by what is counted
        for metric in seeds.of(Metric).values():
            for cue in metric.cues:
                made = _filter(metric, cue)
                for role, verbs in ((OBJECT, cue.object_of), (SUBJECT, cue.subject_of)):
                    for verb in verbs:
                        self._add_verb(verb, role, made)
                for table, phrases in ((after, cue.after), (before, cue.before), (self.usual, cue.usual)):
                    for phrase in phrases:
                        table.setdefault(_line(phrase).strip(), []).append(made)
                if not (cue.object_of or cue.subject_of or cue.after or cue.before or cue.usual):
                    for phrase in cue.named:
                        self.named.setdefault(_line(phrase).strip(), []).append(made)
                    if not cue.named:
                        for group in made.counts:
                            self.near.setdefault(group, []).append(made)
        self.after = Phrases(after)
        self.before = Phrases(before)
        self.after_gate = to_gate(after, is_last=False)
        self.before_gate = to_gate(before, is_last=True)

    def _add_verb(self, written: str, role: str, made: Filter) -> None:
        lead = written.split(" ", 1)[0] if _is_led(written) else ""
        for form, rest, is_active, is_participle in forms_of(written):
            self.verbs.setdefault(form, []).append(Verb(lead, rest, is_active, is_participle, role, made))


def forms_of(written: str) -> list[tuple[str, tuple[str, ...], bool, bool]]:
    """Return the forms of a verb as (word, words that follow it, can be active, can be a participle).

    >>> [form[0] for form in forms_of("shoot(shot) down")]
    ['shoot', 'shoots', 'shooting', 'shot']
    """
    words = written.split(" ")
    place = next((i for i, word in enumerate(words) if "(" in word), int(_is_led(written)))
    rest = tuple(token.lower() for word in words[place + 1 :] for token in tokens_of(word))
    irregular = _VERB.fullmatch(words[place])
    base = irregular["base"] if irregular else words[place]
    if base == "be":
        return [(rest[0], rest[1:], False, True)] if rest else []
    forms = [(base, True, False), ("has" if base == "have" else third_person(base), True, False)]
    forms += [(form, True, False) for form in _doubled(gerund(base), base, "ing")]
    if irregular:
        participle = irregular["participle"]
        forms.append((irregular["past"], True, participle is None))
        if participle:
            forms.append((participle, participle == irregular["past"], True))
    else:
        forms += [(form, True, True) for form in _doubled(past(base), base, "ed")]
    made: dict[str, tuple[str, tuple[str, ...], bool, bool]] = {}
    for form, is_active, is_participle in forms:
        known = made.get(form)
        head, *tail = tokens_of(form)
        whole = (*tail, *rest)
        made[form] = (head, whole, is_active or bool(known and known[2]), is_participle or bool(known and known[3]))
    return list(made.values())


def _is_led(written: str) -> bool:
    """Tell whether an adverb leads a verb: "forcibly take", not "supply"."""
    first, _, rest = written.partition(" ")
    return bool(rest) and first.endswith("ly") and first not in {"supply", "apply", "rely"}


def _filter(metric: Metric, cue: Cue) -> Filter:
    return Filter(
        metric.code,
        frozenset(cue.counts or metric.counts),
        frozenset(_line(word).strip() for word in cue.named),
        bool(cue.near),
        to_words(cue.near),
        to_words(cue.unless),
        bool(cue.about),
        to_words(cue.about),
    )


def _line(phrase: str) -> str:
    return " " + " ".join(token.lower() for token in tokens_of(phrase)) + " "


def _doubled(form: str, base: str, ending: str) -> list[str]:
    """Return a form, or the one with the last consonant doubled too: "grabbed", "swapped", "hitting"."""
    if len(base) <= _SHORT and base[-1] not in "aeiouwxy" and base[-2] in _VOWELS and base[-3:-2] not in _VOWELS:
        return [base + base[-1] + ending]
    if base.endswith("l") or base.endswith(_STRESSED):
        return [form, base + base[-1] + ending]
    return [form]
