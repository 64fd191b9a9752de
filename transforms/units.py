"""The unit beside a number: $61 billion, 201 square kilometres, 20km, 30-day, 84%, 90 km/h, 30,000 a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.kinds import Noun, Unit
from transforms.counted import to_singular
from transforms.figures import Modifier, NumberForm
from transforms.phrases import Phrases
from transforms.sentences import tokens_of

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_MONEY, _SHARE, _TIME, _COUNT = "money", "share", "time", "count"
_SHORT = 2  # letters up to which a form is read only as written: "m", "t", "kg"
_FILLERS = frozenset("more additional further other extra full whole consecutive straight long of the [".split())
_FILLED = 2  # words that may stand between number and unit: "two more weeks", "half of a mile"
_BRACKET = 8  # tokens of a conversion in brackets
_PER = frozenset({"per", "a", "an", "each", "every", "/"})
_ADVERBS = {"daily": "d", "weekly": "wk", "monthly": "mo", "yearly": "a", "annually": "a", "hourly": "h"}
_DASH = {"-", "–"}


_OLDEST = 122  # years: the longest life on record (Guinness World Records)
_AGE_WORDS = frozenset({"aged", "age", "ages", "turned", "turning"})
_AGE_LINKS = frozenset({",", "and", "or"})
_AGE_ENDS = frozenset({",", ".", ")", ";", "and", "—", "–", ":", "on", "when", "who", "from"})
_WHO = frozenset({"he", "she", "who", "i"})


_POUNDS = frozenset({"pounds", "pound"})
_WEIGHING = frozenset("weigh weighs weighed weighing mass heavy bomb bombs warhead explosives".split())
_HEAVY = 100_000.0  # pounds that are written out and more than this are money


def _is_scaled(figure: Figure) -> bool:
    """Tell whether a number is written with a scale ("2.5 million"), which no age is; "four and 14" is but mixed."""
    return figure.number_form is NumberForm.MIXED and figure.modifier is not Modifier.RANGE


def _first_of_ages(s: Sentence, i: int) -> int:
    """Return the token where the list of numbers that ends at token i begins: "aged 10, 12 and 14"."""
    while i > 1 and s.lows[i - 1] in _AGE_LINKS and s.tags[i - 2] == "NUM":
        i -= 2
    return i


def _is_article(s: Sentence, tokens: list[str], start: int) -> bool:
    """Tell "A $775 million package" from A$775 million."""
    return len(tokens) > 1 and len(tokens[0]) == 1 and s.starts[start + 1] != s.ends[start]


def _weighs(s: Sentence, figure: Figure, last: int) -> bool:
    """Tell whether pounds are weight: "weighs 50 pounds", "a 500-pound bomb", "20 pounds of explosives"."""
    if s.lows[last - 1] not in _POUNDS:
        return False
    around = s.lows[max(0, figure.first - 4) : figure.first] + s.lows[last : last + 3]
    is_of = s.lows[last : last + 1] == ["of"] and s.tags[last + 1 : last + 2] == ["NOUN"]
    return not _WEIGHING.isdisjoint(around) or (is_of and (figure.best or figure.low or 0.0) < _HEAVY)


class UnitForms:
    """The written forms of units as tokens; exact ones are compared as written, the others in lower case."""

    def __init__(self, units: list[Unit]) -> None:
        loose: dict[str, Unit] = {}
        self._strict: dict[str, list[tuple[list[str], Unit]]] = {}
        for unit in units:
            for form in unit.written:
                if (form != form.lower() and " " not in form) or len(form) <= _SHORT:
                    tokens = tokens_of(form)
                    self._strict.setdefault(tokens[0], []).append((tokens, unit))
                else:
                    loose[form] = unit
        self._loose = Phrases(loose)

    def starting(self, s: Sentence, token: int) -> tuple[int, Unit] | None:
        """Return (one past the last token, unit) of the longest form that starts at a token."""
        hit = self._loose.starting(s.lows, token)
        if token < len(s.words):
            for tokens, unit in self._strict.get(s.words[token], ()):
                last = token + len(tokens)
                if s.words[token:last] == tokens and (hit is None or last > hit[0]):
                    hit = last, unit
        return hit


class Units:
    """Reads the unit of a figure; built from seeds/units.toml."""

    def __init__(self, seeds: Seeds) -> None:
        units = list(seeds.of(Unit).values())
        self._after = UnitForms(units)
        self._signs = [(tokens_of(sign), unit) for unit in units for sign in unit.before]
        self._signs.sort(key=lambda row: -len(row[0]))
        self._sign_ends = {tokens[-1] for tokens, _ in self._signs}
        self._times = UnitForms([u for u in units if u.dimension == _TIME])
        self._factors = {(u.ucum, u.per): u.factor for u in units if u.dimension != _MONEY}
        self._factor = seeds.of(Unit)["times"]
        self._pound = seeds.of(Unit)["pound_mass"]
        self._percent = seeds.of(Unit)["percent"]
        self._nouns = Phrases({w: n.unit for n in seeds.of(Noun).values() for w in n.written})

    def read(self, s: Sentence, figure: Figure) -> bool:
        """Set unit, dimension and base values of a figure from the words beside it; tell whether there was a unit."""
        return self._read_money(s, figure) or self._read_after(s, figure)

    def set_share(self, figure: Figure) -> None:
        """Make a fraction ("half of", "a fifth") a figure in %."""
        self._set(figure, self._percent, figure.last, "fraction")

    def starting(self, s: Sentence, token: int) -> tuple[int, Unit] | None:
        """Return the unit whose written form starts at a token."""
        return self._after.starting(s, token)

    def _read_money(self, s: Sentence, figure: Figure) -> bool:
        first = figure.first
        if not first:
            return False
        sign = first - 1
        if s.words[sign] not in self._sign_ends:
            return False
        for tokens, unit in self._signs:
            start = first - len(tokens)
            if start >= 0 and s.words[start:first] == tokens and not _is_article(s, tokens, start):
                figure.quote_start = s.starts[start]
                after = self._after.starting(s, figure.last)
                last = after[0] if after and after[1].dimension == _MONEY else figure.last
                self._set(figure, unit, last, "sign before")
                self.read_per(s, figure)
                return True
        return False

    def _read_after(self, s: Sentence, figure: Figure) -> bool:
        token, n = figure.last, len(s.words)
        hit = self._after.starting(s, token)
        if hit is None and token < n and s.lows[token] in _DASH:
            hit = self._after.starting(s, token + 1)
            if hit and hit[1].dimension == _COUNT:
                hit = hit if s.lows[token + 1] == "time" else None
        if hit is None:
            skipped = token
            while skipped < n and skipped - token < _FILLED and s.lows[skipped] in _FILLERS:
                skipped += 1
                hit = self._after.starting(s, skipped)
                if hit:
                    is_vague = figure.number_form is NumberForm.VAGUE or figure.modifier is Modifier.VAGUE
                    if hit[1].ucum == "%" or (s.lows[skipped - 1] == "of" and not is_vague):
                        hit = None
                    break
            if hit is None:
                hit = self._after_modifier(s, token, figure)
        if hit is None or not self._is_unit(s, hit, figure):
            return self._read_age(s, figure)
        if hit[1].ucum == "GBP" and _weighs(s, figure, hit[0]):
            hit = hit[0], self._pound
        elif hit[1].ucum == "{time}" and (figure.best or 0) % 1 and figure.low == figure.high:
            hit = hit[0], self._factor  # "6.5 times earnings"
        self._set(figure, hit[1], hit[0], "unit after")
        self.read_per(s, figure)
        return True

    def _after_modifier(self, s: Sentence, token: int, figure: Figure) -> tuple[int, Unit] | None:
        """Return the unit of time after one word that tells it apart: three tense days, 10 business days."""
        if s.tags[token : token + 1] not in (["ADJ"], ["NOUN"]) or (figure.best or figure.low or 0) <= 1:
            return None
        hit = self._times.starting(s, token + 1)
        is_one = s.tags[token] == "ADJ" or s.lows[token][-1] != "s"  # "50 previous years", not "two drones years old"
        is_plain = s.words[token].isalpha() and is_one and not self._nouns.starting(s.lows, token)
        return hit if hit and is_plain and s.lows[hit[0] - 1].endswith("s") else None

    def _read_age(self, s: Sentence, figure: Figure) -> bool:
        """Read an age that has no unit: "Petro, 66, ...", "aged 14 to 24", "who turned 68", "he was 44"."""
        if figure.best is None or figure.best > _OLDEST or figure.best <= 0 or _is_scaled(figure):
            return False
        lows, i, j = s.lows, figure.first, figure.last
        before = lows[i - 1] if i else ""
        if before == "of" and lows[i - 2 : i - 1] == ["factor"]:
            self._set(figure, self._factor, figure.last, "factor of")
            return True
        after = lows[j] if j < len(lows) else "."
        if before in _AGE_LINKS:
            i = _first_of_ages(s, i)
            before = lows[i - 1]
        if before == "between":
            before = lows[i - 2]
        if before in _AGE_WORDS or (before == "of" and lows[i - 2 : i - 1] in (["ages"], ["age"])):
            rule = "age word"
        elif before == "as" and lows[i - 2 : i - 1] in (["young"], ["old"]):
            rule = "as young as"
        elif before in {"was", "is"} and after == "when" and lows[j + 1 : j + 2] in (["he"], ["she"]):
            rule = "was 49 when he"
        elif before == "," and after in _AGE_ENDS and i > 1 and s.tags[i - 2] in {"NAME", "NOUN"} and figure.best >= 1:
            if figure.number_form is not NumberForm.DIGIT or s.words[i - 2].isdecimal():
                return False
            rule = "set off by commas"
        elif before in {"is", "was", "turned"} and after in _AGE_ENDS and i > 1 and lows[i - 2] in _WHO:
            rule = "he was 44"
        elif before == "be" and lows[i - 2 : i - 1] == ["will"] and i > 2 and lows[i - 3] in _WHO:  # noqa: PLR2004 (he will be)
            rule = "he will be 35"
        else:
            return False
        figure.unit_code, figure.dimension = "a", _TIME
        figure.why("unit_code", rule)
        return True

    @staticmethod
    def _is_unit(s: Sentence, hit: tuple[int, Unit], figure: Figure) -> bool:
        last, unit = hit
        form = s.words[last - 1]
        is_filled = last == figure.last + 2 and s.words[figure.last].isalpha()
        if len(form) == 1 and form.isalpha() and is_filled and " ".join(s.lows[figure.last : last]) not in unit.written:
            return False
        is_apart = s.words[last - 2 : last - 1] != ["°"] and s.starts[last - 1] > s.ends[last - 2]
        if form in {"C", "F"} and is_apart and (figure.best or 0) >= 0:  # below nought it is no list's letter
            return False
        if form == "foot" and last < len(s.lows) and s.lows[last] in {"soldiers", "soldier", "patrols"}:
            return False
        return not (
            last == figure.last + 1
            and s.lows[last - 1] == "second"
            and (figure.best or 1.0) % 1 == 0
            and figure.best != 1
            and s.words[figure.last] not in _DASH
        )

    def _set(self, figure: Figure, unit: Unit, last: int, rule: str) -> None:
        figure.unit_code, figure.dimension = unit.ucum, unit.dimension
        figure.per_unit_code = unit.per
        figure.unit_last = max(last, figure.last)
        figure.head = figure.unit_last - 1 if last > figure.last else None
        figure.why("unit_code", rule, f"units/{unit.code}")
        if unit.dimension == _MONEY and unit.factor != 1:
            figure.low, figure.best, figure.high = (
                None if v is None else v * unit.factor for v in (figure.low, figure.best, figure.high)
            )

    def set_base(self, figure: Figure) -> None:
        """Set low, best and high in the base unit of the figure's dimension."""
        factor = self._factors.get(
            (figure.unit_code or "", figure.per_unit_code if figure.dimension == "speed" else None)
        )
        if factor is None:
            factor = 1.0
        figure.low_base, figure.best_base, figure.high_base = (
            None if v is None else v * factor for v in (figure.low, figure.best, figure.high)
        )

    def read_per(self, s: Sentence, figure: Figure) -> None:
        """Read what a quantity is counted by: a month, per day, an hour, per barrel."""
        token = figure.unit_last
        if figure.per_unit_code or token >= len(s.lows):
            return
        low = s.lows[token]
        if low == "(" and figure.dimension == _MONEY:  # "300,000 roubles ($5,000) a month"
            token = (
                next((k for k in range(token, min(token + _BRACKET, len(s.lows) - 1)) if s.lows[k] == ")"), token - 1)
                + 1
            )
            low = s.lows[token]
        if low == "-" and s.lows[token + 1 : token + 2] and s.lows[token + 1] in {"a", "an", "per"}:
            self._read_hyphened_per(s, figure, token)
            return
        if low in _ADVERBS:
            figure.per_unit_code = _ADVERBS[low]
            figure.why("per_unit_code", "adverb", None, low)
            return
        if low not in _PER:
            return
        hit = self._times.starting(s, token + 1)
        if hit:
            if low in {"a", "an"} and s.lows[hit[0] : hit[0] + 1] in (
                ["ago"],
                ["later"],
                ["earlier"],
                ["or"],
                ["after"],
            ):
                return
            figure.per_unit_code = hit[1].ucum
            figure.why("per_unit_code", "per time", f"units/{hit[1].code}")
            return
        if low in {"per", "/"} or (low in {"a", "an"} and figure.dimension == _MONEY):
            unit = self._after.starting(s, token + 1)
            noun = self._nouns.starting(s.lows, token + 1)
            if unit:
                figure.per_unit_code = unit[1].ucum
            elif noun and low in {"per", "/"}:
                figure.per_unit_code = noun[1]
            elif (low == "per" and s.tags[token + 1 : token + 2] == ["NOUN"]) or s.lows[token + 1 : token + 2] == [
                "share"
            ]:
                figure.per_unit_code = f"{{{to_singular(s.lows[token + 1])}}}"

    def _read_hyphened_per(self, s: Sentence, figure: Figure, token: int) -> None:
        """Read "a 52,000 barrel-a-day refinery"."""
        hit = self._times.starting(s, token + 3) if s.lows[token + 2 : token + 3] == ["-"] else None
        if hit:
            figure.per_unit_code = hit[1].ucum
            figure.why("per_unit_code", "per time", f"units/{hit[1].code}")
