"""What seeds/page_words.toml knows of pages, by place, and which of it a class, an id or a line bears."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from seeds.kinds import PageWord
from seeds.loader import HERE, read_kind

if TYPE_CHECKING:
    from lxml import html

SHORT = 160  # characters of a notice around an article; a sentence of news that begins like one is longer
_RULE = re.compile(r"[|:\- ]+")  # between the head of a table and its rows


@lru_cache(maxsize=1)
def words() -> dict[str, frozenset[str]]:
    """Return the words of seeds/page_words.toml by place.

    >>> "figcaption" in words()["PART"]
    True
    """
    places: dict[str, frozenset[str]] = {}
    for entry in read_kind(PageWord, HERE / f"{PageWord.file}.toml").values():
        places[entry.place] = places.get(entry.place, frozenset()) | frozenset(entry.words)
    return places


def is_named(element: html.HtmlElement, place: str) -> bool:
    """Tell whether an element's class or id has a word of a place."""
    return bears(f"{element.get('class', '')} {element.get('id', '')}".lower(), place)


@lru_cache(maxsize=4096)
def bears(named: str, place: str) -> bool:
    """Tell whether a class or id has a word of a place: as a whole, as one of its words, or as two joined by a hyphen.

    >>> bears("article__related", "PART"), bears("unrelated", "PART")
    (True, False)
    """
    known = words()[place]
    for name in named.split():
        parts = [part for part in re.split(r"[-_]+", name) if part]
        pairs = (f"{a}-{b}" for a, b in pairwise(parts))
        if name in known or not known.isdisjoint(parts) or not known.isdisjoint(pairs):
            return True
    return False


def is_notice(line: str) -> bool:
    """Tell whether a line around an article is none of its sentences: a label, a request, a rule of a table.

    >>> is_notice("Sign up for our newsletter"), is_notice("Two bridges were hit.")
    (True, False)
    """
    low = fold(line)
    if low in words()["LINE"] or _RULE.fullmatch(low):
        return True
    return len(low) <= SHORT and (low.startswith(tuple(words()["START"])) or any(w in low for w in words()["WITHIN"]))


def fold(line: str) -> str:
    """Return a line in lower case with plain spaces and apostrophes, without the sign of a list.

    >>> fold("– The  mayor’s Office")
    "the mayor's office"
    """
    return " ".join(line.split()).lower().replace("’", "'").lstrip("-–•| ")
