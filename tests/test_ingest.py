"""Laws of the way in: bytes are kept before they are read, every input is accounted for, ids follow from content."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.ingest import Staged, ingest
from flows.inputs import InputError, find_inputs
from flows.plan import Plan, make_plan
from flows.versions import read_reader_version, to_plain_code
from transforms.articles import normalise_url, read_published, to_article
from transforms.documents import MAX_BYTES, Draft, Rejection, clean_text, read_json, read_text
from transforms.ids import sha256_hex
from warehouse.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The regional governor said 14 houses were damaged overnight."


def plan_for(lake: Path, *inputs: Path, published: str | None = None) -> Plan:
    return make_plan(lake, tuple(map(str, inputs)), published=published, is_again=False, n_workers=1)


def books_of(plan: Plan) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(plan.staging / "inputs" / f"{plan.run.run_id}.parquet").to_pylist()
    return rows


def articles_of(plan: Plan, staged: Staged) -> list[dict[str, object]]:
    paths = [plan.staging / "articles" / f"{batch_id}.parquet" for batch_id in sorted(staged.feed_ids)]
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


BAD = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t\n", "empty"),
    "picture.png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "unknown kind: .png"),
    "noise.txt": (bytes(range(1, 32)) * 20 + b"\xff", "binary: 520 control characters"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "binary: NUL at byte 8"),
    "greek.txt": ("Τρεις νεκροί στην Οδησσό".encode("iso8859-7"), "broken UTF-8: 0xd4 at byte 0"),
    "cut.txt": ("Three hurt in Orikhiv’s café".encode()[:-1], "broken UTF-8: 0xc3 at byte 29"),
    "nul.txt": (b"Three hurt\x00.", "binary: NUL at byte 10"),
    "front.txt": (b"---\ntitle: Nothing below\n---\n", "no text"),
    "notes.xyz": (b"Three hurt.", "unknown kind: .xyz"),
    "none.jsonl": (b"\n\n", "empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_rejected_with_its_reason(tmp_path: Path, name: str) -> None:
    """A file that is no article is rejected by name and reason, and the file beside it is read."""
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / name).write_bytes(BAD[name][0])
    (folder / "good.txt").write_text(TEXT)
    plan = plan_for(tmp_path / "lake", folder)
    staged = ingest(plan)
    assert staged.outcomes == {"ARTICLE": 1, "REJECTED": 1}
    (rejected,) = [row for row in books_of(plan) if row["outcome"] == "REJECTED"]
    assert str(rejected["uri"]).endswith(f"/{name}")
    assert str(rejected["reason"]).startswith(BAD[name][1])


def test_bad_lines_are_rejected_by_number(tmp_path: Path) -> None:
    """In a JSONL file each bad line is rejected with its number and reason, also one of 50 MB; the rest is read."""
    lines = [
        json.dumps({"text": TEXT}).encode(),
        b'{"text": "cut off',
        b"[1, 2]",
        b"",
        b'{"title": "no text"}',
        b'{"text": 7}',
        b'{"text": "a \\u0000 b"}',
        b'{"text": "caf\xe9"}',
        b'{"text": "' + b"9" * 50_000_000 + b'"}',
        b"[" * 100_000,
        json.dumps({"text": f"{TEXT} Two were hurt."}).encode(),
    ]
    path = tmp_path / "feed.jsonl"
    path.write_bytes(b"\n".join(lines))
    plan = plan_for(tmp_path / "lake", path)
    ingest(plan)
    reasons = {row["line"]: row["reason"] for row in books_of(plan)}
    starts = {
        1: None,
        2: "not JSON: Unterminated string",
        3: "not JSON: no object",
        5: "no text column among: title",
        6: "no text",
        7: "binary: NUL at character 2",
        8: "broken UTF-8: 0xe9",
        9: f"too long: more than {MAX_BYTES:,} bytes",
        10: "not JSON",
        11: None,
    }
    assert reasons.keys() == starts.keys()
    for line, start in starts.items():
        assert str(reasons[line]).startswith(str(start)), line


lines = st.one_of(
    st.builds(
        lambda t, u: json.dumps({"text": t, "url": u}).encode(), st.sampled_from([TEXT, "Five hurt.", ""]), st.none()
    ),
    st.binary(max_size=20).filter(lambda b: b"\n" not in b).map(lambda b: b"~" + b),  # no other kind begins so
    st.sampled_from([b"", b" ", b"\t\r"]),
    st.text(max_size=20).map(lambda t: json.dumps({"text": t}).encode()),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, min_size=1, max_size=12))
def test_books_balance(tmp_path_factory: pytest.TempPathFactory, given_lines: list[bytes]) -> None:
    """Every line that is not blank is one article, duplicate or rejected input; no version is staged twice."""
    folder = tmp_path_factory.mktemp("books")
    path = folder / "feed.jsonl"
    path.write_bytes(b"\n".join(given_lines))
    plan = plan_for(folder / "lake", path)
    staged = ingest(plan)
    expected = sum(bool(line.strip()) for line in path.read_bytes().split(b"\n"))
    assert sum(staged.outcomes.values()) == max(expected, 1)  # a file of blank lines is itself rejected
    books = books_of(plan)
    new = [row["version_id"] for row in books if row["outcome"] == "ARTICLE"]
    assert len(set(new)) == len(new)
    assert sorted(map(str, new)) == sorted(str(row["version_id"]) for row in articles_of(plan, staged))
    assert all(row["reason"] for row in books if row["outcome"] != "ARTICLE")


def test_bytes_are_kept_as_found(tmp_path: Path) -> None:
    """The document in raw/ is the file, byte for byte, under its sha256; also of a file that is rejected."""
    data = b"\xff\xfe broken"
    (tmp_path / "a.txt").write_bytes(data)
    lake = Lake(tmp_path / "lake")
    ingest(plan_for(lake.root, tmp_path / "a.txt"))
    with lake.raw(sha256_hex(data)).open("rb") as packed:
        assert zstandard.ZstdDecompressor().stream_reader(packed).read() == data


def test_names_in_an_archive_move_no_cursor(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A name that would clear a screen or forge a line of the log is one visible line in the books and in the log."""
    caplog.set_level("INFO", "tally")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a\x1b[2J\nINFO all is.\x1b[2J", b"Two were hurt.")
    staged = ingest(plan_for(tmp_path / "lake", tmp_path / "a.zip"))
    (line,) = staged.rejections
    assert line.endswith(r"a.zip a\x1b[2J INFO all is.\x1b[2J line 1: unknown kind: .\x1b[2j")
    assert caplog.messages == [f"rejected {line}"]


def test_order_of_inputs_does_not_matter(tmp_path: Path) -> None:
    """The same files named in another order give the same batches and the same books; the lower feed keeps a double."""
    a, b = tmp_path / "a.txt", tmp_path / "b.jsonl"
    a.write_text(TEXT)
    b.write_text("\n".join(json.dumps({"text": t}) for t in (TEXT, "Five were hurt.", TEXT)))
    told = []
    for name, inputs in (("one", (a, b)), ("two", (b, a, b))):
        plan = plan_for(tmp_path / name, *inputs)
        staged = ingest(plan)
        rows = [{k: v for k, v in row.items() if k != "run_id"} for row in books_of(plan)]
        told.append((staged.feed_ids, rows, articles_of(plan, staged)))
    assert told[0] == told[1]
    outcomes = {(row["feed_id"], row["line"]): row["outcome"] for row in told[0][1]}
    assert outcomes == {
        ("a.txt", None): "ARTICLE",
        ("b.jsonl", 1): "DUPLICATE",
        ("b.jsonl", 2): "ARTICLE",
        ("b.jsonl", 3): "DUPLICATE",
    }


def test_what_cannot_be_read_from_is_a_users_error(tmp_path: Path) -> None:
    """A missing path, and a folder in which nothing lies but hidden files, are refused before anything is done."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden").write_text(TEXT)
    lake = Lake(tmp_path / "lake")
    for argument, message in (("nowhere", "no such file"), ("empty", "nothing to read")):
        with pytest.raises(InputError, match=message):
            find_inputs([str(tmp_path / argument)], lake)
    with pytest.raises(InputError, match="name files"):
        find_inputs([], lake)


def test_folder_is_walked_without_its_lake_and_without_what_links_out(tmp_path: Path) -> None:
    """The lake inside a folder is not read again; a link out of the folder and a pipe are rejected, a link inside is read."""
    feed = tmp_path / "feed"
    (feed / "deep").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("The password is 12345.")
    (feed / "deep" / "a.txt").write_text(TEXT)
    (feed / "out.txt").symlink_to(tmp_path / "secret.txt")
    (feed / "in.txt").symlink_to(feed / "deep" / "a.txt")
    os.mkfifo(feed / "pipe.txt")
    plan = plan_for(feed / "lake", feed)
    ingest(plan)
    again = plan_for(feed / "lake", feed)
    for each in (plan, again):
        ingest(each)
        reasons = {str(row["uri"]).rsplit("/", 1)[1]: row["reason"] for row in books_of(each)}
        assert reasons["out.txt"] == "link: leads out of the folder"
        assert reasons["pipe.txt"] == "no regular file"
        assert reasons.keys() == {"a.txt", "in.txt", "out.txt", "pipe.txt"}


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2026-02-18", date(2026, 2, 18), "DAY"),
        ("2026-02-18T23:30:00-05:00", date(2026, 2, 18), "SECOND"),
        ("2026-02-18T06:00:00.250Z", date(2026, 2, 18), "SECOND"),
        ("2026-02-18 06:00", date(2026, 2, 18), "SECOND"),
        ("Wed, 18 Feb 2026 06:00:00 GMT", date(2026, 2, 18), "SECOND"),
        ("1771394400", date(2026, 2, 18), "SECOND"),
        ("February 18, 2026", date(2026, 2, 18), "DAY"),
        ("Wednesday, 18 February 2026", date(2026, 2, 18), "DAY"),
        ("Sept. 3, 2025", date(2025, 9, 3), "DAY"),
        ("18.02.2026", date(2026, 2, 18), "DAY"),
        ("02/18/2026", date(2026, 2, 18), "DAY"),
        ("03/03/2026", date(2026, 3, 3), "DAY"),
        ("02/03/2026", None, "NONE"),
        ("February 2026", date(2026, 2, 1), "MONTH"),
        ("2026", date(2026, 1, 1), "YEAR"),
        ("2026-02-30", None, "NONE"),
        ("yesterday", None, "NONE"),
        ("", None, "NONE"),
    ],
)
def test_stated_dates(written: str, day: date | None, precision: str) -> None:
    """A stated date is read in the forms that feeds and papers use; what means two days, or none, is not guessed."""
    published = read_published(written)
    assert (published.day, published.precision) == (day, precision)
    assert (published.at is not None) == (precision == "SECOND")


def test_moment_is_utc_and_day_is_the_outlets() -> None:
    """Half past eleven in the evening in New York is the next day in UTC, and stays the outlet's day."""
    published = read_published("2026-02-18T23:30:00-05:00")
    assert str(published.at) == "2026-02-19 04:30:00"
    assert published.day == date(2026, 2, 18)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTPS://Example.ORG:443/a?utm_medium=x&b=1#c", "https://example.org/a?b=1"),
        ("http://example.org", "http://example.org/"),
        ("https://example.org:8443/a/", "https://example.org:8443/a/"),
        ("javascript:alert(1)", None),
        ("https://[broken", None),
        ("a page", None),
    ],
)
def test_canonical_url(written: str, canonical: str | None) -> None:
    """Two ways to write one address are one article; what is no address is none."""
    assert normalise_url(written) == canonical


@given(st.text())
def test_clean_text_is_clean(text: str) -> None:
    """Cleaning twice changes nothing, and leaves no character that a terminal or a UTF-8 encoder stumbles over."""
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in cleaned)
    cleaned.encode()


def test_what_shows_nothing_is_dropped() -> None:
    """Joiners, tags, marks of direction and soft hyphens go, as extractors drop them from pages: one text whatever its kind."""
    hidden = "\u00ad\u061c\u200b\u200c\u200d\u200e\u202e\u2060\u2064\u2066\u206f\ufeff\U000e0001\U000e0077"
    assert clean_text(f"12 bri{hidden}dges{hidden} hit.") == "12 bridges hit."


def test_marks_on_one_letter_are_bounded() -> None:
    """Combining marks without end, which take a time by their square to sort, are cut to thirty; accents of any script stay."""
    text = clean_text("a" + "\u0300\u0327" * 20_000 + " Хаˊрків cafe\u0301")
    assert len(text) < 60
    assert text.endswith(" Хаˊрків café")


@given(st.binary(max_size=200), st.sampled_from([read_text, read_json]))
def test_any_bytes_are_read_or_rejected(data: bytes, read: object) -> None:
    """No bytes whatever raise an error."""
    assert isinstance(read(data), Draft | Rejection | dict)  # type: ignore[operator]


def test_front_matter() -> None:
    """Front matter gives title, address, outlet and date; a colon in a title is part of it, an unknown name is ignored."""
    draft = read_text(
        b"\xef\xbb\xbf---\r\ntitle: Orikhiv: two bridges hit\r\nURL: https://example.org/a\r\noutlet: 'The Example'\r\n"
        b"published: 2026-02-18\r\nmood: grim\r\n---\r\nTwo bridges were hit.\r\n",
    )
    assert draft == Draft(
        "Two bridges were hit.", "Orikhiv: two bridges hit", "https://example.org/a", "The Example", "2026-02-18"
    )
    assert read_text(b"---\nNo end of a head.\n") == Draft("---\nNo end of a head.")


def test_ids_follow_content() -> None:
    """One address is one article over all its texts; without one, title and text name it; the file it lay in does not."""
    first = to_article(Draft("One.", url="https://example.org/a"), document_id="d1", feed_id="f1")
    changed = to_article(Draft("Two.", url="https://example.org/a#x"), document_id="d2", feed_id="f2")
    assert (first.article_id, first.version_id == changed.version_id) == (changed.article_id, False)
    bare = [to_article(Draft("One.", title), document_id="d", feed_id="f").article_id for title in ("A", "B", "A")]
    assert (bare[0] == bare[2], bare[0] == bare[1]) == (True, False)


def test_reader_version_follows_what_decides_a_reading(tmp_path: Path) -> None:
    """Comments, docstrings, layout, sample articles and a table's meaning change nothing; code, seeds, their order do."""
    files = {
        "transforms/a.py": 'def f(x):\n    """Doubles."""\n    return x * 2\n',
        "seeds/units.toml": "[km]\nfactor = 1000.0\n[mi]\nfactor = 1609.344\n",
        "seeds/tables/figures.toml": 'meaning = "One."\n[columns.reason]\ntype = "VARCHAR"\nmeaning = "Why."\n',
        "seeds/articles/a.txt": "Two bridges were hit.",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    def version(name: str = "seeds/articles/a.txt", content: str = "") -> str:
        (tmp_path / name).write_text(content)
        found = read_reader_version.__wrapped__(tmp_path)
        (tmp_path / name).write_text(files[name])
        return found

    same = version()
    assert version("transforms/a.py", "# why\ndef f(x):\n  'Twice.'\n  return (x*2)\n") == same
    assert version("seeds/units.toml", "[km]\nfactor=1000.0  # exact\n\n[mi]\nfactor = 1609.344\n") == same
    assert (
        version("seeds/tables/figures.toml", files["seeds/tables/figures.toml"].replace("Why.", "Wherefore.")) == same
    )
    assert version("transforms/a.py", "def f(x):\n    return x * 3\n") != same
    assert version("seeds/units.toml", "[mi]\nfactor = 1609.344\n[km]\nfactor = 1000.0\n") != same
    assert version("seeds/tables/figures.toml", 'meaning = "One."\n[columns.reason]\ntype = "DOUBLE"\n') != same


def test_plain_code_keeps_a_body() -> None:
    """A function of nothing but a docstring is still a function."""
    assert to_plain_code('class A:\n    """Only words."""\n') == "class A:\n    pass"


def test_date_for_one_text_only(tmp_path: Path) -> None:
    """--published dates one text file; for more, for JSONL, or when it is no date, it is refused."""
    one, two = tmp_path / "one.txt", tmp_path / "two.jsonl"
    one.write_text(TEXT)
    two.write_text(json.dumps({"text": TEXT}))
    plan = plan_for(tmp_path / "lake", one, published="18 February 2026")
    (article,) = articles_of(plan, ingest(plan))
    assert (article["published_date"], article["published_basis"]) == (date(2026, 2, 18), "GIVEN")
    for inputs, published in (((one, two), "2026-02-18"), ((two,), "2026-02-18"), ((one,), "soon")):
        with pytest.raises(InputError, match="--published"):
            ingest(plan_for(tmp_path / "lake", *inputs, published=published))
