"""What is kept of a text so that copies of it are found without reading it again: a sample of its shingles.

A shingle is four words that follow one another. Of all shingles those stay whose hash ends in three zero bits, the same in every
text: so the shingles that two samples share tell what the texts share, also when one of them is much longer (Broder,
"On the resemblance and containment of documents", 1997: sketches modulo m).
"""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np

SHINGLE_WORDS = 4  # of three to five the best on benchmarks/gold/clusters.json (docs/decisions/clusters.md)
SAMPLE_BITS = np.uint64(0b111)  # one shingle in eight is kept
_WORD = re.compile(r"\w+")
# The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): spreads
# every bit of its input over all 64, so that the sample is fair whatever the words.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = tuple(map(np.uint64, (30, 27, 31)))


def to_signature(text: str) -> list[int]:
    r"""Return the sampled shingles of a text: signed 64-bit hashes, each once, in order; none of fewer than four words.

    Case, punctuation and white space do not count.

    >>> to_signature("Russian drones struck a grain terminal!") == to_signature("RUSSIAN drones struck\na grain terminal")
    True
    """
    words = np.fromiter((crc32(word.encode()) for word in _WORD.findall(text.lower())), np.uint64)
    n_shingles = len(words) - SHINGLE_WORDS + 1
    if n_shingles < 1:
        return []
    hashes = np.zeros(n_shingles, np.uint64)
    for place in range(SHINGLE_WORDS):
        hashes = hashes * _STEP ^ words[place : place + n_shingles]
    hashes = (hashes ^ hashes >> _SHIFTS[0]) * _FIRST
    hashes = (hashes ^ hashes >> _SHIFTS[1]) * _SECOND
    hashes ^= hashes >> _SHIFTS[2]
    kept: list[int] = np.unique(hashes[hashes & SAMPLE_BITS == 0].view(np.int64)).tolist()
    return kept
