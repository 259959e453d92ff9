"""What the definitions of this location have in common: owner, group, partitions, the way assets are described."""

from typing import Any, Final

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.settings import first_day

OWNER: Final = "team:player-stats"
GROUP: Final = "player_stats"
RAW_GROUP: Final = "raw_telemetry"
TAGS: Final = {"domain": "wrapped"}
KINDS: Final = {"python", "polars", "mongodb"}

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
    )
    for collection, key in RAW_KEYS.items()
]


def spec(key: dg.AssetKey, description: str, deps: list[Any], **more: Any) -> dg.AssetSpec:
    """Describe an asset of this location: owner, group, kinds and tags are the same for all."""
    return dg.AssetSpec(
        key, description=description, deps=deps, group_name=GROUP, owners=[OWNER], kinds=KINDS, tags=TAGS, **more
    )
