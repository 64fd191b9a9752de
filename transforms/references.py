"""Seeds to the reference tables of the lake: what the codes in the rows stand for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from seeds import load_seeds
from seeds.circumstances import Actor, Area, Outlet, Source
from seeds.contracts import load_tables
from seeds.kinds import Metric, Noun, Unit, Weapon
from seeds.sheets import Place, Plausible
from transforms.tables import to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa

    from seeds import Seeds
    from seeds.contracts import Table

Row = dict[str, object]
COUNTRY = "6"  # the level of a place that is a land


def to_reference_tables(seeds: Seeds, contracts: Mapping[str, Table]) -> dict[str, pa.Table]:
    """Turn seeds into every table whose contract says that it is made from seeds.

    >>> from seeds import load_seeds
    >>> from seeds.contracts import load_tables
    >>> tables = to_reference_tables(load_seeds(), load_tables())
    >>> "CAS_KILLED" in tables["metrics"].column("metric_code").to_pylist()
    True
    """
    return {name: to_table(contracts[name], rows(seeds)) for name, rows in _ROWS.items()}


@lru_cache(maxsize=1)
def reference_tables() -> dict[str, pa.Table]:
    """Return the tables of the lake that are made from our own seeds, made once a process.

    >>> reference_tables()["units"].column_names
    ['unit_code', 'dimension', 'factor']
    """
    return to_reference_tables(load_seeds(), load_tables())


def _to_metrics(seeds: Seeds) -> Iterable[Row]:
    units = {unit.ucum: unit.factor for unit in seeds.of(Unit).values()}
    most = {row.metric_code: float(row.most) * units.get(row.unit_code, 1.0) for row in seeds.rows(Plausible)}
    for metric in seeds.of(Metric).values():
        yield {
            "metric_code": metric.code,
            "definition": metric.definition,
            "unit_code": metric.unit,
            "kind": metric.kind,
            "crosswalk": "; ".join(metric.crosswalk) or None,
            "most_base": most.get(metric.code),
        }


def _to_units(seeds: Seeds) -> Iterable[Row]:
    units: dict[str, Row] = {}
    for unit in seeds.of(Unit).values():
        units.setdefault(unit.ucum, {"dimension": unit.dimension, "factor": unit.factor})
        if unit.per:
            units.setdefault(unit.per, {"dimension": None, "factor": None})
    for noun in seeds.of(Noun).values():
        units.setdefault(noun.unit, {"dimension": "count", "factor": 1.0})
    return [{"unit_code": code} | row for code, row in units.items()]


def _to_actors(seeds: Seeds) -> Iterable[Row]:
    """Yield the parties, and every other land: who is arrested in Albania was arrested by Albania."""
    actors = seeds.of(Actor)
    for actor in actors.values():
        yield {"actor_code": actor.code, "name": actor.written[0], "kind": actor.kind}
    for place in seeds.rows(Place):
        if place.level == COUNTRY and place.country_code not in actors:
            yield {"actor_code": place.country_code, "name": place.name, "kind": "STATE"}


def _to_places(seeds: Seeds) -> Iterable[Row]:
    places: dict[str, Row] = {}
    for place in seeds.rows(Place):
        places[place.place_id] = {
            "name": place.name,
            "country_code": place.country_code,
            "place_precision": int(place.level),
        }
    for area in seeds.of(Area).values():
        if area.place_id:
            row: Row = {"name": area.written[0], "country_code": area.country_code, "place_precision": int(area.level)}
            places.setdefault(area.place_id, row)
    return [{"place_id": place_id} | row for place_id, row in places.items()]


def _to_weapons(seeds: Seeds) -> Iterable[Row]:
    for weapon in seeds.of(Weapon).values():
        yield {"weapon_code": weapon.code, "name": weapon.written[0], "weapon_class": weapon.weapon_class}


def _to_sources(seeds: Seeds) -> Iterable[Row]:
    outlets = seeds.of(Outlet)
    for outlet in outlets.values():
        yield {"source_id": outlet.code, "name": outlet.name, "party_code": None, "is_outlet": True}
    for source in seeds.of(Source).values():
        if source.code not in outlets:
            yield {"source_id": source.code, "name": source.name, "party_code": source.party, "is_outlet": False}


_ROWS: dict[str, Callable[[Seeds], Iterable[Row]]] = {
    "metrics": _to_metrics,
    "units": _to_units,
    "actors": _to_actors,
    "places": _to_places,
    "weapons": _to_weapons,
    "sources": _to_sources,
}
