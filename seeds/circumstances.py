"""What an entry holds of the seed files that tell who, when and where: parties, speakers, times, places."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seeds.kinds import Entry


class Actor(Entry):
    """A state with its forces (ISO 3166 alpha-3), or another party by its short name."""

    file = "actors"
    proves = "actor_code"
    written: list[str] = Field(min_length=1)  # names: "Ukraine", "Kyiv" where it stands for the government
    adjectives: list[str] = []  # "Ukrainian", "Ukrainians"
    seats: list[str] = []  # capital, palace: a party where it acts or speaks, else a place
    people: list[str] = []  # who speaks and acts for it: "Zelenskyy", "Putin"
    bodies: list[str] = []  # its offices and units whose names do not hold its own: "SBU", "Ukrenergo"
    kind: Literal["STATE", "GROUP", "ORGANISATION"] = "STATE"


class Source(Entry):
    """A source that has several names; `name` is the one shown, `party` the belligerent it belongs to."""

    file = "sources"
    proves = "source_id"
    name: str
    written: list[str] = Field(min_length=1)
    party: str | None = None


class Outlet(Entry):
    """Who publishes: names in print and hosts of its pages."""

    file = "outlets"
    proves = "source_id"
    name: str
    written: list[str] = Field(min_length=1)
    hosts: list[str] = []
    is_agency: bool = False  # sells its copy to other outlets: of two like texts of one day its own came first


class SpeechCue(Entry):
    """Words that hand what is said over to whoever says it, by their place: "X said", "according to X", "citing X"."""

    file = "speech"
    proves = "source_name"
    place: Literal["VERB", "WEAK_VERB", "BEFORE", "RELAY"]
    words: list[str] = Field(min_length=1)


class SpeakerWord(Entry):
    """Words of the phrases that name a speaker; an example names the source of its figure (tests/test_speakers.py)."""

    file = "speakers"
    place: Literal["NOT_A_SPEAKER", "TITLE", "DOCUMENT", "BODY", "SOURCE_NOUN"]
    words: list[str] = Field(min_length=1)


class Conflict(Entry):
    """A war: its sides, the chief party of each first, and the party on whose land it is fought."""

    file = "conflicts"
    proves = "target_code"
    sides: list[list[str]] = Field(min_length=2, max_length=2)
    ground: str
    since: str | None = None  # day before which its sides were not at war
    held: dict[
        str, str
    ] = {}  # regions of that land which the other side has held throughout: who is struck there is theirs
    seats: dict[
        str, str
    ] = {}  # towns which it has held throughout, and their regions: what it strikes "in Donetsk" lies in the region


class Role(Entry):
    """How the parties of some metrics are found: whom the figure's words name, and what may be inferred."""

    file = "roles"
    proves = "actor_code"
    metrics: list[str] = Field(min_length=1)
    owner: Literal["ACTOR", "TARGET", "BOTH"] | None = None  # "40 Ukrainian drones": whose the counted thing is
    # who does what the cue says: "Russia launched"; OBJECT: only where the figure is what the verb acts on
    doer: Literal["ACTOR", "OBJECT", "BOTH"] | None = None
    by_word: bool = False  # who announces it does it: "Norway announced", "Russia declared a truce"
    has_recipient: bool = False  # "to Ukraine", "for Ukraine" is the target
    has_other: bool = False  # the other party that the sentence names is the target
    not_of: list[str] = []  # dimensions that are nobody's deed unless a verb acts on them: a distance, a share
    has_attack: bool = False  # "in a Russian strike on Lviv" names actor and target
    has_adversary: bool = False  # one side known, the other is its adversary in the war
    # nothing named: the target is where it happened, or the land at war; or who defends that land is the actor
    ground: Literal["COUNTRY", "WAR", "DEFENDER", "INVADER"] | None = None
    by_land: bool = False  # who has the say where it happened did it, unless two fight for that land


class Act(Entry):
    """Nouns of hostile acts and of what is shot, whose maker is the actor; verbs whose subject is the one that suffers."""

    file = "acts"
    proves = "actor_code"
    place: Literal[
        "ATTACK_NOUN",
        "LOSS_VERB",
        "LOSS_NOUN",
        "NO_ONES_ACT",
        "GIVING_SPEECH",
        "AID_NOUN",
        "RECEIVING_VERB",
        "BLAME_VERB",
        "TRIAL_VERB",
        "RESTORING_VERB",
        "EXPELLING_VERB",
        "ACCIDENT_WORD",
        "ORIGIN",
        "SUPPLIED",
        "LEVEL_VERB",
        "BESIEGED_VERB",
        "OWN_BODY",
        "HOLDING_OUT",
        "OCCUPIER_WORD",
        "FOE_NOUN",
        "INVADER_NOUN",
        "CRIME_WORD",
        "SWAP",
        "MEDIATING",
    ]
    words: list[str] = Field(min_length=1)


class TimeWord(Entry):
    """A word of time by what it does in a time expression (transforms/timexes.py); an example shows a TIMEX3 value.

    A sentence is published on 18 February 2026 (tests/test_periods.py); no column of a figure shows the word itself.
    """

    file = "times"
    sort: str
    value: str | None = None  # a month's or weekday's number, a unit's TimeML letter, a count ...
    written: list[str] = Field(min_length=1)  # in lower case
    capital: list[str] = []  # those of `written` that are words of time only with a capital: "May"
    anchored: list[str] = []  # those of `written` that go from the day told before, not from publication: "following"


class Epoch(Entry):
    """The first day of a war or upheaval, which "since the invasion" goes back to; an example shows that day."""

    file = "epochs"
    proves = "period_start_date"
    start: str  # ISO date
    spoken: list[str] = Field(min_length=1)  # how texts call it: "invasion"
    near: list[str] = Field(min_length=1)  # names of which an article about it is full
    ground: str  # the state on whose land it is fought, as the gazetteer names it


class Carrier(Entry):
    """How some metrics take a period and a place from outside their clause; an example shows the place."""

    file = "carriers"
    proves = "place_name"
    metrics: list[str] = Field(min_length=1)
    period_reach: int  # sentences back from which a period is taken
    place_reach: int  # sentences back from which a place is taken
    takes_report: bool  # the day of saying so is the day of doing so: pledges
    on_ground: bool  # without a place in the text it is of the land of the war
    place: Literal["NEAREST", "GROUND", "NOWHERE"] = "NEAREST"  # GROUND: of that land, whatever else is named


class PlaceWord(Entry):
    """A word beside a place's name that says what kind of place it is, or that the name is of something else.

    An example shows place_name (tests/test_places.py): the word decides how the place beside it is read.
    """

    file = "place_words"
    sort: Literal[
        "REGION",
        "DISTRICT",
        "SETTLEMENT",
        "PART",
        "NAME",
        "REACHED",
        "SAYING",
        "MET",
        "BEARING",
        "ANSWERED",
        "AUDIENCE",
        "LIKENED",
        "OFFICIALS",
        "OFFICE",
        "DRAFT",
        "PROTEST",
        "INSIDE",
        "BODY",
        "JOINED",
        "SITE",
        "LAND",
    ]
    written: list[str] = Field(min_length=1)
    alike: bool = True  # of sites: one of the words may stand for another, the plant for the steelworks


class Area(Entry):
    """A place that the gazetteer of settlements lacks: a sea, a river, a region without government, a plant."""

    file = "areas"
    proves = "place_name"
    written: list[str] = Field(min_length=1)
    country_code: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    level: Literal[1, 2, 4, 5, 6, 7]
    place_id: str | None = None  # GeoNames; of a site the town that it is in
