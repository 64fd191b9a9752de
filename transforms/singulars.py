"""Figures of one without a number word: a woman was killed, an Iskander-M ballistic missile, a school was hit.

Only indefinite singulars, and only where something befalls them that the metrics count (seeds/singulars.toml).
"""

from __future__ import annotations

from itertools import compress, count
from typing import TYPE_CHECKING

from seeds.circumstances import SpeechCue
from seeds.kinds import Hedge, Noun, Singular, Unit
from transforms.figures import Figure, NumberForm
from transforms.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seeds.loader import Seeds
    from transforms.sentences import Sentence
    from transforms.units import Units

_OPENERS = frozenset({"a", "an", "another"})
_PLACE_NAME = frozenset({"NAME", "ADJ", "DET", "NOUN", "POSS", "-"})
_BEFORE_PLACE = frozenset(
    {",", ";", "that", "and", "but", '"', "-", "–", "—"}
)  # or nothing: the place opens the sentence
_PHRASE = 9  # tokens from the article to its head
_REACH = 7  # tokens from the article back to the verb
_INNER = frozenset({"ADJ", "NOUN", "NAME", "VBN", "NUM", "POSS", "NV", "ADV", "VBG"})
_LISTED = frozenset({"CONJ", '"', ",", "ADJ", "NOUN", "NAME", "DET", "NUM", "-"})
_GENERIC = frozenset({"like", "as", "if", "such", "than", "become", "be", "would", "could", "might", "should", "may"})
_DURATION_CUES = frozenset({"for", "by", "lasted", "lasting", "last", "lasts", "took", "take", "takes", "taking"})
_NOT_DURATION = frozenset("ago later earlier before after and old into on prior long or".split())
_ABLE = frozenset(
    "capable able plan plans planned threatened want wants wanted order ordered need needs try tries trying attempt probability"
    " ready prepared right chance hope hopes risk used".split(),
)
_ABLE_REACH = 4  # tokens between such a word and the verb
_NO_OBJECT = frozenset({".", ",", "PREP", "SUB", "CONJ", ";", ")", "ADV", "DATE", "VBG"})
_REACH_AFTER = 13  # tokens from the head to what befalls it, a list between: "a man and a woman, both local, were"
_WHEN = frozenset("last next yesterday today tonight overnight".split())  # ends the phrase: "a school last week"
_REACH_LIST = 15  # tokens from "including" back to what befell them all
_REACH_MEANS = 14  # tokens from "with" back to the blow
_HARMED = frozenset("dead victims casualties missing".split())
_STOPS = frozenset({"VERB", "MODAL", "SUB", ".", ";", "PRON", '"'})
_PARTICLES = frozenset({"down", "out", "dead", "on", "off"})
_LEAVING = frozenset({"left", "leaving"})
_MODALS = frozenset({"MODAL"})


class Trigger:
    """What befalls, or is done by, the nouns of some groups."""

    __slots__ = ("after", "does", "groups", "seed", "suffers", "words")

    def __init__(self, entry: Singular) -> None:
        self.groups = frozenset(entry.groups)
        self.suffers, self.does = Phrases(dict.fromkeys(entry.suffers, True)), Phrases(dict.fromkeys(entry.does, True))
        self.after = Phrases(dict.fromkeys(entry.after, True)) if entry.after else None
        self.seed = f"singulars/{entry.code}"
        self.words = {form.split()[0] for form in (*entry.suffers, *entry.does)}
        self.words |= {w for form in entry.after for w in form.split() if len(w) > 3}  # noqa: PLR2004 (no "of")


class Singulars:
    """Finds bare singulars; built from seeds/singulars.toml, seeds/nouns.toml and the units of time."""

    def __init__(self, seeds: Seeds, units: Units) -> None:
        triggers = [Trigger(entry) for entry in seeds.of(Singular).values()]
        self._by_group: dict[str, list[Trigger]] = {}
        for trigger in triggers:
            for group in trigger.groups:
                self._by_group.setdefault(group, []).append(trigger)
        nouns = {w: n for n in seeds.of(Noun).values() for w in n.written}
        self._nouns = Phrases(nouns)
        # What must stand near an article and one of these heads: a word of what befalls the head's group.
        self._near: dict[str, frozenset[str]] = {}
        for form, noun in nouns.items():
            if noun.group in self._by_group:
                head = form.split()[-1].lower()
                words = [trigger.words for trigger in self._by_group[noun.group]]
                self._near[head] = self._near.get(head, frozenset()).union(*words)
        self._hours = {
            w
            for u in seeds.of(Unit).values()
            if u.dimension == "time"
            for w in u.written
            if w.isalpha() and w != "second"
        }
        self._units = units
        self._hedges = Phrases(
            {
                w: h.modifier
                for h in seeds.of(Hedge).values()
                for w in h.before
                if w not in {"in", "near", "some", "within"}
            }
        )
        cues = seeds.of(SpeechCue).values()
        self._said = frozenset(form for cue in cues if cue.place == "VERB" for form in cue.words)
        self._before_hours = _DURATION_CUES | {form.split()[-1] for h in seeds.of(Hedge).values() for form in h.before}

    def read(self, s: Sentence, taken: set[int]) -> Iterator[Figure]:
        """Yield a figure of one for each bare singular; `taken` are the tokens that numbers hold."""
        for i in _openers(s.lows):
            if i in taken or not self._may_open(s.lows, i):
                continue
            figure = self._read_at(s, i, taken)
            if figure is not None:
                yield figure

    def may_hold(self, words: list[str]) -> bool:
        """Tell quickly whether a sentence of these words may hold a bare singular or a bare duration."""
        return not _OPENERS.isdisjoint(words) and any(self._may_open(words, i) for i in _openers(words))

    def _may_open(self, words: list[str], i: int) -> bool:
        """Tell whether the article at a word may open a bare singular, by the words around it."""
        if i and words[i - 1] in self._before_hours and i + 1 < len(words) and words[i + 1] in self._hours:
            return True
        heads = words[i + 1 : i + 1 + _PHRASE]
        if words[i] == "another":
            heads.append("person")
        around: list[str] = []
        for head in heads:
            if near := self._near.get(head):
                around = around or words[max(0, i - _REACH - 3) : i + 1 + _PHRASE + _REACH_AFTER]
                if not near.isdisjoint(around):
                    return True
        return False

    def befalls(self, s: Sentence, first: int, last: int, group: str | None) -> str | None:
        """Return the seed of what befalls, or is done by, the noun phrase of tokens first..last, or None."""
        if group is None:
            return None
        while first and (hedge := self._hedges.ending(s.lows, first)):
            first = hedge[0]  # "killed at least one civilian"
        for trigger in self._by_group.get(group, ()):
            if self._is_met(s, first, last, trigger):
                return trigger.seed
        return None

    def _read_at(self, s: Sentence, i: int, taken: set[int]) -> Figure | None:
        if s.lows[i + 1 : i + 2] and s.lows[i + 1] in self._hours:
            return self._read_duration(s, i, taken)
        head = self._head(s, i + 1, taken)
        if head is None:
            if s.lows[i] == "another" and s.tags[i + 1 : i + 2] == ["BE"]:
                seed = self.befalls(s, i, i + 1, "person")
                if seed:
                    return _to_figure(s, i, i + 1, "{person}", None, seed)
            return None
        last, noun = head
        seed = self.befalls(s, i, last, noun.group)
        if seed is None:
            return None
        figure = _to_figure(s, i, last, noun.unit, noun.code, seed)
        figure.why("unit_code", "counted noun", f"nouns/{noun.code}")
        return figure

    @staticmethod
    def _is_struck(s: Sentence, first: int, after: Phrases[bool]) -> bool:
        """Tell whether only a day stands within "a strike Monday on a mall"."""
        k = first - 2
        if k < 1 or s.lows[first - 1] not in {"on", "at", "of"}:
            return False
        while k > first - _REACH and k > 0 and s.tags[k] in {"DATE", "ADV"}:
            k -= 1
        return k < first - 2 and after.ending([*s.lows[: k + 1], s.lows[first - 1]], k + 2) is not None

    def _read_duration(self, s: Sentence, i: int, taken: set[int]) -> Figure | None:
        """Read "for a week", "over an hour", "at least a year" as one of its unit."""
        lows = s.lows
        before = lows[i - 1] if i else ""
        after = lows[i + 2] if i + 2 < len(lows) else "."
        if i - 1 in taken or after in _NOT_DURATION or lows[i] == "another" or not i:
            return None
        cue = before in _DURATION_CUES and s.tags[i - 1] != "ADJ"
        hedge = self._hedges.ending(lows, i)
        if not cue and (
            hedge is None or hedge[1] == "EXACT" or lows[hedge[0] - 1 : hedge[0]] in (["in"], ["within"], ["after"])
        ):
            return None
        hit = self._units.starting(s, i + 1)
        if hit is None or (before == "by" and hit[0] < len(lows) and lows[hit[0]] not in {"to", ".", ","}):
            return None
        return _to_figure(s, i, hit[0], hit[1].ucum, None, f"units/{hit[1].code}", "time")

    def _head(self, s: Sentence, token: int, taken: set[int]) -> tuple[int, Noun] | None:
        """Return (one past the head, noun) of the phrase after an article, its last known noun."""
        found: tuple[int, Noun] | None = None
        lows = s.lows
        k, limit = token, min(len(lows), token + _PHRASE)
        if self._near.keys().isdisjoint(lows[k:limit]):
            return None
        tags = s.tags
        while k < limit:
            hit = self._nouns.starting(lows, k)
            if hit and (found is None or tags[k] in {"NOUN", "NAME", "NV", "ADJ"}):
                k, noun = hit
                found = (k, noun)
                continue
            tag = tags[k]
            is_model = k > token and _ends_model(s, k)
            if k in taken and not (lows[k + 1 : k + 2] == ["-"] or tag == "ADJ" or is_model):
                return None  # "another four missiles"
            if lows[k] == "-" or lows[k] in {"'s", '"', "“", "”"}:
                k += 1
                continue
            if not is_model and tag not in _INNER:
                break
            is_over = tag in {"VBN", "VBG"} or lows[k] in _WHEN or (tag == "ADV" and lows[k + 1 : k + 2] != ["-"])
            if found and is_over:
                break
            if found and tag in {"NOUN", "NV"}:
                if lows[k].endswith("ing"):
                    break
                found = None  # "a missile strike": the head is another
            k += 1
        return found if found and found[1].group in self._by_group else None

    def _speaks(self, s: Sentence, last: int) -> bool:
        """Tell whether who stands before a token says what was told: ", an official familiar with the matter said"."""
        for k in range(last, min(len(s.lows), last + _REACH)):
            if s.lows[k] in self._said:
                return True
            if s.tags[k] in {",", ".", ";", "BE", "CONJ"}:
                break
        return False

    def _is_met(self, s: Sentence, first: int, last: int, trigger: Trigger) -> bool:
        lows = s.lows
        if trigger.after and (trigger.after.ending(lows, first) or self._is_struck(s, first, trigger.after)):
            return True
        if first and lows[first - 1] == "as" and s.tags[last : last + 1] in (["BE"], ["PREP"]):
            return _told_after(s, last, trigger, is_left=False)  # "as a mall was hit", not "as a nurse"
        if first and lows[first - 1] in _GENERIC:
            return False
        if first and lows[first - 1] == "," and self._speaks(s, last):
            return False  # "wounded dozens, a medic said"
        if first and lows[first - 1] == "including" and "person" in trigger.groups:
            if any(trigger.suffers.starting(lows, k) for k in range(max(0, first - _REACH_LIST), first)):
                return True  # "killed three civilians, including a boy"
        if first and lows[first - 1] == "with" and "munition" in trigger.groups:
            return _is_means(s, first - 1, trigger)
        if first > 1 and lows[first - 1] == "," and s.tags[first - 2] == "NAME" and not _opens_with_place(s, first - 2):
            return False  # "Petro Koval, a medic"
        told = _told_before(s, first, trigger)
        return told is True or _told_after(s, last, trigger, is_left=told is None)


def _openers(words: list[str]) -> Iterator[int]:
    """Yield the places of the articles that may open a bare singular."""
    return compress(count(), map(_OPENERS.__contains__, words))


def _opens_with_place(s: Sentence, token: int) -> bool:
    """Tell whether the name that ends at a token is of the place a sentence opens with: "In southern Ukraine, a man was"."""
    while token and s.tags[token] in _PLACE_NAME:
        token -= 1
    return s.tags[token] == "PREP" and (token == 0 or s.lows[token - 1] in _BEFORE_PLACE)


def _is_means(s: Sentence, token: int, trigger: Trigger) -> bool:
    """Tell whether "with" says by what a blow was dealt: "struck a port with a missile"."""
    for k in range(token - 1, max(-1, token - _REACH_MEANS), -1):
        if s.tags[k] in {"SUB", ".", ";"}:
            return False
        if trigger.does.starting(s.lows, k):
            return not _is_hypothetical(s.tags, k)
    return False


def _told_before(s: Sentence, first: int, trigger: Trigger) -> bool | None:
    """Tell whether a verb before the phrase befalls it: "killed a woman"; None if it is left to be what comes after."""
    for k in range(first, max(0, first - _REACH), -1):
        hit = trigger.suffers.ending(s.lows, k)
        if hit:
            return _is_done(s, hit[0])
        if s.lows[k - 1] in _LEAVING:
            return None
        if s.tags[k - 1] not in _LISTED and not (k == first and s.lows[k - 1] in _PARTICLES):
            break
    return False


def _told_after(s: Sentence, last: int, trigger: Trigger, *, is_left: bool) -> bool:
    """Tell whether what follows the phrase befalls it: "a woman was killed", "a missile hit", "left a man wounded"."""
    lows, tags = s.lows, s.tags
    seen_be, seen_have, relative = is_left, False, False
    last = _after_aside(s, last)
    for k in range(last, min(len(lows), last + _REACH_AFTER)):
        if not seen_be and trigger.does.starting(lows, k):
            return True
        hit = trigger.suffers.starting(lows, k)
        if (
            hit
            and (seen_be or (not seen_have and tags[k - 1] != "DET" and _is_participle(tags, k, hit[0])))
            and lows[k] != "including"
        ):
            return not _is_hypothetical(tags, k) and (seen_be or not relative)
        tag = tags[k]
        if seen_be and lows[k] == "among":
            return any(
                lows[j] in _HARMED or trigger.suffers.starting(lows, j)
                for j in range(k + 1, min(k + _REACH, len(lows)))
            )
        seen_have = seen_have or tag in {"HAVE", "TO"}
        relative = relative or tag == "REL"
        if tag == "BE" or lows[k] in {"left", "been", "being"}:
            seen_be = True
        elif tag in _STOPS or (tag == "CONJ" and seen_be and not is_left):
            break
    return False


def _ends_model(s: Sentence, k: int) -> bool:
    """Tell whether a token is the number of a model: the 34 of Su-34, the 72 of T72."""
    if not s.words[k][0].isdecimal() or s.starts[k] > s.ends[k - 1]:
        return False
    return s.words[k - 1].isalpha() or (s.words[k - 1] == "-" and s.words[k - 2].isalpha())


def _after_aside(s: Sentence, last: int) -> int:
    """Return the token after what commas set off, if a verb follows it: "a block, believed to be full, was hit"."""
    if s.lows[last : last + 1] != [","]:
        return last
    for k in range(last + 1, min(len(s.lows) - 1, last + _REACH_AFTER)):
        if s.tags[k] in {".", ";"}:
            break
        if s.lows[k] == ",":
            return k + 1 if s.tags[k + 1] in {"BE", "HAVE"} else last
    return last


def _is_participle(tags: list[str], verb: int, after: int) -> bool:
    """Tell whether a form right after its noun is a participle: it has no object."""
    return tags[verb] == "VBN" or (tags[verb] == "VERB" and (after >= len(tags) or tags[after] in _NO_OBJECT))


def _is_done(s: Sentence, verb: int) -> bool:
    """Tell whether a verb before the noun phrase is said to have happened: no passive, no modal, no mere ability."""
    before = s.lows[verb - 1] if verb else ""
    if (verb and s.tags[verb - 1] == "BE") or _is_hypothetical(s.tags, verb):
        return False
    return not (before in {"to", "of"} and not _ABLE.isdisjoint(s.lows[max(0, verb - _ABLE_REACH) : verb]))


def _is_hypothetical(tags: list[str], verb: int) -> bool:
    """Tell whether a modal verb governs what befalls: "could be killed"."""
    return not _MODALS.isdisjoint(tags[max(0, verb - 3) : verb])


def _to_figure(
    s: Sentence, first: int, last: int, unit: str, noun: str | None, seed: str, dimension: str = "count"
) -> Figure:
    figure = Figure(s.starts[first], s.ends[first])
    figure.sentence_start, figure.sentence_end = s.start, s.end
    figure.low = figure.best = figure.high = 1.0
    figure.number_form = NumberForm.SINGULAR
    figure.unit_code, figure.dimension, figure.noun = unit, dimension, noun
    figure.sentence, figure.first, figure.last, figure.unit_last = s, first, first + 1, last
    figure.head = last - 1
    figure.counted = s.text[s.starts[min(first + 1, last - 1)] - s.start : s.ends[last - 1] - s.start]
    figure.quote_start, figure.quote_end = s.starts[first], s.ends[last - 1]
    figure.quote = s.text[figure.quote_start - s.start : figure.quote_end - s.start]
    figure.why("best", "bare singular", seed)
    return figure
