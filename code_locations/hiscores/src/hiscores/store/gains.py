"""The collection `hiscores_gains`."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.database import Database
from wrapped_shared.bulk import batches, find_by_id, write_all
from wrapped_shared.collections import HISCORES_GAINS, HISCORES_PLAYERS
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.periods import day_of
from wrapped_shared.stored.hiscores import HiscoresGains, HiscoresGainsFields
from wrapped_shared.tenures import Tenures
from wrapped_shared.version import SCHEMA_VERSIONS

from hiscores.domain.chains import StoredTenures
from hiscores.domain.gains import ALL, Gains

_KNOWN: Final = {"_id": 0, "player_key": 1, "to": 1, "schema_version": 1}
_SAMPLE: Final = 1_000
_HEAD: Final = {"player_key": 1, "period": 1, "tenures": 1}


def save_gains(
    analytics: Database[Document], key: str, periods: Mapping[str, Gains], tenures: StoredTenures | None = None
) -> int:
    """Write a player's gains that changed; returns how many documents were written.

    Periods without any snapshot left stay as they are: raw data is eventually pruned, gains are kept. New documents are
    written before existing ones are replaced (`domain.chains.behind` says why).
    """
    collection = analytics[HISCORES_GAINS]
    documents = {f"{period}/{key}": gains_document(key, period, gains, tenures) for period, gains in periods.items()}
    stored = {document["_id"]: document for document in find_by_id(collection, documents)}
    changed = [ReplaceOne({"_id": one}, d, upsert=True) for one, d in documents.items() if stored.get(one, d) != d]
    new = [ReplaceOne({"_id": one}, d, upsert=True) for one, d in documents.items() if one not in stored]
    return write_all(collection, new) + write_all(collection, changed)


def settle_others(
    analytics: Database[Document],
    key: str,
    computed: Collection[str],
    evident: Collection[str],
    tenures: StoredTenures | None,
) -> int:
    """Bring a player's gains of all other periods in line with the links; returns how many documents were touched.

    Where names of the player have snapshots in a period, of which none is theirs any more, the gains go. Those of a
    period without snapshots cannot be computed again and stay.

    Args:
        analytics: the analytics database.
        key: the player's.
        computed: the periods of the player's gains.
        evident: the periods with a snapshot of any name that the player holds or held.
        tenures: the player's.
    """
    writes: list[DeleteOne | UpdateOne] = []
    for one in gains_of(analytics, key):
        if one["period"] in computed:
            continue
        if one["period"] in evident:
            writes.append(DeleteOne({"_id": one["_id"]}))
        elif one.get("tenures") != tenures:
            change = {"$unset": {"tenures": 1}} if tenures is None else {"$set": HiscoresGainsFields(tenures=tenures)}
            writes.append(UpdateOne({"_id": one["_id"]}, change))
    return write_all(analytics[HISCORES_GAINS], writes)


def linked_gains(analytics: Database[Document], names: Iterable[str]) -> Iterator[Document]:
    """Yield the heads of the gains of the given names, and of all computed from linked names; some come twice."""
    of_names = [{"player_key": {"$in": batch}} for batch in batches(sorted(names))]
    for query in ({"tenures.name": {"$gt": ""}}, *of_names):
        yield from analytics[HISCORES_GAINS].find(query, _HEAD)


def gains_of(analytics: Database[Document], key: str) -> Iterator[Document]:
    """Yield the periods and tenures of a player's gains."""
    yield from analytics[HISCORES_GAINS].find({"player_key": key}, _HEAD)


def remove_forgotten(analytics: Database[Document], forgotten: Forgotten) -> int:
    """Remove the gains of forgotten players; returns how many there were.

    The query is covered by an index.
    """
    if not forgotten:
        return 0
    fields = {"_id": 0, "period": 1, "player_key": 1, "to": 1}
    stored = analytics[HISCORES_GAINS].find({"period": {"$gt": ""}}, fields)
    gone = [f"{d['period']}/{d['player_key']}" for d in stored if forgotten.covers(d["player_key"], day_of(d["to"]))]
    return write_all(analytics[HISCORES_GAINS], [DeleteOne({"_id": one}) for one in gone])


def gains_document(key: str, period: str, gains: Gains, tenures: StoredTenures | None = None) -> HiscoresGains:
    """Return the document for one player and period."""
    document: HiscoresGains = {
        "_id": f"{period}/{key}",
        "schema_version": SCHEMA_VERSIONS[HISCORES_GAINS],
        "player_key": key,
        "period": period,
        "from": gains.first,
        "to": gains.last,
        "skills": gains.skills,
        "bosses": gains.bosses,
        "activities": gains.activities,
        "ratings": gains.ratings,
        "points": [{"at": at, "overall_xp": experience} for at, experience in gains.points],
        "flags": gains.flags,
    }
    if tenures is not None:
        document["tenures"] = tenures
    return document


def players_behind(analytics: Database[Document], tenures: Tenures, forgotten: Forgotten) -> list[str]:
    """Return the players, by key, whose all-time gains lack their last snapshot or have an older format.

    The query on the gains is covered by an index, since the documents are large.
    """
    known: dict[str, datetime] = {}
    behind: set[str] = set()
    for document in analytics[HISCORES_GAINS].find({"period": ALL}, _KNOWN):
        known[document["player_key"]] = document["to"]
        if document["schema_version"] != SCHEMA_VERSIONS[HISCORES_GAINS]:
            behind.add(document["player_key"])
    for document in analytics[HISCORES_PLAYERS].find({}, {"snapshot_at": 1}):
        name, last = document["_id"], document["snapshot_at"]
        if last is None or forgotten.covers(name, day_of(last)):
            continue
        key = tenures.owner(name, day_of(last))
        if key is not None and (key not in known or known[key] < last):
            behind.add(key)
    return sorted(behind)


def sample_of_gains(analytics: Database[Document]) -> list[Document]:
    """Return what checks read of the all-time gains of up to 1,000 players."""
    fields = dict.fromkeys(("skills", "bosses", "activities", "from", "to", "points", "flags"), 1)
    return list(analytics[HISCORES_GAINS].find({"period": ALL}, fields).limit(_SAMPLE))
