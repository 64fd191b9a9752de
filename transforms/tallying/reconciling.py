"""Many reports of one thing to one number: who counts as a source, which number stands, who contradicts whom.

Nothing is averaged. The number shown is one that somebody stated; the others say beside it what they are to it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from transforms.tallying.said import BASE, VAGUE, last_place

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from transforms.tallying.rules import Rules
    from transforms.tallying.said import Statement

_LOOSE = 2  # vagueness of "about" and ranges
_SAME_TIME = timedelta(days=3)  # within which two origins' numbers are of one time


@dataclass(frozen=True, slots=True)
class Verdict:
    """The part that a statement plays in its tally, and the rule that says so."""

    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the reports of one thing come to; verdicts are in the order of the statements. Bounds in the base unit."""

    recommended: Statement
    verdicts: list[Verdict]
    low: float
    high: float
    method: str
    n_sources: int
    is_contested: bool


def reconcile(statements: Sequence[Statement], grows: str, rules: Rules) -> Reconciled:
    """Reconcile the statements of one thing; `grows`: UP for a toll, ANY for a level, NO for what is counted once."""
    if len(statements) == 1:
        (only,) = statements
        return Reconciled(
            only, [Verdict("RECOMMENDED", "single")], only.low, only.high, "SINGLE", 1, is_contested=False
        )
    voices: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        voices[statement.origin].append(statement)
    lasts = {origin: _last(told, grows) for origin, told in voices.items()}
    latest = list(lasts.values())
    pairs = [pair for a, b in combinations(latest, 2) for pair in _contests(a, b, voices, grows)]
    contested = {id(s) for pair in pairs for s in pair}
    standing = [s for s in latest if not any(_beats(other, s, grows) for other in latest)] or latest
    others = [s for s in standing if not s.is_claim]
    recommended = min(standing, key=lambda s: _rank(s, others, grows, rules, is_contested=bool(contested)))
    heard = contested.union(map(id, standing))
    apart = [s for s in statements if id(s) in heard and not s.meets(recommended)]
    low = min([recommended.low, *(min(recommended.low, s.high) for s in apart)])
    high = max([recommended.high, *(max(recommended.high, s.low) for s in apart)])
    verdicts = [_judge(s, recommended, voices, lasts, grows, is_contested=bool(contested)) for s in statements]
    return Reconciled(
        recommended,
        verdicts,
        low,
        high,
        _method(statements, verdicts, bool(contested)),
        _count(latest),
        bool(contested),
    )


def _day(statement: Statement) -> date:
    return statement.as_of or date.min


def _last(told: Sequence[Statement], grows: str) -> Statement:
    """Return the statement by which an origin is heard: its newest, but no later "hundreds" of a toll that its last 316 fits."""
    last = max(told, key=lambda s: _newness(s, grows))
    if last.vagueness < VAGUE or grows == "ANY":
        return last
    exact = max((s for s in told if s.vagueness < VAGUE), key=lambda s: _newness(s, grows), default=last)
    return exact if last.lead <= exact.lead < BASE * last.lead else last


def _newness(statement: Statement, grows: str) -> tuple[object, ...]:
    """Order the statements of one origin: the last day counts; of one day the greater of a toll, else the most exact, else the last told.

    Of one moment it is whichever comes first in their order, so that arrival never matters.
    """
    day = _day(statement) if grows != "NO" else date.min
    size = statement.lead if grows == "UP" and statement.vagueness < VAGUE else -math.inf
    return (day, statement.vagueness < _LOOSE, size, -statement.vagueness, statement.order[0])


def _is_growth(earlier: Statement, later: Statement, grows: str) -> bool:
    """Tell whether two numbers that do not meet can both have been true, each in its day."""
    if _day(later) <= _day(earlier):
        return False
    return grows == "ANY" or (grows == "UP" and later.low > earlier.high)


def _is_outgrown(floor: Statement, later: Statement, grows: str) -> bool:
    """Tell whether "at least 7,000" has been left behind by a later number of a total that rises: true still, and old."""
    return grows == "UP" and math.isinf(floor.high) and _day(later) > _day(floor) and floor.lead < later.low < math.inf


def _contest(one: Statement, other: Statement, grows: str) -> bool:
    """Tell whether two independent origins cannot both be right."""
    if not (one.is_core and other.is_core and one.is_outside and other.is_outside):
        return False
    return not (one.meets(other) or _is_growth(one, other, grows) or _is_growth(other, one, grows))


def _contests(
    one: Statement, other: Statement, voices: dict[str, list[Statement]], grows: str
) -> list[tuple[Statement, Statement]]:
    """Return the two statements by which two origins contradict each other, if they do.

    Where the later number can have grown out of the earlier, what its origin said about the earlier one's day decides.
    """
    if _contest(one, other, grows):
        return [(one, other)]
    early, late = (one, other) if _day(one) < _day(other) else (other, one)
    if grows == "NO" or not _is_growth(early, late, grows):
        return []
    near = [s for s in voices[late.origin] if abs(_day(s) - _day(early)) <= _SAME_TIME]
    then = max(near, key=lambda s: _newness(s, grows), default=None)
    is_clear = then is not None and _day(then) <= _day(early)
    return [(early, then)] if then is not None and is_clear and _contest(early, then, grows) else []


def _beats(winner: Statement, loser: Statement, grows: str) -> bool:
    """Tell whether one number takes the place of another that cannot be true with it."""
    if winner is loser or winner.meets(loser):
        return winner is not loser and winner.vagueness < VAGUE and _is_outgrown(loser, winner, grows)
    if _is_growth(loser, winner, grows):
        return True
    return winner.is_attributed and not loser.is_attributed and not _is_growth(winner, loser, grows)


def _rank(
    statement: Statement, others: Collection[Statement], grows: str, rules: Rules, *, is_contested: bool
) -> tuple[object, ...]:
    """Order what stands, best first; `others` is no side's claim, and one of them may be a claim's number, rounded."""
    said = statement.said
    is_vague = statement.vagueness >= VAGUE or math.isinf(statement.low)
    is_party = is_contested and statement.origin.startswith("side:")
    is_claim = statement.is_claim and not any(_is_rounded(other, statement) for other in others)
    relay = 2 if not statement.is_attributed else min(said.n_hops, 2) - 1
    size = -statement.lead if grows == "UP" else 0.0
    newest = -_day(statement).toordinal() if grows != "NO" else 0
    return (
        is_vague, newest if grows == "ANY" else 0, is_party, is_claim, statement.vagueness >= _LOOSE, size, statement.vagueness, relay,
        _is_round(statement, rules), newest, *statement.order,
    )  # fmt: skip


def _is_rounded(rough: Statement, exact: Statement) -> bool:
    """Tell whether a number is another one as papers round it: "more than 2,400" of 2,439."""
    number = rough.lead / rough.scale
    last = last_place(number)
    is_telling = abs(number) >= BASE * last  # two digits at least: "20" rounds too much
    return is_telling and rough.meets(exact) and abs(exact.lead - rough.lead) < last * rough.scale


def _is_round(statement: Statement, rules: Rules) -> bool:
    number = statement.lead / statement.scale
    return number != 0 and number % 10**rules.round_zeros == 0


def _judge(
    statement: Statement,
    recommended: Statement,
    voices: dict[str, list[Statement]],
    lasts: dict[str, Statement],
    grows: str,
    *,
    is_contested: bool,
) -> Verdict:
    """Say what a statement is to the recommended one; `lasts` has the last of each origin."""
    latest = lasts.values()
    if statement is recommended:
        return Verdict(
            "RECOMMENDED", _why(recommended, voices[recommended.origin], latest, grows, is_contested=is_contested)
        )
    last = lasts[statement.origin]
    if statement is not last:
        is_older = _day(statement) < _day(last) and grows != "NO"
        if statement.lead != last.lead and (is_older or not statement.meets(last)):
            return Verdict("SUPERSEDED", "later_over_earlier")
        return Verdict("DUPLICATE", "one_side" if statement.origin.startswith("side:") else "same_source")
    if not statement.meets(recommended):
        grown = any(_is_growth(statement, other, grows) and not other.meets(statement) for other in latest)
        return Verdict("SUPERSEDED", "later_over_earlier") if grown else Verdict("CONTRADICTS", "contradicts")
    if _is_outgrown(statement, recommended, grows):
        return Verdict("SUPERSEDED", "later_over_earlier")
    if not statement.is_attributed:
        return Verdict("DUPLICATE", "own_word")
    if statement.origin == "officials" and len(voices) > 1 and any(o.startswith("side:") for o in voices):
        return Verdict("DUPLICATE", "unnamed_official")
    return Verdict("TRIANGULATES", "fits")


def _why(
    recommended: Statement, told: list[Statement], latest: Collection[Statement], grows: str, *, is_contested: bool
) -> str:
    """Name the rule that put the recommended statement before the others."""
    others = [s for s in latest if s is not recommended]
    if is_contested:
        return "specific_over_vague" if recommended.origin.startswith("side:") else "party_last"
    if recommended.is_attributed and any(s.is_claim and not recommended.is_claim for s in others):
        return "claim_last"
    is_risen = any(_day(s) < _day(recommended) and s.lead != recommended.lead for s in told) and grows != "NO"
    if is_risen or any(_is_growth(s, recommended, grows) for s in others):
        return "later_over_earlier"
    if any(not s.is_attributed for s in others) and recommended.is_attributed:
        return "origin_over_relay"
    return "specific_over_vague"


def _method(statements: Sequence[Statement], verdicts: list[Verdict], is_contested: bool) -> str:  # noqa: FBT001
    roles = {verdict.role for verdict in verdicts}
    if is_contested:
        return "CONTESTED"
    if "CONTRADICTS" in roles:
        return "CHOSEN"
    return "LATER" if "SUPERSEDED" in roles else "AGREED" if len(statements) > 1 else "SINGLE"


def _count(latest: list[Statement]) -> int:
    """Count independent origins: those that are named; officials without a name beside no side of the war; else one."""
    named = {s.origin for s in latest if s.is_attributed}
    if any(origin.startswith("side:") for origin in named):
        named.discard("officials")
    return max(len(named), 1)
