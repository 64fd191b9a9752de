"""Whom "the enemy" and "the occupiers" name: the adversary of whoever speaks or is named, and the side that came into the land."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.findings import reach
from transforms.parties import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.agents import Agents
    from transforms.findings import View
    from transforms.parties import War
    from transforms.reading import Context
    from transforms.sentences import Sentence

_FOE, _INVADER = "FOE", "INVADER"  # kinds of such a mention
_BACK = 2  # sentences before that may name a side


def name_foes(ctx: Context, sentence: Sentence, agents: Agents, war: War | None) -> None:
    """Add the parties that stand as foes to the mentions of a sentence: "shot down 12 enemy drones", "took out 17 invaders"."""
    acts, lows = agents.acts, sentence.lows
    if war is None or (acts["FOE_NOUN"].isdisjoint(lows) and acts["INVADER_NOUN"].isdisjoint(lows)):
        return
    mentions = agents.parties.find(sentence)
    near = range(sentence.index, max(-1, sentence.index - 1 - _BACK), -1)
    is_near = any(war.adversary(m.code) for index in near for m in agents.parties.find(ctx.sentences[index]))
    if not is_near or any(mention.kind in {_FOE, _INVADER} for mention in mentions):
        return  # no word of this war stands near
    speaker = next(_sides(agents.view(sentence), agents.said, war), war.ground)
    named = {mention.last for mention in mentions}  # "Russian invaders"
    for kind, party in ((_FOE, speaker), (_INVADER, war.ground)):
        code = war.adversary(party)
        words = acts[f"{kind}_NOUN"]
        if code:
            mentions += [Mention(k, k + 1, code, kind) for k, low in enumerate(lows) if low in words and k not in named]
    mentions.sort()


def _sides(view: View, said: frozenset[str], war: War) -> Iterator[str]:
    """Yield the sides that a sentence names as subjects, who speaks before the rest: "the Russian general said", "Kyiv shot down"."""
    spans = [(view.lows[c.verb] not in said, c.subject[0], reach(view, c.subject)) for c in view.clauses if c.subject]
    spans += [(False, 0, k) for k, low in enumerate(view.lows) if low == ":"]  # "The Russian ministry: ..."
    for _, first, last in sorted(spans):
        yield from (m.code for m in view.mentions if first <= m.first < last and war.adversary(m.code))
