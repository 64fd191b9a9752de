"""What Tally reads, told by the conventions of NewsQuant (CQE, EMNLP 2023), which are not those of the reader.

There a vague word is a range (dozens: 12 to 120), "from 4.8 to 4.7" is one range, cents stay cents, a share is a part
of one, distances in time and the pronoun "one" are quantities, "Ana Ruiz, 25," and "a few" are not, and a unit has a name in
words ("dollar per barrel"), for counted things the words of the text.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seeds import load_seeds
from transforms.counted import Counted, to_singular
from transforms.figures import Figure, Modifier, NumberForm, Reason
from transforms.numerals import Numerals
from transforms.parse import Parser
from transforms.ranges import join_ranges
from transforms.reading import Reader
from transforms.sentences import Sentence
from transforms.units import Units

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.numbers import Number

UNIT_NAMES = Path(__file__).with_name("newsquant_units.csv")

SIGNS = {
    Modifier.APPROX: "~",
    Modifier.GE: ">",
    Modifier.GT: ">",
    Modifier.LE: "<",
    Modifier.LT: "<",
}
NEARLY = ("nearly", "almost", "close to", "approaching", "barely", "averaged", "averaging")
UP = frozenset(
    "up rose rise rises risen rising gained gain gains advanced advance climbed climb climbs jumped upward jump jumps increased"
    " increase increases grew grow grows surged surge soared soar added add adds higher + rallied edged".split(),
)
DOWN = frozenset(
    "down downward fell fall falls fallen falling dropped drop drops lost lose loses losing declined decline declines decreased"
    " decrease decreases plunged plunge plummeted plummeting plummet slid slide slides slipped slip tumbled sank shed sheds"
    " lower dip dips dipped shrank eased cut".split(),
)
TURN_REACH = 4  # tokens from a verb of change to its figure: "are expected to rise by"
VERBS_OF_UP = frozenset("gave give giving gives set sets made makes picked takes took".split())
MEASURED = frozenset({"share", "money", "length", "temperature", "speed", "factor", "angle"})
JUDGING = frozenset({"just", "only"})  # "grew by just 3 %" judges
AVERAGED = frozenset({"averaged", "averaging", "averages", "barely"})
TURN_STOPS = frozenset(". ; : ( while and after of in as at".split())
REACH = 9  # tokens between the ends of "from ... to ..."
SHARE = 100.0
DIGITS = 9  # after the point: 0.19 dollars are 19 cents
# Units that the reader turns into others: by seed, NewsQuant's name, and how many make one of ours.
TURNED = {
    "cent": ("cent", 100.0), "penny": ("point", 100.0), "sen": ("sen", 100.0), "eurocent": ("euro cent", 100.0),
    "kopek": ("kopek", 100.0), "decade": ("decade", 0.1), "century": ("century", 0.01),
}  # fmt: skip
TOLD = frozenset(
    {"age word", "he was 44", "he will be 35", "as young as", "was 49 when he", "fraction", "sign before", "unit after"}
)
ABOUT = ("~", "about", "around", "roughly", "approximately", "some", "an estimated")
SYMBOLS = {
    "A": "ampere", "C": "celsius", "F": "farad", "J": "joule", "K": "kelvin", "N": "newton", "T": "tesla", "V": "volt",
    "b": "bit", "B": "byte", "H": "henry",
}  # fmt: skip  # too short for the reader, which would meet them in names
SMALL = frozenset("of the a an these those its their his her our my such other more another additional and".split())
ARTEFACTS = ((re.compile(r"\bPS(?=\d)"), "£"), (re.compile(r"\bY=(?=\d)"), "¥"))  # of NewsQuant's own encoding
BASES = {"best": "good", "worst": "bad", "least": "little", "most": "many"}


@lru_cache(maxsize=1)
def unit_names() -> dict[str, str]:
    """Read NewsQuant's names of units by our code (UCUM, ISO 4217 or {noun})."""
    with UNIT_NAMES.open(encoding="utf-8", newline="") as file:
        return {row["unit_code"]: row["name"] for row in csv.DictReader(file)}


class Quantities:
    """Reads a sentence into rows of score_newsquant.py."""

    def __init__(self, seeds: Seeds) -> None:
        self._reader, self._parser = Reader(seeds), Parser(seeds)
        self._numerals, self._units, self._counted = Numerals(seeds), Units(seeds), Counted(seeds)

    def read(self, text: str) -> list[dict[str, Any]]:
        """Return the quantities of a sentence.

        >>> Quantities(load_seeds()).read("Dozens of people fled.")
        [{'change': '=', 'value': [12.0, 120.0], 'unit': 'people', 'concept': '-'}]
        """
        for artefact, sign in ARTEFACTS:
            text = artefact.sub(sign, text)
        reading = self._reader.read(text)
        figures = [f for f in reading.figures if not is_left_out(f)]
        refused = {r.number_start for r in reading.refusals if counts(r.reason, r.quote)}
        figures += self._again(text, refused)
        figures.sort(key=lambda f: f.number_start)
        rows: list[dict[str, Any]] = []
        last: Figure | None = None
        for figure in figures:
            row = to_quantity(figure, rows[-1] if rows else None)
            if last is not None and spans(last, figure) and not isinstance(rows[-1]["value"], list):
                rows[-1] |= {"value": [rows[-1]["value"], row["value"]], "change": "="}
                rows[-1]["unit"] = row["unit"] if row["unit"] != "-" else rows[-1]["unit"]
            else:
                rows.append(row)
            last = figure
        return rows

    def _again(self, text: str, starts: set[int]) -> list[Figure]:
        """Read again the numbers that begin at some offsets, which the reader has refused."""
        if not starts:
            return []
        s = Sentence(text, 0, len(text), 0, self._parser.tag)
        numbers = join_ranges(s, self._numerals.read(s))
        limits = [*(n.first for n in numbers[1:]), len(s.words)]
        figures = [
            self._figure(s, n, limit)
            for n, limit in zip(numbers, limits, strict=True)
            if s.starts[n.first] in starts and n.best
        ]
        return [f for f in figures if f.unit_code or s.lows[f.last : f.last + 1] in (["of"], ["that"])]

    def _figure(self, s: Sentence, n: Number, limit: int) -> Figure:
        """Make a figure of a number."""
        figure = Figure(s.starts[n.first], s.ends[n.last - 1], low=n.low, best=n.best, high=n.high, modifier=n.modifier)
        figure.sentence, figure.first, figure.last, figure.unit_last = s, n.first, n.last, n.last
        figure.quote_start = figure.number_start
        if not self._units.read(s, figure):
            self._counted.read(s, figure, limit)
        return figure


@lru_cache(maxsize=1)
def quantities() -> Quantities:
    """Build the reader once a process."""
    return Quantities(load_seeds())


def spans(a: Figure, b: Figure) -> bool:
    """Tell whether two figures are the ends of one "from ... to ..."."""
    s = a.sentence
    if s is None or b.sentence is not s or b.modifier is Modifier.RANGE or not 0 < b.first - a.last <= REACH:
        return False
    opens = [i for i in range(max(0, a.first - 3), a.first) if s.lows[i] == "from"]
    links = [i for i in range(max(a.last, b.first - 3), b.first) if s.lows[i] == "to"]
    return bool(opens and links)


def counts(reason: Reason, quote: str) -> bool:
    """Tell whether a number that the reader refuses is a quantity in NewsQuant."""
    is_one = quote.lower() == "one" and reason in {Reason.PRONOUN, Reason.IDIOM}
    return is_one or reason is Reason.RELATIVE_TIME


def is_left_out(figure: Figure) -> bool:
    """Tell what the reader counts and NewsQuant does not: "a woman", "a few", "both", "Ana Ruiz, 25,"."""
    if figure.number_form is NumberForm.SINGULAR or "both" in figure.quote.lower():
        return True
    is_few = figure.modifier is Modifier.VAGUE and any(w in figure.quote.lower() for w in ("few", "several", "handful"))
    return is_few or any(step.rule == "set off by commas" for step in figure.steps)


def to_quantity(figure: Figure, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Turn a figure into a row of score_newsquant.py; `before` is the row before it in the sentence."""
    return {
        "change": to_change(figure, before),
        "value": to_value(figure),
        "unit": to_unit_name(figure),
        "concept": "-" if is_counted(figure) else figure.counted or "-",
    }


def to_value(figure: Figure) -> float | list[float]:
    """Return one number, or the two ends of a range."""
    low, high = figure.low or 0.0, figure.high or 0.0
    if figure.number_form is NumberForm.VAGUE and figure.best is None and low:
        return [low / 2, low * 5]  # the reader takes dozens for two dozen at least
    is_share = any(step.rule == "fraction" for step in figure.steps)
    turned = turned_unit(figure)
    scale = turned[1] if turned else 1 / SHARE if is_share else 1.0
    if figure.modifier is Modifier.RANGE:
        return [round(low * scale, DIGITS), round(high * scale, DIGITS)]
    lead = next((v for v in (figure.best, figure.low, figure.high) if v is not None), 0.0)
    return round(lead * scale, DIGITS) if scale != 1 else lead


def turned_unit(figure: Figure) -> tuple[str, float] | None:
    """Return NewsQuant's name of the unit that a figure is told in, and its scale, where the reader's is another."""
    seeds = (step.seed or "" for step in figure.steps if step.field == "unit_code")
    return next((turned for seed in seeds if (turned := TURNED.get(seed.removeprefix("units/")))), None)


def to_unit_name(figure: Figure) -> str:
    """Name a figure's unit as NewsQuant does: "dollar per barrel", "year of age", else the counted words."""
    names, code, s = unit_names(), figure.unit_code, figure.sentence
    is_carried = figure.counted is not None or figure.dimension != "count"
    is_told = figure.unit_last > figure.last or any(
        step.rule in TOLD or (step.rule == "carried" and is_carried) for step in figure.steps
    )
    if code is None or not is_told:
        follower = s.words[figure.last : figure.last + 1] if s else []
        return SYMBOLS.get("".join(follower), "-")
    if figure.metric_code == "AGE":
        return f"{names.get(code, code)} of age"
    per = figure.per_unit_code
    if f"{code}/{per}" in names:
        return names[f"{code}/{per}"]
    if code == "[bbl_us]" and s is not None and s.lows[figure.unit_last : figure.unit_last + 2] == ["of", "oil"]:
        return "barrel of oil"
    turned = turned_unit(figure)
    name = to_noun_name(figure) if is_counted(figure) else turned[0] if turned else names.get(code) or code.strip("{}")
    return f"{name} per {names.get(per) or per.strip('{}')}" if per else name


def is_counted(figure: Figure) -> bool:
    """Tell whether the unit is a counted noun, which NewsQuant names by the text's words ("heart transplant")."""
    code = figure.unit_code
    return bool(figure.counted and code and code.startswith("{") and code not in unit_names())


def to_noun_name(figure: Figure) -> str:
    """Name what is counted by the words between the number and its head, the head in the singular."""
    s, first, last = figure.sentence, figure.last, figure.unit_last
    if s is None or last <= first:
        phrase = figure.counted or "-"
    else:
        tags = zip(s.lows[first:last], s.tags[first:last], strict=True)
        words = [BASES.get(w, w) for w, tag in tags if w not in SMALL and (tag != "VBN" or w == s.lows[last - 1])]
        phrase = " ".join(words).replace(" - ", "-").removeprefix("- ").strip()
    head = phrase.rpartition(" ")[2]
    return phrase if head == "people" else phrase.removesuffix(head) + to_singular(head)


def to_change(figure: Figure, before: dict[str, Any] | None) -> str:
    """Return NewsQuant's sign of change: =, ~, >, <, up or down."""
    s = figure.sentence
    hedge = s.text[figure.quote_start - s.start : figure.number_start - s.start].lower() if s else ""
    if figure.modifier in {Modifier.RANGE, Modifier.VAGUE}:
        return "~" if hedge.startswith(ABOUT) else "="
    if figure.modifier in {Modifier.GE, Modifier.GT}:
        return ">"
    turn = turn_before(figure)
    if before and before["change"] in {"up", "down"} and turn == "by":
        return str(before["change"])
    if turn in {"up", "down"}:
        return turn
    if turn == "average" or (figure.modifier is Modifier.LT and hedge.strip().startswith(NEARLY)):
        return "~"
    return "=" if "average" in hedge else SIGNS.get(figure.modifier, "=")


def turn_before(figure: Figure) -> str | None:
    """Return up or down by the verb of change that governs a figure, "by" where only that is left of it, or average."""
    s = figure.sentence
    if s is None or not (figure.dimension in MEASURED or figure.unit_code in {"{point}", None}):
        return None
    if not JUDGING.isdisjoint(s.lows[max(0, figure.first - 2) : figure.first]):
        return None
    for k in range(figure.first - 1, max(-1, figure.first - 1 - TURN_REACH), -1):
        low = s.lows[k]
        if low in UP:
            is_hedge = low == "up" and s.lows[k + 1] == "to"
            return None if is_hedge or (low == "up" and k and s.lows[k - 1] in VERBS_OF_UP) else "up"
        if low in DOWN:
            return "down"
        if low in TURN_STOPS or low[0].isdecimal():
            break
    before = s.lows[figure.first - 1] if figure.first else ""
    return "average" if before in AVERAGED else before if before == "by" else None
