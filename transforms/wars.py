"""Which war an article is about: the one whose names it holds most often."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from seeds.circumstances import Epoch

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.reading import Context


class Wars:
    """The wars of seeds/epochs.toml, found in an article once."""

    def __init__(self, seeds: Seeds) -> None:
        self._epochs = [(date.fromisoformat(epoch.start), epoch) for epoch in seeds.of(Epoch).values()]
        self.words = frozenset(word for _, epoch in self._epochs for word in epoch.spoken)

    def of(self, ctx: Context) -> Epoch | None:
        """Return the war of an article, or None where its text names none or came out before it."""
        if "epoch" not in ctx.state:
            best, most = None, 0
            for start, epoch in self._epochs:
                if ctx.published is None or start <= ctx.published:
                    count = sum(ctx.text.count(name) for name in epoch.near)
                    if count > most:
                        best, most = epoch, count
            ctx.state["epoch"] = best
        return ctx.state["epoch"]  # type: ignore[return-value]  # the state holds what each step put there
