"""Who is named in a sentence: states with their forces, and other parties; and which war an article speaks of."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, cast

from seeds.circumstances import Act, Actor, Conflict
from transforms.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seeds.loader import Seeds
    from transforms.reading import Context

_MAKER = "MAKER"
_EXACT_LETTERS = 4  # names in capitals up to this length are read as written only: "US" is not "us"
_CAPITALISED = re.compile(r"[A-Z][A-Za-z]+")  # no word boundary: it makes the scan five times slower
_ENOUGH = 6  # names from which their shares tell what an article is about
_LOWER_FIRST = frozenset({"bloc", "pro", "al", "opposition", "rebel"})  # names that begin without a capital
_STATE_KEY, _NAMES_KEY, _NAMED_KEY = "parties.war", "parties.names", "parties.named"


class Mention(NamedTuple):
    """A party's name in a sentence: tokens first..last (one past), its code, and the kind of name."""

    first: int
    last: int
    code: str
    kind: str  # NAME, ADJECTIVE, SEAT, PERSON, BODY or, apart from the rest, MAKER


class War(NamedTuple):
    """A war of the seeds: the chief party of a side is its first."""

    code: str
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    ground: str
    words: tuple[tuple[str, ...], tuple[str, ...]]  # what betrays in a text that a side is spoken of
    held: dict[str, str]  # who holds a region, by its place_id
    seats: dict[str, str]  # the region of each town behind the invader's lines, by their place_ids
    since: date | None

    def adversary(self, code: str | None) -> str | None:
        """Return the chief party of the other side, None for who does not take part or for both together."""
        codes = set(code.split("/")) if code else set()
        for side, other in (self.sides, self.sides[::-1]):
            if codes.intersection(side) and codes.isdisjoint(other):
                return other[0]
        return None


class Parties:
    """The lexicon of parties, compiled once."""

    def __init__(self, seeds: Seeds) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        self._exact: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        self._origins = frozenset(word for act in seeds.of(Act).values() if act.place == "ORIGIN" for word in act.words)
        actors = seeds.of(Actor)
        for code, actor in actors.items():
            kinds = ("NAME", actor.written), ("ADJECTIVE", actor.adjectives), ("SEAT", actor.seats)
            for kind, forms in (*kinds, ("PERSON", actor.people), ("BODY", actor.bodies)):
                for form in forms:
                    self._add(form, code, kind)
        for table in (self._by_first, self._exact):
            for entries in table.values():
                entries.sort(key=lambda entry: -len(entry[0]))
        self._firsts = frozenset(self._by_first) | {first.lower() for first in self._exact}
        self._singles = {
            first: code
            for table in (self._by_first, self._exact)
            for first, entries in table.items()
            for rest, code, _ in entries
            if not rest
        }  # names of one word, to count a whole text by
        self.wars = tuple(
            War(
                code,
                (tuple(war.sides[0]), tuple(war.sides[1])),
                war.ground,
                (_betraying(actors[c] for c in war.sides[0]), _betraying(actors[c] for c in war.sides[1])),
                war.held,
                war.seats,
                date.fromisoformat(war.since) if war.since else None,
            )
            for code, war in seeds.of(Conflict).items()
        )
        self.codes = frozenset(actors)
        self.groups = frozenset(code for code, actor in actors.items() if actor.kind != "STATE")

    def _add(self, form: str, code: str, kind: str) -> None:
        words = Sentence(form, 0, len(form), 0).words
        exact = form.isupper() and len(form) <= _EXACT_LETTERS
        table = self._exact if exact else self._by_first
        key = words if exact else [word.lower().replace("’", "'") for word in words]
        entries = table.setdefault(key[0], [])
        for k, (rest, other, _) in enumerate(entries):
            if rest == tuple(key[1:]) and other != code:  # a form that names two: "the separatists"
                entries[k] = (rest, f"{other}/{code}", kind)
                return
        entries.append((tuple(key[1:]), code, kind))

    def find(self, sentence: Sentence) -> list[Mention]:
        """Return the mentions of parties in a sentence, in order, kept with the sentence.

        >>> from seeds.loader import load_seeds
        >>> text = "Moscow's troops shelled a Ukrainian town."
        >>> [(m.code, m.kind) for m in Parties(load_seeds()).find(Sentence(text, 0, len(text), 0))]
        [('RUS', 'SEAT'), ('UKR', 'ADJECTIVE')]
        """
        made = sentence.cache.get("parties")
        if made is None:
            found = self._find(sentence)
            made = sentence.cache["parties"] = [mention for mention in found if mention.kind != _MAKER]
            makers = [mention for mention in found if mention.kind == _MAKER]
            sentence.cache["makers"] = [(mention, sentence.lows[mention.last + 1]) for mention in makers]
        return cast("list[Mention]", made)

    def makers(self, sentence: Sentence) -> list[tuple[Mention, str]]:
        """Return the parties that a sentence names as where things are from, each with the word that tells it.

        "A Turkish-made drone" ("made") is not flown by Turkey.
        """
        self.find(sentence)
        return cast("list[tuple[Mention, str]]", sentence.cache["makers"])

    def _find(self, sentence: Sentence) -> list[Mention]:
        words, lows, firsts = sentence.words, sentence.lows, self._firsts
        found: list[Mention] = []
        if firsts.isdisjoint(lows):
            return found
        end = 0
        for i in [k for k, low in enumerate(lows) if low in firsts]:
            word = words[i]
            if i < end or not (word[0].isupper() or word in _LOWER_FIRST):
                continue
            mention = self._match(self._exact.get(word), words, i) or self._match(self._by_first.get(lows[i]), lows, i)
            if mention:
                is_maker = lows[mention.last : mention.last + 1] == ["-"] and not self._origins.isdisjoint(
                    lows[mention.last + 1 : mention.last + 2]
                )
                found.append(mention._replace(kind=_MAKER) if is_maker else mention)
                end = mention.last
        return found

    @staticmethod
    def _match(entries: list[tuple[tuple[str, ...], str, str]] | None, words: list[str], i: int) -> Mention | None:
        for rest, code, kind in entries or ():
            end = i + 1 + len(rest)
            if not rest or tuple(words[i + 1 : end]) == rest:
                return Mention(i, end, code, kind)
        return None

    def named_in(self, ctx: Context) -> dict[str, float]:
        """Return each party's share of all names of one word in an article, none where it holds few; counted once an article."""
        made = ctx.state.get(_NAMED_KEY)
        if made is None:
            counts: Counter[str] = Counter()
            for word, n in _names_in(ctx).items():
                code = self._singles.get(word) or self._singles.get(word.lower())
                if code:
                    counts[code] += n
            whole = counts.total()
            shares = {code: n / whole for code, n in counts.most_common()} if whole >= _ENOUGH else {}
            made = ctx.state[_NAMED_KEY] = shares
        return cast("dict[str, float]", made)

    def war_of(self, text: str, names: Counter[str] | None = None) -> War | None:
        """Return the war that a text speaks of: both its sides are named, the most often; None where there is none.

        >>> from seeds.loader import load_seeds
        >>> Parties(load_seeds()).war_of("Russia struck Lviv. Ukraine struck back.").code
        'russo_ukrainian'
        """
        best: War | None = None
        most = 0
        names = Counter(_CAPITALISED.findall(text)) if names is None else names
        counts: dict[str, int] = {}

        def count(words: tuple[str, ...]) -> int:
            for word in words:
                if word not in counts:
                    is_name = word.isalpha() and word[0].isupper()
                    counts[word] = names[word] if is_name else text.count(word)
            return sum(counts[word] for word in words)

        for war in self.wars:
            one = count(war.words[0])
            other = count(war.words[1]) if one else 0
            if other and one + other > most:
                best, most = war, one + other
        return best

    def war_in(self, ctx: Context) -> War | None:
        """Return the war that an article speaks of, looked up once an article."""
        if _STATE_KEY not in ctx.state:
            ctx.state[_STATE_KEY] = self.war_of(ctx.text, _names_in(ctx))
        return cast("War | None", ctx.state[_STATE_KEY])


def _names_in(ctx: Context) -> Counter[str]:
    """Return how often each capitalised word stands in an article, counted once an article."""
    if _NAMES_KEY not in ctx.state:
        ctx.state[_NAMES_KEY] = Counter(_CAPITALISED.findall(ctx.text))
    return cast("Counter[str]", ctx.state[_NAMES_KEY])


def _betraying(actors: Iterable[Actor]) -> tuple[str, ...]:
    """Return the words to count for a side; a form that holds one of them already, as "the Russian army", adds nothing."""
    words: list[str] = []
    for actor in actors:
        for form in (*actor.written, *actor.adjectives[:1], *actor.seats[:1]):
            if not any(word in form.split() for word in words) and form not in words:
                words.append(form)
    return tuple(words)
