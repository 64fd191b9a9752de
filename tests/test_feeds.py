"""Feeds end to end: a run against real servers on loopback, its books, and what the next run asks again."""

from __future__ import annotations

import gzip
import io
import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from flows.feeds import choose_feeds, find_names, read_standings, to_cells, to_row
from flows.inputs import InputError
from flows.kinds import feeds, sitemaps
from flows.kinds.feeds import Feed
from flows.kinds.kind import Given, Link, Member, Unread
from flows.kinds.sitemaps import Sitemap
from flows.settings import FeedSettings, Settings
from tests.sites import PAGE, WORDS, Site, answer, open_site
from tests.visits import MANNERS, rows, run
from transforms.documents import Draft, Rejection
from warehouse.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

DAY = "Thu, 12 Feb 2026 01:00:00 +0200"
SECONDS = 60.0  # of the processor, for a run over what is hostile: it takes 5
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as made:
        yield made


def read(kind: Feed | Sitemap, data: bytes) -> list[Member]:
    found = kind.read(io.BytesIO(data), Given("feed.xml"))
    return [replace(m, content=m.content.read()) if isinstance(m.content, Unread) else m for m in found]


def rss(*items: str) -> bytes:
    head = '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    return (
        f"{head}<title>Odesa Ledger</title>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>".encode()
    )


def item(url: str, body: str = "", day: str = DAY) -> str:
    return f"<title>Night</title><link>{url}</link><pubDate>{day}</pubDate><content:encoded><![CDATA[{body}]]></content:encoded>"


def urlset(*urls: str) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>".encode()


def test_a_feed_gives_articles_and_what_it_leads_to(site: Site, tmp_path: Path) -> None:
    """Whole entries are articles, the others' pages are fetched; each entry is in the books once, and what fails says why."""
    site.pages["/feed"] = answer(
        body=rss(
            item(site.url("/whole"), WORDS),
            item(site.url("/page")),
            item(site.url("/gone")),
            item("http://10.0.0.1/inner"),
            item("file:///etc/hostname"),
            "<title>Nothing</title>",
        ),
    )
    site.pages["/page"] = answer(body=PAGE.encode(), content_type="text/html; charset=utf-8")
    lake = tmp_path / "lake"
    assert run(lake, site.url("/feed")) == {"ARTICLE": 2, "REJECTED": 4}
    reasons = [row["reason"] for row in rows(lake, "FROM inputs WHERE outcome = 'REJECTED' ORDER BY line")]
    assert reasons == [
        "HTTP 404 Not Found",
        "refused: 10.0.0.1 is no public address",
        "refused: no http or https address",
        "no text, and no link to one",
    ]
    articles = rows(lake, "SELECT url, published_basis, published_date::VARCHAR AS day FROM articles ORDER BY url")
    assert articles == [
        {"url": site.url(path), "published_basis": "FEED", "day": "2026-02-12"} for path in ("/page", "/whole")
    ]


def test_what_has_not_changed_costs_no_second_reading(site: Site, tmp_path: Path) -> None:
    """The second run sends the stamps, is told 304, books one duplicate, and looks at no fresh page again."""

    def feed(handler: BaseHTTPRequestHandler) -> None:
        is_same = handler.headers["If-None-Match"] == '"v1"'
        answer(304 if is_same else 200, b"" if is_same else rss(item(site.url("/page"))), etag='"v1"')(handler)

    site.pages["/feed"] = feed
    site.pages["/page"] = answer(body=PAGE.encode(), content_type="text/html")
    lake = tmp_path / "lake"
    assert run(lake, site.url("/feed")) == {"ARTICLE": 1}
    assert run(lake, site.url("/feed")) == {"DUPLICATE": 1}
    assert site.paths().count("/page") == 1
    assert [
        row["status"] for row in rows(lake, "FROM fetches_history WHERE uri LIKE '%/feed' ORDER BY fetched_at")
    ] == [
        200,
        304,
    ]
    site.pages["/feed"] = answer(body=rss(item(site.url("/page")), item(site.url("/page"))))
    assert run(lake, site.url("/feed")) == {"DUPLICATE": 2}
    assert site.paths().count("/page") == 1


def test_a_run_fetches_so_many_pages_and_the_next_goes_on(site: Site, tmp_path: Path) -> None:
    """What is over the limit is booked as left for later, and read by the next run though the sitemap has not changed."""
    for n in range(5):
        body = PAGE.replace("mayor", f"mayor of ward {n}").encode()
        site.pages[f"/{n}"] = answer(body=body, content_type="text/html")
    site.pages["/map.xml"] = answer(body=urlset(*(site.url(f"/{n}") for n in range(5))))
    index = f"<sitemapindex><sitemap><loc>{site.url('/map.xml')}</loc></sitemap></sitemapindex>"
    site.pages["/index.xml"] = answer(body=index.encode())
    lake, links = tmp_path / "lake", replace(MANNERS, links_per_feed=4)  # of an index the sitemap is a link too
    assert run(lake, site.url("/index.xml"), manners=links) == {"ARTICLE": 3, "REJECTED": 2}
    assert run(lake, site.url("/index.xml"), manners=links) == {"ARTICLE": 2, "DUPLICATE": 3}
    assert run(lake, site.url("/index.xml"), manners=links) == {"DUPLICATE": 1}


def test_what_did_not_come_is_asked_again_though_its_feed_has_not_changed(site: Site, tmp_path: Path) -> None:
    """A page that its server could not give is left for later, counted, and asked again by the next run; a forbidden one is not."""
    asked = {"/page": iter([503, 503, 503, 503, 503, 503, 200])}

    def page(handler: BaseHTTPRequestHandler) -> None:
        status = next(asked["/page"])
        answer(status, PAGE.encode() if status == 200 else b"", content_type="text/html")(handler)

    feed = rss(item(site.url("/page")), item(site.url("/whole"), WORDS), item(site.url("/closed")))
    site.pages["/feed"] = lambda handler: answer(304 if handler.headers["If-None-Match"] else 200, feed, etag='"v1"')(
        handler
    )
    site.pages |= {"/page": page, "/robots.txt": answer(body=b"User-agent: *\nDisallow: /closed\n")}
    feeds = (FeedSettings(name="ledger", uri=site.url("/feed")),)
    lake = Lake(tmp_path / "lake")
    books = [run(lake.root, feeds=feeds) for _ in range(3)]
    assert books == [
        {"ARTICLE": 1, "REJECTED": 2},
        {"DUPLICATE": 1, "REJECTED": 2},
        {"ARTICLE": 1, "DUPLICATE": 1, "REJECTED": 1},
    ]
    reasons = "SELECT reason FROM inputs_history JOIN runs USING (run_id) WHERE outcome = 'REJECTED' ORDER BY started_at, line"
    later, never = "later: HTTP 503 Service Unavailable", "robots.txt forbids it"
    assert [row["reason"] for row in rows(lake.root, reasons)] == [later, never, later, never, never]
    (standing,) = read_standings(feeds, lake)
    assert standing.state.n_later == 0
    assert run(lake.root, feeds=feeds) == {"DUPLICATE": 1}


def test_sitemaps_lead_to_sitemaps_but_not_in_circles(site: Site, tmp_path: Path) -> None:
    """An index, packed or not, leads to its pages; one that leads to itself ends."""
    index = f"<sitemapindex><sitemap><loc>{site.url('/a.xml.gz')}</loc></sitemap><sitemap><loc>{site.url('/index.xml')}</loc></sitemap></sitemapindex>"
    site.pages["/index.xml"] = answer(body=index.encode())
    site.pages["/a.xml.gz"] = answer(body=gzip.compress(urlset(site.url("/page"))), content_type="application/gzip")
    site.pages["/page"] = answer(body=PAGE.encode(), content_type="text/html")
    assert run(tmp_path / "lake", site.url("/index.xml")) == {"ARTICLE": 1, "DUPLICATE": 1}


def grow(site: Site, name: str, depth: int) -> None:
    """Give a site a feed that leads to three feeds, each to three more, so deep; no two have one address."""
    names = [f"{name}{n}" for n in range(3)]
    site.pages[name] = answer(body=rss(*(item(site.url(each)) for each in names)))
    for each in names if depth else ():
        grow(site, each, depth - 1)


@pytest.mark.parametrize(
    ("n_links", "books"), [(100, {"too deep": 81}), (20, {"later": 19})]
)  # of 3 + 9 + 27 feeds and 81 beyond; of 20 links the last 8 are of the 27, and lead to 24 that are too deep
def test_feeds_that_lead_to_feeds_without_end_end(
    n_links: int, books: dict[str, int], site: Site, tmp_path: Path
) -> None:
    """Feeds that breed are followed three links deep and so many links wide; each address is asked for once, and all is booked."""
    grow(site, "/f", 5)
    outcomes = run(tmp_path / "lake", site.url("/f"), manners=replace(MANNERS, links_per_feed=n_links))
    asked = [path for path in site.paths() if path != "/robots.txt"]
    assert len(asked) == len(set(asked)) == 1 + min(n_links, 39)
    reasons = rows(
        tmp_path / "lake", "SELECT split_part(reason, ':', 1) AS why, count(*) AS n FROM inputs GROUP BY ALL"
    )
    told = {row["why"]: row["n"] for row in reasons}
    assert told.items() >= books.items()
    assert outcomes == {"REJECTED": sum(told.values())}


def test_hostile_feeds_cost_a_line_each(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Circles, bombs, floods and entities behind one feed are a line each with the reason; what is honest beside them is read."""
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 10)
    monkeypatch.setattr(sitemaps, "MAX_ENTRIES", 10)
    laughs = b'<!DOCTYPE rss [<!ENTITY b "ha"><!ENTITY a "&b;&b;&b;&b;">]><rss>'
    ring = "<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>"
    deep = item(site.url("/deep"), "<div>" * 100_000 + WORDS)
    hostile = {
        "/attribute": b"<rss><channel a='" + b"x" * 4_000_000 + b"'>",
        "/bomb.gz": gzip.compress(b"<urlset>" + b" " * 100_000_000),
        "/entities": rss(item("&a;")).replace(b"<rss", laughs, 1),
        "/flood": b"<rss><channel>" + b"<item>" * 1000,
        "/huge": rss(deep, item(site.url("/whole"), WORDS.replace("Odesa", "Izmail"))),
        "/map": urlset(*["gopher://a.example"] * 1000),
        "/ring1": ring.format(site.url("/ring2")).encode(),
        "/ring2": ring.format(site.url("/ring1")).encode(),
    }
    site.pages |= {path: answer(body=body, content_type="application/xml") for path, body in hostile.items()}
    site.pages["/feed"] = answer(body=rss(*(item(site.url(path)) for path in hostile)))
    start = time.process_time()
    outcomes = run(tmp_path / "lake", site.url("/feed"), manners=replace(MANNERS, links_per_feed=100))
    assert time.process_time() - start < SECONDS
    assert outcomes == {"ARTICLE": 2, "DUPLICATE": 2, "REJECTED": 25}
    query = "SELECT DISTINCT parse_path(uri)[-1] AS at, reason FROM inputs WHERE outcome = 'REJECTED' ORDER BY ALL"
    assert {(row["at"], row["reason"]) for row in rows(tmp_path / "lake", query)} == {
        ("attribute", "damaged: <unknown>:2:4000019: no element found"),
        ("bomb.gz", "too long: a sitemap of more than 52,428,800 bytes"),
        ("entities", "refused: declares XML entities"),
        ("flood", "no text, and no link to one"),
        ("flood", "too long: a feed of more than 10 entries: what follows them is not read"),
        ("map", "refused: no http or https address"),
        ("map", "too long: a sitemap of more than 10 entries: what follows them is not read"),
    }


def test_feeds_are_due_by_their_cadence_and_say_how_they_do(site: Site, tmp_path: Path) -> None:
    """A feed that answered is not asked before its cadence is over; one that failed is; a name asks it all the same."""
    site.pages["/feed"] = answer(body=rss(item(site.url("/whole"), WORDS)))
    feeds = (
        FeedSettings.model_validate(
            {
                "name": "ledger",
                "uri": site.url("/feed?api_key=c0ffee"),
                "outlet": "The Ledger",
                "cadence": "6 h",
                "expected_volume": 5,
            }
        ),
        FeedSettings.model_validate({"name": "gone", "uri": site.url("/gone"), "cadence": "6 h"}),
        FeedSettings.model_validate({"name": "folder", "uri": str(tmp_path / "none"), "cadence": "1 d"}),
    )
    lake = Lake(tmp_path / "lake")
    assert [feed.name for feed in choose_feeds(feeds, None, lake, datetime(2026, 2, 12))] == [
        "ledger",
        "gone",
        "folder",
    ]
    assert run(lake.root, feeds=feeds) == {"ARTICLE": 1, "REJECTED": 2}
    ledger, gone, folder = read_standings(feeds, lake)
    assert ledger.state.succeeded_at is not None
    soon, late = (ledger.state.succeeded_at + timedelta(hours=hours) for hours in (1, 7))
    assert [feed.name for feed in choose_feeds(feeds, None, lake, soon)] == ["gone", "folder"]
    assert [feed.name for feed in choose_feeds(feeds, None, lake, late)] == ["ledger", "gone", "folder"]
    assert [feed.name for feed in choose_feeds(feeds, ["ledger"], lake, soon)] == ["ledger"]
    with pytest.raises(InputError, match=r"tally\.toml has no feed 'other'"):
        choose_feeds(feeds, ["other"], lake, soon)
    assert (to_cells(ledger, soon)["articles"], to_cells(gone, soon)["errors"]) == ("1 of 5", "1: HTTP 404 Not Found")
    assert (folder.state.error, to_cells(folder, soon)["next due"]) == ("no regular file", "now")
    assert "c0ffee" not in json.dumps([to_row(each, soon) for each in (ledger, gone)], default=str)
    assert rows(lake.root, "SELECT outlet_id FROM articles") == [{"outlet_id": "the-ledger"}]


def test_names_of_feeds_are_told_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument that is a file is a file, whatever feeds are called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").touch()
    feeds = [FeedSettings(name=name, uri="x") for name in "ab"]
    assert find_names(["a", "b", "c"], feeds) == (["b", "c"], ["a"])


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ('name = "a"\nuri = "x"\ncadence = "often"', "write a number and min, h, d or w"),
        ('name = "a b"\nuri = "x"', "write letters, digits"),
        ('name = "a"\nuri = "x"\ncolour = "red"', "Extra inputs are not permitted"),
        ('name = "a"\nuri = "x"\n[[feed]]\nname = "a"\nuri = "y"', "two feeds are called 'a'"),
    ],
)
def test_a_wrong_feed_is_told(block: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """tally.toml is strict."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tally.toml").write_text(f"[[feed]]\n{block}\n")
    with pytest.raises(ValidationError, match=fault):
        Settings()


@pytest.mark.parametrize("kind", [Feed(), Sitemap()])
def test_entities_and_external_dtds_do_nothing(kind: Feed | Sitemap) -> None:
    """What declares entities is refused, on one line or several, in any encoding; nothing of a file is ever read."""
    body = rss(item("&a;")) if isinstance(kind, Feed) else urlset("&a;")
    body = body.removeprefix(b'<?xml version="1.0"?>')
    for head in (ENTITY, ENTITY.replace("[", "[\n"), '<!DOCTYPE x SYSTEM "file:///etc/hostname">'):
        for encoding in ("utf-8", "utf-16"):
            data = f'<?xml version="1.0" encoding="{encoding}"?>{head}{body.decode()}'.encode(encoding)
            assert not any(isinstance(m.content, Draft) for m in read(kind, data))
            assert all(
                m.content.stated.url in {None, "&a", "&a;"} for m in read(kind, data) if isinstance(m.content, Link)
            )
    laughs = '<!DOCTYPE x [<!ENTITY b "ha"><!ENTITY a "&b;&b;">]>'
    assert read(kind, f'<?xml version="1.0"?>{laughs}{body.decode()}'.encode())[-1].content == Rejection(
        "refused: declares XML entities"
    )


def test_a_feed_is_never_a_file_name(tmp_path: Path) -> None:
    """Bytes that read like a path are not opened: the feed that lies there is not read."""
    (tmp_path / "feed").write_bytes(rss(item("https://a.example/1")))
    (member,) = read(Feed(), str(tmp_path / "feed").encode())
    assert isinstance(member.content, Rejection)


def test_a_damaged_feed_gives_what_it_has_and_says_so() -> None:
    """What stands before the damage is read, and the damage is a line of the books."""
    whole = rss(item("https://a.example/1"), item("https://a.example/2"))
    for kind, data in ((Feed(), whole), (Sitemap(), urlset("https://a.example/1", "https://a.example/2"))):
        assert [type(m.content) for m in read(kind, data)] == [Link, Link]
        assert isinstance(read(kind, data[:-20])[0].content, Link)
        assert "damaged" in str(read(kind, data[:-20])[-1].content)
