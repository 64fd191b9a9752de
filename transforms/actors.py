"""Who did it and to whom: what the words around a figure's cue name, then what war and place imply.

How the parties of a metric are found is knowledge (seeds/roles.toml); which words name a party stands in agents.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.circumstances import Role
from seeds.sheets import Place, regions
from transforms.agents import Agents
from transforms.clauses import clause_at
from transforms.findings import Found, View
from transforms.foes import name_foes
from transforms.homelands import HOME, origin_of
from transforms.implications import (
    Known,
    Pair,
    adversaries,
    besieged,
    both_sides,
    defender,
    faced,
    ground,
    is_at_peace,
    is_make,
    is_start,
    occupier,
    widen,
)
from transforms.neighbours import copy_parties, goes_on, is_kin, is_more, is_reduced, list_owner, toll_of
from transforms.parse import LONGEST_SENTENCE
from transforms.placewords import Terms
from transforms.retelling import asked_of, loser_before

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.clauses import Clause
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_PART_AND_WHOLE = ("WPN_INTERCEPTED", "WPN_LAUNCHED")
_MUTUAL = frozenset({"both", "each"})
_STATE_KEY = "actors"
_ENTERING = frozenset("enter entered entering reach reached reaching".split())  # whose object is where they go
_HELD_REACH = 8  # tokens from forces to what says that they hold out
_TOLL = "toll"  # the dead of one event, unlike losses and casualties, which are those of a war
_ARMS = ("WPN_", "EQP_D")  # weapons that are fired and shot down, and what is destroyed
_LOSSES = "losses"
_CASUALTIES = "CAS_"
_HANGING = frozenset(("with", "including"))
_HEDGED = 3  # tokens from "with" to the number: "with more than"
_PEOPLE = frozenset({"person", "civilian", "child", "soldier"})


class Actors:
    """The step that fills actor_code, actor_name, target_code and target_name."""

    def __init__(self, seeds: Seeds) -> None:
        self.agents = Agents(seeds)
        self._regions = regions(seeds.rows(Place))
        self._held = Terms(self.agents.acts["HOLDING_OUT"])
        self._roles = {metric: role for role in seeds.of(Role).values() for metric in role.metrics}

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Read the parties of each figure of a sentence; a metric without a role (AGE) has none."""
        known = ctx.state.get(_STATE_KEY)
        if not isinstance(known, Known):
            known = ctx.state[_STATE_KEY] = Known(self.agents.parties.war_in(ctx), ctx.sentences)
        wanted = [figure for figure in figures if figure.metric_code in self._roles]
        if not wanted or len(sentence.words) > LONGEST_SENTENCE:
            return
        name_foes(ctx, sentence, self.agents, known.war)
        if not self.agents.parties.find(sentence) and all(
            self._roles[f.metric_code].owner is None and f.noun not in _PEOPLE for f in wanted
        ):
            return  # nobody is named, and nothing may be implied
        view = self.agents.view(sentence)
        before: Figure | None = None
        for figure in wanted:
            role = self._roles[figure.metric_code]
            if figure.converts is not None:
                copy_parties(figure.converts, figure)
            elif before and _is_of_those(sentence, before, figure):
                copy_parties(before, figure)
            elif before and figure.cue is None and (before.metric_code, figure.metric_code) == _PART_AND_WHOLE:
                copy_parties(before, figure)  # "shot down 45 of 55 missiles": launched by whom they were aimed back at
                figure.actor_code, figure.target_code = figure.target_code, figure.actor_code
                figure.actor_name, figure.target_name = figure.target_name, figure.actor_name
            else:
                self._read(view, known, figure, role, before)
            if known.war and role.has_attack:
                widen(view, figure, known.war)
            before = figure

    def _read(self, view: View, known: Known, figure: Figure, role: Role, before: Figure | None) -> None:
        agents = self.agents
        clause = clause_at(view.clauses, figure.first if figure.cue is None else figure.cue)
        losing = clause_at(view.clauses, figure.first)
        if losing and role.owner == "TARGET" and view.lows[losing.verb] in agents.acts["LOSS_VERB"]:
            clause = losing  # "lost 40 men killed and wounded"
        subject = clause.subject if clause else None
        head = view.lows[subject[1] - 1] if subject else ""
        if role.has_attack and head in agents.acts["NO_ONES_ACT"] and agents.owner(view, figure) is None:
            figure.why("actor", "an act of both sides", agents.act_seeds["NO_ONES_ACT"], head)
            return
        actor, target, implied = self._named(view, known, figure, role, clause, before)
        if figure.head is None and before and not (actor or target) and goes_on(self._roles, before, figure):
            copy_parties(before, figure)
            return
        if role.doer == "BOTH":
            actor, target = self._mutual(view, known, (actor, target), role)
        if role.has_attack:
            actor, target = self._hostile(view, known, figure, actor, target)
        if role.has_recipient and clause and _receives(view, clause, agents.acts["RECEIVING_VERB"]):
            taken = {target.code, known.war and known.war.adversary(target.code)} if target else set()
            actor = actor or agents.supplier(view, taken)
        elif role.has_recipient:
            owned = target if role.owner == "TARGET" else None
            actor, target = self._gift(view, known, clause, actor)
            target = owned or target
        if role.owner == "ACTOR" and not (role.has_attack or role.has_recipient or role.has_adversary):
            actor = self._forces(view, known, figure, actor)
            target = target or faced(known, figure, actor)
        if not (actor or target) and role.owner and before and is_kin(self._roles, before, figure):
            copy_parties(before, figure)
            return
        if role.owner == "TARGET" and figure.metric_code.startswith(_CASUALTIES):
            target = self._sufferer(view, known, figure, target)
        target = target or (agents.other(view, actor) if role.has_other else None)
        actor, target = self._implied(view, known, figure, role, (actor, target))
        if implied and not is_at_peace(view, known, figure, agents, (actor, target)):
            actor, target = adversaries(known, actor, target)
        _write(figure, role, actor, target)
        for maker, origin in agents.parties.makers(view.sentence):
            if actor and maker.code != actor.code:
                figure.why("actor", "not whose make it is", agents.act_seeds["ORIGIN"], origin)

    def _forces(self, view: View, known: Known, figure: Figure, actor: Found | None) -> Found | None:
        """Return whose forces are counted: on the land at war those who hold out, else those of the figure before."""
        war, end = known.war, max(figure.last, figure.unit_last)
        if war and self._held.are_in(view.lows[end : end + _HELD_REACH]):
            clause = clause_at(view.clauses, figure.first)
            if clause and _acts_on(view, clause, figure):  # "Ukraine has 700,000 troops defending it"
                actor = actor or self.agents.party(view, clause.subject, "subject")
            elif actor is None or (actor.rule != "owner" and actor.code == war.adversary(war.ground)):
                actor = besieged(war, figure, self.agents.act_seeds["HOLDING_OUT"])
        if actor is None and known.forces and not view.mentions:
            actor = Found(known.forces, None, "forces before")
        known.forces = actor.code if actor else known.forces
        return actor

    def _sufferer(self, view: View, known: Known, figure: Figure, target: Found | None) -> Found | None:
        """Return whose men more of the same are, or whose losses the sentence says are told: "suffered losses: 90 soldiers died"."""
        is_next = view.sentence.index - known.lost_in <= 1 and figure.noun in {known.lost_noun, None}
        if target is None and known.lost and is_next and is_more(view.lows, figure):
            target = Found(known.lost, None, "more of those before")
        if target is None and figure.noun == "soldier":
            losing = (clause for clause in view.clauses if clause.verb < figure.first and self._loses(view, clause))
            target = next((self.agents.party(view, clause.subject, "subject of loss") for clause in losing), None)
        if target:
            known.lost, known.lost_in, known.lost_noun = target.code, view.sentence.index, figure.noun
        return target

    def _loses(self, view: View, clause: Clause) -> bool:
        """Tell whether a clause says that its subject has losses: "has had 900 casualties", "suffered heavy losses"."""
        acts, verb = self.agents.acts, clause.verb
        is_had = view.tags[verb] == "HAVE" or view.lows[verb] in acts["LOSS_VERB"]
        return is_had and clause.object is not None and view.lows[clause.object[1] - 1] in acts["LOSS_NOUN"]

    def _hostile(self, view: View, known: Known, figure: Figure, actor: Found | None, target: Found | None) -> Pair:
        """Return maker and aim of the hostile acts that a sentence names; none harms its own."""
        if known.war and self.agents.on_both_sides(view):
            both = both_sides(known.war)
            return both, both
        if actor is None or target is None:
            maker, aim = self.agents.attack(view, figure)
            actor, target = actor or maker, target or aim
        is_own = actor is not None and target is not None and actor.code == target.code and actor.rule != "blamed"
        if is_own and not self.agents.is_accident(view):
            actor = None
        return actor, target

    def _implied(self, view: View, known: Known, figure: Figure, role: Role, named: Pair) -> Pair:
        """Return the parties with what siege, place and war imply where the words do not name them."""
        actor, target = named
        agents, war = self.agents, known.war
        nobody = actor is None and target is None
        if nobody and war and role.owner is None and figure.noun in _PEOPLE:
            if not agents.acts["BESIEGED_VERB"].isdisjoint(view.lows):
                return adversaries(known, None, besieged(war, figure, agents.act_seeds["BESIEGED_VERB"]))
        if nobody and war and role.has_attack and (told := occupier(view, war, agents)):
            figure.why("actor", told.rule, told.seed)
            return adversaries(known, None, told)
        country = figure.country_code if figure.country_code in agents.parties.codes else None
        if war and war.held and (role.has_attack or role.ground == "DEFENDER") and not is_start(view, figure):
            country = war.held.get(self._regions.get(figure.place_id or "", figure.place_id or ""), country)
        if target is None and country and any(step.rule == HOME for step in figure.steps):
            target = Found(country, None, HOME)
        is_accident = role.has_attack and country is None and agents.is_accident(view)
        target = target or (None if is_accident else ground(known, country, role, actor))
        land = figure.country_code if role.by_land else None
        if land and actor is None and not (war and land == war.ground):
            actor = Found(land, None, "law of the land")
        if land and target is None and actor and actor.code == land:
            target = Found(land, None, "country of the place")
        if nobody and role.ground == "DEFENDER":
            actor = defender(known, country)
        if nobody and role.ground == "INVADER" and war:
            target = Found(war.ground, None, "land at war", f"conflicts/{war.code}")
        return actor, target

    def _named(
        self, view: View, known: Known, figure: Figure, role: Role, clause: Clause | None, before: Figure | None
    ) -> tuple[Found | None, Found | None, bool]:
        """Return the parties that noun phrase and clause name, and whether the other side may be implied."""
        agents = self.agents
        owner, toll = self._owner(view, known, figure, role, clause, before)
        actor = owner if role.owner == "ACTOR" else None
        target = owner if role.owner == "TARGET" else None
        if role.owner is None and role.doer == "ACTOR":
            actor = agents.possessor(view, figure)
        is_whole = toll not in {"", _TOLL} or agents.in_war(view, figure)
        is_accident = role.has_attack and agents.is_accident(view)
        if is_accident:
            figure.why("actor", "accident", agents.act_seeds["ACCIDENT_WORD"])
        implied = role.has_adversary and not (role.has_attack and (is_whole or is_accident))
        if clause is None:
            return actor, target, implied
        verb, subject = view.lows[clause.verb], clause.subject
        head = view.lows[subject[1] - 1] if subject else ""
        suffered = next((p for p, word in (("LOSS_VERB", verb), ("LOSS_NOUN", head)) if word in agents.acts[p]), None)
        suffered = suffered or ("LOSS_NOUN" if self._loses(view, clause) else None)
        if suffered and role.owner == "TARGET":
            target = target or agents.party(view, subject, "subject of loss")
            if target:
                target.seed = agents.act_seeds[suffered]
            return actor, target, implied and (head == _TOLL or not role.has_attack)
        if role.has_recipient and _receives(view, clause, agents.acts["RECEIVING_VERB"]):
            target = agents.party(view, subject, "recipient")
            if target:
                target.seed = agents.act_seeds["RECEIVING_VERB"]
            return agents.source_of_gift(view), target, False
        by = agents.by(view, figure) if role.owner == "TARGET" else None
        if target is None and role.owner == "TARGET" and clause.is_passive and by is None:
            target = agents.party(view, subject, "subject of passive")
        if target is None and role.ground == "WAR" and role.doer == "OBJECT":
            left = None if verb in _ENTERING else agents.object(view, clause, "object")  # "have fled Ukraine"
            target = left or origin_of(view, figure)
        acted_on = _acts_on(view, clause, figure)
        undergoes = acted_on or (clause.is_passive and subject is not None and subject[0] <= figure.first < subject[1])
        if role.owner is None and undergoes and not clause.is_relative:
            target = owner  # "expelled 27 Russian diplomats", "27 Russian diplomats were expelled"
        if (role.doer == "OBJECT" and not acted_on) or figure.dimension in role.not_of:
            return actor, target, implied
        actor = actor or by
        if role.doer and actor is None:
            actor = self._doer(view, clause, figure, role)
        return actor, target, implied

    def _owner(
        self, view: View, known: Known, figure: Figure, role: Role, clause: Clause | None, before: Figure | None
    ) -> tuple[Found | None, str]:
        """Return whose the counted things are, with the noun of loss that the figure is the sum of, else ""."""
        agents = self.agents
        owner = agents.owner(view, figure)
        if (
            owner
            and known.war
            and figure.metric_code.startswith(_ARMS)
            and is_make(agents.parties.wars, view, known.war, owner)
        ):
            owner = None
        if owner is None and role.owner:
            owner = asked_of(view, known, figure, agents)
        if role.owner != "TARGET":
            return owner, ""
        toll = beside = toll_of(view, figure, clause, agents.acts["LOSS_NOUN"])
        if clause and role.has_attack and toll is None and is_reduced(view, clause, figure):
            beside = clause.verb - 1  # "the number of Ukrainian soldiers killed was 40"
        if figure.head is None and figure.cue is not None and figure.cue < figure.first:
            beside = beside or figure.cue  # "estimates of Russian dead range from 12 to 20"
        if owner is None and beside is not None:
            owner = agents.around(view, beside)
            if owner:
                owner.seed = agents.act_seeds["LOSS_NOUN"]
        if owner is None and role.has_adversary and (owner := list_owner(view, before, figure)):
            return owner, _LOSSES if before and before.actor_code is None else ""
        if owner is None and role.has_attack and (owner := loser_before(view, known, figure, agents)):
            return owner, _LOSSES
        return owner, "" if toll is None else view.lows[toll]

    def _doer(self, view: View, clause: Clause, figure: Figure, role: Role) -> Found | None:
        """Return who does what the clause of the cue says, else what the figure's own clause says."""
        actor = self.agents.doer(view, clause, figure, role)
        nearer = clause_at(view.clauses, figure.first)
        if actor or nearer is None or nearer is clause or figure.cue in range(clause.verb, clause.last + 1):
            return actor
        return self.agents.doer(view, nearer, figure, role)

    def _mutual(self, view: View, known: Known, named: Pair, role: Role) -> Pair:
        """Return both parties of what two do together: "talks between", "Russia and Ukraine exchanged", "both sides".

        What is exchanged goes both ways, whoever is told to give it, get it or mediate; who but comes free does one way.
        """
        doer, owned = named
        acts, war = self.agents.acts, known.war
        both = self.agents.between(view)
        if both is None and doer and "/" in doer.code:
            both = doer
        if both is None and war and role.owner:
            is_swap = not acts["SWAP"].isdisjoint(view.lows)
            is_party = doer is not None and war.adversary(doer.code) is not None  # to exchange takes two
            is_mediated = doer is not None and not acts["MEDIATING"].isdisjoint(view.lows)
            owned = owned if owned and war.adversary(owned.code) else None
            is_open = (doer is None or is_mediated) and owned is None
            if is_swap or is_party or is_open or not _MUTUAL.isdisjoint(view.lows):
                both = both_sides(
                    war, self.agents.act_seeds["SWAP" if is_swap else "MEDIATING"] if is_swap or is_mediated else None
                )
            elif doer is None or is_mediated:
                return adversaries(known, None, owned)
        if both and "/" in both.code:
            return both, both if role.owner else None
        return (doer, None) if role.owner else (None, None)

    def _gift(self, view: View, known: Known, clause: Clause | None, actor: Found | None) -> Pair:
        """Return giver and recipient; where none is named, the giver before gives and the land at war receives."""
        war = known.war
        target = self.agents.object(view, clause, "recipient") or self.agents.recipient(view, actor)
        taken = {target.code if target else None, war.ground if war else None}
        if actor and actor.code in taken:
            actor = None
        if actor is None:
            actor = self.agents.aid(view)
            actor = None if actor and actor.code in taken else actor
        if actor is None:
            enemy = war.adversary(target.code if target else war.ground) if war else None  # who gives it nothing
            barred = {*taken, enemy}
            actor = self.agents.supplier(view, barred) or self.agents.main_doer(view, barred)
        if actor is None and known.giver is None:
            apart = taken | {code for side in war.sides for code in side} if war else taken
            for mention in view.mentions:
                if mention.code not in apart:
                    actor = self.agents.named(view, (mention.first, mention.last), "only other party")
                    break
        if actor:
            known.giver = actor.code
        elif known.giver:
            actor = Found(known.giver, None, "giver before")
        if war and (target is None or (actor and actor.code == target.code)):
            target = Found(war.ground, None, "land at war", f"conflicts/{war.code}")
        return actor, target


def _receives(view: View, clause: Clause, verbs: frozenset[str]) -> bool:
    """Tell whether a clause's subject is given something: "received 12 boats", "took delivery of 12 boats"."""
    verb = view.lows[clause.verb]
    return verb in verbs or (clause.object is not None and f"{verb} {view.lows[clause.object[1] - 1]}" in verbs)


def _acts_on(view: View, clause: Clause, figure: Figure) -> bool:
    """Tell whether a figure is what a clause's verb acts on, or is joined to it: "sells 40% of its gas and 27% of its oil"."""
    if clause.object is None or not clause.start <= figure.first < clause.end:
        return False
    inside = clause.object[0] <= figure.last and figure.first < clause.object[1]
    lead = figure.first
    while lead and view.tags[lead - 1] == "ADV":
        lead -= 1  # "and at least two"
    return inside or (figure.first >= clause.object[1] and view.tags[lead - 1] == "CONJ")


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


def _is_of_those(s: Sentence, before: Figure, figure: Figure) -> bool:
    """Tell whether the dead, or the wounded, hang on a number before: "100,000 soldiers were hit, with more than 20,000 killed"."""
    is_harm = before.metric_code.startswith(_CASUALTIES) and figure.metric_code.startswith(_CASUALTIES)
    return (
        is_harm
        and figure.noun == "dead"
        and not _HANGING.isdisjoint(s.lows[max(0, figure.first - _HEDGED) : figure.first])
    )
