"""Reading raw telemetry: bounded, indexed queries, in batches, while the batch before is worked on.

The server decides nothing but the stretch of time and, for chosen players, the username: a further condition would
keep some servers from using the index. What the documents mean is `player_stats.domain`'s.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias
from zlib import crc32

import bson
from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_start_ms, next_day

from player_stats.domain.kinds import KINDS
from player_stats.domain.stretch import Reading, Stretch, read_stretch
from player_stats.store.ahead import ahead
from player_stats.store.ids import id_key

Document: TypeAlias = dict[str, Any]
Raw: TypeAlias = bytes
"""Documents as the server sent them, one BSON after the other."""

BATCH_DOCUMENTS: Final = 5_000
"""Documents per round trip: decoded they take some 15 MB."""
_BATCHES_AHEAD: Final = 8

_ENVELOPE: Final = {"timestamp": 1, "username": 1, "tickCount": 1, "sessionId": 1}
PROJECTIONS: Final[dict[str, Document]] = {
    collection: {**_ENVELOPE, "data": 1} for collection in names.RAW_EVENT_COLLECTIONS
} | {
    names.GAME_TICKS: {
        **_ENVELOPE, "data.energy": 1, "data.location": 1, "data.equipmentIds": 1,
    }
}  # fmt: skip
"""What is asked of each collection; events other than ticks are told apart by their whole data."""


@dataclass(frozen=True)
class Scope:
    """Which players a reading is about."""

    players: frozenset[str] | None = None
    """Chosen player keys, asked for by name; None for all."""
    shard: int = 0
    shards: int = 1
    """All players whose key falls into this of so many shards."""

    @property
    def everyone(self) -> bool:
        """Whether all players are read."""
        return self.players is None and self.shards == 1

    def has(self, key: str) -> bool:
        """Whether a player belongs to the scope."""
        if self.players is not None:
            return key in self.players
        return self.shards == 1 or crc32(key.encode()) % self.shards == self.shard


EVERYONE: Final = Scope()


def day_range(day: str) -> Document:
    """Return the condition on `timestamp` of a UTC day."""
    return {"$gte": day_start_ms(day), "$lt": day_start_ms(next_day(day))}


def read_days(
    raw: Database[Document], days: Iterable[str], first_day: str, scope: Scope = EVERYONE
) -> Iterator[tuple[str, dict[str, Reading]]]:
    """Yield the readings of all raw collections day by day.

    Args:
        raw: the database with raw telemetry.
        days: UTC days, ascending.
        first_day: the first day that counts.
        scope: whose events are read.
    """
    if scope.players is not None:
        yield from _read_chosen(raw, days, first_day, scope.players)
        return
    first_ms = day_start_ms(first_day)
    wanted = None if scope.everyone else scope.has
    readings: dict[str, Reading] = {}
    fetched = ahead(_fetched(raw, days), _BATCHES_AHEAD)
    with _no_garbage_collection(), closing(fetched):
        for (day, collection), found in groupby(fetched, key=itemgetter(0)):
            readings[collection] = read_stretch(
                KINDS[collection],
                _decoded(raw[collection], (batch for _, batch in found if batch)),
                id_key,
                first_ms,
                wanted,
            )
            if len(readings) == len(KINDS):
                yield day, readings
                readings = {}


def _fetched(raw: Database[Document], days: Iterable[str]) -> Iterator[tuple[tuple[str, str], Raw]]:
    """Yield the raw batches of the days, each with its day and collection; an empty one ends each collection."""
    for day in days:
        for collection in KINDS:
            for batch in day_batches(raw, day, collection):
                yield (day, collection), batch
            yield (day, collection), b""


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep Python from searching for cycles: decoded documents hold none, and there are millions to search."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def name_forms(raw: Database[Document], players: frozenset[str]) -> dict[str, dict[str, list[str]]]:
    """Return for each raw collection and chosen player the usernames that stand in its events, sorted."""
    forms: dict[str, dict[str, list[str]]] = {}
    for collection in names.RAW_EVENT_COLLECTIONS:
        found = forms[collection] = {}
        for group in raw[collection].aggregate([{"$group": {"_id": "$username"}}]):  # as long a list as there may be
            key = player_key(group["_id"])
            if key in players:
                found.setdefault(key, []).append(group["_id"])
        for listed in found.values():
            listed.sort()
    return forms


def _read_chosen(
    raw: Database[Document], days: Iterable[str], first_day: str, players: frozenset[str]
) -> Iterator[tuple[str, dict[str, Reading]]]:
    """Read each chosen player's day by name, one query a name form; the forms' events are put in order here."""
    forms = name_forms(raw, players)
    first_ms = day_start_ms(first_day)
    for day in days:
        readings = {collection: Reading() for collection in KINDS}
        for collection, kind in KINDS.items():
            for usernames in forms[collection].values():
                stretch = Stretch(kind, id_key, first_ms)
                queries = ({"username": username, "timestamp": day_range(day)} for username in usernames)
                batches = (batch for query in queries for batch in _raw_batches(raw[collection], query))
                stretch.feed([document for found in _decoded(raw[collection], batches) for document in found])
                stretch.finish()
                readings[collection].take(stretch)
        yield day, readings


def day_batches(raw: Database[Document], day: str, collection: str) -> Iterator[Raw]:
    """Yield the raw batches of one collection and UTC day."""
    return _raw_batches(raw[collection], {"timestamp": day_range(day)})


def _raw_batches(collection: Collection[Document], query: Document) -> Iterator[Raw]:
    projection = PROJECTIONS[collection.name]
    with collection.find_raw_batches(query, projection, batch_size=BATCH_DOCUMENTS).sort("timestamp", 1) as cursor:
        yield from cursor


def _decoded(collection: Collection[Document], batches: Iterable[Raw]) -> Iterator[list[Document]]:
    """Decode raw batches with pymongo's compiled decoder, which keeps every value's type apart."""
    for batch in batches:
        yield bson.decode_all(batch, collection.codec_options)
