"""What the location's definitions share: how an asset is described, the pool, and the run config.

What belongs here: values used by several modules of `defs`. What does not: anything that computes.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Final

import dagster as dg
from pydantic import Field
from wrapped_shared.definitions import HOURLY, define_asset

from hiscores.domain.snapshots import read_slot

asset = partial(define_asset, kinds=("python", "mongodb"), freshness=HOURLY)
"""Define an asset of this location."""
POOL: Final = "osrs_hiscores"
"""Limit 1 in the instance: every step that calls the hiscores holds it, in any run."""
HOLD_CHECK: Final = "upstream_hold"
SNAPSHOTS_OP: Final = "hiscores__snapshots"
GAINS_OP: Final = "hiscores__hiscores_gains"


class ScrapeConfig(dg.Config):
    """Run config of the scrape."""

    slot: str = Field(
        default="",
        description="The slot to scrape, ISO 8601 (`2026-11-25T10:00:00Z`): a re-run for a slot looks up only the "
        "players still missing in it. Empty = this hour, or this second if players are chosen.",
    )

    def slot_time(self, now: datetime, *, by_hand: bool) -> datetime:
        """Return the slot to scrape; without `slot`, a scrape by hand has its own.

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
        return moment if by_hand else moment.replace(minute=0, second=0)


class GainsConfig(dg.Config):
    """Run config of the gains."""

    changed_only: bool = Field(
        default=False,
        description="Only players with a snapshot that is not yet in their gains; the hourly job sets it.",
    )
