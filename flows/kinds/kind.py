"""The one interface of all kinds of input: what is known of a document, and what reading it gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, ClassVar, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from transforms.documents import Draft, Rejection


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a document before it is read."""

    name: str  # of the file, of its entry in an archive, or the last part of its address: its suffix hints at the kind
    url: str | None = None  # where on the web it is published, if it is
    media_type: str | None = None  # as its server or archive states it: "text/html; charset=windows-1251"
    stated: Draft | None = None  # title, outlet, published, as the feed that led here states them
    columns: Mapping[str, str] = field(
        default_factory=dict
    )  # of tables and JSON lines: column by field ("text": "body")

    @property
    def suffix(self) -> str:
        """The last suffix of the name, in lower case: ".gz" of "Page.html.GZ"."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def charset(self) -> str | None:
        """What the media type says of the encoding."""
        _, _, charset = (self.media_type or "").lower().partition("charset=")
        return charset.split(";")[0].strip(" \"'") or None


@dataclass(frozen=True, slots=True)
class Link:
    """An article that lies elsewhere, at stated.url; the feed's words for it stand in its other fields."""

    stated: Draft


@dataclass(frozen=True, slots=True)
class Nested:
    """A document within a document, to be read by its own kind before the next member is asked for."""

    given: Given
    document: BinaryIO


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that is read when it is wanted: the reading of one that hangs does not stand before those behind it."""

    read: Callable[[], Draft | Rejection | Link]


Content: TypeAlias = "Draft | Rejection | Link | Nested | Unread"


@dataclass(frozen=True, slots=True)
class Member:
    """One thing that a document holds, and where in it: (member, line) is another for each."""

    content: Content
    member: str | None = None  # the name or address within an archive or feed
    line: int | None = None  # of JSON lines; the row of a table, the record of an archive, the entry of a feed: from 1


class Kind(ABC):
    """A kind of input. A new one is a subclass in a module of its own and its line in flows/kinds/registry.py."""

    names: ClassVar[Mapping[str, str]]  # media type by suffix: {".csv": "text/csv"}
    media_types: ClassVar[tuple[str, ...]] = ()  # other names that servers give it
    holds_many: ClassVar[bool] = False  # articles
    is_light: ClassVar[bool] = False  # read by the run itself; what parses strangers' bytes is read by a worker process

    def sniff(self, head: bytes) -> bool | None:
        """Tell by its first bytes (registry.HEAD_BYTES) whether a document is surely of this kind; None: they don't say."""
        return None

    @abstractmethod
    def read(self, document: BinaryIO, given: Given) -> Iterator[Member]:
        """Yield what the document holds, in its order and as it is read; an unreadable part is a Rejection, not an error.

        The document can be read and peeked, not sought. Nothing yielded means that it is empty.
        """


def to_plain_type(media_type: str | None) -> str:
    """Return a media type without its parameters.

    >>> to_plain_type("Text/HTML; charset=utf-8")
    'text/html'
    """
    return (media_type or "").split(";")[0].strip().lower()
