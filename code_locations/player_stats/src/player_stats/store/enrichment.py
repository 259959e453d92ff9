"""Data from other locations that reports show: item names, hiscores gains, pictures.

Everything is looked up by `_id` and may be missing; a report is complete without it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, cast

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.stored.hiscores import HiscoresSection
from wrapped_shared.stored.reports import Slide, SlideImage

_OWN_FIELDS: Final = ("_id", "player_key", "period", "schema_version", "tenures")
_MAX_KNOWN: Final = 100_000
RANK_IMAGE: Final = "stat:rank"
"""The picture of the rank slide, which a ranking may add to any report."""


@dataclass
class Enrichment:
    """Lookups for reports; both hits and misses are cached."""

    item_names: dict[int, str | None] = field(default_factory=dict)
    """Names by item id; those of the base item where it has one. None if it is unknown."""
    gains: dict[str, HiscoresSection] = field(default_factory=dict)
    """The hiscores section by report `_id`."""
    images: dict[str, SlideImage | None] = field(default_factory=dict)
    """{file_id, width, height} by image key; None if there is none."""

    def load_images(self, analytics: Database[Document], slides: Iterable[Slide]) -> None:
        """Look up the pictures of slides, and that of the rank slide."""
        if len(self.images) > _MAX_KNOWN:
            self.images = {}
        keys = {slide["image_key"] for slide in slides if slide["image_key"]}
        unknown = (keys | {RANK_IMAGE}) - self.images.keys()
        self.images |= dict.fromkeys(unknown)
        fields = {"sprite.file_id": 1, "sprite.width": 1, "sprite.height": 1}
        for image in find_by_id(analytics[names.STAT_IMAGES], unknown, fields):
            sprite = image.get("sprite")
            if sprite:
                picture: SlideImage = {
                    "file_id": sprite["file_id"],
                    "width": sprite["width"],
                    "height": sprite["height"],
                }
                self.images[image["_id"]] = picture

    def with_images(self, slides: Iterable[Slide]) -> list[Slide]:
        """Return slides with their pictures; null if there is none."""
        return [{**slide, "image": self.images.get(slide["image_key"] or "")} for slide in slides]

    def load_items(self, analytics: Database[Document], item_ids: Iterable[int]) -> None:
        """Look up the names of items."""
        if len(self.item_names) > _MAX_KNOWN:
            self.item_names = {}
        unknown = set(item_ids) - self.item_names.keys()
        self.item_names |= dict.fromkeys(unknown)
        fields = {"name": 1, "base_id": 1}
        items = {item["_id"]: item for item in find_by_id(analytics[names.ITEMS], unknown, fields)}
        bases = {item.get("base_id") for item in items.values()} - items.keys() - {None}
        items |= {item["_id"]: item for item in find_by_id(analytics[names.ITEMS], bases, fields)}
        for number, item in items.items():
            base = items.get(item.get("base_id"), item)
            self.item_names[number] = base.get("name") or item.get("name") or None

    def load_gains(self, analytics: Database[Document], report_ids: Iterable[str]) -> None:
        """Look up the hiscores sections of the given reports, replacing those of earlier ones."""
        self.gains = {
            gains["_id"]: cast("HiscoresSection", {name: gains[name] for name in gains if name not in _OWN_FIELDS})
            for gains in find_by_id(analytics[names.HISCORES_GAINS], report_ids)
        }
