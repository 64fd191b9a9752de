"""Who says what in a sentence: each speech cue with its speaker and the stretch of words that it hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from seeds.circumstances import SpeakerWord, SpeechCue
from transforms.appositions import after_quote, described, renamed, with_list
from transforms.chunks import TIME_HEADS
from transforms.parse import LONGEST_SENTENCE, Parser
from transforms.statements import is_handed_over, is_order, stands_before

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.chunks import Chunk, Span
    from transforms.clauses import Clause
    from transforms.sentences import Sentence

_AUTHOR_LINKS = frozenset({"from", "by", "of"})
_PHRASE = frozenset({"DET", "NUM", "ADJ", "ADV", "NOUN", "NAME", "POSS", "-", "CONJ", "PREP"})
_SAYING = frozenset({"say", "says", "said", "saying"})  # no one is said to leave: "said the need to rebuild was great"
_YIELDING = frozenset({"but", "though", "although"})  # what follows is the writer's own again
_SHOWN = 5  # tokens of ", the latest data shows"
_PREDICATE = frozenset({"VERB", "VBN", "BE", "HAVE", "MODAL"})
_NAME_LINKS = frozenset({"of", "for", "from", "in", "on", "at", "by", "close", "with"})
_POLLS = frozenset({"poll", "survey", "study"})
_QUOTING = frozenset("quote quotes quoted quoting cite cites cited citing".split())
_AS_SAYING = frozenset("saying telling writing stating".split())
_QUOTED_REACH = 14  # tokens from "quoted" to "as saying"
_TELLING = frozenset({"tell", "tells", "told"})  # with a hearer, never a speaker, behind them
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
    is_document: bool = False  # "the report says": what follows may be the report's too

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
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for kind in ("BEFORE", "RELAY"):
            for form in sorted(places[kind], key=lambda form: (-len(form), form)):  # the longest first
                words = tuple(form.split())
                self._phrases.setdefault(words[0], []).append((words[1:], kind))
        self.nouns = frozenset(places["SOURCE_NOUN"])
        self._sources = self.titles | self.bodies | self.documents | self.nouns
        self._verbs = self._strong | self._weak
        # To ask before looking: the longest word of each phrase, which is a rarer one than "in" or "the".
        self._rare = frozenset(max(form.split(), key=len) for kind in ("BEFORE", "RELAY") for form in places[kind])
        self._triggers = self._verbs | self._rare | _POLLS | {"("}

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
        found: list[Speech] = []
        for k, clause in enumerate(clauses):
            if sentence.lows[clause.verb] not in self._verbs:
                continue
            speech = self._spoken(sentence, tags, chunks, clauses, k)
            if speech is None:
                continue
            joined = tags[clause.start] == "CONJ" and speech.speaker == clause.subject
            if found and joined and speech.speaker[0] < clause.start and found[-1].holds(speech.speaker[0]):
                speech = speech._replace(speaker=found[-1].speaker, is_pronoun=found[-1].is_pronoun)
            found.append(speech)  # "they said talks were tense and warned that ...": they warned
        quoted = _quoted(sentence.lows, tags, chunks)
        found = [speech for speech in found if all(speech.cue != other.cue for other in quoted)] + quoted
        found = (found or self._shown(sentence, tags)) + self._phrased(sentence, tags, chunks)
        found.sort(key=lambda speech: speech.cue)
        return found

    def _shown(self, sentence: Sentence, tags: list[str]) -> list[Speech]:
        """Read ", the data shows" at a sentence's end, where the verb is tagged a noun."""
        lows, verb = sentence.lows, len(sentence.lows) - 2
        if verb < _SHOWN or lows[verb] not in self._verbs or lows[verb - 1] not in self.documents:
            return []
        starts = [k for k in range(verb - _SHOWN + 1, verb) if tags[k - 1] == "," and tags[k] == "DET"]
        cue = verb, verb + 1
        return [Speech((k, verb), cue, ((0, k - 1),), "VERB", is_pronoun=False, is_document=True) for k in starts]

    def _spoken(
        self, sentence: Sentence, tags: list[str], chunks: list[Chunk], clauses: list[Clause], k: int
    ) -> Speech | None:
        """Read "X said ..." and "..., X said" and "..., said X"."""
        clause = clauses[k]
        lows = sentence.lows
        verb = lows[clause.verb]
        n = len(lows)
        if clause.is_passive:
            return None
        takes_order = self._seeds[verb] != "speech/think" and verb not in _SAYING
        if not is_handed_over(tags, lows, clause) or (takes_order and is_order(tags, clauses, k)):
            return None  # but "expects Kyiv to lose 40 tanks"
        speaker = after_quote(tags, chunks, clause) or clause.subject
        opened = clause.start if speaker is None else speaker[0]
        inverted = self._inverted(lows, tags, chunks, clause)
        if inverted:
            return Speech(
                inverted, (clause.verb, clause.verb + 1), ((0, clause.verb), (inverted[1], n)), "VERB", is_pronoun=False
            )
        if speaker is not None:
            speaker = renamed(tags, chunks, described(lows, tags, chunks, speaker, clause.verb), clause.verb)
            opened = speaker[0]
        if speaker is None or not self._can_speak(lows, tags, speaker):
            return None
        is_document = not self.documents.isdisjoint(lows[speaker[0] : speaker[1]])
        speaker = self.author(lows, tags, chunks, speaker)
        while opened > 1 and tags[opened - 1] == "." and tags[opened - 2] == "NAME":
            opened -= 2  # "Dr. Marta Salek", "Sumy Gov. Ihor Koval"
            while opened and tags[opened - 1] in {"NAME", "NOUN", "ADJ"}:
                opened -= 1
        own = opened >= clause.start or speaker != clause.subject
        ends = self._reach(lows, tags, clauses, k)
        covers: tuple[Span, ...] = ((clause.last, ends),)
        trails = own and opened > 0 and tags[opened - 1] in {",", '"', "-"}
        if trails and stands_before(tags, clauses, k):
            covers = ((0, opened), (clause.last, ends))
        is_pronoun = tags[speaker[0]] == "PRON"
        nameless = not any(tags[j] == "NAME" for j in range(*speaker))
        cue = (clause.verb, clause.verb + 1)
        return Speech(speaker, cue, covers, "VERB", is_pronoun, nameless and verb in self._weak, is_document)

    @staticmethod
    def _inverted(lows: list[str], tags: list[str], chunks: list[Chunk], clause: Clause) -> Span | None:
        """Return the speaker after the verb: "..., said the mayor"."""
        if clause.verb == 0 or tags[clause.verb] != "VERB" or tags[clause.verb - 1] not in {",", '"'}:
            return None
        if lows[clause.verb] in _TELLING or (tags[clause.verb - 1] == "," and _is_apposed(tags, clause.verb)):
            return None  # "..., told the BBC"; "the mayor, Vitali Klitschko, said"
        for chunk in chunks:
            if chunk.first == clause.last and tags[chunk.head] in {"NAME", "NOUN"}:
                if lows[chunk.head] in TIME_HEADS:
                    return None  # "..., she said minutes after"
                end = with_links(lows, tags, chunks, chunk.last)
                while end < len(tags) and tags[end] in {"DATE", "ADV", "ADJ"}:  # "early Sunday"
                    end += 1
                is_said = end < len(tags) and tags[end] in _PREDICATE  # ", said the number of dead was 12"
                return None if is_said else (chunk.first, chunk.last)
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
            opening = other.subject[0] - 1
            if lows[opening] == "but" and tags[opening - 1] == ",":
                return opening
            if tags[start] in {"CONJ", ";", ","} and lows[other.verb] in self._strong:
                return start
        return n

    def _phrased(self, sentence: Sentence, tags: list[str], chunks: list[Chunk]) -> list[Speech]:
        """Read "according to X", "confirmed by X", "citing X" and "(X, January 30)"."""
        lows = sentence.lows
        n = len(lows)
        found: list[Speech] = []
        floor = 0
        opening: list[int] = []
        if not self._rare.isdisjoint(lows):
            opening = [i for i, low in enumerate(lows) if low in self._phrases]
        if "by" in lows:
            opening = sorted({*opening, *(i for i in range(n - 1) if tags[i] == "VBN" and lows[i + 1] == "by")})
        for i in opening:
            end, kind = self._phrase(lows, tags, i)
            if not end:
                continue
            for chunk in chunks:
                if end <= chunk.first <= end + 1:
                    speaker = with_list(tags, chunks, self.author(lows, tags, chunks, chunk[:2]))
                    if tags[speaker[1] : speaker[1] + 2] == [".", "NAME"]:  # "regional Gov. Ihor Koval"
                        speaker = next(((speaker[0], c.last) for c in chunks if c.first == speaker[1] + 1), speaker)
                    is_what = tags[chunk.head] == "PRON" and lows[chunk.head] in self._mute  # "according to what"
                    if (
                        is_what
                        or tags[speaker[1] - 1] in {"ADJ", "DATE", "NUM"}
                        or (kind == "RELAY" and not self._may_be_cited(sentence, chunk))
                    ):
                        break
                    covers = self._around(lows, tags, floor, i, speaker[1])
                    found.append(Speech(speaker, (i, end), covers, kind, is_pronoun=False))
                    floor = speaker[1]
                    break
        if lows[0] == "in" and (document := self._opening(lows, tags, chunks)):
            end = with_links(lows, tags, chunks, document[1])
            author = self.author(lows, tags, chunks, document)
            found.append(Speech(author, (0, 1), ((end, n),), "BEFORE", is_pronoun=False, is_weak=True))
        for chunk in chunks if "(" in lows else ():
            closed = chunk.last + 1 < n and tags[chunk.last] == "," and tags[chunk.last + 1] == "DATE"
            if closed and chunk.first and tags[chunk.first - 1] == "(" and tags[chunk.head] == "NAME":
                span = (chunk.first, chunk.last)
                found.append(Speech(span, span, ((floor, chunk.first - 1),), "BEFORE", is_pronoun=False))
        return found

    def _opening(self, lows: list[str], tags: list[str], chunks: list[Chunk]) -> Span | None:
        """Return the document that a sentence opens with: "In a poll of Odesa residents, 44% were for it"."""
        if not chunks or chunks[0].prep != 0 or lows[chunks[0].last - 1] not in _POLLS:
            return None
        end = with_links(lows, tags, chunks, chunks[0].last)
        return chunks[0][:2] if tags[end : end + 1] == [","] else None

    def _phrase(self, lows: list[str], tags: list[str], i: int) -> tuple[int, str]:
        """Return the end and kind of a cue that begins at token i, 0 for none."""
        for rest, kind in self._phrases.get(lows[i], ()):
            end = i + 1 + len(rest)
            if tuple(lows[i + 1 : end]) == rest:
                return end, kind
        if tags[i] == "VBN" and lows[i + 1 : i + 2] == ["by"] and lows[i] in self._verbs:
            return i + 2, "BEFORE"
        return 0, ""

    def _may_be_cited(self, sentence: Sentence, chunk: Chunk) -> bool:
        """Tell a source from a reason: "citing the ministry", not "citing bad weather"."""
        head = sentence.lows[chunk.head]
        named = any(sentence.words[k][0].isupper() for k in range(chunk.first, chunk.last))
        return named or head in self._sources

    def author(self, lows: list[str], tags: list[str], chunks: list[Chunk], speaker: Span) -> Span:
        """Return whose document a phrase is: "analysis from the Institute" is the Institute's; else the phrase."""
        last = speaker[1]
        head = lows[last - 1]
        if head in self.documents and last < len(lows) and lows[last] in _AUTHOR_LINKS:
            for chunk in chunks:
                if chunk.prep == last and (
                    lows[last] != "of" or (head not in _POLLS and "NAME" in tags[chunk.first : chunk.last])
                ):
                    return chunk.first, chunk.last
        return speaker

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


def _quoted(lows: list[str], tags: list[str], chunks: list[Chunk]) -> list[Speech]:
    """Return whom another quotes: "Interfax cited officials as saying", "the agency quoted him as telling reporters"."""
    found: list[Speech] = []
    for k, low in enumerate(lows[1:], 1):
        if low not in _AS_SAYING or lows[k - 1] != "as":
            continue
        quoting = next((i for i in range(k - 2, max(-1, k - _QUOTED_REACH), -1) if lows[i] in _QUOTING), None)
        chunk = next((c for c in chunks if quoting is not None and quoting < c.first < k - 1), None)
        if chunk is not None:
            cue = k, k + 1
            covers = ((k + 1, len(lows)),)
            found.append(Speech(chunk[:2], cue, covers, "VERB", is_pronoun=tags[chunk.first] == "PRON"))
    return found


def with_links(lows: list[str], tags: list[str], chunks: list[Chunk], last: int) -> int:
    """Return the end of a phrase with what "of", "for" tie to it: "head of the border service".

    >>> with_links(["the", "head", "said"], ["DET", "NOUN", "VERB"], [], 2)
    2
    """
    for chunk in chunks:
        if chunk.first > last + 2:
            break
        linked = chunk.prep == last and lows[last] in _NAME_LINKS and tags[chunk.head] != "DATE"
        linked = linked and (lows[last] == "of" or tags[chunk.first] not in {"NUM", "$"})
        listed = tags[last : chunk.first] == ["CONJ"] and tags[chunk.head] == "NAME" and tags[last - 1] == "NAME"
        if linked or listed:
            last = chunk.last
    return last


def _is_apposed(tags: list[str], verb: int) -> bool:
    """Tell whether a bare noun phrase between commas, or the sentence's first, stands before the verb."""
    k = verb - 2
    while k >= 0 and tags[k] in _PHRASE:
        k -= 1
    return k < verb - 2 and (k < 0 or (tags[k] == "," and k > 0))
