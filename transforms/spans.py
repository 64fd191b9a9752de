"""The stretches of days that the words of a sentence name: "between Wednesday and Sunday", "since the invasion began"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from seeds.circumstances import SpeechCue, TimeWord
from transforms.durations import shift
from transforms.figures import PeriodBasis
from transforms.intervals import resolve, to_later
from transforms.records import Records, find_since
from transforms.spoken import is_report
from transforms.stretches import date_nights
from transforms.tenses import Tenses
from transforms.timexes import Times, Timex
from transforms.wars import WARS, Wars, read_opening

if TYPE_CHECKING:
    from seeds.circumstances import Epoch
    from seeds.loader import Seeds
    from transforms.reading import Context
    from transforms.sentences import Sentence
    from transforms.stretches import Interval

_WEEK, _YEAR = 7, 365  # days
_NO_DAYS = frozenset(("after", "each", "rhythm", "recent"))  # patterns that name no days
_SPEECH = ("VERB", "WEAK_VERB")  # places of seeds/speech.toml
_DOING = frozenset("concluded concludes continued repeated observed".split())  # that more often tell a deed
ANCHORS = frozenset("date iso month year weekday clock".split())  # of which "that year", "the following day" are told
_TENSELESS = frozenset(
    "ago span reference year years duration day decade spoken".split()
)  # reckoned alike in any tense
_LINKS = frozenset("and to until till through - – —".split())
_UNTIL = frozenset(("until", "till", "by"))
_WEEK_FROM = frozenset(("commencing", "beginning", "starting", "of", "from"))
_NAMED = 4  # tokens from a day's "'s" to the event: "Wednesday's missile and drone strike"
_OUTSIDE = frozenset("before prior after following ahead pre".split())  # what they govern is not the figure's time
_YEARS = frozenset("years months weeks days".split())
_OPENING = 4  # tokens of "Nearly four years since"
_THAN = frozenset("compared than versus".split())
_MORE = frozenset("more less fewer".split())
_HAVING = frozenset(("has", "have", "'ve"))
_GONE = (["have", "passed"], ["have", "gone"], ["has", "passed"], ["has", "gone"])
_WITHIN, _SPACE = (
    5,
    frozenset(("in", "just", "only", "the", "space", "of")),
)  # tokens from "in" to "24 hours", and what they are
_EARLIER = (" earlier", " before")  # of "a day earlier", told from the day told last
_DETERMINERS = frozenset("the a an his her its their this that".split())
_LONG = frozenset(("D", "W", "M", "Y"))  # units of "two months later"
_AGENCY = 5  # tokens of "(Reuters) -" after the date of a dateline
_DASHES = frozenset("- – —".split())
_EPOCH_REACH = 9  # tokens between "since" and "invasion"


@dataclass(slots=True)
class Span:
    """Days that words of a sentence name (an open end is None), and the tokens that name them."""

    first: int
    last: int
    start: date | None
    end: date | None
    basis: PeriodBasis
    edtf: str
    rule: str
    seed: str | None = None  # what decided it, beside the words of time
    is_report: bool = False  # the day of saying, not of doing
    is_now: bool = False


class Spans:
    """Reads the spans of a sentence once; what they are reckoned from is the day of publication."""

    def __init__(self, seeds: Seeds) -> None:
        self.times = Times(seeds)
        self.tenses = Tenses(seeds)
        self._wars = Wars(seeds)
        self._records = Records(seeds)
        saying, showing = (
            frozenset(
                form
                for cue in seeds.of(SpeechCue).values()
                if cue.place == place
                for form in cue.words
                if " " not in form and form not in _DOING
            )
            for place in _SPEECH
        )
        words = seeds.of(TimeWord).values()
        self._events = frozenset(form for word in words if word.sort == "event" for form in word.written)
        self._saying = saying.union(form for word in words if word.sort == "telling" for form in word.written)
        self._speech = self._saying | showing

    def read(self, ctx: Context, sentence: Sentence) -> list[Span]:
        """Return the spans of a sentence in the order of its words; the same list on every call."""
        found = sentence.cache.get("spans")
        if found is None:
            found = sentence.cache["spans"] = self._read(ctx, sentence)
        return found  # type: ignore[return-value]  # the cache holds what each reader put there

    def _read(self, ctx: Context, sentence: Sentence) -> list[Span]:
        spans: list[Span] = []
        resolved: list[tuple[Timex, Interval]] = []
        for timex in self.times.find(sentence):
            is_later = timex.rule == "after" and timex.unit in _LONG and timex.words.endswith(" later")
            if (timex.rule in _NO_DAYS and not is_later) or timex.words == "at night":  # every night
                continue
            is_before = timex.rule == "ago" and _is_day_before(timex, sentence)
            is_anchored = timex.is_anchored or is_later or is_before
            told = self._anchor(ctx, sentence, resolved, timex) if is_anchored else ctx.published
            if timex.rule == "weekday" and timex.turn is None and (day := self._pictured(ctx, sentence)):
                resolved.append((timex, replace(resolve(timex, day), is_relative=False)))
                continue
            if is_before and timex.count is None:
                timex = replace(timex, count="1")  # noqa: PLW2901  "the day before" is one day before
            if is_later and told:
                resolved.append((timex, to_later(timex, told)))
                continue
            resolved.append((timex, resolve(timex, told, tense=self._tense_at(sentence, timex))))
        resolved = date_nights(resolved, sentence.lows)
        i = 0
        while i < len(resolved):
            timex, interval = resolved[i]
            span = None
            if i + 1 < len(resolved) and timex.last + 1 == resolved[i + 1][0].first:
                span = self._join(timex, interval, *resolved[i + 1], sentence)
            i += 2 if span else 1
            if span is None:
                span = self._single(timex, interval, sentence, ctx.published)
            if span:
                spans.append(span)
        if not self._wars.words.isdisjoint(sentence.lows):
            self._add_war(ctx, sentence, spans)
        return spans

    def _pictured(self, ctx: Context, sentence: Sentence) -> date | None:
        """The day of an older picture whose caption goes on: "Nina mourns, Sunday, July 17, 2022. Thursday's strike killed 23"."""
        before = ctx.sentences[sentence.index - 1] if sentence.index else None
        if before is None or ctx.published is None or "\n" in ctx.text[before.end : sentence.start]:
            return None
        told = [t for t in self.times.find(before) if t.rule == "date" and t.year and t.weekday]
        if not told or before.lows[told[-1].first - 1 : told[-1].first] != [","]:
            return None
        day = resolve(told[-1], ctx.published).start
        return day if day and (ctx.published - day).days > _WEEK else None

    def _anchor(
        self, ctx: Context, sentence: Sentence, resolved: list[tuple[Timex, Interval]], timex: Timex
    ) -> date | None:
        """The day that "that year", "the following month" go from: the last told; the latter else from publication."""
        day = next((interval.start for t, interval in reversed(resolved) if t.rule in ANCHORS), None)
        if day is None and sentence.index:
            before = ctx.sentences[sentence.index - 1]
            told = [t for t in self.times.find(before) if t.rule in ANCHORS and not t.is_anchored]
            day = resolve(told[-1], ctx.published, tense=self._tense_at(before, told[-1])).start if told else None
        is_open = (
            timex.rule == "after" or timex.words.startswith("that") or (timex.rule == "ago" and timex.count is None)
        )
        return day or (None if is_open else ctx.published)

    def _tense_at(self, sentence: Sentence, timex: Timex) -> int:
        return 0 if timex.rule in _TENSELESS and timex.part != "NI" else self.tenses.at(sentence, timex)

    def _join(self, one: Timex, first: Interval, two: Timex, second: Interval, sentence: Sentence) -> Span | None:
        """Join "between Wednesday and Sunday", "from May to July", "late Sunday and early Monday": one stretch of days."""
        link = sentence.lows[one.last]
        before = sentence.lows[one.first - 1] if one.first else ""
        if link not in _LINKS or first.start is None or second.end is None:
            return None
        is_years = "years" in one.words.split() and two.rule == "year"  # "for the years 2026 and 2027"
        is_pair = link == "and" and before != "between" and not is_years
        if is_pair and not one.rule == two.rule == "weekday":
            return None
        start, end = first.start, second.end
        if start > end and one.rule == "weekday":
            start -= timedelta(days=_WEEK * ((start - end).days // _WEEK + 1))
        if start > end and one.year is None and one.rule in {"month", "date"}:
            start = start.replace(year=end.year - (start.month > end.month), day=min(start.day, 28))
        if one.year is two.year is None and two.rule == "date" and (end - start).days > _YEAR:
            end = end.replace(year=start.year + ((end.month, end.day) < (start.month, start.day)))
        if start > end or (is_pair and (end - start).days > 1):
            return None
        basis = PeriodBasis.RELATIVE if first.is_relative or second.is_relative else PeriodBasis.STATED
        rule = "budget" if is_years and before == "for" else "joined"
        is_said = (end - start).days <= 1 and self._is_said(one, sentence)
        return Span(one.first, two.last, start, end, basis, to_edtf(start, end), rule, None, is_said)

    def _single(self, timex: Timex, interval: Interval, sentence: Sentence, published: date | None) -> Span | None:
        if timex.rule == "duration":
            return _lasting(timex, sentence, published)
        start, end, rule = interval.start, interval.end, timex.rule
        if _is_compared(timex, sentence.lows):
            return None
        if start is None or end is None:
            if interval.kind == "DURATION" and timex.turn is None:
                return None
            return Span(timex.first, timex.last, None, None, PeriodBasis.NONE, "", "unreckoned")
        basis = PeriodBasis.RELATIVE if interval.is_relative else PeriodBasis.STATED
        edtf = (
            interval.value
            if rule in {"month", "year"} and not timex.edge and not timex.last_year
            else to_edtf(start, end)
        )
        bounds = self._bounds(timex, start, end, sentence, published)
        if bounds is None:
            return None
        start, end, rule = bounds
        if (start, end) != (interval.start, interval.end):
            edtf = to_edtf(start, end)
        rule = "dateline" if _is_dateline(timex, sentence.lows) else rule
        is_now = rule == "reference"
        is_said = rule not in {"since", "as of"} and self._is_said(timex, sentence)
        return Span(timex.first, timex.last, start, end, basis, edtf, rule, None, is_said, is_now)

    def _bounds(
        self, timex: Timex, start: date, end: date, sentence: Sentence, published: date | None
    ) -> tuple[date | None, date | None, str] | None:
        """First and last day of what a time expression tells in its place, and the rule; None where it is no period."""
        lows, rule = sentence.lows, timex.rule
        first: date | None = start
        last: date | None = end
        before = lows[timex.first - 1] if timex.first else ""
        is_week = "week" in lows[max(0, timex.first - 3) : timex.first]
        since = find_since(sentence.lows, timex.first)
        if since is not None and self._records.holds(lows, since):
            return None  # "the worst attack since May"
        if since is not None:
            if rule == "month" and timex.edge == "MID":
                first = start.replace(day=15)  # the middle of the month: "since mid-January"
            last, rule = published, "since"
        elif before in {"of", "at"} and timex.first > 1 and lows[timex.first - 2] == "as":
            rule, last = "as of", min(end, published) if published and start <= published else end
        elif before in _UNTIL and rule != "clock":
            first, rule = None, "until"
        elif rule == "date" and is_week and before in _WEEK_FROM:
            last, rule = start + timedelta(days=_WEEK - 1), "week"
        elif rule == "date" and is_week and before == "ending":
            first, rule = end - timedelta(days=_WEEK - 1), "week"
        elif _OUTSIDE & set(lows[max(0, timex.first - 2) : timex.first]) and not self._owns_event(timex, lows):
            return None
        elif rule == "year" and (timex.unit or before == "for"):
            rule = "budget"
        elif (
            rule == "year"
            and before == "the"
            and timex.unit is None
            and timex.last < len(lows)
            and lows[timex.last][0].isalpha()
        ):
            return None  # "the 2022 invasion" names the invasion
        elif (
            published
            and start <= published < end
            and rule != "part"
            and timex.turn != 1
            and self.tenses.at(sentence, timex) <= 0
        ):
            last = published  # what is told had happened by then
        return None if first and last and first > last else (first, last, rule)

    def _owns_event(self, timex: Timex, lows: list[str]) -> bool:
        """Tell the day that an event is named by: "after Wednesday's missile strike killed 26", whatever day that is said on."""
        return lows[timex.last : timex.last + 1] == ["'s"] and not self._events.isdisjoint(
            lows[timex.last + 1 : timex.last + _NAMED]
        )

    def _is_said(self, timex: Timex, sentence: Sentence) -> bool:
        """Tell the day of saying, not of doing."""
        return not self._owns_event(timex, sentence.lows) and is_report(timex, sentence, self._speech, self._saying)

    def _add_war(self, ctx: Context, sentence: Sentence, spans: list[Span]) -> None:
        """Add "since the invasion began", "so far in the war": from the war's first day to the day of publication."""
        lows = sentence.lows
        for i, low in enumerate(lows):
            if low not in self._wars.words:
                continue
            back = lows[max(0, i - _EPOCH_REACH) : i]
            is_since = "since" in back
            opening = None if is_since or low not in WARS else read_opening(back)
            if not is_since and not opening and not _is_whole_war(lows, i):
                continue
            war = self._wars.of(ctx)
            if war is None or low not in war.spoken or _is_other_war(sentence, i, war):
                continue
            start = date.fromisoformat(war.start)
            if opening:
                if days := opening.days(start, ctx.published):
                    spans[:] = [s for s in spans if not i - len(back) <= s.first <= i]
                    first, edtf = i - len(back) + opening.first, to_edtf(*days)
                    spans.append(
                        Span(first, i + 1, *days, PeriodBasis.STATED, edtf, "days of war", f"epochs/{war.code}")
                    )
                    spans.sort(key=lambda span: span.first)
                return
            first = i - len(back) + back.index("since") if is_since else i
            if is_since and self._records.holds(lows, first):
                return
            if is_since and 0 < first <= _OPENING and lows[first - 1] in _YEARS and "in" not in lows[:first]:
                if ctx.published:  # "Four years since the invasion" is the day of publication
                    spans.append(_now(first - 1, i + 1, ctx.published))
                return
            spans[:] = [
                s
                for s in spans
                if not (s.first > first and _is_of_war(s, start)) and not (is_since and first <= s.first <= i)
            ]
            edtf = to_edtf(start, ctx.published)
            spans.append(
                Span(first, i + 1, start, ctx.published, PeriodBasis.STATED, edtf, "epoch", f"epochs/{war.code}")
            )
            spans.sort(key=lambda span: span.first)
            return

    def whole_war(self, ctx: Context, end: date | None) -> Span | None:
        """From the first day of the article's war to a day: what a running total without a start is of."""
        war = self._wars.of(ctx)
        if war is None or (end and end < date.fromisoformat(war.start)):
            return None
        start = date.fromisoformat(war.start)
        return Span(
            0, 0, start, end, PeriodBasis.CONTEXT, to_edtf(start, end), "total of the war", f"epochs/{war.code}"
        )


def _is_compared(timex: Timex, lows: list[str]) -> bool:
    """Tell the time that a figure is compared to: "higher than last year", but not "more than a year ago"."""
    before = lows[max(0, timex.first - 2) : timex.first]
    return not _THAN.isdisjoint(before) and (timex.rule != "ago" or _MORE.isdisjoint(before))


def _is_day_before(timex: Timex, sentence: Sentence) -> bool:
    """Tell "a day earlier", "the day before" from "the day before the vote": told from the day that the text told last."""
    after = sentence.lows[timex.last] if timex.last < len(sentence.lows) else ""
    return timex.unit == "D" and timex.words.endswith(_EARLIER) and after not in _DETERMINERS


def _now(first: int, last: int, published: date) -> Span:
    day = published.isoformat()
    return Span(first, last, published, published, PeriodBasis.RELATIVE, day, "reference", is_now=True)


def _lasting(timex: Timex, sentence: Sentence, published: date | None) -> Span | None:
    """Read "missing for two weeks", "two weeks have passed": the two weeks up to the day of publication."""
    lows = sentence.lows
    back = lows[max(0, timex.first - 8) : timex.first]
    is_for = "for" in back[-4:] and not _HAVING.isdisjoint(back)
    if timex.unit == "TH" and "in" in back[-_WITHIN:] and _SPACE.issuperset(back[back.index("in") + 1 :]):
        is_for = True  # "in just 48 hours the town lost 15 people"
    is_gone = back[-1:] == ["been"] and lows[timex.last : timex.last + 1] == ["since"]
    is_gone = is_gone or lows[timex.last : timex.last + 2] in _GONE
    if published is None or not timex.count or timex.count == "X" or not (is_for or is_gone):
        return None
    start = shift(published, timex.unit or "D", -round(float(timex.count)))
    if start == published:
        return None
    rule = "lasting" if is_gone else "so long"
    return Span(timex.first, timex.last, start, published, PeriodBasis.RELATIVE, to_edtf(start, published), rule)


def _is_dateline(timex: Timex, lows: list[str]) -> bool:
    """Tell the date of a dateline: "KYIV, Feb 5 (Reuters) -"."""
    after = lows[timex.last : timex.last + _AGENCY]
    return after[:1] == ["("] and ")" in after and not _DASHES.isdisjoint(after)


def _is_whole_war(lows: list[str], i: int) -> bool:
    """Tell whether "war" at token i stands for all of it so far: "so far in the war", "in four years of war"."""
    return bool({"in", "of"} & set(lows[max(0, i - 4) : i])) and (
        "far" in lows or bool({"years", "months"} & set(lows[max(0, i - 3) : i]))
    )


def _is_other_war(sentence: Sentence, i: int, war: Epoch) -> bool:
    """Tell a war with a name of its own: "the Cold War", "since the second World War"."""
    name = sentence.words[i - 1]
    return i > 0 and name[0].isupper() and sentence.words[i][0].isupper() and name not in war.near


def _is_of_war(span: Span, start: date) -> bool:
    return span.rule == "ago" or (span.start is not None and span.end is not None and span.start <= start <= span.end)


def to_edtf(start: date | None, end: date | None) -> str:
    """Write an interval as EDTF (ISO 8601-2:2019): one day, two days, or ".." for an open end.

    >>> to_edtf(date(2026, 2, 11), None)
    '2026-02-11/..'
    """
    if start == end and start:
        return start.isoformat()
    return f"{start or '..'}/{end or '..'}"
