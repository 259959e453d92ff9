"""Conventions for runs that all locations share: the players a run is for, and the job `wrapped run` starts.

What a job does is defined by the job.
"""

from collections.abc import Mapping
from typing import Final

import dagster as dg
from pydantic import Field

from wrapped_shared.names import player_key

MAIN_JOB: Final[Mapping[str, str]] = {"wrapped/main": "true"}
"""The tag of the job that does all of a location's work: `wrapped run` starts it.

The location's definitions module may also have a function `due(mongo)` that returns in a few words why that job has
something to do, or None; without it the job is always started.
"""


class PlayersConfig(dg.Config):
    """The players to restrict a run to, as typed in the Launchpad."""

    players: list[str] = Field(
        default=[],
        description="Names of the players to recompute, in any form (`Iron_Bob`, `iron bob`); empty = all players.",
    )

    def player_keys(self) -> frozenset[str] | None:
        """Return the chosen players' keys, or None for all players.

        Raises:
            dagster.Failure: a name is empty once normalised.
        """
        if not self.players:
            return None
        keys = {name: player_key(name) for name in self.players}
        empty = [name for name, key in keys.items() if key is None]
        if empty:
            raise dg.Failure(
                f"run config `players` holds {len(empty)} empty name(s): remove them, or leave the list empty",
                allow_retries=False,
            )
        return frozenset(key for key in keys.values() if key is not None)
