"""The reader compiled by mypyc (`make fast`): the same rules and rows in about half the time.

Nothing else knows of it: imports of transforms.X find the compiled module first, where it was made of these very sources. Where a
source has changed since, or none was made, the sources are read.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAST = ROOT / "build" / "fast"
STAMP = FAST / "sources.sha256"
PLAIN = "TALLY_PLAIN"  # in the environment: the sources are read, whatever was made of them


def hash_sources(root: Path = ROOT) -> str:
    """Hash the modules of transforms/ and the Python that reads them; a few milliseconds."""
    parts = [path.read_bytes() for path in sorted((root / "transforms").glob("*.py"))]
    return hashlib.sha256(b"\0".join([sys.version.encode(), *parts])).hexdigest()


def use_compiled() -> bool:
    """Let imports of transforms find the compiled modules, where they were made of these sources; tell whether they do."""
    if PLAIN in os.environ or not STAMP.exists() or STAMP.read_text("utf-8") != hash_sources():
        return False
    if any(name.startswith("transforms.") for name in sys.modules):  # half of each would not fit
        return False
    import transforms  # noqa: PLC0415  only where there is something to add

    sys.path.append(str(FAST))  # the library that the modules share
    transforms.__path__.insert(0, str(FAST / "transforms"))
    return True
