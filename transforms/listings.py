"""Lists of losses: "tanks – 1,305 (+3)" in its own line, or among others, under a heading that speaks for all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from seeds.circumstances import Act
from seeds.kinds import WeaponClass
from transforms.agents import Agents
from transforms.figures import Figure, Kind, PeriodBasis, Polarity
from transforms.labels import after_increase, is_increase, label_of
from transforms.periods import to_precision
from transforms.phrases import Phrases
from transforms.spans import Span, Spans

if TYPE_CHECKING:
    from datetime import date

    from seeds.loader import Seeds
    from transforms.reading import Context
    from transforms.sentences import Sentence

_TOTAL = frozenset(("total", "overall", "since", "cumulative"))
_KILLED = frozenset(("killed", "liquidated", "eliminated", "dead"))
_FATE = 8  # tokens from a number of persons to what befell them: "29,450 (+100) persons were liquidated"
_ENEMY = frozenset(("enemy", "occupiers", "invaders"))
_OF_WHOLE = (
    "metric_code", "unit_code", "dimension", "per_unit_code", "counted", "victim", "actor_code", "actor_name", "target_code",
    "target_name", "weapon_code", "weapon_class", "place_name", "place_id", "country_code", "place_precision", "polarity",
)  # fmt: skip
_PERSON, _ITEM = "{person}", "{item}"


class Heading(NamedTuple):
    """What the heading of a list of losses says of each of its lines."""

    kind: Kind
    span: Span | None
    target_code: str | None
    target_name: str | None
    seed: str


class Listings:
    """The step that reads the lines of a list of losses by their heading, whatever the line alone would say."""

    def __init__(self, seeds: Seeds) -> None:
        self._agents = Agents(seeds)
        self._spans = Spans(seeds)
        self._losses = {
            word: f"acts/{act.code}" for act in seeds.of(Act).values() if act.place == "LOSS_NOUN" for word in act.words
        }
        self._classes = Phrases({form: entry for entry in seeds.of(WeaponClass).values() for form in entry.written})

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        r"""Set metric, kind, who, weapon and period of each number of a list of losses, and of the "+N" behind it.

        >>> from datetime import date
        >>> from seeds.loader import load_seeds
        >>> from transforms.reading import Reader
        >>> text = "Total losses of the Russian army from 24.02 to 25.05:\ntanks – 1,305 (+3),\nMLRS – 201 (+0)."
        >>> reading = Reader(load_seeds()).read(text, date(2022, 5, 25))
        >>> [(f.best, str(f.kind), f.weapon_class, f.target_code) for f in reading.figures][:2]
        [(1305.0, 'CUM', 'TANK', 'RUS'), (3.0, 'CHANGE', 'TANK', 'RUS')]
        """
        label: tuple[int, int] | None = None
        heading: Heading | None = None
        whole: Figure | None = None
        for figure in figures:
            is_more = is_increase(sentence, figure.first)
            if not is_more:
                label, whole = self._label(sentence, figure), figure
            elif whole is None or figure.first - max(whole.last, (whole.head or 0) + 1) > len("(+"):
                label, whole = label_of(sentence, figure.first - len("(+")), None
            else:
                whole.kind = Kind.CUM  # it has grown
            if label is None:
                if is_more and whole:
                    _grow(whole, figure, ctx.published)
                continue
            heading = heading or self._heading(ctx, sentence, label[0])
            if heading:
                self._set(sentence, figure, label, heading, is_more=is_more)

    def _label(self, s: Sentence, figure: Figure) -> tuple[int, int] | None:
        """The tokens that name what a number of a list counts; those before its colon may be the heading: "losses: 40 men"."""
        label = label_of(s, figure.first)
        if label and figure.head is not None and not self._losses.keys().isdisjoint(s.lows[slice(*label)]):
            label = None
        return label or _counted_after(s, figure)

    def _set(self, s: Sentence, figure: Figure, label: tuple[int, int], heading: Heading, *, is_more: bool) -> None:
        kind = self._class(s, label)
        is_person = kind is None and figure.unit_code == _PERSON
        is_killed = not _KILLED.isdisjoint(s.lows[figure.last : figure.last + _FATE])
        figure.metric_code = ("CAS_KILLED" if is_killed else "CAS_TOTAL") if is_person else "EQP_DESTROYED"
        figure.why("metric_code", "line of a list of losses", heading.seed)
        figure.unit_code, figure.dimension, figure.per_unit_code = (_PERSON if is_person else _ITEM), "count", None
        figure.counted = s.text[s.starts[label[0]] - s.start : s.ends[label[1] - 1] - s.start]
        figure.victim = "MILITARY" if is_person else None
        figure.weapon_code = figure.weapon_class = None
        if kind:
            figure.weapon_class = kind.code
            figure.why("weapon_class", "label of the line", f"weapon_classes/{kind.code}", figure.counted)
        figure.kind, figure.direction = (Kind.CHANGE, "UP") if is_more else (heading.kind, None)
        figure.why("kind", "increase in brackets" if is_more else "heading of the list", heading.seed)
        figure.actor_code = figure.actor_name = None
        figure.target_code, figure.target_name = heading.target_code, heading.target_name
        figure.place_name = figure.place_id = figure.country_code = figure.place_precision = None
        figure.polarity = Polarity.ASSERTED
        span = heading.span
        start, end = (span.start, span.end) if span else (None, None)
        if is_more and end:
            start = end  # the day by which the total grew
        figure.period_start_date, figure.period_end_date = start, end
        figure.period_basis = span.basis if span else PeriodBasis.NONE
        figure.period_precision = to_precision(start, end) if span else None
        figure.period_edtf = (end.isoformat() if is_more and end else span.edtf) if span else None

    def _class(self, s: Sentence, label: tuple[int, int]) -> WeaponClass | None:
        for token in range(*label):
            hit = self._classes.starting(s.lows, token)
            if hit:
                return hit[1]
        return None

    def _heading(self, ctx: Context, sentence: Sentence, first: int) -> Heading | None:
        """The heading of the list that a sentence is part of: before the colon in it, else that of the lines before."""
        if ":" in sentence.lows[:first]:
            return self._read(ctx, sentence)
        if "heading" not in sentence.cache:
            found: Heading | None = None
            if sentence.index:
                before = ctx.sentences[sentence.index - 1]
                if before.lows and before.lows[-1] == ":":
                    found = self._read(ctx, before)
                elif "heading" in before.cache:
                    found = before.cache["heading"]  # type: ignore[assignment]  # put there below
            sentence.cache["heading"] = found
        return sentence.cache["heading"]  # type: ignore[return-value]  # put there above

    def _read(self, ctx: Context, s: Sentence) -> Heading | None:
        seed = next((self._losses[low] for low in s.lows if low in self._losses), None)
        if seed is None:
            return None
        span = next((span for span in self._spans.read(ctx, s) if not span.is_report), None)
        days = (span.end - span.start) if span and span.start and span.end else timedelta(0)
        is_total = not _TOTAL.isdisjoint(s.lows) or days > timedelta(1) or (span is not None and span.rule == "as of")
        code, name = self._loser(ctx, s)
        return Heading(Kind.CUM if is_total else Kind.FLOW, span, code, name, seed)

    def _loser(self, ctx: Context, s: Sentence) -> tuple[str | None, str | None]:
        """Whose losses they are: the party that the heading names; "the enemy" is whoever the text calls so by name."""
        named = self._agents.parties.find(s)
        if named:
            mention = named[-1]
            return mention.code, " ".join(s.words[mention.first : mention.last])
        enemy = next((low for low in s.lows if low in _ENEMY), None)
        if enemy is None:
            return None, None
        for other in ctx.sentences:
            for mention in self._agents.parties.find(other) if not _ENEMY.isdisjoint(other.lows) else ():
                if mention.kind == "ADJECTIVE" and other.lows[mention.last : mention.last + 1] == [enemy]:
                    return mention.code, enemy
        return None, enemy


def _counted_after(s: Sentence, figure: Figure) -> tuple[int, int] | None:
    """Return the tokens that name what a number of a list behind a colon counts: "losses: 1,305 (+3) tanks"."""
    if figure.head is None or figure.metric_code != "OTHER" or ":" not in s.lows[: figure.first]:
        return None
    return after_increase(s, figure.last), figure.head + 1


def _grow(whole: Figure, figure: Figure, published: date | None) -> None:
    """Let a number be how much another, which it stands behind, has grown: "lost 10,271 (+8) tanks"."""
    for name in _OF_WHOLE:
        setattr(figure, name, getattr(whole, name))
    figure.kind, figure.direction = Kind.CHANGE, "UP"
    figure.why("kind", "increase in brackets", None)
    if figure.period_basis in {PeriodBasis.NONE, PeriodBasis.CONTEXT}:
        end = whole.period_end_date or published
        figure.period_start_date = figure.period_end_date = end
        figure.period_edtf, figure.period_precision = (end.isoformat(), 1) if end else (None, None)
        if end:
            figure.period_basis = PeriodBasis.CONTEXT if whole.period_end_date else PeriodBasis.RELATIVE
