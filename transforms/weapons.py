"""The model and class of the weapon that is counted, or of the one that did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.kinds import Weapon, WeaponClass
from transforms.phrases import Phrases

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_COUNTED = ("WPN_", "EQP_")  # metrics that count weapons themselves
_DONE = ("CAS_", "INF_", "SITE_", "ATT_")  # metrics of what weapons do
_LEFT_REACH, _NAMED = 8, 3  # tokens from a number back to its weapon, and those that name its model
_STATE_KEY = "weapon"  # the last weapon counted: (index of its sentence, code, class)
_NEXT = 1  # sentences from a weapon to a number that leaves it out
_OF_REACH = 3  # tokens: "of all the"
_REACH = 14  # tokens from the cue to the weapon that did it
_BY = frozenset({"by", "with", "using", "from", "in", "of"})
_ENDS = frozenset({";", ".", ",", "SUB"})


class Weapons:
    """The step that sets weapon_code and weapon_class."""

    def __init__(self, seeds: Seeds) -> None:
        self._models = Phrases({form: entry for entry in seeds.of(Weapon).values() for form in entry.written})
        self._classes = Phrases({form: entry for entry in seeds.of(WeaponClass).values() for form in entry.written})

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Set weapon_code and weapon_class of each figure that counts weapons or what they did.

        >>> from seeds.loader import load_seeds
        >>> from transforms.reading import Reader
        >>> figure, = Reader(load_seeds()).read("Crews fired 12 Kalibr cruise missiles.").figures
        >>> (figure.weapon_code, figure.weapon_class)
        ('Kalibr', 'MISSILE_CRUISE')
        """
        for order, figure in enumerate(figures):
            if figure.metric_code.startswith(_COUNTED):
                last = max(figure.unit_last, (figure.head or -1) + 1)
                self._set(sentence, figure, figure.last, last)
                if figure.weapon_class is None and figure.head is None:
                    self._carry(ctx, sentence, figures, order)
                if figure.weapon_class is not None:
                    last_seen = ctx.state.get(_STATE_KEY)
                    weapon = (figure.weapon_code, figure.weapon_class)
                    is_sole = (
                        not isinstance(last_seen, tuple) or last_seen[0] != sentence.index or last_seen[1:] == weapon
                    )
                    ctx.state[_STATE_KEY] = (sentence.index if is_sole else -1, *weapon)
            elif figure.metric_code.startswith(_DONE) and figure.cue is not None:
                self._read_means(sentence, figure)

    def _carry(self, ctx: Context, s: Sentence, figures: list[Figure], order: int) -> None:
        """Give a number without a noun the weapon of its whole: "105 of the 126 drones"; else of the one before."""
        figure = figures[order]
        whole = figures[order + 1] if order + 1 < len(figures) else None
        if whole is not None and s.lows[figure.last] == "of" and whole.first - figure.last <= _OF_REACH:
            self._set(s, figure, whole.last, max(whole.unit_last, (whole.head or -1) + 1))
        if figure.weapon_class is None and figure.noun is not None:
            self._look_left(s, figure)
        known = ctx.state.get(_STATE_KEY)
        if figure.weapon_class is None and isinstance(known, tuple) and 0 <= s.index - known[0] <= _NEXT:
            figure.weapon_code, figure.weapon_class = known[1:]
            figure.why("weapon_class", "as the one before", None)

    def _look_left(self, s: Sentence, figure: Figure) -> None:
        """Read the weapon that a bare number counts of what stands before it: "waves of drones - 28 in total"."""
        for token in range(figure.first - 1, max(-1, figure.first - _LEFT_REACH), -1):
            if self._classes.ending(s.lows, token + 1):
                self._set(s, figure, max(0, token - _NAMED), token + 1)
                return

    def _set(self, s: Sentence, figure: Figure, first: int, last: int) -> None:
        """Read the weapon that a stretch of tokens names; the model tells the class where no word does."""
        models: set[str] = set()
        for token in range(first, last):
            model = self._models.starting(s.lows, token)
            is_name = model is not None and any(word[0].isupper() for word in s.words[token : model[0]])
            if model and is_name:
                models.add(model[1].code)
            if model and is_name and figure.weapon_code is None:
                figure.weapon_code = model[1].code
                figure.why("weapon_code", "model", f"weapons/{model[1].code}", s.words[token])
                figure.weapon_class = model[1].weapon_class
            kind = self._classes.starting(s.lows, token)
            if kind and figure.weapon_code is None:
                figure.weapon_class = kind[1].code
                figure.why("weapon_class", "class", f"weapon_classes/{kind[1].code}", s.words[token])
                if " " in kind[1].code or kind[0] - token > 1:
                    return
        if len(models) > 1:
            figure.weapon_code = None  # "five S-300/S-400 missiles"

    def _read_means(self, s: Sentence, figure: Figure) -> None:
        """Read the weapon of a deed: "killed by a drone", "in a missile strike"."""
        cue = figure.cue or 0
        for token in range(cue, min(len(s.lows), cue + _REACH)):
            if s.tags[token] in _ENDS:
                return
            if s.lows[token] in _BY and self._names(s, token + 1, figure):
                return

    def _names(self, s: Sentence, start: int, figure: Figure) -> bool:
        for token in range(start, min(len(s.lows), start + 5)):
            if s.tags[token] in {"VERB", ",", "PREP", "CONJ"} | _ENDS:
                return False
            self._set(s, figure, token, token + 1)
            if figure.weapon_class:
                return True
        return False
