"""Figures to tallies: what is out and why, copies, things, one number each, and which is part of which."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from transforms.ids import hash_id
from transforms.tallying.copies import fold_copies, is_taken_back, sort_denials
from transforms.tallying.months import name_block, read_block, to_groups, to_part
from transforms.tallying.parts import Made, find_parts
from transforms.tallying.reconciling import reconcile
from transforms.tallying.rules import is_by_now, is_people, place_key
from transforms.tallying.said import NEVER, VAGUE, by_order, published
from transforms.tallying.things import reason_out, to_kind, to_statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from transforms.tallying.copies import Denials
    from transforms.tallying.events import Event
    from transforms.tallying.months import Group, Told
    from transforms.tallying.rules import Identity, Rules
    from transforms.tallying.said import Said, Statement
    from transforms.tallying.things import Key

Row = dict[str, object]

_ABOVE = 2  # times the number that most tell: beyond it, and told before that was told last, it is of a larger thing
_BELOW = 5  # times less than it: from here on, and told after it, it is a part
_SEVERAL = 3  # dead, of whom "a man" is one, told apart
_BY_NUMBER = frozenset({"same_number", "great_of_day"})  # rules by which the number of another thing may join
_RARE = 3  # times as often the main number is told


class Tallied(NamedTuple):
    """The rows of tallies, tally_figures and tally_parts, without batch_id."""

    tallies: list[Row]
    figures: list[Row]
    parts: list[Row]


class _Thing(NamedTuple):
    """One thing with all that is said of it; `within` names the whole that an article tells beside it."""

    family: Identity
    key: Key
    start: date | None
    end: date | None
    members: list[Statement]
    place: str | None
    within: tuple[Key, str] | None = None


def tally(saids: Iterable[Said], rules: Rules, blocks: Collection[str] | None = None) -> Tallied:
    """Tally figures, all of them or those of some blocks; whatever their order, the rows are the same.

    For a block's rows the figures of the months that decide it are needed (transforms.tallying.months.deciding), and all denials.
    """
    figures: list[Row] = []
    told: dict[str, list[Told]] = defaultdict(list)
    denied: dict[str, list[Said]] = defaultdict(list)
    for said in saids:
        family = rules.family(said)
        reason = reason_out(said, rules)
        if reason is None:
            told[said.block_id].append((family, to_statement(said, family, rules)))
            continue
        block = name_block(said.block_id, to_part(said, family, rules))
        if blocks is None or block in blocks:
            figures.append(_untold(said, reason, block))
        if said.polarity == "DENIED":
            denied[said.block_id].append(said)
    made: list[Made] = []
    parts: dict[str, set[int | str]] = defaultdict(set)
    for block in blocks or ():
        block_id, part = read_block(block)
        parts[block_id].add(part)
    for block_id, statements in told.items():
        denials = sort_denials(denied[block_id])
        for part, groups in to_groups(statements, rules, None if blocks is None else parts[block_id]).items():
            block = name_block(block_id, part)
            for thing in _things(groups, part, denials, rules, block, figures):
                row, rows = _to_rows(thing, rules, block)
                figures += rows
                made.append(Made(row, thing.family.period, thing.key, thing.within))
    return Tallied([one.row for one in made], figures, find_parts(made))


def _untold(said: Said, reason: str, block: str) -> Row:
    return {**_of_figure(said, block), "reason": reason}


def _of_figure(said: Said, block: str) -> Row:
    return {"figure_id": said.figure_id, "block_id": block, "batch_id": said.batch_id}


def _things(
    groups: Sequence[Group], part: int | str, denials: Denials, rules: Rules, block: str, figures: list[Row]
) -> Iterator[_Thing]:
    """Yield each thing with its statements; what is taken back or ambiguous goes to the figures that are in no tally."""
    for group in groups:
        family, key = group.family, (*group.key, part) if isinstance(part, int) else group.key
        for statement in group.members:
            statement.joined_by = group.joined_by[id(statement)]
        members: list[Statement] = []
        for original, copies in fold_copies(group.members).values():
            if is_taken_back(original.said, denials, rules):  # and whoever prints it again
                figures += [_untold(one.said, "WITHDRAWN", block) for one in (original, *copies)]
            else:
                original.followers = [copy.said for copy in copies]
                members.append(original)
        if not members:
            continue
        if group.event is not None:
            base = group.key[: len(group.key) - len(group.event.key)]
            greater = (*base, *group.event.within, *key[len(group.key) :]) if group.event.within else None
            yield from _event_things(family, key, group.event, members, greater)
            continue
        if family.period == "EVENT":
            (first, *_) = members
            yield _Thing(family, key, first.start, first.end, members, place_key(first.said))
            continue
        clear, unclear = _split_ambiguous(members, is_total=family.period == "TOTAL")
        if unclear and family.grows == "UP" and is_people(unclear[0].said):
            # A war's dead are told by several counts in one article, whose sources the reader may miss: none contests.
            clear, unclear = members, []
        figures += [_untold(one, "AMBIGUOUS", block) for s in unclear for one in (s.said, *s.followers)]
        if clear:
            starts = [s.start for s in clear if s.start]
            ends = [s.as_of if family.period == "TOTAL" else s.end for s in clear]
            end = max((e for e in ends if e is not None), default=None)
            yield _Thing(family, key, min(starts, default=None), end, clear, _place(key, clear))


def _kind_of(family: Identity, said: Said) -> str:
    """Return the kind of a tally: what one event or night came to is a flow, who has fled by now is none."""
    if family.period in {"EVENT", "NIGHT"}:
        return "FLOW" if said.kind == "CUM" else said.kind
    return to_kind(said) if is_by_now(said) else said.kind


def _place(key: Key, members: Sequence[Statement]) -> str | None:
    """Return the place that a thing's key names, None for a whole country."""
    places = {place_key(s.said) for s in members} - {None}
    return next((place for place in sorted(map(str, places)) if place in key), None)


def _event_things(
    family: Identity, whole: Key, event: Event, members: Sequence[Statement], greater: Key | None
) -> Iterator[_Thing]:
    """Yield the event, as a part of a greater one if it has one; of several numbers that an article gives for one, the smaller are parts of it, or its history."""
    by_article: dict[str, list[Statement]] = defaultdict(list)
    for statement in members:
        by_article[statement.said.version_id].append(statement)
    lesser: set[float] = set()
    several: dict[int, Statement] = {}
    for told in by_article.values():
        top = max(told, key=lambda s: (s.vagueness < VAGUE, s.lead, -s.vagueness, s.is_attributed, s.said.figure_id))
        _mark_several(told)
        for statement in told:
            is_lesser = statement.lead != top.lead and statement.origin != top.origin
            is_another = statement.is_outside and top.is_outside and statement.origin != top.origin
            statement.is_core = statement.is_core and (is_another or not is_lesser)
            if is_another and not statement.meets(top) and max(statement.vagueness, top.vagueness) < VAGUE:
                statement.is_core = top.is_core = True  # side by side in one article they contest, whatever the day
            if not (statement.meets(top) or is_another or family.grows == "ANY"):
                several[id(statement)] = top
                lesser.add(statement.lead)
    parts = {lead for lead in lesser if _is_part(lead, members, several)}
    parts |= _beyond(members)
    is_one = max((s.lead for s in members), default=0.0) >= _SEVERAL
    kept: list[Statement] = []
    apart: dict[object, list[Statement]] = defaultdict(list)
    for statement in members:
        is_told_beside = id(statement) in several
        is_part = (statement.lead in parts and (is_told_beside or _is_plain(statement))) or (
            is_told_beside and not _is_plain(statement)
        )
        if is_one and statement.said.number_form == "SINGULAR":
            apart[statement.said.figure_id].append(statement)  # "a man": one of the dead, and nobody knows which
        else:
            (apart[statement.lead] if is_part else kept).append(statement)
    for lead, told in apart.items():
        yield _Thing(family, (*whole, "within", lead), event.start, event.end, told, event.place, (whole, "WITHIN"))
    if kept:
        within = (greater, "WITHIN") if greater else None
        yield _Thing(family, whole, event.start, event.end, kept, event.place, within)


def _beyond(members: Sequence[Statement]) -> set[float]:
    """Return the numbers far greater than one that most go on telling: a larger thing, or far smaller: a part."""
    counts = Counter(s.lead for s in members if s.vagueness < VAGUE)
    if not counts:
        return set()
    main, n = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    last = max(published(s.said) for s in members if s.lead == main)
    first = min(published(s.said) for s in members if s.lead == main)
    found: set[float] = set()
    for lead, few in counts.items():
        times = [published(s.said) for s in members if s.lead == lead]
        is_above = lead > _ABOVE * main and min(times) < last
        is_below = lead * _BELOW <= main and max(times) > first
        if few * _RARE <= n and (is_above or is_below):
            found.add(lead)
    return found


def _is_plain(statement: Statement) -> bool:
    return statement.vagueness < VAGUE and not math.isinf(statement.low)


def _is_part(lead: float, members: Sequence[Statement], several: dict[int, Statement]) -> bool:
    """Tell whether a number that stands beside a greater one is a part: a toll's early word is not told again after it has risen.

    What far more reports tell than the greater one, which another source is named for, is no part of it: the two contradict.
    """
    same = [s for s in members if s.lead == lead and _is_plain(s)]
    tops = [several[id(s)].lead for s in same if id(s) in several]
    if not tops:
        return False
    rises = [s for s in members if s.lead >= min(tops) and s.vagueness < VAGUE]
    rises = [s for s in rises if s.joined_by not in _BY_NUMBER] or rises
    risen = min(published(s.said).date() for s in rises)
    alone = [s for s in same if id(s) not in several]
    beside = [(s, several[id(s)]) for s in same if id(s) in several]
    is_rival = all(top.is_attributed and top.origin != s.origin for s, top in beside)
    if is_rival and len(alone) >= _RARE * len(rises):
        return False
    return not alone or max(published(s.said).date() for s in alone) > risen


def _mark_several(told: Sequence[Statement]) -> None:
    """Let no source contest another's number by one of several that it gives in one article."""
    by_origin: dict[str, set[float]] = defaultdict(set)
    for statement in told:
        by_origin[statement.origin].add(statement.lead)
    for statement in told:
        statement.is_core = statement.is_core and len(by_origin[statement.origin]) == 1


def _split_ambiguous(members: list[Statement], *, is_total: bool) -> tuple[list[Statement], list[Statement]]:
    """Part the statements from those of an article whose one source gives several numbers for this one thing."""
    by_voice: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for statement in members:
        voice = (statement.said.version_id, statement.origin, statement.as_of if is_total else None)
        by_voice[voice].append(statement)
    clear: list[Statement] = []
    unclear: list[Statement] = []
    articles: dict[float, set[str]] = defaultdict(set)
    for statement in members:
        articles[statement.lead].add(statement.said.version_id)
    for told in by_voice.values():
        _mark_several(told)
        is_clear = all(a.meets(b) for a in told for b in told)
        known = {s.lead for s in told if len(articles[s.lead]) > 1}  # that other articles tell of it too
        for statement in told:
            is_known = len(known) == 1 and statement.lead in known
            (clear if is_clear or is_known else unclear).append(statement)
    return clear, unclear


def _to_rows(thing: _Thing, rules: Rules, block: str) -> tuple[Row, list[Row]]:
    """Return the row of a thing's tally and those of its figures."""
    members = sorted(thing.members, key=by_order)
    result = reconcile(members, thing.family.grows, rules)
    best = result.recommended
    said = best.said
    everyone = [said for s in members for said in (s.said, *s.followers)]
    tally_id = hash_id("tally", *thing.key)
    low = _shown(result.low, said.low if result.low == best.low and said.modifier != "APPROX" else None, best.scale)
    high = _shown(
        result.high, said.high if result.high == best.high and said.modifier != "APPROX" else None, best.scale
    )
    moment, _ = members[0].order  # before that of all copies
    start, end = thing.start, thing.end
    where = next((s.said for s in members if thing.place and place_key(s.said) == thing.place), None)
    row: Row = {
        "tally_id": tally_id,
        "metric_code": rules.metric(said),
        "kind": _kind_of(thing.family, said),
        "dimension": said.dimension,
        "unit_code": said.unit_code,
        "per_unit_code": said.per_unit_code,
        **{column: _most(members, column) for column in ("actor_code", "target_code", "victim", "weapon_class")},
        "weapon_code": _most(members, "weapon_code") if thing.family.period != "EVENT" else None,
        "place_id": where.place_id if where else None,
        "place_name": where.place_name if where else None,
        "country_code": where.country_code if where else _most(members, "country_code"),
        "period_start_date": start,
        "period_end_date": end,
        "low": low,
        "best": said.best,
        "high": high,
        "method": result.method,
        "n_figures": len(everyone),
        "n_articles": len({one.article_id for one in everyone}),
        "n_sources": result.n_sources,
        "is_contested": result.is_contested,
        "spread": None if low is None or high is None else high - low,
        "first_published_at": None if moment == NEVER else moment,
        "block_id": block,
        "batch_id": said.batch_id,
    }
    rows: list[Row] = []
    for statement, verdict in zip(members, result.verdicts, strict=True):
        for number, one in enumerate((statement.said, *statement.followers)):
            is_copy = number > 0
            rows.append(
                {
                    **_of_figure(one, block),
                    "tally_id": tally_id,
                    "role": "DUPLICATE" if is_copy else verdict.role,
                    "reason": "copy" if is_copy else verdict.reason,
                    "origin": statement.origin,
                    "as_of_date": statement.as_of,
                    "joined_by": statement.joined_by,
                }
            )
    return row, rows


def _shown(base: float, stated: float | None, scale: float) -> float | None:
    """Return a bound in the unit shown: as stated where it is the recommended figure's own."""
    if math.isinf(base):
        return None
    return stated if stated is not None else base / scale


def _most(members: Sequence[Statement], column: str) -> str | None:
    """Return what most reports say, of those that say anything; None where two are said as often."""
    if len(members) == 1:
        value: str | None = getattr(members[0].said, column)
        return value
    stated = Counter([getattr(s.said, column) for s in members])
    del stated[None]
    ranked = stated.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    found: str = ranked[0][0]
    return found
