"""Whether a figure goes on with the one before it: the wounded after the dead, "900 more", what was sunk after what burned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seeds.circumstances import Role
    from transforms.figures import Figure

_CASUALTIES = "CAS_"
_MORE = frozenset({"another", "more", "other", "others", "further", "additional"})


def is_kin(before: Figure, figure: Figure) -> bool:
    """Tell whether two figures of a sentence count what one side did or suffered: its dead, and the wounded after them."""
    codes = before.metric_code, figure.metric_code
    return codes[0] == codes[1] or all(code.startswith(_CASUALTIES) for code in codes)


def is_more(lows: list[str], figure: Figure) -> bool:
    """Tell whether a figure counts more of what was counted before: "another 900 injured", "900 more soldiers"."""
    return not _MORE.isdisjoint((*lows[figure.first - 1 : figure.first], *lows[figure.last : figure.last + 1]))


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
