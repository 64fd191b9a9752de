"""Settings: a flag of the command line over the environment (TALLY_LAKE ...) over tally.toml over these defaults."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

AGENT = "Tally/0.1"  # robots.txt names us by what stands before the slash
_CADENCE = re.compile(r"(\d+)\s*(min|h|d|w)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _read_cadence(written: object) -> object:
    """Read "15 min", "6 h", "1 d" or "1 w"."""
    match = _CADENCE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        msg = 'write a number and min, h, d or w, such as "6 h"'
        raise ValueError(msg)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _check_name(written: str) -> str:
    if not re.fullmatch(r"[\w.-]+", written):
        msg = "write letters, digits, dots, dashes and underscores alone"
        raise ValueError(msg)
    return written


def _check_network(written: str) -> str:
    ip_network(written)
    return written


class FeedSettings(BaseModel):
    """A [[feed]] of tally.toml: where articles come from, run by run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, AfterValidator(_check_name)]  # its feed_id
    uri: str  # an address (${NAME} in it stands for a variable of the environment), or a path
    kind: Literal["rss", "atom", "sitemap", "page", "text", "jsonl", "csv", "parquet", "warc", "folder"] | None = None
    outlet: str | None = None  # who publishes it, where all its articles have one outlet
    cadence: Annotated[timedelta, BeforeValidator(_read_cadence)] | None = None  # how often it is asked; else each run
    expected_volume: int | None = Field(default=None, ge=0)  # new articles a cadence
    licence: str | None = None
    map: dict[str, str] = {}  # of tables and JSON lines: column by field


class Settings(BaseSettings):
    """What may be set once for all commands."""

    model_config = SettingsConfigDict(env_prefix="TALLY_", toml_file="tally.toml", extra="forbid")

    lake: Path = Path("lake")
    inputs: list[str] = []  # what a run without arguments, such as a scheduled one, reads
    map: dict[str, str] = {}  # of tables and JSON lines, column by field, where their names don't tell: {text = "body"}
    feed: list[FeedSettings] = []  # and asks, when they are due
    workers: int | None = Field(default=None, ge=1)  # processes that read articles; the machine's cores unless set
    user_agent: str = AGENT  # add how to reach you: "Tally/0.1 (+mailto:desk@odesa-ledger.example)"
    fetch_pause: float = Field(default=1.0, ge=0)  # seconds between two requests to one host
    fetch_allow: list[Annotated[str, AfterValidator(_check_network)]] = []  # networks inside that may be fetched from
    corrections: Path | None = None  # a CSV of what people said against readings: figure_id, field, value, who, why
    review_rows: int = Field(default=40, ge=0)  # drawn of each run's figures for a person to judge; 0 = none
    review_seed: str = "tally"  # by which they are drawn
    webhook: str | None = (
        None  # an address, or a Webhook block of Prefect: told when something changed since the last run
    )
    links_per_feed: int = Field(default=100, ge=0)  # pages that a run fetches of each feed; the rest is for later runs

    @field_validator("feed")
    @classmethod
    def check_names(cls, feeds: list[FeedSettings]) -> list[FeedSettings]:
        """Refuse two feeds of one name."""
        names = [feed.name for feed in feeds]
        if len(set(names)) < len(names):
            msg = f"two feeds are called {next(name for name in names if names.count(name) > 1)!r}"
            raise ValueError(msg)
        return feeds

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  a signature of pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources, the strongest first."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
