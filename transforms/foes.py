"""Whom "the enemy" and "the occupiers" name: the adversary of whoever speaks or is named, and the side that came into the land."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.parties import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.agents import Agents
    from transforms.parties import War
    from transforms.reading import Context
    from transforms.sentences import Sentence

_FOE, _INVADER = "FOE", "INVADER"  # kinds of such a mention
_BACK = 2  # sentences before in which it is told who speaks


def name_foes(ctx: Context, sentence: Sentence, agents: Agents, war: War | None) -> None:
    """Add the parties that stand as foes to the mentions of a sentence: "shot down 12 enemy drones", "killed 29 occupiers"."""
    acts, lows = agents.acts, sentence.lows
    if war is None or (acts["FOE_NOUN"].isdisjoint(lows) and acts["INVADER_NOUN"].isdisjoint(lows)):
        return
    mentions = agents.parties.find(sentence)
    speaker = next(_sides(ctx, sentence, agents, war), None)
    if speaker is None or any(mention.kind in {_FOE, _INVADER} for mention in mentions):
        return  # no word of this war stands near
    named = {mention.last for mention in mentions}  # "Russian invaders"
    for kind, party in ((_FOE, speaker), (_INVADER, war.ground)):
        code = war.adversary(party)
        words = acts[f"{kind}_NOUN"]
        if code:
            mentions += [Mention(k, k + 1, code, kind) for k, low in enumerate(lows) if low in words and k not in named]
    mentions.sort()


def _sides(ctx: Context, sentence: Sentence, agents: Agents, war: War) -> Iterator[str]:
    """Yield the sides that a sentence and those before it name, who speaks before the rest."""
    for index in range(sentence.index, max(-1, sentence.index - 1 - _BACK), -1):
        view = agents.view(ctx.sentences[index])
        telling = [c.subject for c in view.clauses if c.subject and view.lows[c.verb] in agents.said]
        spans = [*telling, (0, len(view.lows))]
        for first, last in spans:
            yield from (m.code for m in view.mentions if first <= m.first < last and war.adversary(m.code))
