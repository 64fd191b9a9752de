"""`tally trace TALLY_ID`: why each figure is in a tally, and the nearest that stayed out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.screen import to_interval
from seeds import load_seeds
from seeds.kinds import Reconciling
from warehouse.tally_traces import TOLD, trace_tally

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
        if len(figures) > 1:
            yield f"{'':15}of this thing by: {'; '.join((_why(figure['joined_by']), *_otherwise(figure, tally)))}"
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
            yield f"{'':15}{_why_out(figure, tally, {p['tally_id']: p['why'] for p in parts if p['is_whole']})}"


def _otherwise(figure: Mapping[str, Any], tally: Mapping[str, Any]) -> Iterator[str]:
    """Say what a figure leaves open that the tally has, and what it tells otherwise."""
    told = {column: (figure[f"own_{column}"], tally[column]) for column in TOLD}
    left_open = [column for column, (own, its) in told.items() if own is None and its is not None]
    if left_open:
        yield f"leaves open {', '.join(left_open)}"
    yield from (f"tells {column} {own}" for column, (own, its) in told.items() if own is not None and own != its)


def _told(figure: Mapping[str, Any]) -> str:
    quote = " ".join(figure["quote"].split())
    return f"{_bounds(figure)} “{quote}” {figure['outlet_id'] or 'no outlet'}, {figure['published_date'] or 'undated'} [{figure['figure_id']}]"


def _bounds(row: Mapping[str, Any]) -> str:
    return to_interval(row["low"], row["best"], row["high"])


def _why(reason: str) -> str:
    rule = load_seeds().of(Reconciling).get(reason)
    return f"{rule.reason} ({reason})" if rule else SINGLE


def _why_out(figure: Mapping[str, Any], tally: Mapping[str, Any], parts: Mapping[str, str]) -> str:
    """Say why a figure is in no tally, in a part of this one, or in which columns its tally is another one."""
    if figure["tally_id"] is None:
        return _why(figure["reason"])
    if figure["tally_id"] in parts:
        return f"in {figure['tally_id']}: a part of this one ({parts[figure['tally_id']]})"
    columns = [c.removeprefix("other_") for c in figure if c.startswith("other_")]
    apart = [c for c in columns if figure[f"other_{c}"] != tally[c]]
    words = "; ".join(f"{c} {figure[f'other_{c}'] or 'open'}, not {tally[c] or 'open'}" for c in apart)
    return f"in {figure['tally_id']}: {words or 'all alike but the number, which fits neither as a later nor as an earlier one'}"
