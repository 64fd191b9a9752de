"""Places: the words beside a name prove themselves, and the gazetteer's loader is as strict as the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.circumstances import PlaceWord
from seeds.loader import SeedError, load_seeds, read_sheet
from seeds.sheets import SHEETS
from transforms.reading import Reader

SEEDS = Path(__file__).parent.parent / "seeds"
READER = Reader(load_seeds())
SOURCE = "# Source: GeoNames, CC BY 4.0\n"
HEADER = "place_id,name,country_code,level,population,is_word,region_id,written\n"
ROW = "703448,Kyiv,UKR,1,2952301,0,703446,Kiev\n"


@pytest.mark.parametrize("word", [pytest.param(w, id=c) for c, w in load_seeds().of(PlaceWord).items()])
def test_words_beside_places(word: PlaceWord) -> None:
    """Every example reads as its place."""
    for sentence, wanted in word.examples.items():
        assert [figure.place_name for figure in READER.read(sentence).figures] == [wanted]


@pytest.mark.parametrize(
    ("line", "country"),
    [
        ("The war in Ukraine has made 4,000 Russian citizens flee to other countries.", "RUS"),
        ("The war in Ukraine has made 4,000 Ukrainian citizens flee to other countries.", "UKR"),
        ("Since Putin announced a mobilisation for Ukraine, 4,000 have fled.", "RUS"),
        ("Since Kyiv announced a mobilisation, 4,000 have fled.", "UKR"),
        ("As the war in Ukraine goes on, 4,000 people fled Russia for Georgia.", "RUS"),
        ("As the war in Ukraine goes on, 4,000 people fled from Russia's strikes to Poland.", "UKR"),
    ],
)
def test_who_flees_is_of_the_state_that_is_left(line: str, country: str) -> None:
    """Whose people they are, whose draft they flee, which state they leave: before the land of the war."""
    (figure,) = READER.read(line).figures
    assert figure.target_code == country


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEADER + ROW, "no source"),
        (SOURCE + HEADER.replace("level", "rank") + ROW, "columns"),
        (SOURCE + HEADER + ROW.replace("UKR", "UA"), "703448: country_code: 'UA'"),
        (SOURCE + HEADER + ROW.replace(",703446,Kiev", ""), "6 fields"),
        (SOURCE + HEADER + ROW + ROW, "given twice"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """The loader names file, row and fault."""
    path = tmp_path / "places.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(SeedError, match=rf"places\.csv: .*{fault}"):
        read_sheet(SHEETS[0], path)
    path.write_text(SOURCE + HEADER + ROW, "utf-8")
    assert read_sheet(SHEETS[0], path)[0][1] == "Kyiv"


def test_no_town_answers_to_a_countrys_name() -> None:
    """Another spelling of a place is no country's name: Albania is not Albany, and Mexico not its capital."""
    rows = read_sheet(SHEETS[0], SEEDS / "places.csv")
    countries = {
        name for _, name, _, level, *_, written in rows if level == "6" for name in (name, *written.split("|"))
    }
    assert [
        name
        for _, name, _, level, *_, written in rows
        if level != "6" and name not in countries and not countries.isdisjoint(filter(None, written.split("|")))
    ] == []
