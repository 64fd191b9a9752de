"""What a run is given: files found under the names people typed, their bytes stored before anything reads them."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import zstandard

from transforms.articles import read_published
from transforms.documents import MAX_BYTES
from warehouse.lake import settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from warehouse.lake import Lake

TEXTS = {".txt": "text/plain", ".text": "text/plain", "": "text/plain", ".md": "text/markdown"}
LINES = {".jsonl": "application/jsonl", ".ndjson": "application/jsonl"}
UNKNOWN = "application/octet-stream"
_PIECE_BYTES = 1 << 20  # read and compressed at a time
_LEVEL = 3  # zstd's own default: above it the stored corpus shrinks by less than a tenth, at several times the time


class InputError(Exception):
    """The user named something that can't be read from; the message is one line for people."""


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """One file of a feed."""

    feed_id: str
    uri: str
    path: Path
    root: Path  # no link leads out of it


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as they were found, kept in the lake."""

    document_id: str
    media_type: str
    n_bytes: int


def find_inputs(arguments: Sequence[str], lake: Lake) -> list[Input]:
    """List the files that the arguments name, each once a feed, in the order of (feed_id, uri).

    A folder gives all files under it but hidden ones and the lake's own. Raises InputError for a missing path and for
    a folder with nothing to read.
    """
    found: set[Input] = set()
    for argument in arguments:
        given = Path(argument)
        path = given.absolute()
        if not path.exists():
            msg = f"no such file or folder: {argument}"
            raise InputError(msg)
        root = path if path.is_dir() else path.parent
        files = list(_walk(path, lake.root.resolve())) if path.is_dir() else [path]
        if not files:
            msg = f"nothing to read in the folder {argument}"
            raise InputError(msg)
        feed_id = path.name or path.resolve().name or "root"
        found.update(Input(feed_id, file.as_uri(), file, root) for file in files)
    if not found:
        msg = "nothing to read: name files or folders, or set inputs in tally.toml"
        raise InputError(msg)
    return sorted(found)


def _walk(folder: Path, lake: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and Path(here, n).resolve() != lake)
        yield from (Path(here, n) for n in names if not n.startswith("."))


def check_published(published: str | None, inputs: Sequence[Input]) -> None:
    """Raise InputError for a day of publication that is given for more than one article, or is no day."""
    if published is None:
        return
    if len(inputs) != 1 or inputs[0].path.suffix.lower() in LINES:
        msg = "--published dates one article: name one text file"
        raise InputError(msg)
    if read_published(published).day is None:
        msg = f"--published {published!r} is no date: write 2026-02-18"
        raise InputError(msg)


def store_document(given: Input, lake: Lake, scratch: Path) -> Document:
    """Copy a file's bytes into lake/raw under their sha256, compressed; nothing is written that is there already.

    Raises InputError for what is no regular file, lies outside the input's folder, or can't be opened.
    """
    if not given.path.resolve().is_relative_to(given.root.resolve()):
        msg = "link: leads out of the folder"
        raise InputError(msg)
    if not given.path.is_file():
        msg = "no regular file"
        raise InputError(msg)
    media_type = {**TEXTS, **LINES}.get(given.path.suffix.lower(), UNKNOWN)
    hasher, n_bytes = hashlib.sha256(), 0
    scratch.parent.mkdir(parents=True, exist_ok=True)
    try:
        source = given.path.open("rb")
    except OSError as error:
        msg = f"unreadable: {error.strerror}"
        raise InputError(msg) from error
    with (
        source,
        scratch.open("wb") as target,
        zstandard.ZstdCompressor(level=_LEVEL).stream_writer(target, closefd=False) as packer,
    ):
        while piece := source.read(_PIECE_BYTES):
            hasher.update(piece)
            n_bytes += len(piece)
            packer.write(piece)
    final = lake.raw(hasher.hexdigest())
    if final.exists():
        scratch.unlink()
    else:
        final.parent.mkdir(parents=True, exist_ok=True)
        settle(scratch, final)
    return Document(hasher.hexdigest(), media_type, n_bytes)


@contextlib.contextmanager
def open_document(raw: Path) -> Iterator[BinaryIO]:
    """Open stored bytes for reading, unpacked as they are read."""
    with raw.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        yield io.BufferedReader(reader, _PIECE_BYTES)


def read_lines(document: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the number (from 1) and bytes of each line that is not blank; of one that is too long, its beginning."""
    number = 0
    while line := document.readline(MAX_BYTES + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n") and len(rest) > MAX_BYTES:
            rest = document.readline(MAX_BYTES + 1)
        if line.strip():
            yield number, line
