"""What tallying takes: one figure with the article and the origin behind it; and how its number is bounded."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from transforms.tallying.rules import Rules

by_order = attrgetter("order")  # of statements
VAGUE = 3  # vagueness of "dozens", where "about" has 2
BASE = 10  # of the digits in which numbers are written
NEVER = datetime.combine(date.max, time())  # when that was published whose day nobody knows: after all else


class Said(NamedTuple):
    """A current figure, as the warehouse joins it: columns of figures, articles, attributions and article_clusters."""

    figure_id: str
    version_id: str
    article_id: str
    block_id: str
    batch_id: str
    outlet_id: str | None
    cluster_id: str  # the article's own id where no cluster is known
    sentence_id: str  # the same for the same sentence, wherever it stands
    published_at: datetime | None
    published_date: date | None
    number_start: int  # counted from the start of its sentence
    quote: str
    low: float | None
    best: float | None
    high: float | None
    low_base: float | None
    best_base: float | None
    high_base: float | None
    modifier: str
    number_form: str
    unit_code: str | None
    per_unit_code: str | None
    dimension: str | None
    metric_code: str
    counted: str | None
    kind: str
    direction: str | None
    actor_code: str | None
    target_code: str | None
    victim: str | None
    weapon_code: str | None
    weapon_class: str | None
    place_name: str | None
    place_id: str | None
    country_code: str | None
    place_precision: int | None
    period_start_date: date | None
    period_end_date: date | None
    polarity: str
    is_anaphoric: bool
    converts_figure_id: str | None
    source_id: str | None
    source_name: str | None
    party_code: str | None
    n_hops: int
    sites: str  # that the clause of the number names, by commas, in words of [same_site], of attacks of [attacks_on], of seeds/reconciling.toml


@dataclass(slots=True, eq=False)
class Statement:
    """A figure on its way into a tally. Bounds are in the dimension's base unit; infinite = unbounded."""

    said: Said
    low: float
    high: float
    lead: float  # the number that it is known by: best, else low, else high
    scale: float  # base units in one of the unit shown
    vagueness: int  # 0 = an exact number
    start: date | None
    end: date | None
    as_of: date | None  # the day for which the number is given
    origin: str  # what counts as one source
    is_attributed: bool  # whether anybody is named for it
    is_outside: bool  # whether its origin may contradict another: a side of the war, or a body that is not one
    is_claim: bool  # whether a side says it of what it did to the other
    sites: frozenset[str] = frozenset()  # that its clause names: "theatre"
    joined_by: str = "same_in_all"  # the rule by which it is told of this thing
    is_core: bool = True  # whether it may contest: dated by itself, and the only number of its article for the thing
    followers: list[Said] = field(default_factory=list)  # the same words elsewhere
    # Of publication, of which no two statements have the same; an article's figures stand together.
    order: tuple[datetime, str] = field(init=False)

    def __post_init__(self) -> None:
        """Note when it was published."""
        self.order = published(self.said), self.said.article_id + self.said.figure_id

    def meets(self, other: Statement) -> bool:
        """Tell whether both can be true."""
        return self.low <= other.high and other.low <= self.high


def published(said: Said) -> datetime:
    """Return when it was published; the start of the day where only that is known, the end of time where nothing is."""
    if said.published_at is not None:
        return said.published_at
    day = said.published_date
    return NEVER if day is None else datetime.combine(day, time())


def read_bounds(said: Said, rules: Rules) -> tuple[float, float, float, float]:
    """Return low, high, lead (base unit) and the scale between base unit and the unit shown.

    "About N" reaches half a unit of its last digit that is not zero; "a woman was killed" tells of one at least.
    """
    raw = said.best if said.best is not None else said.low if said.low is not None else said.high
    base = said.best_base if said.best_base is not None else said.low_base
    base = base if base is not None else said.high_base
    if raw is None:
        message = f"{said.figure_id} has no number"
        raise ValueError(message)
    if base is None:
        scale, lead = 1.0, raw
        low, high = said.low, said.high
    else:
        scale, lead = (base / raw if raw else 1.0), base
        low, high = said.low_base, said.high_base
    lower = -math.inf if low is None else low
    upper = math.inf if high is None else high
    if said.modifier == "APPROX" and lower == upper:
        reach = rules.about * last_place(raw) * scale
        lower, upper = lower - reach, upper + reach
    elif said.number_form == "SINGULAR":
        upper = math.inf
    return lower, upper, lead, scale


def last_place(number: float) -> float:
    """Return the worth of a number's last digit that is not zero.

    >>> last_place(20_300), last_place(40), last_place(7), last_place(0.5), last_place(0)
    (100.0, 10.0, 1.0, 0.1, 1.0)
    """
    if not number:
        return 1.0
    digits = f"{abs(number):.15g}"
    if "e" in digits:
        return float(BASE ** int(digits.partition("e")[2]))
    whole, _, part = digits.partition(".")
    if part:
        return float(f"1e-{len(part)}")
    return float(BASE ** (len(whole) - len(whole.rstrip("0"))))
