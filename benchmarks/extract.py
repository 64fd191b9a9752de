"""Print the text that trafilatura finds in saved pages; runs in that package's own environment, so it imports none of ours.

usage: PYTHON benchmarks/extract.py PAGE.html ...     prints one JSON string a page
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from trafilatura import extract


def main() -> None:
    """Extract each page."""
    for page in sys.argv[1:]:
        print(json.dumps(extract(Path(page).read_bytes()) or ""))


if __name__ == "__main__":
    main()
