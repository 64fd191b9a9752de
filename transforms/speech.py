"""Who says what in a sentence: each speech cue with its speaker and the stretch of words that it hands over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from seeds.kinds import SpeakerWord, SpeechCue
from transforms.parse import LONGEST_SENTENCE, Parser

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.chunks import Chunk, Span
    from transforms.clauses import Clause
    from transforms.sentences import Sentence

_AUTHOR_LINKS = frozenset({"from", "by", "of"})
_PHRASE = frozenset({"DET", "NUM", "ADJ", "NOUN", "NAME", "POSS", "-", "CONJ", "PREP"})
TAKING_VERBS = frozenset({"claimed", "claims", "claim", "claiming"})  # with a number: "claimed 141 sq km"
_NEEDS_THAT = frozenset({"found", "find", "finds", "points", "pointed", "reveals", "concluded", "concludes"})
_NEEDS_AT = frozenset({"put", "puts"})  # "puts the toll at 40"
_THAT_REACH = 5  # tokens of time between a finding and its "that"
_YIELDING = frozenset({"but", "though", "although"})  # what follows is the writer's own again
_AT_REACH = 12  # tokens of what is put at a number
_HEARSAY = frozenset({"believed", "said", "thought", "expected", "feared", "reported", "estimated", "suspected"})
_NEEDS_SPEECH = frozenset({"wrote", "writes", "write", "writing", "posted", "observed"})
_SPEECH_FOLLOWS = frozenset({"SUB", '"', ";", "PREP", ",", ".", "DATE"})
_SPEAKING_PRONOUNS = frozenset({"he", "she", "they", "it"})


class Speech(NamedTuple):
    """One cue of speech: who speaks (tokens), the cue (tokens), what it covers (token spans), and its kind.

    `kind` is VERB, BEFORE ("according to") or RELAY ("citing").
    """

    speaker: Span
    cue: Span
    covers: tuple[Span, ...]
    kind: str
    is_pronoun: bool
    is_weak: bool = False  # a nameless document or body that "shows": whoever speaks of it is the source

    def holds(self, token: int) -> bool:
        """Tell whether a token is among the words handed over."""
        return any(first <= token < last for first, last in self.covers)


class Speeches:
    """Finds the speeches of a sentence; compiled once."""

    def __init__(self, seeds: Seeds) -> None:
        self.parser = Parser(seeds)
        places: dict[str, set[str]] = {}
        self._seeds: dict[str, str] = {}
        for cue in seeds.of(SpeechCue).values():
            places.setdefault(cue.place, set()).update(cue.words)
            self._seeds |= dict.fromkeys(cue.words, f"speech/{cue.code}")
        for word in seeds.of(SpeakerWord).values():
            places.setdefault(word.place, set()).update(word.words)
        self._strong, self._weak = frozenset(places["VERB"]), frozenset(places["WEAK_VERB"])
        self._mute, self.titles = frozenset(places["NOT_A_SPEAKER"]), frozenset(places["TITLE"])
        self.documents, self.bodies = frozenset(places["DOCUMENT"]), frozenset(places["BODY"])
        self.document = re.compile(rf"\b(?:{'|'.join(sorted(self.documents))})\b")
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for kind in ("BEFORE", "RELAY"):
            for form in sorted(places[kind]):
                words = tuple(form.split())
                self._phrases.setdefault(words[0], []).append((words[1:], kind))
        self._sources = self.titles | self.bodies | self.documents | frozenset(places["SOURCE_NOUN"])
        self._triggers = self._strong | self._weak | frozenset(self._phrases)

    def seed_of(self, sentence: Sentence, speech: Speech) -> str | None:
        """Return the seed whose words the cue of a speech is, None for "confirmed by" and bracketed sources."""
        return self._seeds.get(" ".join(sentence.lows[speech.cue[0] : speech.cue[1]]))

    def find(self, sentence: Sentence) -> list[Speech]:
        """Return the speeches of a sentence in the order of their cues, kept with the sentence.

        >>> from seeds.loader import load_seeds
        >>> from transforms.sentences import Sentence
        >>> text = "Five houses burned, the mayor said."
        >>> s = Sentence(text, 0, len(text), 0)
        >>> [(s.words[x.speaker[0]:x.speaker[1]], x.covers) for x in Speeches(load_seeds()).find(s)]
        [(['the', 'mayor'], ((0, 4), (7, 8)))]
        """
        made = sentence.cache.get("speeches")
        if made is None:
            is_prose = len(sentence.lows) <= LONGEST_SENTENCE and not self._triggers.isdisjoint(sentence.lows)
            found = self._find(sentence) if is_prose else []
            made = sentence.cache["speeches"] = found
        return cast("list[Speech]", made)

    def _find(self, sentence: Sentence) -> list[Speech]:
        tags = self.parser.tag(sentence)
        chunks = self.parser.chunks(sentence)
        clauses = self.parser.clauses(sentence)
        found = [
            speech
            for k, clause in enumerate(clauses)
            if (speech := self._spoken(sentence, tags, chunks, clauses, k)) is not None
        ]
        found += self._phrased(sentence, tags, chunks)
        found.sort(key=lambda speech: speech.cue)
        return found

    def _spoken(
        self, sentence: Sentence, tags: list[str], chunks: list[Chunk], clauses: list[Clause], k: int
    ) -> Speech | None:
        """Read "X said ..." and "..., X said" and "..., said X"."""
        clause = clauses[k]
        lows = sentence.lows
        verb = lows[clause.verb]
        n = len(lows)
        is_weak = verb in self._weak
        if not (is_weak or verb in self._strong) or clause.is_passive:
            return None
        if not _states(tags, lows, clause) or _is_order(tags, clauses, k):
            return None
        speaker = clause.subject
        opened = clause.start if speaker is None else speaker[0]
        inverted = self._inverted(tags, chunks, clause)
        if inverted:
            return Speech(
                inverted, (clause.verb, clause.verb + 1), ((0, clause.verb), (inverted[1], n)), "VERB", is_pronoun=False
            )
        if speaker is None or not self._can_speak(lows, tags, speaker):
            return None
        own = speaker[0] >= clause.start
        ends = self._reach(lows, tags, clauses, k)
        covers: tuple[Span, ...] = ((clause.last, ends),)
        trails = own and opened > 0 and tags[opened - 1] in {",", '"', "-"} and self._has_statement(clauses, k, tags)
        if trails:
            covers = ((0, opened), (clause.last, ends))
        is_pronoun = tags[speaker[0]] == "PRON"
        nameless = not any(tags[j] == "NAME" for j in range(*speaker))
        return Speech(speaker, (clause.verb, clause.verb + 1), covers, "VERB", is_pronoun, is_weak and nameless)

    @staticmethod
    def _inverted(tags: list[str], chunks: list[Chunk], clause: Clause) -> Span | None:
        """Return the speaker after the verb: "..., said the mayor"."""
        if clause.verb == 0 or tags[clause.verb] != "VERB" or tags[clause.verb - 1] not in {",", '"'}:
            return None
        if tags[clause.verb - 1] == "," and _is_apposed(tags, clause.verb):
            return None  # "the mayor, Vitali Klitschko, said"
        for chunk in chunks:
            if chunk.first == clause.last and tags[chunk.head] in {"NAME", "NOUN"}:
                return chunk.first, chunk.last
        return None

    def _can_speak(self, lows: list[str], tags: list[str], speaker: Span) -> bool:
        head = speaker[1] - 1
        if tags[speaker[0]] == "PRON":
            return lows[speaker[0]] in _SPEAKING_PRONOUNS
        return lows[head] not in self._mute and tags[head] in {"NAME", "NOUN", "POSS"}

    def _reach(self, lows: list[str], tags: list[str], clauses: list[Clause], k: int) -> int:
        """Return where what clause k says ends: at another's speech of the same rank, or a new clause with "but"."""
        n = len(lows)
        last = clauses[k].last
        if last < n and (tags[last] in {";", '"'} or tags[min(last + 1, n - 1)] == '"'):
            return n
        for other in clauses[k + 1 :]:
            start = other.start
            if not other.is_finite or other.subject is None or other.subject[0] < start:
                continue
            if lows[start] == "but" and tags[start - 1] == ",":
                return start
            if tags[start] in {"CONJ", ";", ","} and lows[other.verb] in self._strong:
                return start
        return n

    @staticmethod
    def _has_statement(clauses: list[Clause], k: int, tags: list[str]) -> bool:
        """Tell whether what stands before clause k is a statement of its own, not "On Monday," or "After ...,"."""
        for clause in clauses[:k]:
            if not clause.is_finite:
                if clause is clauses[0] and tags[clause.verb] == "VBN" and clause.start == 0:
                    return True
                continue
            opening = tags[clause.start : clause.verb]
            if not (
                clause.is_relative or "SUB" in opening or (opening and opening[0] in {"PREP", "CONJ"} and clause.start)
            ):
                return True
        return '"' in tags[: clauses[k].start]

    def _phrased(self, sentence: Sentence, tags: list[str], chunks: list[Chunk]) -> list[Speech]:
        """Read "according to X", "confirmed by X", "citing X" and "(X, January 30)"."""
        lows = sentence.lows
        n = len(lows)
        found: list[Speech] = []
        floor = 0
        opening = [i for i, low in enumerate(lows) if low in self._phrases]
        if "by" in lows:
            opening = sorted({*opening, *(i for i in range(n - 1) if tags[i] == "VBN" and lows[i + 1] == "by")})
        for i in opening:
            end, kind = self._phrase(lows, tags, i)
            if not end:
                continue
            for chunk in chunks:
                if end <= chunk.first <= end + 1:
                    speaker = _listed(tags, chunks, self.author(lows, chunks, chunk))
                    if kind == "RELAY" and not self._may_be_cited(sentence, chunk):
                        break
                    covers = self._around(lows, tags, floor, i, speaker[1])
                    found.append(Speech(speaker, (i, end), covers, kind, is_pronoun=False))
                    floor = speaker[1]
                    break
        for chunk in chunks:
            closed = chunk.last + 1 < n and tags[chunk.last] == "," and tags[chunk.last + 1] == "DATE"
            if closed and chunk.first and tags[chunk.first - 1] == "(" and tags[chunk.head] == "NAME":
                span = (chunk.first, chunk.last)
                found.append(Speech(span, span, ((floor, chunk.first - 1),), "BEFORE", is_pronoun=False))
        return found

    def _phrase(self, lows: list[str], tags: list[str], i: int) -> tuple[int, str]:
        """Return the end and kind of a cue that begins at token i, 0 for none."""
        for rest, kind in self._phrases.get(lows[i], ()):
            end = i + 1 + len(rest)
            if tuple(lows[i + 1 : end]) == rest:
                return end, kind
        if tags[i] == "VBN" and lows[i + 1 : i + 2] == ["by"] and (lows[i] in self._strong or lows[i] in self._weak):
            return i + 2, "BEFORE"
        return 0, ""

    def _may_be_cited(self, sentence: Sentence, chunk: Chunk) -> bool:
        """Tell a source from a reason: "citing the ministry", not "citing bad weather"."""
        head = sentence.lows[chunk.head]
        named = any(sentence.words[k][0].isupper() for k in range(chunk.first, chunk.last))
        return named or head in self._sources

    def author(self, lows: list[str], chunks: list[Chunk], chunk: Chunk) -> Span:
        """Return whose document a chunk is: "analysis from the Institute" is the Institute's; else the chunk."""
        if lows[chunk.head] in self.documents:
            for follower in chunks:
                if follower.prep == chunk.last and lows[chunk.last] in _AUTHOR_LINKS:
                    return follower.first, follower.last
        return chunk.first, chunk.last

    @staticmethod
    def _around(lows: list[str], tags: list[str], floor: int, cue: int, end: int) -> tuple[Span, ...]:
        """Return what an "according to X" covers: the sentence, but of "A, with B doing C, according to" only the last."""
        n = len(lows)
        if cue <= 1:
            return ((end, n),)
        n = next((j for j in range(end, n - 1) if tags[j] == "," and lows[j + 1] in _YIELDING), n)
        for j in range(cue - 1, 0, -1):
            if lows[j] == "with" and tags[j - 1] == "," and "VBG" in tags[j:cue]:
                return ((j, cue),)
        return ((floor, cue), (end, n))


def _states(tags: list[str], lows: list[str], clause: Clause) -> bool:
    """Tell whether a verb of speech hands a statement over where it stands, by what follows it."""
    verb = lows[clause.verb]
    after = tags[clause.last] if clause.last < len(tags) else "."
    if verb in TAKING_VERBS and (after in {"NUM", "$"} or "lives" in lows[clause.last : clause.last + 3]):
        return False  # "claimed 141 sq km": took
    if verb in _HEARSAY and (after == "TO" or lows[clause.last : clause.last + 1] == ["to"]):
        return False  # "believed to house"
    if verb in _NEEDS_AT and "at" not in lows[clause.last : clause.last + _AT_REACH]:
        return False  # "put to sea"
    if verb in _NEEDS_SPEECH and after not in _SPEECH_FOLLOWS:
        return False
    if verb in _NEEDS_THAT and after != "SUB" and lows[clause.last : clause.last + 1] != ["out"]:
        return "that" in lows[clause.last : clause.last + _THAT_REACH]  # "found earlier this month that"
    return not (tags[clause.start] == "REL" and lows[clause.start] in {"that", "which"})


def _is_apposed(tags: list[str], verb: int) -> bool:
    """Tell whether a bare noun phrase between commas, or the sentence's first, stands before the verb."""
    k = verb - 2
    while k >= 0 and tags[k] in _PHRASE:
        k -= 1
    return k < verb - 2 and (k < 0 or (tags[k] == "," and k > 0))


def _is_order(tags: list[str], clauses: list[Clause], k: int) -> bool:
    """Tell "told him to leave" from "told him that": an order hands no statement over."""
    if k + 1 >= len(clauses):
        return False
    told, order = clauses[k], clauses[k + 1]
    return tags[order.start] == "TO" and told.object is not None and told.object[1] == order.start


def _listed(tags: list[str], chunks: list[Chunk], speaker: Span) -> Span:
    """Return a speaker with those listed after it, where the list closes the sentence: "his friends and two papers"."""
    end = speaker[1]
    joined = False
    for chunk in chunks:
        if chunk.first > end and all(tag in {",", "CONJ"} for tag in tags[end : chunk.first]):
            joined = joined or "CONJ" in tags[end : chunk.first]
            end = chunk.last
    closes = end >= len(tags) or tags[end] == "."
    return (speaker[0], end) if joined and closes else speaker
