"""The collection `name_candidates`, and the snapshots that it is made from.

What belongs here: which snapshots are an old name's last and a new name's first. What does not: comparing them
(`domain.candidates`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from pymongo import DeleteOne
from pymongo.database import Database
from wrapped_shared.bulk import IDS_AT_ONCE, find_by_id, make_equal, write_all
from wrapped_shared.collections import HISCORES, HISCORES_GAINS, HISCORES_PLAYERS, NAME_CANDIDATES
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.stored.hiscores import NameCandidate

from hiscores.domain.gains import ALL
from hiscores.domain.snapshots import Snapshot, read_snapshot, slot_text
from hiscores.store.snapshots import of_player

_FIGURES: Final = dict.fromkeys(("player_key", "slot", "scraped_at", "skills", "activities", "bosses"), 1)
_HOUR: Final = timedelta(hours=1)


def last_of_vanished(raw: Database[Document], analytics: Database[Document]) -> Iterator[Snapshot]:
    """Yield the last snapshot of every name that the hiscores no longer list."""
    vanished = analytics[HISCORES_PLAYERS].find(
        {"status": "not_found", "snapshot_slot": {"$ne": None}}, {"snapshot_slot": 1}
    )
    ids = [f"{state['_id']}|{state['snapshot_slot']}" for state in vanished]
    return filter(None, map(read_snapshot, find_by_id(raw[HISCORES], ids, _FIGURES)))


def first_since(raw: Database[Document], analytics: Database[Document], moment: datetime) -> Iterator[Snapshot]:
    """Yield the first snapshot of every name whose present account was first seen after some time.

    Gains know when that was, in an index. Nearly all snapshots were taken in the hour of their slot or the one after,
    so their `_id`s are known; the others are looked for.
    """
    since = analytics[HISCORES_GAINS].find(
        {"period": ALL, "from": {"$gt": moment}}, {"_id": 0, "player_key": 1, "from": 1}
    )
    while first := {gains["player_key"]: gains["from"] for gains in islice(since, IDS_AT_ONCE // 2)}:
        for snapshot in _in_their_hour(raw, first):
            del first[snapshot.key]
            yield snapshot
        for key, at in first.items():
            stored = filter(None, map(read_snapshot, of_player(raw, key, ())))
            yield from (one for one in stored if one.at == at)


def _in_their_hour(raw: Database[Document], first: Mapping[str, datetime]) -> Iterator[Snapshot]:
    wanted = dict(first)
    ids = [
        f"{key}|{slot_text(at.replace(minute=0, second=0, microsecond=0) - earlier)}"
        for key, at in first.items()
        for earlier in (timedelta(), _HOUR)
    ]
    for snapshot in filter(None, map(read_snapshot, find_by_id(raw[HISCORES], ids, _FIGURES))):
        if wanted.get(snapshot.key) == snapshot.at:
            del wanted[snapshot.key]
            yield snapshot


def save_candidates(analytics: Database[Document], found: Iterable[NameCandidate]) -> None:
    """Replace the stored candidates with those found now."""
    collection = analytics[NAME_CANDIDATES]
    stored = {document["_id"]: document for document in collection.find({})}
    make_equal(collection, stored, {document["_id"]: document for document in found})


def remove_forgotten_candidates(analytics: Database[Document], forgotten: Forgotten, day: str) -> None:
    """Remove the candidates of players who were forgotten while they were looked for."""
    if not forgotten:
        return
    stored = analytics[NAME_CANDIDATES].find({}, {"old": 1, "now": 1})
    gone = [d["_id"] for d in stored if forgotten.covers(d["old"], day) or forgotten.covers(d["now"], day)]
    write_all(analytics[NAME_CANDIDATES], [DeleteOne({"_id": one}) for one in gone])
