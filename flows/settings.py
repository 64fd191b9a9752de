"""Settings: a flag of the command line over the environment (TALLY_LAKE ...) over tally.toml over these defaults."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class Settings(BaseSettings):
    """What may be set once for all commands."""

    model_config = SettingsConfigDict(env_prefix="TALLY_", toml_file="tally.toml", extra="forbid")

    lake: Path = Path("lake")
    inputs: list[str] = []  # what a run without arguments, such as a scheduled one, reads
    workers: int | None = Field(default=None, ge=1)  # processes that read articles; the machine's cores unless set

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
