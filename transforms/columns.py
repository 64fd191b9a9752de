"""Which column of a table, or name in a JSON line, holds which field of an article."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from seeds.kinds import Column
from seeds.loader import HERE, read_kind
from transforms.documents import Rejection, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHOWN = 20  # names in one line for people
_LONGEST = 40  # characters of a name shown


def find_columns(names: Iterable[str], stated: Mapping[str, str]) -> dict[str, str] | Rejection:
    """Return the column of each field that there is one for; a stated one above a guessed one.

    Rejects columns of which none is the text, with what there is.

    >>> find_columns(["Headline", "Body", "pubDate", "id"], {})
    {'text': 'Body', 'title': 'Headline', 'published': 'pubDate'}
    >>> find_columns(["id", "words"], {}).reason
    'no text column among: id, words (say which one it is: --map text=COLUMN)'
    >>> find_columns(["id", "words"], {"text": "words"})
    {'text': 'words'}
    """
    names = list(names)
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(to_plain(name), name)
    found = {}
    for field, column in _read_columns().items():
        if field in stated:
            if stated[field] not in names:
                return Rejection(f"no column {_show([stated[field]])} (--map) among: {_show(names)}")
            found[field] = stated[field]
        elif written := next((w for w in column.words if w in plain), None):
            found[field] = plain[written]
    if "text" not in found:
        return Rejection(f"no text column among: {_show(names)} (say which one it is: --map text=COLUMN)")
    return found


@lru_cache(maxsize=1)
def _read_columns() -> dict[str, Column]:
    """Read the one seed file, once a process: reading them all takes half a second."""
    return read_kind(Column, HERE / f"{Column.file}.toml")


def to_plain(name: str) -> str:
    """Return a column's name as names are compared.

    >>> to_plain("Published_At")
    'publishedat'
    """
    return re.sub(r"[\W_]+", "", name).lower()


def _show(names: list[str]) -> str:
    clipped = [name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..." for name in names[:_SHOWN]]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return " ".join(clean_text(", ".join(clipped) or "none").split()) + more
