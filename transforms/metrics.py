"""What a figure counts or measures: the metric of the nearest cue that governs it (transforms/governors.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.kinds import Metric, Noun
from transforms.ages import read_age
from transforms.cues import Cues, look_over, words_of
from transforms.governors import LIST_WORDS, NEAR, Governors, Hit, View
from transforms.parse import Parser
from transforms.phrases import Phrases

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_PLAIN = frozenset({"OTHER", "AGE"})
_WHOLE_REACH = 7  # tokens from a share to what it is a share of
_HEAD_WORDS = 3  # last words of the counted phrase that may name it: "prisoners of war"
_CONTENT = frozenset({"VERB", "VBN", "VBG"})
_PARTS = frozenset(("including", "among", "whom", "them", "which", "include", "includes", "included", ":", "those"))
_OF_THEM = (["of", "them"], ["of", "whom"], ["of", "which"], ["of", "those"])
_LIKE = frozenset({"{person}", "{item}", None})  # units under which a part may differ in noun from its whole


class Metrics:
    """The step that sets metric_code, cue and role, and the unit where the metric has its own."""

    def __init__(self, seeds: Seeds) -> None:
        self._governors = Governors(Cues(seeds), seeds)
        self._parser = Parser(seeds)
        self._aged_things = words_of(seeds, "aged_things")
        self._nouns = Phrases({form: noun for noun in seeds.of(Noun).values() for form in noun.written})
        self._groups = {code: noun.group for code, noun in seeds.of(Noun).items()}
        self._by_unit: dict[str, str] = {}
        for noun in seeds.of(Noun).values():
            if noun.group:
                self._by_unit.setdefault(noun.unit, noun.group)
        self._metrics = seeds.of(Metric)
        self._counts = {code: frozenset(metric.counts) for code, metric in self._metrics.items()}

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
        firsts = {figure.first for figure in figures if figure.converts is None}
        previous: Figure | None = None
        for figure in figures:
            if figure.converts is not None:
                _copy(figure, figure.converts, "conversion")
            elif not read_age(sentence, figure, self._aged_things):
                groups = self._groups_of(sentence, figure)
                view = View(sentence, figure, groups, _heads_of(sentence, figure), line, words, firsts)
                hit = self._governors.find(view)
                is_weak = hit is None or hit.cost >= NEAR
                if is_weak and previous is not None and self._is_part(sentence, previous, figure, groups):
                    _copy(figure, previous, "part or neighbour")
                    figure.unit_code = figure.unit_code or previous.unit_code
                elif hit is not None:
                    self._apply(figure, hit, groups)
                else:
                    figure.why("metric_code", "no cue", "metrics/OTHER")
                previous = figure

    def _groups_of(self, s: Sentence, figure: Figure) -> tuple[str, ...]:
        """Return what the figure counts: a dimension, a group of nouns, or for a share also what it is part of."""
        if figure.unit_code == "%":
            for token in range(figure.unit_last, min(len(s.lows), figure.unit_last + _WHOLE_REACH)):
                hit = self._nouns.starting(s.lows, token)
                if hit and hit[1].group:
                    return ("share", "share of " + hit[1].group)
                if s.tags[token] in _CONTENT:
                    break
            return ("share",)
        if figure.dimension and figure.dimension != "count":
            return (figure.dimension,)
        if figure.noun and (group := self._groups.get(figure.noun)):
            return (group, "none") if figure.head is None else (group,)
        if figure.unit_code and (group := self._by_unit.get(figure.unit_code)):
            return (group, "none") if figure.head is None else (group,)
        return ("none",) if figure.head is None and figure.unit_code is None else ("thing",)

    def _apply(self, figure: Figure, hit: Hit, groups: tuple[str, ...]) -> None:
        code = hit.filter.metric
        figure.metric_code, figure.cue, figure.role = code, hit.cue, hit.role
        figure.why(
            "metric_code", hit.rule, f"metrics/{code}", figure.sentence.words[hit.cue] if figure.sentence else None
        )
        metric = self._metrics[code]
        if not metric.unit.startswith("{") or (figure.dimension and figure.dimension != "count"):
            return
        is_own = "any" in metric.recounts or not set(groups).isdisjoint(metric.recounts)
        is_own = is_own or (figure.head is None and groups[0] not in hit.filter.counts)  # the noun was guessed
        if (is_own or figure.unit_code is None) and figure.unit_code != metric.unit:
            figure.unit_code, figure.dimension = metric.unit, "count"
            figure.why("unit_code", "unit of the metric", f"metrics/{code}")

    def _is_part(self, s: Sentence, previous: Figure, figure: Figure, groups: tuple[str, ...]) -> bool:
        """Tell whether a figure is a part or list neighbour of the one before it, and of its kind."""
        if previous.metric_code in _PLAIN or not _is_joined(s, previous, figure):
            return False
        if "none" not in groups and self._counts[previous.metric_code].isdisjoint(groups):
            return False
        return figure.unit_code == previous.unit_code or figure.head is None or figure.unit_code in _LIKE


def _copy(figure: Figure, other: Figure, rule: str) -> None:
    figure.metric_code, figure.cue, figure.role = other.metric_code, other.cue, other.role
    if other.metric_code != "OTHER":
        figure.why("metric_code", rule, f"metrics/{other.metric_code}")


def _heads_of(s: Sentence, figure: Figure) -> tuple[str, ...]:
    """Return the last one to three words of what is counted, and the phrase that goes on with "of", "and", "or"."""
    last = max(figure.unit_last, -1 if figure.head is None else figure.head + 1)
    heads = [" ".join(s.lows[k:last]) for k in range(max(figure.last, last - _HEAD_WORDS), last)]
    if figure.head is not None and s.lows[last : last + 1] in (["of"], ["and"], ["or"]):
        heads.append(" ".join(s.lows[last - 1 : last + 2]))
    return tuple(heads)


def _is_joined(s: Sentence, previous: Figure, figure: Figure) -> bool:
    """Tell whether only list words or words of inclusion stand between two figures, or the second is "of them"."""
    start = max(previous.last, previous.unit_last)
    words, tags = s.lows[start : figure.first], s.tags[start : figure.first]
    if not words:
        return False
    if s.lows[figure.unit_last : figure.unit_last + 2] in _OF_THEM or s.lows[figure.last : figure.last + 2] in _OF_THEM:
        return True
    if not _PARTS.isdisjoint(words):
        return _CONTENT.isdisjoint(tags) or ":" in words or "including" in words
    return all(w in LIST_WORDS or tag in {"ADV", "PREP", "ADJ"} for w, tag in zip(words, tags, strict=True))
