"""`share_cards`, its GridFS bucket and `card_requests`: bounded, indexed reads and idempotent writes.

A card's file is stored before its document points to it, and the file that it replaces is removed afterwards: a killed
run leaves at most one file without a card, which the next sweep removes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gridfs import GridFSBucket
from pymongo.database import Database
from wrapped_card.content import PROJECTION
from wrapped_shared.bulk import batches, find_by_id
from wrapped_shared.collections import CARD_REQUESTS, ITEMS, SHARE_CARDS, STAT_IMAGES, WRAPPED_REPORTS
from wrapped_shared.documents import Document
from wrapped_shared.stored.image_map import ShareCard

from image_map.domain.cards import report_id

FILES: Final = f"{SHARE_CARDS}.files"
CHUNKS: Final = f"{SHARE_CARDS}.chunks"
PAGE: Final = 100
"""How many reports or requests are looked at together."""
IDS: Final = 1_000
_REPORT: Final = {**PROJECTION, "generated_at": 1}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that a card may show."""

    file_id: str
    attribution: str


def requested(analytics: Database[Document]) -> list[Document]:
    """Return some requests, at most a page."""
    return list(analytics[CARD_REQUESTS].find({}).limit(PAGE))


def fulfil(analytics: Database[Document], requests: Iterable[Document]) -> None:
    """Remove requests, unless somebody has changed them meanwhile."""
    for request in requests:
        analytics[CARD_REQUESTS].delete_one(request)


def reports_named(analytics: Database[Document], ids: Iterable[Any]) -> list[Document]:
    """Return the reports with some `_id`s, with the fields of a card."""
    return list(find_by_id(analytics[WRAPPED_REPORTS], [_id for _id in ids if isinstance(_id, str)], _REPORT))


def reports_since(analytics: Database[Document], since: datetime) -> Iterator[list[Document]]:
    """Yield the reports that changed since a time, the oldest first, in pages, with the fields of a card."""
    changed = {"generated_at": {"$gte": since}}
    with analytics[WRAPPED_REPORTS].find(changed, _REPORT, batch_size=PAGE).sort("generated_at", 1) as found:
        yield from batches(found, PAGE)


def changed_ids(analytics: Database[Document], after: datetime, most: int) -> list[Document]:
    """Return `_id`, `period` and `generated_at` of the next reports that changed after a time."""
    fields = {"period": 1, "generated_at": 1}
    changed = analytics[WRAPPED_REPORTS].find({"generated_at": {"$gt": after}}, fields)
    return list(changed.sort("generated_at", 1).limit(most))


def existing_reports(analytics: Database[Document], ids: Iterable[str]) -> set[str]:
    """Return which of some reports exist."""
    return {report["_id"] for report in find_by_id(analytics[WRAPPED_REPORTS], ids, {"_id": 1})}


def cards_named(analytics: Database[Any], ids: Iterable[str]) -> dict[str, ShareCard]:
    """Return the cards with some `_id`s."""
    return {card["_id"]: card for card in find_by_id(analytics[SHARE_CARDS], ids)}


def pictures_of(analytics: Database[Document], keys: Iterable[str]) -> dict[str, Shown]:
    """Return the pictures from the wiki of some subjects, an item's its own or that of its base item."""
    wanted = set(keys)
    items = {int(key.removeprefix("item:")): key for key in wanted if key.startswith("item:")}
    bases = {
        items[item["_id"]]: f"item:{item['base_id']}"
        for item in find_by_id(analytics[ITEMS], items, {"base_id": 1})
        if item["base_id"] != item["_id"]
    }
    fields = {"sprite.file_id": 1, "status": 1, "attribution": 1}
    entries = {
        entry["_id"]: Shown(str(entry["sprite"]["file_id"]), str(entry.get("attribution", "")))
        for entry in find_by_id(analytics[STAT_IMAGES], wanted | set(bases.values()), fields)
        if entry.get("sprite") and entry.get("status") != "fallback"
    }
    return {key: shown for key in wanted if (shown := entries.get(key) or entries.get(bases.get(key, "")))}


def write_card(analytics: Database[Any], card: ShareCard, png: bytes, before: ShareCard | None) -> None:
    """Store a card: its file, then its document, then remove the file that it had."""
    remove_file(analytics, card["file_id"])  # what a killed run left of it
    bucket = GridFSBucket(analytics, SHARE_CARDS)
    name, metadata = f"{card['file_id']}.png", {"contentType": "image/png"}
    bucket.upload_from_stream_with_id(card["file_id"], name, png, metadata=metadata)
    analytics[SHARE_CARDS].replace_one({"_id": card["_id"]}, card, upsert=True)
    if before is not None and before["file_id"] != card["file_id"]:
        remove_file(analytics, before["file_id"])


def remove_cards(analytics: Database[Any], cards: Sequence[ShareCard]) -> int:
    """Remove cards with their files; return how many."""
    for card in cards:
        analytics[SHARE_CARDS].delete_one({"_id": card["_id"]})
        remove_file(analytics, card["file_id"])
    return len(cards)


def cards_without_report(analytics: Database[Any]) -> Iterator[list[ShareCard]]:
    """Yield the cards whose report is gone: forgotten, or under another name now; in pages."""
    for page in _pages(analytics, SHARE_CARDS, "period", "player_key", "file_id"):
        there = existing_reports(analytics, {report_id(card) for card in page})
        yield [card for card in page if report_id(card) not in there]


def files_without_card(analytics: Database[Document]) -> Iterator[list[Any]]:
    """Yield the ids of files that no card refers to, in pages."""
    for page in _pages(analytics, FILES, "_id"):
        ids = [file["_id"] for file in page]
        used = analytics[SHARE_CARDS].find({"file_id": {"$in": ids}}, {"file_id": 1})
        yield sorted(set(ids) - {card["file_id"] for card in used})


def cards_without_file(analytics: Database[Document]) -> Iterator[list[Document]]:
    """Yield the cards whose file is missing or has another length, in pages."""
    for page in _pages(analytics, SHARE_CARDS, "file_id", "bytes"):
        files = find_by_id(analytics[FILES], [card["file_id"] for card in page], {"length": 1})
        lengths = {file["_id"]: file["length"] for file in files}
        yield [card for card in page if lengths.get(card["file_id"]) != card["bytes"]]


def remove_file(analytics: Database[Any], file_id: object) -> None:
    """Remove a file of the bucket."""
    analytics[FILES].delete_one({"_id": file_id})
    analytics[CHUNKS].delete_many({"files_id": file_id})


def _pages(analytics: Database[Any], collection: str, *fields: str) -> Iterator[list[Any]]:
    return batches(analytics[collection].find({}, dict.fromkeys(fields, 1), batch_size=IDS), IDS)
