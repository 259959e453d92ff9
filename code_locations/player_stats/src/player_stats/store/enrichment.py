"""What other locations have found out and reports show: item names, gains on the hiscores, pictures.

Everything is looked up by `_id` and may be missing: a report is complete without it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names

Document: TypeAlias = dict[str, Any]

_IDS_AT_ONCE: Final = 1_000
_OWN_FIELDS: Final = ("_id", "player_key", "period", "schema_version")
_KNOWN_AT_MOST: Final = 100_000
RANK_IMAGE: Final = "stat:rank"
"""The picture of the slide that a ranking may add to any report."""


@dataclass
class Enrichment:
    """Lookups for reports; what was found once is known from then on, and so is what was not there."""

    item_names: dict[int, str] = field(default_factory=dict)
    """Names by item id, by way of the base item."""
    gains: dict[str, Document] = field(default_factory=dict)
    """The hiscores section by report `_id`."""
    images: dict[str, Document] = field(default_factory=dict)
    """{file_id, width, height} by image key."""
    _asked_items: set[int] = field(default_factory=set)
    _asked_images: set[str] = field(default_factory=set)

    def load_images(self, analytics: Database[Document], reports: Iterable[Mapping[str, Any]]) -> None:
        """Look up the pictures that the slides of reports ask for, and that of the slide of the rank."""
        if len(self._asked_images) > _KNOWN_AT_MOST:
            self.images, self._asked_images = {}, set()
        keys = {slide["image_key"] for report in reports for slide in report["slides"] if slide["image_key"]}
        keys = (keys | {RANK_IMAGE}) - self._asked_images
        self._asked_images |= keys
        fields = {"sprite.file_id": 1, "sprite.width": 1, "sprite.height": 1}
        for image in find_by_id(analytics, names.STAT_IMAGES, keys, fields):
            sprite = image.get("sprite")
            if sprite:
                self.images[image["_id"]] = {name: sprite[name] for name in ("file_id", "width", "height")}

    def add_images(self, report: Document) -> None:
        """Put the pictures into a report's slides, null where there is none."""
        report["slides"] = [{**slide, "image": self.images.get(slide["image_key"])} for slide in report["slides"]]

    def load_items(self, analytics: Database[Document], item_ids: Iterable[int]) -> None:
        """Look up the names of items."""
        if len(self._asked_items) > _KNOWN_AT_MOST:
            self.item_names, self._asked_items = {}, set()
        asked = set(item_ids) - self._asked_items
        self._asked_items |= asked
        fields = {"name": 1, "base_id": 1}
        items = {item["_id"]: item for item in find_by_id(analytics, names.ITEMS, asked, fields)}
        bases = {item.get("base_id") for item in items.values()} - items.keys() - {None}
        items |= {item["_id"]: item for item in find_by_id(analytics, names.ITEMS, bases, fields)}
        for number, item in items.items():
            name = items.get(item.get("base_id"), item).get("name") or item.get("name")
            if name:
                self.item_names[number] = name

    def load_gains(self, analytics: Database[Document], report_ids: Iterable[str]) -> None:
        """Look up the hiscores sections of some reports; those of others are known no more."""
        self.gains = {
            gains["_id"]: {name: value for name, value in gains.items() if name not in _OWN_FIELDS}
            for gains in find_by_id(analytics, names.HISCORES_GAINS, report_ids)
        }


def find_by_id(
    analytics: Database[Document], collection: str, ids: Iterable[Any], fields: Document | None = None
) -> Iterator[Document]:
    """Yield the documents with the given `_id`s, some hundreds at a time."""
    iterator = iter(sorted(ids))
    while chunk := list(islice(iterator, _IDS_AT_ONCE)):
        yield from analytics[collection].find({"_id": {"$in": chunk}}, fields, batch_size=_IDS_AT_ONCE)
