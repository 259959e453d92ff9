"""Scopes of turns: the stored documents a turn may read and write, so that turns over other parts don't wait for it.

This module only decides whether two scopes conflict. A turn that writes outside its scope breaks the fences.
"""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Scope:
    """A half-open range of one kind."""

    kind: str
    """"time" for the events, hours and whole days within a range of milliseconds; "players" for the merges and reports
    of a range of players' slots."""
    start: int
    end: int

    def conflicts_with(self, other: "Scope") -> bool:
        """Return whether one may write what the other reads or writes: true except for disjoint ranges of one kind."""
        return self.kind != other.kind or (self.start < other.end and other.start < self.end)


EVERYTHING: Final = Scope("everything", 0, 1)


def time_scope(span: tuple[int, int]) -> Scope:
    """Return the scope of a half-open range of time in milliseconds since the epoch."""
    return Scope("time", *span)


def players_scope(slots: tuple[int, int]) -> Scope:
    """Return the scope of a half-open range of slots, see `player_stats.domain.slots`."""
    return Scope("players", *slots)


def scope_of(entry: dict[str, Any]) -> Scope:
    """Return the scope of an entry of `turns`."""
    found = entry.get("scope")
    return EVERYTHING if found is None else Scope(found["kind"], found["start"], found["end"])
