"""`tally trace TALLY_ID`: why each figure is in a tally, and the nearest that stayed out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.screen import to_interval
from seeds import load_seeds
from seeds.kinds import Reconciling
from warehouse.tally_traces import trace_tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from warehouse.lake import Lake

SINGLE = "the only report"


def to_tally_lines(lake: Lake, tally_id: str) -> list[str] | None:
    """Tell how a tally's number came about; None for one that the lake does not hold. Raises LakeError without a lake."""
    trace = trace_tally(lake, tally_id)
    return None if trace is None else list(_to_lines(trace.tally, trace.figures, trace.parts, trace.nearest))


def _to_lines(
    tally: Mapping[str, Any], figures: list[dict[str, Any]], parts: list[dict[str, Any]], nearest: list[dict[str, Any]]
) -> Iterator[str]:
    who = " on ".join(tally[c] for c in ("actor_code", "target_code") if tally[c]) or "who is not told"
    where = tally["place_name"] or tally["country_code"] or "no stated place"
    when = f"{tally['period_start_date'] or '..'} to {tally['period_end_date'] or '..'}"
    value = to_interval(tally["low"], tally["best"], tally["high"])
    yield f"tally     {tally['tally_id']}: {tally['metric_code']} {value} {tally['unit_code'] or ''} ({tally['kind']})"
    kinds = ", ".join(tally[c] for c in ("victim", "weapon_class", "weapon_code") if tally[c])
    yield f"          {who}, {where}, {when}{f', {kinds}' if kinds else ''}"
    contested = ", CONTESTED" if tally["is_contested"] else ""
    yield f"          {tally['n_figures']} figures of {tally['n_articles']} articles, {tally['n_sources']} independent sources{contested}"
    yield ""
    yield "why each figure is in"
    for figure in figures:
        yield f"  {figure['role']:12} {_told(figure)}"
        yield f"{'':15}{_why(figure['reason'])}; source {figure['origin']}, as of {figure['as_of_date'] or 'no stated day'}"
    if parts:
        yield ""
        yield from (
            f"{'has the part' if p['is_whole'] else 'is part of'} {p['tally_id']} ({p['why']}): {_bounds(p)}"
            for p in parts
        )
    if nearest:
        yield ""
        yield "the nearest that stayed out"
        for figure in nearest:
            yield f"  {_told(figure)}"
            yield f"{'':15}{_why(figure['reason']) if figure['tally_id'] is None else _difference(figure, tally)}"


def _told(figure: Mapping[str, Any]) -> str:
    quote = " ".join(figure["quote"].split())
    return f"{_bounds(figure)} “{quote}” {figure['outlet_id'] or 'no outlet'}, {figure['published_date'] or 'undated'} [{figure['figure_id']}]"


def _bounds(row: Mapping[str, Any]) -> str:
    return to_interval(row["low"], row["best"], row["high"])


def _why(reason: str) -> str:
    rule = load_seeds().of(Reconciling).get(reason)
    return f"{rule.reason} ({reason})" if rule else SINGLE


def _difference(figure: Mapping[str, Any], tally: Mapping[str, Any]) -> str:
    """Say in which columns a figure's tally is another one."""
    columns = [c.removeprefix("other_") for c in figure if c.startswith("other_")]
    apart = [c for c in columns if figure[f"other_{c}"] != tally[c]]
    words = "; ".join(f"{c} {figure[f'other_{c}'] or 'open'}, not {tally[c] or 'open'}" for c in apart)
    return (
        f"in {figure['tally_id']}: {words or 'told without a day, or by an article that also tells a greater number'}"
    )
