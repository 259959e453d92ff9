"""Common to the definitions of this location: owner, group, partitions and asset specs."""

from datetime import timedelta
from typing import Any, Final

import dagster as dg
from pydantic import BaseModel
from wrapped_shared import collections as names
from wrapped_shared.models.raw import RAW_EVENT_MODELS
from wrapped_shared.settings import first_day
from wrapped_shared.table_schema import document_metadata

OWNER: Final = "team:player-stats"
GROUP: Final = "player_stats"
RAW_GROUP: Final = "raw_telemetry"
TAGS: Final = {"domain": "wrapped"}
KINDS: Final = {"python", "polars", "mongodb"}

HOURLY: Final = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=6), warn_window=timedelta(minutes=150))
"""An asset is late if nothing was computed for hours: no telemetry arrives, or no runs start."""

DAILY: Final = dg.DailyPartitionsDefinition(start_date=first_day(), end_offset=1, timezone="UTC")
"""UTC days from the first day that counts to today, today included."""

RAW_KEYS: Final = {collection: dg.AssetKey(["raw", collection]) for collection in names.RAW_EVENT_COLLECTIONS}
"""Keys of the raw collections, which the ingestor writes: external assets in Dagster."""

RAW_ASSETS: Final = [
    dg.AssetSpec(
        key,
        description=f"Raw `{collection}` events as the ingestor stored them; timestamps in milliseconds.",
        group_name=RAW_GROUP,
        kinds={"mongodb"},
        owners=["team:ingestor"],
        tags=TAGS,
        metadata=document_metadata(collection, RAW_EVENT_MODELS[collection], names.RAW_DATABASE),
    )
    for collection, key in RAW_KEYS.items()
]


def spec(
    key: dg.AssetKey, description: str, deps: list[Any], model: type[BaseModel], *, stored: str = "", **more: Any
) -> dg.AssetSpec:
    """Return the spec of an asset, with the owner, group, kinds, tags and freshness of this location.

    Args:
        key: the asset's key.
        description: what it contains, with units.
        deps: the assets it is computed from.
        model: the model of its documents.
        stored: the collection of its documents, if its name is not the asset's.
        more: further arguments of `AssetSpec`.
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
