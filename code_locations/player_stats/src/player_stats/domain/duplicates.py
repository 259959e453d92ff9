"""Re-sent events: the plugin sends again on a timeout, with the first timestamp.

A game tick counts once per (player, session, tick count), every other event once per (player, session, tick count,
its whole data); of several, the one with the smallest `_id` counts.
"""

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from player_stats.domain.equality import canonical
from player_stats.domain.events import Events
from player_stats.domain.quality import IdKey
from player_stats.domain.values import Mask


def unique_ticks(events: Events, id_key: IdKey) -> Mask:
    """Return the mask of the game ticks that count."""
    return _unique(events, id_key, lambda row: None)


def unique_events(events: Events, id_key: IdKey) -> Mask:
    """Return the mask of the events that count, told apart by their whole data."""
    return _unique(events, id_key, lambda row: canonical(events.data[row]))


def _unique(events: Events, id_key: IdKey, content: Callable[[int], Hashable]) -> Mask:
    keep = np.ones(len(events), dtype=np.bool_)
    if len(events) < 2:
        return keep
    order = np.lexsort((events.tick, events.session))
    session, tick = events.session[order], events.tick[order]
    same = (session[1:] == session[:-1]) & (tick[1:] == tick[:-1])
    if not same.any():
        return keep
    # Only rows that share session and tick with another are looked at one by one.
    rows = order[np.append(same, False) | np.insert(same, 0, False)].tolist()
    smallest: dict[tuple[Any, ...], tuple[Any, int]] = {}
    for row in rows:
        key = int(events.session[row]), int(events.tick[row]), content(row)
        found = id_key(events.ids[row]), row
        kept = smallest.get(key)
        if kept is None:
            smallest[key] = found
            continue
        smallest[key] = min(kept, found)
        keep[max(kept, found)[1]] = False
    return keep


class Rising:
    """Watches that a session's tick counts rise from batch to batch.

    While they do, a re-sent event can only lie in one batch with the first. A player whose ticks do not rise is
    reported, to be read again as a whole: that keeps memory small without ever missing a duplicate.
    """

    def __init__(self) -> None:
        self._highest = np.empty(0, dtype=np.int64)

    def check(self, events: Events, sessions: int) -> set[int]:
        """Take note of a batch and return the player codes whose ticks did not rise.

        Args:
            events: the batch, before duplicates are removed.
            sessions: how many session codes there are by now.
        """
        if sessions > len(self._highest):
            grown = np.full(max(sessions, 2 * len(self._highest)), -1, dtype=np.int64)
            grown[: len(self._highest)] = self._highest
            self._highest = grown
        falling = events.tick <= self._highest[events.session]
        np.maximum.at(self._highest, events.session, events.tick)
        return set(events.player[falling].tolist())
