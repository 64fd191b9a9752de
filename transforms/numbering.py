"""All that is read of a sentence's numbers themselves: value, bounds, unit, what is counted, or why it is refused."""

from __future__ import annotations

from bisect import bisect_right
from itertools import zip_longest
from typing import TYPE_CHECKING

from seeds.kinds import Noun
from transforms.conversions import link_conversions, mark_anaphora
from transforms.counted import Counted
from transforms.figures import Figure, NumberForm, Reason, Refusal
from transforms.hedges import Hedges, inherit
from transforms.labels import is_increase
from transforms.numbers import Number, Sort
from transforms.numerals import Numerals
from transforms.ranges import join_ranges
from transforms.refusing import Refusing, is_one_more
from transforms.singulars import Singulars
from transforms.units import Units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seeds.loader import Seeds
    from transforms.sentences import Sentence

_FATES = frozenset("died disappeared perished survived fled drowned".split())
_HARMING = frozenset(
    "killed killing kills injured injuring wounded wounding hospitalised hospitalized displaced displacing".split()
)
_PERSON = "{person}"
_HARMED = frozenset(
    "killed injured wounded dead died missing hurt captured detained arrested survived hospitalised hospitalized rescued"
    " evacuated treated buried trapped displaced".split(),
)


class Numbering:
    """Reads the numbers of a sentence into figures and refusals."""

    def __init__(self, seeds: Seeds) -> None:
        self._numerals = Numerals(seeds)
        self._refusing = Refusing(seeds)
        self._units = Units(seeds)
        self._counted = Counted(seeds)
        self._hedges = Hedges(seeds)
        self._singulars = Singulars(seeds, self._units)
        self._groups = {code: noun.group for code, noun in seeds.of(Noun).items()}
        self._triggers = self._numerals.lexicon.all

    def may_hold(self, folded: str) -> bool:
        """Tell quickly whether a stretch of text holds a digit, a number word or a bare singular; see `fold`."""
        if "0" in folded:
            return True
        words = folded.split()
        return not self._triggers.isdisjoint(words) or self._singulars.may_hold(words)

    def refuse_all(self, s: Sentence, reason: Reason) -> list[Refusal]:
        """Return all numbers of a sentence as refused for one reason."""
        numbers = self._numerals.read(s)
        for number in numbers:
            number.refuse(reason, "whole line")
        return [self._to_refusal(s, number) for number in numbers]

    def read(self, s: Sentence, links: list[tuple[int, int]]) -> tuple[list[Figure], list[Refusal]]:
        """Return the figures and refusals of a sentence; numbers inside web addresses (`links`) are refused."""
        numbers = self._numerals.read(s)
        if links:
            _refuse_links(s, numbers, links)
        self._refusing.refuse_names(s, numbers)
        numbers = join_ranges(s, numbers)
        self._refusing.refuse_times(s, numbers)
        refusals = [self._to_refusal(s, n) for n in numbers if n.reason is not None]
        read = [n for n in numbers if n.reason is None]
        figures: list[Figure] = []
        for number, *others in zip_longest(read, read[1:], read[2:]):
            figure = _to_figure(s, number)
            after = next((n for n in others if n and not is_increase(s, n.first)), None)
            self._read_unit(s, figure, number, after.first if after else len(s.words))
            self._hedges.read(s, figure)
            figures.append(figure)
        self._carry(s, figures)
        for number in [n for n in read if _is_bare_one(s, n)]:
            if not self._yields(s, figures, number):
                number.refuse(Reason.PRONOUN, "one without a metric")
                refusals.append(self._to_refusal(s, number))
                figures = [f for f in figures if f.first != number.first]
        for figure in self._singulars.read(s, {t for n in numbers for t in range(n.first, n.last)}):
            if figure.dimension == "time":
                self._hedges.read(s, figure)
            figures.append(figure)
        if not figures:
            return [], refusals
        figures.sort(key=lambda f: f.number_start)
        for figure in figures:
            _to_years(figure)
            self._units.set_base(figure)
            mark_anaphora(s, figure)
        inherit(s, figures)
        link_conversions(s, figures)
        for figure in figures:
            figure.quote = s.text[figure.quote_start - s.start : figure.quote_end - s.start]
        return figures, refusals

    def set_base(self, figures: Iterable[Figure]) -> None:
        """Set the bounds in base units: after all steps, of which several learn a unit from what is counted."""
        for figure in figures:
            self._units.set_base(figure)

    def _read_unit(self, s: Sentence, figure: Figure, number: Number, limit: int) -> None:
        if number.sort is Sort.FRACTION:
            self._units.set_share(figure)
        elif number.sort is Sort.AGES:
            figure.unit_code, figure.dimension = "a", "time"
        elif number.unit_token is not None:
            hit = self._units.starting(s, number.unit_token)
            if hit:
                figure.unit_code, figure.dimension = hit[1].ucum, hit[1].dimension
        else:
            self._units.read(s, figure)
        if figure.dimension in {None, "count", "factor", "share"} or figure.unit_code == "%":
            self._counted.read(s, figure, limit)
        if s.lows[figure.last : figure.last + 1] and s.lows[figure.last] in _FATES:
            figure.unit_code = (
                figure.unit_code if figure.dimension in {"count", "share"} and figure.head == figure.last else _PERSON
            )
            figure.dimension = "count"
        lead = self._hedges.before(s, figure.first) if figure.unit_code is None else 0
        if lead and s.lows[lead - 1] in _HARMING:
            figure.unit_code, figure.dimension = _PERSON, "count"
            figure.why("unit_code", "object of harm")
        if figure.unit_code is None and not _HARMED.isdisjoint(s.lows[figure.last : figure.last + 4]):
            figure.unit_code, figure.dimension = _PERSON, "count"
            figure.why("unit_code", "befell persons")
        if figure.per_unit_code is None and figure.dimension in {"count", None}:
            self._units.read_per(s, figure)

    def _yields(self, s: Sentence, figures: list[Figure], number: Number) -> bool:
        """Tell whether a bare "one" counts what a metric counts, or is counted along with others."""
        k = next(k for k, f in enumerate(figures) if f.first == number.first)
        figure = figures[k]
        if figure.dimension not in {"count", None} or is_one_more(s, figure.first):
            return True
        group = self._groups.get(figure.noun or "")
        if group == "attack" or (figure.head is None and not _HARMED.isdisjoint(s.lows[figure.last :])):
            return True
        if self._singulars.befalls(s, figure.first, max(figure.last, figure.unit_last), group):
            return True
        listed = [
            f for f in figures[max(0, k - 1) : k + 2] if f is not figure and f.dimension == "count" and (f.low or 0) > 1
        ]
        before = self._hedges.before
        return any(
            min(abs(before(s, f.first) - figure.unit_last), abs(before(s, figure.first) - f.unit_last)) <= _LISTED
            for f in listed
        )

    def _carry(self, s: Sentence, figures: list[Figure]) -> None:
        """Give a figure without a unit that of the figure before it, else of the one after."""
        for k, figure in enumerate(figures):
            if figure.unit_code is not None:
                continue
            if self._is_crowd(s, figure):
                figure.unit_code, figure.dimension = _PERSON, "count"
                figure.why("unit_code", "people of a place")
                continue
            noun = self._counted.left(s, figure, figures[k - 1].last if k else 0)
            if noun and k and noun.code == figures[k - 1].noun and self._is_included(s, figures[k - 1]):
                noun = None  # "the number of dead, including three children, rose to 24"
            if noun and (noun.group not in _DWELLINGS or (figure.low or figure.best or 0) < _MANY):
                figure.unit_code, figure.dimension, figure.noun = noun.unit, "count", noun.code
                figure.why("unit_code", "noun to the left", f"nouns/{noun.code}")
                continue
            if (
                s.lows[figure.last : figure.last + 1] == ["-"]
                and s.lows[figure.last + 1 : figure.last + 2] in _SUSPENDED
            ):
                donor = next((f for f in figures[k + 1 :] if f.unit_code), None)  # "four-, five- and six-storey"
            else:
                donor = figures[k - 1] if k else None
            if (donor is None or not _can_give(donor, figure)) and k + 1 < len(figures):
                donor = figures[k + 1] if figures[k + 1].unit_code is not None else donor
            if donor is not None and donor.unit_code is not None and _can_give(donor, figure):
                figure.unit_code, figure.dimension = donor.unit_code, donor.dimension
                if not (donor.unit_code == _PERSON and self._is_included(s, donor)):
                    figure.noun, figure.counted = donor.noun, donor.counted
                figure.why("unit_code", "carried", None, donor.counted)
            elif figure.per_unit_code or figure.number_form is NumberForm.VAGUE or (figure.best or 0) >= _THRONG:
                figure.unit_code, figure.dimension = (
                    (_DOLLARS, "money") if (figure.low or 0) >= _FORTUNE else (_PERSON, "count")
                )
                figure.why("unit_code", "bare large number")

    def _is_included(self, s: Sentence, figure: Figure) -> bool:
        """Tell whether a figure counts some of others: "24, including at least three children"."""
        return s.lows[self._hedges.before(s, figure.first) - 1] == "including"

    @staticmethod
    def _is_crowd(s: Sentence, figure: Figure) -> bool:
        """Tell whether a bare number counts the people of a place: a population of 42 million, the city of 100,000."""
        first = figure.first
        before = s.lows[max(0, first - _CROWD_REACH) : first]
        if "toll" in before or "population" in before:
            return True
        return figure.best is not None and any(
            word in _CROWDS and s.lows[k + 1 : k + 2] == ["of"]
            for k, word in enumerate(s.lows[max(0, first - 4) : first], max(0, first - 4))
        )

    def _to_refusal(self, s: Sentence, n: Number) -> Refusal:
        start, end = s.starts[n.first], s.ends[n.last - 1]
        quote = s.text[start - s.start : end - s.start]
        return Refusal(start, end, n.reason or Reason.NOT_A_FIGURE, n.rule, n.seeds[0] if n.seeds else None, quote)


def _can_give(donor: Figure, figure: Figure) -> bool:
    """Tell whether a figure's unit may stand for one that has none."""
    if donor.unit_code is None or donor.is_anaphoric or _is_come_to(donor, figure):
        return False
    return donor.dimension in {"count", "money", "length", "area", "share", "mass"} and not (
        donor.dimension == "share" and (figure.best or 0) > _WHOLE
    )


def _is_come_to(move: Figure, figure: Figure) -> bool:
    """Tell a level from the share that it moved by: "rose 8% to 3.65", not "from 8% to 9"."""
    s = figure.sentence
    if s is None or move.unit_code != "%" or s.lows[max(move.last, move.unit_last) : figure.first] != ["to"]:
        return False
    return "from" not in s.lows[max(0, move.first - _FROM_REACH) : move.first] and s.tags[move.first - 1] == "VERB"


def _to_years(figure: Figure) -> None:
    """Write decades and centuries, which are no units to reckon in, as years."""
    times = _YEARS.get(figure.unit_code or "")
    if times:
        figure.low, figure.best, figure.high = (v and v * times for v in (figure.low, figure.best, figure.high))
        figure.unit_code = "a"


def _refuse_links(s: Sentence, numbers: list[Number], links: list[tuple[int, int]]) -> None:
    for number in numbers:
        start = s.starts[number.first]
        k = bisect_right(links, (start, s.end)) - 1
        if k >= 0 and start < links[k][1]:
            number.refuse(Reason.FURNITURE, "web address")


def _is_bare_one(s: Sentence, number: Number) -> bool:
    """Tell whether a number is the word one, alone."""
    return number.last == number.first + 1 and s.lows[number.first] == "one" and number.reason is None


_FROM_REACH = 3  # tokens from "from" to the number, hedged
_YEARS = {"10.a": 10, "100.a": 100}
_SUSPENDED = ([","], ["and"], ["or"])
_LISTED = 3  # tokens between members of a list: "two sons, and one"
_CROWDS = frozenset(
    "city town village community country nation state group region island crowd force complement staff crew garrison army".split()
)
_DWELLINGS = frozenset({"place", "building", "customer", "settlement"})
_MANY = 1000.0  # bare thousands beside a city or home count its people
_CROWD_REACH = 10  # tokens from "population" or "toll" to its number
_THRONG = 10_000.0  # bare numbers from here on count people in most of print
_FORTUNE = 1e9  # and bare billions are dollars
_DOLLARS = "USD"
_WHOLE = 100.0


def _to_figure(s: Sentence, n: Number) -> Figure:
    figure = Figure(s.starts[n.first], s.ends[n.last - 1])
    figure.sentence_start, figure.sentence_end = s.start, s.end
    figure.low, figure.best, figure.high = n.low, n.best, n.high
    figure.modifier, figure.number_form = n.modifier, n.form
    figure.sentence, figure.first, figure.last, figure.unit_last = s, n.first, n.last, n.last
    figure.quote_start, figure.quote_end = figure.number_start, figure.number_end
    for seed in n.seeds or (None,):
        figure.why("best", n.rule or "number", seed)
    return figure
