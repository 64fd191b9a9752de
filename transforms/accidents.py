"""Whether those who died were killed by an accident, which no side of a war did."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from transforms.cues import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.loader import Seeds
    from transforms.reading import Context
    from transforms.sentences import Sentence
    from transforms.views import View

_LEAD = 3  # sentences in which an article tells what it is about
_STATE_KEY = "accidents"  # whether an article speaks of an accident
_REACH = 2  # sentences back to the one that tells of an accident or an attack
_WEAPONS = frozenset("drone drones missile missiles rocket rockets shelling airstrike airstrikes bombs".split())
_FIRES = frozenset({("a", "fire"), ("the", "fire"), ("fire", "broke"), ("fire", "at"), ("fire", "in")})


class Accidents:
    """Tells deaths of an accident by the words of seeds/governing.toml."""

    def __init__(self, seeds: Seeds) -> None:
        self._accidents, self._attacks = words_of(seeds, "accidents"), words_of(seeds, "attacks")

    def tell_of(self, ctx: Context, view: View) -> bool:
        """Tell whether an article's lead speaks of an accident, and neither it, the sentence nor those just before of an attack."""
        is_accident = ctx.state.get(_STATE_KEY)
        if is_accident is None:
            lead = {low for sentence in ctx.sentences[:_LEAD] for low in sentence.lows}
            is_accident = self._attacks.isdisjoint(lead) and (
                not self._accidents.isdisjoint(lead) or _is_of_fire(ctx.sentences[:_LEAD])
            )
            ctx.state[_STATE_KEY] = is_accident
        return bool(is_accident) and self._attacks.isdisjoint(view.words) and not self._turns(ctx, view)

    def _turns(self, ctx: Context, view: View) -> bool:
        """Tell whether the news has turned to an attack: "A drone struck a house. Three people were killed"."""
        here = view.sentence.index
        for sentence in reversed(ctx.sentences[max(0, here - _REACH) : here]):
            lows = sentence.lows
            if not self._accidents.isdisjoint(lows):
                return False
            is_news = "often" not in lows and "been" not in lows
            if is_news and not self._attacks.isdisjoint(lows) and not _WEAPONS.isdisjoint(lows):
                return self._accidents.isdisjoint(view.words)
        return False


def _is_of_fire(lead: Sequence[Sentence]) -> bool:
    """Tell whether an article's first sentences speak of a fire that burns: "a fire in a cafe", not "opened fire"."""
    return any(pair in _FIRES for sentence in lead for pair in pairwise(sentence.lows))
