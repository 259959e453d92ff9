"""Names in MongoDB: those in telemetry and groups, and the collection `hiscores_roster` of tracked players.

A roster document is `{_id: <player_key>, player, sources: [...], first_seen, last_telemetry | null, tracked}`. To stop
tracking a player, set `tracked: false` or remove the document.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bson import Decimal128
from pymongo import DeleteOne, UpdateOne
from pymongo.database import Database
from wrapped_shared.bulk import find_by_id, write_all
from wrapped_shared.collections import HISCORES_PLAYERS, HISCORES_ROSTER, PLAYER_GROUPS, RAW_EVENT_COLLECTIONS
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.stored.hiscores import HiscoresPlayerFields, RosterEntryFields
from wrapped_shared.usernames import usernames
from wrapped_shared.version import SCHEMA_VERSIONS

from hiscores.domain.roster import Tracked
from hiscores.domain.snapshots import whole_milliseconds
from hiscores.domain.states import NEVER


def telemetry_names(raw: Database[Document]) -> set[str]:
    """Return every form of a name in any raw collection."""
    return {form for collection in RAW_EVENT_COLLECTIONS for form in usernames(raw[collection])}


def recent_activity(raw: Database[Document], since: datetime, until: datetime) -> dict[str, datetime]:
    """Return by form of the name, the time of the latest event with `since <= timestamp < until`."""
    latest: dict[str, float] = {}
    bounds = {"$gte": _milliseconds(since), "$lt": _milliseconds(until)}
    pipeline: list[Document] = [
        {"$match": {"timestamp": bounds}},
        {"$group": {"_id": "$username", "last": {"$max": "$timestamp"}}},
    ]
    for collection in RAW_EVENT_COLLECTIONS:
        for group in raw[collection].aggregate(pipeline):
            last = group["last"]
            if isinstance(last, Decimal128):  # hostile, but in the range
                last = float(last.to_decimal())
            if isinstance(last, list):  # an array matches a range by its elements, but is not a time
                continue
            if type(group["_id"]) is str:
                latest[group["_id"]] = max(latest.get(group["_id"], 0.0), last)
    return {form: whole_milliseconds(datetime.fromtimestamp(last / 1000, UTC)) for form, last in latest.items()}


def group_members(analytics: Database[Document]) -> set[str]:
    """Return every member of every group, in the form the web app stored."""
    members: set[str] = set()
    for group in analytics[PLAYER_GROUPS].find({}, {"members": 1}):
        listed = group.get("members")
        if isinstance(listed, list):
            members.update(member for member in listed if type(member) is str)
    return members


def load_roster(analytics: Database[Document]) -> dict[str, Tracked]:
    """Return everyone tracked, by key; players removed by hand are not included."""
    stored = analytics[HISCORES_ROSTER].find({})
    return {document["_id"]: _tracked(document) for document in stored if _is_tracked(document)}


def kept_out(analytics: Database[Document]) -> set[str]:
    """Return the keys of players removed by hand."""
    stored = analytics[HISCORES_ROSTER].find({}, {"tracked": 1})
    return {document["_id"] for document in stored if document.get("tracked") is False}


def removed_by_hand(analytics: Database[Document], newcomers: Iterable[str]) -> set[str]:
    """Return of players without a roster document, those who had one until it was removed by hand.

    Their state still has a due date; players whom the location itself stopped tracking, or never tracked, are never
    due. The roster is read again after the states: another run may have added and looked up a player since it was
    first read.
    """
    states = find_by_id(analytics[HISCORES_PLAYERS], newcomers, {"next_due": 1})
    due = {state["_id"] for state in states if state["next_due"] != NEVER}
    return due - load_tracked(analytics, due).keys()


def keep_out(analytics: Database[Document], entries: Iterable[Tracked]) -> None:
    """Record that these players were removed by hand, where a person can see and undo it."""
    out = list(entries)
    writes = [
        UpdateOne({"_id": e.key}, {"$set": {**_fields(e), **RosterEntryFields(tracked=False)}}, upsert=True)
        for e in out
    ]
    write_all(analytics[HISCORES_ROSTER], writes)
    _never_due(analytics, [entry.key for entry in out])


def save_roster(analytics: Database[Document], before: Mapping[str, Tracked], after: Mapping[str, Tracked]) -> int:
    """Write changes and remove players no longer tracked; returns how many documents were touched.

    `tracked` is written only for newcomers: a person may be changing it at this moment.
    """
    gone = [key for key in before if key not in after]
    _never_due(analytics, gone)
    writes: list[UpdateOne | DeleteOne] = [
        UpdateOne({"_id": key}, {"$set": _fields(entry), "$setOnInsert": RosterEntryFields(tracked=True)}, upsert=True)
        for key, entry in after.items()
        if before.get(key) != entry
    ]
    writes += [DeleteOne({"_id": key}) for key in gone]
    return write_all(analytics[HISCORES_ROSTER], writes)


def forget_entries(analytics: Database[Document], forgotten: Forgotten, keys: Iterable[str], day: str) -> None:
    """Remove the entries of those of the given players who were forgotten while the roster was made."""
    gone = [key for key in keys if forgotten.covers(key, day)]
    write_all(analytics[HISCORES_ROSTER], [DeleteOne({"_id": key}) for key in gone])


def load_tracked(analytics: Database[Document], keys: Iterable[str]) -> dict[str, Tracked]:
    """Return the roster entries of those of the given players who are tracked."""
    found = find_by_id(analytics[HISCORES_ROSTER], keys)
    return {document["_id"]: _tracked(document) for document in found if _is_tracked(document)}


def _never_due(analytics: Database[Document], keys: Iterable[str]) -> None:
    never = {"$set": HiscoresPlayerFields(next_due=NEVER)}
    write_all(analytics[HISCORES_PLAYERS], [UpdateOne({"_id": key}, never) for key in keys])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _is_tracked(document: Document) -> bool:
    """Return whether a document is a tracked player's; one inserted by hand may have only `_id` and `tracked`."""
    return document.get("tracked") is not False and "first_seen" in document


def _tracked(document: Document) -> Tracked:
    return Tracked(
        key=document["_id"],
        player=document["player"],
        sources=tuple(document["sources"]),
        first_seen=document["first_seen"],
        last_telemetry=document["last_telemetry"],
    )


def _fields(entry: Tracked) -> RosterEntryFields:
    return {
        "schema_version": SCHEMA_VERSIONS[HISCORES_ROSTER],
        "player": entry.player,
        "sources": list(entry.sources),
        "first_seen": entry.first_seen.astimezone(UTC),
        "last_telemetry": None if entry.last_telemetry is None else entry.last_telemetry.astimezone(UTC),
    }
