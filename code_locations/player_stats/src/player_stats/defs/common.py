"""Common to the definitions of this location: owner, group, partitions and asset specs."""

from functools import partial
from typing import Final

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.definitions import DOMAIN, HOURLY, asset_spec, define_asset
from wrapped_shared.models.raw import RAW_EVENT_MODELS
from wrapped_shared.settings import first_day
from wrapped_shared.table_schema import document_metadata

RAW_GROUP: Final = "raw_telemetry"

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
        tags=DOMAIN,
        metadata=document_metadata(collection, RAW_EVENT_MODELS[collection], names.RAW_DATABASE),
    )
    for collection, key in RAW_KEYS.items()
]


_KINDS: Final = ("python", "polars", "mongodb")
spec = partial(asset_spec, kinds=_KINDS, freshness=HOURLY)
"""Describe an asset of this location, whose step makes others too."""
asset = partial(define_asset, kinds=_KINDS, freshness=HOURLY)
"""Define an asset of this location."""
