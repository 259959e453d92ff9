"""Documents as the ingestor stores them: the envelope around an event's data, and reproducible `_id`s.

Belongs here: everything common to all six collections. The activities build `data`.
"""

import copy
import hashlib
from typing import Any

from bson import ObjectId
from wrapped_cli.importers.events import EVENT_NAMES
from wrapped_shared.documents import Document

Item = tuple[int, int, int, str, Document]
"""(timestamp, player number, document number, collection, document): sorts by time."""
Sent = tuple[str, dict[str, Any]]
"""(collection, data) of something that happens on a tick."""

_EVENT_OF = {collection: event for event, collection in EVENT_NAMES.items()}
RESENT_AFTER_MS = 10_000
MAX_PLAYERS = 2**16 - 1


class Envelopes:
    """Wraps one player's events. Their `_id`s depend only on the run's arguments and that player's events."""

    def __init__(self, index: int, run: str) -> None:
        """`run` is a text that identifies the run: documents of two runs never share an `_id`."""
        digest = hashlib.blake2b(run.encode(), digest_size=3).digest()
        self.index = index
        self._base = int.from_bytes(digest, "big") << 40 | index << 24
        self._count = 0

    def new_id(self, timestamp: int) -> ObjectId:
        """An id whose time is that of the event."""
        self._count += 1
        value = timestamp // 1000 << 64 | self._base | self._count & 0xFFFFFF
        return ObjectId(value.to_bytes(12, "big"))

    def wrap(self, collection: str, data: Any, timestamp: int, username: str, tick: int, session: str) -> Item:
        """An event's document, ready to be sorted among those of other players."""
        document: Document = {
            "_id": self.new_id(timestamp),
            "timestamp": timestamp,
            "username": username,
            "event": _EVENT_OF[collection],
            "tickCount": tick,
            "sessionId": session,
            "data": data,
        }
        return timestamp, self.index, self._count, collection, document

    def again(self, item: Item) -> Item:
        """A deep copy of `item`, stored shortly after it, with its own `_id`."""
        timestamp, index, _, collection, document = item
        again = {**copy.deepcopy(document), "_id": self.new_id(timestamp + RESENT_AFTER_MS)}
        return timestamp, index, self._count, collection, again
