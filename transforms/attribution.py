"""By whose word a figure stands: the chain from its origin to the outlet, by cues of speech, quotations and pronouns."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from seeds.kinds import Outlet, Source
from transforms.clauses import clause_at
from transforms.figures import Attribution
from transforms.parties import Parties, War
from transforms.speech import Speech, Speeches

if TYPE_CHECKING:
    from collections.abc import Callable

    from seeds.loader import Seeds
    from transforms.chunks import Chunk, Span
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_STATE_KEY = "attribution"
_QUOTE = re.compile("[\n“”\"'‘’]")
_OPENS_AFTER = frozenset(" \n\t\xa0([.,!?:—–-")
_SINGLE_CLOSES_AFTER = frozenset(".,!?…")
_LONGEST_SINGLE = 600  # characters; a longer stretch between single marks is two apostrophes
_CLOSER = {"“": '”"', "‘": "’'", '"': '"”', "'": "'’"}  # what may close a quotation that the sign opens
_PLAIN = frozenset({"OTHER", "AGE"})
_WH = frozenset({"which", "who", "whose", "where"})
_DEFINITE = frozenset({"the", "its", "their", "his", "her", "this"})
_DASHES = frozenset({"-", "–", "—"})
_PERSON_WORDS = 3  # a bare name of up to three words may be a person's
_LOOKED_BACK = 400  # characters before a sentence in which a report must be spoken of for the sentence to go on with it
_BACK = 6  # sentences that a pronoun or a quotation looks back
_FORWARD = 3  # sentences that a quotation runs on before its speaker is named
_NAME_LINKS = frozenset({"of", "for", "from", "in", "on", "at", "by", "close", "with"})


@dataclass(slots=True)
class Voices:
    """What an article's quotations and war are."""

    war: War | None
    quotes: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Speaker:
    """A speaker in the text's words."""

    name: str
    words: frozenset[str]  # all words of the phrase: "the governor" finds "governor Pavlo Hrytsak" again
    party: str | None
    is_person: bool
    is_named: bool  # holds a proper name


class Attributions:
    """The step that fills Figure.attributions."""

    def __init__(self, seeds: Seeds) -> None:
        self._speeches = Speeches(seeds)
        self._parser = self._speeches.parser
        self._parties = Parties(seeds)
        self._known: dict[str, tuple[str, str | None]] = {}  # folded name: seed, party
        for outlet in seeds.of(Outlet).values():
            self._known |= {_fold(form): (f"outlets/{outlet.code}", None) for form in outlet.written}
        for source in seeds.of(Source).values():
            self._known |= {_fold(form): (f"sources/{source.code}", source.party) for form in source.written}

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Read by whose word each figure of a sentence stands; none named: no row, the outlet says it."""
        voices = ctx.state.get(_STATE_KEY)
        if not isinstance(voices, Voices):
            voices = ctx.state[_STATE_KEY] = Voices(self._parties.war_in(ctx), find_quotes(ctx.text))
        for figure in figures:
            if figure.converts is not None:
                figure.attributions = [replace(a) for a in figure.converts.attributions]
                continue
            self._read(ctx, voices, sentence, figure)

    def _is_background(self, sentence: Sentence, figure: Figure) -> bool:
        """Tell what an outlet explains by itself within another's statement: "Pavlo, 43, said", "the four-year war"."""
        if figure.metric_code not in _PLAIN:
            return False
        tags = self._parser.tag(sentence)
        lows = sentence.lows
        if figure.metric_code == "AGE" and figure.first > 0 and tags[figure.first - 1] == ",":
            return True
        if tags[figure.last : figure.last + 1] == ["-"] or figure.metric_code == "AGE":
            for k in range(figure.first - 1, max(-1, figure.first - 3), -1):
                apposed = figure.dimension == "length" and k > 0 and tags[k - 1] == ","
                if tags[k] == "DET" and (lows[k] in _DEFINITE or apposed):
                    return True  # "the four-year war", "the dam, a 30-metre barrier"
        if (
            figure.dimension == "length"
            and figure.first > 1
            and sentence.text[
                sentence.ends[figure.first - 2] - sentence.start : sentence.starts[figure.first] - sentence.start
            ].strip(" ")
            in _DASHES
        ):
            return True  # "the dam - 40 miles upstream -"
        clause = clause_at(self._parser.clauses(sentence), figure.first)
        if clause is None or not clause.is_relative or not clause.is_finite:
            return False
        for k in range(max(1, clause.start - 1), min(clause.start + 2, len(tags))):
            if lows[k] in _WH and tags[k - 1] in {",", "-"}:
                return True
        return False

    def _read(self, ctx: Context, voices: Voices, sentence: Sentence, figure: Figure) -> None:
        k = bisect_right(voices.quotes, (figure.number_start, len(ctx.text))) - 1
        quote = voices.quotes[k] if k >= 0 and figure.number_start < voices.quotes[k][1] else None
        chain = self._own(sentence, figure, quote)
        if chain and not quote and self._is_background(sentence, figure):
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
            speaker = self._speaker(ctx, voices, at, speech)
            if speaker is None:
                continue
            start, end = at.starts[speech.cue[0]], at.ends[speech.cue[1] - 1]
            cue = at.text[start - at.start : end - at.start]
            seed, party = self._known.get(_fold(speaker.name), (None, None))
            role = "ORIGIN" if hop == 0 else "RELAY"
            code = seed.partition("/")[2] if seed else None
            figure.attributions.append(
                Attribution(hop, speaker.name, code, role, scope, cue, start, end, speaker.party or party),
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
        if self._speeches.find(sentence) or not self._speeches.document.search(before):
            return None
        at = ctx.sentences[sentence.index - 1]
        for speech in reversed(self._speeches.find(at)):
            words = at.lows[speech.speaker[0] : speech.speaker[1]]
            if speech.kind == "VERB" and not self._speeches.documents.isdisjoint(words):
                return at, speech
        return None

    def _own(self, sentence: Sentence, figure: Figure, quote: tuple[int, int] | None) -> list[Speech]:
        """Return the speeches of the sentence that hold a figure, innermost first."""
        token = figure.first
        held = [speech for speech in self._speeches.find(sentence) if speech.holds(token)]
        if quote:  # a quotation's words are its speaker's: a cue outside it wins over those inside
            outside = [s for s in held if not quote[0] <= sentence.starts[s.cue[0]] < quote[1]]
            held = outside or held
        held.sort(key=lambda speech: (speech.kind != "RELAY", speech.is_weak, _distance(speech, token)))
        return held[:2]

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

    # ---- the speaker's name

    def _speaker(self, ctx: Context, voices: Voices, sentence: Sentence, speech: Speech) -> Speaker | None:
        """Return the speaker of a speech; a pronoun or "the governor" stands for the last one it fits."""
        lows = sentence.lows
        first, last = speech.speaker
        if speech.is_pronoun:
            person = lows[first] in {"he", "she"}
            return self._before(ctx, voices, sentence, speech, lambda s: s.is_person or not person)
        speaker = self._named(voices, sentence, speech)
        proper = any(sentence.words[k][0].isupper() or sentence.tags[k] == "POSS" for k in range(first + 1, last))
        if lows[first] not in {"the", "this"} or proper:
            return speaker
        head = lows[last - 1]
        same = self._before(ctx, voices, sentence, speech, lambda s: s.is_named and head in s.words)
        if same:
            return same
        if head in self._speeches.titles:
            return self._before(ctx, voices, sentence, speech, lambda s: s.is_person) or speaker
        if head in self._speeches.bodies:
            return self._before(ctx, voices, sentence, speech, lambda s: s.is_named and not s.is_person) or speaker
        if head in self._speeches.documents:
            return self._before(ctx, voices, sentence, speech, lambda s: s.is_named) or speaker
        return speaker

    def _before(
        self, ctx: Context, voices: Voices, sentence: Sentence, speech: Speech, fits: Callable[[Speaker], bool]
    ) -> Speaker | None:
        """Return the last speaker before a speech that fits."""
        for index in range(sentence.index, max(-1, sentence.index - _BACK - 1), -1):
            at = ctx.sentences[index]
            for other in sorted(self._speeches.find(at), key=lambda s: (s.kind != "VERB", -s.cue[0])):
                if other.is_pronoun or (at is sentence and other.cue[0] >= speech.cue[0]):
                    continue
                named = self._named(voices, at, other)
                if fits(named):
                    return named
            if not speech.is_pronoun:
                continue
            for clause in reversed(self._parser.clauses(at)):
                if clause.subject is None or (at is sentence and clause.last >= speech.cue[0]):
                    continue
                subject = Speech(clause.subject, (clause.verb, clause.verb + 1), (), "VERB", is_pronoun=False)
                named = self._named(voices, at, subject)
                if named.is_named and named.is_person and fits(named):
                    return named
        return None

    def _named(self, voices: Voices, sentence: Sentence, speech: Speech) -> Speaker:
        """Return a speaker's name, without title and article, from the phrase and its apposition."""
        tags, lows = sentence.tags, sentence.lows
        chunks = self._parser.chunks(sentence)
        first, last = speech.speaker
        last = _with_links(lows, tags, chunks, last)
        name = (
            self._person(lows, tags, (first, last))
            or self._posted(sentence, tags, chunks, speech.speaker)
            or self._apposed(lows, tags, chunks, last)
            or self._called(lows, tags, chunks, speech.speaker)
        )
        start, end = name or _trimmed(lows, tags, (first, last))
        if tags[end - 1] == "POSS" and end - 1 > start:
            end -= 1
        if end - start > 1 and sentence.words[end - 1] in self._speeches.documents and tags[end - 2] == "NAME":
            end -= 1  # "the ISW assessment" is the ISW's
        text = sentence.text[sentence.starts[start] - sentence.start : sentence.ends[end - 1] - sentence.start]
        party = self._party(voices, sentence, (first, max(last, end)))
        words = frozenset(lows[min(first, start) : max(last, end)])
        named = any(sentence.words[k][0].isupper() and tags[k] != "NOUN" for k in range(start, end))
        return Speaker(text, words, party, name is not None or self._is_person(sentence, start, end), named)

    def _is_person(self, sentence: Sentence, start: int, end: int) -> bool:
        """Tell a bare name that may be a person's from a party's or a body's."""
        if end - start > _PERSON_WORDS or any(sentence.tags[k] != "NAME" for k in range(start, end)):
            return False
        if any(sentence.lows[k] in self._speeches.bodies for k in range(start, end)):
            return False
        return not any(start <= m.first < end and m.kind != "PERSON" for m in self._parties.find(sentence))

    def _person(self, lows: list[str], tags: list[str], span: Span) -> Span | None:
        """Return the name after a title: "regional governor Pavlo Hrytsak"."""
        for k in range(span[1] - 1, span[0] - 1, -1):
            if lows[k] in self._speeches.titles and self._speeches.bodies.isdisjoint(lows[k + 1 : span[1]]):
                rest = tags[k + 1 : span[1]]
                return (k + 1, span[1]) if rest and all(tag in {"NAME", "ADJ", "-"} for tag in rest) else None
        k = span[1]
        while k > span[0] and tags[k - 1] == "NAME":
            k -= 1
        bare = tags[k - 1] == "NOUN" and lows[k - 1] not in self._speeches.bodies  # "harbour master Ihor Melnyk"
        return (k, span[1]) if bare and k > span[0] and span[1] - k > 1 else None

    def _called(self, lows: list[str], tags: list[str], chunks: list[Chunk], speaker: Span) -> Span | None:
        """Return the name right after a common noun for a body: "the think tank the Institute for Grain"."""
        if lows[speaker[1] - 1] not in self._speeches.bodies:
            return None
        for chunk in chunks:
            if chunk.first == speaker[1] and tags[chunk.first] == "DET" and tags[chunk.head] == "NAME":
                return chunk.first + 1, _with_links(lows, tags, chunks, chunk.last)
        return None

    def _posted(self, sentence: Sentence, tags: list[str], chunks: list[Chunk], speaker: Span) -> Span | None:
        """Return the name after a title and its post: "the ambassador to the U.S. Anatoly Antonov"."""
        if sentence.lows[speaker[1] - 1] not in self._speeches.titles:
            return None
        for chunk in chunks:
            if chunk.prep != speaker[1]:
                continue
            for mention in self._parties.find(sentence):
                rest = chunk.last - mention.last
                if chunk.first <= mention.first and 1 < rest <= _PERSON_WORDS:
                    named = all(tag == "NAME" for tag in tags[mention.last : chunk.last])
                    return (mention.last, chunk.last) if named else None
        return None

    def _apposed(self, lows: list[str], tags: list[str], chunks: list[Chunk], last: int) -> Span | None:
        """Return the name set off by commas: "the governor, Pavlo Hrytsak, said"."""
        if last >= len(tags) or tags[last] != ",":
            return None
        for chunk in chunks:
            if chunk.first == last + 1:
                named = all(tags[k] == "NAME" for k in range(chunk.first, chunk.last))
                closed = chunk.last < len(tags) and tags[chunk.last] in {",", "."}
                if named and closed and chunk.last - chunk.first > 1:
                    return chunk.first, chunk.last
                return self._person(lows, tags, (chunk.first, chunk.last)) if closed else None
        return None

    def _party(self, voices: Voices, sentence: Sentence, span: Span) -> str | None:
        """Return the belligerent that a speaker belongs to, None for anyone else."""
        war = voices.war
        if war is None:
            return None
        for mention in self._parties.find(sentence):
            if span[0] <= mention.first < span[1]:
                for code in mention.code.split("/"):
                    if any(code in side for side in war.sides):
                        return code
        return None


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


def _distance(speech: Speech, token: int) -> int:
    return abs(speech.cue[0] - token)


def _trimmed(lows: list[str], tags: list[str], span: Span) -> Span:
    """Return a phrase without its article."""
    first, last = span
    while first < last - 1 and tags[first] == "DET" and lows[first] in {"the", "a", "an"}:
        first += 1
    return first, last


def _with_links(lows: list[str], tags: list[str], chunks: list[Chunk], last: int) -> int:
    """Return the end of a phrase with what "of", "for" tie to it: "head of the border service"."""
    for chunk in chunks:
        if chunk.first > last + 2:
            break
        linked = chunk.prep == last and lows[last] in _NAME_LINKS and tags[chunk.head] != "DATE"
        listed = tags[last : chunk.first] == ["CONJ"] and tags[chunk.head] == "NAME" and tags[last - 1] == "NAME"
        if linked or listed:
            last = chunk.last
    return last
