"""Whether a figure is a flow, a level, a running total, a change, a rate or a share; and which way it moved."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from seeds.kinds import KindCue, Metric, WordClass
from transforms.aspects import OBJECT, SUBJECT, Aspects, start_of
from transforms.cues import Words, forms_of, look_over, to_gate, to_words
from transforms.figures import Kind
from transforms.levels import is_brought, is_level
from transforms.phrases import Phrases
from transforms.recurrence import has_own_days, is_of_one_day, read_since, recurs, without_aside
from transforms.restated import was_asked
from transforms.wordforms import CLAUSE_ENDS, VERBS

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_BEFORE_REACH, _AFTER_REACH = 6, 3  # tokens between a cue and the number
_SUBJECT_REACH = 22  # tokens from a subject to the level that it has come to
_BY_REACH = 3  # tokens between "by", or an auxiliary, and what it belongs to
_MANY = 10.0  # items or persons from which "has lost N" sums up a war rather than a day
_NO_SINGLE_EVENT = 1000.0  # persons: a toll beyond that, with no day named, is that of a war
_SHARE = "%"
_RATIOS = frozenset({"%", "{times}"})
_TOLLS = ("CAS_K", "CAS_T", "DSP_N", "DET_AB")
_HELP = ("ECO_", "EQP_S")  # what a state "has given" sums up, however little
_CHANGES = frozenset("increase decrease rise drop fall reduction decline jump growth cut".split())
_BETWEEN = frozenset({"PREP", "ADV", "BE", "HAVE", "DET", "$", "VERB", "VBN", "ADJ"})
_HEDGES = frozenset(
    "just only about around some nearly almost roughly more than over at least up to as much many".split()
)
_LEVELS = frozenset({"length", "area", "mass", "volume", "temperature", "angle", "power", "energy"})  # of OTHER figures
_EVENTS = frozenset({"time", "money"})
_MEASURES = _LEVELS | _EVENTS
_NUMBER_REACH = 8  # tokens from "number" to the verb of "the number of Russian boats sunk"
_ENTRIES = frozenset({"events", "deeds", "members", "states", "spans"})  # of seeds/figure_kinds.toml, for aspects.py
_LIST_SPAN = 15  # tokens from one count of a metric's family to the next of the same kind
_LIST_REACH = 8  # tokens between the members of a list: "three rounds in Geneva and two in Oslo"
_SENTENCING = frozenset({"sentenced", "jailed", "condemned"})  # "to 12 years" is no level
_YEARS = range(1900, 2100)
_AS_OF_A_CLOCK = re.compile(r" as of (?:about )?\d\d? [:.] \d\d | as of (?:this morning|noon|midday|dawn) ")
_SAID_ON = re.compile(r" (?:said|says)(?: late| early)?(?: on)? \w+day ")  # a day of saying, on which nothing was done
_RECENT = frozenset({"overnight", "today", "hours", "past", "recent", "last"})  # times that go with a present perfect


class Cue(NamedTuple):
    """One entry of seeds/figure_kinds.toml, ready to compare."""

    code: str
    kind: Kind
    direction: str | None
    metrics: tuple[str, ...]
    undated: bool = False

    def speaks_of(self, figure: Figure) -> bool:
        """Tell whether the cue is meant for figures of this metric or unit."""
        return not self.metrics or any(
            figure.unit_code == start if start == _SHARE else figure.metric_code.startswith(start)
            for start in self.metrics
        )


class Kinds:
    """The step that sets kind and direction."""

    def __init__(self, seeds: Seeds) -> None:
        before: dict[str, list[Cue]] = {}
        after: dict[str, list[Cue]] = {}
        near: list[tuple[Cue, Words]] = []
        self._aspects = Aspects(seeds)
        self._periods = frozenset((*seeds.of(WordClass)["DATE"].words, *map(str, _YEARS)))
        for entry in seeds.of(KindCue).values():
            cue = Cue(entry.code, Kind(entry.kind), entry.direction, tuple(entry.metrics), entry.undated)
            for phrase in entry.before:
                before.setdefault(phrase, []).append(cue)
            for phrase in entry.after:
                after.setdefault(phrase, []).append(cue)
            if entry.near:
                near.append((cue, to_words(entry.near)))
        self._before, self._after = Phrases(before), Phrases(after)
        self._before_gate = to_gate(before, is_last=True)
        self._after_gate = to_gate(after, is_last=False)
        sent = seeds.of(KindCue)["sent"]
        self._sends = frozenset(form for verb in sent.verbs for form, _, _, _ in forms_of(verb))
        self._sent = next(cue for cue, _ in near if cue.code == "sent")
        changing = seeds.of(KindCue)["changing"]
        self._changing = Cue(changing.code, Kind.CHANGE, None, ())
        self._changes = frozenset(form for verb in changing.verbs for form, *_ in forms_of(verb))
        self._since = next(phrases for cue, phrases in near if cue.kind is Kind.CUM)
        self._usual = {code: Kind(metric.kind) for code, metric in seeds.of(Metric).items()}
        self._days = {
            code: tuple(
                (cue, phrases) for cue, phrases in near if cue.code == "one_day" and code.startswith(cue.metrics)
            )
            for code in self._usual
        }
        self._near = {
            code: tuple((cue, phrases) for cue, phrases in near if not cue.metrics or code.startswith(cue.metrics))
            for code in self._usual
        }

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Set the kind of each figure of a sentence.

        >>> from seeds.loader import load_seeds
        >>> from transforms.reading import Reader
        >>> text = "The death toll rose to 21, but sales fell by 4 percent."
        >>> [str(figure.kind) for figure in Reader(load_seeds()).read(text).figures]
        ['CUM', 'CHANGE']
        """
        line, words = look_over(sentence)
        previous: Figure | None = None
        for figure in figures:
            if figure.converts is not None:
                figure.kind, figure.direction = figure.converts.kind, figure.converts.direction
                continue
            figure.kind = self._read(sentence, figure, line, words)
            if previous is not None and _goes_on(sentence, previous, figure):
                figure.kind = self._set(figure, previous.kind, "as the one before", None)
            previous = figure

    def _read(self, s: Sentence, figure: Figure, line: str, words: frozenset[str]) -> Kind:  # noqa: PLR0911 - one line a rule
        usual = self._usual.get(figure.metric_code, Kind.STOCK)
        if figure.metric_code == "AGE":
            return Kind.STOCK
        if figure.per_unit_code or figure.dimension == "speed" or recurs(s, figure):
            return self._set(figure, Kind.RATE, "per unit", None)
        cues = self._beside(s, figure)
        change = next((cue for cue in cues if cue.kind is Kind.CHANGE), None)
        turn = next((cue for cue in cues if cue.direction), None)
        if figure.unit_code in _RATIOS or figure.dimension == "share":
            return self._set(figure, self._of_share(s, figure, change, turn), "share", change or turn)
        if self._is_change(s, figure, change):
            return self._set(figure, Kind.CHANGE, "by so much", change)
        if usual is Kind.STOCK and self._is_changed_by(s, figure):
            return self._set(figure, Kind.CHANGE, "by so much", self._changing)
        if (
            usual is Kind.FLOW
            and figure.metric_code != "OTHER"
            and not (turn and turn.direction == "DOWN")  # a sum does not fall
            and (_is_number_of(s, figure) or is_brought(s, figure.first) or was_asked(figure, is_dated=False))
        ):
            return self._set(figure, Kind.CUM, "number of", turn)
        total = next((cue for cue in cues if cue.kind is Kind.CUM), None)
        if usual is Kind.STOCK and figure.metric_code != "OTHER":
            moved = self._moved(s, figure, line, words)
            if moved:
                return self._set(figure, Kind.FLOW, "words near", moved)
            return self._set(figure, self._of_stock(s, figure, usual), "usual kind", turn)
        here = self._aspects.predicate(s, figure) if total else None
        if total and not (here is not None and here.is_progressive):  # "40 buses are already leaving"
            figure.direction = turn.direction if turn else None
            return self._set(figure, Kind.CUM, "words beside", total)
        line = _without_clock(figure, without_aside(s, figure, line))
        since = read_since(s, words) if " since " in line else None
        day = next((near for near, phrases in self._days[figure.metric_code] if phrases.stand_in(line, words)), None)
        for near, phrases in self._near[figure.metric_code]:
            is_said = (near.kind is Kind.CUM and not (near.undated and day and not _SAID_ON.search(line))) and (
                since == "start" or (since != "rank" and phrases.stand_in(line, words))
            )
            if is_said and not self._is_under_way(s, figure) and not has_own_days(s, figure):
                return self._set(figure, Kind.CUM, "words near", near)
        if figure.metric_code == "OTHER":
            return self._read_other(s, figure, cues, line, words)
        if usual is Kind.FLOW and self._is_running(s, figure, is_dated=day is not None):
            return self._set(figure, Kind.CUM, "perfect without a day", turn)
        return self._set(figure, usual, "usual kind", turn or day)

    def _read_other(self, s: Sentence, figure: Figure, cues: list[Cue], line: str, words: frozenset[str]) -> Kind:
        turn = next((cue for cue in cues if cue.direction), None)
        is_spent = figure.dimension in _EVENTS
        cue = next((cue for cue in cues if is_spent and cue.code == "lasting_state"), turn)
        if cue and cue.kind is not Kind.CHANGE:
            return self._set(figure, cue.kind, "words beside", cue)
        kind, rule = self._of_other(s, figure)
        if kind is Kind.FLOW and not is_spent and self._since.stand_in(line, words):
            kind = Kind.CUM
        kind = self._set(figure, kind, rule, turn)
        if rule in _ENTRIES:
            figure.why("kind", "noun or verb", f"figure_kinds/{rule}")
        return kind

    def _set(self, figure: Figure, kind: Kind, rule: str, cue: Cue | None) -> Kind:
        if cue is not None and cue.direction and (kind is Kind.CHANGE or cue.kind is not Kind.CHANGE):
            figure.direction = cue.direction
            figure.why("direction", rule, f"figure_kinds/{cue.code}")
        figure.why("kind", rule, f"figure_kinds/{cue.code}" if cue else None)
        return kind

    def _beside(self, s: Sentence, figure: Figure) -> list[Cue]:
        """Return the cues close before the number and right after what is counted."""
        lows, found, gate = s.lows, [], self._before_gate
        is_subject = is_level(s, figure.first)
        reach = _SUBJECT_REACH if is_subject else _BEFORE_REACH
        for last in range(figure.first, max(0, figure.first - reach), -1):
            low = lows[last - 1]
            is_open = low in gate.words or (last > 1 and (lows[last - 2], low) in gate.pairs)
            hit = self._before.ending(lows, last) if is_open else None
            if hit:
                found += [cue for cue in hit[1] if cue.speaks_of(figure)]
            if s.tags[last - 1] in CLAUSE_ENDS:
                break
            if not is_subject and lows[last - 1] not in _HEDGES and s.tags[last - 1] not in _BETWEEN:
                break
        start, gate = max(figure.last, figure.unit_last), self._after_gate
        for first in range(start, min(len(lows), start + _AFTER_REACH)):
            is_open = lows[first] in gate.words or (
                first + 1 < len(lows) and (lows[first], lows[first + 1]) in gate.pairs
            )
            hit = self._after.starting(lows, first) if is_open else None
            if hit:
                found += [
                    cue for cue in hit[1] if cue.speaks_of(figure) and (cue.kind is Kind.CUM or first <= start + 1)
                ]
            if s.tags[first] in CLAUSE_ENDS or s.tags[first] == ",":
                break
        return found

    @staticmethod
    def _is_change(s: Sentence, figure: Figure, change: Cue | None) -> bool:
        """A count changes only "by" or in an "increase of": "lost 12 tanks" is a flow, "12 more drones" too.

        A measure after "by" tells how far something moved, whatever the verb, except for an advance.
        """
        start = start_of(s, figure)
        if s.lows[start - 1 : start] == ["by"] and figure.dimension in _MEASURES:
            return not figure.metric_code.startswith("TERR_")
        before = s.lows[max(0, figure.first - _BY_REACH) : figure.first]
        return change is not None and ("by" in before or ("of" in before and not _CHANGES.isdisjoint(before)))

    def _is_changed_by(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether a level is changed by so much: "increase the size of the navy by 4,000"."""
        by = start_of(s, figure) - 1
        if by < 1 or s.lows[by] != "by":
            return False
        here = self._aspects.predicate(s, figure)
        return here is not None and here.verb < by and not here.is_passive and s.lows[here.verb] in self._changes

    @staticmethod
    def _of_share(s: Sentence, figure: Figure, change: Cue | None, turn: Cue | None) -> Kind:
        """Read a share: a change where words say so or it stands after "by", else a ratio."""
        is_by = "by" in s.lows[max(0, figure.first - _BY_REACH) : figure.first]
        is_harm = figure.metric_code.startswith("INF_")
        is_part = change is not None and (is_harm or bool(change.metrics)) and _is_part(s, figure)
        is_part |= s.lows[start_of(s, figure) - 1] == "in"  # "water was down in 80% of the town"
        return Kind.CHANGE if (change and not is_part) or (is_by and turn is None) else Kind.RATIO

    def _moved(self, s: Sentence, figure: Figure, line: str, words: frozenset[str]) -> Cue | None:
        """Return the cue that makes a level a flow: who was sent or admitted, but not who "remains" so."""
        if figure.metric_code.startswith(self._sent.metrics) and not self._sends.isdisjoint(words):
            here = self._aspects.predicate(s, figure)
            is_sum = here is None or (here.is_perfect and not here.is_past_perfect)
            if here and here.role == OBJECT and not is_sum and s.lows[here.verb] in self._sends:
                return self._sent
        for near, phrases in self._near[figure.metric_code]:
            if near.kind is Kind.FLOW and phrases.stand_in(line, words):
                here = self._aspects.predicate(s, figure)
                return None if here and self._aspects.is_state(s, here) else near
        return None

    def _of_stock(self, s: Sentence, figure: Figure, usual: Kind) -> Kind:
        """Read what is usually a level: who "has fled" until now is a running total, who "will flee" a flow."""
        if figure.metric_code != "DSP_REFUGEES" or _is_number_of(s, figure):
            return usual
        here = self._aspects.predicate(s, figure)
        if self._aspects.is_of_deed(s, figure):
            return Kind.CUM  # "an exodus of 40,000 men"
        is_moving = figure.role == SUBJECT and figure.cue is not None and self._aspects.is_deed(s, figure.cue)
        if not is_moving and (here is None or self._aspects.preposition(s, figure)):
            return usual
        if is_moving:
            is_ahead = here is not None and here.verb == figure.cue and here.is_future and not here.is_perfect
            return Kind.FLOW if is_ahead else Kind.CUM
        if here is None or not self._aspects.is_event(s, here):
            return Kind.CUM if here is not None and here.is_perfect else usual
        return Kind.CUM if here.is_perfect or here.is_finite else Kind.FLOW

    def _is_under_way(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether the predicate speaks of what is being done or will be, which no total up to now can hold."""
        here = self._aspects.predicate(s, figure)
        return here is not None and (here.is_progressive or here.is_future)

    def _is_running(self, s: Sentence, figure: Figure, *, is_dated: bool) -> bool:
        """Tell whether "has lost", "have been killed" sums up what happened until now, no day being named.

        Thousands that "had been killed" are no day's, whatever day it was said on.
        """
        if is_of_one_day(s.lows) or has_own_days(s, figure):
            return False
        here = self._aspects.predicate(s, figure)
        is_perfect = here is not None and here.is_perfect
        if not is_perfect and not is_dated and figure.cue is not None and s.tags[figure.cue] in VERBS:
            is_dated = any(low == "in" and after in self._periods for low, after in pairwise(s.lows))
        if here is not None and is_perfect and not here.is_past_perfect:
            is_dated = not _RECENT.isdisjoint(s.lows)  # "said on Monday that 40 have been killed": not on Monday
        if figure.metric_code.startswith(_HELP):
            return here is not None and is_perfect and not is_dated and not self._aspects.is_promise(s, here)
        lead = next((value for value in (figure.best, figure.low, figure.high) if value is not None), 0.0)
        if not self._days[figure.metric_code]:
            return is_perfect and not is_dated and figure.metric_code.startswith("WPN_") and lead >= _NO_SINGLE_EVENT
        if figure.metric_code.startswith(_TOLLS) and lead >= _NO_SINGLE_EVENT:
            return is_perfect or not is_dated
        return is_perfect and not is_dated and lead >= _MANY

    def _of_spent(self, s: Sentence, figure: Figure) -> tuple[Kind, str]:
        """Read money or time that no metric speaks of: spent or taken, unless it is owned, or a level that was come to."""
        if is_level(s, figure.first) and _SENTENCING.isdisjoint(s.lows[: figure.first]):
            return Kind.STOCK, "level"
        if figure.dimension == "time":
            return self._aspects.of_duration(s, figure)
        if figure.dimension == "money":
            here = self._aspects.predicate(s, figure)
            if self._aspects.is_owned(s, figure):
                return Kind.STOCK, "owned"
            if here and here.is_perfect and here.role == OBJECT and not self._aspects.is_promise(s, here):
                return Kind.CUM, "perfect"
        return Kind.FLOW, "spent"

    def _of_other(self, s: Sentence, figure: Figure) -> tuple[Kind, str]:
        """Read the kind of what no metric speaks of: by its dimension, or by its noun and predicate."""
        if figure.dimension in _LEVELS:
            return Kind.STOCK, "a measure lasts"
        if figure.dimension in _EVENTS:
            return self._of_spent(s, figure)
        return self._aspects.read(s, figure)


def _is_number_of(s: Sentence, figure: Figure) -> bool:
    """Tell whether the metric was read from "the number of boats sunk", of which the figure is the count so far."""
    cue = figure.cue
    is_before = cue is not None and cue < figure.first and figure.head is None
    return is_before and "number" in s.lows[max(0, (cue or 0) - _NUMBER_REACH) : cue]


def _is_part(s: Sentence, figure: Figure) -> bool:
    """Tell what is a level or a part though a verb of change stands before: "fell slightly to 7%", "gained 2% of the land"."""
    start = figure.unit_last - (s.lows[figure.unit_last - 1] == "of")
    after = s.lows[start : start + 2]
    is_harm = figure.metric_code.startswith("INF_")  # "lost 40% of its power stations", not "of its value"
    is_of = after[:1] == ["of"] and (is_harm or after[1:] not in (["its"], ["their"], ["his"], ["her"]))
    return is_of or s.lows[max(0, start_of(s, figure) - 1)] == "to"


def _without_clock(figure: Figure, line: str) -> str:
    """Return a line without the hour at which a night's count was closed: "as of 09:00, 83 drones have been downed"."""
    return _AS_OF_A_CLOCK.sub(" ", line) if figure.metric_code.startswith("WPN_") else line


def _goes_on(s: Sentence, previous: Figure, figure: Figure) -> bool:
    """Tell whether a figure continues a list whose first member told the kind: "rose 5% and 7%"."""
    if has_own_days(s, figure):
        return False
    if figure.kind is Kind.RATIO:
        return previous.kind is Kind.CHANGE and previous.unit_code == figure.unit_code
    family = figure.metric_code.partition("_")[0] + "_"
    if figure.metric_code == "OTHER":
        is_count = figure.dimension in {None, "count"} and previous.dimension in {None, "count"}
        is_near = figure.first - previous.last <= _LIST_REACH
        return is_count and is_near and figure.head is None and previous.unit_code == figure.unit_code is not None
    if not previous.metric_code.startswith(family):
        return False
    is_near = figure.first - previous.last <= _LIST_SPAN or "including" in s.lows[previous.last : figure.first]
    return is_near and previous.kind in {Kind.CUM, Kind.RATE} and figure.kind is Kind.FLOW
