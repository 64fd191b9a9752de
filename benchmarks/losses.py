"""Every loss that a page of the Ukrainian Ministry of Defence states, against the truth of that day.

usage: python -m benchmarks.losses

A page is exact if the reader gives each item of that day's truth its total since 24 February 2022, each increase
("+3") the difference from the day before, and nothing else. Where a page itself misprints a number, the truth differs
from any right reading: so the reader is also held to what stands in the page's lines, taken by a plain pattern.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from benchmarks.predict import reader
from benchmarks.sets import SHARED
from transforms.articles import to_article
from transforms.documents import Draft
from transforms.pages import read_page

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.figures import Article

PAGES = SHARED / "corpora" / "mod_losses_pages"
TRUTH = SHARED / "truth"
START = date(2022, 2, 24)
ITEMS = {
    "aircraft": "AIRCRAFT", "helicopter": "HELICOPTER", "tank": "TANK", "APC": "ARMOURED_VEHICLE",
    "field artillery": "ARTILLERY", "MRL": "MLRS", "military auto": "VEHICLE", "fuel tank": "FUEL_TANKER",
    "drone": "DRONE", "naval ship": "SHIP", "anti-aircraft warfare": "AIR_DEFENCE",
    "special equipment": "SPECIAL_EQUIPMENT", "mobile SRBM system": "LAUNCHER", "vehicles and fuel tanks": "VEHICLE",
    "cruise missiles": "MISSILE_CRUISE", "personnel": "PERSONNEL",
}  # the truth's names to the model's weapon classes  # fmt: skip


LINE = re.compile(r"(?:.* / )?([A-Za-z][A-Za-z /-]+?) [‒–-] ?(?:about )?(\d+)?(?: ?\(\+(\d+)\))?")
LABELS = {
    "personnel": "PERSONNEL", "tanks": "TANK", "APV": "ARMOURED_VEHICLE", "artillery systems": "ARTILLERY", "MLRS": "MLRS",
    "Anti-aircraft warfare systems": "AIR_DEFENCE", "aircraft": "AIRCRAFT", "helicopters": "HELICOPTER",
    "vehicles": "VEHICLE", "vehicles and fuel tanks": "VEHICLE", "fuel tanks": "FUEL_TANKER", "boats": "SHIP", "cutters": "SHIP",
    "UAV operational-tactical level": "DRONE", "cruise missiles": "MISSILE_CRUISE",
    "special equipment": "SPECIAL_EQUIPMENT", "mobile SRBM system": "LAUNCHER",
}  # as the pages call the items  # fmt: skip

Losses = dict[tuple[str, str], float]  # (class, "total" or "increase"): number


def day_of(page: Path) -> date:
    """Return the day that a page is named for: 2022-04-12.html, "combat-losses-to-03.07 |.html"."""
    if named := re.search(r"to-(\d\d)\.(\d\d)", page.name):
        return date(START.year, int(named[2]), int(named[1]))
    return date.fromisoformat(page.stem)


def load_truth() -> dict[date, dict[str, int]]:
    """Return the cumulative losses of each day, by class."""
    days: dict[date, dict[str, int]] = {}
    for name in ("equipment", "personnel"):
        for row in json.loads((TRUTH / f"russia_losses_{name}.json").read_text("utf-8")):
            day = days.setdefault(date.fromisoformat(row["date"]), {})
            day |= {ITEMS[key]: value for key, value in row.items() if key in ITEMS and isinstance(value, int)}
    return days


def expected(day: date, truth: dict[date, dict[str, int]], stated: Losses) -> Losses:
    """Return the losses that the truth gives for a day: each total, and those increases that the page speaks of."""
    before = truth.get(day - timedelta(days=1), {})
    wanted: Losses = {(item, "total"): number for item, number in truth[day].items()}
    increases = [item for item, sort in stated if sort == "increase"]
    return wanted | {(item, "increase"): truth[day].get(item, 0) - before.get(item, 0) for item in increases}


def printed(text: str) -> Losses:
    r"""Return the losses that the lines of a page state.

    >>> printed("tanks ‒ 1305 (+3),\nvehicles and fuel tanks ‒ (+2).")
    {('TANK', 'total'): 1305.0, ('TANK', 'increase'): 3.0, ('VEHICLE', 'increase'): 2.0}
    """
    losses: Losses = {}
    for line in text.splitlines():
        if (found := LINE.match(line)) and (item := LABELS.get(found[1].split(" / ")[-1])):
            losses |= {(item, sort): float(n) for sort, n in (("total", found[2]), ("increase", found[3])) if n}
    return losses


def read(article: Article, day: date) -> Losses:
    """Return the losses that Tally reads; what is dated or repeated otherwise, or is no loss, gets a name of its own."""
    losses: Losses = {}
    for figure in reader().read_article(article).figures:
        item = "PERSONNEL" if figure.metric_code in {"CAS_KILLED", "CAS_TOTAL"} else None
        item = figure.weapon_class if figure.metric_code == "EQP_DESTROYED" else item
        sort = {"CUM": "total", "CHANGE": "increase"}.get(figure.kind, str(figure.kind))
        start = START if sort == "total" else day
        is_dated = (figure.period_start_date, figure.period_end_date) == (start, day)
        key = (item, sort) if item and is_dated else (figure.quote, "read wrong")
        losses[key if key not in losses else (figure.quote, "read twice")] = figure.best or 0.0
    return losses


def article_of(page: Path) -> Article:
    """Return the article of a page, dated by the page itself, as `tally run` makes it."""
    draft = read_page(page.read_bytes())
    return to_article(draft if isinstance(draft, Draft) else Draft(""), document_id=page.name, feed_id=PAGES.name)


def differences(one: Losses, other: Losses) -> str:
    """Return what two sets of losses do not share, as text."""
    keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    return "; ".join(f"{item} {sort} {one.get((item, sort))} for {other.get((item, sort))}" for item, sort in keys)


def measure() -> list[tuple[str, str]]:
    """Return (measure, text) rows: how many pages are exact, and what differs on the others."""
    truth = load_truth()
    rows: list[tuple[str, str]] = []
    exact = totals = as_printed = 0
    pages = sorted(PAGES.glob("*.html"))
    for page in pages:
        article, day = article_of(page), day_of(page)
        losses, lines = read(article, day), printed(article.text)
        misread, wrong = differences(losses, lines), differences(losses, expected(day, truth, lines))
        as_printed += not misread
        exact += not wrong
        totals += " total " not in wrong
        rows += [(f"losses: {page.stem}", f"misread: {misread}" if misread else f"misprint: {wrong}")] if wrong else []
    counts = {"pages read as printed": as_printed, "totals equal to truth": totals, "and increases": exact}
    head = [(f"losses: {name}", f"{count} of {len(pages)}") for name, count in counts.items()]
    return head + rows


def main() -> None:
    """Print the measures."""
    for name, text in measure():
        print(f"{name:34} {text}")


if __name__ == "__main__":
    main()
