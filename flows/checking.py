"""`tally check`: is every byte where the ledger says, and what it says?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import zstandard

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
        fault = _find_fault(lake.raw(document_id), document_id)
        if fault:
            yield f"{lake.raw(document_id).relative_to(lake.root)}: {fault}"


def _find_fault(path: Path, sha256: str) -> str | None:
    """Say what is wrong with a file; a stored document is known by what it holds, not as it is packed."""
    if not path.is_file():
        return "missing"
    with path.open("rb") as stream:
        is_packed = path.suffix == ".zst"
        try:
            found = hashlib.file_digest(
                zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True) if is_packed else stream,
                "sha256",
            ).hexdigest()
        except zstandard.ZstdError as error:
            return f"is no Zstandard any more ({error})"
    return None if found == sha256 else f"its sha256 is {found}, the ledger says {sha256}"
