"""Whose the losses are that one sentence tells of and the next counts: "They suffer losses daily. They include 62 tanks"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.clauses import clause_at
from transforms.findings import Found
from transforms.restated import was_asked

if TYPE_CHECKING:
    from transforms.agents import Agents
    from transforms.figures import Figure
    from transforms.findings import View
    from transforms.implications import Known

_RETOLD = frozenset("this these they those that".split())  # subjects that take up losses
_AMONG = (["among", "them"], ["among", "these"])
_CONTAINING = frozenset("include includes included comprise comprised are were was is".split())


def loser_before(view: View, known: Known, figure: Figure, agents: Agents) -> Found | None:
    """Return whose losses the sentence before told, where they are listed here: "They include 62 tanks"."""
    clause = clause_at(view.clauses, figure.first)
    if clause is None or not view.sentence.index or view.lows[clause.verb] not in _CONTAINING:
        return None
    if view.lows[0] not in _RETOLD and view.lows[:2] not in _AMONG:
        return None
    before = known.sentences[view.sentence.index - 1]
    if agents.acts["LOSS_NOUN"].isdisjoint(before.lows):
        return None
    prior = agents.view(before)
    losing = (c.subject for c in prior.clauses if prior.lows[c.verb] in agents.acts["LOSS_VERB"])
    found = next((party for span in losing if (party := agents.party(prior, span, "losses before"))), None)
    heads = (k for k, low in enumerate(prior.lows) if low in agents.acts["LOSS_NOUN"])
    found = found or next((party for k in heads if (party := agents.around(prior, k))), None)
    return found and Found(found.code, None, "losses before", agents.act_seeds["LOSS_NOUN"])


def asked_of(view: View, known: Known, figure: Figure, agents: Agents) -> Found | None:
    """Return whose people a count is asked of before: "How many Russian troops have died is unclear. The official figure is 1,400"."""
    if not was_asked(figure):
        return None
    here = view.sentence.index
    for sentence in (view.sentence, *known.sentences[max(0, here - 1) : here]):
        lows = sentence.lows
        for k in range(len(lows) - 2):
            if lows[k : k + 2] == ["how", "many"]:
                return agents.around(agents.view(sentence), k + 2)
    return None
