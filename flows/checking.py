"""`tally check`: is every byte where the ledger says, and what it says?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from warehouse.commits import mend
from warehouse.ledger import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.lake import Lake

FILES = "SELECT path, sha256 FROM files ORDER BY path"
DOCUMENTS = "SELECT DISTINCT document_id FROM listed.documents ORDER BY document_id"


def to_faults(lake: Lake, *, is_mended: bool) -> Iterator[str]:
    """Yield a line for each file that is missing or not what was committed; first rebuild the views if so asked.

    Raises LakeError where there is no lake or its ledger can't be read.
    """
    if is_mended:
        mend(lake)
    with open_file(lake) as connection:
        files = connection.execute(FILES).fetchall()
        documents = [row[0] for row in connection.execute(DOCUMENTS).fetchall()]
    for path, sha256 in files:
        fault = _find_fault(lake.listed(path), sha256)
        if fault:
            yield f"{path}: {fault}"
    for document_id in documents:
        if not lake.raw(document_id).is_file():
            yield f"{lake.raw(document_id).relative_to(lake.root)}: missing"


def _find_fault(path: Path, sha256: str) -> str | None:
    if not path.is_file():
        return "missing"
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    return None if found == sha256 else f"its sha256 is {found}, the ledger says {sha256}"
