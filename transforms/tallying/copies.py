"""What adds nothing: the same words printed again, and what its own source has taken back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.tallying.said import by_order, published

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Said, Statement

COPY_TIME = timedelta(days=3)  # the same sentence later than that is yesterday's phrase with today's number, not a copy

Denials = dict[tuple[str, str, float | None], list["Said"]]


def fold_copies(statements: Iterable[Statement]) -> dict[int, tuple[Statement, list[Statement]]]:
    """Return by id what was published first, each with the same words elsewhere: a copy changes nothing but who printed it."""
    first: dict[tuple[object, ...], Statement] = {}
    kept: dict[int, tuple[Statement, list[Statement]]] = {}
    for statement in sorted(statements, key=by_order):
        said = statement.said
        words = (said.block_id, said.sentence_id, said.number_start, statement.lead)
        story = (said.block_id, said.cluster_id, said.modifier, said.victim, statement.lead)
        original = first.get(words) or first.get(story)
        if original is not None and _is_copy(original, statement):
            kept[id(original)][1].append(statement)
            continue
        kept[id(statement)] = (statement, [])
        first[words] = first[story] = statement
    return kept


def _is_copy(original: Statement, statement: Statement) -> bool:
    """Tell whether the same words are a copy: of the same period, or printed within days of each other."""
    one, other = original.said, statement.said
    if one.article_id == other.article_id:
        return False
    is_same = one.period_start_date == other.period_start_date and one.period_end_date == other.period_end_date
    return is_same or statement.order[0] - original.order[0] <= COPY_TIME


def sort_denials(saids: Iterable[Said]) -> Denials:
    """Sort denials by what they deny."""
    denied: Denials = defaultdict(list)
    for said in saids:
        denied[said.block_id, said.metric_code, said.best].append(said)
    return denied


def is_taken_back(said: Said, denied: Mapping[tuple[str, str, float | None], Sequence[Said]], rules: Rules) -> bool:
    """Tell whether its own source, or the outlet in a correction, has denied it since, however long after."""
    return any(_takes_back(d, said, rules) for d in denied.get((said.block_id, said.metric_code, said.best), ()))


def _takes_back(denial: Said, said: Said, rules: Rules) -> bool:
    if published(denial) < published(said):
        return False
    origin, is_attributed, _ = rules.origin(denial)
    is_correction = not is_attributed and denial.outlet_id == said.outlet_id
    return (is_attributed and origin == rules.origin(said)[0]) or is_correction
