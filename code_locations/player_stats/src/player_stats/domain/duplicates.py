"""Re-sent events: after a timeout, the plugin sends an event again with its original timestamp.

A game tick counts once per (player, timestamp, session, tick count), any other event once per (player, timestamp,
session, tick count, whole data). Of several, the one with the smallest `_id` counts.
"""

from typing import Any

import numpy as np

from player_stats.domain.equality import canonical
from player_stats.domain.events import Events
from player_stats.domain.quality import IdKey
from player_stats.domain.values import Mask


def unique(events: Events, id_key: IdKey, *, by_data: bool) -> Mask:
    """Return the mask of the events that count, compared by their whole data too unless they are game ticks."""
    keep = np.ones(len(events), dtype=np.bool_)
    columns = events.session, events.at, events.tick
    order = np.lexsort(columns)
    same = np.logical_and.reduce([column[order[1:]] == column[order[:-1]] for column in columns])
    if not same.any():
        return keep
    # Only rows that share session, time and tick with another are compared one by one.
    rows = order[np.append(same, False) | np.insert(same, 0, False)].tolist()
    smallest: dict[tuple[Any, ...], tuple[Any, int]] = {}
    for row in rows:
        key = *(int(column[row]) for column in columns), canonical(events.data[row]) if by_data else None
        found = id_key(events.ids[row]), row
        kept = smallest.get(key)
        if kept is None:
            smallest[key] = found
            continue
        smallest[key] = min(kept, found)
        keep[max(kept, found)[1]] = False
    return keep
