"""What should not matter changes nothing, and what should changes just that: rates over the corpora.

usage: python -m benchmarks.metamorphic [--show N] [CHANGE ...]

Each change rewrites an article and says what of its figures may differ. A figure keeps the law when a figure at the same
place of the changed text agrees in all columns but the quote, offsets, ids and number_form. Only figures of sentences that
the change touched are counted, unless the change is to touch none.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from benchmarks.sets import SHARED, Row, read_lines
from seeds.kinds import Numeral
from seeds.loader import load_seeds
from transforms.articles import read_published
from transforms.figures import Figure, Modifier, PeriodBasis
from transforms.parties import Parties
from transforms.reading import Reader
from transforms.rows import columns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPUS = SHARED / "corpora" / "war_news_2022.jsonl"
N_ARTICLES = 450
WEEK = timedelta(days=7)
LOOSE = frozenset(
    "quote quote_start quote_end number_start number_end sentence_start sentence_end number_form counted".split()
) | {"figure_id", "converts_figure_id"}
COLUMNS = tuple(column for column in columns_of(Figure) if column not in LOOSE)
CALENDAR = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sep|Oct|Nov|Dec|month|year|quarter|spring|summer|autumn|winter|since|later|decade|19\d\d|20\d\d)"
)
WHEN = ("period_start_date", "period_end_date")
WHO = ("actor_code", "target_code")
# What each side of the war in Ukraine is called, beside the other's word. Source: the names of seeds/actors.toml that have one.
SWAP = {"Ukraine": "Russia", "Ukrainian": "Russian", "Ukrainians": "Russians", "Kyiv": "Moscow", "Zelensky": "Putin"}
SWAP |= {"Volodymyr": "Vladimir"}
SWAP |= (
    {new: old for old, new in SWAP.items()} | dict.fromkeys(("Zelenskyy", "Zelenskiy"), "Putin") | {"Kiev": "Moscow"}
)
SIDES = re.compile(rf"\b(?:{'|'.join(SWAP)})\b(?!-backed)")  # the Russian-backed separatists are another party
BELLIGERENTS = frozenset(("UKR", "RUS", "DPR", "LPR"))
IMPLIED = frozenset(
    ("land at war", "country of the place", "heaviest evidence")
)  # rules by which a place tells a party
Edit = tuple[int, int, str]  # text[start:end] becomes these words
Values = dict[str, object]


@cache
def reader() -> Reader:
    """Return the reader, made once."""
    return Reader(load_seeds())


@cache
def parties() -> Parties:
    """Return the names of parties, made once."""
    return Parties(load_seeds())


def words_of_numbers() -> dict[str, str]:
    """Map plain number words from two on to digits."""
    entries = load_seeds().of(Numeral).values()
    return {
        word: f"{entry.value:g}"
        for entry in entries
        if entry.part in {"ONE", "TEEN", "TEN"} and entry.value > 1
        for word in entry.written
        if word.isalpha()
    }


def find_digits_for_words(text: str) -> Iterator[Edit]:
    """Write 5 for five, where nothing beside it makes it part of a longer number or a name."""
    table = words_of_numbers()
    pattern = (
        r"(?<![\w\-–—.])("
        + "|".join(table)
        + r")(?= [a-z]+)(?! (?:and|or|to|hundred|thousand|million|dozen|thirds|of)\b)"
    )
    for m in re.finditer(pattern, text):
        before = text[max(0, m.start() - 12) : m.start()].split()
        if not before or not (before[-1].lower() in {"or", "to", "and", "-"} or before[-1][:1].isupper()):
            yield m.start(), m.end(), table[m.group()]


def find_short_units(text: str) -> Iterator[Edit]:
    """Write km for kilometres."""
    for m in re.finditer(r"(?<=\d )kilomet(?:re|er)s?\b", text):
        yield m.start(), m.end(), "km"


def find_curly_quotes(text: str) -> Iterator[Edit]:
    """Turn curly quotation marks and apostrophes straight."""
    straight = {"“": '"', "”": '"', "’": "'", "‘": "'"}
    for m in re.finditer("[“”’‘]", text):
        yield m.start(), m.end(), straight[m.group()]


def find_bare_thousands(text: str) -> Iterator[Edit]:
    """Take the separators out of thousands that no one would take for a year."""
    for m in re.finditer(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,]|\.\d)", text):
        digits = m.group().replace(",", "")
        if not 1000 <= int(digits) <= 2100:  # noqa: PLR2004 (these would be years)
            yield m.start(), m.end(), digits


def find_insertion(text: str) -> Iterator[Edit]:
    """Put a sentence that has nothing to do with the figures behind the last one."""
    yield len(text), len(text), "\n\nThe museum in the old harbour opens its doors again in spring."


def find_lead(text: str) -> Iterator[Edit]:
    """Print the first two words in capitals, as some papers do."""
    m = re.match(r"\w+ \w+", text)
    if m:
        yield m.start(), m.end(), m.group().upper()


def find_at_least(text: str) -> Iterator[Edit]:
    """Put "at least" before plain exact numbers of persons."""
    for figure in reader().read(text).figures:
        if figure.modifier is Modifier.EXACT and figure.number_form.value in {"DIGIT", "WORD"}:
            before = text[max(0, figure.number_start - 24) : figure.number_start].lower()
            if (
                figure.unit_code == "{person}"
                and text[figure.number_start :].lower()[:4] != "both"
                and re.search(r"(?:^|[.,;] |\b(?:and|that|killed|wounded|injured) )$", before)
            ):
                at, first = figure.number_start, text[figure.number_start]
                yield at, at, "At least " if first.isupper() or at == figure.sentence_start else "at least "
                yield at, at + 1, first.lower()


def find_sides(text: str) -> Iterator[Edit]:
    """Put Ukraine for Russia and Russia for Ukraine, with their peoples, capitals and presidents."""
    for m in SIDES.finditer(text):
        yield m.start(), m.end(), SWAP[m.group()]


def find_nothing(_: str) -> Iterator[Edit]:
    """Leave the words as they are."""
    return iter(())


def expect_same(row: Values) -> Values:
    """Nothing changes."""
    return row


def expect_at_least(row: Values) -> Values:
    """Low stays, high goes with the modifier."""
    return row | {"modifier": "ge", "high": None, "high_base": None}


def expect_week_later(row: Values) -> Values:
    """A period reckoned from the day of publication moves by seven days."""
    return row | {name: day + WEEK for name in WHEN if isinstance(day := row[name], date)}


def expect_swapped(row: Values) -> Values:
    """A party that the text names by a word that was swapped changes sides."""
    swap = {"ukr": "rus", "rus": "ukr"}
    names = {name.lower() for name in SWAP}
    named = [f for f in ("actor", "target") if not names.isdisjoint(re.findall(r"\w+", str(row[f"{f}_name"] or "")))]
    codes = {f"{field}_code": str(row[f"{field}_code"] or "").split("/") for field in named}
    return {name: "/".join(sorted(swap.get(c, c) for c in cs)) or None for name, cs in codes.items()}


def asks_all(_figure: Figure, _edits: list[Edit]) -> bool:
    """Ask every figure."""
    return True


def asks_hedged(figure: Figure, edits: list[Edit]) -> bool:
    """Ask the figures that an edit stands before."""
    return any(start == figure.number_start for start, _, _ in edits)


def asks_relative(figure: Figure, _edits: list[Edit]) -> bool:
    """Leave out a named date, month or year, or one taken over."""
    words = figure.sentence.text if figure.sentence else ""
    return figure.period_basis is PeriodBasis.RELATIVE and not CALENDAR.search(words)


def asks_swapped(figure: Figure, edits: list[Edit]) -> bool:
    """Leave out what war or place imply, and sentences that name a side by a word that was not swapped, as the Kremlin.

    Evidence is weighed with the place and the figures before, so it is not asked; its weights name no side.
    """
    if figure.sentence is None or any(s.rule in IMPLIED for s in figure.steps if s.field in {"actor", "target"}):
        return False
    at = figure.sentence.starts
    changed = [start for start, _, _ in edits]
    return all(
        any(at[m.first] <= start < figure.sentence.ends[m.last - 1] for start in changed)
        for m in parties().find(figure.sentence)
        if not BELLIGERENTS.isdisjoint(m.code.split("/"))
    )


@dataclass(frozen=True)
class Change:
    """One way to rewrite an article, what its figures become, and the columns that are compared."""

    find: Callable[[str], Iterator[Edit]]
    expect: Callable[[Values], Values] = expect_same
    columns: tuple[str, ...] = COLUMNS
    asks: Callable[[Figure, list[Edit]], bool] = asks_all
    shift: timedelta = timedelta(0)  # of the day of publication
    is_local: bool = True  # only figures of the sentences that an edit touched are asked for


CHANGES = {
    "five is 5": Change(find_digits_for_words),
    "kilometres are km": Change(find_short_units),
    "curly quotes are straight": Change(find_curly_quotes),
    "1,200 is 1200": Change(find_bare_thousands),
    "a sentence more elsewhere": Change(find_insertion, is_local=False),
    "a lead in capitals": Change(find_lead),
    "a week later": Change(
        find_nothing, expect_week_later, (*WHEN, "period_basis"), asks_relative, WEEK, is_local=False
    ),
    "at least": Change(find_at_least, expect_at_least, asks=asks_hedged),
    "sides swapped": Change(find_sides, expect_swapped, WHO, asks_swapped),
}


def rewrite(text: str, edits: list[Edit]) -> str:
    """Return the text with its edits made."""
    parts, done = [], 0
    for start, end, words in edits:
        parts += [text[done:start], words]
        done = end
    return "".join([*parts, text[done:]])


def moved(position: int, edits: list[Edit]) -> int:
    """Return where a place of the text lies after the edits; inside one that changes the length, where that begins."""
    shift = 0
    for start, end, words in edits:
        if start <= position < end:
            return (position if len(words) == end - start else start) + shift
        if end <= position:
            shift += len(words) - (end - start)
    return position + shift


def values_of(figure: Figure, columns: tuple[str, ...]) -> Values:
    """Return the columns compared."""
    values = {
        column: getattr(figure, column) for column in {*columns, *WHEN, "period_basis", "actor_name", "target_name"}
    }
    return {c: value.casefold().replace("’", "'") if isinstance(value, str) else value for c, value in values.items()}


def broken(change: Change, text: str, published: date | None) -> tuple[int, list[str]]:
    """Return how many figures of an article a change asks of, and one line for each that broke the law."""
    edits = list(change.find(text))
    if change.is_local and not edits:
        return 0, []
    figures = reader().read(text, published).figures
    again = reader().read(rewrite(text, edits), published + change.shift if published else None).figures
    by_place = {figure.number_start: figure for figure in again}
    n, lines = 0, []
    for figure in figures:
        span = (figure.sentence_start, figure.sentence_end)
        if change.is_local and not any(start < span[1] and span[0] <= end for start, end, _ in edits):
            continue
        if not change.asks(figure, edits):
            continue
        wanted = change.expect(values_of(figure, change.columns))
        asked = [column for column in change.columns if column in wanted]
        n += bool(asked)
        other = by_place.get(moved(figure.number_start, edits))
        got = values_of(other, change.columns) if other else {}
        wrong = [f"{c}: {wanted[c]} became {got.get(c)}" for c in asked if wanted[c] != got.get(c, 0)]
        if wrong:
            words = " ".join(text[slice(*span)].split())
            lines.append(f"{figure.quote!r}: {'; '.join(wrong) if other else 'not read'}\n      {words}")
    return n, lines


def sample() -> list[tuple[str, date | None]]:
    """Return articles evenly spread over the corpus, with their days."""
    rows: list[Row] = read_lines(CORPUS)
    return [(r["text"], read_published(r["published"]).day) for r in rows[:: len(rows) // N_ARTICLES]]


def measure(names: list[str], show: int = 0) -> list[tuple[str, str]]:
    """Return the rate of each change over the sample; `show` prints that many figures that broke it."""
    measures = []
    for name in names:
        asked, lines = 0, []
        for text, published in sample():
            n, broke = broken(CHANGES[name], text, published)
            asked += n
            lines += broke
        for line in lines[:show]:
            print(f"   {line}")
        kept = asked - len(lines)
        measures.append((f"change: {name}", f"{100 * kept / max(1, asked):.2f} %  ({kept} of {asked})"))
    return measures


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("changes", nargs="*", choices=[[], *CHANGES])
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    for name in options.changes or CHANGES:
        for measure_name, text in measure([name], options.show):
            print(f"{measure_name:40} {text}", flush=True)


if __name__ == "__main__":
    main()
