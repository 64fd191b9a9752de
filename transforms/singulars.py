"""Figures of one without a number word: a woman was killed, an Iskander-M ballistic missile, a school was hit.

Only indefinite singulars, and only where something befalls them that the metrics count (seeds/singulars.toml).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.kinds import Hedge, Noun, Singular, Unit
from transforms.figures import Figure, NumberForm
from transforms.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seeds.loader import Seeds
    from transforms.sentences import Sentence
    from transforms.units import Units

_OPENERS = frozenset({"a", "an", "another"})
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
_NO_OBJECT = frozenset({".", ",", "PREP", "SUB", "CONJ", ";", ")", "ADV", "DATE"})
_REACH_AFTER = 13  # tokens from the head to what befalls it, a list between: "a man and a woman, both local, were"
_STOPS = frozenset({"VERB", "MODAL", "SUB", ".", ";", "PRON", '"'})
_PARTICLES = frozenset({"down", "out", "dead", "on", "off"})
_LEAVING = frozenset({"left", "leaving"})
_MODALS = frozenset({"MODAL"})


class Trigger:
    """What befalls, or is done by, the nouns of some groups."""

    __slots__ = ("after", "does", "groups", "seed", "suffers")

    def __init__(self, entry: Singular) -> None:
        self.groups = frozenset(entry.groups)
        self.suffers, self.does = Phrases(dict.fromkeys(entry.suffers, True)), Phrases(dict.fromkeys(entry.does, True))
        self.after = Phrases(dict.fromkeys(entry.after, True)) if entry.after else None
        self.seed = f"singulars/{entry.code}"


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
        self._heads = frozenset(w.split()[-1].lower() for w, n in nouns.items() if n.group in self._by_group)
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
        words = {w.split()[0] for e in seeds.of(Singular).values() for w in [*e.suffers, *e.does]}
        words |= {w for e in seeds.of(Singular).values() for p in e.after for w in p.split() if len(w) > 3}  # noqa: PLR2004 (no "of")
        self.words = frozenset(words)

    def read(self, s: Sentence, taken: set[int]) -> Iterator[Figure]:
        """Yield a figure of one for each bare singular; `taken` are the tokens that numbers hold."""
        if not self.may_hold(s.lows):
            return
        for i, low in enumerate(s.lows):
            if low not in _OPENERS or i in taken:
                continue
            figure = self._read_at(s, i, taken)
            if figure is not None:
                yield figure

    def may_hold(self, words: list[str]) -> bool:
        """Tell quickly whether a sentence of these words may hold a bare singular or a bare duration."""
        if _OPENERS.isdisjoint(words):
            return False
        if not self._hours.isdisjoint(words):
            return True
        return not self._heads.isdisjoint(words) and not self.words.isdisjoint(words)

    def befalls(self, s: Sentence, first: int, last: int, group: str | None) -> str | None:
        """Return the seed of what befalls, or is done by, the noun phrase of tokens first..last, or None."""
        if group is None:
            return None
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
        if self._heads.isdisjoint(lows[k:limit]):
            return None
        tags = s.tags
        while k < limit:
            hit = self._nouns.starting(lows, k)
            if hit and (found is None or tags[k] in {"NOUN", "NAME", "NV", "ADJ"}):
                k, noun = hit
                found = (k, noun)
                continue
            tag = tags[k]
            if k in taken and not (lows[k + 1 : k + 2] == ["-"] or tag == "ADJ"):
                return None  # "another four missiles"
            if lows[k] == "-" or lows[k] in {"'s", '"', "“", "”"}:
                k += 1
                continue
            if tag not in _INNER or (found and tag in {"VBN", "VBG", "ADV"}):
                break
            if found and tag in {"NOUN", "NV"}:
                if lows[k].endswith("ing"):
                    break
                return None  # "a missile strike": the head is another
            k += 1
        return found if found and found[1].group in self._by_group else None

    def _is_met(self, s: Sentence, first: int, last: int, trigger: Trigger) -> bool:
        lows = s.lows
        if trigger.after and (trigger.after.ending(lows, first) or self._is_struck(s, first, trigger.after)):
            return True
        if first and lows[first - 1] in _GENERIC:
            return False
        if first > 1 and lows[first - 1] == "," and s.tags[first - 2] == "NAME":
            return False  # "Petro Koval, a medic"
        told = _told_before(s, first, trigger)
        return told is True or _told_after(s, last, trigger, is_left=told is None)


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
    for k in range(last, min(len(lows), last + _REACH_AFTER)):
        if not seen_be and trigger.does.starting(lows, k):
            return True
        hit = trigger.suffers.starting(lows, k)
        if hit and (seen_be or (not seen_have and _is_participle(tags, k, hit[0]))) and lows[k] != "including":
            return not _is_hypothetical(tags, k) and (seen_be or not relative)
        tag = tags[k]
        seen_have = seen_have or tag in {"HAVE", "TO"}
        relative = relative or tag == "REL"
        if tag == "BE" or lows[k] in {"left", "been", "being"}:
            seen_be = True
        elif tag in _STOPS or (tag == "CONJ" and seen_be):
            break
    return False


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
