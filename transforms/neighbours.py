"""Whether a figure goes on with the one before it: the wounded after the dead, "900 more", what was sunk after what burned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.findings import Found
from transforms.wordforms import BEFORE_NUMBER

if TYPE_CHECKING:
    from seeds.circumstances import Role
    from transforms.clauses import Clause
    from transforms.figures import Figure
    from transforms.findings import View

_CASUALTIES = "CAS_"
_PAST = frozenset({"VERB", "VBN"})
_TOLD = frozenset(
    {"owner", "subject of loss", "owner of the list", "losses before"}
)  # rules that told whose the things before are
_NAMED = frozenset(
    {"subject", "agent of passive", "agent of the noun", "maker of the act"}
)  # rules that told who did it
_LINKS = frozenset(("with", "including", "plus"))
_BYSTANDERS = frozenset({"person", "civilian", "child", None})  # who may be hit beside another side's soldiers
_LISTING = BEFORE_NUMBER | {",", "CONJ"}
_MORE = frozenset({"another", "more", "other", "others", "further", "additional"})


def is_kin(roles: dict[str, Role], before: Figure, figure: Figure) -> bool:
    """Tell whether two figures of a sentence count what one side did or suffered: its dead, and the wounded after them.

    Things destroyed go with what a party is told to have hit before: "two ships were hit by the navy and a tank was burned".
    """
    codes = before.metric_code, figure.metric_code
    if codes[0] == codes[1] or all(code.startswith(_CASUALTIES) for code in codes):
        return True
    is_told = any(step.field == "actor" and step.rule in _NAMED for step in before.steps)
    return is_told and figure.noun not in _BYSTANDERS and roles[codes[0]] is roles[codes[1]]


def is_more(lows: list[str], figure: Figure) -> bool:
    """Tell whether a figure counts more of what was counted before: "another 900 injured", "900 more soldiers"."""
    return not _MORE.isdisjoint((*lows[figure.first - 1 : figure.first], *lows[figure.last : figure.last + 1]))


def list_owner(view: View, before: Figure | None, figure: Figure) -> Found | None:
    """Return whose the items of a list are where its first item tells it: "11 Ukrainian tanks, 20 vehicles and 900 soldiers"."""
    if before is None or before.sentence is not figure.sentence or not before.target_code or figure.noun in _BYSTANDERS:
        return None
    if next((step.rule for step in before.steps if step.field == "target" and step.rule in _TOLD), None) is None:
        return None
    between = range(max(before.last, before.unit_last), figure.first)
    if not all(view.tags[k] in _LISTING or view.lows[k] in _LINKS for k in between):
        return None
    return Found(before.target_code, before.target_name, "owner of the list")


def goes_on(roles: dict[str, Role], before: Figure, figure: Figure) -> bool:
    """Tell whether a number without a noun counts more of what the one before it counted: "two were sunk while two more burned"."""
    if before.sentence is not figure.sentence or before.unit_code != figure.unit_code:
        return False
    role = roles[figure.metric_code]
    return bool(role.owner and before.target_code and roles.get(before.metric_code) is role)


def copy_parties(source: Figure, figure: Figure) -> None:
    """Give a figure the parties of the figure that it repeats or continues."""
    figure.actor_code, figure.actor_name = source.actor_code, source.actor_name
    figure.target_code, figure.target_name = source.target_code, source.target_name
    if source.actor_code:
        figure.why("actor", "same as the figure before")  # else the evidence decides, as for the one before


def toll_of(view: View, figure: Figure, clause: Clause | None, lost: frozenset[str]) -> int | None:
    """Return the noun of loss that a figure counts or is the sum of: "902 deaths", "put Russian casualties at 900"."""
    heads = [figure.cue, figure.head, clause and clause.object and clause.object[1] - 1]
    if figure.cue is not None and view.lows[figure.cue] == "at":
        heads.append(figure.cue - 1)  # "casualties at"
    return next((head for head in heads if head is not None and view.lows[head] in lost), None)


def is_reduced(view: View, clause: Clause, figure: Figure) -> bool:
    """Tell whether a clause's verb says of the noun before it what the figure counts: "soldiers killed ... 40"."""
    is_bare = figure.head is None and clause.object is None
    return is_bare and figure.cue == clause.verb < figure.first and view.tags[clause.verb] in _PAST
