"""The location's settings, read from the environment in the step or sensor that needs them, never at import.

This module has the variables' names, defaults and validation, not their use.
"""

from typing import Self

import dagster as dg
from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class PlayerStatsSettings(BaseSettings):
    """How much is computed, and how often; each field's alias is its environment variable."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    refresh_minutes: int = Field(
        10,
        alias="WRAPPED_REFRESH_MINUTES",
        ge=1,
        le=1_440,
        description="Minimum time between computations of new events, in minutes.",
    )
    run_events: int = Field(
        2_000_000,
        alias="WRAPPED_RUN_EVENTS",
        ge=1,
        description="About how many owed events one run computes; fewer if they would take longer than 8 minutes.",
    )

    shards: int = Field(
        1,
        validation_alias=AliasChoices("WRAPPED_SHARDS", "WRAPPED_PLAYER_SHARDS"),
        ge=1,
        le=100,
        description="Number of steps into which the reading and the reporting of a run are split; 1 = one process.",
    )

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            dagster.Failure: a variable has an invalid value; the message is one line that names it.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = first["loc"][0] if first["loc"] else "a setting"
            raise dg.Failure(f"{name} is not valid: {first['msg']}", allow_retries=False) from None
