"""Words of an article as a report shows them: the number in its sentence, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

# How much of a text an example shows on either side.
CONTEXT_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of a text with the words in question in its middle, and where it comes from."""

    before: str
    words: str
    after: str
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Where an example comes from, and the command that tells the rest."""

    id: str  # of the figure, or of its row in quarantine
    command: str
    title: str | None
    outlet_id: str | None
    published_date: str | None
    url: str | None
    document_id: str | None


def to_words(figure: dict[str, object], text: str, trace: Trace | None = None) -> Words:
    """Cut a figure's sentence out of its text; a broken span shows as much as there is."""
    names = ("number_start", "number_end", "sentence_start", "sentence_end")
    spans = [value if isinstance(value := figure.get(name), int) else 0 for name in names]
    start, end, first, last = (min(max(span, 0), len(text)) for span in spans)
    if first < start - CONTEXT_CHARACTERS:  # cut between words
        first = text.find(" ", start - CONTEXT_CHARACTERS, start) + 1 or start
    if last > end + CONTEXT_CHARACTERS:
        last = max(text.rfind(" ", end, end + CONTEXT_CHARACTERS), end)
    return Words(text[first:start], text[start:end], text[end:last], trace)
