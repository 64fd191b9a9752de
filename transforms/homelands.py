"""Whose people they are: the state that people flee, and the state whose police arrest them.

Both are told less by the place that stands nearest than by who calls up, who protests and what is left behind, in the
sentence or in those before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.findings import Found
from transforms.mentions import PART, STATE, Mention
from transforms.placewords import WITHIN

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.findings import View
    from transforms.gazetteer import Gazetteer
    from transforms.reading import Context
    from transforms.sentences import Sentence

HOME = "whose people they are"  # the rule by which people are of a place
HOST = "land that takes them in"  # the rule by which people are where they fled to
POLICED = "state that acts"  # the rule by which those arrested are in a state
_FLEEING = frozenset(("DSP_NEW", "DSP_REFUGEES"))
_LEAVING = frozenset(
    "leave leaving left leaves fled flee fleeing flees escape escaping escaped exit exiting quit".split()
)
_TOWARDS = frozenset("to into for towards toward entered entering enter reached reaching".split())
HARM = frozenset(
    "attack attacks strike strikes fire missiles shelling bombs threat violence persecution".split()
)  # that comes from a state
_ARTICLES = frozenset("the neighbouring neighboring nearby countries like such as including".split())
_LINKS = frozenset((",", "and", "or"))  # of a list of states, which is no place of all who went there
_CALLED_UP = 2  # sentences back to the call-up that people flee, and to who called up
_PROTESTS = 5  # sentences back to the protest at which people are arrested
_GOING = 10  # tokens from people to where they go
_COUNTED = 6  # tokens of "in more than 50 Russian" before "cities"
_CITIES = frozenset(("cities", "towns"))
_NAMED_AFTER = frozenset(("of", "such", "like", "-", ":"))  # that name the cities

_HOSTING = frozenset("hosts host hosting hosted accepted received registered welcomed sheltering sheltered".split())
_TAKING_IN = (["took", "in"], ["taken", "in"])


class Homelands:
    """Finds the state of people on the move and of people who are arrested."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._words = gazetteer.words

    def left(
        self, ctx: Context, sentence: Sentence, figure: Figure, places: list[Mention]
    ) -> tuple[Mention, str] | None:
        """The state that people flee, as the sentence tells it: "travelled from Russia into Georgia", "to leave Russia".

        Who goes to one state is counted there; who goes to several is counted where all of them left.
        """
        if figure.metric_code not in _FLEEING:
            return None
        if figure.metric_code == "DSP_NEW" and any(m.level < PART for m in places):
            return None
        lows = sentence.lows
        states = [m for m in places if m.level == STATE and m.country_code]
        named = (*states, *self._gazetteer.states(sentence))
        fled = [m for m in states if _follows(lows, m, _LEAVING)]
        hosts = [m for m in named if m.first > figure.first and _follows(lows, m, _TOWARDS)][:1]
        is_list = any(_is_listed(lows[m.last : other.first]) for m in hosts for other in named)
        if not fled and (is_list or not hosts):
            fled = [m for m in states if m.first > figure.last and _is_origin(lows, m)]
        if fled:
            return min(fled, key=lambda m: abs(m.first - figure.first)), HOME
        if is_list and (home := self.home(ctx, sentence, figure)):
            return home, HOME
        is_host = hosts and not is_list and _is_first(lows, figure, hosts[0], states)
        return (hosts[0], HOST) if is_host else None

    def home(self, ctx: Context, sentence: Sentence, figure: Figure) -> Mention | None:
        """The state that people on the move are of: "200,000 Russians", or whose draft they flee."""
        own = self._gazetteer.land_of(sentence.words[figure.last : figure.unit_last])
        if own or figure.metric_code not in _FLEEING:
            return own
        lows, is_draft = sentence.lows, self._words.draft.are_in(sentence.lows)
        if drafter := self._drafter(sentence):
            return drafter
        for k in range(1, len(lows)):  # "Russians are fleeing the country by the thousands"
            if lows[k] in _LEAVING and (people := self._gazetteer.land_of(sentence.words[max(0, k - 2) : k])):
                return people
        if not is_draft and not self._words.wars.isdisjoint(lows):
            return None  # "fled since the invasion began" tells of another flight
        before = [ctx.sentences[i] for i in range(sentence.index - 1, max(-1, sentence.index - 1 - _CALLED_UP), -1)]
        drafter = next((drafter for other in before if (drafter := self._drafter(other))), None)
        if drafter or not is_draft:
            return drafter
        return next((acting for other in before if (acting := self._acting(other))), None)

    def _drafter(self, sentence: Sentence) -> Mention | None:
        """The state whose draft people flee: "400,000 have fled since Putin announced the mobilisation"."""
        return self._acting(sentence) if self._words.draft.are_in(sentence.lows) else None

    def policed(self, ctx: Context, sentence: Sentence, figure: Figure, places: list[Mention]) -> Mention | None:
        """The state in which people are arrested where no town is told: whose cities see it, whose police act.

        At protests it is the state that the sentences before tell of, and not the land of a war that is protested against.
        """
        if cities := self._cities(sentence, figure, places):
            return cities
        if any(m.level < STATE and m.is_located for m in places):
            return None
        acting = self._gazetteer.acting(sentence, figure.first)
        if acting or any(m.is_located and m.first > figure.first for m in places):
            return acting  # "Russian police detained 60"
        protests = self._words.protests
        if not protests.are_in(sentence.lows):
            before = ctx.sentences[sentence.index - 1] if sentence.index else None
            if before is None or not protests.are_in(before.lows) or self._is_placed(ctx, before):
                return None
        elif acting := self._acting(sentence):
            return acting
        for index in range(sentence.index - 1, max(-1, sentence.index - 1 - _PROTESTS), -1):
            if acting := self._acting(ctx.sentences[index]):
                return acting
        return None

    def _is_placed(self, ctx: Context, sentence: Sentence) -> bool:
        return any(m.is_located and m.level < PART for m in self._gazetteer.read(ctx, sentence))

    def _cities(self, sentence: Sentence, figure: Figure, places: list[Mention]) -> Mention | None:
        """The state of whose cities a figure is told: "in 54 Russian cities", "in 54 cities, half of them in Moscow"."""
        lows = sentence.lows
        if _CITIES.isdisjoint(lows):
            return None
        k = next((i for i in range(figure.last, len(lows)) if lows[i] in _CITIES), None)
        if k is None or (lows[k + 1 : k + 2] and lows[k + 1] in _NAMED_AFTER):
            return None
        if WITHIN.isdisjoint(lows[max(figure.last, k - _COUNTED) : k]):
            return None
        if any(m.level < PART and figure.last <= m.first < k for m in places):
            return None
        if own := self._gazetteer.land_of(sentence.words[k - 1 : k]):
            return own
        after = next((m for m in places if m.first > k and m.is_located), None)
        return self._gazetteer.state_of(after.country_code) if after and after.seed != "place_words/land" else None

    def _acting(self, sentence: Sentence) -> Mention | None:
        """The first state that is named as one that acts."""
        token = next(self._gazetteer.actors(sentence, len(sentence.words)), None)
        return None if token is None else self._gazetteer.named(self._gazetteer.drafters[sentence.words[token]])


def _before(lows: list[str], mention: Mention) -> int:
    """Return the token before a state's name and its article; -1 where there is none."""
    i = mention.first - 1
    while i >= 0 and lows[i] in _ARTICLES:
        i -= 1
    return i


def _is_first(lows: list[str], figure: Figure, host: Mention, states: list[Mention]) -> bool:
    """Tell whether a state is the nearest that people are told to go to: "fled to Poland", not "Homes for Ukraine"."""
    end = max(figure.last, figure.unit_last)
    is_near = host.first - end <= _GOING and lows[_before(lows, host)] != "for"
    return is_near and not any(end <= m.first < host.first and not _is_origin(lows, m) for m in states)


def _is_listed(between: list[str]) -> bool:
    return bool(between) and _LINKS.issuperset(between)


def _follows(lows: list[str], mention: Mention, words: frozenset[str]) -> bool:
    i = _before(lows, mention)
    return i >= 0 and lows[i] in words


def _is_origin(lows: list[str], mention: Mention) -> bool:
    """Tell whether people come "from Russia", "out of Russia"; not under "fire from Russia", nor "from Russia's bombs"."""
    i = _before(lows, mention)
    return (
        i > 0
        and lows[mention.last : mention.last + 1] != ["'s"]
        and ((lows[i] == "from" and lows[i - 1] not in HARM) or lows[i - 1 : i + 1] == ["out", "of"])
    )


def origin_of(view: View, figure: Figure) -> Found | None:
    """Return the state that people come from: "travelled from Russia into Georgia", not "fled from Russia's war"."""
    for mention in view.mentions:
        is_named = mention.kind == "NAME" and view.tags[mention.last : mention.last + 1] != ["POSS"]
        if is_named and mention.first > figure.last and view.lows[mention.first - 1] == "from":
            if view.lows[mention.first - 2] not in HARM:
                return Found(mention.code, None, "from")
    return None


def takes_in(lows: list[str]) -> bool:
    """Tell whether words between a state and a number say that it takes people in: "hosts", "has taken in", not "took Kherson"."""
    return not _HOSTING.isdisjoint(lows) or any(lows[k : k + 2] in _TAKING_IN for k in range(len(lows)))
