"""Packages that a measure needs and Tally does not: each in an environment of its own under build/, made the first time."""

from __future__ import annotations

import subprocess
import sys
import venv
from typing import TYPE_CHECKING

from benchmarks.sets import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def python_with(module: str, *packages: str) -> Path:
    """Return the Python of an environment in which a module can be imported; to make it needs the network."""
    python = ROOT / "build" / module / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
    if subprocess.run([python, "-c", f"import {module}"], check=False, capture_output=True).returncode:
        command: list[str | Path] = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *packages]
        subprocess.run(command, check=True, stdout=sys.stderr)
    return python
