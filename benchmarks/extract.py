"""Print the text that another extractor finds in saved pages; runs in that package's own environment, so it imports none of ours.

usage: PYTHON benchmarks/extract.py trafilatura|readability PAGE ...     prints one JSON object a page: text, seconds
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path


def load(page: Path) -> bytes:
    """Return a page's bytes; also of one that is stored as .gz."""
    data = page.read_bytes()
    return gzip.decompress(data) if page.suffix == ".gz" else data


def by_trafilatura(data: bytes) -> str:
    """Extract with trafilatura as it comes."""
    from trafilatura import extract  # noqa: PLC0415  each environment has one of the two

    return extract(data) or ""


def by_readability(data: bytes) -> str:
    """Extract with readability-lxml, its HTML as text."""
    from lxml import html  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    return "\n".join(html.fromstring(Document(data.decode("utf-8", "replace")).summary()).itertext())


EXTRACTORS = {"trafilatura": by_trafilatura, "readability": by_readability}


def main() -> None:
    """Extract each page."""
    extract = EXTRACTORS[sys.argv[1]]
    extract(b"<html><body><p>What is imported late is not timed.</p></body></html>")
    for page in map(Path, sys.argv[2:]):
        data = load(page)
        start = time.process_time()
        text = extract(data)
        print(json.dumps({"text": text, "seconds": time.process_time() - start}))


if __name__ == "__main__":
    main()
