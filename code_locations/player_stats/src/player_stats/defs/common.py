"""What the definitions of this location have in common: owner, group, partitions, the way assets are described."""

from datetime import timedelta
from typing import Any, Final

import dagster as dg
from pydantic import BaseModel
from wrapped_shared import collections as names
from wrapped_shared.models.raw import RawEvent
from wrapped_shared.settings import first_day
from wrapped_shared.table_schema import document_metadata

OWNER: Final = "team:player-stats"
GROUP: Final = "player_stats"
RAW_GROUP: Final = "raw_telemetry"
TAGS: Final = {"domain": "wrapped"}
KINDS: Final = {"python", "polars", "mongodb"}

HOURLY: Final = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=6), warn_window=timedelta(minutes=150))
"""Late where nothing was computed for hours: telemetry has stopped coming in, or runs have stopped."""

DAILY: Final = dg.DailyPartitionsDefinition(start_date=first_day(), end_offset=1, timezone="UTC")
"""UTC days from the first day that counts to today, today included."""

RAW_KEYS: Final = {collection: dg.AssetKey(["raw", collection]) for collection in names.RAW_EVENT_COLLECTIONS}
"""Keys of the raw collections, which the ingestor writes and Dagster only looks at."""

RAW_ASSETS: Final = [
    dg.AssetSpec(
        key,
        description=f"Raw `{collection}` events as the ingestor stored them; timestamps in milliseconds.",
        group_name=RAW_GROUP,
        kinds={"mongodb"},
        owners=["team:ingestor"],
        tags=TAGS,
        metadata=document_metadata(collection, RawEvent, names.RAW_DATABASE),
    )
    for collection, key in RAW_KEYS.items()
]


def spec(
    key: dg.AssetKey, description: str, deps: list[Any], model: type[BaseModel], *, stored: str = "", **more: Any
) -> dg.AssetSpec:
    """Describe an asset of this location: owner, group, kinds, tags and freshness are the same for all.

    Args:
        key: the asset's key.
        description: what it is, with units.
        deps: what it is made from.
        model: what its documents follow.
        stored: the collection of its documents where that is not named like the asset.
        more: what else an `AssetSpec` takes.
    """
    return dg.AssetSpec(
        key,
        description=description,
        deps=deps,
        group_name=GROUP,
        owners=[OWNER],
        kinds=KINDS,
        tags=TAGS,
        metadata=document_metadata(stored or key.path[-1], model),
        freshness_policy=HOURLY,
        **more,
    )
