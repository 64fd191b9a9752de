"""What a figure counts or measures: the metric of the nearest cue that governs it (transforms/governors.py)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from seeds.kinds import KindCue, Metric, Noun, Unit
from transforms.accidents import Accidents
from transforms.ages import read_age
from transforms.cues import Cues, look_over, words_of
from transforms.governors import Governors
from transforms.parse import Parser
from transforms.phrases import Phrases
from transforms.predicates import is_dash
from transforms.restated import ASKED, find_restated, stands_for_count
from transforms.views import View
from transforms.wholes import (
    after_aside,
    has_own_verb,
    is_joined,
    is_some,
    is_whole,
    may_join,
    of_after,
    of_whole,
    opens_whole,
    shares_participle,
    told_of_them,
    whole_before,
)
from transforms.wordforms import VERBS

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence
    from transforms.views import Hit

_PLAIN = frozenset({"OTHER", "AGE"})
_BY_HOSTILITY = "CAS_KILLED"  # what an accident does not do
_LOSS = "EQP_DESTROYED"
_LAUNCHED, _SOME_OF_LAUNCHED = "WPN_LAUNCHED", frozenset({"WPN_INTERCEPTED", "WPN_HIT"})
_STATE_KEY = "metrics.aid"  # the index of the sentence that told of aid last
_NEXT = 1  # sentences that a list of aid may go on
_INCLUDING = frozenset({"include", "includes", "included", "including"})
_WHOLES = frozenset("this these they those them victims bodies dead wounded injured losses".split())
_OPENING = 4  # tokens of a sentence in which it says that it names parts: "The victims also included"
_LOSSES = frozenset({"losses", "lost", "destroyed"})
_ARMIES = frozenset("soldiers fighters troops servicemen marines paratroopers conscripts veterans".split())
_ARMY = 1000.0  # soldiers of whom no verb tells more: so many are a strength, not who did something
_ARMS = frozenset({"equipment", "munition"})
_AID = frozenset({"EQP_SUPPLIED", "ECO_AID"})
_WHOLE_REACH = 7  # tokens from a share to what it is a share of
_GRIDS = frozenset({"infrastructure", "grid"})  # that are not counted, but of which a share is hit
_HEAD_WORDS = 3  # last words of the counted phrase that may name it: "prisoners of war"
_POWERS = frozenset({"power", "energy", "electricity"})
_NUMBERS = frozenset({"number", "estimate", "estimates"})
_IN_CROWDS = (["by", "the"], ["in", "their"])
_PREDICATES = VERBS | {"BE", "HAVE"}
_SUBJECT_REACH = 22  # tokens from "the number of" to the number
_NAMING = frozenset({"NOUN", "NAME", "ADJ", "DET", "-"})
_NOMINAL = frozenset({"NOUN", "NAME"})
_GOES_ON = (["NOUN"], ["NAME"], ["POSS"], ["-"])
_GEAR = frozenset({"{item}", "{munition}", "{truck}"})
_LIKE = frozenset({"{person}", "{item}", "%", None})  # units under which a part may differ in noun from its whole


class Metrics:
    """The step that sets metric_code, cue and role, and the unit where the metric has its own."""

    def __init__(self, seeds: Seeds) -> None:
        self._governors = Governors(Cues(seeds), seeds)
        self._parser = Parser(seeds)
        self._accidents = Accidents(seeds)
        self._supplying = words_of(seeds, "supplying")
        self._aged_things = words_of(seeds, "aged_things")
        self._days = frozenset(seeds.of(KindCue)["one_day"].near)
        self._territories = words_of(seeds, "territories")
        self._nouns = Phrases({form: noun for noun in seeds.of(Noun).values() for form in noun.written})
        self._groups = {code: noun.group for code, noun in seeds.of(Noun).items()}
        self._by_unit: dict[str, str] = {}
        for noun in seeds.of(Noun).values():
            if noun.group:
                self._by_unit.setdefault(noun.unit, noun.group)
        self._metrics = seeds.of(Metric)
        self._counts = {code: frozenset(metric.counts) for code, metric in self._metrics.items()}
        self._counted = {code: frozenset((*metric.counts, *metric.recounts)) for code, metric in self._metrics.items()}
        dimensions = {unit.ucum: unit.dimension for unit in seeds.of(Unit).values() if not unit.per} | {
            "ISO 4217": "money"
        }
        self._dimensions = {
            code: "count" if metric.unit.startswith("{") else dimensions.get(metric.unit)
            for code, metric in self._metrics.items()
        }

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Set the metric of each figure of a sentence; what no cue speaks of stays OTHER.

        >>> from seeds.loader import load_seeds
        >>> from transforms.reading import Reader
        >>> text = "Russia launched 126 drones, 105 of which were shot down."
        >>> [figure.metric_code for figure in Reader(load_seeds()).read(text).figures]
        ['WPN_LAUNCHED', 'WPN_INTERCEPTED']
        """
        self._parser.tag(sentence)
        line, words = look_over(sentence)
        firsts = _firsts_of(figures)
        previous: Figure | None = None
        told: Figure | None = None
        for figure in figures:
            if figure.converts is not None:
                _copy(figure, figure.converts, "conversion")
            elif not read_age(sentence, figure, self._aged_things):
                groups = self._groups_of(sentence, figure)
                part: Figure | None = None
                view = View(sentence, figure, groups, _heads_of(sentence, figure), line, words, firsts, ctx.sentences)
                hit = self._find(view)
                if is_whole(sentence, previous, figure):
                    hit = of_whole(view, sentence)
                    part, previous = previous, None
                previous = told_of_them(sentence, figure, previous, told)
                if (
                    previous is not None
                    and may_join(previous, figure, hit)
                    and self._is_part(sentence, previous, figure, groups)
                ):
                    _copy(figure, previous, "part or neighbour")
                    is_loss = previous.metric_code == _LOSS and figure.unit_code in _GEAR
                    figure.unit_code = previous.unit_code if is_loss else figure.unit_code or previous.unit_code
                elif hit is not None:
                    self._apply(figure, hit, groups)
                    restated = find_restated(ctx, sentence, figures, figure)
                    figure.restates = restated if restated and restated.metric_code == figure.metric_code else None
                elif part is not None and part.metric_code in _SOME_OF_LAUNCHED:
                    figure.metric_code = _LAUNCHED
                    figure.why("metric_code", "of which some were shot down or hit", f"metrics/{_LAUNCHED}")
                else:
                    self._infer(ctx, view, figures)
                self._settle(figure)
                if figure.metric_code not in _PLAIN and figure.cue is not None and is_some(sentence, figure):
                    figure.is_anaphoric = False  # "shot down 44 of them": a new count
                if figure.metric_code == _BY_HOSTILITY and self._accidents.tell_of(ctx, view):
                    figure.metric_code = "OTHER"
                    figure.why("metric_code", "of an accident", "governing/accidents")
                if figure.metric_code in _AID:
                    ctx.state[_STATE_KEY] = sentence.index
                previous = figure
                told = told if figure.metric_code in _PLAIN else figure
        for figure, following in pairwise(reversed([each for each in figures if each.metric_code != "AGE"])):
            if shares_participle(sentence, following, figure):
                _copy(following, figure, "joined to the next")
            elif figure.metric_code in _SOME_OF_LAUNCHED and opens_whole(sentence, following, figure):
                following.metric_code = _LAUNCHED  # "Of 83 missiles, 43 were shot down"
                following.why("metric_code", "of which some were shot down or hit", f"metrics/{_LAUNCHED}")

    def _find(self, view: View) -> Hit | None:
        """Return the cue that governs a figure, the nearest of those that stand beside it before any of its clause."""
        if view.figure.head is None:
            hit = self._of_subject(view) or self._of_crowd(view) or self._governors.find(view)
            if hit is None and view.sentence.lows[view.figure.last : view.figure.last + 1] == ["of"]:
                hit = self._governors.find_of_clause(view, self._parser.clauses(view.sentence))
        else:
            hit = self._among(view) or self._governors.find(view)
            hit = hit or self._governors.find_of_clause(view, self._parser.clauses(view.sentence))
        return hit or self._of_those(view)

    def _infer(self, ctx: Context, view: View, figures: list[Figure]) -> None:
        """Set the metric of a figure that no cue governs from what was told before, or from what it counts alone."""
        figure, s = view.figure, view.sentence
        if (restated := find_restated(ctx, s, figures, figure)) is not None:
            figure.restates, figure.metric_code = restated, restated.metric_code
            figure.dimension, figure.unit_code = (
                restated.dimension,
                figure.unit_code if figure.head else restated.unit_code,
            )
            figure.why("metric_code", "the same thing counted otherwise", f"metrics/{figure.metric_code}")
        elif stands_for_count(s, figure) and (asked := self._of_asked(view)) is not None:
            figure.metric_code, figure.dimension = asked.filter.metric, "count"
            figure.why("metric_code", ASKED, f"metrics/{figure.metric_code}", self._day_asked(view))
        elif self._is_of_aid(ctx, view):
            figure.metric_code = "EQP_SUPPLIED"
            figure.why("metric_code", "aid goes on", "governing/supplying")
        elif not _ARMIES.isdisjoint(view.heads) and (figure.best or figure.low or 0) >= _ARMY:
            figure.metric_code = "MIL_STRENGTH"
            figure.why("metric_code", "an army's number", "metrics/MIL_STRENGTH")
        elif (whole := whole_before(ctx, s, figure)) is not None:
            figure.metric_code, figure.unit_code, figure.dimension = whole.metric_code, whole.unit_code, whole.dimension
            figure.why("metric_code", "part of the figure before", f"metrics/{whole.metric_code}")
        elif code := self._of_sentence_before(ctx, view):
            figure.metric_code = code
            figure.why("metric_code", "part of what the sentence before told", f"metrics/{code}")
        else:
            figure.why("metric_code", "no cue", "metrics/OTHER")

    def _settle(self, figure: Figure) -> None:
        """Take a metric back from what is measured in another kind of unit: "sanctions on goods worth £4bn" count no entities."""
        own = self._dimensions.get(figure.metric_code)
        if own is not None and figure.dimension not in {None, "share", own}:
            figure.metric_code = "OTHER"
            figure.why("metric_code", "measures something else", "metrics/OTHER")

    def _is_of_aid(self, ctx: Context, view: View) -> bool:
        """Tell whether arms of which no cue speaks go on with the aid of this sentence or the one before."""
        last = ctx.state.get(_STATE_KEY)
        is_next = isinstance(last, int) and view.sentence.index - last <= _NEXT
        return is_next and not _ARMS.isdisjoint(view.groups) and not self._supplying.isdisjoint(view.words)

    def _of_sentence_before(self, ctx: Context, view: View) -> str | None:
        """Return the metric of the sentence before where this one names its parts: "458 bodies lay there. They include 12 men"."""
        s = view.sentence
        if not s.index or not (_INCLUDING.intersection(s.lows[1:_OPENING]) or s.lows[:2] == ["among", "them"]):
            return None
        if s.lows[0] not in _WHOLES and s.lows[1] not in _WHOLES:
            return None
        for figure in reversed(ctx.figures):
            if figure.sentence is None or figure.sentence.index < s.index - 1:
                break
            if not self._counts.get(figure.metric_code, frozenset()).isdisjoint(view.groups):
                return figure.metric_code
        if "equipment" in view.groups and not _LOSSES.isdisjoint(ctx.sentences[s.index - 1].lows):
            return "EQP_DESTROYED"
        return None

    def _groups_of(self, s: Sentence, figure: Figure) -> tuple[str, ...]:
        """Return what the figure counts: a dimension, a group of nouns, or for a share also what it is part of."""
        if figure.unit_code == "%":
            return self._groups_of_share(s, figure)
        if figure.dimension and figure.dimension != "count":
            return (figure.dimension,)
        if figure.noun and (group := self._groups.get(figure.noun)):
            return (group, "none") if figure.head is None else (group,)
        if figure.unit_code and (group := self._by_unit.get(figure.unit_code)):
            return (group, "none") if figure.head is None else (group,)
        return ("none",) if figure.head is None and figure.unit_code is None else ("thing",)

    def _groups_of_share(self, s: Sentence, figure: Figure) -> tuple[str, ...]:
        """Return "share" and what it is a share of: a group of nouns, "territory", "thing", or "bare" where it is not said."""
        start = of_after(s, figure)
        is_one_in = s.lows[figure.last - 2 : figure.last - 1] == ["in"]  # "one in three stations"
        if s.lows[start : start + 1] not in (["of"], ["the"]) and not is_one_in:
            return ("share", "bare share")
        for token in range(start, min(len(s.lows), start + _WHOLE_REACH)):
            hit = self._nouns.starting(s.lows, token)
            if s.lows[token] in _GRIDS or (s.lows[token] == "system" and s.lows[token - 1] in _POWERS):
                return ("share", "share of facility")
            if hit and hit[1].group and (s.tags[hit[0] : hit[0] + 1] not in _GOES_ON or is_dash(s, hit[0])):
                return ("share", "share of " + hit[1].group)
            if s.tags[token] in VERBS:
                break
            is_end = s.tags[token + 1 : token + 2] not in _GOES_ON or s.lows[token + 1] in {"last", "this"}
            is_end = is_end or is_dash(s, token + 1)
            if s.tags[token] in _NOMINAL and is_end:
                is_land = s.tags[token] == "NAME" or s.lows[token] in self._territories
                return ("share", "share of territory") if is_land else ("share",)
        return ("share",)

    def _of_subject(self, view: View) -> Hit | None:
        """Return the cue of what the number is said of: "the number of boats sunk in May rose to 20"."""
        s, first = view.sentence, view.figure.first
        if _NUMBERS.isdisjoint(view.words):
            return None
        start = next((j for j in range(first - 1, max(-1, first - _SUBJECT_REACH), -1) if s.lows[j] in _NUMBERS), -1)
        if start < 0 or s.lows[start + 1] != "of":
            return None
        return self._of_phrase(view, start + 2, first)

    def _among(self, view: View) -> Hit | None:
        """Return the cue of those among whom persons are counted: "three children were among the 23 dead"."""
        s = view.sentence
        start = after_aside(s.lows, view.end)
        start += s.tags[start : start + 1] == ["BE"]
        if s.lows[start : start + 2] != ["among", "the"] or "person" not in view.groups:
            return None
        return self._of_phrase(view, start + 2, len(s.lows))

    def _of_those(self, view: View) -> Hit | None:
        """Return the cue of whom a sentence opens with: "Of the dead, five were children", "The victims included five children"."""
        s, first = view.sentence, view.figure.first
        if "person" not in view.groups and view.groups[0] != "none":
            return None
        if s.lows[0] in {"of", "among"} and s.lows[1:2] in (["the"], ["those"]):
            is_left = "survived" in view.words
            return None if is_left else self._of_phrase(view, 1 + (s.lows[1] == "the"), first)
        verb = next((k for k in range(1, first) if s.tags[k] in VERBS or s.lows[k] in _INCLUDING), 0)
        # the first verb, so that it is said of the phrase
        is_included = s.lows[0] == "the" and s.lows[verb] in _INCLUDING
        return self._of_phrase(view, 1, first) if is_included else None

    def _of_phrase(self, view: View, start: int, limit: int) -> Hit | None:
        """Return the cue of what a noun phrase from a token on names."""
        s, end = view.sentence, start
        while end < limit and (s.tags[end] in _NAMING or s.tags[end] == "NUM"):
            end += 1
        heads = [" ".join(s.lows[k:end]) for k in range(max(start, end - _HEAD_WORDS), end)]
        noun = self._nouns.ending(s.lows, end)
        groups = (noun[1].group,) if noun and noun[1].group else view.groups
        return self._governors.find_of_subject(view.said_of(groups, tuple(heads), end))

    def _day_asked(self, view: View) -> str | None:
        """Return the word for a day in what is asked: "how many died in Monday's strike"."""
        here = view.sentence.index
        asked = next((s for s in view.sentences[max(0, here - 1) : here + 1] if "how" in s.lows), view.sentence)
        return next((low for low in asked.lows if low in self._days), None)

    def _of_asked(self, view: View) -> Hit | None:
        """Return the cue of how many are asked for before: "How many men were hurt is unclear. He put the number at 40"."""
        here = view.sentence.index
        for s in (view.sentence, *view.sentences[max(0, here - 1) : here]):
            limit = view.figure.first if s is view.sentence else len(s.lows)
            line, words = look_over(s)
            start = next((k + 2 for k in range(limit - 2) if s.lows[k : k + 2] == ["how", "many"]), 0)
            if start:
                figure = view.figure if s is view.sentence else replace(view.figure, first=start)
                asked = replace(view, sentence=s, line=line, words=words, figure=figure)
                hit = self._of_phrase(asked, start, limit)
                noun = next((noun for k in range(start, limit) if (noun := self._nouns.starting(s.lows, k))), None)
                if hit is not None and noun is not None:
                    view.figure.noun, view.figure.unit_code = noun[1].code, noun[1].unit
                return hit
        return None

    def _of_crowd(self, view: View) -> Hit | None:
        """Return the cue of those who do something "by the hundreds", told of the noun before their verb."""
        s, first = view.sentence, view.figure.first
        if s.lows[max(0, first - 2) : first] not in _IN_CROWDS:
            return None
        for end in range(first - 2, max(0, first - _SUBJECT_REACH), -1):
            noun = self._nouns.ending(s.lows, end) if s.tags[end] in _PREDICATES else None
            if noun and noun[1].group:
                return self._governors.find_of_subject(view.said_of((noun[1].group,), (s.lows[end - 1],), end))
        return None

    def _apply(self, figure: Figure, hit: Hit, groups: tuple[str, ...]) -> None:
        code = hit.filter.metric
        figure.metric_code, figure.cue, figure.role = code, hit.cue, hit.role
        figure.why(
            "metric_code", hit.rule, f"metrics/{code}", figure.sentence.words[hit.cue] if figure.sentence else None
        )
        metric = self._metrics[code]
        if not metric.unit.startswith("{") or (figure.dimension and figure.dimension != "count"):
            return
        is_own = "any" in metric.recounts or not {*groups, figure.noun}.isdisjoint(metric.recounts)
        is_own = is_own or (figure.head is None and groups[0] not in hit.filter.counts)  # the noun was guessed
        if (is_own or figure.unit_code is None) and figure.unit_code != metric.unit:
            figure.unit_code, figure.dimension = metric.unit, "count"
            figure.why("unit_code", "unit of the metric", f"metrics/{code}")

    def _is_part(self, s: Sentence, previous: Figure, figure: Figure, groups: tuple[str, ...]) -> bool:
        """Tell whether a figure is a part or list neighbour of the one before it, and of its kind."""
        if previous.metric_code in _PLAIN or not is_joined(s, previous, figure) or has_own_verb(s, figure):
            return False
        if "none" not in groups and self._counted[previous.metric_code].isdisjoint(groups):
            return False
        is_loss = previous.metric_code == _LOSS and figure.unit_code in _GEAR  # drones among tanks that were lost
        return is_loss or figure.unit_code in {previous.unit_code, *_LIKE} or figure.head is None


def _firsts_of(figures: list[Figure]) -> set[int]:
    """Return where figures start, save those inside another's words: "a 35-year-old man"."""
    firsts: set[int] = set()
    end = 0
    for figure in figures:
        if figure.converts is None and figure.quote_end > end:
            firsts.add(figure.first)
            end = figure.quote_end
    return firsts


def _copy(figure: Figure, other: Figure, rule: str) -> None:
    figure.metric_code, figure.cue, figure.role = other.metric_code, other.cue, other.role
    if other.metric_code != "OTHER":
        figure.why("metric_code", rule, f"metrics/{other.metric_code}")


def _heads_of(s: Sentence, figure: Figure) -> tuple[str, ...]:
    """Return the last one to three words of what is counted, and the phrase that goes on with "of", "and", "or"."""
    last = max(figure.unit_last, -1 if figure.head is None else figure.head + 1)
    heads = [" ".join(s.lows[k:last]) for k in range(max(figure.last, last - _HEAD_WORDS), last)]
    goes_on = s.lows[last : last + 1] in (["of"], ["and"], ["or"])
    if figure.head is not None and goes_on and s.tags[last + 2 : last + 3] != ["NUM"]:  # "53 dead and wounded dozens"
        heads.insert(0, " ".join(s.lows[last - 1 : last + 2]))
    return tuple(heads)
