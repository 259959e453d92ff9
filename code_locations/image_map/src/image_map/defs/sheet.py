"""The asset `sprite_sheet`: all pictures at a glance, in the asset's metadata and in GridFS."""

import base64

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.asset_keys import SPRITE_SHEET_KEY, STAT_IMAGES_KEY
from wrapped_shared.definitions import Materialized
from wrapped_shared.models.image_map import BucketFile
from wrapped_shared.mongo import MongoResource, clear_errors

from image_map.defs.common import DRAWN_KINDS, asset
from image_map.domain.sheet import preview
from image_map.work.sheet import build_sheet

PREVIEW_BYTES = 250_000
"""Limit for the picture in the metadata: Dagster's event log is not meant to store pictures."""


@asset(
    SPRITE_SHEET_KEY,
    "A contact sheet of all thumbnails (96 px squares) by kind, drawn ones labelled in a dimmer colour: "
    "a small PNG in the metadata, and the full sheet as `sprite-sheet.png` in the GridFS bucket `sprites`.",
    [STAT_IMAGES_KEY],
    BucketFile,
    stored=f"{names.SPRITES_BUCKET}.files",
    kinds=DRAWN_KINDS,
)
def sprite_sheet(mongo: MongoResource) -> Materialized:
    """Draw the sheet; if no picture changed, the stored one is shown again."""
    with clear_errors(mongo):
        report = build_sheet(mongo.analytics)
    data = base64.b64encode(preview(report.png, PREVIEW_BYTES)).decode()
    return dg.MaterializeResult(
        metadata={
            "sheet": dg.MetadataValue.md(f"![sprite sheet](data:image/png;base64,{data})"),
            "pictures": report.tiles,
            "bytes": len(report.png),
            "changed": report.changed,
        }
    )
