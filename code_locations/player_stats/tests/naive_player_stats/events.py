"""Events: the envelope rules, which document counts of several equal ones, and the order of events.

Belongs here: everything that is the same for all six collections. What a family reads is in `fields`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from naive_player_stats.values import JOIN_MS, day_of, id_order, integer, name_key, natural, same, start_of, text

TICKS = "game_ticks"
STATS = "stat_changed"
LOOT = "loot_received"
DEATHS = "actor_death"
HITSPLATS = "hitsplat_applied"
OFFERS = "grand_exchange_offer_changed"
COLLECTIONS = (TICKS, STATS, LOOT, DEATHS, HITSPLATS, OFFERS)

Documents = Mapping[str, Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Event:
    """One document with a sound envelope."""

    collection: str
    id: Any
    timestamp: int
    tick: int
    session: str
    username: str
    player_key: str
    data: Mapping[str, Any]

    @property
    def day(self) -> str:
        """The UTC day of the event."""
        return day_of(self.timestamp)

    @property
    def order(self) -> tuple[Any, ...]:
        """(timestamp, tickCount, `_id`)."""
        return (self.timestamp, self.tick, id_order(self.id))


def sound_timestamp(document: Mapping[str, Any], first_day: str) -> int | None:
    """The timestamp of a document where it is an integer not before the first day that counts."""
    timestamp = integer(document.get("timestamp"))
    return timestamp if timestamp is not None and timestamp >= start_of(first_day) else None


def envelope_reason(document: Mapping[str, Any], *, first_day: str, today: str) -> str | None:
    """Why a document is left out of everything, or None: the first of the envelope's fields that is bad.

    `in_future` comes last: only an event that is sound in everything else waits for its day.
    """
    if name_key(document.get("username")) is None:
        return "username"
    timestamp = sound_timestamp(document, first_day)
    if timestamp is None:
        return "timestamp"
    if natural(document.get("tickCount")) is None:
        return "tickCount"
    if text(document.get("sessionId")) is None:
        return "sessionId"
    if not isinstance(document.get("data"), Mapping):
        return "data"
    if day_of(timestamp) > today:
        return "in_future"
    return None


def sound_events(collection: str, documents: Documents, *, first_day: str, today: str) -> list[Event]:
    """All documents of a collection with a sound envelope, duplicates included."""
    events = []
    for document in documents.get(collection, ()):
        if envelope_reason(document, first_day=first_day, today=today) is None:
            events.append(
                Event(
                    collection=collection,
                    id=document.get("_id"),
                    timestamp=int(document["timestamp"]),
                    tick=int(document["tickCount"]),
                    session=document["sessionId"],
                    username=document["username"],
                    player_key=str(name_key(document["username"])),
                    data=document["data"],
                )
            )
    return events


def identity(event: Event) -> Any:
    """What makes two events of one collection the same."""
    key = (event.player_key, event.timestamp, event.session, event.tick)
    return key if event.collection == TICKS else (*key, same(event.data))


def without_duplicates(events: list[Event]) -> list[Event]:
    """Of several equal events the one with the smallest `_id`, all in order."""
    kept: dict[Any, Event] = {}
    for event in sorted(events, key=lambda event: id_order(event.id)):
        kept.setdefault(identity(event), event)
    return sorted(kept.values(), key=lambda event: event.order)


def by_session(events: list[Event]) -> list[list[Event]]:
    """One player's events cut into his sessions, each in order."""
    sessions: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.order):
        sessions.setdefault(event.session, []).append(event)
    return list(sessions.values())


def joined(earlier: Event, later: Event) -> bool:
    """Whether two neighbours of a session belong together: at most five minutes lie between them."""
    return later.timestamp - earlier.timestamp <= JOIN_MS
