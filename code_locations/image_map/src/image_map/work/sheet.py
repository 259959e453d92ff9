"""Draws the contact sheet from the stored pictures, and stores it if it changed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pymongo.database import Database
from wrapped_shared.collections import STAT_IMAGES
from wrapped_shared.documents import Document

from image_map.domain.entries import FAN_CONTENT_NOTE
from image_map.domain.sheet import MOST_OF_A_KIND, Tile, draw_sheet
from image_map.store.sprites import SHEET, SpriteStore, read_file, stored_sheet, sweep


@dataclass(frozen=True, slots=True)
class SheetReport:
    """The result for the sheet."""

    png: bytes
    tiles: int
    changed: bool


def build_sheet(analytics: Database[Document]) -> SheetReport:
    """Draw all thumbnails on one sheet and store it in GridFS as `sprite-sheet.png`; older sheets are removed.

    If no picture and no label changed since the stored sheet, that one is returned.
    """
    fields = {"kind": 1, "name": 1, "combat_level": 1, "status": 1, "thumbnail.file_id": 1}
    entries = sorted(analytics[STAT_IMAGES].find({}, fields), key=lambda entry: str(entry["_id"]))
    shown = [(entry, file_id) for entry in entries if (file_id := (entry.get("thumbnail") or {}).get("file_id"))]
    content = "\n".join(f"{entry['_id']}|{_label(entry)}|{entry['status']}|{file_id}" for entry, file_id in shown)
    fingerprint = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
    stored = stored_sheet(analytics)
    if stored is not None and stored["metadata"].get("content") == fingerprint:
        png = read_file(analytics, stored["_id"])
        if png is not None:
            return SheetReport(png, len(shown), changed=False)
    picture = draw_sheet(_tiles(analytics, shown))
    store = SpriteStore(analytics, rewrite=True)
    store.put([picture], {"attribution": FAN_CONTENT_NOTE, "content": fingerprint}, SHEET)
    sweep(analytics)
    return SheetReport(picture.png, len(shown), changed=True)


def _tiles(analytics: Database[Document], shown: Iterable[tuple[Document, object]]) -> Iterator[Tile]:
    """Yield the tiles; those beyond the sheet's limit for a kind come without their bytes."""
    kinds: Counter[str] = Counter()
    for entry, file_id in shown:
        kinds[entry["kind"]] += 1
        png = read_file(analytics, file_id) if kinds[entry["kind"]] <= MOST_OF_A_KIND else b""
        if png is not None:
            yield Tile(entry["kind"], _label(entry), entry["status"] == "found", png)


def _label(entry: Document) -> str:
    level = entry.get("combat_level")
    return f"{entry['name']} ({level})" if level is not None else str(entry["name"])
