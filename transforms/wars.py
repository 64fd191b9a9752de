"""Which war an article is about: the one whose names it holds most often."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from seeds.circumstances import Epoch
from transforms.durations import shift

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.reading import Context


WARS = frozenset(("war", "invasion"))  # of whose days one speaks; fighting and conflicts may be of a town
_ORDINALS = {
    word: n for n, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split())
}
_COUNTS = {word: n for n, word in enumerate("two three four five six seven eight nine ten".split(), 2)}
_DIGITS = 3  # of the greatest number of days, weeks or months
_UNITS = {"day": "D", "days": "D", "week": "W", "weeks": "W", "month": "M", "months": "M"}


class Opening(NamedTuple):
    """The first three months of a war: its token, how many such stretches lie before it, its unit (TimeML) and how many of them."""

    first: int
    before: int
    unit: str
    n: int  # 0: not said

    def days(self, start: date, published: date | None) -> tuple[date, date] | None:
        """Return the first and last day, at most that of publication, in a war that began on a day; None for "the first weeks"."""
        if not self.n:
            return None
        since = shift(start, self.unit, self.before * self.n)
        until = shift(since, self.unit, self.n) - timedelta(days=1)
        return since, min(until, published) if published and since <= published else until


def read_opening(back: list[str]) -> Opening | None:
    """Read "the first three months", "the second day" in the words before "of the war".

    >>> read_opening(["in", "the", "first", "three", "months", "of", "the"])
    Opening(first=2, before=0, unit='M', n=3)
    """
    for k, low in enumerate(back):
        if low in _ORDINALS and "of" in back[k + 2 : k + 4]:
            unit = _UNITS.get(back[k + 1]) or _UNITS.get(back[k + 2], "")
            is_one = back[k + 1] in _UNITS and not back[k + 1].endswith("s")
            return Opening(k, _ORDINALS[low], unit, 1 if is_one else _to_count(back[k + 1])) if unit else None
    return None


def _to_count(word: str) -> int:
    """Return how many a word says, 0 for "the first weeks"."""
    return int(word) if word.isdecimal() and len(word) <= _DIGITS else _COUNTS.get(word, 0)


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
