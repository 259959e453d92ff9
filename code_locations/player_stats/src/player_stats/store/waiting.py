"""Waiting for earlier turns before computing from what they write.

The order of turns, and what each may write, is defined in `player_stats.store.turns`.
"""

import time
from typing import Final

from player_stats.store.turns import Turn

PATIENCE_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.5


def wait_for_earlier(turn: Turn) -> bool:
    """Wait, for at most a minute, until no conflicting earlier turn is open; return whether that is so."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not turn.is_first and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
    return turn.is_first
