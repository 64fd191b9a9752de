"""Whether a figure is a flow, a level, a running total, a change, a rate or a share; and which way it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seeds.kinds import KindCue, Metric
from transforms.cues import Words, forms_of, look_over, to_gate, to_words, words_of
from transforms.figures import Kind
from transforms.governors import governing_preposition, is_level
from transforms.phrases import Phrases

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_BEFORE_REACH, _AFTER_REACH = 6, 3  # tokens between a cue and the number
_SUBJECT_REACH = 22  # tokens from a subject to the level that it has come to
_BY_REACH = 3  # tokens between "by", or an auxiliary, and what it belongs to
_MANY = 100.0  # items or persons from which "has lost N" sums up a war rather than a day
_NO_SINGLE_EVENT = 1000.0  # persons: a toll beyond that, with no day named, is that of a war
_SHARE = "%"
_RATIOS = frozenset({"%", "{times}"})
_TOLLS = ("CAS_K", "CAS_T", "DSP_N", "DET_AB")
_FUTURE = frozenset({"MODAL", "TO"})
_CHANGES = frozenset("increase decrease rise drop fall reduction decline jump growth cut".split())
_BETWEEN = frozenset({"PREP", "ADV", "BE", "HAVE", "DET", "$", "VERB", "VBN", "ADJ"})
_HEDGES = frozenset(
    "just only about around some nearly almost roughly more than over at least up to as much many".split()
)
_LEVELS = frozenset({"length", "area", "mass", "volume", "temperature", "angle", "power", "energy"})  # of OTHER figures
_EVENTS = frozenset({"time", "money"})
_CLAUSE_ENDS = frozenset({"SUB", "REL", ";", "."})
_POSSESSIVES = frozenset({"his", "her", "its", "their", "our", "my", "your", "'s"})
_IN_PERFECT = frozenset({"ADV", "BE", "NEG"})
_CONTENT = frozenset({"VERB", "VBG", "VBN"})


class Cue(NamedTuple):
    """One entry of seeds/figure_kinds.toml, ready to compare."""

    code: str
    kind: Kind
    direction: str | None
    metrics: tuple[str, ...]

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
        self._peopled = words_of(seeds, "peopled")
        self._counted: dict[str, Cue] = {}
        self._verbs: dict[str, Cue] = {}
        for entry in seeds.of(KindCue).values():
            cue = Cue(entry.code, Kind(entry.kind), entry.direction, tuple(entry.metrics))
            for phrase in entry.before:
                before.setdefault(phrase, []).append(cue)
            for phrase in entry.after:
                after.setdefault(phrase, []).append(cue)
            if entry.near:
                near.append((cue, to_words(entry.near)))
            self._counted |= dict.fromkeys(entry.counted, cue)
            self._verbs |= {form: cue for verb in entry.verbs for form, _, _, _ in forms_of(verb)}
        self._before, self._after = Phrases(before), Phrases(after)
        self._before_gate = to_gate(before, is_last=True)
        self._after_gate = to_gate(after, is_last=False)
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
            if previous is not None and _goes_on(previous, figure):
                figure.kind = self._set(figure, previous.kind, "as the one before", None)
            previous = figure

    def _read(self, s: Sentence, figure: Figure, line: str, words: frozenset[str]) -> Kind:  # noqa: PLR0911 - one line a rule
        usual = self._usual.get(figure.metric_code, Kind.STOCK)
        if figure.metric_code == "AGE":
            return Kind.STOCK
        if figure.per_unit_code or figure.dimension == "speed":
            return self._set(figure, Kind.RATE, "per unit", None)
        cues = self._beside(s, figure)
        change = next((cue for cue in cues if cue.kind is Kind.CHANGE), None)
        turn = next((cue for cue in cues if cue.direction), None)
        if figure.unit_code in _RATIOS or figure.dimension == "share":
            is_by = "by" in s.lows[max(0, figure.first - _BY_REACH) : figure.first]
            kind = Kind.CHANGE if change or (is_by and turn is None) else Kind.RATIO
            return self._set(figure, kind, "share", change or turn)
        if change and self._is_change(s, figure):
            return self._set(figure, Kind.CHANGE, "words beside", change)
        total = next((cue for cue in cues if cue.kind is Kind.CUM), None)
        if usual is Kind.STOCK and figure.metric_code != "OTHER":
            moved = self._moved(figure, line, words)
            if moved:
                return self._set(figure, Kind.FLOW, "words near", moved)
            return self._set(figure, self._of_stock(s, figure, usual), "usual kind", turn)
        if total:
            figure.direction = turn.direction if turn else None
            return self._set(figure, Kind.CUM, "words beside", total)
        for near, phrases in self._near[figure.metric_code]:
            if near.kind is Kind.CUM and phrases.stand_in(line, words):
                return self._set(figure, Kind.CUM, "words near", near)
        if figure.metric_code == "OTHER":
            cue = next((cue for cue in cues if cue.code == "lasting_state"), None) or turn
            kind, cue = (cue.kind, cue) if cue and cue.kind is not Kind.CHANGE else self._of_other(s, figure)
            if kind is Kind.FLOW and figure.dimension not in _EVENTS and self._since.stand_in(line, words):
                kind = Kind.CUM
            return self._set(figure, kind, "what it hangs on", cue or turn)
        day = next((near for near, phrases in self._days[figure.metric_code] if phrases.stand_in(line, words)), None)
        if usual is Kind.FLOW and self._is_running(s, figure, is_dated=day is not None):
            return self._set(figure, Kind.CUM, "perfect without a day", turn)
        return self._set(figure, usual, "usual kind", turn or day)

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
            if s.tags[last - 1] in _CLAUSE_ENDS:
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
            if s.tags[first] in _CLAUSE_ENDS or s.tags[first] == ",":
                break
        return found

    @staticmethod
    def _is_change(s: Sentence, figure: Figure) -> bool:
        """A count changes only "by" or in an "increase of": "lost 12 tanks" is a flow, "12 more drones" too."""
        before = s.lows[max(0, figure.first - _BY_REACH) : figure.first]
        return "by" in before or ("of" in before and not _CHANGES.isdisjoint(before))

    def _moved(self, figure: Figure, line: str, words: frozenset[str]) -> Cue | None:
        """Return the cue that makes a level a flow: who was sent or admitted."""
        for near, phrases in self._near[figure.metric_code]:
            if near.kind is Kind.FLOW and phrases.stand_in(line, words):
                return near
        return None

    @staticmethod
    def _of_stock(s: Sentence, figure: Figure, usual: Kind) -> Kind:
        """Read what is usually a level: who "has fled" until now is a running total."""
        if figure.metric_code != "DSP_REFUGEES" or figure.cue is None:
            return usual
        verb = figure.cue if s.tags[figure.cue] in _CONTENT else _governor(s, figure)[0]
        return Kind.CUM if verb is not None and _is_perfect(s, verb) else usual

    def _is_running(self, s: Sentence, figure: Figure, *, is_dated: bool) -> bool:
        """Tell whether "has lost", "have been killed" sums up what happened until now, no day being named.

        Thousands that "had been killed" are no day's, whatever day it was said on.
        """
        if not self._days[figure.metric_code]:
            return False
        lead = next((value for value in (figure.best, figure.low, figure.high) if value is not None), 0.0)
        is_perfect = figure.cue is not None and _is_perfect(s, figure.cue)
        if figure.metric_code.startswith(_TOLLS) and lead >= _NO_SINGLE_EVENT:
            return is_perfect or not is_dated
        return is_perfect and not is_dated and lead >= _MANY

    def _of_other(self, s: Sentence, figure: Figure) -> tuple[Kind, Cue | None]:  # noqa: PLR0911 - one line a rule
        """Read the kind of what no metric speaks of, by its dimension, its noun and the verb it hangs on."""
        if figure.dimension in _LEVELS:
            return Kind.STOCK, None
        if figure.dimension in _EVENTS:
            return Kind.STOCK if is_level(s, figure.first) else Kind.FLOW, None
        noun = self._counted.get(s.lows[figure.head]) if figure.head is not None else None
        verb, is_before = _governor(s, figure)
        is_doer = verb is not None and not is_before and _is_perfect(s, verb)
        if noun is not None and noun.kind is Kind.STOCK and not is_doer:
            return Kind.STOCK, noun
        if figure.first and s.lows[figure.first - 1] in _POSSESSIVES:
            return Kind.STOCK, None  # what somebody has
        cue = self._verbs.get(s.lows[verb]) if verb is not None else None
        if verb is not None and _is_perfect(s, verb) and not (cue and cue.kind is Kind.STOCK):
            return Kind.CUM, cue
        if noun is not None:
            return noun.kind, noun
        if verb is None:
            return Kind.STOCK, None
        if cue is not None:
            return cue.kind, cue
        if not is_before and s.tags[verb] != "VBG" and figure.noun is None:
            return Kind.STOCK, None  # a thing that does something, or lies somewhere, is no event
        is_prepositional = is_before and governing_preposition(s, figure.first, self._peopled) is not None
        is_past = s.tags[verb] == "VERB" and (s.lows[verb].endswith("ed") or is_prepositional)
        is_to_come = not _FUTURE.isdisjoint(s.tags[max(0, verb - _BY_REACH) : verb])
        return Kind.FLOW if is_past or is_to_come or s.tags[verb] == "VBN" else Kind.STOCK, None


def _is_perfect(s: Sentence, verb: int) -> bool:
    """Tell whether "have" stands before a verb, with nothing but adverbs and "been" between."""
    i = verb - 1
    while i > 0 and s.tags[i] in _IN_PERFECT:
        i -= 1
    return i >= 0 and s.tags[i] == "HAVE" and s.tags[verb] != "VBG"


def _goes_on(previous: Figure, figure: Figure) -> bool:
    """Tell whether a figure continues a list whose first member told the kind: "rose 5% and 7%"."""
    if figure.kind is Kind.RATIO:
        return previous.kind is Kind.CHANGE and previous.unit_code == figure.unit_code
    family = figure.metric_code.partition("_")[0] + "_"
    if figure.metric_code == "OTHER" or not previous.metric_code.startswith(family):
        return False
    return previous.kind in {Kind.CUM, Kind.RATE} and figure.kind is Kind.FLOW


def _governor(s: Sentence, figure: Figure) -> tuple[int | None, bool]:
    """Return the verb before the figure in its clause, else the one after what is counted; and whether it is before."""
    for i in range(figure.first - 1, -1, -1):
        if s.tags[i] in _CLAUSE_ENDS:
            break
        if (
            s.tags[i] in {"VERB", "VBG"}
            or (s.tags[i] == "HAVE" and s.tags[i + 1] not in _IN_PERFECT | _CONTENT)
            or (s.tags[i] == "VBN" and s.tags[i - 1] in {"HAVE", "BE", "ADV"})
        ):
            return i, True
    for j in range(max(figure.last, figure.unit_last), len(s.lows)):
        if s.tags[j] in _CLAUSE_ENDS:
            break
        if s.tags[j] in _CONTENT:
            return j, False
    return None, False
