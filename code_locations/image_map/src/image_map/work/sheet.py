"""Drawing the contact sheet from what is stored, and storing it where it changed."""

from dataclasses import dataclass
from typing import Any

from pymongo.database import Database
from wrapped_shared.collections import STAT_IMAGES

from image_map.domain.entries import FAN_CONTENT_NOTE
from image_map.domain.sheet import MOST, Tile, draw_sheet
from image_map.domain.sprites import Picture
from image_map.store.sprites import CHUNKS, SHEET, SpriteStore, sweep


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What became of the sheet."""

    picture: Picture
    tiles: int
    changed: bool


def build_sheet(analytics: Database[dict[str, Any]]) -> SheetReport:
    """Draw all thumbnails on one sheet and keep it in GridFS as `sprite-sheet.png`; older sheets go."""
    fields = {"kind": 1, "name": 1, "combat_level": 1, "status": 1, "thumbnail.file_id": 1}
    entries = sorted(analytics[STAT_IMAGES].find({}, fields), key=lambda entry: str(entry["_id"]))
    tiles = []
    for entry in entries:
        png = _thumbnail(analytics, entry) if len(tiles) < MOST else None
        if png is not None:
            tiles.append(Tile(entry["kind"], _label(entry), entry["status"] == "found", png))
    picture = draw_sheet(tiles)
    store = SpriteStore(analytics)
    store.put(picture, {"attribution": FAN_CONTENT_NOTE}, SHEET)
    if store.put_files:
        sweep(analytics)
    return SheetReport(picture, len(tiles), bool(store.put_files))


def _thumbnail(analytics: Database[dict[str, Any]], entry: dict[str, Any]) -> bytes | None:
    file_id = (entry.get("thumbnail") or {}).get("file_id")
    chunks = analytics[CHUNKS].find({"files_id": file_id}).sort("n", 1) if file_id is not None else []
    return b"".join(chunk["data"] for chunk in chunks) or None


def _label(entry: dict[str, Any]) -> str:
    level = entry.get("combat_level")
    return f"{entry['name']} ({level})" if level is not None else str(entry["name"])
