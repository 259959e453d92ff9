"""The collection `hiscores_gains`."""

from collections.abc import Mapping
from typing import Any

from pymongo import ReplaceOne
from pymongo.database import Database
from wrapped_shared.collections import HISCORES_GAINS, HISCORES_PLAYERS
from wrapped_shared.mongo import Document
from wrapped_shared.version import SCHEMA_VERSION

from hiscores.domain.gains import ALL, Series


def save_gains(analytics: Database[Document], key: str, periods: Mapping[str, Series]) -> int:
    """Write a player's gains where they differ; returns how many documents were written.

    Periods of which no snapshot is left stay as they are: raw data is pruned one day, gains are kept.
    """
    documents = [gains_document(key, period, series) for period, series in periods.items()]
    ids = [document["_id"] for document in documents]
    stored = {d["_id"]: d for d in analytics[HISCORES_GAINS].find({"_id": {"$in": ids}})}
    writes = [
        ReplaceOne({"_id": document["_id"]}, document, upsert=True)
        for document in documents
        if stored.get(document["_id"]) != document
    ]
    if writes:
        analytics[HISCORES_GAINS].bulk_write(writes, ordered=False)
    return len(writes)


def gains_document(key: str, period: str, series: Series) -> dict[str, Any]:
    """The document of one player and period."""
    return {
        "_id": f"{period}/{key}",
        "schema_version": SCHEMA_VERSION,
        "player_key": key,
        "period": period,
        "from": series.first,
        "to": series.last,
        "skills": series.skills,
        "bosses": series.bosses,
        "activities": series.activities,
        "points": [{"at": at, "overall_xp": experience} for at, experience in series.points],
        "flags": series.flags,
    }


def players_behind(analytics: Database[Document]) -> list[str]:
    """The players whose last snapshot is later than what their gains over all time know, by key."""
    known = {
        document["player_key"]: document["to"]
        for document in analytics[HISCORES_GAINS].find({"period": ALL}, {"player_key": 1, "to": 1})
    }
    return sorted(
        document["_id"]
        for document in analytics[HISCORES_PLAYERS].find({}, {"snapshot_at": 1})
        if document["snapshot_at"] is not None
        and (document["_id"] not in known or known[document["_id"]] < document["snapshot_at"])
    )
