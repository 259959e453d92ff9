"""Scopes of turns: what a turn may read and write of the stored documents, so that turns over other parts don't wait.

Only whether two scopes may meet is told here. A turn that writes beyond its scope breaks the fences.
"""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Scope:
    """A half-open range of one kind."""

    kind: str
    """"time" for events and hours of a range of milliseconds, and days that lie in it whole; "players" for whatever is
    merged and made for a range of players' slots."""
    start: int
    end: int

    def may_meet(self, other: "Scope") -> bool:
        """Whether what one writes the other may read or write: unless both are disjoint ranges of one kind."""
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
