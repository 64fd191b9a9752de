"""Who did it where no rule says so: every party that the words offer, and nobody, is weighed; the heaviest is the actor.

The rules of transforms/actors.py come first. Where they name nobody, what is left is evidence: how a party's name stands to the
figure in its clause, on which side and how far, who acted in the figure before, whose land and whose word it is. How much each
tells was learned from the gold by a linear model (benchmarks/weigh.py) and stands in seeds/actor_weights.csv, one readable line
a piece of evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.sheets import ActorWeight
from transforms.aspects import start_of
from transforms.clauses import clause_at
from transforms.implications import forget_earlier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seeds.loader import Seeds
    from transforms.agents import Agents
    from transforms.chunks import Chunk
    from transforms.clauses import Clause
    from transforms.figures import Figure
    from transforms.findings import View
    from transforms.parties import Mention, War
    from transforms.reading import Context
    from transforms.sentences import Sentence

Evidence = dict[
    str | None, dict[str, None]
]  # candidate (None: nobody) to the names of what speaks for or against it, each once
_NEAR, _FAR, _FARTHER = 3, 8, 16  # tokens between a name and the number
_MANY = 3  # parties named from which on one more tells nothing new
_PRONOUNS = frozenset("he she it they we i who that".split())
_SPOKEN = frozenset("he she it they we i its their his her our".split())
_PRISON = frozenset("sentenced jailed prison jail convicted sentence".split())
_STATE_KEY = "weighing"
_RULE = "heaviest evidence"
_ORDERS = ("first", "second")  # of the parties that an article names most
_PARTS, _MOST = 5, 4  # fifths of an article's names that are a party's; four and five are alike
_GIFTS = frozenset({"ECO_AID", "EQP_SUPPLIED"})
_HARMS = ("CAS_", "INF_", "EQP_D", "WPN_")
_TELLING = frozenset(
    {"acted before", "place", "speaker", "suffered before", "first in the article"}
)  # with what is counted


class Known:
    """What an article has told so far: the figure before, and how often each party was named."""

    def __init__(self) -> None:
        self.before: Figure | None = None
        self.named: dict[str, int] = {}
        self.acted: dict[str, int] = {}  # how often the rules named a party as actor


class Weighing:
    """The step that fills actor_code where the rules left it open; built from the weights of the seeds."""

    def __init__(self, seeds: Seeds, agents: Agents) -> None:
        self._agents = agents
        self.weights = {row.feature: float(row.weight) for row in seeds.rows(ActorWeight)}

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Give each figure of a sentence that has no actor the heaviest candidate."""
        forget_earlier(self._agents.parties.war_in(ctx), figures)
        for figure, evidence in self.gather(ctx, sentence, figures, self._is_open):
            self.settle(sentence, figure, evidence)
            if _is_by_third(self._agents.parties.war_in(ctx), figure):
                figure.actor_code = figure.actor_name = None
                figure.why("actor", "outside the war")
        for figure in figures:
            if figure.converts is not None:
                figure.actor_code, figure.actor_name = figure.converts.actor_code, figure.converts.actor_name

    def settle(self, sentence: Sentence, figure: Figure, evidence: Evidence) -> None:
        """Give a figure the heaviest candidate; of equals the first."""
        weight = self.weights.get
        best = max(evidence, key=lambda code: sum(weight(name, 0.0) for name in evidence[code]))
        if best is not None:
            figure.actor_code, figure.actor_name = best, self._name(sentence, best)
            figure.why("actor", _RULE, "actor_weights", ", ".join(evidence[best]))

    def _is_open(self, view: View, figure: Figure) -> bool:
        """Tell whether the rules named nobody, and the figure does not tell how long an act of both lasts: "the four-year war"."""
        return is_open(figure) and not self._agents.is_of_war(view, figure)

    def _name(self, sentence: Sentence, code: str | None) -> str | None:
        """Return the words of a sentence that name a party, None where it is named elsewhere."""
        for mention in self._agents.parties.find(sentence):
            if mention.code == code:
                first, last = sentence.starts[mention.first], sentence.ends[mention.last - 1]
                return sentence.text[first - sentence.start : last - sentence.start]
        return None

    def gather(
        self, ctx: Context, sentence: Sentence, figures: list[Figure], asks: Callable[[View, Figure], bool]
    ) -> Iterator[tuple[Figure, Evidence]]:
        """Yield each figure that is asked for, with its candidates and the evidence for each."""
        known = ctx.state.get(_STATE_KEY)
        if not isinstance(known, Known):
            known = ctx.state[_STATE_KEY] = Known()
        view = self._agents.view(sentence)
        for figure in figures:
            if figure.converts is None and figure.metric_code != "AGE" and asks(view, figure):
                yield figure, self._weigh(ctx, view, figure, known)
            known.before = figure
            if figure.actor_code and _is_by_rule(figure):
                known.acted[figure.actor_code] = known.acted.get(figure.actor_code, 0) + 1
        for mention in view.mentions:
            known.named[mention.code] = known.named.get(mention.code, 0) + 1

    def _weigh(self, ctx: Context, view: View, figure: Figure, known: Known) -> Evidence:
        clause = clause_at(view.clauses, figure.first)
        found: Evidence = {None: dict.fromkeys(_for_nobody(view, figure, clause, known))}

        def add(code: str | None, *names: str) -> None:
            found.setdefault(code, {}).update(dict.fromkeys(names))

        start = start_of(view.sentence, figure)  # a hedge moves no name away
        for mention in view.mentions:
            side = "before" if mention.first < figure.first else "after"
            distance = start - mention.first if side == "before" else mention.first - figure.first
            reach = sum(distance >= limit for limit in (_NEAR, _FAR, _FARTHER))
            relation = self._relation(view, figure, mention, clause)
            add(mention.code, f"is {relation}", f"{side} {reach}", f"as {mention.kind}")
        war = self._agents.parties.war_in(ctx)
        if war and len({mention.code for mention in view.mentions}) > 1:
            add("/".join(sorted(side[0] for side in war.sides)), "both")
        add(figure.actor_code or figure.actor_name, "by rule")
        suffers = figure.target_code or figure.target_name
        if suffers:
            rule = next((step.rule for step in reversed(figure.steps) if step.field == "target"), "none")
            add(suffers, "suffers", f"suffers by {rule}")
        if figure.country_code:
            add(figure.country_code, "place")
        party = next((a.party_code for a in figure.attributions if a.party_code), None)
        if party:
            add(party, "speaker")
        if known.before is not None:
            near = "same sentence" if known.before.sentence is view.sentence else "sentence before"
            add(known.before.actor_code or known.before.actor_name, "acted before", f"acted, {near}")
            add(known.before.target_code or known.before.target_name, "suffered before")
        if known.named:
            add(max(known.named, key=known.named.__getitem__), "named most")
        if known.acted:
            add(max(known.acted, key=known.acted.__getitem__), "acted most")
        self._tell_more(ctx, figure, known, found)
        barred = self._barred(view, figure, suffers, war) if suffers else frozenset()
        if not barred:
            return found
        return {code: names for code, names in found.items() if code is None or barred.isdisjoint(code.split("/"))}

    def _barred(self, view: View, figure: Figure, suffers: str, war: War | None) -> frozenset[str]:
        """Return who cannot have done it: none harms its own but by accident, none gives to itself or to its enemy."""
        if figure.metric_code.startswith(_HARMS) and not self._agents.is_accident(view):
            return frozenset({suffers})
        if figure.metric_code not in _GIFTS:
            return frozenset()
        adversary = war.adversary(suffers) if war else None
        return frozenset({suffers, adversary} if adversary else {suffers})

    def _tell_more(self, ctx: Context, figure: Figure, known: Known, found: Evidence) -> None:
        """Add how much of the article is a party's, whether it acted before, and the chief signs with what is counted."""
        shares = self._agents.parties.named_in(ctx)
        for code, order in zip(shares, _ORDERS, strict=False):
            found.setdefault(code, {})[f"{order} in the article"] = None
        family = figure.metric_code.partition("_")[0]
        meant = f" / {figure.dimension if family == 'OTHER' else family}"
        for candidate, names in found.items():
            if candidate is not None:
                telling = [name + meant for name in names if name in _TELLING or name.startswith("is ")]
                names.update(dict.fromkeys(telling))
                if shares:
                    names[f"named {min(_MOST, int(shares.get(candidate, 0.0) * _PARTS))} of {_PARTS}"] = None
                if candidate in known.acted:
                    names["has acted"] = None

    def _relation(self, view: View, figure: Figure, mention: Mention, clause: Clause | None) -> str:
        """Name how a party's name stands to a figure: in its noun phrase, as subject, object or agent, or behind what word."""
        last = max(figure.unit_last, figure.last)
        chunk = _chunk_of(view.chunks, mention.first)
        if chunk is not None:
            if chunk.first < last and figure.first < chunk.last:
                return "own"
            if chunk.prep == last:
                return f"behind {view.lows[last]}"
        owner = "'s" if view.tags[mention.last : mention.last + 1] == ["POSS"] else ""
        if clause is not None:
            for role, span in (("subject", clause.subject), ("agent", clause.agent), ("object", clause.object)):
                if span and span[0] <= mention.first < span[1]:
                    return f"{'passive ' if clause.is_passive and role == 'subject' else ''}{role}{owner}"
        other = clause_at(view.clauses, mention.first)
        where = "same" if other is clause else "earlier" if other and clause and other.start < clause.start else "later"
        if (
            other is not None
            and other is not clause
            and other.subject
            and other.subject[0] <= mention.first < other.subject[1]
        ):
            return f"{where} {'speaker' if view.lows[other.verb] in self._agents.said else 'subject'}{owner}"
        prep = view.lows[chunk.prep] if chunk is not None and chunk.prep is not None else "-"
        return f"{where} {prep}{owner}"


def _is_by_third(war: War | None, figure: Figure) -> bool:
    """Tell whether a party outside a war is taken for who harms a side of it: whoever arms the other, or tells of its dead."""
    if war is None or not figure.metric_code.startswith(_HARMS) or war.adversary(figure.target_code) is None:
        return False
    return figure.actor_code is not None and "/" not in figure.actor_code and war.adversary(figure.actor_code) is None


def is_open(figure: Figure) -> bool:
    """Tell whether the rules named nobody, and did not say that nobody did it either."""
    return not any(step.field == "actor" for step in figure.steps)


def _is_by_rule(figure: Figure) -> bool:
    """Tell whether a rule named the actor."""
    return not any(step.rule == _RULE for step in figure.steps)


def _chunk_of(chunks: list[Chunk], token: int) -> Chunk | None:
    return next((chunk for chunk in chunks if chunk.first <= token < chunk.last), None)


def _for_nobody(view: View, figure: Figure, clause: Clause | None, known: Known) -> list[str]:
    """Name what speaks for a figure without an actor."""
    subject = clause.subject if clause else None
    n_parties = min(len({mention.code for mention in view.mentions}), _MANY)
    has_party = bool(subject and any(subject[0] <= mention.first < subject[1] for mention in view.mentions))
    head = view.lows[subject[1] - 1] if subject else ""
    s, before = figure.sentence, known.before
    is_same = before is not None and before.sentence is s
    pronoun = next((low for low in reversed(view.lows[: figure.first]) if low in _SPOKEN), "-")
    has_prison = not _PRISON.isdisjoint(view.lows)
    return [
        "nobody", f"nobody, {figure.metric_code.partition('_')[0]}", f"nobody, {figure.metric_code}", f"nobody, noun {figure.noun}",
        f"nobody, dimension {figure.dimension}", f"nobody, {n_parties} named", f"nobody, subject {has_party}",
        f"nobody, {figure.kind}", f"nobody, unit {figure.unit_code}", f"nobody, {figure.polarity}",
        f"nobody, said {bool(figure.attributions)}", f"nobody, by {head if head in _PRONOUNS else 'noun'}",
        f"nobody, {'same' if is_same else 'other'} acted {bool(before and before.actor_code)}", f"nobody, place {bool(figure.country_code)}",
        f"nobody, target {bool(figure.target_code)}", f"nobody, {figure.victim}", f"nobody, {figure.metric_code} {figure.kind}",
        f"nobody, {figure.dimension} {figure.kind}", f"nobody, form {figure.number_form}", f"nobody, pronoun {pronoun}",
        f"nobody, prison {has_prison} {figure.dimension == 'time'}",
    ]  # fmt: skip
