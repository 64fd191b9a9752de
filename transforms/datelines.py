"""Days that an article's address and first lines state, and days that its text speaks of."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_YEAR, _LAST_YEAR = 1990, 2099  # of articles on the web; other four digits in an address are something else
_HEAD_CHARS, _HEAD_LINES, _LABEL_CHARS = 600, 4, 80  # a dateline or byline stands in the first lines and is short
_WIRE_CHARS = 60  # "SAN SALVADOR, 3 JAN 90 (AFP) -- ": place, day and agency before the first sentence
_PIVOT = "70"  # a year of two digits from here on is of the last century
_READ_CHARS = 20_000  # of a text whose days are looked at
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_URL_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"/{_YEAR}[/-](?P<m>\d\d?|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[/-](?P<day>\d\d?)(?:[/_-]|$)",
        rf"(?<!\d){_YEAR}-(?P<m>\d\d)-(?P<day>\d\d)(?!\d)",
        rf"(?<!\d){_YEAR}(?P<m>\d\d)(?P<day>\d\d)(?!\d)",
        rf"-(?P<m>{'|'.join(MONTHS)})[a-z]{{0,6}}-(?P<day>\d\d?)-{_YEAR}/?(?:\.\w+)?$",
        rf"-(?P<day>\d\d?)-(?P<m>{'|'.join(MONTHS)})[a-z]{{0,6}}-{_YEAR}/?(?:\.\w+)?$",
        rf"/{_YEAR}[/-](?P<m>\d\d?|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:/|$)",
    )
)
_DAYS = re.compile(
    rf"\b(?:(?P<day>\d\d?)(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>(?:19|20)\d\d|\d\d(?=\s*(?:\(|--|—|–))))?\b"
    rf"|{_MONTH.replace('month', 'month2')}\s+(?P<day2>\d\d?)(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<year2>(?:19|20)\d\d))?"
    rf"|{_YEAR.replace('year', 'year3')}-(?P<m3>\d\d)-(?P<day3>\d\d)(?=$|[\sT,.)])"
    rf"|(?P<day4>\d\d)\.(?P<m4>\d\d)\.{_YEAR.replace('year', 'year4')})",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"\b(?:updated|modified|revised|edited|last (?:update|changed))\b", re.IGNORECASE)
_WIRE = re.compile(r"^\W*(?:[A-Z][\w'’.-]*[ ,/]+|\([A-Z ]+\)[ ,]*){0,8}$")
_LABEL = re.compile(r"^\W*(?:date of publication|(?:first )?published|posted)\W+(?:on )?$", re.IGNORECASE)
_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[.,]? $", re.IGNORECASE)
_NAMED_CHARS = 200  # "... AFP Monday 18 Aug 2014": a headline stands before some datelines
_WEEKDAY = re.compile(r"\b(?:on |early |late )?(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Mention(NamedTuple):
    """A day that a text names; its year may be left out."""

    year: int | None
    month: int
    day: int
    start: int
    end: int

    def on(self, year: int) -> date | None:
        """Return the day, in the given year where it names none; None where there is no such day."""
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None


def read_url_date(url: str) -> tuple[date, bool] | None:
    """Return the day in an address's path, and whether it is a day; else the first of the month that it names.

    >>> read_url_date("https://example.org/world/2022/may/27/two-bridges-hit")
    (datetime.date(2022, 5, 27), True)
    >>> read_url_date("https://example.org/news/2026/02/two-bridges-hit/")
    (datetime.date(2026, 2, 1), False)
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    for form in _URL_FORMS:
        for found in form.finditer(path):
            named = found["m"].lower()
            month = MONTHS.index(named) + 1 if named in MONTHS else int(named)
            day = found.groupdict().get("day")
            if made := Mention(int(found["year"]), month, int(day or 1), 0, 0).on(0):
                if _FIRST_YEAR <= made.year <= _LAST_YEAR:
                    return made, day is not None
    return None


def find_days(text: str) -> Iterator[Mention]:
    """Yield the days that a text names by day and month.

    >>> [mention.on(2022).isoformat() for mention in find_days("Between 3 March and April 2, 2023 it burned.")]
    ['2022-03-03', '2023-04-02']
    """
    for found in _DAYS.finditer(text, 0, _READ_CHARS):
        day = found["day"] or found["day2"] or found["day3"] or found["day4"]
        name, number = found["month"] or found["month2"], found["m3"] or found["m4"]
        year = found["year"] or found["year2"] or found["year3"] or found["year4"]
        if year and len(year) == len("90"):
            year = f"19{year}" if year >= _PIVOT else None  # the wires of the 1980s and 1990s
        month = MONTHS.index(name[:3].lower()) + 1 if name else int(number)
        yield Mention(int(year) if year else None, month, int(day), found.start(), found.end())


def read_dateline(text: str) -> date | None:
    r"""Return the day with its year that a text begins with or that a short line of its head states, but for changes.

    >>> read_dateline("Posted Wednesday, 4 Feb 2026 by the desk\nTwo bridges were hit.")
    datetime.date(2026, 2, 4)
    >>> read_dateline("Two bridges that were built on 4 February 2016 were hit again on the way to Orikhiv, officials there said.")
    """
    head = text[:_HEAD_CHARS]
    for number, line in enumerate(head.split("\n")[:_HEAD_LINES]):
        is_label = len(line) <= _LABEL_CHARS and not line.rstrip().endswith((".", "?", "!", "”", '"'))
        for mention in find_days(line):
            day = mention.on(mention.year) if mention.year else None
            before = line[: mention.start]
            if day is None or _CHANGED.search(before):
                continue
            named = _NAMED.search(before)
            is_named = named is not None and _DAY_NAMES.index(named[1].lower()) == day.weekday()
            is_first = number == 0 and len(before) <= _WIRE_CHARS and (_WIRE.match(before) or _LABEL.match(before))
            if is_label or is_first or (is_named and len(before) <= _NAMED_CHARS):
                return day
    return None


def first_weekday(text: str) -> int | None:
    """Return the first weekday that a text names, Monday as 0: mostly the day of publication or the one before.

    >>> first_weekday("Two bridges were hit on Tuesday.")
    1
    """
    found = _WEEKDAY.search(text, 0, _HEAD_CHARS * 2)
    return _WEEKDAYS.index(found[1]) if found else None
