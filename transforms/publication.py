"""When an article was published: what is stated, what speaks against it, and the day that stands in the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from transforms.datelines import find_days, first_weekday, read_dateline, read_url_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transforms.documents import Draft

_DAY_FORMS = ("%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
_MONTH_FORMS = ("%Y-%m", "%Y/%m", "%B %Y", "%b %Y")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+", re.IGNORECASE)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?")  # seconds from 1973 to 2286
_MONTHS_IN_YEAR = 12
_CENTURY = 100
_PIVOT = 70  # a year of two digits from here on is of the last century, as POSIX has it (69)
_NEAR = timedelta(days=2)  # one story's day in two time zones, or filed before midnight and printed after it
_AHEAD = timedelta(days=1)  # an outlet's local day may be one ahead of the day in UTC
_BEFORE = timedelta(days=10)  # days back that news speaks of by their date
_ENOUGH = 2  # days that a text names shortly before a date: two are no accident


@dataclass(frozen=True, slots=True)
class Published:
    """When an article came out: the moment in UTC where a time of day is stated, and the outlet's local day."""

    at: datetime | None = None
    day: date | None = None
    precision: str = "NONE"
    basis: str = "NONE"
    stated: str | None = None  # the words of a date that was stated and is not taken
    conflict: str | None = None  # what spoke against it


UNDATED = Published()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What else dates an article than a stated date."""

    url: Published
    body: Published
    text: str
    latest: date | None  # no article was fetched before it was published

    def sure(self) -> Iterator[Published]:
        """Yield the days that the address and the dateline state, unless they lie ahead."""
        yield from (found for found in (self.url, self.body) if found.day and not self.is_ahead(found.day))

    def is_ahead(self, day: date) -> bool:
        return self.latest is not None and day > self.latest + _AHEAD

    def against(self, day: date) -> Published | None:
        """Return what contradicts a day, unless something else bears it out."""
        others = list(self.sure())
        if any(_agree(other, day) for other in others):
            return None
        return others[0] if others else None

    def bears(self, day: date) -> int:
        """Count what bears out a day: address and dateline, days named shortly before it, the first weekday."""
        found = _ENOUGH * sum(_agree(other, day) for other in self.sure())
        named = {mention.on(day.year) for mention in find_days(self.text)}
        found += min(_ENOUGH, sum(1 for n in named if n and timedelta(0) <= day - n <= _BEFORE))
        weekday = first_weekday(self.text)
        return found + (weekday in {day.weekday(), (day - timedelta(days=1)).weekday()})


def date_draft(draft: Draft, url: str | None, fetched_at: datetime | None) -> Published:
    """Decide when a draft was published.

    The first date that is stated and can be read is weighed against the day in the address and the dateline; where
    they contradict it, it may have day and month swapped, else they win. What lost is kept with what spoke against it.

    >>> from transforms.documents import Draft
    >>> found = date_draft(Draft("Two bridges were hit.", published="2022-11-02"), "https://example.org/2022/02/11/a", None)
    >>> found.day, found.basis, found.stated, found.conflict
    (datetime.date(2022, 2, 11), 'GIVEN', '2022-11-02', 'SWAPPED')
    """
    evidence = _gather(draft.text, url, fetched_at)
    claims = [(draft.published_basis, draft.published)] if draft.published else []
    claims += [(claim.basis, claim.written) for claim in draft.dates]
    lost: tuple[str, str] | None = None
    for basis, written in claims:
        if basis == "INFERRED" and (sure := next(evidence.sure(), None)):
            return sure
        found = _weigh(written, basis, evidence)
        if found.conflict and not lost:
            lost = (written, found.conflict)
        if found.day:
            return replace(found, stated=lost[0] if lost else None, conflict=lost[1] if lost else None)
    best = next(evidence.sure(), UNDATED)
    return replace(best, stated=lost[0], conflict=lost[1]) if lost else best


def _gather(text: str, url: str | None, fetched_at: datetime | None) -> _Evidence:
    in_url = read_url_date(url) if url else None
    at_head = read_dateline(text)
    return _Evidence(
        Published(None, in_url[0], "DAY" if in_url[1] else "MONTH", "URL") if in_url else UNDATED,
        Published(None, at_head, "DAY", "BODY") if at_head else UNDATED,
        text,
        fetched_at.date() if fetched_at else None,
    )


def _weigh(written: str, basis: str, evidence: _Evidence) -> Published:
    """Return the day that a stated date stands for, with what spoke against its words; without a day, why it is none."""
    readings = [replace(found, basis=basis) for found in _readings(written)]
    if not readings:
        return Published(conflict="UNREADABLE")
    if len(readings) > 1:
        best = _better(readings, evidence)
        return replace(best, conflict="AMBIGUOUS") if best else Published(conflict="AMBIGUOUS")
    [found] = readings
    day = found.day
    if day is None or found.precision not in {"SECOND", "DAY"}:
        return found
    swapped = _swap(found)
    against = evidence.against(day)
    if evidence.is_ahead(day) or against:
        if swapped and swapped.day and not evidence.is_ahead(swapped.day) and not evidence.against(swapped.day):
            return replace(swapped, conflict="SWAPPED")
        if evidence.is_ahead(day):
            return Published(conflict="FUTURE")
        return replace(against, conflict=against.basis) if against else found
    if swapped and not any(_agree(other, day) for other in evidence.sure()):
        better = _better([found, swapped], evidence)
        if better is swapped:
            return replace(swapped, conflict="SWAPPED")
    return found


def _better(readings: Sequence[Published], evidence: _Evidence) -> Published | None:
    """Return the one of two readings of a date that the article bears out, and the other not at all."""
    open_to = [r for r in readings if r.day and not evidence.is_ahead(r.day) and not evidence.against(r.day)]
    if len(open_to) == 1 and len(readings) > 1 and list(evidence.sure()):
        return open_to[0]
    scores = sorted(((evidence.bears(r.day), i) for i, r in enumerate(open_to) if r.day), reverse=True)
    if not scores or scores[0][0] < _ENOUGH or (len(scores) > 1 and scores[1][0] > 0):
        return None
    return open_to[scores[0][1]]


def _agree(one: Published, day: date) -> bool:
    if one.day is None:
        return False
    if one.precision == "MONTH":  # its last day may be printed on the next month's first
        return any((d.year, d.month) == (one.day.year, one.day.month) for d in (day, day - _NEAR, day + _NEAR))
    return abs(one.day - day) <= _NEAR


def _swap(found: Published) -> Published | None:
    """Return a date with day and month changed, where that is another date."""
    if found.day is None or found.day.day > _MONTHS_IN_YEAR or found.day.day == found.day.month:
        return None
    day = found.day.replace(month=found.day.day, day=found.day.month)
    at = found.at + (day - found.day) if found.at else None
    return replace(found, at=at, day=day)


def _readings(written: str) -> list[Published]:
    """Return what a stated date can mean: nothing, one day, or two."""
    if (found := _SLASHED.match(written.strip())) and not written.strip()[found.end() :].strip("0: "):
        first, second, year = map(int, found.groups())
        year += 0 if year >= _CENTURY else 1900 if year >= _PIVOT else 2000
        days = {_day(year, a, b) for a, b in ((first, second), (second, first))}
        return [Published(None, day, "DAY") for day in sorted(filter(None, days))]
    found_one = read_published(written)
    return [found_one] if found_one.day else []


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_published(written: str) -> Published:
    """Read a stated date or time of publication; UNDATED for one that is none, or that means two days.

    A time without a zone is taken as the outlet's local time for the day and as UTC for the moment. A month or a year
    stands as its first day, with its precision.

    >>> read_published("2026-02-18T01:30:00+02:00").at, read_published("2026-02-18T01:30:00+02:00").day
    (datetime.datetime(2026, 2, 17, 23, 30), datetime.date(2026, 2, 18))
    >>> read_published("Feb. 18, 2026").day, read_published("02/03/2026").day
    (datetime.date(2026, 2, 18), None)
    """
    written = written.strip()
    moment = _read_moment(written)
    if moment:
        in_utc = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        return Published(in_utc, moment.date(), "SECOND")
    day = _read_day(written)
    if day:
        return Published(None, day, "DAY")
    plain = " ".join(written.replace(".", " ").replace(",", " ").split())
    if month := _parse(plain, _MONTH_FORMS):
        return Published(None, month, "MONTH")
    if re.fullmatch(r"(?:19|20)\d\d", written):
        return Published(None, date(int(written), 1, 1), "YEAR")
    return UNDATED


def _read_moment(written: str) -> datetime | None:
    """Read ISO 8601 with a time, RFC 5322 (feeds, mail), or seconds since 1970."""
    try:
        if _EPOCH.fullmatch(written):
            return datetime.fromtimestamp(float(written), UTC)
        if ":" not in written and "T" not in written:
            return None
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            return parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return None


def _read_day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        pass
    if m := _SLASHED.fullmatch(written):
        first, second, year = map(int, m.groups())
        if first <= _MONTHS_IN_YEAR and second <= _MONTHS_IN_YEAR and first != second:
            return None  # 02/03: the second of March or the third of February
        day, month = (first, second) if first > _MONTHS_IN_YEAR else (second, first)
        return _day(year, month, day) if year >= _CENTURY else None
    if found := _parse(written, _DAY_FORMS):
        return found
    words = _WEEKDAY.sub("", written).replace(".", " ").replace(",", " ").replace("Sept ", "Sep ")
    return _parse(" ".join(words.split()), _DAY_FORMS)


def _parse(written: str, forms: tuple[str, ...]) -> date | None:
    for form in forms:
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007  only its day is used
        except ValueError:
            continue
    return None
