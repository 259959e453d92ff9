"""Counting the events that arrive for sealed days.

Sealed days keep their results and are never recomputed, because their events may have been deleted.
"""

from typing import Any, Final

from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.periods import day_of_ms, day_start_ms
from wrapped_shared.seal import sealed_before
from wrapped_shared.stored.player_stats import DataQuality

from player_stats.domain.days import quality_document
from player_stats.domain.ledger import arrived_for_sealed
from player_stats.domain.quality import MAX_EXAMPLES, PlayerTally
from player_stats.store.counting import by_day
from player_stats.store.ids import id_key
from player_stats.store.quality import write_counts
from player_stats.store.reading import day_range

SEALED: Final = "sealed"


def write_sealed(raw: Database[Document], analytics: Database[Document], first_day: str) -> dict[str, int]:
    """Write the `"<collection>|sealed"` document of every raw collection; return how many events each counts.

    If nothing is sealed, there are none. The events that arrived for a sealed day are those in excess of the number
    that was read before it was sealed; once the events that were read are deleted, all that are there, and those that
    `wrapped prune` removed unread.
    """
    before = sealed_before(analytics)
    if before is None:
        return {}
    found = (sealed_document(raw[name], analytics, first_day, before) for name in names.RAW_EVENT_COLLECTIONS)
    return write_counts(analytics, found)


def sealed_document(
    collection: Collection[Document], analytics: Database[Document], first_day: str, before: str
) -> DataQuality:
    """Return the quality document of the events that arrived in a collection for sealed days."""
    tally = PlayerTally()
    present = by_day(collection, day_start_ms(first_day), day_start_ms(before))
    days = {"_id": {"$gte": first_day, "$lt": before}}
    ledgers = {
        ledger["_id"]: ledger
        for ledger in analytics[names.DAY_LEDGER].find(days, {f"seen.{collection.name}": 1, "removed": 1})
    }
    for day in sorted({*ledgers, *map(day_of_ms, present)}):
        ledger, there = ledgers.get(day, {}), present.get(day_start_ms(day), 0)
        arrived = arrived_for_sealed(ledger, collection.name, there)
        tally.read += arrived
        if min(arrived, there) and len(tally.examples) < MAX_EXAMPLES:
            seen = ledger.get("seen", {}).get(collection.name, {}).values()
            newest = max((part["newest"] for part in seen if part["n"]), key=id_key, default=None)
            since = newest if there > arrived else None
            tally.add_examples((id_key(found), SEALED, found) for found in _ids(collection, day, since))
    tally.documents_left_out = tally.read
    if tally.read:
        tally.reasons[SEALED] = tally.read
    return quality_document(collection.name, SEALED, tally)


def _ids(collection: Collection[Document], day: str, above: Any) -> list[Any]:
    pipeline: list[Document] = [{"$match": {"timestamp": day_range(day)}}, {"$project": {"_id": 1}}]
    if above is not None:
        pipeline.append({"$match": {"_id": {"$gt": above}}})
    return [found["_id"] for found in collection.aggregate([*pipeline, {"$limit": MAX_EXAMPLES}])]
