"""Packed documents: gzip and Zstandard streams, and the entries of a zip archive; bombs are cut off as they unpack."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, ClassVar, cast

import pyarrow as pa

from flows.kinds.kind import Given, Kind, Member, Nested, to_plain_type
from transforms.documents import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_RATIO = 200  # bytes a packed byte may become: text 5, logs that repeat themselves 50; a bomb of zeros 1,000 in gzip
FREE_BYTES = 64_000_000  # that any document may become, however small it is packed
_PIECE_BYTES = 1 << 16


class TooLongError(OSError):
    """What is unpacked is out of proportion; the message is a reason for the books."""


class Unpacked(io.RawIOBase):
    """A stream as it unpacks, which breaks off when it grows out of proportion to what was read of the packed one."""

    def __init__(self, stream: BinaryIO, packed: Counted) -> None:
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


def open_packed(document: BinaryIO, codec: str) -> BinaryIO:
    """Open the stream that is packed in a document: "gzip", "zstd", or "brotli", which only a server's word tells."""
    packed = Counted(document)
    stream = pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), codec)
    return io.BufferedReader(Unpacked(stream, packed), _PIECE_BYTES)


class _Packed(Kind):
    """One document in a packer's format, told by its magic number."""

    magic: ClassVar[bytes]
    codec: ClassVar[str]

    def sniff(self, head: bytes) -> bool | None:
        """Tell the format by its magic number."""
        return head.startswith(self.magic)

    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield the document that is packed."""
        yield Member(Nested(_to_given(given, self.names), open_packed(document, self.codec)))


class Gzip(_Packed):
    """One document in gzip."""

    names: ClassVar = {".gz": "application/gzip", ".gzip": "application/gzip"}
    magic, codec = b"\x1f\x8b\x08", "gzip"


class Zstandard(_Packed):
    """One document in Zstandard."""

    names: ClassVar = {".zst": "application/zstd", ".zstd": "application/zstd"}
    magic, codec = b"\x28\xb5\x2f\xfd", "zstd"


def _to_given(given: Given, names: Mapping[str, str]) -> Given:
    """Return what is known of the document within: its name without the packer's suffix, its media type if a page's."""
    is_packed = to_plain_type(given.media_type) in names.values()
    name = given.name[: -len(given.suffix)] if given.suffix in names else given.name
    return replace(given, name=name, media_type=None if is_packed else given.media_type)


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
