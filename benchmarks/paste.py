"""Paste the how-to pages into a shell, line by line, as a newcomer does: `python -m benchmarks.paste [PAGE ...]`.

Each page's blocks run in one bash, in a fresh copy of what git tracks, with this checkout's .venv. What a terminal would show is
printed; a command that fails, or books that are not those of the page ("# inputs 1 = articles 1 + ..."), are named at the end.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("docs/how-to/read-inputs.md", "docs/how-to/fetch-feeds.md")
FAILED = "does not work: "
TRAP = f"trap 'echo \"{FAILED}$BASH_COMMAND ($?)\"' ERR\n"
BOOKS = r"inputs \d+ = .*"


def find_blocks(page: str) -> str:
    r"""Return the lines of a page that are meant to be pasted: those behind four blanks.

    >>> find_blocks("Make it:\n\n    mkdir a\n    cd a\n\nThen:\n\n    ls")
    'mkdir a\ncd a\nls\n'
    """
    return "".join(f"{line[4:]}\n" for line in page.splitlines() if line.startswith("    "))


def copy_tracked(target: Path) -> None:
    """Copy what git tracks, as it stands here, and link the environment."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)  # noqa: S607
    for name in listed.split("\0")[:-1]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)
    (target / ".venv").symlink_to(ROOT / ".venv")


def paste(page: str) -> list[str]:
    """Run a page's blocks, show what a terminal would, and return what is not as the page says."""
    script = find_blocks((ROOT / page).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        copy_tracked(Path(folder))
        done = subprocess.run(
            ["bash", "-v", "-c", TRAP + script],  # noqa: S607
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    print(done.stdout)
    promised, shown = re.findall(f"#.*?({BOOKS})", script), re.findall(f"^{BOOKS}", done.stdout, re.MULTILINE)
    faults = [line for line in done.stdout.splitlines() if line.startswith(FAILED)]
    return faults + ([] if promised == shown else [f"the page says {promised}, the runs {shown}"])


def main() -> None:
    """Paste the pages and name what failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=PAGES)
    faults = {page: paste(page) for page in parser.parse_args().pages}
    for page, found in faults.items():
        print(f"{page}: {'; '.join(found) or 'every command works, and the books are those of the page'}")
    sys.exit(any(faults.values()))


if __name__ == "__main__":
    main()
