"""Who the persons counted are: civilians, soldiers, children, or several of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from seeds.circumstances import Actor
from seeds.kinds import Noun, Victim
from transforms.levels import is_level
from transforms.phrases import Phrases
from transforms.wholes import after_aside

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_PERSON = "{person}"
_SPEAKING = ("CAS_", "DET_", "DSP_", "HUM_", "MIL_")  # metrics whose persons are victims or forces
_DISPLACED = ("DSP_ID", "DSP_RE")  # who fled across a border or is displaced within it is a civilian
_OF_REACH = 8  # tokens after "members of" in which the group stands
_TO_BE = 6  # tokens from "of" to "were" in "five of those killed on Monday were"
_ENDS = frozenset({"VERB", "BE", "HAVE", "SUB", "REL", ",", ";", "."})
_JOINED = frozenset({"CONJ", "VERB", "VBN", "ADV"})
_PLAIN = frozenset({"CHILD", "CIVILIAN", "MILITARY"})
_OPENS_PART = frozenset(("including", "them", "whom", "("))
_OWN = frozenset(("its", "their", "our"))
_WHOLE = frozenset(("them", "whom", "these", "those", "the"))


class Victims:
    """The step that sets victim."""

    def __init__(self, seeds: Seeds) -> None:
        self._nouns = {code: noun.victim for code, noun in seeds.of(Noun).items()}
        self._words = Phrases({form: entry for entry in seeds.of(Victim).values() for form in entry.written})
        self._members = {form: entry for entry in seeds.of(Victim).values() for form in entry.of_armed}
        groups = (actor for actor in seeds.of(Actor).values() if actor.kind == "GROUP")
        self._forces = Phrases(
            {w: True for noun in seeds.of(Noun).values() if noun.victim == "MILITARY" for w in noun.written}
        )
        self._groups = Phrases({form: True for actor in groups for form in (*actor.written, *actor.bodies)})

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Set the victim of each figure that counts persons.

        >>> from seeds.loader import load_seeds
        >>> from transforms.reading import Reader
        >>> text = "Eight civilians died and six more were injured."
        >>> [figure.victim for figure in Reader(load_seeds()).read(text).figures]
        ['CIVILIAN', 'CIVILIAN']
        """
        previous: Figure | None = None
        for figure in figures:
            if not figure.metric_code.startswith(_SPEAKING):
                continue
            if figure.unit_code not in {_PERSON, "%", "{customer}"}:
                continue
            victim, seed = self._read(sentence, figure)
            is_bare = figure.head is None or figure.noun == "dead"
            is_bare = is_bare and _said_to_be(sentence, figure) is None and not is_level(sentence, figure.first)
            if victim is None and previous is not None and is_bare:
                victim, seed = previous.victim, None
            if victim is None and figure.metric_code.startswith(_DISPLACED):
                victim, seed = "CIVILIAN", "victims/civilian"
            if victim is not None:
                figure.victim = victim
                figure.why("victim", "who is counted", seed)
            if not _is_part(sentence.lows, figure):
                previous = figure
        for figure, following in pairwise(figures):
            if figure.victim is None and figure.head is None and _share_noun(sentence, figure, following):
                figure.victim = following.victim
                figure.why("victim", "noun of the next", None)

    def _read(self, s: Sentence, figure: Figure) -> tuple[str | None, str | None]:
        """Read the counted phrase itself: its words first, then the class of its noun."""
        last = max(figure.unit_last, (figure.head or -1) + 1)
        if (said := _said_to_be(s, figure)) is not None:  # "three of them were children"
            hit = self._words.starting(s.lows, said)
            return (hit[1].victim, f"victims/{hit[1].code}") if hit else (None, None)
        found: Victim | None = None
        for token in range(figure.last, last):
            hit = self._words.starting(s.lows, token)
            if hit:
                found = hit[1]
                if found.victim == "MIXED":
                    break
        if found is not None:
            wider = self._words.starting(s.lows, last - 1)
            if wider and wider[1].victim == "MIXED":
                found = wider[1]
            return found.victim, f"victims/{found.code}"
        member = self._members.get(s.lows[last - 1])
        if member and self._is_armed(s, figure.last, last):
            return member.victim, f"victims/{member.code}"
        if figure.noun and (victim := self._nouns.get(figure.noun)):
            return victim, f"nouns/{figure.noun}"
        before = self._words.ending(s.lows, figure.first)
        if before and before[1].victim in _PLAIN:
            return before[1].victim, f"victims/{before[1].code}"
        return None, None

    def _is_armed(self, s: Sentence, first: int, last: int) -> bool:
        """Tell whether an armed group is named before a noun, or an armed group or force after its "of"."""
        if any(self._groups.starting(s.lows, token) for token in range(first, last)):
            return True
        if not _OWN.isdisjoint(s.lows[first:last]):  # "Hezbollah said 16 of its members were killed"
            return any(self._groups.starting(s.lows, token) for token in range(first))
        if s.lows[last : last + 1] != ["of"]:
            return False
        for token in range(last + 1, min(len(s.lows), last + _OF_REACH)):
            if s.tags[token] in _ENDS:
                return False
            if self._groups.starting(s.lows, token) or self._forces.starting(s.lows, token):
                return True
        return False


def _said_to_be(s: Sentence, figure: Figure) -> int | None:
    """Return where the noun stands that a bare number, or one "of the dead", is said to be: "five of those killed were children"."""
    if figure.head is not None and figure.noun != "dead":
        return None
    is_of = s.lows[figure.last : figure.last + 1] == ["of"]
    for k in range(figure.last, min(len(s.lows) - 1, figure.last + (_TO_BE if is_of else 1))):
        if s.tags[k] == "BE":
            return k + 1 if s.tags[k + 1] in {"NOUN", "NV"} else None
    return None


def _is_part(lows: list[str], figure: Figure) -> bool:
    """Tell whether a number counts some of others: "three of them", "including three", "among them three", "three were among"."""
    end = after_aside(lows, max(figure.last, figure.unit_last))
    return (
        lows[figure.first - 1] in _OPENS_PART
        or "among" in lows[end : end + 2]
        or (
            lows[figure.last : figure.last + 1] == ["of"]
            and not _WHOLE.isdisjoint(lows[figure.last + 1 : figure.last + 2])
        )
    )


def _share_noun(s: Sentence, figure: Figure, following: Figure) -> bool:
    """Tell whether a bare number counts what the next does, the verbs being joined: "killed 28 and wounded 30 rebels"."""
    between = s.tags[figure.last : following.first]
    is_joined = between[:1] == ["CONJ"] and all(tag in _JOINED for tag in between)
    return is_joined and figure.unit_code == following.unit_code == _PERSON and figure.metric_code.startswith("CAS_")
