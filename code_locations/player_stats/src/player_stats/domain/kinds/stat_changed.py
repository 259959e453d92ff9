"""Stat changes: experience. They also fire when only a boosted level changes, and all at once at a login."""

import re
from typing import Any, Final

import numpy as np
import polars as pl

from player_stats.domain.events import Events, column
from player_stats.domain.families import experience
from player_stats.domain.kinds.base import Kind, Soundness, Summaries, base_columns, integers
from player_stats.domain.values import is_text

_SKILL: Final = re.compile(r"[A-Z_]{1,24}")


class StatChanged(Kind):
    """The collection `stat_changed`."""

    def frames(self, events: Events, soundness: Soundness) -> tuple[pl.DataFrame, ...]:
        """Read skill and experience; 0 means "not loaded yet" and is skipped without being counted."""
        skills = column(events.data, "skill")
        known: dict[Any, bool] = {}
        sound_skill = np.array([_is_skill(skill, known) for skill in skills], dtype=np.bool_)
        xp, whole_xp = integers(events.data, "xp")
        sound_xp = whole_xp & (xp >= 0) & (xp <= experience.MAX_XP)
        sound = soundness.check("experience", [("skill", sound_skill), ("xp", sound_xp)]) & (xp > 0)
        names = [skill if good else None for skill, good in zip(skills, sound_skill.tolist(), strict=True)]
        frame = pl.DataFrame(
            base_columns(events) | {"skill": pl.Series(names, dtype=pl.String), "xp": xp, "sound": sound}
        )
        return (frame.filter("sound").drop("session", "sound"),)

    def summarise(self, *frames: pl.DataFrame) -> Summaries:
        """Summarise experience."""
        return {"experience": experience.summarise(frames[0])}


def _is_skill(value: Any, known: dict[Any, bool]) -> bool:
    if not is_text(value):
        return False
    sound = known.get(value)
    if sound is None:
        sound = known[value] = _SKILL.fullmatch(value) is not None
    return sound
