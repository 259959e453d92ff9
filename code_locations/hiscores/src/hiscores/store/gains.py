"""The collection `hiscores_gains`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Final

from pymongo import ReplaceOne
from pymongo.database import Database
from wrapped_shared.bulk import find_by_id, write_all
from wrapped_shared.collections import HISCORES_GAINS, HISCORES_PLAYERS
from wrapped_shared.documents import Document
from wrapped_shared.version import SCHEMA_VERSIONS

from hiscores.domain.gains import ALL, Gains

_KNOWN: Final = {"_id": 0, "player_key": 1, "to": 1, "schema_version": 1}


def save_gains(analytics: Database[Document], key: str, periods: Mapping[str, Gains]) -> int:
    """Write a player's gains that changed; returns how many documents were written.

    Periods without any snapshot left stay as they are: raw data is eventually pruned, gains are kept.
    """
    documents = [gains_document(key, period, gains) for period, gains in periods.items()]
    ids = [document["_id"] for document in documents]
    stored = {d["_id"]: d for d in find_by_id(analytics[HISCORES_GAINS], ids)}
    writes = [
        ReplaceOne({"_id": document["_id"]}, document, upsert=True)
        for document in documents
        if stored.get(document["_id"]) != document
    ]
    return write_all(analytics[HISCORES_GAINS], writes)


def gains_document(key: str, period: str, gains: Gains) -> Document:
    """The document for one player and period."""
    return {
        "_id": f"{period}/{key}",
        "schema_version": SCHEMA_VERSIONS[HISCORES_GAINS],
        "player_key": key,
        "period": period,
        "from": gains.first,
        "to": gains.last,
        "skills": gains.skills,
        "bosses": gains.bosses,
        "activities": gains.activities,
        "ratings": {name: asdict(rating) for name, rating in gains.ratings.items()},
        "points": [{"at": at, "overall_xp": experience} for at, experience in gains.points],
        "flags": gains.flags,
    }


def players_behind(analytics: Database[Document]) -> list[str]:
    """The players, by key, whose all-time gains lack their last snapshot or have an older format.

    The query on the gains is covered by an index, since the documents are large.
    """
    known: dict[str, datetime] = {}
    behind: set[str] = set()
    for document in analytics[HISCORES_GAINS].find({"period": ALL}, _KNOWN):
        known[document["player_key"]] = document["to"]
        if document["schema_version"] != SCHEMA_VERSIONS[HISCORES_GAINS]:
            behind.add(document["player_key"])
    for document in analytics[HISCORES_PLAYERS].find({}, {"snapshot_at": 1}):
        key, last = document["_id"], document["snapshot_at"]
        if last is not None and (key not in known or known[key] < last):
            behind.add(key)
    return sorted(behind)
