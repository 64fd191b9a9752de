"""Which figures of a sentence are parts, wholes or list neighbours of one another: "58 of 72 drones", "12 hurt in Sumy and seven in Lviv"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.governors import LIST_WORDS, NEAR
from transforms.wordforms import VERBS

if TYPE_CHECKING:
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence
    from transforms.views import Hit, View

_PERSON = "{person}"
_MOST_OF = (["most", "of"], ["many", "of"], ["some", "of"], ["majority", "of"])
_ASIDE_REACH = 10  # tokens of an aside between commas
_OTHERS = "others"  # their code in seeds/nouns.toml
_MORE = frozenset({"a", "another", "further"})
_AMONG_REACH = 6  # tokens from persons to those that they are among
_AMONG_BACK = 4  # tokens from "among" to their number: "among more than 100 killed"
_GROUP = ["a", "group", "of"]
_OF_REACH = 3  # tokens from "of" to the number of the whole: "of its nearly 300"
_AUXILIARY, _RELATIVE = frozenset({"BE", "HAVE", "MODAL"}), frozenset({"REL", "SUB"})
_COMPARED = (["down", "from"], ["up", "from"], ["compared", "to"], ["compared", "with"])
_PARTS = frozenset(("including", "among", "whom", "them", "which", "include", "includes", "included", ":", "those"))
_OF_THEM = (["of", "them"], ["of", "whom"], ["of", "which"], ["of", "those"], ["among", "them"], ["among", "whom"])
_PERSONS = [
    [w] for w in ("children", "women", "men", "civilians", "soldiers", "minors", "teenagers", "adults", "girls", "boys")
]
_GEAR = frozenset({"{item}", "{munition}", "{truck}"})
_UNCOUNTED = frozenset({"NOUN", "NAME", "ADJ", "ADV", "-", ",", "CONJ"})  # things in a list that are not counted
_PLACES = (["NAME"], ["DET"], ["ADJ"], ["NOUN"], ["NUM"])  # or a year
_PREDICATES = frozenset({"VERB", "BE", "HAVE", "MODAL", "VBN"})
_BREAKS = frozenset({";", ".", "SUB", "REL", "VERB", "("})


def is_joined(s: Sentence, previous: Figure, figure: Figure) -> bool:
    """Tell whether only list words or words of inclusion stand between two figures, or the second is "of them"."""
    start = max(previous.last, previous.unit_last)
    words, tags = s.lows[start : figure.first], s.tags[start : figure.first]
    if words[-len(_GROUP) :] == _GROUP:  # "46 people, a group of 25 and"
        del words[-len(_GROUP) :], tags[-len(_GROUP) :]
    if not words:
        return False
    if (figure.head is None or figure.noun == _OTHERS) and _is_gapped(s, previous, figure):
        return True
    if figure.head is None and _is_placed_first(s, previous, figure):
        return True
    of = of_after(s, figure)
    if s.lows[of : of + 2] in _OF_THEM or s.lows[figure.last : figure.last + 2] in _OF_THEM:
        return True
    if any(words[k : k + 2] in _COMPARED for k in range(len(words))) and previous.unit_code == figure.unit_code:
        return True
    if is_among(s, previous, figure) or (figure.head is None and _is_said_to_be(s, figure)):
        return True
    if not _PARTS.isdisjoint(words):
        return VERBS.isdisjoint(tags) or ":" in words or "including" in words
    if previous.unit_code in _GEAR and figure.unit_code in _GEAR and "," in words:
        return _UNCOUNTED.issuperset(tags)  # "1,000 missiles, mortar systems and 90 guns"
    return all(w in LIST_WORDS or tag in {"ADV", "PREP", "ADJ"} for w, tag in zip(words, tags, strict=True))


def after_aside(lows: list[str], start: int) -> int:
    """Return the token behind what commas set off at a token: "two children, aged four and six, were among".

    >>> after_aside("two children , aged six , were".split(), 2)
    6
    """
    if lows[start : start + 1] == [","] and "," in lows[start + 1 : start + _ASIDE_REACH]:
        return lows.index(",", start + 1) + 1
    return start


def is_among(s: Sentence, previous: Figure, figure: Figure) -> bool:
    """Tell whether a figure is said to be some of the one before: "were killed, among them five children"."""
    start = max(previous.last, previous.unit_last, figure.first - _AMONG_REACH)
    return any(s.lows[k : k + 2] == ["among", "them"] for k in range(start, figure.first - 1)) and not any(
        s.tags[k] in VERBS for k in range(max(start, figure.first - 2), figure.first)
    )


def _is_said_to_be(s: Sentence, figure: Figure) -> bool:
    """Tell whether a bare number says who some were: "of the 23 killed, three were children and ten were women"."""
    return s.tags[figure.last : figure.last + 1] == ["BE"] and s.lows[figure.last + 1 : figure.last + 2] in _PERSONS


def _is_gapped(s: Sentence, previous: Figure, figure: Figure) -> bool:
    """Tell whether a bare number is joined by what stands behind it: "12 were hurt in Sumy and seven in Lviv"."""
    joint = figure.first - 1
    while joint > 0 and (s.tags[joint] == "ADV" or s.lows[joint] in _MORE):
        joint -= 1
    if s.tags[joint] not in {"CONJ", ","} and s.lows[joint - 2 : joint + 1] != ["as", "well", "as"]:
        return False
    end = max(figure.last, figure.unit_last)
    link = s.lows[end : end + 1]
    start = max(previous.last, previous.unit_last)
    behind = {s.lows[k] for k in range(start, joint) if s.tags[k] == "PREP"}
    is_same = bool(link) and link[0] in behind and s.tags[end + 1 : end + 2] in _PLACES
    if not is_same or any(s.tags[k] in _BREAKS and s.lows[k] != "as" for k in range(start + 1, joint)):
        return False
    for tag in s.tags[end + 1 :]:
        if tag in {",", ".", "CONJ", ";"}:
            break
        if tag in _PREDICATES:
            return False  # "12 were hurt in Sumy, and seven in Lviv were arrested"
    return True


def _is_placed_first(s: Sentence, previous: Figure, figure: Figure) -> bool:
    """Tell whether a bare number is joined by the place before it: "in Sumy four were killed, in Kharkiv two"."""
    link = figure.first - 1
    while link > previous.last and s.tags[link] in {"NAME", "DET", "ADJ", "NOUN"}:
        link -= 1
    is_placed = s.tags[link] == "PREP" and link < figure.first - 1 and s.tags[link - 1] in {",", "CONJ"}
    is_bare = s.tags[figure.last : figure.last + 1] in ([","], ["."], ["CONJ"], [";"], [])
    return is_placed and is_bare and s.lows[link] in s.lows[: previous.last]


def may_join(previous: Figure, figure: Figure, hit: Hit | None) -> bool:
    """Tell whether no cue is nearer than the figure before, or one that governs both while the noun is left out."""
    if figure.sentence is not None and is_among(figure.sentence, previous, figure):
        return True  # "were killed, among them five children, and 100 injured"
    return hit is None or hit.cost >= NEAR or (figure.head is None and hit.cue == previous.cue)


def has_own_verb(s: Sentence, figure: Figure) -> bool:
    """Tell whether something else is said of the figure: "arrested 30, and 12 were later released"."""
    i = max(figure.last, figure.unit_last)
    has_be = False
    while i < len(s.tags) and s.tags[i] in {"BE", "HAVE", "ADV", "NEG"}:
        has_be = has_be or s.tags[i] == "BE"
        i += 1
    return has_be and s.tags[i : i + 1] == ["VBN"]


def shares_participle(s: Sentence, figure: Figure, following: Figure) -> bool:
    """Tell whether persons are joined to, or among, others of whom a cue behind both speaks: "22 pupils and six teachers killed"."""
    if figure.metric_code != "OTHER" or figure.unit_code != _PERSON or not following.metric_code.startswith("CAS_"):
        return False
    if following.cue is None or following.unit_code != _PERSON:
        return False
    is_behind = following.cue >= following.unit_last
    between = range(max(figure.last, figure.unit_last), following.first)
    is_among = (
        "among" in s.lows[max(0, following.first - _AMONG_BACK) : following.first] and len(between) <= _AMONG_REACH
    )
    if is_among and following.cue >= following.last:
        return any(s.tags[k] == "BE" for k in between)  # "four pupils were believed to be among the nine people killed"
    return is_behind and all(s.lows[k] in {"and", ","} for k in between)


def is_whole(s: Sentence, previous: Figure | None, figure: Figure) -> bool:
    """Tell what another figure is a part of: "58 of 72 drones", "Of 72 drones, 58"."""
    before = [low for low in s.lows[max(0, figure.first - _OF_REACH) : figure.first] if low != "the"]
    if before[-2:] in _MOST_OF:
        return True
    if previous is None:
        return figure.first <= _OF_REACH and s.lows[0] == "of" and "," not in s.lows[: figure.first]
    between = s.lows[previous.last : figure.first]
    if between[:1] == ["out"]:
        del between[0]
    return between[:1] == ["of"] and len(between) <= _OF_REACH and previous.unit_code in {figure.unit_code, "%"}


def opens_whole(s: Sentence, whole: Figure, part: Figure) -> bool:
    """Tell whether a sentence opens with what the next figure counts some of: "Of 83 missiles, 43 were shot down"."""
    is_first = s.lows[0] in {"of", "from", "among"} and whole.first <= _OF_REACH
    return is_first and whole.metric_code == "OTHER" and part.unit_code in {whole.unit_code, None} and part.head is None


def of_whole(view: View, s: Sentence) -> Hit | None:
    """Return the nearest cue that is not the part's: what was shot down of the drones is not what was launched."""
    if s.lows[0] == "of":
        end = s.lows.index(",") if "," in s.lows else 0
        return min((hit for hit in view.hits if hit.cue < end), default=None)
    is_main = VERBS.isdisjoint(s.tags[: view.figure.first])  # "five of the 28 drones hit the city"
    own = (
        hit
        for hit in view.hits
        if hit.rule == "noun"
        or (
            hit.rule == "verb after"
            and _is_relative(s.tags[view.end : hit.cue])
            and not (is_main and hit.cue == view.end)
        )
    )
    return min(own, default=None)


def _is_relative(tags: list[str]) -> bool:
    """Tell whether only a relative pronoun, or no auxiliary, stands between a noun and its verb: "drones fired from".

    Of "men who had hidden there were evacuated" the second verb is said of their part.
    """
    if _AUXILIARY.isdisjoint(tags):
        return True
    relative = next((k for k, tag in enumerate(tags) if tag in _RELATIVE), None)
    return relative is not None and VERBS.isdisjoint(tags[relative:])


def is_some(s: Sentence, figure: Figure) -> bool:
    """Tell a count of some of those named before, or of both, which is new where it tells what became of them."""
    return s.lows[figure.first] == "both" or s.lows[figure.last : figure.last + 2] in _OF_THEM


def told_of_them(s: Sentence, figure: Figure, previous: Figure | None, told: Figure | None) -> Figure | None:
    """Return whom a number of them is of, the figure before or that of persons: "1,700 people in 54 cities were held, 900 of them in Homs"."""
    if told is None or previous is None or s.lows[figure.last : figure.last + 2] not in _OF_THEM:
        return previous
    is_beyond = previous.metric_code == "OTHER" and previous.unit_code != _PERSON == told.unit_code
    return told if is_beyond else previous


def whole_before(ctx: Context, s: Sentence, figure: Figure) -> Figure | None:
    """Return the last figure of the sentence before where this one is some of it: "arrested 30. More than 12 of those were ..."."""
    is_some = (
        s.lows[figure.last : figure.last + 2] in (["of", "them"], ["of", "those"])
        and s.lows[max(0, figure.first - 1)] != "the"
    )
    if figure.unit_code is not None or not is_some or not ctx.figures:
        return None
    last = ctx.figures[-1]
    is_next = last.sentence is not None and last.sentence.index == s.index - 1
    return last if is_next and last.dimension == "count" else None


def of_after(s: Sentence, figure: Figure) -> int:
    """Return the token behind the unit, where an "of" may stand that some units take in: "10% of"."""
    return figure.unit_last - (s.lows[figure.unit_last - 1] == "of")
