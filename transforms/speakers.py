"""Who a speaker is: the name within the phrase, and the one for whom "he", "the governor" or "the panel" stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from transforms.parties import Parties, War
from transforms.speech import Speech, Speeches, with_links

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from seeds.loader import Seeds
    from transforms.chunks import Chunk, Span
    from transforms.reading import Context
    from transforms.sentences import Sentence

_PERSON_WORDS = 3  # a bare name of up to three words may be a person's
_BACK = 6  # sentences that a pronoun looks back
_BACK_OF_NAMES = 20  # sentences that "the panel" looks back for a speaker of that name
_LOOKED_BACK = 30_000  # characters that so many sentences have at most
_BACKWARD = frozenset("the this these those his her its their".split())  # open a phrase for one named before
_SHORTEST = 3  # letters of an abbreviation
_BRACKETED = re.compile(r" \(([A-Z][A-Za-z]*[A-Z])\)")
_DEEPEST = 40  # speakers that each stand for the one before; keeps the stack flat


@dataclass(slots=True)
class Voices:
    """What an article's quotations and war are."""

    war: War | None
    quotes: list[tuple[int, int]] = field(default_factory=list)
    shorts: dict[str, str] = field(default_factory=dict)  # a name: its abbreviation in the article, or itself
    depth: int = 0  # of speakers that are being looked up, each to name the next


class Speaker(NamedTuple):
    """A speaker in the text's words."""

    name: str
    words: frozenset[str]  # all words of the phrase: "the governor" finds "governor Pavlo Hrytsak" again
    party: str | None
    is_person: bool
    is_named: bool  # holds a proper name


class Speakers:
    """Names the speaker of each speech."""

    def __init__(self, seeds: Seeds, speeches: Speeches) -> None:
        self._speeches = speeches
        self._parser = speeches.parser
        self._parties = Parties(seeds)

    def voices_of(self, ctx: Context, quotes: list[tuple[int, int]]) -> Voices:
        """Return what an article's speakers are looked up in."""
        return Voices(self._parties.war_in(ctx), quotes)

    def name(self, ctx: Context, voices: Voices, sentence: Sentence, speech: Speech) -> Speaker | None:
        """Return the speaker of a speech, kept with the sentence."""
        made = cast("dict[Speech, Speaker | None]", sentence.cache.setdefault("speakers", {}))
        if speech not in made and voices.depth > _DEEPEST:
            return self._named(voices, sentence, speech)
        if speech not in made:
            voices.depth += 1
            found = self._resolve(ctx, voices, sentence, speech)
            if found is not None and not speech.is_pronoun:  # "the panel" finds "the panel of experts" again
                found = found._replace(words=found.words.union(sentence.lows[speech.speaker[0] : speech.speaker[1]]))
            voices.depth -= 1
            made[speech] = found
        return made[speech]

    def shorten(self, ctx: Context, voices: Voices, name: str) -> str:
        """Return the abbreviation by which an article calls a body of a long name: "OSCE"; else the name."""
        if name not in voices.shorts:
            voices.shorts[name] = _abbreviation(name, ctx.text) or name
        return voices.shorts[name]

    def _resolve(self, ctx: Context, voices: Voices, sentence: Sentence, speech: Speech) -> Speaker | None:
        """Return the speaker of a speech; a pronoun or "the governor" stands for the last one it fits."""
        lows = sentence.lows
        first, last = speech.speaker
        if speech.is_pronoun:
            person = lows[first] in {"he", "she", "him", "her"}
            return self._before(ctx, voices, sentence, speech, lambda s: s.is_person or not person)
        speaker = self._named(voices, sentence, speech)
        titled = speaker.name.lower() in self._speeches.titles  # "the President" is named before
        proper = any(sentence.words[k][0].isupper() or sentence.tags[k] == "POSS" for k in range(first + 1, last))
        if lows[first] not in _BACKWARD or (not titled and (proper or speaker.is_named)):
            return speaker
        head, bodies, titles = lows[last - 1], self._speeches.bodies, self._speeches.titles
        heads = {head} | (speaker.words & self._speeches.nouns if head in bodies else set())  # "the panel of experts"
        found = self._before(
            ctx, voices, sentence, speech, lambda s: s.is_named and not s.words.isdisjoint(heads), heads
        )
        if found is None and head in titles:  # the adviser is not the mayor
            found = self._before(ctx, voices, sentence, speech, lambda s: s.is_person and titles.isdisjoint(s.words))
        elif found is None and head in bodies:  # the State Department is not the hospital
            found = self._before(
                ctx, voices, sentence, speech, lambda s: s.is_named and not s.is_person and bodies.isdisjoint(s.words)
            )
        elif found is None and head in self._speeches.documents:  # by a body rather than by who speaks of it
            found = self._before(
                ctx, voices, sentence, speech, lambda s: s.is_named and not s.is_person and titles.isdisjoint(s.words)
            ) or self._before(ctx, voices, sentence, speech, lambda s: s.is_named)
        return found or speaker

    def _before(
        self,
        ctx: Context,
        voices: Voices,
        sentence: Sentence,
        speech: Speech,
        fits: Callable[[Speaker], bool],
        words: AbstractSet[str] = frozenset(),
    ) -> Speaker | None:
        """Return the last speaker before a speech that fits; with words, in a sentence that holds one of them."""
        pronoun = sentence.lows[speech.speaker[0]]
        if words:
            before = ctx.text[max(0, sentence.start - _LOOKED_BACK) : sentence.end].lower()
            if not any(before.count(word) > 1 for word in words):  # once where it stands
                return None
        for index in range(sentence.index, max(-1, sentence.index - (_BACK_OF_NAMES if words else _BACK) - 1), -1):
            at = ctx.sentences[index]
            if words and words.isdisjoint(at.lows):
                continue
            for other in sorted(self._speeches.find(at), key=lambda s: (s.kind != "VERB", -s.cue[0])):
                if at is sentence and other.cue[0] >= speech.cue[0]:
                    continue
                same = speech.is_pronoun and at.lows[other.speaker[0]] == pronoun
                named = None if other.is_pronoun and not same else self.name(ctx, voices, at, other)
                if named is not None and fits(named):
                    return named
            if speech.is_pronoun:
                named = self._subject_before(voices, at, speech.cue[0] if at is sentence else len(at.lows), pronoun)
                if named is not None and fits(named):
                    return named
        return None

    def _subject_before(self, voices: Voices, at: Sentence, end: int, pronoun: str) -> Speaker | None:
        """Return the last named subject of a sentence that may be a pronoun's: a person, or whose clause goes on with it."""
        for clause in reversed(self._parser.clauses(at)):
            if clause.subject is None or clause.last >= end:
                continue
            named = self._named(
                voices, at, Speech(clause.subject, (clause.verb, clause.last), (), "VERB", is_pronoun=False)
            )
            its = end < len(at.lows) and pronoun == "it" and at.tags[clause.subject[0]] == "NAME"
            if named.is_named and (named.is_person or its):
                return named
        return None

    def _named(self, voices: Voices, sentence: Sentence, speech: Speech) -> Speaker:
        """Return a speaker's name, without title and article, from the phrase and its apposition."""
        tags, lows = sentence.tags, sentence.lows
        chunks = self._parser.chunks(sentence)
        first, last = speech.speaker
        last = with_links(lows, tags, chunks, last)
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
        while start and sentence.ends[start - 1] == sentence.starts[start] and _joins(sentence.words, start):
            start -= 1  # "G7 leaders" is three tokens
        text = sentence.text[sentence.starts[start] - sentence.start : sentence.ends[end - 1] - sentence.start]
        party = self._party(voices, sentence, (first, max(last, end)))
        words = frozenset(lows[min(first, start) : max(last, end)])
        named = any(sentence.words[k][0].isupper() and tags[k] != "NOUN" for k in range(start, end))
        return Speaker(text, words, party, name is not None or self._is_person(sentence, start, end), named)

    def _is_person(self, sentence: Sentence, start: int, end: int) -> bool:
        """Tell a bare name that may be a person's from a party's or a body's."""
        if end - start > _PERSON_WORDS or any(sentence.tags[k] != "NAME" for k in range(start, end)):
            return False
        if any(sentence.lows[k] in self._speeches.bodies or _is_short(sentence.words[k]) for k in range(start, end)):
            return False  # "the BBC", "Sky News"
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
                return chunk.first + 1, with_links(lows, tags, chunks, chunk.last)
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
                hyphens = 2 * tags[mention.last : chunk.last].count("-")  # "Linda Thomas-Greenfield"
                is_body = not self._speeches.bodies.isdisjoint(sentence.lows[mention.last : chunk.last])
                if not is_body and chunk.first <= mention.first and 1 < rest - hyphens <= _PERSON_WORDS:
                    named = all(tag in {"NAME", "-"} for tag in tags[mention.last : chunk.last])
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


def _abbreviation(name: str, text: str) -> str | None:
    """Return what a text gives in brackets behind a name, or the initials of its capitalised words where they stand alone.

    >>> _abbreviation("Institute for Grain Studies", "The Institute for Grain Studies spoke. IGS counted ten.")
    'IGS'
    """
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    if len(initials) < _SHORTEST:
        return None
    behind = text.find(name) + len(name)
    bracketed = _BRACKETED.match(text, behind) if behind >= len(name) else None
    if bracketed:
        return bracketed[1]
    start = text.find(initials)
    while start >= 0:  # no pattern: to compile one a name costs more than the rest
        end = start + len(initials)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            return initials
        start = text.find(initials, end)
    return None


def _joins(words: list[str], k: int) -> bool:
    """Tell whether a token goes on with the one right before it, as the digit of "G7" does."""
    return (words[k - 1].isalnum() or words[k - 1] == "-") and words[k][0] not in "'’"


def _is_short(word: str) -> bool:
    """Tell an abbreviation: "ISW", not the "W" of a person's name."""
    return len(word) > 1 and word.isupper()


def _trimmed(lows: list[str], tags: list[str], span: Span) -> Span:
    """Return a phrase without its article."""
    first, last = span
    while first < last - 1 and tags[first] == "DET" and lows[first] in {"the", "a", "an"}:
        first += 1
    return first, last
