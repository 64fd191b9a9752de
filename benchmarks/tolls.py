"""Tallies against those made by hand (benchmarks/gold/tallies*.json): pairs of one thing, best values, contest, and where pairs are lost.

Two thirds of the events, by hash of their id, are worked on: those of tallies.json print with `tolls`, those of tallies2.json and
tallies3.json, which were made later, with `fresh`. The held thirds print with `held` and `unseen` alone. A pair of near misses says nothing: the gold keeps them apart from its tallies, not from one another. Pairs are taken from the tallies of the whole
corpus; best values and contest from tallies of the gold's own articles, which is all that its makers saw.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.sets import GOLD, is_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Row = dict[str, Any]
Place = tuple[str, int]  # an article and where a number starts in it
Measures = list[tuple[str, str]]

NAMED = {"pairs wrongly together", "best value wrong"}  # measures that name tallies
FIRST, LATER = ("worked", "held"), ("fresh", "unseen")  # parts of the first gold and of the later ones
MOST_SHOWN = 12  # tallies that lose most pairs
FOUND = """SELECT a.document_id, f.number_start, f.number_end, f.quote, r.tally_id, r.reason, f.low AS f_low, f.best AS f_best, f.high AS f_high,
    f.metric_code, f.kind, f.victim, f.target_code, f.place_name, f.place_precision, f.period_start_date, f.period_end_date, f.published_date,
    t.best, t.low, t.high, t.is_contested
    FROM (SELECT f.*, a.published_date FROM figures f JOIN articles a USING (version_id)) f JOIN articles a USING (version_id)
    JOIN tally_figures r USING (figure_id) LEFT JOIN tallies t USING (tally_id)"""


@dataclass(slots=True)
class Part:
    """The events of one part: where their tallies' figures and near misses stand."""

    events: list[Row]
    members: dict[Place, str] = field(default_factory=dict)
    wanted: dict[Place, Row] = field(default_factory=dict)
    misses: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look up the figures that are asserted, of the tallies that the house tallies."""
        for thing in self.things():
            for figure in asserted(thing):
                self.members[figure["article_id"], figure["offset"]] = thing["tally_id"]
                self.wanted[figure["article_id"], figure["offset"]] = figure
        places = {(m["article_id"], m["offset"]) for event in self.events for m in event["near_misses"]}
        self.misses = places - self.members.keys()

    def things(self) -> Iterator[Row]:
        """Yield the tallies."""
        return (thing for event in self.events for thing in event["tallies"] if not thing.get("out"))


def asserted(thing: Row) -> list[Row]:
    """Return the figures of a tally made by hand that are asserted."""
    return [f for f in thing["figures"] if f.get("polarity", "ASSERTED") == "ASSERTED"]


def load_gold(part: str) -> list[Row]:
    """Return the events of a part: worked or held of the first gold, fresh or unseen of the later ones."""
    files = ("tallies",) if part in FIRST else ("tallies2", "tallies3")
    events = [e for name in files for e in json.loads((GOLD / f"{name}.json").read_text("utf-8"))["events"]]
    return [e for e in events if is_held(e["event_id"]) is (part in {"held", "unseen"})]


def load_articles(part: str) -> set[str]:
    """Return the articles that the makers of a part's gold saw."""
    return {
        article["article_id"]
        for one in (FIRST if part in FIRST else LATER)
        for event in load_gold(one)
        for article in event["articles"]
    }


def find(ask: Callable[[str], list[Row]]) -> dict[Place, Row]:
    """Return the figure, with its tally, at each place of each article."""
    return {(r["document_id"], start): r for r in ask(FOUND) for start in range(r["number_start"], r["number_end"])}


def measure(whole: dict[Place, Row], own: dict[Place, Row], name: str) -> Measures:
    """Return the measures of a part; `whole` and `own` as `find` gives them."""
    part = Part(load_gold(name))
    rows = [*measure_pairs(part, whole), *measure_values(part, own)]
    if name in {"held", "unseen"}:
        rows = [row for row in rows if row[0] not in NAMED]  # whoever works on the rules must not see which
    else:
        rows += measure_lost(part, whole)
    return [(f"tolls, {name}: {measure}", text) for measure, text in rows]


def measure_pairs(part: Part, found: Mapping[Place, Row]) -> Iterator[tuple[str, str]]:
    """Yield how many figures are read, and how well pairs are brought together."""
    read = [p for p in part.members if p in found]
    right = [p for p in read if all(found[p][f"f_{c}"] == part.wanted[p][c] for c in ("low", "best", "high"))]
    labels = {p: part.members.get(p, f"apart:{p}") for p in (*part.members, *part.misses)}
    together: dict[str, list[Place]] = defaultdict(list)
    for place in labels:
        if place in found and found[place]["tally_id"]:
            together[found[place]["tally_id"]].append(place)
    pairs = [
        (a, b)
        for places in together.values()
        for a, b in itertools.combinations(sorted(places), 2)
        if a in part.members or b in part.members
    ]
    same = [pair for pair in pairs if labels[pair[0]] == labels[pair[1]]]
    shares, n_gold, n_metric = [], 0, 0
    kept = Counter(labels[a] for a, _ in same)
    for thing in part.things():
        places = [p for p, tally_id in part.members.items() if tally_id == thing["tally_id"]]
        n_metric += pairs_of(sum(p in found and found[p]["metric_code"] == thing["metric_code"] for p in places))
        n_gold += pairs_of(len(places))
        if len(places) > 1:
            shares.append(kept[thing["tally_id"]] / pairs_of(len(places)))
    tallied = sum(map(len, together.values())) - sum(p in part.misses for places in together.values() for p in places)
    yield (
        "figures of gold / read / of right value / tallied",
        f"{len(part.members)} / {len(read)} / {len(right)} / {tallied}",
    )
    yield "pairs, precision", f"{share(len(same), len(pairs))} of {len(pairs)}"
    yield (
        "pairs, recall",
        (
            f"{share(len(same), n_gold)} of {n_gold}; a tally's mean {share(sum(shares), len(shares))}; "
            f"reached at most by figures of the right metric {share(n_metric, n_gold)}"
        ),
    )
    wrong = Counter(
        " + ".join(sorted(labels[p].partition(":")[0] for p in pair)) for pair in pairs if pair not in set(same)
    )
    yield "pairs wrongly together", ", ".join(f"{names} {n}" for names, n in wrong.most_common(MOST_SHOWN)) or "none"


def pairs_of(n: int) -> int:
    """Return how many pairs n figures make."""
    return n * (n - 1) // 2


def share(part: float, whole: float) -> str:
    """Return a share in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def measure_values(part: Part, found: Mapping[Place, Row]) -> Iterator[tuple[str, str]]:
    """Yield how often the best value and the contest are told rightly, of the tally that most figures of a thing are in."""
    counts: Counter[str] = Counter()
    bad: list[str] = []
    for thing in part.things():
        places = [(f["article_id"], f["offset"]) for f in asserted(thing)]
        rows = [found[p] for p in places if p in found and found[p]["tally_id"]]
        counts["things"] += 1
        counts["wanted"] += bool(thing["is_contested"])
        if not rows:
            continue
        main = Counter(r["tally_id"] for r in rows).most_common(1)[0][0]
        row = next(r for r in rows if r["tally_id"] == main)
        best = thing["best"] or {}
        right = {best.get("best"), *best.get("also_right", [])} - {None} or {best.get("low")}
        stated = row["best"] if row["best"] is not None else row["low"]
        counts["read"] += 1
        counts["best"] += stated in right
        counts["told"] += row["is_contested"] and bool(thing["is_contested"])
        counts["falsely"] += row["is_contested"] and not thing["is_contested"]
        if stated not in right:
            bad.append(f"{thing['tally_id']} {stated:g}")
    yield "best value right", f"{counts['best']} of {counts['read']} things read ({counts['things']} in gold)"
    yield "best value wrong", ", ".join(bad) or "none"
    yield "contested", f"of {counts['wanted']} contested {counts['told']} told, {counts['falsely']} told falsely"


def measure_lost(part: Part, found: Mapping[Place, Row]) -> Iterator[tuple[str, str]]:
    """Yield why pairs of one thing are apart, by the first of the columns in which the two figures differ."""
    groups: Counter[str] = Counter()
    by_thing: Counter[str] = Counter()
    for thing in part.things():
        places = [p for p, tally_id in part.members.items() if tally_id == thing["tally_id"]]
        for pair in itertools.combinations(places, 2):
            cause = why_apart([found.get(p) for p in pair])
            groups[cause or ""] += 1
            by_thing[thing["tally_id"]] += cause is not None
    for cause, n in groups.most_common():
        if cause:
            yield f"pairs apart: {cause}", str(n)
    yield "pairs apart, by tally", ", ".join(f"{name} {n}" for name, n in by_thing.most_common(MOST_SHOWN))


def why_apart(rows: Sequence[Row | None]) -> str | None:
    """Return why two figures of one thing are apart; None where they are together."""
    if any(row is None for row in rows):
        return "a number is not read"
    one, other = (row for row in rows if row is not None)
    for row in (one, other):
        if row["tally_id"] is None:
            return f"in no tally: {row['reason']}"
    if one["tally_id"] == other["tally_id"]:
        return None
    for name, columns in GROUPS.items():
        if any(one[c] != other[c] for c in columns):
            return name
    return "all alike but the number"


GROUPS = {
    "metric": ("metric_code",),
    "kind": ("kind",),
    "victim": ("victim",),
    "place": ("place_name",),
    "period": ("period_start_date", "period_end_date"),
    "target": ("target_code",),
}
