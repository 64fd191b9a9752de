"""Progress bars: for people at a terminal, nothing for pipes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows.progress import watched_by
from flows.screen import console

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def bars() -> Iterator[None]:
    """Show how far the steps are on standard error, for the length of the block; nothing where it is no terminal."""
    screen = console(is_error=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        tasks: dict[str, Any] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        with watched_by(show):
            yield
