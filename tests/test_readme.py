"""What README.md promises is so: its statements answer from the samples, its targets and links are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.plan import make_plan
from flows.tally import run_steps
from seeds.kinds import Unit
from seeds.loader import HERE
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from warehouse.lake import Lake

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Load the sample articles once, without Prefect."""
    folder = tmp_path_factory.mktemp("lake")
    plan = make_plan(folder, (str(HERE / "articles"),), published=None, is_again=False, n_workers=1)
    run_steps(plan, call=lambda function: function)
    return plan.lake


def test_five_statements_answer(lake: Lake) -> None:
    """Each statement of the README finds rows in the lake that `make run` makes."""
    statements = blocks("sql")
    assert len(statements) == 5
    assert [run_sql(lake, statement).num_rows > 0 for statement in statements] == [True] * 5


def test_the_unit_block_is_an_entry() -> None:
    """The block that shows how to add a unit is one that the loader takes."""
    (block,) = blocks("toml")
    ((code, entry),) = tomllib.loads(block).items()
    assert Unit.model_validate({"code": code, **entry}).ucum == "[fth_i]"


def test_targets_and_links_exist() -> None:
    """Every `make` target that a page names stands in the Makefile, every relative link leads to a file."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    targets = {target for page in pages for target in re.findall(r"`make (\w+)`", page.read_text("utf-8"))}
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()
    links = [
        page.parent / link for page in pages for link in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text("utf-8"))
    ]
    assert [str(link) for link in links if not link.exists()] == []
