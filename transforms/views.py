"""A figure as the cues of metrics see it: what it counts, the words around it, and the cues found so far."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - compiled, the annotation of a field is looked up
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from transforms.cues import Filter, look_over
from transforms.figures import Figure  # noqa: TC001 - compiled, a field's annotation is looked up
from transforms.sentences import Sentence  # noqa: TC001 - compiled, a field's annotation is looked up

if TYPE_CHECKING:
    from transforms.cues import Words

_CLOSE = 2  # sentences before and after it that tell what one is about


class Hit(NamedTuple):
    """A cue that governs a figure: how far it is, what it tells, at which token, in which role."""

    cost: float
    order: int  # of equals, the first found is taken
    filter: Filter
    cue: int
    role: str
    rule: str


@dataclass(slots=True)
class View:
    """A figure as the cues see it, and the hits so far."""

    sentence: Sentence
    figure: Figure
    groups: tuple[str, ...]  # what it counts
    heads: tuple[str, ...]  # the words that name it
    line: str  # the sentence's tokens in one line
    words: frozenset[str]  # and as a set
    firsts: set[int]  # where the sentence's other figures start
    sentences: Sequence[Sentence]  # of the article
    subject_end: int | None = None  # where the number is said of what stands before it: "the number of boats sunk"
    hits: list[Hit] = field(default_factory=list)

    @property
    def end(self) -> int:
        """One past the last token of what is counted."""
        return self.subject_end or max(self.figure.last, self.figure.unit_last)

    def said_of(self, groups: tuple[str, ...], heads: tuple[str, ...], end: int) -> View:
        """The figure as the number of what stands before it, up to a token, with no hits yet."""
        firsts = {self.figure.first}
        return replace(self, groups=groups, heads=heads, firsts=firsts, subject_end=end, hits=[])

    def offer(self, cost: float, found: Filter, cue: int, role: str, rule: str) -> None:
        """Keep a cue if the figure is one that it speaks of."""
        if found.admits(self.groups, self.heads, self.line, self.words) and (
            not found.is_about or self._is_about(found.about)
        ):
            self.hits.append(Hit(cost, len(self.hits), found, cue, role, rule))

    def _is_about(self, words: Words) -> bool:
        """Tell whether one of the words stands in the sentence or in one close to it."""
        here = self.sentence.index
        return any(words.stand_in(*look_over(s)) for s in self.sentences[max(0, here - _CLOSE) : here + _CLOSE + 1])


@dataclass(slots=True)
class Way:
    """What lies between what is counted and the token looked at, to its right."""

    is_direct: bool = True  # only auxiliaries and adverbs so far
    has_be: bool = False
    has_have: bool = False
    has_subject: bool = False  # another subject: "drones that Russia launched"
    is_relative: bool = False
    has_preposition: bool = False
    is_raised: bool = False  # by a passive: "are expected to arrive"
