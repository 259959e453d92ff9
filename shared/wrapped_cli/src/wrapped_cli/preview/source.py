"""Reads the preview's data from MongoDB: reports, daily play, pictures, groups. Only bounded, indexed reads."""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import gridfs
from markupsafe import Markup
from pydantic import ValidationError
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.links import applied_tenures, clauses_of_days
from wrapped_shared.models.player_stats import GroupReport
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.periods import period_bounds

from wrapped_cli.errors import CommandError
from wrapped_cli.text import clean

_PNG: Final = b"\x89PNG\r\n\x1a\n"
BUDGET_BYTES: Final = 1_400_000
"""Limit for the inlined pictures of one page, so that a page stays well below 2 MiB in total."""
LARGEST_BYTES: Final = 120_000
"""A larger picture is replaced by its thumbnail."""


@dataclass(frozen=True)
class Picture:
    """A picture as the page carries it."""

    uri: Markup


@dataclass
class Pictures:
    """The pictures of one page by `image_key`, inlined as they are requested until the page is full."""

    analytics: Database[Document]
    entries: Mapping[str, Document]
    base_ids: Mapping[int, int]
    spent: int = 0
    _attributions: set[str] = field(default_factory=set)
    _bytes: dict[Any, bytes | None] = field(default_factory=dict)

    def get(self, key: str | None, *, large: bool = False) -> Picture | None:
        """Return a subject's picture, its thumbnail unless `large`; None if there is none or no room."""
        entry = self.entries.get(key or "")
        if entry is None:
            return None
        for size in ("sprite", "thumbnail") if large else ("thumbnail", "sprite"):
            data = self._read((entry.get(size) or {}).get("file_id"))
            if data is None or len(data) > LARGEST_BYTES or self.spent + len(data) * 4 // 3 > BUDGET_BYTES:
                continue
            encoded = base64.b64encode(data).decode()
            self.spent += len(encoded)
            self._attributions.add(str(entry.get("attribution", "")))
            return Picture(Markup("data:image/png;base64,") + encoded)
        return None

    def item(self, item_id: int, *, large: bool = False) -> Picture | None:
        """Return an item's picture: its own, else that of its base item; its thumbnail unless `large`."""
        base = self.base_ids.get(item_id, item_id)
        return self.get(f"item:{item_id}", large=large) or self.get(f"item:{base}", large=large)

    def credits(self) -> list[tuple[str, list[str]]]:
        """Return the attributions of all pictures requested, each with the files it applies to."""
        files: dict[str, set[str]] = defaultdict(set)
        for attribution in self._attributions - {""}:
            file, _, common = attribution.partition("; ")
            files[common or file].add(file.partition(",")[0].removeprefix("File:") if common else "")
        return [(common, sorted(filter(None, found))) for common, found in sorted(files.items())]

    def sprite(self, key: str) -> tuple[str, bytes] | None:
        """Return a subject's real picture in full size, or that of its base item: its file's id and the PNG."""
        kind, _, number = key.partition(":")
        base = f"item:{self.base_ids.get(int(number), number)}" if kind == "item" else key
        for entry in (self.entries.get(key), self.entries.get(base)):
            if entry is None or entry.get("status") == "fallback":
                continue
            file_id = (entry.get("sprite") or {}).get("file_id")
            data = self._read(file_id)
            if data is not None:
                return str(file_id), data
        return None

    def _read(self, file_id: Any) -> bytes | None:
        if file_id is None:
            return None
        if file_id not in self._bytes:
            bucket = gridfs.GridFSBucket(self.analytics, names.SPRITES_BUCKET)
            try:
                data: bytes | None = bucket.open_download_stream(file_id).read()
            except gridfs.errors.GridFSError:  # deleted or broken: an asset check of the image map reports it
                data = None
            self._bytes[file_id] = data if data and data.startswith(_PNG) else None
        return self._bytes[file_id]


def read_report(document: Document) -> WrappedReport:
    """Return a stored report as its model.

    Raises:
        CommandError: it does not follow the contract.
    """
    try:
        return WrappedReport.model_validate(document)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise CommandError(
            f"the report {clean(document.get('_id'), 60)} cannot be shown, its field {clean(where, 60)} is "
            "invalid: rebuild it with wrapped run"
        ) from None


def day_ticks(analytics: Database[Document], player_key: str, period: str) -> dict[str, int]:
    """Return a player's game ticks per day in a period; empty if the days do not have them."""
    first, end = period_bounds(period)
    of_player = clauses_of_days(applied_tenures(analytics), player_key, first, end)
    days = (analytics[names.PLAYER_DAYS].find(clause, {"day": 1, "play.ticks": 1}) for clause in of_player)
    found: Counter[str] = Counter()
    for document in chain.from_iterable(days):
        play = document.get("play")
        ticks = play.get("ticks") if isinstance(play, dict) else None
        if isinstance(ticks, int) and ticks > 0:
            found[str(document["day"])] += ticks  # on the day of a change of names there are two documents
    return found


def pictures(analytics: Database[Document], keys: Iterable[str | None], item_ids: Iterable[int]) -> Pictures:
    """Return the known pictures of subjects and items; the files are read when they are requested."""
    ids = sorted(set(item_ids))
    base_ids = {
        document["_id"]: document["base_id"]
        for document in analytics[names.ITEMS].find({"_id": {"$in": ids}}, {"base_id": 1})
    }
    wanted = {key for key in keys if key} | {f"item:{item_id}" for item_id in (*ids, *base_ids.values())}
    fields = {"sprite.file_id": 1, "thumbnail.file_id": 1, "attribution": 1, "status": 1}
    entries = {
        document["_id"]: document
        for document in analytics[names.STAT_IMAGES].find({"_id": {"$in": sorted(wanted)}}, fields)
    }
    return Pictures(analytics, entries, base_ids)


def read_group(document: Document) -> GroupReport:
    """Return a stored group report as its model.

    Raises:
        CommandError: it does not follow the contract.
    """
    try:
        return GroupReport.model_validate(document)
    except ValidationError:
        raise CommandError(
            f"the group report {clean(document.get('_id'), 60)} cannot be shown: rebuild it with wrapped run"
        ) from None


def reports_of(analytics: Database[Document], period: str, keys: Iterable[str]) -> list[WrappedReport]:
    """Return the reports of players in a period, those with the most play time first."""
    wanted = [f"{period}/{key}" for key in keys]
    found = [read_report(document) for document in analytics[names.WRAPPED_REPORTS].find({"_id": {"$in": wanted}})]
    return sorted(found, key=lambda report: (-report.play.seconds, report.player_key))
