"""Whether an actor is the player himself."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from wrapped_shared.names import player_key

from player_stats.domain.interning import Codes, Owners
from player_stats.domain.markup import plain_name
from player_stats.domain.values import Mask, is_text, whole

_PLAYER: Final = 2  # actor.type: 0 unknown, 1 NPC, 2 player


def is_himself(actors: Sequence[dict[str, Any]], owners: Codes, players: Owners) -> Mask:
    """Return where an actor's name, without markup and normalised, is the owner's and its type is 2, null or missing.

    Early telemetry sends deaths without a type; an NPC (type 1) that bears the player's name is not the player.
    """
    keys = players.keys
    cache: dict[str, str | None] = {}
    found = np.zeros(len(actors), dtype=np.bool_)
    for row, (actor, owner) in enumerate(zip(actors, owners.tolist(), strict=True)):
        name = actor.get("name")
        if not is_text(name):
            continue
        key = cache[name] if name in cache else cache.setdefault(name, player_key(plain_name(name)))
        if key == keys[owner]:
            kind = actor.get("type")
            found[row] = kind is None or whole(kind) == _PLAYER
    return found
