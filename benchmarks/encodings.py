"""Texts and pages that do not say their encoding: `python -m benchmarks.encodings`.

Each article of war_news_2022 that is not ASCII and that an encoding can write, as a text and as a page without a charset: read as
it was, rejected, or read as other characters.
"""

from __future__ import annotations

import html
import json
from collections import Counter

from benchmarks.sets import SHARED
from transforms.characters import read_characters
from transforms.documents import clean_text
from transforms.markup import decode_page

ENCODINGS = ("cp1252", "mac-roman", "cp850", "iso8859-2", "cp1250", "cp1251")
PAGES_STEP = 7  # every so many'th is a page too: what is told by statistics takes a while


def judge(found: object, meant: str) -> str:
    """Say what became of a text."""
    return "right" if found == meant else "wrong" if isinstance(found, str) else "rejected"


def main() -> None:
    """Print a line for each encoding."""
    lines = (SHARED / "corpora" / "war_news_2022.jsonl").read_text("utf-8").splitlines()
    texts = [text for text in (clean_text(json.loads(line)["text"]) for line in lines) if not text.isascii()]
    pages = [f"<html><body><p>{html.escape(text)}</p></body></html>" for text in texts[::PAGES_STEP]]
    for encoding in ENCODINGS:
        told = []
        for read, documents in ((read_characters, texts), (decode_page, pages)):
            written = [each for each in documents if each == each.encode(encoding, "ignore").decode(encoding)]
            counts = Counter(judge(read(each.encode(encoding)), each) for each in written)
            told.append(f"{len(written):,}: " + ", ".join(f"{n:,} {what}" for what, n in counts.most_common()))
        print(f"{encoding:<10} texts {told[0]}; pages {told[1]}", flush=True)


if __name__ == "__main__":
    main()
