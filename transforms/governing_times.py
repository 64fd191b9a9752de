"""Which time expression of a sentence governs a figure: what each costs to reach, clause breaks counted."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from transforms.figures import Kind
from transforms.levels import opens_sum
from transforms.predicates import is_described
from transforms.wordforms import VERBS

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.sentences import Sentence
    from transforms.spans import Span

_DISTANCE = 28  # tokens and breaks that a time expression governs at most
LEVEL_DISTANCE = 7  # the same for a level or a share: most are of no day that the text gives
_LEADING_LEVEL = (
    14  # the same for a level that counts things, where the time expression opens the sentence: "In 2022, ..."
)
_LEADING = 150  # tokens of a sentence that its leading time expression governs at most
_BREAKS = {",": 3, ";": 9, "—": 5, "–": 2, "(": 4, ")": 4, "“": 2, "”": 2, '"': 2, ":": 2}  # cost of a sign between
_CLAUSES = {
    "after": 6, "when": 5, "before": 7, "while": 8, "who": 5, "which": 4, "that": 1, "but": 6, "and": 2, "as": 4, "where": 5,
}  # cost of a word that opens a clause  # fmt: skip
_OPENING = 4  # tokens of "Two days after"
_DESCRIBED = 20  # cost of a clause that only tells who they were: "killed prisoners who were captured in May"
_ANOTHER, _ANOTHER_REACH = frozenset(("another", "others", "one")), 4  # tokens from "and another" to its time
_CLOSED = 30  # cost of "and" right after a time expression: "... in late June and 21 people were killed"
_NEW_CLAUSE = (
    6  # cost of the same where the clause before does not count the like: "It burned in late June and 21 died"
)
_RELATIVE = 16  # cost of "that" behind a noun: "a peninsula that Moscow seized in 2014"
_STARTS = frozenset(("since", "epoch"))
_PERSON = "{person}"
_BEFORE_MAIN = frozenset(("after", "before"))
_IN_EVENT = frozenset("in by from during".split())
_LEVELS = frozenset((Kind.STOCK, Kind.RATIO, Kind.RATE))
_OTHER = "OTHER"


def governing_span(figure: Figure, spans: list[Span], sentence: Sentence, *, takes_report: bool) -> Span | None:
    """Return the span of a sentence, in order, that costs a figure least to reach; None where all are too far.

    >>> from datetime import date
    >>> from seeds.loader import load_seeds
    >>> from transforms.reading import Reader
    >>> [f.period_edtf for f in Reader(load_seeds()).read("Six died on Sunday.", date(2026, 2, 18)).figures]
    ['2026-02-15']
    """
    is_level = figure.kind in _LEVELS
    is_plain = (
        figure.kind is Kind.STOCK and figure.metric_code == _OTHER
    )  # "Her 12-storey house has had no light since May"
    best, least = None, LEVEL_DISTANCE if is_level else _DISTANCE
    start = bisect_left(spans, figure.first - 2 * _DISTANCE, key=_first)
    stop = bisect_left(spans, figure.first + 2 * _DISTANCE, key=_first)
    leading = spans[:1] if start and figure.first < _LEADING else []
    for span in (*leading, *spans[start:stop]):
        if (span.is_report and not takes_report) or (span.is_now and not is_level):
            continue  # what happened did not happen "now"
        if (is_plain and span.rule == "since") or (takes_report and span.rule == "budget"):
            continue
        if span.first <= figure.first < span.last and span.rule != "lasting":
            continue
        cost = cost_of(figure, span, sentence)
        if is_level and cost < _to_reach(figure, span, sentence):
            cost = min(cost, LEVEL_DISTANCE - 1)
        if span.rule == "as of" or (span.rule in _STARTS and span.first <= 1 and not is_level):
            cost = min(cost, LEVEL_DISTANCE - 1)
        if cost < least:
            best, least = span, cost
    return best


def _to_reach(figure: Figure, span: Span, sentence: Sentence) -> int:
    """How far a time expression governs a level: "have been buried since the war began", "In 2022, there were ..."."""
    if span.rule in _STARTS and figure.unit_code == _PERSON:
        return _DISTANCE
    is_leading = span.first <= 1 and span.last < len(sentence.lows) and sentence.lows[span.last] == ","
    return _LEADING_LEVEL if is_leading and figure.dimension is None else LEVEL_DISTANCE


def _first(span: Span) -> int:
    return span.first


def cost_of(figure: Figure, span: Span, sentence: Sentence) -> int:
    """Tell how far a time expression stands from a figure, clause breaks counted; one that leads the sentence governs it.

    >>> from datetime import date
    >>> from seeds.loader import load_seeds
    >>> from transforms.reading import Reader
    >>> text = "It burned in June and six died on Sunday."
    >>> [f.period_edtf for f in Reader(load_seeds()).read(text, date(2026, 2, 18)).figures]
    ['2026-02-15']
    """
    if span.last <= figure.first:
        between = range(span.last, bisect_left(sentence.starts, figure.quote_start))  # up to its hedge
    else:
        between = range(max(figure.last, figure.unit_last), span.first)
    if span.first > figure.first and (not between or (len(between) == 1 and figure.dimension == "share")):
        return -1  # "from around 2 % now", "from 2 % in June"
    if _is_killed_in(sentence.lows, span, between):
        return 0
    cost = len(between) // 2
    for i in between:
        low = sentence.lows[i]
        if low in _BREAKS:
            cost += 0 if i == span.last and span.first <= 1 else _BREAKS[low]
        elif low in _CLAUSES:
            is_closed = low == "and" and _opens_another(sentence.lows, i, span.first)
            if low == "and" and i == span.last and i + 1 == between.stop:
                is_closed = is_closed or figure.metric_code == _OTHER or _is_counted(figure, span, sentence)
                cost += _NEW_CLAUSE  # a time of its own may stand behind it
            is_relative = low == "that" and sentence.tags[i - 1] in {"NOUN", "NAME", "NV"} and span.first > figure.first
            cost += _CLOSED if is_closed else _RELATIVE if is_relative else _CLAUSES[low]
        elif span.first > figure.first and opens_sum(sentence, i):
            cost += _CLOSED
        if low == "," and span.first > figure.first and _is_apposed(sentence, i, span):
            cost += _CLOSED
    if span.first > figure.first and _is_of_time_before(sentence.lows, figure.first, span.first):
        cost += _CLOSED
    return cost + (_DESCRIBED if is_described(figure, sentence, span.first) else 0)


def _is_killed_in(lows: list[str], span: Span, between: range) -> bool:
    """Tell whether a figure is of a day's event by its own words: "26 people who were killed in Wednesday's strike"."""
    is_named = lows[span.last : span.last + 1] == ["'s"] and lows[span.first - 1] in _IN_EVENT
    return is_named and span.first > between.start and "," not in lows[between.start : between.stop]


def _is_apposed(sentence: Sentence, i: int, span: Span) -> bool:
    """Tell a comma from which on a time is of what befell a place or thing before: "in Kerch, a port annexed by Moscow in 2014"."""
    if sentence.tags[i + 1] != "DET":
        return False
    done = next((k for k in range(i + 2, span.first) if sentence.tags[k] in VERBS or sentence.tags[k] == "BE"), 0)
    return done > 0 and sentence.tags[done - 1] == "NOUN" and sentence.lows[done + 1] == "by"


def _is_of_time_before(lows: list[str], first: int, last: int) -> bool:
    """Tell whether a figure is of what was before a sentence's main clause: "Days after a raid killed 12, missiles fell on Tuesday"."""
    opening = lows[: min(first, _OPENING)]
    is_open = all(lows[i + 1] == "which" for i, low in enumerate(lows[:first]) if low == ",")
    return is_open and not _BEFORE_MAIN.isdisjoint(opening) and "," in lows[first:last]


def _is_counted(figure: Figure, span: Span, sentence: Sentence) -> bool:
    """Tell whether the clause of a time counts the like already: "12 died in June and 21 people ...", not "it burned in June and"."""
    counted: list[tuple[int, str]] = sentence.cache.get("counted", [])  # type: ignore[assignment]  # by __call__
    return span.rule in _STARTS or any(first < span.first and metric == figure.metric_code for first, metric in counted)


def _opens_another(lows: list[str], i: int, first: int) -> bool:
    """Tell whether "and" opens another event with its own time: "one in March that killed 600, and another in April"."""
    return lows[i + 1] in _ANOTHER and i + 1 < first <= i + _ANOTHER_REACH
