"""Lines of a page that are no article: menus, teasers, tickers, sign-up boxes, credits."""

from __future__ import annotations

import re

from transforms.pagewords import is_notice

_SHORT = 120  # characters of a line that may be a teaser; sentences of articles run longer or end in a full stop
_LONG = 360  # characters of a line of boilerplate, such as a request for cookies
_RUN = 4  # neighbouring short lines without a full stop that make a menu
_ENDS = (".", "!", "?", "”", '"', "’", ":", "…", ")", ";", ",")
_REQUESTS = (
    "use cookies", "select your newsletter", "licensed under", "sign up to", "sign up for", "sign up here", "subscribe to",
    "sign in to", "our newsletter", "contract on",
)  # fmt: skip  # these tell a long line too
_BOILERPLATE = (
    *_REQUESTS, "sign up", "subscribe", "newsletter", "min read", "click here",
    "read more", "advertisement", "copyright", "all rights reserved", "share this", "follow us", "download the app",
    "download our app", "a month without", "most read", "related articles", "related stories",
    "more on this story", "find out more", "hide caption", "image source", "getty images", "view gallery", "watch live", "comments (",
)  # fmt: skip
_TICKER = re.compile(r"\b\d+ (?:minutes?|hours?|mins?|hrs?|days?) ago\b")
_LINK_LINE = re.compile(r"\[[^\]]*\]\(\S*\)\Z")
_LINK = re.compile(r"<?https?:/\S+|\]\(\S+|\bwww\.\S+")


def find_links(text: str) -> list[tuple[int, int]]:
    """Return the spans of web addresses, in order.

    >>> find_links("See https://example.org/12/34 for more.")
    [(4, 29)]
    """
    if "http" not in text and "](" not in text and "www." not in text:
        return []
    return [m.span() for m in _LINK.finditer(text)]


def find_furniture(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of lines that are furniture, in order.

    >>> menu = "\n".join(["Home", "World news", "3 min read", "Most read", "Weather"])
    >>> find_furniture(menu)
    [(0, 44)]
    """
    if "\n" not in text:
        return []
    spans: list[tuple[int, int]] = []
    start = 0
    run: list[tuple[int, int]] = []
    for line in text.split("\n"):
        end = start + len(line)
        stripped = line.strip()
        if stripped:
            if _LINK_LINE.match(stripped):
                run.append((start, end))
            elif len(stripped) <= _SHORT and stripped.endswith(("?", "'", "’", "!")):
                start = end + 1  # a teaser as well as a sentence: it neither makes nor breaks a menu
                continue
            elif len(stripped) <= _SHORT and not stripped.endswith(_ENDS):
                run.append((start, end))
            elif _is_boilerplate(stripped):
                run.append((start, end))
            else:
                _close(text, run, spans)
                run = []
        start = end + 1
    _close(text, run, spans)
    return spans


def _is_boilerplate(line: str) -> bool:
    if len(line) > _LONG:
        return False
    if is_notice(line):
        return True
    low = line.lower()
    phrases = _BOILERPLATE if len(line) <= _SHORT else _REQUESTS
    return any(phrase in low for phrase in phrases) or (" ago" in low and _TICKER.search(low) is not None)


def _close(text: str, run: list[tuple[int, int]], spans: list[tuple[int, int]]) -> None:
    """Take a run of short lines as furniture if it is long, else its boilerplate lines alone."""
    if len(run) >= _RUN:
        spans.append((run[0][0], run[-1][1]))
    else:
        spans.extend((a, b) for a, b in run if _is_boilerplate(text[a:b].strip()))
