"""Slots: a stable hash of players, by whose ranges work on players is divided."""

from hashlib import blake2b
from typing import Final

SLOTS: Final = 65_536
"""How many slots there are: 0 to one less."""


def player_slot(key: str) -> int:
    """Return the slot of a player key, the same on every machine and for ever."""
    return int.from_bytes(blake2b(key.encode(), digest_size=2).digest(), "big")
