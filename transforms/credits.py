"""Whose copy a text says it is: the agency in brackets of its dateline, or outlets that "contributed to this report"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seeds.circumstances import Outlet
from seeds.kinds import Credit
from transforms.articles import to_outlet_id

if TYPE_CHECKING:
    from seeds import Seeds

# A dateline opens the text: at most a town, a region and a day before the bracket, and a name of a few words in it.
_DATELINE = re.compile(r"[^()\n]{0,60}\(([^()\d]{2,60})\)\s*(?:--|[-–—])\s")
_PARTS = re.compile(r"\s*[/|]\s*")  # "(CBSMiami/AP/CNN)"
_REACH = 80  # characters before "contributed" in which the outlet stands: "An AP journalist in Kyiv contributed ..."


class CreditReader:
    """Reads credits by what the seeds know of datelines, contributor lines and outlets."""

    def __init__(self, seeds: Seeds) -> None:
        outlets = seeds.of(Outlet)
        self._codes = {form: code for code, outlet in outlets.items() for form in outlet.written}
        self._ids = {to_outlet_id(form): code for form, code in self._codes.items()}
        self.agencies = frozenset(key for key, code in self._ids.items() if outlets[code].is_agency)
        cues = sorted(cue for credit in seeds.of(Credit).values() for cue in credit.written)
        names = sorted(self._codes, key=len, reverse=True)
        self._cues = tuple(cues)
        self._name = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")

    def read(self, text: str, outlet_id: str | None) -> str | None:
        """Return whom a text credits, in its words, several joined by "/"; None for nobody but the outlet itself.

        >>> from seeds import load_seeds
        >>> CreditReader(load_seeds()).read("KYIV, Ukraine (AP) — Missiles hit a market.", "huffpost")
        'AP'
        """
        found: list[str] = []
        if m := _DATELINE.match(text):
            found += _PARTS.split(m[1].strip())
        for end in sorted(m.start() for cue in self._cues if cue in text for m in re.finditer(rf"\b{cue}\b", text)):
            before = text[max(end - _REACH, 0) : end]
            sentence = re.split(r"[.!?]\s", before)[-1]
            found += self._name.findall(sentence)
        named = dict.fromkeys(name for name in found if not self._is_own(name, outlet_id))
        return "/".join(named) or None

    def _is_own(self, name: str, outlet_id: str | None) -> bool:
        """Tell whether a name is the outlet's own: by its code, or as it begins ("CBSMiami" of cbs)."""
        own = to_outlet_id(name)
        code = self._ids.get(own)
        return outlet_id is not None and (
            (code is not None and code == self._ids.get(outlet_id)) or (own or "").startswith(outlet_id)
        )
