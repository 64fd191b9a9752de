"""What an entry of each seed file holds, but for who, when and where (seeds/circumstances.py).

A field without a default is required; an unknown key is refused.

Every entry has `source` (where the knowledge comes from), `written` where it has forms, and `examples`
(sentence = what must be read from it) with `counterexamples` (sentences from which it must not be read).
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class Entry(BaseModel):
    """What every entry of every seed file holds; `code` is its key in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    proves: ClassVar[str] = ""  # the column of `figures` (or of attributions, refusals) that an example shows
    file: ClassVar[str] = ""  # seeds/<file>.toml
    code: str
    source: str = Field(min_length=1)
    examples: dict[str, float | str] = Field(min_length=1)
    counterexamples: list[str] = []


class Unit(Entry):
    """A unit of measure with its UCUM code, or a currency with its ISO 4217 code; value_base = value * factor."""

    file = "units"
    proves = "best"
    dimension: str
    ucum: str
    factor: float
    written: list[str] = Field(min_length=1)
    before: list[str] = []  # written before the number: "$", "US$"
    per: str | None = None  # the unit that it is counted by: "km/h" is km by h


class Noun(Entry):
    """A counted noun: its unit ({person}), and what it tells of victim, weapon class and metric."""

    file = "nouns"
    proves = "unit_code"
    unit: str
    written: list[str] = Field(min_length=1)  # singular and plural forms
    victim: Literal["CIVILIAN", "MILITARY", "CHILD"] | None = None
    weapon_class: str | None = None
    group: str | None = None  # munition, equipment, building, facility, person ...: what metric rules speak of


class Refused(Entry):
    """A reason of refusal: its definition, proved by sentences whose number is refused for it."""

    file = "refusals"
    proves = "reason"
    definition: str
    before: list[str] = []  # words that, right before a number, refuse it: "Article", "Flight"
    after: list[str] = []  # words that, right after a number, refuse it
    phrases: list[str] = []  # whole phrases, their number word among them: "no one", "24/7"


class Numeral(Entry):
    """A number word and its value; `part` says how it joins its neighbours (transforms/numerals.py).

    An example shows `best`, or `low` for a vague word, which has no best.
    """

    file = "numerals"
    proves = "best"
    value: float
    part: Literal["ONE", "TEEN", "TEN", "HUNDRED", "SCALE", "DOZEN", "VAGUE", "FRACTION", "BOTH"]
    written: list[str]
    plural: list[str] = []  # the vague plural: "dozens", "hundreds"
    ordinal: list[str] = []  # "third", "thirds": a fraction after a numerator, else refused
    glued: list[str] = []  # as written after a digit without a space: "5bn"


class Singular(Entry):
    """What befalls or is done by one of a group of nouns so that "a woman was killed" is a figure of one.

    An example shows the figure's unit.
    """

    file = "singulars"
    proves = "unit_code"
    groups: list[str] = Field(min_length=1)  # of seeds/nouns.toml
    suffers: list[str] = []  # participles after the noun, or verbs before it: "a woman was killed", "killed a woman"
    does: list[str] = []  # verbs after the noun: "a woman died", "a missile hit"
    after: list[str] = []  # words right before the noun phrase: "attack on"


class Hedge(Entry):
    """Words before or after a number that bound it; `modifier` decides low, best and high."""

    file = "hedges"
    proves = "modifier"
    modifier: Literal["EXACT", "GE", "GT", "LE", "LT", "APPROX"]
    before: list[str] = []
    after: list[str] = []


MetricKind = Literal["FLOW", "STOCK", "CUM", "NET", "CHANGE", "RATE", "RATIO"]


class Cue(BaseModel):
    """One way in which print tells a metric: all lists that are given hold together, each by any of its words.

    Verbs are written as "shoot(shot) down": the base form, irregular past and participle in brackets, the particle.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    counts: list[str] = []  # groups of counted nouns, dimensions, or "share"; empty: those of the metric
    named: list[str] = []  # the counted noun itself says it, whatever the verb: "deaths"
    usual: list[
        str
    ] = []  # the counted noun says it where no verb says otherwise: "refugees"; "wounded *": the word before it
    object_of: list[str] = []  # verbs that are done to the counted thing
    subject_of: list[str] = []  # verbs that the counted thing does
    after: list[str] = []  # what is said of the counted thing after it: "dead", "without power"
    before: list[str] = []  # a noun or phrase that governs the number: "death toll"
    near: list[str] = []  # words of which one must stand in the sentence
    about: list[str] = []  # words of which one must stand in the sentence or in one close to it
    unless: list[str] = []  # words of which none may stand in the sentence


class Metric(Entry):
    """What is counted or measured, with its unit, its usual kind and the cues that tell it."""

    file = "metrics"
    proves = "metric_code"
    definition: str
    unit: str
    kind: MetricKind
    crosswalk: list[str] = []  # codes of other systems
    counts: list[str] = []  # groups of counted nouns (Noun.group), dimensions, or "share"
    recounts: list[str] = []  # groups that it counts in its own unit, whatever their noun's
    cues: list[Cue] = []


class Weapon(Entry):
    """A model of weapon, its class, and the names it goes by."""

    file = "weapons"
    proves = "weapon_code"
    weapon_class: str
    written: list[str] = Field(min_length=1)
    origin: list[str] = []  # ISO 3166 alpha-3 of the makers
    nato: str | None = None


class WeaponClass(Entry):
    """A class of weapon by the words that name it, most particular first in the file."""

    file = "weapon_classes"
    proves = "weapon_class"
    written: list[str] = Field(min_length=1)


class Standing(Entry):
    """Whether a thing counted is said to have happened; `polarity` by the cue before the figure's verb."""

    file = "standing"
    proves = "polarity"
    polarity: Literal["ASSERTED", "DENIED", "PLANNED", "HYPOTHETICAL"]
    auxiliaries: list[str] = []  # before the verb that governs the figure: "will", "may"
    verbs: list[str] = []  # their object or clause is planned, denied ...: "pledge"
    backshifted: list[str] = []  # verbs that "would" brings in, in either voice: "would be sent"
    phrases: list[str] = []  # anywhere in the clause
    near: list[str] = []  # anywhere in the sentence of a share
    metrics: list[str] = []  # only of these metrics, where given


class KindCue(Entry):
    """Words that make a figure a running total, a level, a change, a rate or a share."""

    file = "figure_kinds"
    proves = "kind"
    kind: MetricKind
    before: list[str] = []  # close before the number
    after: list[str] = []  # close after the counted thing
    near: list[str] = []  # in the figure's clause
    undated: bool = False  # whether `near` holds only where the clause names no day (words of [one_day])
    counted: list[str] = []  # what is counted
    verbs: list[str] = []  # that govern the figure, as in metrics.toml
    direction: Literal["UP", "DOWN"] | None = None
    metrics: list[str] = []  # prefixes of the metrics it speaks of; empty: all


class Victim(Entry):
    """Words that tell whether the persons counted are civilians, soldiers or children."""

    file = "victims"
    proves = "victim"
    victim: Literal["CIVILIAN", "MILITARY", "CHILD", "MIXED"]
    written: list[str] = Field(min_length=1)
    of_armed: list[str] = []  # nouns that tell it where an armed group or force is named with them: "members of ISIS"


class WordClass(Entry):
    """Words of one class for the tagger of transforms/parse.py; an example names the word that bears the tag (tests/test_parse.py)."""

    file = "words"
    words: list[str] = Field(min_length=1)


class Governing(Entry):
    """Words that let a cue through to its number, or bar it; an example names the word (tests/sentences/metrics.toml has what is read)."""

    file = "governing"
    words: list[str] = Field(min_length=1)


class Family(Entry):
    """Metrics whose figures are one thing by the same columns; an example is a case of reconciling (tests/test_tallying.py)."""

    file = "tally_families"
    metrics: list[str] = Field(min_length=1)  # codes, or beginnings of them that end in "*"
    # what makes a thing one thing, besides metric, kind, unit, country and place
    identified_by: list[
        Literal[
            "actor_code",
            "target_code",
            "victim",
            "weapon_class",
            "weapon_code",
            "counted",
            "direction",
            "unit_code",
            "sites",
        ]
    ]
    may_fill: list[
        Literal["actor_code", "target_code", "victim", "weapon_class"]
    ] = []  # open ones take the only one stated beside them
    is_grouped: bool = False  # whether it is of deeds, no tolls: several numbers that a source gives in one article are of groups apart
    is_placed: bool = False  # whether it is for what is at a settlement alone
    period: Literal["EVENT", "NIGHT", "TOTAL", "WHOLE"]
    grows: Literal["UP", "ANY", "NO"] = (
        "NO"  # how a later number can differ from an earlier one and both be true in their day
    )


class Reconciling(Entry):
    """A rule by which reports become one number; its code is the reason in `tally_figures`, an example is a case that it decides."""

    file = "reconciling"
    version: int
    reason: str  # in words for people
    words: list[str] = []  # words that the rule looks for
    amount: float | None = None  # the number that the rule needs
    unit: str | None = None  # of the amount


class PageWord(Entry):
    """What tells a page's furniture from its article, or where it states its day; an example shows the entry that tells a line, class or name (tests/test_pages.py)."""

    file = "page_words"
    place: Literal["LINE", "START", "WITHIN", "PART", "META", "TYPE", "LIVE"]
    words: list[str] = Field(min_length=1)


class Column(Entry):
    """An article's field and the columns that hold it; an example names the field of a column (tests/test_kinds.py)."""

    file = "columns"
    words: list[str] = Field(min_length=1)


class Credit(Entry):
    """Words by which a text says whose copy it is, or holds; an example shows the name (tests/test_clusters.py)."""

    file = "credits"
    place: Literal["DATELINE", "BEFORE"]
    written: list[str] = []
