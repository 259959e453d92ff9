"""Derives from an event its collection, its day, and an `_id` if it has none.

Events are not validated here: invalid ones are imported as well, and counted when days are computed.
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from bson import ObjectId
from wrapped_shared.collections import HISCORES, RAW_EVENT_COLLECTIONS
from wrapped_shared.documents import whole
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of_ms

EVENT_NAMES: Final = {  # the plugin's own names; its tables use the same words
    "game-tick": "game_ticks",
    "stat-changed": "stat_changed",
    "loot-received": "loot_received",
    "actor-death": "actor_death",
    "hitsplat-applied": "hitsplat_applied",
    "grand-exchange-offer-changed": "grand_exchange_offer_changed",
}
_NO_LETTER: Final = re.compile(r"[^a-z0-9]")


def _squash(name: str) -> str:
    return _NO_LETTER.sub("", name.lower())


_BY_EVENT: Final = {
    _squash(name): collection
    for name, collection in [*EVENT_NAMES.items(), *((name, name) for name in RAW_EVENT_COLLECTIONS)]
}


def collection_of_event(event: object) -> str | None:
    """Return the collection of an `event` field (`game-tick`, `game_tick`, `GameTick`…), or None."""
    return _BY_EVENT.get(_squash(event)) if isinstance(event, str) and len(event) < 100 else None


def collection_of_name(name: str) -> str | None:
    """Return the raw collection that a file, table or dump calls `name`, or None.

    A database before it (`runelite-wrapped-raw.game_ticks`) is ignored. The hiscores snapshots count too.
    """
    last = name.rsplit(".", 1)[-1]
    return HISCORES if _squash(last) == HISCORES else collection_of_event(last)


def touched_day(collection: str, document: dict[str, Any], first_day: str) -> str | None:
    """Return the UTC day that an event belongs to, or None if no day has to be recomputed for it.

    Hiscores snapshots, events without a valid timestamp and events before `first_day` touch no day. A future day is
    returned like any other: its events wait until then.
    """
    timestamp = None if collection == HISCORES else whole(document.get("timestamp"))
    day = None if timestamp is None else _day(timestamp)
    return day if day is not None and day >= first_day else None


def owner_of(collection: str, document: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the player key of an event or snapshot, and its UTC day; None for what it does not say."""
    if collection == HISCORES and "player_key" in document:
        slot = document.get("slot")
        return player_key(document["player_key"]), slot[:10] if isinstance(slot, str) else None
    at = document.get("timestamp")
    day = None
    if isinstance(at, int | float) and not isinstance(at, bool):
        day = _day(at * 1000 if collection == HISCORES else at)
    return player_key(document.get("username")), day


def _day(milliseconds: float) -> str | None:
    try:
        return day_of_ms(int(milliseconds))
    except (OverflowError, ValueError):
        return None


def derived_id(collection: str, document: dict[str, Any]) -> ObjectId:
    """Return an `_id` for a document that has none; the same content always gives the same `_id`.

    Its first four bytes are the second of the event, so that `_id`s follow time as the ingestor's do; the
    rest is a hash of the collection and the content, whatever the order of keys and the numeric type. Two
    equal rows of one capture are one event that was sent twice, so they get one `_id`.
    """
    content = {key: value for key, value in document.items() if key != "_id"}
    text = json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), default=repr)
    digest = hashlib.sha256(f"{collection}\n{text}".encode("utf-8", "surrogatepass")).digest()
    return ObjectId(_second(collection, document).to_bytes(4, "big") + digest[:8])


def _second(collection: str, document: dict[str, Any]) -> int:
    """Return a document's time in seconds since the epoch; 0 if it has none that fits into an `_id`."""
    value = document.get("timestamp")
    if collection == HISCORES:  # older snapshots carry seconds, with a fraction
        slot = document.get("scraped_at")
        if isinstance(slot, datetime):
            value = slot.replace(tzinfo=slot.tzinfo or UTC).timestamp()
        second = int(value) if isinstance(value, int | float) and -(2**53) < value < 2**53 else 0
    else:
        second = (whole(value) or 0) // 1000
    return second if 0 <= second < 2**32 else 0


def _plain(value: Any) -> Any:
    """Return a value with integral doubles as ints, so that 1.0 and 1 hash alike."""
    if isinstance(value, float):
        exact = whole(value)
        return value if exact is None else exact
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
