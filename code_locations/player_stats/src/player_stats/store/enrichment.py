"""What other locations have found out and reports show: item names, gains on the hiscores, pictures.

Everything is looked up by `_id` and may be missing: a report is complete without it.
"""

from collections.abc import Collection as Sized
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names

Document: TypeAlias = dict[str, Any]

_IDS_AT_ONCE: Final = 1_000
_OWN_FIELDS: Final = ("_id", "player_key", "period", "schema_version")


@dataclass
class Enrichment:
    """Lookups for a handful of reports."""

    item_names: dict[int, str] = field(default_factory=dict)
    """Names by item id, by way of the base item."""
    gains: dict[str, Document] = field(default_factory=dict)
    """The hiscores section by report `_id`."""
    images: dict[str, Document] = field(default_factory=dict)
    """{file_id, width, height} by image key."""

    def load_images(self, analytics: Database[Document], reports: Iterable[Mapping[str, Any]]) -> None:
        """Look up the pictures that the slides of reports ask for."""
        keys = {slide["image_key"] for report in reports for slide in report["slides"] if slide["image_key"]}
        fields = {"sprite.file_id": 1, "sprite.width": 1, "sprite.height": 1}
        for image in find_by_id(analytics, names.STAT_IMAGES, keys, fields):
            sprite = image.get("sprite")
            if sprite:
                self.images[image["_id"]] = {name: sprite[name] for name in ("file_id", "width", "height")}

    def add_images(self, report: Document) -> None:
        """Put the pictures into a report's slides, null where there is none."""
        report["slides"] = [{**slide, "image": self.images.get(slide["image_key"])} for slide in report["slides"]]


def load_enrichment(analytics: Database[Document], item_ids: Sized[int], report_ids: Sized[str]) -> Enrichment:
    """Look up items and gains."""
    enrichment = Enrichment()
    items = {item["_id"]: item for item in find_by_id(analytics, names.ITEMS, item_ids, {"name": 1, "base_id": 1})}
    bases = {item["base_id"] for item in items.values() if item.get("base_id") not in (None, *items)}
    items |= {item["_id"]: item for item in find_by_id(analytics, names.ITEMS, bases, {"name": 1, "base_id": 1})}
    for number, item in items.items():
        base = item.get("base_id")
        name = items.get(base, item).get("name") or item.get("name")
        if name:
            enrichment.item_names[number] = name
    for gains in find_by_id(analytics, names.HISCORES_GAINS, report_ids):
        enrichment.gains[gains["_id"]] = {name: value for name, value in gains.items() if name not in _OWN_FIELDS}
    return enrichment


def find_by_id(
    analytics: Database[Document], collection: str, ids: Iterable[Any], fields: Document | None = None
) -> Iterator[Document]:
    """Yield the documents with the given `_id`s, some hundreds at a time."""
    iterator = iter(sorted(ids))
    while chunk := list(islice(iterator, _IDS_AT_ONCE)):
        yield from analytics[collection].find({"_id": {"$in": chunk}}, fields)
