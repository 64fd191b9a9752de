"""A place named in a sentence; names that no gazetteer holds, and the dateline, which is none of what the sentence tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.placewords import LOCATED

if TYPE_CHECKING:
    from collections.abc import Container

    from transforms.placewords import PlaceWords
    from transforms.reading import Context
    from transforms.sentences import Sentence

SETTLEMENT, DISTRICT, REGION, PART, STATE = 1, 3, 4, 5, 6  # UCDP where_prec (GED codebook 22.1)
_LONGEST = 5  # tokens of a name that no gazetteer holds
_LEVELS = {"REGION": REGION, "DISTRICT": DISTRICT, "SITE": SETTLEMENT}  # of names that no gazetteer holds
_TOWN_AFTER = (["in"], ["at"], ["near"], ["of"])
_APPOSITIONS = ([",", "a"], [",", "the"])
_DASHES = frozenset(("—", "–", "-"))
_DATELINE = 12  # tokens of the longest dateline
_FINITE = frozenset("is was are were has have had will".split())
_HELD = re.compile(
    r"-(?:held|occupied|controlled|annexed|installed|backed|appointed)\b"
)  # "Russian-held" is of another state


@dataclass(slots=True)
class Mention:
    """A place named in a sentence: its tokens, its name there and what the gazetteer knows of it."""

    first: int
    last: int
    name: str
    level: int
    place_id: str | None
    country_code: str | None
    is_located: bool  # a preposition or verb says that something is there
    cost: int = LOCATED
    seed: str = "places"


def text_of(sentence: Sentence, first: int, last: int) -> str:
    """Return the text of some tokens."""
    return sentence.text[sentence.starts[first] - sentence.start : sentence.ends[last - 1] - sentence.start]


def unlisted(known: PlaceWords, sentence: Sentence, i: int) -> Mention | None:
    """Read "the Voznesensky district", "at the Azot plant": a name that the next word says is of a region or a site."""
    lows, words = sentence.lows, sentence.words
    after = lows[i + 1] if i + 1 < len(lows) else ""
    sort = known.sorts.get(after)
    if after != "," and sort not in _LEVELS:
        return None
    if words[i] in known.adjectives or not i or not words[i].isalpha() or lows[i] in known.skipped:
        return None
    if lows[i] in known.dates:
        return None  # "in the attack on Monday, the city's mayor said"
    if lows[i + 1 : i + 3] in _APPOSITIONS and not known.settled.isdisjoint(lows[i + 3 : i + 5]):
        cost, is_located, _ = known.place_of(words, i)
        return Mention(i, i + 1, words[i], SETTLEMENT, None, None, is_located, cost) if is_located else None
    cost, is_located, _ = known.place_of(words, i)
    if sort == "SITE" and (not is_located or lows[i + 2 : i + 3] in _TOWN_AFTER):
        return None  # "the Drama Theater in Mariupol" is there
    level = _LEVELS.get(sort or "")
    return Mention(i, i + 2, text_of(sentence, i, i + 2), level, None, None, is_located, cost) if level else None


def unlisted_settlement(known: PlaceWords, sentence: Sentence, i: int, listed: Container[str]) -> Mention | None:
    """Read "the village of Zelenopillia": a capitalised name that the words before "of" say is a settlement."""
    words = sentence.words
    if not i or sentence.lows[i - 1] not in known.settled:
        return None
    last = i + 1
    while (
        last < len(words)
        and last - i <= _LONGEST
        and (words[last][0].isupper() or (words[last] == "-" and last > i + 1))
    ):
        last += 1
    if any(text_of(sentence, i + 1, stop) in listed for stop in range(i + 2, last + 1)) or last == i + 1:
        return None
    return Mention(i + 1, last, text_of(sentence, i + 1, last), SETTLEMENT, None, None, is_located=True)


def without_dateline(mentions: list[Mention], sentence: Sentence) -> list[Mention]:
    """Drop the places of a dateline: "KYIV, Ukraine (AP) —" says where the reporter was."""
    if not mentions or mentions[0].first > 1:
        return mentions
    words, starts, ends = sentence.words, sentence.starts, sentence.ends
    for i in range(1, min(_DATELINE, len(words) - 1)):
        if words[i] in _DASHES and starts[i + 1] > ends[i]:
            return [mention for mention in mentions if mention.first > i]
        if sentence.lows[i] in _FINITE:
            break
    return mentions


def told_of_states(ctx: Context) -> str:
    """Return the text without words for who holds a place of another state: "Russian-held"; made once an article."""
    told: str | None = ctx.state.get("text of states")  # type: ignore[assignment]  # this step put it there
    if told is None:
        kept, last = [], 0
        for found in _HELD.finditer(ctx.text):
            start = found.start()
            while start > last and ctx.text[start - 1].isalnum():
                start -= 1
            kept.append(ctx.text[last:start])
            last = found.end()
        told = ctx.state["text of states"] = "".join((*kept, ctx.text[last:]))
    return told
