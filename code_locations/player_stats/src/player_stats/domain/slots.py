"""Slots: a stable hash of players; work on players is divided by ranges of slots."""

from hashlib import blake2b
from typing import Final

SLOTS: Final = 65_536
"""The number of slots."""


def player_slot(key: str) -> int:
    """Return the slot of a player key, which never changes."""
    return int.from_bytes(blake2b(key.encode(), digest_size=2).digest(), "big")
