"""Game ticks: play time, movement, places and equipment, all from one frame."""

from collections.abc import Callable, Hashable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from player_stats.domain.duplicates import unique_ticks
from player_stats.domain.events import Events, column, masked
from player_stats.domain.families import equipment, movement, places, play
from player_stats.domain.interning import Codes, Interned, Owners, Sessions
from player_stats.domain.kinds.base import Kind, Soundness, Summaries, base_columns, coordinates, integers
from player_stats.domain.quality import IdKey
from player_stats.domain.values import Mask, whole

MAX_ENERGY = 10_000


class Outfits:
    """Codes for lists of worn things: they repeat from tick to tick."""

    def __init__(self) -> None:
        self.values: list[tuple[int, ...]] = []
        """The first 12 values of each code, -1 for an unsound one."""
        self._sound: list[bool] = []
        self._codes: Interned[Hashable] = Interned()

    def codes(self, lists: Sequence[Any]) -> tuple[Codes, Mask]:
        """Return the codes (-1 where there is no list) and the mask of lists without an unsound value."""
        listed = np.array([type(value) is list for value in lists], dtype=np.bool_)
        worn = [value[: len(equipment.SLOTS)] for value in masked(lists, listed)]
        # 1, 1.0 and true are equal keys but not equally sound: lists with others than integers are told by their text.
        key_of: Callable[[list[Any]], Hashable] = tuple if set(map(type, chain.from_iterable(worn))) <= {int} else repr
        found = [self._codes[key] for key in map(key_of, worn)]
        for code, items in dict(zip(found, worn, strict=True)).items():
            if code == len(self.values):
                numbers = [whole(item) for item in items]
                self.values.append(tuple(-1 if number is None else number for number in numbers))
                self._sound.append(None not in numbers)
        codes = np.full(len(lists), -1, dtype=np.int32)
        sound = np.array([value is None for value in lists], dtype=np.bool_)
        codes[listed] = found
        sound[listed] = np.array(self._sound, dtype=np.bool_)[codes[listed]]
        return codes, sound


class GameTicks(Kind):
    """The collection `game_ticks`."""

    def __init__(self, players: Owners, sessions: Sessions, id_key: IdKey) -> None:
        super().__init__(players, sessions, id_key)
        self.outfits = Outfits()

    def unique(self, events: Events) -> Mask:
        """A game tick counts once per player, time, session and tick count, whatever its data."""
        return unique_ticks(events, self.id_key)

    def frames(self, events: Events, soundness: Soundness) -> tuple[pl.DataFrame, ...]:
        """Read position, energy and outfit; a tick without them is still play time."""
        x, y, rules = coordinates(column(events.data, "location"))
        placed = soundness.check("places", rules)
        energy, sound_energy = integers(events.data, "energy")
        sound_energy = sound_energy & (energy >= 0) & (energy <= MAX_ENERGY)
        # One reason a family; steps and energy still go their own ways, each where its own field is sound.
        soundness.check("movement", [*rules, ("energy", sound_energy)])
        gear, sound_gear = self.outfits.codes(column(events.data, "equipmentIds"))
        soundness.check("equipment", [("equipmentIds", sound_gear)])
        frame = pl.DataFrame(
            base_columns(events)
            | {
                "x": x.astype(np.int32),
                "y": y.astype(np.int32),
                "placed": placed,
                "energy": energy.astype(np.int32),
                "powered": sound_energy,
                "gear": gear,
            }
        )
        return (
            frame.select(
                "player", "session", "at", "tick",
                pl.when("placed").then("x").alias("x"),
                pl.when("placed").then("y").alias("y"),
                pl.when("powered").then("energy").alias("energy"),
                pl.when(pl.col("gear") >= 0).then("gear").alias("gear"),
            ),
        )  # fmt: skip

    def summarise(self, *frames: pl.DataFrame) -> Summaries:
        """Summarise four families from one sorted frame."""
        ticks = frames[0].sort("session", "at", "tick")
        return {
            "play": play.summarise(ticks, self.sessions.marks),
            "movement": movement.summarise(ticks, self.sessions.marks),
            "places": places.summarise(ticks),
            "equipment": equipment.summarise(ticks, self.outfits.values),
        }
