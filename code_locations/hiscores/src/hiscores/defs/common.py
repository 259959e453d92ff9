"""What the location's definitions share: the owner, the pool, the run config, and one-line errors.

What belongs here: values used by several modules of `defs`. What does not: anything that computes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import dagster as dg
from pydantic import Field
from wrapped_shared.asset_keys import HISCORES
from wrapped_shared.http import SettingsError
from wrapped_shared.mongo import MongoResource, clear_mongo_errors
from wrapped_shared.run_config import PlayersConfig

from hiscores.domain.snapshots import read_slot

OWNERS: Final = ["team:hiscores"]
GROUP: Final = HISCORES
TAGS: Final = {"domain": "wrapped"}
HOURLY: Final = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=6), warn_window=timedelta(minutes=150))
"""For assets the hourly schedule keeps fresh: late after two missed scrapes."""

if TYPE_CHECKING:
    Materialized: TypeAlias = dg.MaterializeResult[None]
else:
    Materialized = dg.MaterializeResult
    """What an asset returns: never a value. For assets with checks, Dagster only recognises the bare name."""

POOL: Final = "osrs_hiscores"
"""Limit 1 in the instance: every step that calls the hiscores holds it, in any run."""
HOLD_CHECK: Final = "upstream_hold"
SNAPSHOTS_OP: Final = "hiscores__snapshots"
GAINS_OP: Final = "hiscores__hiscores_gains"


class ScrapeConfig(PlayersConfig):
    """Run config of the scrape."""

    slot: str = Field(
        default="",
        description="The slot to scrape, ISO 8601 (`2026-11-25T10:00:00Z`): a re-run for a slot looks up only the "
        "players still missing in it. Empty = this hour, or this second if players are named.",
    )

    def slot_time(self, now: datetime) -> datetime:
        """The slot to scrape.

        Raises:
            dagster.Failure: `slot` is not a time.
        """
        if self.slot:
            try:
                return read_slot(self.slot)
            except ValueError:
                raise dg.Failure(
                    "run config `slot` must be an ISO 8601 time such as 2026-11-25T10:00:00Z",
                    allow_retries=False,
                ) from None
        moment = now.astimezone(UTC).replace(microsecond=0)
        return moment if self.players else moment.replace(minute=0, second=0)


class GainsConfig(PlayersConfig):
    """Run config of the gains."""

    changed_only: bool = Field(
        default=False,
        description="Only players with a snapshot that is not yet in their gains; the hourly job sets it.",
    )


@contextmanager
def clear_errors(mongo: MongoResource) -> Iterator[None]:
    """Turn MongoDB and settings errors into a one-line failure.

    Raises:
        dagster.Failure: in place of them.
    """
    try:
        with clear_mongo_errors(mongo):
            yield
    except SettingsError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
