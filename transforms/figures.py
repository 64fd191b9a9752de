"""The nouns of reading: an article, the figures and refusals that its numbers become, and who said them.

Names, types and meanings are those of the table contracts (seeds/tables/*.toml); a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003  tests resolve the annotations
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.sentences import Sentence


class Modifier(StrEnum):
    """How a number is hedged; decides which of low, best and high are bounded."""

    EXACT = "EXACT"
    GE = "GE"
    GT = "GT"
    LE = "LE"
    LT = "LT"
    APPROX = "APPROX"
    RANGE = "RANGE"
    VAGUE = "VAGUE"


class NumberForm(StrEnum):
    """How the number is written: 5, five, 5 million, a woman, dozens."""

    DIGIT = "DIGIT"
    WORD = "WORD"
    MIXED = "MIXED"
    SINGULAR = "SINGULAR"
    VAGUE = "VAGUE"


class Kind(StrEnum):
    """Flow and stock as IDMC uses them; CUM is a running total, NET a balance."""

    FLOW = "FLOW"
    STOCK = "STOCK"
    CUM = "CUM"
    NET = "NET"
    CHANGE = "CHANGE"
    RATE = "RATE"
    RATIO = "RATIO"


class Polarity(StrEnum):
    """Whether the thing counted is said to have happened."""

    ASSERTED = "ASSERTED"
    DENIED = "DENIED"
    PLANNED = "PLANNED"
    HYPOTHETICAL = "HYPOTHETICAL"


class PeriodBasis(StrEnum):
    """Where a period comes from: the words, the words and the day of publication, the sentences around, nowhere."""

    STATED = "STATED"
    RELATIVE = "RELATIVE"
    CONTEXT = "CONTEXT"
    NONE = "NONE"


class Reason(StrEnum):
    """Why a number is no figure; seeds/refusals.toml defines each."""

    YEAR = "YEAR"
    DATE = "DATE"
    CLOCK = "CLOCK"
    RELATIVE_TIME = "RELATIVE_TIME"
    NAME = "NAME"
    MODEL = "MODEL"
    ORDINAL = "ORDINAL"
    PRONOUN = "PRONOUN"
    IDIOM = "IDIOM"
    PHONE = "PHONE"
    SCORE = "SCORE"
    LIST_NUMBER = "LIST_NUMBER"
    VAGUE_NO_RULE = "VAGUE_NO_RULE"
    FURNITURE = "FURNITURE"
    NOT_A_FIGURE = "NOT_A_FIGURE"


@dataclass(slots=True)
class Article:
    """One version of an article: a row of the table `articles`."""

    article_id: str
    version_id: str
    text_sha256: str
    document_id: str
    feed_id: str
    text: str
    title: str | None = None
    url: str | None = None
    outlet_id: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    published_date: date | None = None
    published_basis: str = "NONE"
    published_precision: str = "NONE"
    published_stated: str | None = None
    published_conflict: str | None = None
    reading_status: str = "READ"
    supersedes_version_id: str | None = None
    batch_id: str = ""


@dataclass(slots=True)
class Step:
    """One decision on the way of a figure: which field, which rule, which seed (`file/code`), on which words."""

    field: str
    rule: str
    seed: str | None = None
    words: str | None = None


@dataclass(slots=True)
class Attribution:
    """One hop of who said it: a row of `attributions` (hop 0 is the origin)."""

    hop: int
    source_name: str | None
    source_id: str | None
    role: str  # ORIGIN | RELAY | OUTLET
    scope: str  # STATED | INHERITED
    cue: str | None = None
    cue_start: int | None = None
    cue_end: int | None = None
    party_code: str | None = None
    figure_id: str = ""


@dataclass(slots=True)
class Refusal:
    """A number that is no figure: a row of `refusals`. Offsets are code points of the article's text."""

    number_start: int
    number_end: int
    reason: Reason
    rule: str = ""
    seed: str | None = None
    quote: str = ""
    refusal_id: str = ""


@dataclass(slots=True)
class Figure:
    """One statement of a quantity: a row of `figures`.

    All offsets are code points of the article's text, half open. The transient part below the line is for the
    steps of reading only and never leaves them.
    """

    # the words
    number_start: int
    number_end: int
    quote_start: int = 0
    quote_end: int = 0
    quote: str = ""
    sentence_start: int = 0
    sentence_end: int = 0
    # the number
    low: float | None = None
    best: float | None = None
    high: float | None = None
    modifier: Modifier = Modifier.EXACT
    is_modifier_inherited: bool = False
    number_form: NumberForm = NumberForm.DIGIT
    unit_code: str | None = None
    per_unit_code: str | None = None
    dimension: str | None = None
    low_base: float | None = None
    best_base: float | None = None
    high_base: float | None = None
    # what
    metric_code: str = "OTHER"
    counted: str | None = None
    kind: Kind = Kind.FLOW
    direction: str | None = None  # UP | DOWN
    # who
    actor_code: str | None = None
    actor_name: str | None = None
    target_code: str | None = None
    target_name: str | None = None
    victim: str | None = None  # CIVILIAN | MILITARY | CHILD | MIXED
    weapon_code: str | None = None
    weapon_class: str | None = None
    # where
    place_name: str | None = None
    place_id: str | None = None
    country_code: str | None = None
    place_precision: int | None = None
    # when
    period_edtf: str | None = None
    period_start_date: date | None = None
    period_end_date: date | None = None
    period_precision: int | None = None
    period_basis: PeriodBasis = PeriodBasis.NONE
    # standing
    polarity: Polarity = Polarity.ASSERTED
    is_anaphoric: bool = False
    converts_figure_id: str | None = None
    figure_id: str = ""
    attributions: list[Attribution] = field(default_factory=list)
    # ---- transient: what the steps of reading tell each other (token indexes count within `sentence`)
    sentence: Sentence | None = None
    first: int = 0  # first token of the number
    last: int = 0  # one past its last token
    unit_last: int = 0  # one past the unit's or counted noun's last token (>= last)
    head: int | None = None  # token of the counted head noun or unit
    noun: str | None = None  # seeds/nouns.toml code of the counted noun ("person", "drone"), if known
    cue: int | None = None  # token that decided the metric (verb or noun)
    role: str | None = None  # SUBJECT | OBJECT of that cue; for a passive the counted thing is its OBJECT
    converts: Figure | None = None  # the figure that this one repeats in another unit
    restates: Figure | None = None  # the figure of the thing that this one counts otherwise
    steps: list[Step] = field(default_factory=list)

    def why(self, name: str, rule: str, seed: str | None = None, words: str | None = None) -> None:
        """Note which rule (and seed) decided a field; `tally read --explain` prints these."""
        self.steps.append(Step(name, rule, seed, words))


@dataclass(slots=True)
class Reading:
    """What one article became: every number seen is in exactly one of the two lists."""

    figures: list[Figure]
    refusals: list[Refusal]
