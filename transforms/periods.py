"""When: the interval of days that a figure is about.

A figure's period is that of the time expression which governs it in its sentence, else of the event that the
sentences before it tell, else nothing: the day of a report is not the day of what it reports.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from seeds.circumstances import Carrier, TimeWord
from transforms.figures import Kind, PeriodBasis
from transforms.governing_times import LEVEL_DISTANCE, cost_of, governing_span
from transforms.intervals import resolve
from transforms.recurrence import is_of_one_day
from transforms.sentences import Sentence, split_sentences
from transforms.spans import ANCHORS, Span, Spans, to_edtf
from transforms.wars import WARS

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.timexes import Timex

_YEAR = 366  # days
_FEW_DAYS, _WEEK, _MONTH = 6, 7, 31  # days: the bounds of UCDP date_prec 2, 3 and 4
_ELSEWHERE = frozenset("meanwhile separately elsewhere recently previously earlier".split())  # another event is told
_BEFORE, _BEFORE_REACH = frozenset(("before", "prior", "until")), 5  # tokens of "before Russia's full-scale invasion"
_PERFECT = frozenset(("has", "have"))
_FATES = frozenset(("WPN_INTERCEPTED", "WPN_SUPPRESSED", "WPN_HIT"))  # what becomes of what is launched
_FATE_REACH = 3  # sentences from the launch
_BEFORE_ASIDE = frozenset(("which", "to"))  # "which has been shelled often", "appeared to have been"
_QUARTER_REACH = 3  # sentences in which "a year ago" still means the quarter named before
_ASIDE_REACH = 8  # tokens from a relative to its time
_TAKEN = frozenset("captured seized taken detained arrested abducted deported jailed held".split())
_LEAD = 2  # sentences at the head of the news, whose day the next sentence may give
_EVENT_REACH = 12  # sentences in which "the assault", "that night" still mean the one that was dated
_TOTAL_REACH = 2  # sentences back from which a running total takes its start
_OF_DURATIONS = frozenset(("lasting", "weekday", "day", "date", "clock"))  # a meeting of two hours has a day
_BESIDE_DURATIONS = frozenset(("month", "year", "joined"))  # and one right beside it: "16 years in prison in 2020"
_DATED = frozenset(("month", "date"))  # a total that was told then is of what was until then
_OTHER = "OTHER"
_BACK = frozenset("night day evening morning".split())  # "that night"
_OWNED = frozenset("the its their his her these those".split())


@dataclass(slots=True, frozen=True)
class DatedTimex:
    """A TIMEX3: offsets in the text, type and value."""

    start: int
    end: int
    type: str
    value: str


class Periods:
    """The step that gives each figure its period."""

    def __init__(self, seeds: Seeds) -> None:
        self._spans = Spans(seeds)
        words = list(seeds.of(TimeWord).values())
        self._events, self._growth = (
            frozenset(form for word in words if word.sort == sort for form in word.written)
            for sort in ("event", "growth")
        )
        self._carriers = {metric: carrier for carrier in seeds.of(Carrier).values() for metric in carrier.metrics}

    def read_timexes(self, text: str, published: date | None) -> list[DatedTimex]:
        """Read every time expression of a text as a TIMEX3, in order.

        >>> from datetime import date
        >>> from seeds.loader import load_seeds
        >>> [t.value for t in Periods(load_seeds()).read_timexes("Six died on Sunday.", date(2026, 2, 18))]
        ['2026-02-15']
        """
        found = []
        anchor: date | None = None  # what "that year", "the following month" go from
        quarter, seen = (
            "",
            0,
        )  # the quarter that "a year ago" and "the quarter" speak of, and the sentence that named it
        for index, (start, end) in enumerate(split_sentences(text)):
            sentence = Sentence(text, start, end, index)
            for timex in self._spans.times.find(sentence):
                told = anchor if timex.is_anchored and anchor else published
                interval = resolve(timex, told, tense=self._spans.tenses.at(sentence, timex))
                value = interval.value
                if timex.rule in ANCHORS and interval.start and not timex.is_anchored:
                    anchor = interval.start
                if quarter and index - seen <= _QUARTER_REACH:
                    if timex.rule == "ago" and timex.unit == "Y" and timex.count in {"1", None}:
                        value = f"{int(quarter[:4]) - 1}{quarter[4:]}"
                    elif timex.rule == "unit" and timex.unit == "Q" and (timex.turn is None or timex.is_anchored):
                        value, seen = quarter, index
                if timex.rule in {"quarter", "share"} and value[5:6] == "Q" and value[:4].isdecimal():
                    quarter, seen = value, index
                if _is_turn(timex, sentence):
                    continue
                first, last = sentence.starts[timex.first], sentence.ends[timex.last - 1]
                found.append(DatedTimex(first, last, interval.kind, value))
        return found

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Set the period of each figure of a sentence; a period that the text does not give stays None."""
        told: dict[str, Span] = {}
        sentence.cache["counted"] = [(figure.first, figure.metric_code) for figure in figures]
        context: dict[tuple[str, bool, bool], Span | None] = {}  # what the sentences before give, asked for once
        for figure in figures:
            carrier = self._carriers.get(figure.metric_code)
            span = self._read(ctx, sentence, figure, carrier, context)
            if span is None:
                continue
            figure.period_edtf = span.edtf
            figure.period_start_date, figure.period_end_date = span.start, span.end
            figure.period_precision = to_precision(span.start, span.end)
            figure.period_basis = span.basis
            figure.why("period", span.rule, span.seed, " ".join(sentence.lows[span.first : span.last]) or None)
            if carrier and carrier.period_reach and span.rule != "dateline":
                told.setdefault(carrier.code, span)
            if figure.kind is Kind.CUM and span.start and (span.end is None or (span.end - span.start).days > _MONTH):
                sentence.cache["total"] = carrier.code if carrier else "", span
        if told:
            sentence.cache["told"] = told

    def _read(
        self,
        ctx: Context,
        sentence: Sentence,
        figure: Figure,
        carrier: Carrier | None,
        context: dict[tuple[str, bool, bool], Span | None],
    ) -> Span | None:
        if figure.metric_code == "AGE":
            return None
        spans = self._spans.read(ctx, sentence)
        span = governing_span(figure, spans, sentence, takes_report=bool(carrier and carrier.takes_report))
        if span and span.rule == "unreckoned":
            return None  # "overnight" of an article without a day
        if carrier is None and figure.dimension == "time" and span and span.rule not in _OF_DURATIONS:
            is_beside = span.rule in _BESIDE_DURATIONS and cost_of(figure, span, sentence) < LEVEL_DISTANCE
            is_beside = is_beside and sentence.lows[figure.last] != "-"
            return span if is_beside else None  # "the four-year war": how long something lasts is of no day
        is_total = figure.kind is Kind.CUM
        if carrier is None:
            return None if _is_known(figure, sentence) else span
        if span:
            if is_total and (war := self._spans.whole_war(ctx, ctx.published)) and span.start == span.end == war.start:
                return war  # "killed in the invasion that began on Feb. 24"
            is_short = is_total and span.rule in {"month", "year"} and span.end
            return self._spans.whole_war(ctx, span.end) if is_short else span
        if figure.kind in {Kind.RATIO, Kind.RATE}:
            return None
        is_answer = not is_total and _answers(ctx, sentence, figure)
        key = carrier.code, is_total, is_answer
        if key not in context:
            carried = functools.partial(self._carried, ctx, sentence, carrier, is_answer=is_answer)
            context[key] = self._total(ctx, sentence, carrier) if is_total else carried()
            if is_total and context[key] is None and not self._growth.isdisjoint(sentence.lows) and ctx.published:
                context[key] = _risen(carried(), ctx.published)
        is_news = sentence.index == 0 and figure.kind is Kind.FLOW and _is_perfect(sentence.lows)
        if context[key] is None and is_news and ctx.published and is_of_one_day(sentence.lows):
            return _past_day(ctx.published)
        return context[key]

    def _total(self, ctx: Context, sentence: Sentence, carrier: Carrier) -> Span | None:
        """A running total goes back to the start that the sentences before give, else to the war's."""
        for index in range(sentence.index - 1, max(-1, sentence.index - 1 - _TOTAL_REACH), -1):
            told: tuple[str, Span] | None = ctx.sentences[index].cache.get("total")  # type: ignore[assignment]  # by __call__
            if told and (told[0] == carrier.code or told[1].end == ctx.published):
                return told[1]
            if war := next((s for s in self._spans.read(ctx, ctx.sentences[index]) if s.rule == "epoch"), None):
                return war
        counted = next((s for s in self._spans.read(ctx, sentence) if s.is_report and s.rule in _DATED), None)
        if not carrier.takes_report and _is_of_war(sentence.lows):
            return self._spans.whole_war(ctx, counted.end if counted else ctx.published)
        return (
            replace(counted, start=None, edtf=to_edtf(None, counted.end))
            if counted and not carrier.period_reach
            else None
        )

    def _carried(self, ctx: Context, sentence: Sentence, carrier: Carrier, *, is_answer: bool) -> Span | None:
        """The period of the event that the sentences before tell."""
        if not _ELSEWHERE.isdisjoint(sentence.lows) or any(
            timex.rule == "recent" for timex in self._spans.times.find(sentence)
        ):
            return None
        if not carrier.takes_report and any(
            span.is_report and span.first <= 1 for span in self._spans.read(ctx, sentence)
        ):
            return None  # "On Thursday officials accused ..." opens another story
        longest, reach = _MONTH, carrier.period_reach
        if self._refers_back(sentence):
            longest, reach = 1, _EVENT_REACH
        elif not is_answer and _is_perfect(sentence.lows) and self._growth.isdisjoint(sentence.lows):
            reach = 0
        for index in range(sentence.index - 1, max(-1, sentence.index - 1 - reach), -1):
            before = ctx.sentences[index]
            told: dict[str, Span] = before.cache.get("told", {})  # type: ignore[assignment]  # this step put it there
            span = told.get(carrier.code)
            if span is None:
                named = [
                    s
                    for s in self._spans.read(ctx, before)
                    if not s.is_now
                    and s.rule != "dateline"
                    and (carrier.takes_report or not s.is_report)
                    and _days(s) <= longest
                    and not _is_past(s, ctx.published)
                    and not _is_aside(before, s)
                ]
                span = named[-1] if named else None
            if span and _days(span) <= longest:
                return Span(
                    0, 0, span.start, span.end, PeriodBasis.CONTEXT, span.edtf, "carried", f"carriers/{carrier.code}"
                )
        return self._dated_next(ctx, sentence, carrier) if sentence.index < _LEAD and carrier.period_reach else None

    def _refers_back(self, sentence: Sentence) -> bool:
        """Tell whether a sentence speaks of an event or a night that was dated before: "the assault", "that night"."""
        lows = sentence.lows
        return any(
            (low == "that" and lows[i + 1] in _BACK)
            or (low == "the" and lows[i + 1] in self._events and lows[i + 2 : i + 3] != ["of"])
            for i, low in enumerate(lows[:-1])
        )

    def _dated_next(self, ctx: Context, sentence: Sentence, carrier: Carrier) -> Span | None:
        """The day of a news lead that gives none, where the next sentence goes on with "The Saturday night assault"."""
        if sentence.index + 1 >= len(ctx.sentences):
            return None
        after = ctx.sentences[sentence.index + 1]
        for span in self._spans.read(ctx, after):
            if (span.is_report and not carrier.takes_report) or span.is_now or _days(span) > 1:
                continue
            if span.start:
                return Span(
                    0, 0, span.start, span.end, PeriodBasis.CONTEXT, span.edtf, "dated next", f"carriers/{carrier.code}"
                )
        return None


def _is_turn(timex: Timex, sentence: Sentence) -> bool:
    """Tell the word that only turns to the next thing: "Now, ..."."""
    return timex.first <= 1 and timex.words == "now" and sentence.lows[timex.last : timex.last + 1] == [","]


def _risen(event: Span | None, published: date) -> Span | None:
    """A toll that has risen runs from the day of its event to the day of publication."""
    if event is None or event.start is None or event.start > published:
        return None
    return replace(event, end=published, edtf=to_edtf(event.start, published), rule="toll of the event")


def _past_day(published: date) -> Span:
    """The day up to the news, of a lead that says that all took "one day"."""
    start = published - timedelta(days=1)
    return Span(0, 0, start, published, PeriodBasis.CONTEXT, to_edtf(start, published), "one day")


def _is_perfect(lows: list[str]) -> bool:
    """Tell a present perfect: what is so by now, not what was done that day (Quirk et al. 1985, 4.20); an aside's does not count."""
    return not _PERFECT.isdisjoint(lows) and any(
        low in _PERFECT and lows[i - 1] not in _BEFORE_ASIDE for i, low in enumerate(lows)
    )


def _answers(ctx: Context, sentence: Sentence, figure: Figure) -> bool:
    """Tell whether a number counts what became of those launched, told just before: "launched 40 drones. 30 have been downed"."""
    if figure.metric_code not in _FATES or figure.best is None:
        return False
    for other in reversed(ctx.figures):
        if other.sentence is None or sentence.index - other.sentence.index > _FATE_REACH:
            return False
        if other.metric_code == "WPN_LAUNCHED" and other.best is not None:
            return figure.best <= other.best
    return False


def _is_known(figure: Figure, sentence: Sentence) -> bool:
    """Tell what is there anyhow, beside a dated event: "two of its six reactors were hit on Monday"."""
    is_owned = figure.first > 0 and sentence.lows[figure.first - 1] in _OWNED
    return is_owned and figure.kind is Kind.STOCK and figure.metric_code == _OTHER


def _is_past(span: Span, published: date | None) -> bool:
    """Tell what was long before the news: "annexed in March 2014"."""
    return published is not None and span.end is not None and (published - span.end).days > _YEAR


def _is_aside(sentence: Sentence, span: Span) -> bool:
    """Tell whether a time stands in a relative clause, full or cut, which tells of another event: "men (who were) captured in June"."""
    for i in range(span.first - 1, max(-1, span.first - _ASIDE_REACH), -1):
        if sentence.tags[i] in {",", ";", "CONJ"}:
            return False
        if sentence.tags[i] == "REL" or (sentence.lows[i] in _TAKEN and sentence.tags[i - 1] == "NOUN"):
            return True
    return False


def _is_of_war(lows: list[str]) -> bool:
    """Tell that a running total is of the war that its sentence names, and not of what was before it."""
    if WARS.isdisjoint(lows):
        return False
    return any(low in WARS and _BEFORE.isdisjoint(lows[max(0, i - _BEFORE_REACH) : i]) for i, low in enumerate(lows))


def _days(span: Span) -> int:
    """Days between the first and the last; more than any where it is open."""
    return (span.end - span.start).days if span.start and span.end else date.max.toordinal()


def to_precision(start: date | None, end: date | None) -> int:
    """UCDP date_prec: 1 a day, 2 two to six days, 3 a week, 4 up to a month, 5 longer or open (GED codebook 22.1)."""
    if start is None or end is None:
        return 5
    days = (end - start).days + 1
    return 1 if days == 1 else 2 if days <= _FEW_DAYS else 3 if days == _WEEK else 4 if days <= _MONTH else 5
