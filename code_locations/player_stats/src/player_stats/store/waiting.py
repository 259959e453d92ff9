"""Waiting for earlier turns, by those that make something of what such turns write.

The order of turns, and what each may write, is `player_stats.store.turns`'.
"""

import time
from typing import Final

from player_stats.store.turns import Turn

PATIENCE_SECONDS: Final = 60
_LOOK_AGAIN_SECONDS: Final = 0.5


def wait_for_earlier(turn: Turn) -> bool:
    """Wait until the earlier turns that this one may meet are done; return whether all are, in the end."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not turn.first and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN_SECONDS)
    return turn.first
