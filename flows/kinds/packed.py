"""Packed documents: gzip and Zstandard streams, and the entries of a zip archive; bombs are cut off as they unpack."""

from __future__ import annotations

import gzip
import io
import shutil
import tempfile
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, ClassVar, cast

import brotli
import zstandard

from flows.kinds.kind import Given, Kind, Member, Nested
from transforms.documents import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_RATIO = 200  # bytes a packed byte may become: text 5, logs that repeat themselves 50; a bomb of zeros 1,000 in gzip
FREE_BYTES = 64_000_000  # that any document may become, however small it is packed
_PIECE_BYTES = 1 << 16


class TooLongError(OSError):
    """What is unpacked is out of proportion; the message is a reason for the books."""


class Unpacked(io.RawIOBase):
    """A stream as it unpacks, which breaks off when it grows out of proportion to what was read of the packed one."""

    def __init__(self, stream: BinaryIO | Brotli, packed: Counted) -> None:
        self._stream, self._packed = stream, packed
        self._n_bytes = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Read the next piece; raises TooLongError."""
        data = self._stream.read(min(len(target), _PIECE_BYTES))
        self._n_bytes += len(data)
        if self._n_bytes > FREE_BYTES + MAX_RATIO * self._packed.n_bytes:
            msg = f"too long: unpacks to more than {self._n_bytes:,} bytes from {self._packed.n_bytes:,}"
            raise TooLongError(msg)
        target[: len(data)] = data
        return len(data)


class Counted(io.RawIOBase):
    """A readable that counts what was read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.n_bytes = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, n_bytes: int = -1) -> bytes:
        """Read on."""
        data = self._stream.read(n_bytes)
        self.n_bytes += len(data)
        return data


class Brotli:
    """A readable that unpacks Brotli, which has no magic number: only a server's word tells it."""

    def __init__(self, packed: Counted) -> None:
        self._packed = packed
        self._decompressor = brotli.Decompressor()

    def read(self, n_bytes: int) -> bytes:
        """Unpack some bytes, at most n_bytes; raises EOFError where the stream is cut off."""
        data = b""
        while not data and not self._decompressor.is_finished():
            piece = self._packed.read(_PIECE_BYTES) if self._decompressor.can_accept_more_data() else b""
            if not piece and self._decompressor.can_accept_more_data():
                msg = "Brotli stream ends early"
                raise EOFError(msg)
            data = self._decompressor.process(piece, output_buffer_limit=n_bytes)
        return data


def open_brotli(stream: BinaryIO) -> BinaryIO:
    """Open what a server sent with Content-Encoding: br."""
    packed = Counted(stream)
    return io.BufferedReader(Unpacked(Brotli(packed), packed), _PIECE_BYTES)


class Gzip(Kind):
    """One document in gzip."""

    names: ClassVar = {".gz": "application/gzip", ".gzip": "application/gzip"}

    def sniff(self, head: bytes) -> bool | None:
        """Tell gzip by its magic number."""
        return head.startswith(b"\x1f\x8b\x08")

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the document that is packed."""
        packed = Counted(document)
        yield _to_member(gzip.GzipFile(fileobj=packed), packed, given)  # type: ignore[arg-type]


class Zstandard(Kind):
    """One document in Zstandard."""

    names: ClassVar = {".zst": "application/zstd", ".zstd": "application/zstd"}

    def sniff(self, head: bytes) -> bool | None:
        """Tell Zstandard by its magic number."""
        return head.startswith(b"\x28\xb5\x2f\xfd")

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the document that is packed."""
        packed = Counted(document)
        reader = zstandard.ZstdDecompressor().stream_reader(cast("BinaryIO", packed), read_across_frames=True)
        yield _to_member(reader, packed, given)


def _to_member(stream: BinaryIO, packed: Counted, given: Given) -> Member:
    """Return the packed document as a member without a name: it is the document itself."""
    name = given.name[: -len(given.suffix)] if given.suffix in {*Gzip.names, *Zstandard.names} else given.name
    inner = Given(name, given.url, None, given.stated, given.columns)
    return Member(Nested(inner, io.BufferedReader(Unpacked(stream, packed), _PIECE_BYTES)))


class Zip(Kind):
    """The files in a zip archive; their names are only shown, never opened as paths."""

    names: ClassVar = {".zip": "application/zip"}
    holds_many = True

    def sniff(self, head: bytes) -> bool | None:
        """Tell a zip archive by the header of its first entry."""
        return head.startswith(b"PK\x03\x04")

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield each file; hidden ones and folders are none."""
        with tempfile.TemporaryFile() as file:
            shutil.copyfileobj(document, file)  # a zip archive is read from its end
            n_bytes = file.tell()
            with zipfile.ZipFile(file) as archive:
                unpacked_bytes = sum(entry.file_size for entry in archive.infolist())  # zipfile gives no more than that
                if unpacked_bytes > FREE_BYTES + MAX_RATIO * n_bytes:
                    yield Member(Rejection(f"too long: unpacks to {unpacked_bytes:,} bytes from {n_bytes:,}"))
                    return
                for line, entry in enumerate(archive.infolist(), 1):
                    path = PurePosixPath(entry.filename)
                    if entry.is_dir() or path.name.startswith("."):
                        continue
                    if entry.flag_bits & 1:
                        yield Member(Rejection("locked: it needs a password"), entry.filename, line)
                        continue
                    with archive.open(entry) as stream:
                        inner = Given(path.name, columns=given.columns)
                        yield Member(Nested(inner, cast("BinaryIO", stream)), entry.filename, line)
