"""The location's settings, read from the environment in the step or sensor that needs them, never at import.

This module has the variables' names, defaults and validation, not their use.
"""

from pydantic import AliasChoices, Field
from wrapped_shared.environment import EnvironmentSettings


class PlayerStatsSettings(EnvironmentSettings):
    """How much is computed, and how often; each field's alias is its environment variable."""

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
    keep_runs_days: int = Field(
        30,
        alias="WRAPPED_KEEP_RUNS_DAYS",
        ge=1,
        description="How many days Dagster's runs are kept after they end.",
    )
    shards: int = Field(
        1,
        validation_alias=AliasChoices("WRAPPED_SHARDS", "WRAPPED_PLAYER_SHARDS"),
        ge=1,
        le=100,
        description="Number of steps into which the reading and the reporting of a run are split; 1 = one process.",
    )
