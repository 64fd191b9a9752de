"""What tallies are worth: nights of strikes and lists of losses against official counts, tolls against tallies made by hand.

usage: python -m benchmarks.tallies [nights losses tolls held fresh unseen syria speed ...]      (speed takes some minutes: it makes 1,000,000 figures first)
"""

from __future__ import annotations

import csv
import itertools
import re
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import losses as mod
from benchmarks import syria as fakes
from benchmarks import tolls
from benchmarks.predict import reader
from benchmarks.sets import BUILD, SHARED, read_lines
from flows.versions import read_reader_version
from seeds import load_seeds
from seeds.contracts import load_tables
from transforms.articles import to_article
from transforms.documents import Draft
from transforms.ids import hash_id
from transforms.rows import to_article_row, to_rows
from transforms.tables import to_table
from transforms.tallying.rules import Rules
from transforms.tallying.tallies import tally
from warehouse.current_figures import read_by_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

Measures = list[tuple[str, str]]
Row = dict[str, Any]

CORPORA = SHARED / "corpora"
NIGHT_SHIFT = timedelta(hours=6)  # what ends before midnight belongs to the night that ends on the next day
DAYTIME = range(9, 17)  # hours in which an attack starts that is no night's
METRICS = {"WPN_LAUNCHED": "launched", "WPN_INTERCEPTED": "destroyed"}
DRONES = ("Shahed", "UAV", "Orlan", "Lancet", "Merlin", "Молнія")
MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
IN_URL = re.compile(r"(2026)[-/](\d\d|[a-z]{3})[-/](\d\d)|(january|february)-(\d+)-2026")
FIRST_META = "2026-01"  # dates in the pages' metadata before it are those of templates


class Lake:
    """Articles read and tallied in memory, as the warehouse does it; `connection` holds the tables."""

    def __init__(self, name: str, drafts: Iterable[tuple[str, Draft]]) -> None:
        self.name = name
        self.connection = duckdb.connect()
        for table, path in self._read(drafts).items():
            self.connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{path}')")
        self.connection.execute("CREATE TABLE article_clusters (version_id VARCHAR, cluster_id VARCHAR)")
        rules = Rules(load_seeds())
        made: dict[str, list[Row]] = {"tallies": [], "tally_figures": [], "tally_parts": []}
        for saids in read_by_metrics(self.connection):
            for rows, more in zip(made.values(), tally(saids, rules), strict=True):
                rows.extend(more)
        for table, rows in made.items():
            arrow = to_table(load_tables()[table], rows)
            self.connection.register("made", arrow)
            self.connection.execute(f"CREATE TABLE {table} AS FROM made")
            self.connection.unregister("made")

    def _read(self, drafts: Iterable[tuple[str, Draft]]) -> dict[str, Path]:
        """Read the articles, once for each reader; document_id keeps the corpus's own id."""
        folder = BUILD / "tallies" / f"{self.name}-{read_reader_version()}"
        paths = {table: folder / f"{table}.parquet" for table in ("articles", "figures", "attributions")}
        if not paths["attributions"].exists():
            folder.mkdir(parents=True, exist_ok=True)
            rows: dict[str, list[Row]] = {table: [] for table in paths}
            for row_id, draft in drafts:
                article = to_article(draft, document_id=row_id, feed_id=self.name)
                article.batch_id = "0"
                made = to_rows(article, reader().read_article(article), "bench")
                rows["articles"].append(to_article_row(article))
                rows["figures"] += made.figures
                rows["attributions"] += made.attributions
            for table, path in paths.items():
                pq.write_table(to_table(load_tables()[table], rows[table]), path)
        return paths

    def ask(self, statement: str) -> list[Row]:
        """Return rows by column name."""
        found: pa.Table = self.connection.sql(statement).to_arrow_table()
        return found.to_pylist()  # type: ignore[no-any-return]


def read_2022() -> Lake:
    """Read the articles of 2022."""
    rows = read_lines(CORPORA / "war_news_2022.jsonl")
    return Lake("2022", ((r["id"], Draft(r["text"], r["title"], r["url"], r["outlet"], r["published"])) for r in rows))


def read_own(part: str) -> Lake:
    """Read the articles of 2022 that a part of the tallies made by hand is made of."""
    own = tolls.load_articles(part)
    rows = (r for r in read_lines(CORPORA / "war_news_2022.jsonl") if r["id"] in own)
    name = f"own-{hash_id(*sorted(own))}"  # read again where the gold has grown
    return Lake(name, ((r["id"], Draft(r["text"], r["title"], r["url"], r["outlet"], r["published"])) for r in rows))


def read_2026() -> Lake:
    """Read the pages of early 2026, each with the day that its address, or metadata of that time, gives."""
    rows = read_lines(CORPORA / "war_news_feb2026.jsonl")
    return Lake("2026", ((r["id"], Draft(r["body"], r["title"], r["url"], r["domain"], published(r))) for r in rows))


def published(row: Row) -> str | None:
    """Return a page's day.

    >>> published({"url": "https://example.org/russian-offensive-february-7-2026", "date_meta": "unknown"})
    '2026-02-07'
    """
    if found := IN_URL.search(row["url"].lower()):
        year, month, day = found[1] or "2026", (found[2] or found[4])[:3], found[3] or found[5]
        return f"{year}-{MONTHS.get(month) or int(month):02}-{int(day):02}"
    return (
        row["date_meta"]
        if row["date_meta"][: len(FIRST_META)] >= FIRST_META and row["date_meta"] != "unknown"
        else None
    )


def to_moment(text: str) -> datetime:
    """Read a moment of the official list, local to Kyiv: the hour may have one digit."""
    day, _, clock = text.strip().partition(" ")
    hour, _, minute = clock.partition(":")
    return datetime.combine(date.fromisoformat(day), time(int(hour), int(minute)))


def load_nights() -> dict[tuple[date, str, str], float]:
    """Return the official counts by night, class and metric."""
    nights: dict[tuple[date, str, str], float] = defaultdict(float)
    with (SHARED / "truth" / "missile_attacks_daily.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            is_drone = any(name in row["model"] for name in DRONES)
            if ":" not in row["time_end"] or ":" not in row["time_start"] or (is_drone and row["target"] != "Ukraine"):
                continue  # a region's own count of a day, which the country's holds already
            start, end = (to_moment(row[column]) for column in ("time_start", "time_end"))
            if start.hour in DAYTIME:
                continue
            night = (end + NIGHT_SHIFT).date()
            for metric, column in METRICS.items():
                nights[night, "DRONE" if is_drone else "MISSILE", metric] += float(row[column] or 0)
    return nights


def measure_nights() -> Measures:
    """Compare each night, class and metric that an article tells of with the official count."""
    truth, lake = load_nights(), read_2026()
    told = lake.ask(
        f"""SELECT DISTINCT period_end_date AS night, weapon_class, metric_code FROM figures
        WHERE metric_code IN {tuple(METRICS)} AND polarity = 'ASSERTED' AND weapon_class IN ('DRONE', 'MISSILE') AND kind IN ('FLOW', 'CUM')
        AND actor_code = CASE metric_code WHEN 'WPN_LAUNCHED' THEN 'RUS' ELSE 'UKR' END AND period_end_date - period_start_date <= 1"""
    )
    stated = {
        (r["period_end_date"], r["weapon_class"], r["metric_code"]): r
        for r in lake.ask(
            f"""SELECT t.*, f.quote FROM tallies t JOIN tally_figures r ON r.tally_id = t.tally_id AND r.role = 'RECOMMENDED' JOIN figures f USING (figure_id)
            WHERE t.metric_code IN {tuple(METRICS)} AND t.kind = 'FLOW' AND t.place_name IS NULL AND t.country_code = 'UKR' AND t.weapon_code IS NULL
            AND t.actor_code = CASE t.metric_code WHEN 'WPN_LAUNCHED' THEN 'RUS' ELSE 'UKR' END AND t.period_end_date - t.period_start_date <= 1"""
        )
    }
    outcomes: Counter[str] = Counter()
    lines: Measures = []
    for cell in sorted((r["night"], r["weapon_class"], r["metric_code"]) for r in told):
        row, wanted = stated.get(cell), truth.get(cell)
        if row is None or wanted is None:
            outcome = "open" if row is None else "untold by the official count"
        elif row["best"] == wanted:
            outcome = "exact"
        else:
            outcome = "contested" if row["is_contested"] else "wrong"
        outcomes[outcome] += 1
        said = (
            f"{row['low']:g} / {row['best']:g} / {row['high'] or float('inf'):g} ({row['quote']})"
            if row
            else "no number of the whole country"
        )
        lines.append(
            (
                f"nights: {cell[0]} {cell[1]} {METRICS[cell[2]]}",
                f"{outcome}: {said}, official {wanted:g}" if wanted is not None else outcome,
            )
        )
    n_stated = sum(outcomes.values()) - outcomes["open"]
    head = ", ".join(f"{name} {outcomes[name]}" for name in ("exact", "contested", "wrong", "open"))
    return [("nights: told by an article", f"{len(told)}, stated {n_stated}: {head}"), *lines]


def measure_losses() -> Measures:
    """Compare the series of losses that the pages of the Ministry of Defence make, alone and with the articles of 2022."""
    truth = mod.load_truth()
    pages = sorted(mod.PAGES.glob("*.html"))
    texts = [mod.article_of(page).text for page in pages]
    drafts = [
        (p.name, Draft(t, "Losses", f"https://mod.example/{mod.day_of(p)}", "mod", mod.day_of(p).isoformat()))
        for p, t in zip(pages, texts, strict=True)
    ]
    lake = Lake("losses", drafts)
    rows = lake.ask(
        f"""SELECT t.metric_code, t.weapon_class, r.as_of_date, f.best, r.tally_id FROM tallies t JOIN tally_figures r USING (tally_id) JOIN figures f USING (figure_id)
        WHERE t.kind = 'CUM' AND t.target_code = 'RUS' AND t.period_start_date = DATE '{mod.START}'
        AND (t.metric_code = 'EQP_DESTROYED' AND t.weapon_class IS NOT NULL OR t.metric_code IN ('CAS_KILLED', 'CAS_TOTAL')) ORDER BY r.as_of_date"""
    )
    series: dict[str, dict[date, set[float]]] = defaultdict(lambda: defaultdict(set))
    tallies: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        item = row["weapon_class"] if row["metric_code"] == "EQP_DESTROYED" else "PERSONNEL"
        series[item][row["as_of_date"]].add(row["best"])
        tallies[item].add(row["tally_id"])
    cells = [(item, day) for day in map(mod.day_of, pages) for item in truth[day]]
    states = [(item, day, series[item].get(day, set())) for item, day in cells]
    exact = sum(values == {truth[day][item]} for item, day, values in states)
    wrong = [(item, day, values) for item, day, values in states if values and values != {truth[day][item]}]
    falls = [
        item
        for item, days in series.items()
        if any(max(days[a]) > min(days[b]) for a, b in itertools.pairwise(sorted(days)))
    ]
    return [
        (
            "losses: cells of the truth (item, day)",
            f"{len(cells)}, equal {exact}, different {len(wrong)}, open {sum(not v for *_, v in states)}",
        ),
        (
            "losses: tallies an item",
            ", ".join(f"{item} {len(ids)}" for item, ids in sorted(tallies.items()) if len(ids) > 1) or "one each",
        ),
        ("losses: not monotone", ", ".join(sorted(falls)) or "none"),
        *((f"losses: {item} {day}", f"{sorted(values)} for {truth[day][item]}") for item, day, values in wrong[:12]),
        *measure_quoted(truth),
    ]


def measure_quoted(truth: dict[date, dict[str, int]]) -> Iterator[tuple[str, str]]:
    """Yield how the articles of 2022 that give Russia's losses of men lie beside the official count of their day."""
    rows = read_2022().ask(
        """SELECT r.as_of_date, f.low, f.best, f.high, f.modifier, f.quote, r.role FROM tallies t JOIN tally_figures r USING (tally_id) JOIN figures f USING (figure_id)
        WHERE t.metric_code IN ('CAS_KILLED', 'CAS_TOTAL') AND t.kind = 'CUM' AND t.target_code = 'RUS' AND r.origin = 'side:UKR' AND f.best >= 1000
        ORDER BY r.as_of_date"""
    )
    known = [(r, truth[r["as_of_date"]]["PERSONNEL"]) for r in rows if "PERSONNEL" in truth.get(r["as_of_date"], {})]
    near = [r for r, wanted in known if abs(r["best"] - wanted) <= wanted / 20]
    yield (
        "losses: men, as articles of 2022 quote Kyiv",
        f"{len(known)} figures, {len(near)} within 5 % of the count of the day that they joined",
    )


def measure_tolls(part: str = "worked") -> Measures:
    """Compare with a part of the tallies made by hand: the worked two thirds or the held third of the first gold or of the later."""
    return tolls.measure(tolls.find(read_2022().ask), tolls.find(read_own(part).ask), part)


def measure_syria() -> Measures:
    """Group the articles of one event of the Syrian war; report how often the tally lies within the crowd's range."""
    rows = read_lines(fakes.ARTICLES)
    lake = Lake(
        "syria",
        (
            (str(i), Draft(r["text"], str(i), f"https://syria.example/{i}", str(i), fakes.published(r).isoformat()))
            for i, r in enumerate(rows)
        ),
    )
    told = lake.ask(
        """SELECT t.tally_id, t.best, list(DISTINCT a.document_id) AS ids FROM tallies t JOIN tally_figures r USING (tally_id) JOIN figures f USING (figure_id)
        JOIN articles a USING (version_id) WHERE t.metric_code = 'CAS_KILLED' AND t.best IS NOT NULL GROUP BY ALL HAVING count(DISTINCT a.document_id) > 1"""
    )
    within = 0
    for tallied in told:
        totals = [fakes.gold(rows[int(i)]) for i in tallied["ids"]]
        numbers = [n for total in totals for n in (*total, sum(total))]
        within += min(numbers) <= tallied["best"] <= max(numbers)
    return [("syria: tallies of several articles", f"{len(told)}, best within the crowd's range {within}")]


def measure_speed() -> Measures:
    """Tally 1,000,000 figures, and one more article."""
    from benchmarks.tally_speed import measure  # noqa: PLC0415  makes a lake of its own

    return measure(read_2022().connection)


PARTS: dict[str, Callable[[], Measures]] = {
    "nights": measure_nights,
    "losses": measure_losses,
    "tolls": measure_tolls,
    "held": partial(measure_tolls, "held"),
    "fresh": partial(measure_tolls, "fresh"),
    "unseen": partial(measure_tolls, "unseen"),
    "syria": measure_syria,
    "speed": measure_speed,
}


def main() -> None:
    """Print the measures."""
    for part in sys.argv[1:] or PARTS:
        for name, text in PARTS[part]():
            print(f"{name:46} {text}", flush=True)


if __name__ == "__main__":
    main()
