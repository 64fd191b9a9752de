"""Whether the words around a time expression tell what was or what will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.circumstances import SpeechCue, TimeWord

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.sentences import Sentence
    from transforms.timexes import Timex

_CLAUSE_END = frozenset((",", ";", ".", "“", "”", '"', "—"))
_NEAR = 9  # tokens that the verb of a time expression is looked for in
SAID, DONE = (
    -1,
    -2,
)  # a preterite, which may tell what is to come ("said it pays on Dec. 15"), and that of a deed on a day
LIMIT = 2  # a month up to which something goes: of two as near, the one to come
_TO_COME = frozenset("to would due".split())  # "due to be held on": no deed that was done
_EFFECTIVE = frozenset(("effective", "payable"))  # of a day to come
_ON = (["on"], ["between"])
_LIMITS = frozenset(("by", "through"))
_SOONEST = (["as", "soon", "as"], ["as", "early", "as"])  # "as soon as Tuesday"
_SETTING = frozenset("to will would shall should must".split())
_PARTICIPLES = ("ed", "en", "ld", "id", "nt")  # "to be held"
_SET = frozenset((("set", "to"), ("is", "to"), ("are", "to"), ("agreed", "to")))
_SHORT = 4  # letters: "need" and "red" are no past tense
_NOT_PAST = frozenset("succeed proceed exceed indeed hundred".split())


class Tenses:
    """The words that tell what is to come or was (seeds/times.toml), compiled once."""

    def __init__(self, seeds: Seeds) -> None:
        words = list(seeds.of(TimeWord).values())
        self._ahead = frozenset(form for word in words if word.sort == "ahead" for form in word.written)
        self._bygone = frozenset(form for word in words if word.sort == "bygone" for form in word.written)
        self._saying = frozenset(form for cue in seeds.of(SpeechCue).values() for form in cue.words)

    def at(self, sentence: Sentence, timex: Timex) -> int:
        """Return SAID or DONE where the nearest verb tells what was, 1 where it tells what will be, LIMIT, or 0.

        >>> from seeds.loader import load_seeds
        >>> from transforms.sentences import Sentence
        >>> from transforms.timexes import Times
        >>> seeds, text = load_seeds(), "The envoys will meet on Friday."
        >>> sentence = Sentence(text, 0, len(text), 0)
        >>> Tenses(seeds).at(sentence, Times(seeds).find(sentence)[0])
        1
        """
        lows = _without_months(sentence)
        after = lows[timex.last : timex.last + _NEAR]
        before = lows[max(0, timex.first - _NEAR) : timex.first]
        if (cue := self._cue(before, after, timex)) is not None:
            return cue
        is_sure = before[-1:] in _ON and self._ahead.isdisjoint(before) and _TO_COME.isdisjoint(before)
        for i in range(len(before) - 1, -1, -1):
            if before[i] == "would" and timex.month:
                return LIMIT  # "announced in the autumn that he would begin it in September"
            if _is_set(before, i):
                return 1
            if tense := self._tense_of(before[i]):
                return tense if is_sure or tense > 0 else SAID
            if before[i] in _CLAUSE_END and timex.weekday is not None:
                break
        if before == ["on"] and after[:1] == [","]:  # "On 12 March, two people were killed"
            after = after[1:]
            is_told = self._ahead.isdisjoint(after) and _TO_COME.isdisjoint(after)
            return DONE if is_told and any(self._tense_of(low) == DONE for low in after) else 0
        if not before[1:] and after[:1] == [","]:  # "In early May, the guns will arrive"
            after = after[1:]
        for low in after:
            if tense := self._tense_of(low):
                return max(tense, SAID)
            if low in _CLAUSE_END:
                break
        return 0

    def _cue(self, before: list[str], after: list[str], timex: Timex) -> int | None:
        """What the words right beside a time expression say, or None where its verb decides."""
        last = before[-1] if before else ""
        if timex.weekday is not None and (after[:1] == ["'s"] or last in self._saying):
            return SAID  # "Wednesday's ruling", "Cuba predicted Wednesday"
        if "had" in before and "been" in before and not self._ahead.isdisjoint(before):
            return SAID  # "It had been due to expire Friday"
        if before == ["until"] and "had" in after:
            return SAID  # "Until Thursday, they had not"
        if last == "until" and after[:2] == [",", "when"] and any(self._tense_of(low) < 0 for low in after):
            return SAID  # "The count was 400 until Monday, when ..."
        if last in _EFFECTIVE or before[-3:] in _SOONEST:
            return 1
        return LIMIT if last in _LIMITS and timex.month else None  # "by May" may lie ahead

    def _tense_of(self, low: str) -> int:
        if low in self._ahead:
            return 1
        if low in self._bygone or (low.endswith("ed") and len(low) > _SHORT and low not in _NOT_PAST):
            return SAID if low in self._saying else DONE
        return 0


def _without_months(sentence: Sentence) -> list[str]:
    """Return the words in small letters, but no month of May, which is no modal verb."""
    if "may" not in sentence.lows:
        return sentence.lows
    return [
        "" if low == "may" and i and word[0].isupper() else low
        for i, (low, word) in enumerate(zip(sentence.lows, sentence.words, strict=True))
    ]


def _is_set(before: list[str], i: int) -> bool:
    """Tell words that set a thing for a day: "is to resume", "to be held", "would still be held"."""
    if before[i].endswith(_PARTICIPLES) and i > 1:
        return before[i - 1] == "be" and not _SETTING.isdisjoint(before[max(0, i - 4) : i])
    return tuple(before[i - 1 : i + 1]) in _SET
