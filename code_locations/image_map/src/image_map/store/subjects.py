"""Reading what the reports name, and the location's own collection `stat_subjects`.

`domain.subjects` defines what a document names. The day documents are not read: their fields are private to
`player_stats`, and every day is merged into a report anyway.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from pymongo import DeleteOne, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared.bulk import write_all
from wrapped_shared.collections import HISCORES_GAINS, STAT_SUBJECTS, WRAPPED_REPORTS
from wrapped_shared.documents import Document

from image_map.domain.subjects import Subject

BATCH: Final = 1_000
NAMED_FIELDS: Final[Mapping[str, int]] = {
    "loot.mobs.name": 1,
    "loot.mobs.combat_level": 1,
    "loot.mobs.npc_ids": 1,
    "loot.mobs.items.item_id": 1,
    "equipment.item_id": 1,
    "exchange.items.item_id": 1,
    "places.name": 1,
    "deaths.places.name": 1,
    "experience.skills": 1,
    "hiscores.bosses": 1,
    "slides.stat": 1,
    "slides.image_key": 1,
}
"""The parts of a report that name subjects; nothing else is transferred."""


def reports(
    analytics: Database[Document], *, players: Iterable[str] | None = None, since: datetime | None = None
) -> Iterator[Document]:
    """Yield reports, projected to the parts that name subjects.

    Args:
        analytics: the analytics database.
        players: only those of these player keys (one indexed query each); None = all.
        since: only reports that changed at this time or later (indexed); None = all.
    """
    wanted = {"generated_at": {"$gte": since}} if since is not None else {}
    return _found(analytics[WRAPPED_REPORTS], NAMED_FIELDS, players, wanted)


def gains(analytics: Database[Document], *, players: Iterable[str] | None = None) -> Iterator[Document]:
    """Yield the bosses in `hiscores_gains` documents, for all players or some."""
    return _found(analytics[HISCORES_GAINS], {"bosses": 1}, players, {})


def _found(
    collection: Collection[Document], fields: Mapping[str, int], players: Iterable[str] | None, of_all: Document
) -> Iterator[Document]:
    for query in [of_all] if players is None else [{"player_key": key} for key in sorted(players)]:
        yield from collection.find(query, fields, batch_size=BATCH)


def read_subjects(analytics: Database[Any]) -> dict[str, Subject]:
    """Return all known subjects by `_id`."""
    found = analytics[STAT_SUBJECTS].find({}, batch_size=BATCH)
    return {document["_id"]: Subject.read(document) for document in found}


def items_named(analytics: Database[Document]) -> bool:
    """Return whether any subject is an item."""
    return analytics[STAT_SUBJECTS].find_one({"_id": {"$gte": "item:", "$lt": "item;"}}, {"_id": 1}) is not None


def write_subjects(
    analytics: Database[Document],
    subjects: Mapping[str, Subject],
    before: Mapping[str, Subject],
    gone: Iterable[str] = (),
) -> int:
    """Write the subjects that are new or changed, remove those gone; returns how many documents changed.

    Args:
        analytics: the analytics database.
        subjects: the subjects to store.
        before: the stored subjects, as returned by `read_subjects`.
        gone: `_id`s that nothing names any more.
    """
    writes = [
        ReplaceOne({"_id": _id}, subject.stored(), upsert=True)
        for _id, subject in subjects.items()
        if _id not in before or before[_id].stored() != subject.stored()
    ]
    return write_all(analytics[STAT_SUBJECTS], [*writes, *(DeleteOne({"_id": _id}) for _id in gone)])
