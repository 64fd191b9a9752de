"""The seeds that are tables: a CSV file each, with one pattern a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Place(NamedTuple):
    """A place of the gazetteer; `level` is the precision that naming it gives (UCDP where_prec)."""

    place_id: str  # GeoNames
    name: str
    country_code: str  # ISO 3166-1 alpha-3
    level: str  # 1 settlement, 3 district, 4 region, 6 country
    population: str
    is_word: str  # 1: the name is also a word or a person's name
    region_id: str  # the place of level 4 that a settlement lies in, where it is known
    written: str  # other spellings, joined by |


def regions(places: Iterable[Place]) -> dict[str, str]:
    """Return the region that each settlement lies in, both by place_id, where the gazetteer tells it.

    >>> regions([Place("704508", "Kramatorsk", "UKR", "1", "", "", "709716", "")])
    {'704508': '709716'}
    """
    return {place.place_id: place.region_id for place in places if place.region_id}


class ActorWeight(NamedTuple):
    """How much a piece of evidence tells for a party as the actor of a figure (transforms/weighing.py)."""

    feature: str
    weight: str


class Plausible(NamedTuple):
    """The most that a figure of a metric can well say: what lies beyond is looked at, for it may be true all the same."""

    metric_code: str
    most: str  # in the unit beside it
    unit_code: str
    source: str


class Sheet(NamedTuple):
    """A seed that is a table: seeds/<file>.csv, its header the fields of `row`, its first column the key."""

    file: str
    row: type[NamedTuple]
    patterns: dict[str, str]  # what each field must look like


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "places",
        Place,
        {
            "place_id": r"\d+",
            "name": r"\S.*",
            "country_code": "[A-Z]{3}",
            "level": "[1346]",
            "population": r"\d+",
            "is_word": "[01]",
            "region_id": r"\d*",
            "written": r"|[^|]+(\|[^|]+)*",
        },
    ),
    Sheet("actor_weights", ActorWeight, {"feature": r"\S.*", "weight": r"-?\d+\.\d+"}),
    Sheet(
        "plausible",
        Plausible,
        {"metric_code": "[A-Z_]+", "most": r"\d+", "unit_code": r"\S+", "source": r"\S.*"},
    ),
)
