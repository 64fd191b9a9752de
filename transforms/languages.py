"""Which language a text is in: English by its commonest words, else what py3langid says where it is sure."""

from __future__ import annotations

import re
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

ENGLISH = "en"
_READ_CHARS = 2_000  # of a text; languages are told apart within a few hundred
# The commonest English words that are no words of other languages of news in Latin letters, or rare ones (Leech, Rayson and
# Wilson, Word Frequencies in Written and Spoken English, 2001, list 1.2; "in", "is", "was", "on" are German, Dutch or French too).
_COMMON = frozenset(
    "the of and to that with said were has have from by which their been after his who would are this it they he its had at".split()
)
_COMMON_SHARE = 0.15  # of words: English news has 0.25 and more, headlines 0.15, other languages under 0.03
_FEWEST_WORDS = 5  # from which a share says something
_SURE = 0.5  # probability: below it a text is too short or too mixed to be called another language
_FEWEST_LETTERS = 8  # "12 dead" says neither where nor when; a sentence in any script has more
_WORD = re.compile(r"[^\W\d_]+")
# English that the detector's training took for a language of its own.
_ENGLISH_ALIKE = frozenset(("pcm",))


def read_language(text: str) -> str | None:
    """Return the ISO 639 code of a text's language; None where there is too little to tell.

    >>> read_language("At least five people were killed in a Russian attack on Kharkiv.")
    'en'
    >>> read_language("Mindestens fünf Menschen wurden bei einem russischen Angriff auf Charkiw getötet.")
    'de'
    >>> read_language("Kharkiv Odesa Kyiv")
    """
    head = text[:_READ_CHARS].lower()
    words = _WORD.findall(head)
    if not words:
        return None
    if len(words) >= _FEWEST_WORDS and sum(word in _COMMON for word in words) >= _COMMON_SHARE * len(words):
        return ENGLISH
    code, probability = _identifier().classify(head)
    if code in _ENGLISH_ALIKE:
        return ENGLISH
    return code if probability >= _SURE and code != "zxx" else None


def read_status(text: str, language: str | None) -> str:
    """Return the reading status of a text before it is read: READ, LANGUAGE or STUB.

    >>> read_status("Two bridges were hit.", "en"), read_status("Zwei Brücken wurden getroffen.", "de"), read_status("12", None)
    ('READ', 'LANGUAGE', 'STUB')
    """
    if sum(map(len, _WORD.findall(text[:_READ_CHARS]))) < _FEWEST_LETTERS:
        return "STUB"
    return "READ" if language in {ENGLISH, None} else "LANGUAGE"


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """Load the model once a process, and only when a text needs it: two seconds."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
