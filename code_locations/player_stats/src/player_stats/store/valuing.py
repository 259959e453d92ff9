"""Valuing months while they are merged: the prices in use, and `loot_months`, the months whose prices are needed.

Which prices are in use, and what is owed when they change, is decided in `price_changes`.
"""

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import write_all
from wrapped_shared.documents import Document
from wrapped_shared.stored.player_stats import LootMonth

from player_stats.domain.prices import Prices
from player_stats.domain.summaries import Summary, valued
from player_stats.store.price_changes import prices_in_use, prices_version


class Valuing:
    """Values months at the prices in use, which are read once and again only after they changed."""

    def __init__(self) -> None:
        """Start without prices."""
        self._version: ObjectId | None = None
        self._prices = Prices({}, {})
        self._months: set[str] = set()
        self._noted: set[str] = set()

    def refresh(self, analytics: Database[Document]) -> None:
        """Read the prices in use if they changed; call it in every turn, before months are read."""
        version = prices_version(analytics)
        if version != self._version:
            self._version, self._prices = prices_in_use(analytics)

    def value(self, summary: Summary, month: str) -> Summary:
        """Return the summary of a whole month with what its loot was worth."""
        if not summary["loot"]["mobs"]:
            return summary
        self._months.add(month)
        return valued(summary, month, self._prices)

    def note_months(self, analytics: Database[Document]) -> None:
        """Record the months with loot; call it before what was valued is written."""
        new = sorted(self._months - self._noted)
        writes = [UpdateOne({"_id": month}, {"$setOnInsert": LootMonth(_id=month)}, upsert=True) for month in new]
        write_all(analytics[names.LOOT_MONTHS], writes)
        self._noted.update(new)
