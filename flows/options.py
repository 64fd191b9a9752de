"""What the commands share: the lake they work on, settings under flags, and how a wrong use ends."""

from __future__ import annotations

import signal
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from warehouse.lake import Lake

if TYPE_CHECKING:
    from flows.settings import Settings

CRASH, USAGE, HELD_BACK, QUARANTINED = 1, 2, 3, 4  # exit codes
LakeOption = Annotated[Path | None, typer.Option("--lake", help="The lake's folder [TALLY_LAKE, tally.toml, ./lake]")]


class UsageError(Exception):
    """What the user asked for makes no sense; the message is one line."""


def settings_with(**flags: Any) -> Settings:  # noqa: ANN401  each flag has its setting's type
    """Return the settings, flags above all; a flag that was not given is None."""
    from flows.settings import Settings

    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except tomllib.TOMLDecodeError as error:
        message = f"tally.toml is no TOML: {error}"
        raise UsageError(message) from error


def lake_of(flag: Path | None) -> Lake:
    """Return the lake that a command works on."""
    return Lake(settings_with(lake=flag).lake.absolute())


def end_quietly_with_pipe() -> None:
    """Let a closed pipe (`tally sql ... | head`) end the command without a word, as it ends any other filter."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
