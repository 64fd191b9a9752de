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
            ctx.state["epoch"] = _most_named(
                ctx.text, [epoch for start, epoch in self._epochs if ctx.published is None or start <= ctx.published]
            )
        return ctx.state["epoch"]  # type: ignore[return-value]  # the state holds what each step put there

    def nearest(self, ctx: Context) -> Epoch | None:
        """Return the war of an article, or the one to come on the land that it names: where the troops gather."""
        if war := self.of(ctx):
            return war
        coming = _most_named(ctx.text, [epoch for _, epoch in self._epochs])
        return coming if coming and coming.ground in ctx.text else None


def _most_named(text: str, epochs: list[Epoch]) -> Epoch | None:
    """Return the war whose names a text holds most often."""
    best, most = None, 0
    for epoch in epochs:
        count = sum(text.count(name) for name in epoch.near)
        if count > most:
            best, most = epoch, count
    return best
