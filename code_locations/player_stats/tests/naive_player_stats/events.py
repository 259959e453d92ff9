"""Events: the rules for envelopes, duplicates and the order of events, which are the same for all collections.

The rules for a family's fields are in `fields`.
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
    """One document with a valid envelope."""

    collection: str
    id: Any
    timestamp: int
    tick: int
    session: str
    username: str
    player_key: str
    data: Mapping[str, Any]
    names_since: int = 0
    """How many names the player had after this one: on the day of a change, the older name's events come first."""

    @property
    def day(self) -> str:
        """The UTC day of the event."""
        return day_of(self.timestamp)

    @property
    def order(self) -> tuple[Any, ...]:
        """(timestamp, tickCount, `_id`); on the day of a change of names, those of the older name first."""
        return (*self.place, self.timestamp, self.tick, id_order(self.id))

    @property
    def place(self) -> tuple[str, int]:
        """The day, and the place of the name among those of the day."""
        return (self.day, -self.names_since)


def valid_timestamp(document: Mapping[str, Any], first_day: str) -> int | None:
    """A document's timestamp, if it is an integer and not before the first day that counts."""
    timestamp = integer(document.get("timestamp"))
    return timestamp if timestamp is not None and timestamp >= start_of(first_day) else None


def envelope_reason(document: Mapping[str, Any], *, first_day: str, today: str) -> str | None:
    """The first invalid field of the envelope, for which a document is left out of everything; None without one.

    `in_future` comes last: only an otherwise valid event waits for its day.
    """
    if name_key(document.get("username")) is None:
        return "username"
    timestamp = valid_timestamp(document, first_day)
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


def valid_events(collection: str, documents: Documents, *, first_day: str, today: str) -> list[Event]:
    """All documents of a collection with a valid envelope, duplicates included."""
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
    """A key that is equal for duplicates within a collection."""
    key = (event.player_key, event.timestamp, event.session, event.tick)
    return key if event.collection == TICKS else (*key, same(event.data))


def without_duplicates(events: list[Event]) -> list[Event]:
    """The events in order, of duplicates only the one with the smallest `_id`."""
    kept: dict[Any, Event] = {}
    for event in sorted(events, key=lambda event: id_order(event.id)):
        kept.setdefault(identity(event), event)
    return sorted(kept.values(), key=lambda event: event.order)


def by_session(events: list[Event]) -> list[list[Event]]:
    """One player's events by session, each session in order."""
    sessions: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.order):
        sessions.setdefault(event.session, []).append(event)
    return list(sessions.values())


def joined(earlier: Event, later: Event) -> bool:
    """Whether two neighbours of a session are joined: they are at most five minutes apart."""
    return later.timestamp - earlier.timestamp <= JOIN_MS
