"""Conventions for runs that all locations share: the players a run is for, and what `wrapped run` goes by.

What a job does is defined by the job.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import dagster as dg
from pydantic import Field

from wrapped_shared.names import player_key
from wrapped_shared.words import counted

MAIN_JOB: Final[Mapping[str, str]] = {".dagster/wrapped_main": "true"}  # with this prefix the UI hides it
"""The tag of the job that does all of a location's work: `wrapped run` starts it.

The location's definitions module may also have a function `due(mongo)` that returns in a few words why that job has
something to do, or None; without it the job is always started.
"""
PLAYERS: Final = "players"
"""The key of the resource `ChosenPlayers`."""
_FIELD: Final = f"resources.{PLAYERS}.config.names"
_SHOWN: Final = 10

WANTS_CONTACT: Final = "wants_contact"
"""Metadata of a failed asset check that cannot pass without WRAPPED_CONTACT: `wrapped run` says so once for all."""


def players_config(names: Iterable[str]) -> dict[str, Any]:
    """Return the run config that chooses players by name; none for no names."""
    some = list(names)
    return {"resources": {PLAYERS: {"config": {"names": some}}}} if some else {}


@dataclass(frozen=True)
class Chosen:
    """The players a step is for."""

    keys: frozenset[str] | None
    """Their keys; None = all players."""
    unknown: int = 0
    """How many more names were chosen that nobody has."""

    @property
    def metadata(self) -> dict[str, int]:
        """Return the metadata of a materialisation: how many names were left out as unknown, if any."""
        return {"unknown_names": self.unknown} if self.unknown else {}


class ChosenPlayers(dg.ConfigurableResource["ChosenPlayers"]):
    """The players to restrict a run to, chosen once for all its steps.

    For two players, set in the Launchpad `resources: {players: {config: {names: ["Iron Bob", zezima]}}}`.
    """

    names: list[str] = Field(
        default=[],
        description='Names of the players to compute, in any form, for example `["Iron Bob", zezima]`; '
        "empty = all players. Unknown names are left out with a warning; a run with no known name fails.",
    )

    def chosen_keys(self) -> frozenset[str] | None:
        """Return the chosen players' keys, known or not; None for all players.

        Raises:
            dagster.Failure: a name is empty once normalised.
        """
        if not self.names:
            return None
        keys = {key for name in self.names if (key := player_key(name)) is not None}
        empty = sum(player_key(name) is None for name in self.names)
        if empty:
            raise dg.Failure(
                f"run config `{_FIELD}` holds {counted(empty, 'empty name')}: remove it, or leave the list empty",
                allow_retries=False,
            )
        return frozenset(keys)

    def known(self, log: dg.DagsterLogManager, unknown: Callable[[list[str]], Collection[str]]) -> Chosen:
        """Return the chosen players who are known; the others are left out, as `wrapped run --player` does.

        Args:
            log: the step's log, which gets a warning without names.
            unknown: returns those of the names that nobody has.

        Raises:
            dagster.Failure: a name is empty, or nobody has any of the names.
        """
        keys = self.chosen_keys()
        if keys is None:
            return Chosen(None)
        missing = set(unknown(self.names))
        left_out = [number for number, name in enumerate(self.names, 1) if name in missing]
        if not left_out:
            return Chosen(keys)
        what = f"run config `{_FIELD}` has {counted(len(left_out), 'unknown name')} of {len(self.names)}"
        if len(left_out) == len(self.names):
            raise dg.Failure(f"{what}: no telemetry or report has them; check their spelling", allow_retries=False)
        numbers = ", ".join(map(str, left_out[:_SHOWN])) + (", …" if len(left_out) > _SHOWN else "")
        log.warning(f"{what}, left out: number {numbers}")
        return Chosen(keys - {player_key(name) for name in missing}, len(left_out))
