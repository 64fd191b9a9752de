"""Laws of pages: only the article speaks, tables keep their rows, live blogs fall into posts, nothing hostile holds the run."""

from __future__ import annotations

import json
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from flows.plan import make_plan
from flows.tally import run_steps
from seeds.kinds import PageWord
from seeds.loader import load_seeds
from transforms.articles import to_article
from transforms.documents import Dated, Draft, Rejection
from transforms.liveblogs import read_posts
from transforms.markup import MAX_ATTRIBUTE, MAX_CHILDREN, MAX_DATA, MAX_ELEMENTS, MAX_NAME, MAX_PAGE_BYTES, read_markup
from transforms.pages import read_page
from transforms.pagewords import bears, is_notice, words
from transforms.reading import Reader
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 8.0  # a hostile page takes a second or two, on a machine that does other work too; unbounded, minutes
STORY = (
    "At least five people were killed and 11 wounded when a missile hit the market of Orikhiv, the governor said.",
    "Rescuers worked through the night to free those who were buried under the roof of the old market hall.",
    "Air defences shot down 14 drones over the region, the air force said in its morning report on the attack.",
)


def page_of(*paragraphs: str, head: str = "", before: str = "", after: str = "") -> bytes:
    """Make a page of an article, with what stands around it."""
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>Market hit</title>{head}</head><body>{before}"
        f"<article><h1>Market hit</h1><div class='story'>{body}</div></article>{after}</body></html>"
    ).encode()


def read_one(data: bytes, url: str | None = None) -> Draft:
    draft = read_page(data, url=url)
    assert isinstance(draft, Draft), draft
    return draft


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_seeds())


@pytest.mark.parametrize("entry", load_seeds().of(PageWord).values(), ids=lambda entry: entry.code)
def test_page_words(entry: PageWord) -> None:
    """Each entry tells the lines, classes and names of its examples, and none of its counterexamples."""

    def tells(example: str) -> bool:
        if entry.place in {"PART", "LIVE"}:
            return bears(example, entry.place)
        return example in words()[entry.place] if entry.place in {"META", "TYPE"} else is_notice(example)

    assert all(map(tells, entry.examples)), entry.code
    assert not any(map(tells, entry.counterexamples)), entry.code


def test_only_the_article_speaks(reader: Reader) -> None:
    """Menus, teasers, cookie notices, captions, tickers and times ago around an article yield no figure and no refusal."""
    before = """<nav><ul><li><a href=/a>12 killed in flood</a></li><li><a href=/b>World</a></li></ul></nav>
        <div class="cookie-banner"><p>We and our 842 partners use cookies to store data on your device for 13 months.</p></div>
        <div class="breaking-news ticker">LIVE 3 dead in crash</div>"""
    after = """<div class="article__related"><h3>Related</h3><p><a href=/c>Two killed, 40 missing after a ship sank</a></p></div>
        <section class="most-read"><ol><li><a href=/d>7 soldiers killed</a> 10 minutes ago</li></ol></section>
        <footer><p>Sign up for our newsletter, read by 90,000 people.</p><p>© 2026</p></footer>"""
    caption = "<figure><img src=a.jpg><figcaption>The 30 stalls in 2019. Getty Images</figcaption></figure>"
    promo = f'<div class="promo box"><p>{STORY[1].replace("market", "town")} Another 40 people died there in 2019.</p></div>'
    furnished = page_of(
        STORY[0], caption + STORY[1], STORY[2] + promo, "Sign up for our 3 daily emails", before=before, after=after
    )
    told = reader.read(read_one(furnished).text)
    alone = reader.read("\n".join(STORY))
    assert [(f.quote, f.metric_code, f.best) for f in told.figures] == [
        (f.quote, f.metric_code, f.best) for f in alone.figures
    ]
    assert [r.quote for r in told.refusals] == [r.quote for r in alone.refusals]
    assert [f.best for f in alone.figures] == [5, 11, 1, 14]


def test_tables_keep_their_rows() -> None:
    """Each row of a table is a line of the text, its cells in their order."""
    rows = [("tanks", "1,305"), ("artillery systems", "606"), ("helicopters", "170")]
    table = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows)
    lines = read_one(page_of(*STORY, f"<table>{table}</table>")).text.splitlines()
    found = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    assert [row for row in found if tuple(row) in rows] == [list(row) for row in rows]


def test_title_and_standfirst() -> None:
    """The headline is kept beside the text, not in it; a standfirst that the page shows begins the text, once."""
    lead = "Five people were killed at a market in the south, the third attack in a week."
    draft = read_one(
        page_of(*STORY, head=f'<meta name="description" content="{lead}">', before=f"<h2 class=dek>{lead}</h2>")
    )
    assert draft.title == "Market hit"
    assert draft.text.splitlines() == [lead, *STORY]


def test_split_bodies_are_joined() -> None:
    """A body that advertisements split into containers of one class is one text, in its order."""
    halves = [STORY, [p.replace("market", "station") for p in STORY]]
    parts = "<div class=ad>Ad</div>".join(
        "<div class='article-body'>" + "".join(f"<p>{p}</p>" for p in half) + "</div>" for half in halves
    )
    page = f"<html><body><article><div><div class=grid>{parts}</div></div></article></body></html>".encode()
    assert read_one(page).text.splitlines() == [*halves[0], *halves[1]]


@pytest.mark.parametrize(
    ("fetched", "stated", "kept"),
    [
        (None, "https://example.org/market-hit-12", "https://example.org/market-hit-12"),
        (None, "https://example.org/en/", None),
        (
            "https://example.org/a/12?utm_source=x",
            "https://www.example.org/market-hit-12",
            "https://www.example.org/market-hit-12",
        ),
        ("https://example.org/a/12", "https://elsewhere.example/market-hit-12", "https://example.org/a/12"),
        ("https://example.org/a/12", "https://example.org/", "https://example.org/a/12"),
    ],
)
def test_address(fetched: str | None, stated: str, kept: str | None) -> None:
    """A page's own address counts when it is an article's on the same host; a front page's would make all pages one article."""
    page = page_of(*STORY, head=f'<link rel="canonical" href="{stated}">')
    assert read_one(page, fetched).url == kept


LIVE = {
    "@type": "LiveBlogPosting",
    "headline": "Attack as it happens",
    "datePublished": "2026-02-18T08:00:00Z",
    "liveBlogUpdate": [
        {
            "@type": "BlogPosting",
            "headline": f"Update {hour}",
            "url": f"https://example.org/live-1#post-{hour}",
            "datePublished": f"2026-02-{day}T{hour:02}:05:00Z",
            "articleBody": f"&lt;p&gt;The governor said {hour} people were killed in Orikhiv.&lt;/p&gt; 5 minutes ago",
        }
        for day, hour in ((18, 9), (19, 7))
    ],
}


def test_live_blog_as_data() -> None:
    """Each post that the page states is a draft of its own: its text, title, day and anchor; what stands above is one too."""
    data = f'<script type="application/ld+json">{json.dumps(LIVE)}</script>'
    drafts = read_page(page_of(*STORY, head=data), url="https://example.org/live-1")
    assert isinstance(drafts, list)
    articles = [to_article(draft, document_id="d", feed_id="f") for draft in drafts if isinstance(draft, Draft)]
    assert [(a.url, str(a.published_date), a.title) for a in articles] == [
        ("https://example.org/live-1", "2026-02-18", "Attack as it happens"),
        ("https://example.org/live-1#post-9", "2026-02-18", "Update 9"),
        ("https://example.org/live-1#post-7", "2026-02-19", "Update 7"),
    ]
    assert len({a.article_id for a in articles}) == 3
    assert articles[1].text.splitlines()[0] == "The governor said 9 people were killed in Orikhiv."


def test_live_blog_as_marked() -> None:
    """Posts that a page marks in its body are told by their class and time."""
    posts = "".join(
        f'<div class="liveblog-entry" id="e{n}"><time datetime="2026-02-18T0{n}:00Z">{n} hours ago</time>'
        f"<h3>Post {n}</h3><p>The governor said {n} people were killed in Orikhiv.</p></div>"
        for n in (3, 2, 1)
    )
    tree = read_markup(page_of(before=posts))
    assert not isinstance(tree, Rejection)
    found = read_posts(tree, [])
    assert [(p.anchor, p.title, p.published) for p in found] == [
        (f"e{n}", f"Post {n}", f"2026-02-18T0{n}:00Z") for n in (3, 2, 1)
    ]
    assert found[0].text == "The governor said 3 people were killed in Orikhiv."


@pytest.mark.parametrize(
    ("encoding", "charset", "stated"),
    [
        ("utf-8", None, ""),
        ("cp1251", "windows-1251", ""),
        ("cp1251", None, "windows-1251"),
        ("utf-16", None, ""),
        ("cp1252", "iso-8859-1", ""),
    ],
)
def test_characters(encoding: str, charset: str | None, stated: str) -> None:
    """A page is read in the charset of its mark, its server or itself, and never fails on what it can't tell."""
    word = "Харків" if encoding != "cp1252" else "Kharkiv – “hit”"
    page = (
        f"<html><head><meta charset='{stated}'></head><body><article><p>{word}. {STORY[0]}</p></article></body></html>"
    )
    draft = read_page(page.encode(encoding), charset=charset)
    assert isinstance(draft, Draft)
    assert draft.text.startswith(word)
    assert isinstance(
        read_page(page.encode(encoding)[:-3] + b"\xff\xfe\x00", charset="no-such-charset"), Draft | Rejection
    )


W = b"<p>Two bridges were hit near Orikhiv in the night and nobody was hurt, the mayor said.</p>"
HOSTILE = {
    "bytes": (b"<html><p title='" + b"x" * MAX_PAGE_BYTES, "too long: page"),
    "depth": (b"<html><body>" + b"<div>" * 1_000_000 + W, "page: nested deeper"),
    "nothing": (b"<html><body></body></html>", "page: no text"),
    "spaces": (b"  \n ", "empty"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_refused_early(name: str) -> None:
    """What is too large, too wide or too deep is refused with its reason, at once and in little memory."""
    data, reason = HOSTILE[name]
    read_page(HOSTILE["nothing"][0])  # the first page without a text loads lists of words, 30 MB
    tracemalloc.start()
    start = time.process_time()
    found = read_page(data)
    seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Rejection), found
    assert found.reason.startswith(reason)
    assert seconds < SECONDS
    assert peak < 4 * len(data) + 10_000_000


LONG = {
    "elements": (
        b"<html><body><article>"
        + W
        + (b"<div>" + b"<b>a</b>" * 900 + b"</div>") * (MAX_ELEMENTS // 900 + 1)
        + b"<p>The last 99 were hurt.</p>",
        "page: more than 30,000 elements: what follows them is not read",
    ),
    "children": (
        b"<html><body><article>" + W * MAX_CHILDREN + b"<p>The last 99 were hurt.</p>",
        "page: more than 10,000 elements in one: what follows them in it is not read",
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_of_long_pages_the_first_part_is_read(name: str) -> None:
    """A page of too many elements gives what stands first, in bounded time, and a line about the rest."""
    data, reason = LONG[name]
    tree = read_markup(data)
    assert not isinstance(tree, Rejection)
    assert sum(1 for _ in tree.iter()) <= MAX_ELEMENTS
    start = time.process_time()
    found = read_page(data)
    assert time.process_time() - start < SECONDS
    assert isinstance(found, list)
    draft, rest = found
    assert isinstance(draft, Draft)
    assert draft.text.startswith("Two bridges were hit near Orikhiv")
    assert "99 were hurt" not in draft.text
    assert rest == Rejection(reason)


def test_attributes_are_cut() -> None:
    """Attributes of megabytes are dropped and classes cut, so that no pattern runs over them; the text stays."""
    huge = b"a-" * 900_000
    page = b"<html><body><article>" + b"".join(
        b"<div class='%b' data-x='%b'>%b</div>" % (huge, huge, W) for _ in range(2)
    )
    tree = read_markup(page)
    assert not isinstance(tree, Rejection)
    assert max(len(e.get("class", "")) for e in tree.iter("div")) == MAX_NAME
    assert all(len(v) <= MAX_ATTRIBUTE for e in tree.iter("div") for v in e.attrib.values())
    start = time.process_time()
    assert isinstance(read_page(page), Draft)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "data",
    [
        '{"@type": "Article", "headline": "Other", "x": "' + "a" * MAX_DATA + '"}',
        "[" * 500_000,
        '{"@type":["Article"],"headline":7,"publisher":[1],"datePublished":{}}',
        "null",
        '{"@type":"Article",' + '"author":' * 20_000,  # over which trafilatura's patterns run for minutes
    ],
    ids=["too long", "too deep", "other types", "null", "runs away"],
)
def test_hostile_data_is_no_data(data: str) -> None:
    """Linked data that is too long, too deep, broken or of other types tells nothing and costs nothing."""
    start = time.process_time()
    draft = read_one(page_of(*STORY, head=f'<script type="application/ld+json">{data}</script>'))
    assert (draft.title, draft.text.splitlines()) == ("Market hit", list(STORY))
    assert time.process_time() - start < SECONDS


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    """Entities that a page defines, nested or from a file, stay unread."""
    (tmp_path / "secret.txt").write_text("the secret of the house")
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE html [<!ENTITY e0 "bomb">{levels}<!ENTITY f SYSTEM "file://{tmp_path}/secret.txt">]>'
    for declared in ("", '<?xml version="1.0"?>'):
        text = read_one(
            f"{declared}{doctype}<html><body><article><p>&e11; &f; {STORY[0]}</p></article></body></html>".encode()
        ).text
        assert "secret of the house" not in text
        assert text.count("bomb") <= 1


RUNS = ["1 ", "may ", "1 may ", "2022-", "A. ", "(A ", "-", "12/", "\n", " ", "<", "&#", "/2022/", "mon ", "é"]


@pytest.mark.parametrize("run", RUNS)
def test_no_pattern_runs_away(run: str) -> None:
    """100,000 characters of what a pattern may try again and again, in every place of a page, cost less than its article."""
    long = run * (100_000 // len(run))
    start = time.process_time()
    for text, url, published in (
        (long, "https://example.org/a", "x"),
        (STORY[0], f"https://example.org/{long}", "x"),
        (STORY[0], "", long),
    ):
        to_article(Draft(text, published=published, url=url), document_id="d", feed_id="f")
    read_page(
        page_of(long, *STORY, head=f'<meta name="date" content="{long}"><meta name="description" content="{long}">')
    )
    assert time.process_time() - start < SECONDS


def test_reading_a_page_is_pure() -> None:
    """The same bytes give the same draft on any day: no clock decides which dates count."""
    page = page_of(*STORY, before='<div class="date">18 February 2029</div>')
    assert read_one(page).dates == (Dated("INFERRED", "2029-02-18"),)


def test_a_changed_page_supersedes(tmp_path: Path) -> None:
    """A page whose text has changed is a new version: its figures count, those of the old are kept with their end."""
    feed, lake = tmp_path / "site", tmp_path / "lake"
    feed.mkdir()
    link = '<link rel="canonical" href="https://example.org/2026/02/18/market-hit">'
    for killed in ("five", "seven"):
        text = (STORY[0].replace("five", killed), *STORY[1:])
        (feed / "market.html").write_bytes(page_of(*text, head=link))
        plan = make_plan(lake, (str(feed),), published=None, is_again=False, n_workers=1)
        run_steps(plan, lambda step: step, ThreadPoolExecutor)
    asked = (
        "SELECT best, until IS NULL AS is_current FROM figures_history WHERE metric_code = 'CAS_KILLED' ORDER BY ALL"
    )
    assert run_sql(plan.lake, asked).to_pylist() == [
        {"best": 5.0, "is_current": False},
        {"best": 7.0, "is_current": True},
    ]
    assert run_sql(plan.lake, "SELECT best FROM figures WHERE metric_code = 'CAS_KILLED'").to_pylist() == [
        {"best": 7.0}
    ]
    dated = "SELECT supersedes_version_id IS NULL AS is_first, published_basis, CAST(published_date AS VARCHAR) AS day FROM articles"
    assert run_sql(plan.lake, dated).to_pylist() == [{"is_first": False, "published_basis": "URL", "day": "2026-02-18"}]
