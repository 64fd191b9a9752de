"""Where a run's own log goes: a file beside the lake's tables; Prefect's and other libraries' logs are their own."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.lake import Lake

FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"


def log_to(lake: Lake) -> Path:
    """Send what we log from here on to the lake's log file, and return its path; a second call changes nothing.

    On standard error appear only warnings about Prefect's server, which concern whoever waits for it.
    """
    path = lake.root / "log" / "tally.log"
    logger = logging.getLogger("tally")
    if any(isinstance(each, logging.FileHandler) and each.baseFilename == str(path) for each in logger.handlers):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    to_file = logging.FileHandler(path, encoding="utf-8", delay=True)
    to_screen = logging.StreamHandler(sys.stderr)
    to_screen.setLevel(logging.WARNING)
    to_screen.addFilter(lambda record: record.name == "tally.server")
    for old in logger.handlers[:]:
        logger.removeHandler(old)
        old.close()
    for handler in (to_file, to_screen):
        handler.setFormatter(logging.Formatter(FORM if handler is to_file else "tally: %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return path
