"""Which days are those of saying, not of doing: "officials said on Wednesday"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.wordforms import FINITE

if TYPE_CHECKING:
    from collections.abc import Collection

    from transforms.sentences import Sentence
    from transforms.timexes import Timex

_STRETCHES = frozenset("share month unit quarter duration ago weekend end".split())  # no day on which one speaks
_BESIDE_SPEECH = frozenset(
    "on in a an the his her its this their to during via statement late early earlier reporters journalists at briefing interview press news "
    "conference video televised address speech message post tweet telegram facebook twitter daily nightly evening morning update report "
    "remarks comments letter online published broadcast aired posted released recorded".split()
)
_SPEAKER = 12  # tokens from a leading "On Monday" to the verb of saying
_TELLING = frozenset(("told", "tells", "telling"))
_BEING = frozenset("was were been be is are".split())  # "were reported destroyed" tells what was done
_LISTENER = 4  # tokens between "told" and "on Thursday": "state media"
_CITED = 8  # tokens of a source and its date in brackets
_AFTER_SPEECH = frozenset((".", ",", "on", "late", "early"))


def is_report(timex: Timex, sentence: Sentence, speech: Collection[str], saying: Collection[str]) -> bool:
    """Tell the day of saying: "said Monday", "on Monday he told reporters that", "reported earlier this month".

    `speech` are the verbs of saying; `saying` those of them that more often tell what is said than what is done.
    """
    lows = sentence.lows
    if timex.rule in {"part", "span", "reference", "season", "year", "decade"}:
        return False
    if _is_citation(timex, sentence):
        return True
    i = timex.first - 1
    while i >= 0 and lows[i] in _BESIDE_SPEECH:
        i -= 1
    if _is_told(lows, timex.first - 1):
        return True
    if (i >= 0 and lows[i] in speech) or (timex.last < len(lows) and lows[timex.last] in speech):
        return True
    if timex.first > 1 or (timex.rule in _STRETCHES and timex.unit != "W"):
        return False
    verbs = saying if timex.rule in _STRETCHES else speech
    for j in range(timex.last, min(len(lows) - 1, timex.last + _SPEAKER)):
        if lows[j] in verbs and lows[j - 1] not in _BEING:
            if _is_trailing(sentence, timex.last, j):
                return False
            return lows[j + 1] not in {".", ","} or sentence.words[j - 1][0].isupper()
    return False


def _is_trailing(sentence: Sentence, start: int, said: int) -> bool:
    """Tell whether who speaks stands behind what is told: "On Monday, nine were killed in Kyiv, officials said on Tuesday"."""
    lows, tags = sentence.lows, sentence.tags
    if tags[start : start + 2] and "SUB" in tags[start : start + 2]:
        return False  # "On Monday, as fighting raged, officials said"
    after = said + 1
    if after < len(lows) and lows[after] not in _AFTER_SPEECH and tags[after] != "DATE":
        return False
    comma = max((k for k in range(start + 1, said - 1) if lows[k] == ","), default=-1)
    return comma > start and any(tag in FINITE for tag in tags[start:comma])


def _is_told(lows: list[str], on: int) -> bool:
    """Tell "told state media on Thursday": `on` is the token before the day."""
    if on < 1 or lows[on] != "on":
        return False
    back = lows[max(0, on - _LISTENER) : on]
    return not _TELLING.isdisjoint(back) and "that" not in back and "," not in back


def _is_citation(timex: Timex, sentence: Sentence) -> bool:
    """Tell the date of a source in brackets: "(RIA Novosti, January 30)"."""
    lows = sentence.lows
    if lows[timex.last : timex.last + 1] not in ([")"], [";"]) or lows[timex.first - 1 : timex.first] != [","]:
        return False
    back = range(timex.first - 2, max(-1, timex.first - _CITED), -1)
    opening = next((i for i in back if lows[i] in {"(", ";"}), None)
    return opening is not None and sentence.words[opening + 1][0].isupper()
