"""What the words beside a place's name say of it: whether something is there, and which city "the city" is."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from seeds.circumstances import Actor, Epoch, PlaceWord
from seeds.kinds import WordClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seeds.loader import Seeds
    from transforms.sentences import Sentence

FAR = 30  # a cost that no figure pays: the place is none
LOCATED, UNLOCATED, OF = 0, 8, 9  # costs: something is there, the name alone, "of", "to", "from" it
MET = 10  # the cost of where people meet or come from, or of what a deed answers: the deeds told of are not there
WITHIN = frozenset(
    "in at near outside around over across inside throughout within into toward towards on along off beyond between against"
    " through under above".split(),
)
WEAK = frozenset("to of from for via".split())
_DESCRIBING = (
    "ed", "ern", "held", "al", "ly", "ic", "ing", "est", "second", "third", "fourth", "-", "main", "key", "small", "tiny", "large",
    "little", "old", "nearby", "major", "quiet", "populous", "line", "run", "border", "market", "resort",
)  # endings and words that describe a settlement  # fmt: skip
_BETWEEN = frozenset(("the", "a", "an", "of", "-", "'s", "el", "al"))  # may stand between preposition and name
_LONGEST_PHRASE = 7  # tokens of "in the besieged southern port city of" before a name
_LONGEST_OWNED = 4  # tokens of "'s main port,"
_DESCRIBED = 3  # tokens of "the battered industrial port city" between article and noun
_ADDRESSING = 5  # tokens between a verb of saying and the preposition
_LIKENING = 3  # tokens before a name in which "the size of" is looked for
_AIMED = frozenset("for with against into including".split())  # that lead to whom something is for
_FOUGHT = frozenset("fight fought serve action campaign offensive assault attack attacks".split())  # in or on a land
_FIGHTING = frozenset(("fighting", "hostilities"))  # that are where they are told to be, unlike "the war in"
_WAGED = frozenset(
    "airstrikes strikes shelling bombing bombardment bombs missiles".split()
)  # of which a state is author
_OFFICIAL = frozenset(("regional", "military", "civil"))  # that stand between a name and an office
_FACING = frozenset(("with", "against"))  # the other side of a war
_ANSWERING = 12  # tokens of "response to an attack on Russia's fleet" before a preposition
_FOR = frozenset(("to", "for"))
_AT = frozenset(("in", "at", "from"))
_PAST = frozenset(("former", "ex", "-", "then"))
_WAGING = 3  # tokens of "full-scale invasion"
_BORN = frozenset(("born",))  # that also makes compounds: "the Kyiv-born writer"
_LEFT = frozenset(("left",))  # "Moscow was left with"
_PASSIVE = frozenset(
    "was were has have had been is are being came also again once heavily repeatedly reportedly".split()
)
_LONGEST_LIST, _LISTING = 8, frozenset((",", "and"))  # tokens of a list of regions
_SAID = frozenset(("said", "says"))  # before "from Bucha, where ..."
_REGIONAL = 8  # words of "the head of the regional military administration in" before the name
_OF_OFFICE = frozenset(("of", "in"))
_GOVERNORS = frozenset(("governor", "gov", "gov."))  # who are of regions: "the Kharkiv governor"
_HEADS = frozenset(("head", "leader", "chief"))  # of a region, where they stand behind "regional"
_NEW, _THE = frozenset(("a", "an")), frozenset(("the",))
_POINTING = frozenset(("the", "his", "her", "their", "its"))
_BESIDE = frozenset(
    ("REGION", "DISTRICT", "SETTLEMENT", "PART", "NAME", "REACHED", "SITE")
)  # sorts of words next to a name


class Terms:
    """Words and phrases, looked for in the tokens of a sentence."""

    def __init__(self, forms: Iterable[str]) -> None:
        phrases = [form.replace("-", " - ").split() for form in forms]
        self._words = frozenset(phrase[0] for phrase in phrases if len(phrase) == 1)
        self._phrases = [phrase for phrase in phrases if len(phrase) > 1]

    def are_in(self, lows: list[str]) -> bool:
        """Tell whether one of them stands in a sentence.

        >>> Terms(["draft", "call-up"]).are_in(["the", "call", "-", "up", "began"])
        True
        """
        return not self._words.isdisjoint(lows) or any(
            phrase[0] in lows and any(lows[k : k + len(phrase)] == phrase for k in range(len(lows)))
            for phrase in self._phrases
        )


class PlaceWords:
    """The words of seeds/place_words.toml and what they say of a name beside them."""

    def __init__(self, seeds: Seeds) -> None:
        words = [(form, word.sort) for word in seeds.of(PlaceWord).values() for form in word.written]

        def of(*sorts: str) -> frozenset[str]:
            return frozenset(form for form, sort in words if sort in sorts)

        self.sorts = {form: sort for form, sort in words if sort in _BESIDE}
        self.saying, self.officials, self.offices = of("SAYING"), of("OFFICIALS"), of("OFFICE")
        self.settled, self.sites, self.lands = of("SETTLEMENT"), of("SITE"), of("LAND")
        alike = (word.written for word in seeds.of(PlaceWord).values() if word.sort == "SITE" and word.alike)
        self.alike = {form: [*written] for written in alike for form in written}  # other words for the same site
        self.bodies, self.joined = of("BODY"), of("JOINED")
        self.draft, self.protests = Terms(of("DRAFT")), Terms(of("PROTEST"))
        self.skipped = _BETWEEN | of("SETTLEMENT", "PART")
        self.adjectives = frozenset(form for actor in seeds.of(Actor).values() for form in actor.adjectives)
        self._audience, self._likened, self._inside = of("AUDIENCE", "MET"), of("LIKENED"), of("INSIDE")
        self._met, self._bearing, self._struck = of("MET") | _BORN, of("BEARING"), of("REACHED") - _LEFT
        self._answers = of("ANSWERED")
        self._reached = WITHIN | of("REACHED")
        self.dates = seeds.of(WordClass)["DATE"].words
        self._regions = of("REGION", "DISTRICT")
        self._plural_regions = frozenset(f"{form}s" for form in of("REGION"))
        self.wars = frozenset(word for epoch in seeds.of(Epoch).values() for word in epoch.spoken)
        self._naming_wars = self.wars - _FIGHTING

    def place_of(self, words: list[str], first: int) -> tuple[int, bool, bool]:
        """Return the cost of a name, whether something is there, and whether a preposition stands before it at all."""
        i = first - 1
        is_of = False
        while (
            i >= 0
            and first - i <= _LONGEST_PHRASE
            and (words[i].lower() in self.skipped or words[i] in self.adjectives)
        ):
            is_of = is_of or words[i].lower() == "of"
            i -= 1
            if words[i + 1].lower() in self.settled:  # "in the besieged Ukrainian city of"
                i -= self._described(words, i)
        low = words[i].lower() if i >= 0 else ""
        if i > 0 and words[i - 1].lower() in self._naming_wars:
            return (FAR if low in _FACING else OF), False, True  # "the war in Ukraine" is a name of the war
        if low in self._reached:
            if self._is_of_saying(words, i):
                return FAR, False, True
            is_aside = i and (self._is_of_meeting(words, i) or self._is_answered(words, i))
            return (MET, False, True) if is_aside else (LOCATED, True, True)
        if is_of and not self._likened.isdisjoint(words[max(0, first - _LIKENING) : first]):
            return FAR, False, True
        if is_of and low in self._inside and self._reached.intersection(w.lower() for w in words[max(0, i - 2) : i]):
            return LOCATED, True, True  # "hit the centre of Kherson"
        if low in WEAK or is_of:
            is_where_said = low == "from" and words[i - 1] not in _SAID and self._is_of_saying(words, i)
            is_office = is_of and low in self.offices and words[i - 1].lower() not in _PAST
            return (FAR if is_where_said else OF), is_office, True  # "the mayor of Sumy" tells of it
        return UNLOCATED, False, False

    def _described(self, words: list[str], i: int) -> int:
        """Count the words that describe a settlement and end at a token: "in Ukraine's second-largest city of"."""
        n = 0
        while n <= i and n < _LONGEST_OWNED and (words[i - n] in self.adjectives or words[i - n].endswith(_DESCRIBING)):
            n += 1
        if words[i - n] in {"'s", "’s", "´s"} and n < i:  # the state whose it is
            n += 2
        return n

    def _is_of_saying(self, words: list[str], i: int) -> bool:
        """Tell whether a preposition at i leads to where something was said: "told reporters in Vienna"."""
        for j in range(i - 1, max(-1, i - 1 - _ADDRESSING), -1):
            low = words[j].lower()
            if low in self.saying:
                return words[i].lower() in _AT
            if low not in self._audience:
                break
        return False

    def _is_of_meeting(self, words: list[str], i: int) -> bool:
        """Tell whether a preposition at i leads to where people meet or come from: "born in Bern", "a think tank in London"."""
        low = words[i - 1].lower()
        if words[i].lower() not in _AT:
            return False
        return low in self._met or f"{words[i - 2].lower()} {low}" in self._met

    def _is_answered(self, words: list[str], i: int) -> bool:
        """Tell whether what is at a place is what a deed answers: "in revenge for the attack on the fleet in Sevastopol"."""
        back = words[max(0, i - _ANSWERING) : i]
        if self._answers.isdisjoint(back):
            return False
        return any(word in self._answers and after in _FOR for word, after in itertools.pairwise(back))

    def is_party(self, words: list[str], first: int, last: int) -> bool:
        """Tell a state or its seat that takes part from one where something is: "according to Kyiv", "sanctions on Moscow"."""
        if self._wages(words, last):
            return True
        back = [word.lower() for word in words[max(0, first - 2) : first]]
        if back[-1:] in (["on"], ["against"]):
            return back[0] in self._bearing
        is_told = back == ["according", "to"] and words[last : last + 1] != ["'s"]
        return is_told or back[-1:] == ["between"]

    def is_edge(self, between: list[str]) -> bool:
        """Tell the words between a place and the greater one that it lies by: ", on the outskirts of"."""
        is_short = len(between) <= _LONGEST_PHRASE and between[:1] == [","] and between[-1:] == ["of"]
        return is_short and "and" not in between and not self._inside.isdisjoint(between)

    def _wages(self, words: list[str], last: int) -> bool:
        """Tell a state whose war is told of by the words behind its name: "in Russia's full-scale invasion"."""
        after = words[last + 1 : last + 1 + _WAGING]
        return words[last : last + 1] == ["'s"] and not (self.wars | _FOUGHT | _WAGED).isdisjoint(after)

    def is_struck(self, words: list[str], last: int) -> bool:
        """Tell a place that is told to be hit by the words behind its name: "Chernihiv was struck again", "came under fire"."""
        k = last
        while k < len(words) and words[k] in _PASSIVE:
            k += 1
        return last < k < len(words) and (words[k] in self._struck or words[k - 1 : k + 1] == ["came", "under"])

    def office(self, words: list[str], last: int) -> tuple[bool, bool]:
        """Tell whether an office stands behind a name, and whether it is of its region: "Donetsk regional military administration"."""
        k = last
        while k < len(words) and words[k] in _OFFICIAL:
            k += 1
        low = words[k].lower() if k < len(words) else ""
        is_regional = k > last and words[last] == "regional" and (low in self.offices or low in _HEADS)
        is_regional = is_regional or low in _GOVERNORS
        return low in self.offices or is_regional, is_regional

    def is_of_region(self, words: list[str], first: int) -> bool:
        """Tell a region by the words before it: "the eastern region of Luhansk", "the head of the regional administration in Sumy"."""
        before = [word.lower() for word in words[max(0, first - _REGIONAL) : first]]
        if len(before) < len(("region", "of")):
            return False
        *others, noun, link = before
        if link == "of" and self.sorts.get(noun) == "REGION":
            return True
        return link in _OF_OFFICE and noun in self.offices and "regional" in others and not _HEADS.isdisjoint(others)

    def is_aimed_at(self, lows: list[str], token: int) -> bool:
        """Tell a state that a war is on or that something is for from one that acts: "the war in Ukraine", "spied for Russia"."""
        i = token - 1
        while i > 0 and lows[i] in _BETWEEN and lows[i] != "of":
            i -= 1
        if i < 0:
            return False
        is_of_war = (
            i > 0 and (lows[i] in WITHIN or lows[i] in WEAK) and (lows[i - 1] in self.wars or lows[i - 1] in _FOUGHT)
        )
        return is_of_war or lows[i] in _AIMED or lows[i] == "-" or lows[i] in self.wars

    def is_in_list(self, words: list[str], first: int, last: int) -> bool:
        """Tell a name of a list of regions: "the Kharkiv, Sumy and Chernihiv regions", "the regions of Sumy and Kharkiv"."""
        k = last
        while k < len(words) and k - last <= _LONGEST_LIST and (words[k] in _LISTING or words[k][0].isupper()):
            k += 1
        if k < len(words) and words[k] in self._plural_regions and (k == last or "and" in words[last:k]):
            return True
        k = first - 1
        while k > 0 and first - k <= _LONGEST_LIST and (words[k] in _LISTING or words[k][0].isupper()):
            k -= 1
        return k > 0 and words[k] == "of" and words[k - 1] in self._plural_regions

    def refers_back(self, sentence: Sentence) -> int | None:
        """Return the token where a sentence says "the city", "the southern port city" of one named before."""
        lows = sentence.lows
        if self.settled.isdisjoint(lows):
            return None
        for i, low in enumerate(lows):
            if low in self.settled and i and self._is_led_by(lows, i, _THE):
                after = sentence.words[i + 1] if i + 1 < len(lows) else ""
                return i if after != "of" and not after[:1].isupper() else None
        return None

    def _is_led_by(self, lows: list[str], i: int, articles: frozenset[str]) -> bool:
        """Tell whether an article stands before a word for a settlement, with but words that describe it between."""
        least = max(1, i - _DESCRIBED)
        while i > least and (
            self.sorts.get(lows[i - 1]) in {"PART", "SETTLEMENT"}
            or lows[i - 1].endswith(_DESCRIBING)
            or lows[i - 1].capitalize() in self.adjectives
        ):
            i -= 1
        return lows[i - 1] in articles

    def unnamed(self, sentence: Sentence) -> int | None:
        """Return the token of a settlement that a sentence tells of without its name: "a rebel-held town in Syria"."""
        lows = sentence.lows
        if self.settled.isdisjoint(lows):
            return None
        for i, low in enumerate(lows):
            if i and low in self.settled and not low.endswith("s") and lows[i + 1 : i + 2] != ["of"]:
                if self._is_led_by(lows, i, _NEW):
                    return i
        return None

    def region_named(self, sentence: Sentence) -> int | None:
        """Return the token where a sentence says "the region", "her province" of one named before."""
        lows = sentence.lows
        if self._regions.isdisjoint(lows):
            return None
        return next((i for i, low in enumerate(lows) if i and low in self._regions and lows[i - 1] in _POINTING), None)

    def opens(self, sentence: Sentence, first: int) -> bool:
        """Tell whether a sentence begins with the name at a token: "Mariupol has", "The nearby city of Lysychansk was"."""
        lows = sentence.lows
        is_city = 1 < first <= _LONGEST_PHRASE and lows[0] == "the" and lows[first - 1] == "of"
        return first == 0 or (is_city and lows[first - 2] in self.settled)


def is_of_part(sentence: Sentence, first: int) -> bool:
    """Tell a place by which a part is counted: "downed 144 drones, including 53 over the Bryansk region"."""
    link = next((k for k in range(first - 1, 0, -1) if sentence.tags[k] == "PREP"), 0)
    return link > 0 and sentence.tags[link - 1] == "NUM"


def opens_clause(sentence: Sentence, first: int, last: int) -> bool:
    """Tell whether tokens first to last are the subject of another clause: "three died in Kherson and two were wounded in Sumy"."""
    return sentence.tags[first - 1] == "CONJ" and sentence.tags[last : last + 1] in (["BE"], ["VERB"], ["HAVE"])
