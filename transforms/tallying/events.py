"""What happened at one place on one day: an event, with all reports of it, and what tells reports of it apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.tallying.rules import is_settled, place_key
from transforms.tallying.said import VAGUE, by_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from transforms.tallying.said import Statement

DAY = timedelta(days=1)
REGION = 4  # UCDP where_prec of a region with a border
FEW = 3  # least number by which reports of one day are alike
GROWTH = 5  # times: how far a toll that rises may have risen from one report to another
CLOSE = 2  # times: how far an early word and a last count of one toll lie apart


@dataclass(slots=True, eq=False)
class Event:
    """What happened at one place on one day or night; no day is known where only undated reports tell of it."""

    start: date | None
    end: date | None
    place: str | None  # None where only a country, or nothing, is named
    is_settled: bool  # whether the place is a settlement, and no region
    country: str | None = None  # of the place
    is_military: bool = False  # whether soldiers alone are counted
    members: list[Statement] = field(default_factory=list)
    within: tuple[str, ...] | None = None  # the key of a greater group that a source of this one tells of beside it
    mark: str = ""  # what tells events apart that have no place or no day
    leads: set[float] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)  # that most reports of a site name
    has_soldiers: bool = False  # whether any report says so: then a report of soldiers may be of it too
    told: int = 0  # its day as a number; of one without a day that of its first report
    top: float = 0.0  # the greatest number that a report with a day tells
    vague: float = 0.0  # what "dozens" tells where no report tells a number

    def take(self, statements: Iterable[Statement], rule: str) -> None:
        """Let reports join by a rule of seeds/reconciling.toml."""
        for statement in statements:
            statement.joined_by = rule
            self.members.append(statement)

    def learn(self) -> None:
        """Note the numbers and the kinds of weapons told so far."""
        self.leads = {s.lead for s in self.members if s.vagueness < VAGUE}
        self.top = self.top or max(self.leads, default=0.0)
        self.vague = 0.0 if self.leads else max(s.lead for s in self.members)
        first = min(self.members, key=by_order).said.published_date if self.start is self.end is None else None
        self.told = ordinal(self.start or self.end or first)
        self.has_soldiers = any(map(is_military_toll, self.members))
        named = Counter(site for s in self.members for site in s.sites)
        self.sites = {site for site, n in named.items() if 2 * n >= max(named.values())}
        self.classes = {weapon_kind(s.said.weapon_class) for s in self.members if s.said.weapon_class}

    @property
    def strength(self) -> tuple[object, ...]:
        """Order events by how well they are known."""
        return (self.is_settled, self.place is not None, len(self.members), -ordinal(self.start), self.key)

    @property
    def key(self) -> tuple[str, ...]:
        """What names the event."""
        soldiers = "MILITARY" if self.is_military else ""
        return (
            self.place or "",
            "" if self.is_settled else "wide",
            str(self.start),
            str(self.end) if self.mark else "",
            self.mark,
            soldiers,
        )


def ordinal(day: date | None) -> int:
    """Return a day as a number, 0 where it is not known."""
    return day.toordinal() if day else 0


def weapon_kind(weapon_class: str) -> str:
    """Return the kind of a class of weapon: a cruise missile is a missile, and papers call missiles rockets.

    >>> weapon_kind("MISSILE_CRUISE"), weapon_kind("ROCKET"), weapon_kind("DRONE")
    ('MISSILE', 'MISSILE', 'DRONE')
    """
    kind, _, _ = weapon_class.partition("_")
    return "MISSILE" if kind == "ROCKET" else kind


def level(statement: Statement) -> tuple[str | None, bool]:
    """Return the place, None for a country or a part of it without a border, and whether it is a settlement."""
    said = statement.said
    return (None if (said.place_precision or 0) > REGION else place_key(said)), is_settled(said)


def is_military_toll(statement: Statement) -> bool:
    """Tell whether soldiers alone are counted."""
    return statement.said.victim == "MILITARY"


def country_of(statement: Statement) -> str | None:
    """Return the country of a settlement or a region; None where no such place is named."""
    return statement.said.country_code if level(statement)[0] else None


def follows(later: Statement | Event, event: Event) -> bool:
    """Tell whether a report's day and night are the next after those of an event: what "the past day" is, said on the next day."""
    if later.start is None or later.end is None or event.start is None or event.end is None:
        return False
    return event.start < later.start == event.end < later.end
