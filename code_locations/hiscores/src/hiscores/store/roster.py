"""Names in MongoDB: what telemetry and groups say, and the collection `hiscores_roster` of who is tracked.

A roster document is `{_id: <player_key>, player, sources: [...], first_seen, last_telemetry | null}`.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bson import Decimal128
from pymongo import DeleteOne, ReplaceOne
from pymongo.database import Database
from wrapped_shared.collections import HISCORES_ROSTER, PLAYER_GROUPS, RAW_EVENT_COLLECTIONS
from wrapped_shared.mongo import Document
from wrapped_shared.version import SCHEMA_VERSION

from hiscores.domain.roster import Tracked
from hiscores.domain.snapshots import whole_milliseconds

BATCH: Final = 1_000


def telemetry_names(raw: Database[Document]) -> set[str]:
    """Every form of a name that any raw collection ever had.

    Grouping by nothing but the head of an index, a MongoDB server skips through it from name to name.
    """
    names: set[str] = set()
    for collection in RAW_EVENT_COLLECTIONS:
        for group in raw[collection].aggregate([{"$group": {"_id": "$username"}}]):
            if isinstance(group["_id"], str):
                names.add(group["_id"])
    return names


def recent_activity(raw: Database[Document], since: datetime, until: datetime) -> dict[str, datetime]:
    """By form of the name, the time of the latest event with `since <= timestamp < until`."""
    latest: dict[str, float] = {}
    bounds = {"$gte": _milliseconds(since), "$lt": _milliseconds(until)}
    pipeline: list[dict[str, Any]] = [
        {"$match": {"timestamp": bounds}},
        {"$group": {"_id": "$username", "last": {"$max": "$timestamp"}}},
    ]
    for collection in RAW_EVENT_COLLECTIONS:
        for group in raw[collection].aggregate(pipeline):
            last = group["last"]
            if isinstance(last, Decimal128):  # hostile, but in the range
                last = float(last.to_decimal())
            if isinstance(last, list):  # an array matches a range on its elements, and is no time
                continue
            if isinstance(group["_id"], str):
                latest[group["_id"]] = max(latest.get(group["_id"], 0.0), last)
    return {form: whole_milliseconds(datetime.fromtimestamp(last / 1000, UTC)) for form, last in latest.items()}


def group_members(analytics: Database[Document]) -> set[str]:
    """Every member of every group, in the form the web app stored."""
    members: set[str] = set()
    for group in analytics[PLAYER_GROUPS].find({}, {"members": 1}):
        listed = group.get("members")
        if isinstance(listed, list):
            members.update(member for member in listed if isinstance(member, str))
    return members


def load_roster(analytics: Database[Document]) -> dict[str, Tracked]:
    """Everyone tracked, by key."""
    return {document["_id"]: _tracked(document) for document in analytics[HISCORES_ROSTER].find({})}


def save_roster(analytics: Database[Document], before: Mapping[str, Tracked], after: Mapping[str, Tracked]) -> int:
    """Write what differs and remove who is no longer tracked; returns how many documents were touched."""
    writes: list[ReplaceOne[Document] | DeleteOne] = [
        ReplaceOne({"_id": key}, _document(entry), upsert=True)
        for key, entry in after.items()
        if before.get(key) != entry
    ]
    writes += [DeleteOne({"_id": key}) for key in before if key not in after]
    for start in range(0, len(writes), BATCH):
        analytics[HISCORES_ROSTER].bulk_write(writes[start : start + BATCH], ordered=False)
    return len(writes)


def load_tracked(analytics: Database[Document], keys: Iterable[str]) -> dict[str, Tracked]:
    """The roster's entries of some players."""
    found = analytics[HISCORES_ROSTER].find({"_id": {"$in": list(keys)}})
    return {document["_id"]: _tracked(document) for document in found}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _tracked(document: Document) -> Tracked:
    return Tracked(
        document["_id"],
        document["player"],
        tuple(document["sources"]),
        document["first_seen"],
        document["last_telemetry"],
    )


def _document(entry: Tracked) -> dict[str, Any]:
    return {
        "_id": entry.key,
        "schema_version": SCHEMA_VERSION,
        "player": entry.player,
        "sources": list(entry.sources),
        "first_seen": _stored(entry.first_seen),
        "last_telemetry": None if entry.last_telemetry is None else _stored(entry.last_telemetry),
    }


def _stored(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
