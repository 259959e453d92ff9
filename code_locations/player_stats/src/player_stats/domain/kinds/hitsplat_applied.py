"""Hitsplats: damage on anyone in view, and whether it was the player's."""

import numpy as np
import polars as pl

from player_stats.domain.events import Events, column
from player_stats.domain.families import damage
from player_stats.domain.identity import is_himself
from player_stats.domain.kinds.base import Kind, Soundness, Summaries, integers, not_negative, objects


class HitsplatApplied(Kind):
    """The collection `hitsplat_applied`."""

    def frames(self, events: Events, soundness: Soundness) -> tuple[pl.DataFrame, ...]:
        """Read amounts and who was hit; `mine` counts only when it is true."""
        actors, has_actor = objects(column(events.data, "actor"))
        hits, has_hit = objects(column(events.data, "hitsplat"))
        amount, sound_amount = not_negative(integers(hits, "amount"))
        kind, sound_kind = integers(hits, "hitsplatType")
        sound = soundness.check(
            "damage",
            [
                ("actor", has_actor),
                ("hitsplat", has_hit),
                ("hitsplat.amount", sound_amount),
                ("hitsplat.hitsplatType", sound_kind),
            ],
        )
        mine = np.array([value is True for value in column(hits, "mine")], dtype=np.bool_)
        frame = pl.DataFrame(
            {
                "player": events.player,
                "amount": amount,
                "type": kind,
                "mine": mine,
                "himself": is_himself(actors, events.player, self.players),
                "sound": sound,
            }
        )
        return (frame.filter("sound").drop("sound"),)

    def summarise(self, *frames: pl.DataFrame) -> Summaries:
        """Summarise damage."""
        return {"damage": damage.summarise(frames[0])}
