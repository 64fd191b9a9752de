"""How far a step has come, for whoever watches: a bar for people, nothing for pipes and workers."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_watcher: ContextVar[Callable[[str, int, int], None] | None] = ContextVar("watcher", default=None)


def announce(step: str, done: int, total: int) -> None:
    """Tell the watcher, if there is one, that a step has done so many of so many."""
    if watcher := _watcher.get():
        watcher(step, done, total)


@contextmanager
def watched_by(watcher: Callable[[str, int, int], None]) -> Iterator[None]:
    """Have `watcher(step, done, total)` called for the length of the block."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)
