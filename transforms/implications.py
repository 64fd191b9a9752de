"""Which parties war, place and siege imply where the words name but one of them, or none."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - compiled, the annotation of a field is looked up
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.findings import Found, View, reach
from transforms.mentions import REGION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seeds.circumstances import Role
    from transforms.agents import Agents
    from transforms.figures import Figure
    from transforms.parties import War
    from transforms.sentences import Sentence

_FROM_REACH = 3  # tokens from "from" to a place
_OF_WAR = frozenset({"adversary", "land at war", "defender", "both sides"})  # rules by which a war implies a party
_TOWN = frozenset(("city", "mayor", "downtown"))
_TOWN_REACH = 3  # tokens from a name to what says that it is a town's: "Donetsk's mayor"
_ACCORDING = ["according", "to"]
Pair = tuple[Found | None, Found | None]


@dataclass(slots=True)
class Known:
    """What an article has told of its parties so far."""

    war: War | None
    sentences: Sequence[Sentence]  # of the article
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


def occupier(view: View, war: War, agents: Agents) -> Found | None:
    """Return the side of which those are who tell of a harm on land that they hold: it was done to them.

    "Separatist officials said two people died in shelling of Horlivka."
    """
    words = agents.acts["OCCUPIER_WORD"]
    if not war.held or words.isdisjoint(view.lows):
        return None  # those who rise in their own land tell of its people
    telling = [c.subject for c in view.clauses if c.subject and view.lows[c.verb] in agents.said]
    telling += [(c.first, c.last) for c in view.chunks if view.lows[c.first - 2 : c.first] == _ACCORDING]
    if all(words.isdisjoint(view.lows[span[0] : reach(view, span)]) for span in telling):
        return None
    holder = war.sides[war.ground in war.sides[0]][0]
    return Found(holder, None, "whose word it is", agents.act_seeds["OCCUPIER_WORD"])


def is_make(wars: Iterable[War], view: View, war: War, owner: Found) -> bool:
    """Tell whether a name only tells whose make a weapon of one of the sides is: "Kyiv shot down 71 Iranian drones".

    Not where the two are at war with each other, in whatever war.
    """
    others = {mention.code for mention in view.mentions} - {owner.code}
    if any(owner.code in one and not others.isdisjoint(two) for w in wars for one, two in (w.sides, w.sides[::-1])):
        return False
    kinds = {mention.kind for mention in view.mentions if mention.code == owner.code}
    return kinds == {"ADJECTIVE"} and not war.adversary(owner.code) and any(war.adversary(code) for code in others)


def is_start(view: View, figure: Figure) -> bool:
    """Tell whether a figure's place is the one from which something is sent: "drones launched from Crimea"."""
    name = (figure.place_name or "").lower().partition(" ")[0]
    at = view.lows.index(name) if name in view.lows else 0
    return "from" in view.lows[max(0, at - _FROM_REACH) : at]


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


def forget_earlier(war: War | None, figures: list[Figure]) -> None:
    """Take back what a war implies of what was over before it began: of a massacre of 1992 in an article on another war."""
    if war is None or war.since is None:
        return
    for figure in figures:
        if figure.period_end_date is None or figure.period_end_date >= war.since:
            continue
        implied = {step.field for step in figure.steps if step.rule in _OF_WAR}
        if "actor" in implied:
            figure.actor_code = figure.actor_name = None
            figure.why("actor", "before the war", f"conflicts/{war.code}")
        if "target" in implied:
            figure.target_code = figure.target_name = None
            figure.why("target", "before the war", f"conflicts/{war.code}")


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


def is_at_peace(view: View, known: Known, figure: Figure, agents: Agents, named: Pair) -> bool:
    """Tell a harm on the land from which a war is waged that no word of war stands near: a gunman's, a crash, a fire.

    "A gunman shot dead 6 people at a market in Omsk, Russia."
    """
    war, (actor, target) = known.war, named
    if war is None or not war.held or actor or target is None or target.rule != "country of the place":
        return False
    if figure.country_code != target.code or war.adversary(target.code) != war.ground:
        return False  # also of a region that it holds
    warlike = agents.acts["ATTACK_NOUN"] - agents.acts["CRIME_WORD"]
    for index in range(view.sentence.index, max(-1, view.sentence.index - 2), -1):
        sentence = known.sentences[index]
        if not warlike.isdisjoint(sentence.lows) or any(m.code == war.ground for m in agents.parties.find(sentence)):
            return False
    figure.why("actor", "no word of war", agents.act_seeds["CRIME_WORD"])
    return True


def faced(known: Known, figure: Figure, actor: Found | None) -> Found | None:
    """Return whom forces face that stand on their adversary's land."""
    adversary = known.war.adversary(actor.code) if known.war and actor else None
    if known.war is None or adversary is None or figure.country_code != adversary:
        return None
    return Found(adversary, None, "on its land", f"conflicts/{known.war.code}")


def widen(view: View, figure: Figure, war: War) -> None:
    """Let what an invader struck at a town behind its own lines lie in the region of that name: "in Donetsk", not "in Donetsk city"."""
    region, invader = war.seats.get(figure.place_id or ""), war.adversary(war.ground)
    if region is None or figure.place_name is None or figure.target_code != war.ground:
        return
    if invader not in (figure.actor_code or "").split("/"):
        return
    name, lows = figure.place_name.lower(), view.lows
    if any(low == name and not _TOWN.isdisjoint(lows[max(0, i - 2) : i + _TOWN_REACH]) for i, low in enumerate(lows)):
        return
    figure.place_id, figure.place_precision = region, REGION
    figure.why("place", "region of the invader's town", f"conflicts/{war.code}", figure.place_name)
