"""What a number on the page is, before it is known whether it is a figure: its tokens, value and kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from transforms.figures import Modifier, NumberForm, Reason


class Sort(Enum):
    """How a number came about; refusals and hedges ask for it."""

    CARDINAL = auto()
    VAGUE = auto()
    FRACTION = auto()  # a part of a whole: its unit is %
    BOTH = auto()
    AGES = auto()  # "in his 60s"
    ORDINAL = auto()
    UNRULED = auto()  # a number word that has no rule, or digits that make no number


@dataclass(slots=True)
class Number:
    """A number of a sentence: tokens first..last (one past) and what they say."""

    first: int
    last: int
    low: float | None
    best: float | None
    high: float | None
    sort: Sort = Sort.CARDINAL
    form: NumberForm = NumberForm.DIGIT
    modifier: Modifier = Modifier.EXACT
    seeds: tuple[str, ...] = ()  # of its words
    mantissa: float = 0.0  # the value before its scale: 3.7 of 3.7 million
    scale: float = 1.0
    unit_token: int | None = None  # the unit stands inside the number: "a week or two"
    reason: Reason | None = None  # why it is refused
    rule: str = ""

    def refuse(self, reason: Reason, rule: str, seed: str | None = None) -> None:
        """Mark the number as no figure."""
        self.reason, self.rule = reason, rule
        self.seeds = (seed or f"refusals/{reason}",)


def exact(first: int, last: int, value: float, form: NumberForm, seeds: tuple[str, ...] = ()) -> Number:
    """Return a number that is one value."""
    return Number(first, last, value, value, value, form=form, seeds=seeds, mantissa=value)
