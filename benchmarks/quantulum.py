"""Time quantulum3 on the texts of a JSONL file; runs in that package's own environment, so it imports none of ours.

usage: PYTHON benchmarks/quantulum.py IN.jsonl     prints the seconds of processor time that reading them took
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from quantulum3 import parser


def main() -> None:
    """Parse every text once to load tables and caches, then all of them against the clock."""
    texts = [json.loads(line)["text"] for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    for text in texts:
        parser.parse(text)
    start = time.process_time()
    for text in texts:
        parser.parse(text)
    print(time.process_time() - start)


if __name__ == "__main__":
    main()
