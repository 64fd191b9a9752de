"""The way of a figure on one page: an article goes in, figures and refusals come out.

numerals -> refusals -> units -> hedges -> metric -> who and whom -> where -> when -> by whose word -> standing
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from transforms.actors import Actors
from transforms.attribution import Attributions
from transforms.figures import Figure, Reading, Reason
from transforms.furniture import find_furniture, find_links
from transforms.ids import to_figure_id
from transforms.kinds import Kinds
from transforms.listings import Listings
from transforms.metrics import Metrics
from transforms.numbering import Numbering
from transforms.parse import Parser
from transforms.periods import Periods
from transforms.places import Places
from transforms.restated import restate
from transforms.sentences import Sentence, fold, split_sentences
from transforms.standing import Standings
from transforms.victims import Victims
from transforms.weapons import Weapons
from transforms.weighing import Weighing

if TYPE_CHECKING:
    from datetime import date

    from seeds.loader import Seeds
    from transforms.figures import Article

# What a process that reads much may hand to gc.set_threshold: reading makes no cycles (a test says so), and to look for
# them every 700 objects costs a twentieth of its time.
COLLECT_AFTER = 100_000
Step = Callable[["Context", Sentence, list[Figure]], None]


class Sentences(Sequence[Sentence]):
    """All sentences of an article; each is tokenised when it is first asked for."""

    def __init__(self, text: str, spans: list[tuple[int, int]], tagger: Callable[[Sentence], list[str]]) -> None:
        self._text, self._tagger = text, tagger
        self.spans = spans
        self._made: dict[int, Sentence] = {}

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, index: int) -> Sentence: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sentence]: ...
    def __getitem__(self, index: int | slice) -> Sentence | list[Sentence]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self.spans)))]
        if index < 0:
            index += len(self.spans)
        sentence = self._made.get(index)
        if sentence is None:
            start, end = self.spans[index]
            sentence = self._made[index] = Sentence(self._text, start, end, index, self._tagger)
        return sentence

    def at(self, offset: int) -> int:
        """Return the index of the sentence in which a character stands, or of the one before it."""
        return max(0, bisect_right(self.spans, (offset, len(self._text))) - 1)


@dataclass(slots=True)
class Context:
    """One article while it is read: what later steps and later sentences may look back to."""

    text: str
    published: date | None
    sentences: Sentences
    figures: list[Figure] = field(default_factory=list)  # of the sentences so far
    state: dict[str, object] = field(default_factory=dict)  # what each step keeps for itself


class Reader:
    """Reads articles; built once a process from all seeds."""

    def __init__(self, seeds: Seeds) -> None:
        self._parser = Parser(seeds)
        self._numbering = Numbering(seeds)
        self.steps: tuple[Step, ...] = (
            Metrics(seeds),
            Kinds(seeds),
            Victims(seeds),
            Weapons(seeds),
            places := Places(seeds),
            actors := Actors(seeds),
            places.settle,
            Periods(seeds),
            Attributions(seeds),
            Weighing(seeds, actors.agents),
            Standings(seeds),
            Listings(seeds),
            restate,
        )

    def read(self, text: str, published: date | None = None) -> Reading:
        """Return the figures and refusals of a text, in the order of its words; ids are left empty.

        >>> from seeds.loader import load_seeds
        >>> reading = Reader(load_seeds()).read("At least five people were killed in Sumy in 2024.")
        >>> [(f.low, f.high, f.unit_code, f.quote) for f in reading.figures]
        [(5.0, None, '{person}', 'At least five people')]
        >>> [(r.quote, str(r.reason)) for r in reading.refusals]
        [('2024', 'YEAR')]
        """
        folded, links, refusals = fold(text), find_links(text), []
        spans, furniture = _part(list(split_sentences(text)), find_furniture(text))
        for start, end in furniture:
            if self._numbering.may_hold(folded[start:end]):
                refusals += self._numbering.refuse_all(Sentence(text, start, end, 0), Reason.FURNITURE)
        ctx = Context(text, published, sentences := Sentences(text, spans, self._parser.tag))
        for index, (start, end) in enumerate(spans):
            if not self._numbering.may_hold(folded[start:end]):
                continue
            sentence = sentences[index]
            figures, refused = self._numbering.read(sentence, links)
            refusals += refused
            if figures:
                for step in self.steps:
                    step(ctx, sentence, figures)
                self._numbering.set_base(figures)
                ctx.figures += figures
        return Reading(ctx.figures, sorted(refusals, key=lambda refusal: refusal.number_start))

    def read_article(self, article: Article) -> Reading:
        """Return the figures and refusals of an article version, with their ids; none of one that is not to be read.

        Relative words resolve against a day: an article dated by its month or year alone leaves them relative.
        """
        if article.reading_status != "READ":
            return Reading([], [])
        is_day = article.published_precision in {"SECOND", "DAY"}
        reading = self.read(article.text, article.published_date if is_day else None)
        for order, row in enumerate(reading.figures):
            row.figure_id = to_figure_id(article.version_id, row.number_start, row.number_end, order)
        for figure in reading.figures:
            if figure.converts is not None:
                figure.converts_figure_id = figure.converts.figure_id
            for attribution in figure.attributions:
                attribution.figure_id = figure.figure_id
        for order, refusal in enumerate(reading.refusals):
            refusal.refusal_id = to_figure_id(article.version_id, refusal.number_start, refusal.number_end, order)
        return reading


def _part(spans: list[tuple[int, int]], furniture: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], ...]:
    """Part sentences from furniture: a day or a place in a sign-up box says nothing of the sentences around it."""
    if not furniture:
        return spans, []
    starts = [start for start, _ in furniture]
    parted: tuple[list[tuple[int, int]], ...] = ([], [])
    for span in spans:
        k = bisect_right(starts, span[0]) - 1
        parted[k >= 0 and span[0] < furniture[k][1]].append(span)
    return parted
