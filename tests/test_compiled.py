"""A compiled reader is used where it was made of these very sources, and nowhere else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flows.compiled import ROOT, hash_sources

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import pathlib, sys
import flows.compiled as compiled  # as TALLY_PLAIN is set, it has changed nothing
compiled.os.environ.pop(compiled.PLAIN)
compiled.FAST = pathlib.Path(sys.argv[1])
compiled.STAMP = compiled.FAST / "sources.sha256"
for name in sys.argv[2:]:
    __import__(name)
compiled.use_compiled()
import transforms.ids
print(transforms.ids.__file__)
"""


@pytest.mark.parametrize(
    ("stamp", "imported", "is_used"),
    [(hash_sources(), (), True), ("of other sources", (), False), (hash_sources(), ("transforms.hedges",), False)],
    ids=["of these", "of others", "in use"],
)
def test_a_compiled_reader_is_of_these_sources(
    tmp_path: Path, stamp: str, imported: tuple[str, ...], is_used: bool
) -> None:
    """Where a source has changed since, or a module of the sources is in use already, the sources are read."""
    (tmp_path / "transforms").mkdir()
    (tmp_path / "transforms" / "ids.py").touch()  # stands for what a compiler makes: whatever lies there is found first
    (tmp_path / "sources.sha256").write_text(stamp)
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), *imported]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(str(tmp_path if is_used else ROOT))


def test_each_source_counts(tmp_path: Path) -> None:
    """Another word in any module of transforms is another hash."""
    shutil.copytree(ROOT / "transforms", tmp_path / "transforms")
    assert hash_sources(tmp_path) == hash_sources()
    (tmp_path / "transforms" / "ages.py").write_text("AGE = 1\n")
    assert hash_sources(tmp_path) != hash_sources()
