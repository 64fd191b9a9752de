"""Who did it and to whom: what the words around a figure's cue name, then what war and place imply.

How the parties of a metric are found is knowledge (seeds/roles.toml); which words name a party stands in agents.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seeds.kinds import Role
from transforms.agents import Agents, Found, View
from transforms.clauses import clause_at
from transforms.parse import LONGEST_SENTENCE

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.clauses import Clause
    from transforms.figures import Figure
    from transforms.parties import War
    from transforms.reading import Context
    from transforms.sentences import Sentence

_MUTUAL = frozenset({"both", "each"})
_STATE_KEY = "actors"

Pair = tuple[Found | None, Found | None]


@dataclass(slots=True)
class Known:
    """What an article has told of its parties so far."""

    war: War | None
    giver: str | None = None
    forces: str | None = None  # whose forces the figure of forces before counted


class Actors:
    """The step that fills actor_code, actor_name, target_code and target_name."""

    def __init__(self, seeds: Seeds) -> None:
        self._agents = Agents(seeds)
        self._roles = {metric: role for role in seeds.of(Role).values() for metric in role.metrics}

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Read the parties of each figure of a sentence; a metric without a role (AGE) has none."""
        known = ctx.state.get(_STATE_KEY)
        if not isinstance(known, Known):
            known = ctx.state[_STATE_KEY] = Known(self._agents.parties.war_in(ctx))
        wanted = [figure for figure in figures if figure.metric_code in self._roles]
        if not wanted or len(sentence.words) > LONGEST_SENTENCE:
            return
        if not self._agents.parties.find(sentence) and all(self._roles[f.metric_code].owner is None for f in wanted):
            return  # nobody is named, and nothing may be implied
        view = self._agents.view(sentence)
        before: Figure | None = None
        for figure in wanted:
            role = self._roles[figure.metric_code]
            if figure.converts is not None:
                _copy(figure.converts, figure)
            else:
                self._read(view, known, figure, role, before)
            before = figure

    def _read(self, view: View, known: Known, figure: Figure, role: Role, before: Figure | None) -> None:
        agents = self._agents
        clause = clause_at(view.clauses, figure.first if figure.cue is None else figure.cue)
        subject = clause.subject if clause else None
        head = view.lows[subject[1] - 1] if subject else ""
        if role.has_attack and head in agents.acts["NO_ONES_ACT"] and agents.owner(view, figure) is None:
            figure.why("actor", "an act of both sides", agents.act_seeds["NO_ONES_ACT"], head)
            return
        actor, target, implied = self._named(view, figure, role, clause)
        if role.doer == "BOTH":
            actor, target = self._mutual(view, known, actor, role)
        if role.has_attack and (actor is None or target is None):
            maker, aim = agents.attack(view, figure)
            actor, target = actor or maker, target or aim
        if role.has_recipient and not (clause and view.lows[clause.verb] in agents.acts["RECEIVING_VERB"]):
            actor, target = self._gift(view, known, actor)
        if role.owner == "ACTOR" and not (role.has_attack or role.has_recipient or role.has_adversary):
            if actor is None and known.forces and not view.mentions:
                actor = Found(known.forces, None, "forces before")
            known.forces = actor.code if actor else known.forces
            target = target or _faced(known, figure, actor)
        if not (actor or target) and role.owner and before and before.metric_code == figure.metric_code:
            _copy(before, figure)
            return
        if target is None and role.has_other:
            target = agents.other(view, actor)
        country = figure.country_code if figure.country_code in agents.parties.codes else None
        target = target or _ground(known, country, role, actor)
        if actor is None and target is None and role.ground == "DEFENDER":
            actor = _defender(known, figure)
        if implied:
            actor, target = _adversaries(known, actor, target)
        _write(figure, role, actor, target)

    def _named(
        self, view: View, figure: Figure, role: Role, clause: Clause | None
    ) -> tuple[Found | None, Found | None, bool]:
        """Return the parties that noun phrase and clause name, and whether the other side may be implied."""
        agents = self._agents
        owner = agents.owner(view, figure)
        lost = agents.acts["LOSS_NOUN"]
        if owner is None and role.owner == "TARGET" and figure.cue is not None and view.lows[figure.cue] in lost:
            owner = agents.around(view, figure.cue)
            if owner:
                owner.seed = agents.act_seeds["LOSS_NOUN"]
        actor = owner if role.owner == "ACTOR" else None
        target = owner if role.owner == "TARGET" else None
        if role.owner is None and role.doer == "ACTOR":
            actor = agents.possessor(view, figure)
        if clause is None:
            return actor, target, role.has_adversary
        verb, subject = view.lows[clause.verb], clause.subject
        suffered = "LOSS_NOUN" if subject and view.lows[subject[1] - 1] in lost else None
        if verb in agents.acts["LOSS_VERB"]:
            suffered = "LOSS_VERB"
        if suffered and role.owner == "TARGET":
            target = target or agents.party(view, subject, "subject of loss")
            if target:
                target.seed = agents.act_seeds[suffered]
            return actor, target, False
        if role.has_recipient and verb in agents.acts["RECEIVING_VERB"]:
            target = agents.party(view, subject, "recipient")
            if target:
                target.seed = agents.act_seeds["RECEIVING_VERB"]
            return agents.source_of_gift(view), target, False
        if target is None and role.owner == "TARGET" and clause.is_passive:
            target = agents.party(view, subject, "subject of passive")
        acted_on = _acts_on(view, clause, figure)
        undergoes = acted_on or (clause.is_passive and subject is not None and subject[0] <= figure.first < subject[1])
        if role.owner is None and undergoes and not clause.is_relative:
            target = owner  # "expelled 27 Russian diplomats", "27 Russian diplomats were expelled"
        if (role.doer == "OBJECT" or figure.dimension in role.not_of) and not acted_on:
            return actor, target, role.has_adversary
        if role.doer and actor is None:
            actor = self._doer(view, clause, figure, role)
        return actor, target, role.has_adversary

    def _doer(self, view: View, clause: Clause, figure: Figure, role: Role) -> Found | None:
        """Return who does what the clause of the cue says, else what the figure's own clause says."""
        actor = self._agents.doer(view, clause, figure, role)
        nearer = clause_at(view.clauses, figure.first)
        if actor or nearer is None or nearer is clause or figure.cue in range(clause.verb, clause.last + 1):
            return actor
        return self._agents.doer(view, nearer, figure, role)

    def _mutual(self, view: View, known: Known, doer: Found | None, role: Role) -> Pair:
        """Return both parties of what two do together: "talks between", "Russia and Ukraine exchanged", "both sides"."""
        both = self._agents.between(view)
        if both is None and doer and "/" in doer.code:
            both = doer
        alone = bool(doer and known.war and known.war.adversary(doer.code))  # to exchange takes two
        if both is None and known.war and role.owner and (alone or not _MUTUAL.isdisjoint(view.lows)):
            both = Found("/".join(sorted(side[0] for side in known.war.sides)), None, "both sides")
        if both and "/" in both.code:
            return both, both if role.owner else None
        return (doer, None) if role.owner else (None, None)

    def _gift(self, view: View, known: Known, actor: Found | None) -> Pair:
        """Return giver and recipient; where none is named, the giver before gives and the land at war receives."""
        war = known.war
        target = self._agents.recipient(view, actor)
        taken = {target.code if target else None, war.ground if war else None}
        if actor and actor.code in taken:
            actor = None
        if actor is None:
            actor = self._agents.aid(view)
            actor = None if actor and actor.code in taken else actor
        if actor is None:
            actor = self._agents.main_doer(view, taken)
        if actor is None and known.giver is None:
            apart = taken | {code for side in war.sides for code in side} if war else taken
            for mention in view.mentions:
                if mention.code not in apart:
                    actor = self._agents.named(view, (mention.first, mention.last), "only other party")
                    break
        if actor:
            known.giver = actor.code
        elif known.giver:
            actor = Found(known.giver, None, "giver before")
        if target is None and war:
            target = Found(war.ground, None, "land at war", f"conflicts/{war.code}")
        return actor, target


def _acts_on(view: View, clause: Clause, figure: Figure) -> bool:
    """Tell whether a figure is what a clause's verb acts on, or is joined to it: "sells 40% of its gas and 27% of its oil"."""
    if clause.object is None or not clause.start <= figure.first < clause.end:
        return False
    inside = clause.object[0] <= figure.last and figure.first < clause.object[1]
    return inside or (figure.first >= clause.object[1] and view.tags[figure.first - 1] == "CONJ")


def _ground(known: Known, country: str | None, role: Role, actor: Found | None) -> Found | None:
    """Return the target that the place or the war implies."""
    if role.ground in {None, "DEFENDER"}:
        return None
    war = known.war
    if role.ground == "COUNTRY" and country and country != (actor and actor.code):
        return Found(country, None, "country of the place")
    if war and not (role.ground == "COUNTRY" and country) and war.ground != (actor and actor.code):
        return Found(war.ground, None, "land at war", f"conflicts/{war.code}")
    return None


def _defender(known: Known, figure: Figure) -> Found | None:
    """Return whose air defence it is where none is named: that of the land below."""
    war = known.war
    if war is None:
        return None
    code = figure.country_code
    return Found(code if code and war.adversary(code) else war.ground, None, "defender", f"conflicts/{war.code}")


def _adversaries(known: Known, actor: Found | None, target: Found | None) -> Pair:
    """Return both parties where one is known and takes part in the article's war."""
    war = known.war
    if war is None:
        return actor, target
    if actor is None and target and (adversary := war.adversary(target.code)):
        actor = Found(adversary, None, "adversary", f"conflicts/{war.code}")
    elif target is None and actor and (adversary := war.adversary(actor.code)):
        target = Found(adversary, None, "adversary", f"conflicts/{war.code}")
    return actor, target


def _faced(known: Known, figure: Figure, actor: Found | None) -> Found | None:
    """Return whom forces face that stand on their adversary's land."""
    adversary = known.war.adversary(actor.code) if known.war and actor else None
    if known.war is None or adversary is None or figure.country_code != adversary:
        return None
    return Found(adversary, None, "on its land", f"conflicts/{known.war.code}")


def _write(figure: Figure, role: Role, actor: Found | None, target: Found | None) -> None:
    """Write the parties and why they are these."""
    if actor:
        figure.actor_code, figure.actor_name = actor.code, actor.name
    if target:
        figure.target_code, figure.target_name = target.code, target.name
    for field, found in (("actor", actor), ("target", target)):
        if found is None:
            continue
        figure.why(field, f"role {role.code}", f"roles/{role.code}")
        if found.seed:
            figure.why(field, found.rule, found.seed, found.name)
        for code in found.code.split("/"):
            figure.why(field, found.rule, f"actors/{code}", found.name)


def _copy(source: Figure, figure: Figure) -> None:
    """Give a figure the parties of the figure that it repeats or continues."""
    figure.actor_code, figure.actor_name = source.actor_code, source.actor_name
    figure.target_code, figure.target_name = source.target_code, source.target_name
    figure.why("actor", "same as the figure before")
