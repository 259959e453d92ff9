"""The raw collection `hiscores`: snapshots in the new and the old format.

New documents are found by `_id`, which starts with the player's key; older ones have an ObjectId and are found by
`username`. Their `timestamp` is in seconds, far below any in milliseconds, so a range on it finds exactly those.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wrapped_shared.bulk import find_by_id
from wrapped_shared.collections import HISCORES
from wrapped_shared.documents import Document
from wrapped_shared.names import player_key
from wrapped_shared.stored.hiscores import HiscoresSnapshot

from hiscores.domain.snapshots import slot_text

HEAD: Final = dict.fromkeys(("player_key", "slot", "scraped_at", "account_type", "skills", "bosses"), 1)
"""The fields that identify the account behind a name."""
OLD_TIMESTAMPS: Final = {"$gte": 0, "$lt": 100_000_000_000}


def load_by_slot(raw: Database[Document], slots: Iterable[tuple[str, datetime]]) -> dict[str, Document]:
    """Return by player, the snapshot (skills and bosses only) for the slot given for them, if there is one."""
    ids = [f"{key}|{slot_text(slot)}" for key, slot in slots]
    return {document["player_key"]: document for document in find_by_id(raw[HISCORES], ids, HEAD)}


def save_snapshot(raw: Database[Any], document: HiscoresSnapshot) -> None:
    """Write one snapshot; an existing one for the slot is replaced."""
    try:
        raw[HISCORES].insert_one(document)
    except DuplicateKeyError:
        raw[HISCORES].replace_one({"_id": document["_id"]}, document)


def remove_snapshot(raw: Database[Document], snapshot_id: str) -> None:
    """Remove one snapshot."""
    raw[HISCORES].delete_one({"_id": snapshot_id})


def of_player(raw: Database[Document], key: str, old_forms: Iterable[str]) -> Iterator[Document]:
    """Yield all snapshots of one player, new and old, in no particular order."""
    yield from raw[HISCORES].find({"_id": {"$gte": f"{key}|", "$lt": f"{key}}}"}})  # "}" follows "|"
    yield from _older(raw, old_forms)


def old_forms(raw: Database[Document]) -> dict[str, list[str]]:
    """Return by player, every form of their name in older documents."""
    pipeline: list[Document] = [{"$match": {"timestamp": OLD_TIMESTAMPS}}, {"$group": {"_id": "$username"}}]
    forms: dict[str, list[str]] = {}
    for group in raw[HISCORES].aggregate(pipeline):
        key = player_key(group["_id"])
        if key is not None:
            forms.setdefault(key, []).append(group["_id"])
    return forms


def everyone(raw: Database[Document], old: dict[str, list[str]]) -> Iterator[tuple[str, list[Document]]]:
    """Yield every player with all their snapshots, one player in memory at a time.

    One pass over the new documents in `_id` order, which is by player; each player's older documents are queried by
    name. Players with only older documents come last.
    """
    done: set[str] = set()
    new = raw[HISCORES].find({"slot": {"$exists": True}}).sort("_id", 1)
    for key, documents in groupby(new, key=lambda document: str(document["_id"]).rpartition("|")[0]):
        done.add(key)
        yield key, [*documents, *_older(raw, old.get(key, ()))]
    for key, forms in old.items():
        if key not in done:
            yield key, list(of_player(raw, key, forms))


def _older(raw: Database[Document], forms: Iterable[str]) -> Iterator[Document]:
    for form in forms:
        yield from (document for document in raw[HISCORES].find({"username": form}) if "slot" not in document)
