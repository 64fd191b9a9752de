"""Each command as people run it: its standard output and error, its exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import zstandard

from flows.cli import main
from warehouse.lake import Lake
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent
STORY = """---
title: Night in the [red]port[/red]
url: https://example.org/port
published: 2026-02-18
---
The regional governor said 14 people were killed and at least 23 wounded in the port on Tuesday, 17 February 2026.
"""
HOSTILE_NAME = "a\x1b[2J.txt"
HOSTILE_STORY = "---\ntitle: \x1b]0;owned\x07\n---\nThe mayor said \x1b[31m16 people\x1b[0m were killed.\n"
COMMANDS = ("run", "serve", "read", "sql", "trace", "report", "files", "check")


def call(*arguments: object, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `tally` in this process, with its output piped."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("TALLY_")]:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["tally", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
    code = end.value.code
    assert isinstance(code, int)
    shown = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(list(map(str, arguments)), code, *shown)


def run_process(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `tally` as a process of its own, with its output piped: what starts Prefect's server."""
    command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    (folder / HOSTILE_NAME).write_text(HOSTILE_STORY)
    (folder / "noise.txt").write_bytes(b"Caf\xe9")
    path = folder / "port.txt"
    path.write_text(STORY)
    return path


@pytest.fixture(scope="module")
def first(story: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A lake made by `tally run`, and what that printed."""
    lake = tmp_path_factory.mktemp("cli") / "lake"
    return lake, run_process("run", story.parent, "--lake", lake)


@pytest.fixture(scope="module")
def lake(first: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    return first[0]


def figure_ids(lake: Path, title: str) -> Sequence[str]:
    figures = run_sql(Lake(lake), "SELECT figure_id, title FROM figures JOIN articles USING (version_id) ORDER BY best")
    return [row["figure_id"] for row in figures.to_pylist() if title in row["title"]]


def test_run_shows_figures_books_and_places(first: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """A run prints its figures, the books, the rejected inputs, and where lake, views and report lie; no bar in a pipe."""
    lake, done = first
    assert (done.returncode, done.stderr) == (0, "")
    assert "inputs 3 = articles 2 + duplicates 0 + rejected 1" in done.stdout
    assert re.search(r"^rejected: \S+: broken UTF-8", done.stdout, re.MULTILINE)
    for place in (lake, lake / "tally.duckdb", lake / "report" / "index.html"):
        assert f" {place}" in done.stdout
        assert place.exists()
    assert "at least 23 wounded" in done.stdout
    assert "\x1b" not in done.stdout


def test_sql_in_every_format(lake: Path, tmp_path: Path) -> None:
    """One answer as table, CSV, JSON and Parquet."""
    query = "SELECT published_date, title FROM articles WHERE published_date IS NOT NULL"
    assert "Night in the [red]port[/red]" in call("sql", query, "--lake", lake).stdout
    rows = list(csv.DictReader(call("sql", query, "--lake", lake, "--format", "csv").stdout.splitlines()))
    assert rows == [{"published_date": "2026-02-18", "title": "Night in the [red]port[/red]"}]
    assert json.loads(call("sql", query, "--lake", lake, "--format", "json").stdout) == rows
    target = tmp_path / "rows.parquet"
    with target.open("wb") as stream:
        command = [sys.executable, "-m", "flows.cli", "sql", query, "--lake", str(lake), "--format", "parquet"]
        subprocess.run(command, cwd=ROOT, stdout=stream, check=True)
    assert pq.read_table(target).column("title").to_pylist() == ["Night in the [red]port[/red]"]


@pytest.mark.parametrize(
    "statement", ["SELEC 1", "SELECT 1; SELECT 2", "DROP TABLE runs", "SELECT nothing FROM figures", ""]
)
def test_wrong_sql_is_told_without_traceback(lake: Path, statement: str) -> None:
    """A wrong or forbidden statement prints what is wrong with it, exit 2."""
    done = call("sql", statement, "--lake", lake)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tally: ")
    assert "Traceback" not in done.stderr


def test_no_cell_of_csv_is_a_formula(lake: Path) -> None:
    """What a spreadsheet would reckon is marked as text in CSV; numbers stay numbers."""
    words = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)")
    query = f"SELECT -1 AS n, unnest({list(words)}) AS word"
    rows = list(csv.DictReader(io.StringIO(call("sql", query, "--lake", lake, "--format", "csv").stdout, newline="")))
    assert [(row["n"], row["word"]) for row in rows] == [("-1", f"'{word}") for word in words]


def test_lake_comes_from_flag_over_environment_over_file(lake: Path, tmp_path: Path) -> None:
    """--lake wins over TALLY_LAKE, that over tally.toml, that over ./lake; an unknown setting is a user's error."""
    nowhere = tmp_path / "nowhere"
    asked = ("sql", "SELECT count(*) AS n FROM articles", "--format", "csv")
    assert call(*asked, folder=tmp_path).stderr.startswith(f"tally: no lake at {tmp_path / 'lake'}")
    (tmp_path / "tally.toml").write_text(f'lake = "{nowhere}"\n')
    assert call(*asked, folder=tmp_path).stderr.startswith(f"tally: no lake at {nowhere}")
    assert call(*asked, folder=tmp_path, TALLY_LAKE=str(lake)).stdout == "n\n2\n"
    assert call(*asked, "--lake", lake, folder=tmp_path, TALLY_LAKE=str(nowhere)).stdout == "n\n2\n"
    (tmp_path / "tally.toml").write_text("lakes = 3\n")
    done = call(*asked, folder=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "lakes" in done.stderr


def test_trace_leads_back_to_the_bytes(lake: Path, story: Path) -> None:
    """The trace of a figure marks its quote and names article, input, sha256, reader and every step and expectation."""
    done = call("trace", figure_ids(lake, "Night")[0], "--lake", lake)
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("[", "Night in the [red]port[/red]", story.as_uri(), "sha256", "how it was read", "figures."):
        assert part in done.stdout
    assert "14 people" in done.stdout
    assert call("trace", "0" * 24, "--lake", lake).returncode == 2


def test_report_in_every_format(lake: Path) -> None:
    """The report of the newest run, or of a named one, as HTML, JSON and Markdown."""
    (run_id,) = run_sql(Lake(lake), "SELECT run_id FROM runs").column("run_id").to_pylist()
    page = call("report", "--lake", lake, "--run", run_id, "--format", "html")
    assert page.stdout.lstrip().lower().startswith("<!doctype html>")
    assert json.loads(call("report", "--lake", lake, "--format", "json").stdout)
    assert call("report", "--lake", lake, "--format", "md").stdout.startswith("#")
    assert call("report", "--lake", lake, "--run", "never").returncode == 2


def test_files_and_check(lake: Path, tmp_path: Path) -> None:
    """`files` lists what other engines may read; `check` finds what is missing or other than it was, exit 1."""
    (path,) = call("files", "figures", "--lake", lake).stdout.split()
    assert pq.read_table(path).num_rows == len(figure_ids(lake, ""))
    assert call("files", "nonsense", "--lake", lake).returncode == 2
    done = call("check", "--lake", lake)
    assert (done.returncode, done.stderr) == (0, "")
    moved = tmp_path / "figures.parquet"
    Path(path).rename(moved)
    done = call("check", "--lake", lake)
    assert done.returncode == 1
    assert "missing" in done.stderr
    moved.rename(path)
    assert call("check", "--mend", "--lake", lake).returncode == 0
    raw = next(lake.glob("raw/*/*.zst"))
    stored = raw.read_bytes()
    raw.chmod(0o644)
    for damage, fault in ((zstandard.compress(b"other words"), "its sha256 is"), (b"no frame", "no Zstandard")):
        raw.write_bytes(damage)
        done = call("check", "--lake", lake)
        assert (done.returncode, done.stderr.count(fault)) == (1, 1)
    raw.write_bytes(stored)
    assert call("check", "--lake", lake).returncode == 0


def test_read_in_every_format(story: Path, tmp_path: Path) -> None:
    """`read` gives the figures of one text as a table, as JSON lines and as Parquet; --explain says why of each number."""
    table = call("read", story)
    assert (table.returncode, table.stderr) == (0, "")
    assert "at least 23 wounded" in table.stdout
    rows = [json.loads(line) for line in call("read", story, "--format", "jsonl").stdout.splitlines()]
    assert [row["low"] for row in rows] == [14.0, 23.0]
    assert all("attributions" in row and "steps" not in row for row in rows)
    explained = call("read", story, "--explain").stdout
    assert "+ 14  CAS_KILLED  14  {person}" in explained
    assert "- 2026  refused: YEAR" in explained
    assert "\x1b[1;4;32m14\x1b[0m" in call("read", story, "--explain", FORCE_COLOR="1").stdout
    told = [json.loads(line) for line in call("read", story, "--explain", "--format", "jsonl").stdout.splitlines()]
    assert {"figure_id", "refusal_id"} <= {key for row in told for key in row}
    target = tmp_path / "figures.parquet"
    with target.open("wb") as stream:
        command = [sys.executable, "-m", "flows.cli", "read", str(story), "--format", "parquet"]
        subprocess.run(command, cwd=ROOT, stdout=stream, check=True)
    assert pq.read_table(target).column("low").to_pylist() == [14.0, 23.0]


def test_read_dates_by_hand(tmp_path: Path) -> None:
    """--published dates a text without front matter; without it nothing is guessed."""
    bare = tmp_path / "bare.txt"
    bare.write_text("The governor said 14 people were killed on Tuesday.\n")
    (dated,) = map(json.loads, call("read", bare, "--published", "2026-02-18", "--format", "jsonl").stdout.splitlines())
    (undated,) = map(json.loads, call("read", bare, "--format", "jsonl").stdout.splitlines())
    assert undated["period_start_date"] is None
    assert dated["best"] == undated["best"] == 14.0
    assert call("read", bare, "--published", "soon").returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "nowhere.txt"),
        ("run", "--unknown"),
        ("run",),
        ("run", "EMPTY"),
        ("run", "STORY", "--workers", "0"),
        ("run", "STORY", "--published", "soon"),
        ("serve", "STORY"),
        ("read", "nowhere.txt"),
        ("read", "NOISE"),
        ("read", "STORY", "--format", "poem"),
        ("sql", "SELECT 1", "--lake", "nowhere"),
        ("trace", "0", "--lake", "nowhere"),
        ("report", "--lake", "nowhere"),
        ("files", "figures", "--lake", "nowhere"),
        ("check", "--lake", "nowhere"),
        ("dance",),
    ],
)
def test_a_users_error_is_one_line_and_exit_2(arguments: tuple[str, ...], story: Path, tmp_path: Path) -> None:
    """What makes no sense costs one line on standard error and exit code 2, and leaves no lake."""
    (tmp_path / "empty").mkdir()
    places = {"STORY": story, "NOISE": tmp_path / "noise.txt", "EMPTY": tmp_path / "empty"}
    places["NOISE"].write_bytes(b"\x00\x01")
    done = call(*(places.get(each, each) for each in arguments), folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("tally: ")
    assert not list(tmp_path.glob("lake/*.duckdb"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("lake = ", "tally.toml is no TOML: "),
        (
            "lak = 'x'",
            "setting lak (tally.toml, or TALLY_... in the environment): there is none of this name; there are lake, ",
        ),
        (
            "[[feed]]\nname = 'a b'\nuri = 'x'",
            "setting feed.0.name (tally.toml, or TALLY_... in the environment): Value error, write letters",
        ),
        (
            "[[feed]]\nname = 'a'\nurl = 'x'",
            "setting feed.0.uri (tally.toml, or TALLY_... in the environment): Field required",
        ),
    ],
)
def test_a_wrong_setting_is_told(settings: str, told: str, tmp_path: Path) -> None:
    """A slip in tally.toml costs one line that says where it is and what may stand there, exit 2."""
    (tmp_path / "tally.toml").write_text(settings, "utf-8")
    done = call("feeds", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"tally: {told}")


def test_a_wrong_schedule_is_told(story: Path, tmp_path: Path) -> None:
    """A schedule that is none costs one line, exit 2, and leaves no server."""
    done = run_process("serve", story, "--cron", "every morning", "--lake", tmp_path / "lake")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("tally: --cron 'every morning' is no schedule")


def test_help_names_every_command() -> None:
    """`tally` alone, and --help, list the commands."""
    for done in (call(), call("--help")):
        assert done.returncode == 0
        assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize(
    "command", [("read", "STORY"), ("sql", "SELECT 1", "--lake", "LAKE"), ("files", "figures", "--lake", "LAKE")]
)
def test_what_does_not_orchestrate_imports_no_orchestration(command: tuple[str, ...], story: Path, lake: Path) -> None:
    """read, sql and files import neither Prefect nor Great Expectations nor pandas, so that they answer at once."""
    places = {"STORY": story, "LAKE": lake}
    script = (
        "import sys\nfrom flows.cli import main\n"
        "try: main()\nexcept SystemExit as end: code = end.code\n"
        "sys.exit(code or ' '.join({'prefect', 'great_expectations', 'pandas'} & set(sys.modules)) or 0)"
    )
    arguments = [str(places.get(each, each)) for each in command]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_escape_sequences_do_not_reach_the_screen(
    first: tuple[Path, subprocess.CompletedProcess[str]], story: Path
) -> None:
    """Text that would move a cursor or rename a window is shown without its control characters, whatever shows it."""
    lake, done = first
    path = story.with_name(HOSTILE_NAME)
    shown = [done.stdout, call("read", path).stdout, call("read", path, "--explain").stdout]
    shown += [
        call("sql", q, "--lake", lake, "--format", form).stdout
        for q in ("FROM articles", "FROM inputs", "SELECT chr(27) || '[2J'")
        for form in ("table", "csv", "json")
    ]
    shown += [call("trace", each, "--lake", lake).stdout for each in figure_ids(lake, "owned")]
    shown.append(call("read", path.with_name("b\x1b[2J.txt")).stderr)
    assert len(shown) > 13  # at least one figure was traced
    assert all(text and "\x1b" not in text and "\x07" not in text for text in shown)


def test_closed_pipe_ends_quietly(lake: Path) -> None:
    """`tally sql ... | head -1` says nothing of the pipe that closed."""
    query = f"{sys.executable} -m flows.cli sql 'SELECT i, repeat(i::VARCHAR, 50) FROM range(50000) t(i)' --format csv --lake {lake}"
    done = subprocess.run(f"{query} | head -1", shell=True, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S602
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


def test_strict_and_held_back_codes() -> None:
    """3 before 4 before 0: a batch held back, rows quarantined under --strict, all well."""
    from types import SimpleNamespace  # noqa: PLC0415

    from flows.running import exit_code  # noqa: PLC0415

    def code(*verdicts: tuple[bool, int], is_strict: bool) -> int:
        made = [SimpleNamespace(is_held_back=held, n_quarantined={"figures": n}) for held, n in verdicts]
        return exit_code(SimpleNamespace(verdicts=made), is_strict=is_strict)  # type: ignore[arg-type]

    assert code(is_strict=True) == 0
    assert code((False, 0), is_strict=True) == 0
    assert code((False, 2), is_strict=False) == 0
    assert code((False, 2), is_strict=True) == 4
    assert code((True, 2), is_strict=True) == 3
