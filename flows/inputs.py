"""What a run is given: files found under the names people typed, their bytes stored before anything reads them."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
from dataclasses import dataclass, field, replace
from glob import has_magic
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import zstandard

from flows.addresses import is_remote, to_public_uri
from flows.kinds.registry import may_hold_many
from transforms.articles import read_published
from warehouse.lake import settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.settings import FeedSettings
    from transforms.documents import Draft
    from warehouse.lake import Lake

STANDARD_INPUT, STDIN_URI = "-", "stdin:"
_PIECE_BYTES = 1 << 20  # read and compressed at a time
_LEVEL = 3  # zstd's own default: above it the stored corpus shrinks by less than a tenth, at several times the time


class InputError(Exception):
    """The user named something that can't be read from; the message is one line for people."""


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """One document of a feed, before it is there."""

    feed_id: str
    uri: str
    path: Path | None  # of a file; none of what has to be fetched or comes by standard input
    root: Path | None = None  # no link leads out of it
    stated: Draft | None = field(default=None, compare=False)  # what the feed says that led here
    address: str | None = field(
        default=None, compare=False
    )  # of what has to be fetched, as written; the uri has no secrets


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as they were found, kept in the lake."""

    document_id: str
    n_bytes: int


def find_inputs(arguments: Sequence[str], lake: Lake, feeds: Sequence[FeedSettings] = ()) -> list[Input]:
    """List the files and addresses that the arguments and feeds name, each once a feed, in the order of (feed_id, uri).

    A folder gives all files under it but hidden ones and the lake's own. Raises InputError for a missing path and for
    a folder with nothing to read; those of a feed are rejected when they are opened, since others go on without it.
    """
    found: set[Input] = set()
    for argument in arguments:
        found.update(_find(argument, lake))
    for feed in feeds:
        try:
            found.update(replace(each, feed_id=feed.name) for each in _find(feed.uri, lake))
        except InputError:
            path = Path(feed.uri).absolute()
            found.add(Input(feed.name, path.as_uri(), path, path.parent))
    if not found:
        msg = "nothing to read: name files, folders or addresses, or set inputs or a [[feed]] in tally.toml"
        raise InputError(msg)
    return sorted(found)


def _find(argument: str, lake: Lake) -> Iterator[Input]:
    if argument == STANDARD_INPUT:
        yield Input("stdin", STDIN_URI, None)
    elif is_remote(argument):
        uri = to_public_uri(argument)
        parts = urlsplit(uri)
        yield Input(PurePosixPath(parts.path).name or parts.netloc, uri, None, address=argument)
    else:
        feed_id, root, files = _find_files(argument, lake.root.resolve())
        yield from (Input(feed_id, file.as_uri(), file, root) for file in files)


def _find_files(argument: str, lake: Path) -> tuple[str, Path, list[Path]]:
    """Return the feed, the folder that no link may lead out of, and the files of a file, folder or pattern."""
    path = Path(argument).absolute()
    if path.is_dir():
        root, files, what = path, list(_walk(path, lake)), "in the folder"
    elif path.exists():
        root, files, what = path.parent, [path], "in"
    elif has_magic(argument):
        fixed = list(takewhile(lambda part: not has_magic(part), path.parts))
        pattern, path = str(Path(*path.parts[len(fixed) :])), Path(*fixed)
        root, files = path, [file for file in path.glob(pattern) if _is_wanted(file, path, lake)]
        what = "under the pattern"
    else:
        msg = f"no such file or folder: {argument}"
        raise InputError(msg)
    if not files:
        msg = f"nothing to read {what} {argument}"
        raise InputError(msg)
    return path.name or path.resolve().name or "root", root, files


def _walk(folder: Path, lake: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and Path(here, n).resolve() != lake)
        yield from (Path(here, n) for n in names if not n.startswith("."))


def _is_wanted(file: Path, root: Path, lake: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return not is_hidden and not file.is_dir() and lake not in file.resolve().parents


def check_published(published: str | None, inputs: Sequence[Input]) -> None:
    """Raise InputError for a day of publication that is given for more than one article, or is no day."""
    if published is None:
        return
    if len(inputs) != 1 or may_hold_many(inputs[0].uri):
        msg = "--published dates one article: name one text or page"
        raise InputError(msg)
    check_day(published)


def check_day(published: str) -> None:
    """Raise InputError for a day of publication that is none."""
    if read_published(published).day is None:
        msg = f"--published {published!r} is no date: write 2026-02-18"
        raise InputError(msg)


@contextlib.contextmanager
def open_input(given: Input) -> Iterator[BinaryIO]:
    """Open a file or standard input; raises InputError for what is none, is led out of its folder, or can't be opened."""
    if given.uri == STDIN_URI:
        yield sys.stdin.buffer
        return
    if given.path is None or given.root is None:
        msg = "address: not fetched"
        raise InputError(msg)
    if not given.path.resolve().is_relative_to(given.root.resolve()):
        msg = "link: leads out of the folder"
        raise InputError(msg)
    if not given.path.is_file():
        msg = "no regular file"
        raise InputError(msg)
    try:
        source = given.path.open("rb")
    except OSError as error:
        msg = f"unreadable: {error.strerror}"
        raise InputError(msg) from error
    with source:
        yield source


def store_document(source: BinaryIO, lake: Lake, scratch: Path) -> Document:
    """Copy bytes into lake/raw under their sha256, compressed; nothing is written that is there already."""
    hasher, n_bytes = hashlib.sha256(), 0
    scratch.parent.mkdir(parents=True, exist_ok=True)
    with (
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
    return Document(hasher.hexdigest(), n_bytes)


@contextlib.contextmanager
def open_document(raw: Path) -> Iterator[BinaryIO]:
    """Open stored bytes for reading, unpacked as they are read."""
    with raw.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        yield io.BufferedReader(reader, _PIECE_BYTES)
