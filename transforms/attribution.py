"""By whose word a figure stands: the chain from its origin to the outlet, by cues of speech, quotations and pronouns."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from seeds.circumstances import Outlet, Source
from transforms.clauses import clause_at
from transforms.figures import Attribution
from transforms.speakers import Speakers, Voices
from transforms.speech import Speech, Speeches

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_STATE_KEY = "attribution"
_QUOTE = re.compile(r"""[\n“”"'‘’](?:(?<!['’])|(?![^\W_])|(?<![^\W_].))""")  # no apostrophe within a word
_OPENS_AFTER = frozenset(" \n\t\xa0([.,!?:—–-")
_SINGLE_CLOSES_AFTER = frozenset(".,!?…")
_LONGEST_SINGLE = 600  # characters; a longer stretch between single marks is two apostrophes
_CLOSER = {"“": '”"', "‘": "’'", '"': '"”', "'": "'’"}  # what may close a quotation that the sign opens
_PLAIN = frozenset({"OTHER", "AGE"})
_APPOSED = ([",", "a"], [",", "an"], [",", "the"])
_WH = frozenset({"which", "who", "whose", "where"})
_DEFINITE = frozenset({"the", "its", "their", "his", "her", "this"})
_DASHES = frozenset({"-", "–", "—"})
_ABOUT = frozenset("about around some roughly approximately just less more than only nearly almost over".split())
_WHITHER = frozenset(
    "from of away north south east west northeast northwest southeast southwest off inside outside".split()
)
_WHITHER_REACH = 8  # tokens after a distance, a conversion in brackets among them
_LOOKED_BACK = 400  # characters before a sentence in which a report must be spoken of for the sentence to go on with it
_BACK = 6  # sentences that a quotation looks back
_FORWARD = 3  # sentences that a quotation runs on before its speaker is named


class Attributions:
    """The step that fills Figure.attributions."""

    def __init__(self, seeds: Seeds) -> None:
        self._speeches = Speeches(seeds)
        self._parser = self._speeches.parser
        self._speakers = Speakers(seeds, self._speeches)
        self._known: dict[str, tuple[str, str | None]] = {}  # folded name: seed, party
        for outlet in seeds.of(Outlet).values():
            self._known |= {_fold(form): (f"outlets/{outlet.code}", None) for form in outlet.written}
        for source in seeds.of(Source).values():
            self._known |= {_fold(form): (f"sources/{source.code}", source.party) for form in source.written}
        self._long_names = frozenset(source.code for source in seeds.of(Source).values() if not source.name.isupper())

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Read by whose word each figure of a sentence stands; none named: no row, the outlet says it."""
        voices = ctx.state.get(_STATE_KEY)
        if not isinstance(voices, Voices):
            voices = ctx.state[_STATE_KEY] = self._speakers.voices_of(ctx, find_quotes(ctx.text))
        for figure in figures:
            if figure.converts is not None:
                figure.attributions = [replace(a) for a in figure.converts.attributions]
                continue
            self._read(ctx, voices, sentence, figure)

    def _is_background(self, sentence: Sentence, figure: Figure, speech: Speech) -> bool:
        """Tell what an outlet explains by itself within another's statement: "Pavlo, 43, said", "the four-year war"."""
        if figure.metric_code not in _PLAIN:
            return False
        tags = self._parser.tag(sentence)
        lows = sentence.lows
        if figure.metric_code == "AGE" and figure.first > 0 and tags[figure.first - 1] == ",":
            return True
        if figure.metric_code == "AGE" and lows[speech.speaker[1] : figure.first] in _APPOSED:
            return True  # "said Oksana, a 24-year-old baker"
        if tags[figure.last : figure.last + 1] == ["-"]:
            for k in range(figure.first - 1, max(-1, figure.first - 3), -1):
                apposed = figure.dimension == "length" and k > 0 and tags[k - 1] == ","
                if tags[k] == "DET" and (lows[k] in _DEFINITE or apposed):
                    return True  # "the four-year war", "the dam, a 30-metre barrier"
        if (
            figure.dimension == "length"
            and sentence.text[: figure.quote_start - sentence.start].rstrip()[-1:] in _DASHES
        ):
            return True  # "the dam - 40 miles upstream -"
        if figure.dimension == "length" and _is_apposed(lows, figure):
            return True  # "the town of Izyum, 50 miles south-east of Kharkiv"
        clause = clause_at(self._parser.clauses(sentence), figure.first)
        if clause is None or speech.cue[0] > figure.first or not clause.is_relative or not clause.is_finite:
            return False
        for k in range(max(1, clause.start - 1), min(clause.start + 2, len(tags))):
            if lows[k] in _WH and tags[k - 1] in {",", "-"}:
                return True
        return False

    def _read(self, ctx: Context, voices: Voices, sentence: Sentence, figure: Figure) -> None:
        k = bisect_right(voices.quotes, (figure.number_start, len(ctx.text))) - 1
        quote = voices.quotes[k] if k >= 0 and figure.number_start < voices.quotes[k][1] else None
        chain = self._own(sentence, figure, quote)
        if chain and not quote and self._is_background(sentence, figure, chain[0]):
            return
        scope = "STATED"
        at = sentence
        if not chain and quote:
            found = self._of_quote(ctx, sentence, quote)
            if found:
                at, speech = found
                chain, scope = [speech], "INHERITED"
        if not chain and not quote:
            found = self._of_document(ctx, sentence)
            if found:
                at, speech = found
                chain, scope = [speech], "INHERITED"
        hop = 0
        for speech in chain:
            speaker = self._speakers.name(ctx, voices, at, speech)
            if speaker is None:
                continue
            start, end = at.starts[speech.cue[0]], at.ends[speech.cue[1] - 1]
            cue = at.text[start - at.start : end - at.start]
            seed, party = self._known.get(_fold(speaker.name), (None, None))
            role = "ORIGIN" if hop == 0 else "RELAY"
            code = seed.partition("/")[2] if seed else None
            is_long = code in self._long_names  # known, and better so
            name = speaker.name if is_long else self._speakers.shorten(ctx, voices, speaker.name)
            figure.attributions.append(
                Attribution(hop, name, code, role, scope, cue, start, end, speaker.party or party),
            )
            figure.why("source", "who says it", seed, speaker.name)
            figure.why("source", speech.kind, self._speeches.seed_of(at, speech), cue)
            hop += 1

    def _of_document(self, ctx: Context, sentence: Sentence) -> tuple[Sentence, Speech] | None:
        """Return the report that the sentence before quotes and this one goes on with, within one paragraph."""
        if "document" in sentence.cache:
            return cast("tuple[Sentence, Speech] | None", sentence.cache["document"])
        found = sentence.cache["document"] = self._find_document(ctx, sentence)
        return found

    def _find_document(self, ctx: Context, sentence: Sentence) -> tuple[Sentence, Speech] | None:
        before = ctx.text[max(0, sentence.start - _LOOKED_BACK) : sentence.start]
        if not sentence.index or "\n" in before[len(before.rstrip()) :]:
            return None
        if self._speeches.find(sentence) or not any(map(before.__contains__, self._speeches.documents)):
            return None
        at = ctx.sentences[sentence.index - 1]
        if self._speeches.documents.isdisjoint(at.lows):
            return None
        for speech in reversed(self._speeches.find(at)):
            if speech.kind == "VERB" and speech.is_document:
                return at, speech
        return None

    def _own(self, sentence: Sentence, figure: Figure, quote: tuple[int, int] | None) -> list[Speech]:
        """Return the speeches of the sentence that hold a figure, innermost first."""
        token = figure.first
        held = [speech for speech in self._speeches.find(sentence) if speech.holds(token)]
        if quote:  # a quotation's words are its speaker's: a cue outside it wins over those inside
            outside = [s for s in held if not quote[0] <= sentence.starts[s.cue[0]] < quote[1]]
            held = outside or held
        held.sort(
            key=lambda s: (s.kind != "RELAY", s.is_weak, not self._trails(sentence, s, token), abs(s.cue[0] - token))
        )
        return held[:2]

    def _trails(self, sentence: Sentence, speech: Speech, token: int) -> bool:
        """Tell a source that goes into a statement from behind: "they said 12 died, according to the UN"; no outlet."""
        if speech.kind != "BEFORE" or speech.cue[0] < token:
            return False
        name = " ".join(sentence.words[speech.speaker[0] : speech.speaker[1]])
        return not (self._known.get(_fold(name), (None, None))[0] or "").startswith("outlets/")

    def _of_quote(self, ctx: Context, sentence: Sentence, quote: tuple[int, int]) -> tuple[Sentence, Speech] | None:
        """Return who speaks a quotation that runs over several sentences: named after it, before it, or of the last."""
        sentences = ctx.sentences
        for index in range(sentence.index, min(len(sentences), sentence.index + _FORWARD)):
            at = sentences[index]
            if at.end < quote[1]:
                continue
            for speech in sorted(self._speeches.find(at), key=lambda s: (s.kind != "VERB", s.cue[0])):
                if at.starts[speech.cue[0]] >= quote[1] - 1:
                    return at, speech
            break
        begins = quote[0] <= sentence.start + 1  # a quotation within a sentence has its speaker there or nowhere
        for index in range(sentence.index, max(-1, sentence.index - _BACK) if begins else sentence.index - 1, -1):
            at = sentences[index]
            for speech in sorted(self._speeches.find(at), key=lambda s: (s.kind != "VERB", -s.cue[0])):
                if at.starts[speech.cue[0]] < quote[0]:
                    return at, speech
        return None


def _is_apposed(lows: list[str], figure: Figure) -> bool:
    """Tell a distance that tells the reader where a place lies: set off by a comma, and "from" or "south of" after it."""
    i = figure.first - 1
    while i > 0 and lows[i] in _ABOUT:
        i -= 1
    after = max(figure.last, figure.unit_last)
    return i > 0 and lows[i] in {",", "("} and not _WHITHER.isdisjoint(lows[after : after + _WHITHER_REACH])


def find_quotes(text: str) -> list[tuple[int, int]]:
    """Return the quotations of a text as spans that hold their signs; one without its end stops at the line's end.

    >>> find_quotes('He said: "Two died." Then he left.')
    [(9, 20)]
    """
    spans: list[tuple[int, int]] = []
    opened, mark = -1, ""
    for m in _QUOTE.finditer(text):
        sign, i = m.group(), m.start()
        if sign == "\n":
            if opened >= 0:
                spans.append((opened, i))
            opened = -1
            continue
        before, after = text[i - 1 : i] or " ", text[i + 1 : i + 2] or " "
        opens = sign == "“" or (sign != "”" and before in _OPENS_AFTER and (after.isalnum() or after in "$€£"))
        if opens and (opened < 0 or sign in {"“", mark[0]}):
            if opened >= 0:
                spans.append((opened, i))
            opened, mark = i, _CLOSER.get(sign, "'’")
        elif opened >= 0 and not opens and sign in mark and (sign in {"”", '"'} or _closes_single(before, after)):
            if sign in {"”", '"'} or i - opened < _LONGEST_SINGLE:
                spans.append((opened, i + 1))
            opened = -1
    return spans


def _closes_single(before: str, after: str) -> bool:
    """Tell a closing single quotation mark from an apostrophe: "the soldiers' homes" does not close."""
    return not after.isalnum() and (before in _SINGLE_CLOSES_AFTER or (before.isalnum() and before != "s"))


def _fold(name: str) -> str:
    """Return a name without its article, in small letters."""
    return " ".join(word for word in name.lower().replace("’", "'").split() if word != "the")
