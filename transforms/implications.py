"""Which parties war, place and siege imply where the words name but one of them, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.findings import Found

if TYPE_CHECKING:
    from seeds.circumstances import Role
    from transforms.figures import Figure
    from transforms.parties import War

Pair = tuple[Found | None, Found | None]


@dataclass(slots=True)
class Known:
    """What an article has told of its parties so far."""

    war: War | None
    giver: str | None = None
    forces: str | None = None  # whose forces the figure of forces before counted
    lost: str | None = None  # whose men the figure of casualties before counted, and in which sentence
    lost_in: int = 0
    lost_noun: str | None = None


def both_sides(war: War, seed: str | None = None) -> Found:
    """Return both parties of a war as one."""
    return Found("/".join(sorted(side[0] for side in war.sides)), None, "both sides", seed)


def besieged(war: War, figure: Figure, seed: str) -> Found:
    """Return who is trapped on the land at war: "some 500 civilians are trapped in the plant"."""
    land = figure.country_code if war.adversary(figure.country_code) else None
    return Found(land or war.ground, None, "besieged", seed)


def ground(known: Known, country: str | None, role: Role, actor: Found | None) -> Found | None:
    """Return the target that the place or the war implies."""
    if role.ground not in {"COUNTRY", "WAR"}:
        return None
    war = known.war
    if role.ground == "COUNTRY" and country and country != (actor and actor.code):
        return Found(country, None, "country of the place")
    enemy = war.adversary(actor.code) if war and actor and role.has_attack and not country else None
    if war and actor and enemy and actor.code != war.ground and enemy == war.adversary(war.ground):
        return Found(enemy, None, "adversary", f"conflicts/{war.code}")  # of who fights on its own side's land
    if war and not (role.ground == "COUNTRY" and country) and war.ground != (actor and actor.code):
        return Found(war.ground, None, "land at war", f"conflicts/{war.code}")
    return None


def defender(known: Known, code: str | None) -> Found | None:
    """Return whose air defence it is where none is named: that of the land below."""
    war = known.war
    if war is None:
        return None
    return Found(code if code and war.adversary(code) else war.ground, None, "defender", f"conflicts/{war.code}")


def adversaries(known: Known, actor: Found | None, target: Found | None) -> Pair:
    """Return both parties where one is known and takes part in the article's war."""
    war = known.war
    if war is None:
        return actor, target
    if actor is None and target and (adversary := war.adversary(target.code)):
        actor = Found(adversary, None, "adversary", f"conflicts/{war.code}")
    elif target is None and actor and (adversary := war.adversary(actor.code)):
        target = Found(adversary, None, "adversary", f"conflicts/{war.code}")
    return actor, target


def faced(known: Known, figure: Figure, actor: Found | None) -> Found | None:
    """Return whom forces face that stand on their adversary's land."""
    adversary = known.war.adversary(actor.code) if known.war and actor else None
    if known.war is None or adversary is None or figure.country_code != adversary:
        return None
    return Found(adversary, None, "on its land", f"conflicts/{known.war.code}")
