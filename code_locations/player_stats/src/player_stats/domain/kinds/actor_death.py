"""Deaths of actors, of which only the player's own are kept."""

import numpy as np
import polars as pl

from player_stats.domain.events import Events, column
from player_stats.domain.families import deaths
from player_stats.domain.frames import region
from player_stats.domain.identity import is_himself
from player_stats.domain.kinds.base import Kind, Soundness, Summaries, base_columns, coordinates
from player_stats.domain.values import texts


class ActorDeath(Kind):
    """The collection `actor_death`."""

    def frames(self, events: Events, soundness: Soundness) -> tuple[pl.DataFrame, ...]:
        """Read the player's own deaths; one without sound coordinates still counts."""
        names = column(events.data, "name")
        sound = soundness.check("deaths", [("name", texts(names))])
        own = sound & is_himself(events.data, events.player, self.players)
        x, y, rules = coordinates(column(events.data, "location"))
        placed = np.logical_and.reduce([good for _, good in rules])
        frame = pl.DataFrame(
            base_columns(events)
            | {
                "order": self.id_ranks(events, own),
                "x": x,
                "y": y,
                "placed": placed,
                "own": own,
            }
        )
        place = pl.when("placed").then(region()).otherwise(deaths.NO_COORDINATES).alias("region")
        return (frame.filter("own").select("player", "session", "at", "tick", "order", place),)

    def summarise(self, *frames: pl.DataFrame) -> Summaries:
        """Summarise deaths."""
        return {"deaths": deaths.summarise(frames[0], self.sessions.marks)}
