"""Laws of dates and languages: a stated day stands unless something speaks against it, and what lost is kept; other languages are kept unread."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.loader import load_seeds
from transforms.articles import to_article
from transforms.datelines import find_days, read_dateline, read_url_date
from transforms.documents import Dated, Draft
from transforms.languages import read_language, read_status
from transforms.publication import date_draft
from transforms.reading import Reader

PLAIN = "Two bridges near Orikhiv were hit, and the road to the south was closed."
FEBRUARY = "On 9 February shells fell on the depot. By 10 February two bridges near Orikhiv were hit."
CASES = [  # stated, address, text; then the day, its basis, the conflict
    ("2022-02-11", None, PLAIN, "2022-02-11", "GIVEN", None),
    ("2022-02-11", "https://example.org/2022/02/10/two-bridges", PLAIN, "2022-02-11", "GIVEN", None),
    ("2022-11-02", "https://example.org/2022/02/11/two-bridges", PLAIN, "2022-02-11", "GIVEN", "SWAPPED"),
    ("2022-11-02T08:00:00Z", "https://example.org/world/2022/feb/11/two", PLAIN, "2022-02-11", "GIVEN", "SWAPPED"),
    ("2022-11-02", None, "11 February 2022\n" + PLAIN, "2022-02-11", "GIVEN", "SWAPPED"),
    ("2022-11-02", None, FEBRUARY, "2022-02-11", "GIVEN", "SWAPPED"),
    ("2022-11-02", None, PLAIN, "2022-11-02", "GIVEN", None),
    ("2019-06-28", "https://example.org/two-bridges-2025-02-10", PLAIN, "2025-02-10", "URL", "URL"),
    ("2019-06-28", "https://example.org/2025/02/two-bridges", PLAIN, "2025-02-01", "URL", "URL"),
    ("2025-02-14", "https://example.org/2025/02/two-bridges", PLAIN, "2025-02-14", "GIVEN", None),
    ("2026-01-25", None, "Posted Wednesday, 4 Feb 2026 by the desk\n" + PLAIN, "2026-02-04", "BODY", "BODY"),
    ("2014-08-05", None, "Jets bomb the town AFP Monday 18 Aug 2014 " + PLAIN, "2014-08-18", "BODY", "BODY"),
    ("2014-08-05", None, "Updated Monday, 18 Aug 2014\n" + PLAIN, "2014-08-05", "GIVEN", None),
    ("02/03/2022", None, PLAIN, None, "NONE", "AMBIGUOUS"),
    ("02/03/2022", "https://example.org/2022/03/02/two", PLAIN, "2022-03-02", "GIVEN", "AMBIGUOUS"),
    ("3/2/22", None, "KYIV, March 2, 2022 (Agency) -- " + PLAIN, "2022-03-02", "GIVEN", "AMBIGUOUS"),
    ("25/12/2022", None, PLAIN, "2022-12-25", "GIVEN", None),
    ("some day", None, PLAIN, None, "NONE", "UNREADABLE"),
    ("some day", "https://example.org/2022/03/02/two", PLAIN, "2022-03-02", "URL", "UNREADABLE"),
    ("2027-03-01", None, PLAIN, None, "NONE", "FUTURE"),
    ("2026-11-02", None, PLAIN, "2026-02-11", "GIVEN", "SWAPPED"),
    ("2026-02", None, PLAIN, "2026-02-01", "GIVEN", None),
    (None, None, PLAIN, None, "NONE", None),
]
FETCHED = datetime(2026, 3, 1, 12)


@pytest.mark.parametrize(("stated", "url", "text", "day", "basis", "conflict"), CASES)
def test_what_stands(
    stated: str | None, url: str | None, text: str, day: str | None, basis: str, conflict: str | None
) -> None:
    """The stated day, or what speaks against it; whatever loses is kept with the reason."""
    found = date_draft(Draft(text, published=stated), url, FETCHED)
    assert (str(found.day) if found.day else None, found.basis, found.conflict) == (day, basis, conflict)
    assert found.stated == (stated if conflict else None)


def test_order_of_claims() -> None:
    """What is given comes before a feed's and the page's own words, those before the address and dateline, and a guess is last."""
    page = (Dated("META", "2026-02-10"), Dated("INFERRED", "2026-02-12"))
    dated = "https://example.org/2026/02/11/two"

    def basis(draft: Draft, url: str | None = None) -> str:
        return date_draft(draft, url, None).basis

    assert basis(Draft(PLAIN, published="2026-02-09", dates=page)) == "GIVEN"
    assert basis(Draft(PLAIN, published="2026-02-09", published_basis="FEED", dates=page)) == "FEED"
    assert basis(Draft(PLAIN, dates=page), dated) == "META"
    assert basis(Draft(PLAIN, dates=page[1:]), dated) == "URL"
    assert basis(Draft("11 February 2026\n" + PLAIN, dates=page[1:])) == "BODY"
    assert basis(Draft(PLAIN, dates=page[1:])) == "INFERRED"


def test_no_fetch_no_future() -> None:
    """Without the time of the fetch nothing lies ahead: the same draft gives the same day on any day."""
    assert date_draft(Draft(PLAIN, published="2097-03-01"), None, None).day == date(2097, 3, 1)


@given(st.dates(date(1991, 1, 1), date(2099, 12, 31)))
def test_addresses_and_datelines_give_their_day(day: date) -> None:
    """Any day written into an address or a dateline is read back from it."""
    written = (
        f"{day:%Y/%m/%d}/a",
        f"a-{day:%Y-%m-%d}",
        f"{day:%Y/%b/%d}/a".lower(),
        f"a-{day:%B}-{day.day}-{day.year}".lower(),
    )
    assert [read_url_date(f"https://example.org/news/{path}") for path in written] == [(day, True)] * len(written)
    heads = (
        f"{day.day} {day:%B %Y}",
        f"{day:%A}, {day:%b} {day.day}, {day.year}",
        f"{day:%Y-%m-%d} 08:00:00 | ID: 7",
        f"{day:%d.%m.%Y}",
    )
    assert [read_dateline(f"{head}\n{PLAIN}") for head in heads] == [day] * len(heads)


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_anything_can_be_dated(text: str, stated: str, path: str) -> None:
    """Dating never fails; a day has a basis and a precision, and a conflict has its words."""
    found = date_draft(Draft(text, published=stated or None), f"https://example.org/{path}", FETCHED)
    assert (found.day is None) == (found.basis == "NONE") == (found.precision == "NONE")
    assert (found.stated is None) == (found.conflict is None)
    assert all(text[m.start : m.end].strip() for m in find_days(text))


def test_relative_words_need_a_day() -> None:
    """Yesterday is a day for an article with a day of publication, and stays relative for one with a month or nothing."""
    reader = Reader(load_seeds())
    text = "Five people were killed in Orikhiv yesterday, the mayor said."

    def period(published: str | None) -> str | None:
        article = to_article(Draft(text, published=published), document_id="d", feed_id="f")
        return reader.read_article(article).figures[0].period_edtf

    assert period("2026-02-18") == "2026-02-17"
    assert period("2026-02") == period("2026") == period(None)
    assert period(None) is None


LANGUAGES = {
    "en": [
        "At least five people were killed in a Russian attack on Kharkiv.",
        "AT LEAST 50 PEASANTS HAVE BEEN KIDNAPPED BY TERRORISTS.",
    ],
    "de": ["Mindestens 5 Menschen wurden bei einem russischen Angriff auf Charkiw getötet."],
    "fr": ["L'armée ukrainienne a abattu 87 drones pendant la nuit, selon les autorités."],
    "es": ["Al menos cinco personas murieron en un ataque ruso contra la ciudad de Járkov."],
    "uk": ["Щонайменше п’ятеро людей загинули внаслідок російської атаки на Харків."],
    "ar": ["قتل خمسة أشخاص على الأقل في هجوم روسي على خاركيف."],
    "zh": ["俄罗斯对哈尔科夫的袭击造成至少五人死亡。"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in LANGUAGES.items() for text in texts])
def test_other_languages_are_kept_unread(code: str, text: str) -> None:
    """An article that is not English has its language and status, and no figure or refusal is made of it."""
    article = to_article(Draft(text), document_id="d", feed_id="f")
    assert (article.language, article.reading_status) == (code, "READ" if code == "en" else "LANGUAGE")
    reading = Reader(load_seeds()).read_article(article)
    assert bool(reading.figures or reading.refusals) == (code == "en")


@pytest.mark.parametrize("text", ["12", "11 hit", "— 14:30 —"])
def test_too_little_text_is_a_stub(text: str) -> None:
    """What holds no statement is kept as a stub."""
    assert read_status(text, read_language(text)) == "STUB"
