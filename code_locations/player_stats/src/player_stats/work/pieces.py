"""Cutting a portion of owed days into pieces of about equal numbers of events, each computed by a step of its own."""

from collections.abc import Sequence

from player_stats.domain.ledger import read_events
from player_stats.store.ledger import DayWork

_UNKNOWN: int = 1
"""What a day counts that was never read: such days are cut by their number."""


def cut_into_pieces(portion: Sequence[DayWork], pieces: int) -> list[tuple[str, str]]:
    """Return the first and last day of each piece, the newest piece first; fewer where there are fewer days.

    Args:
        portion: owed days, newest first.
        pieces: into how many pieces they are cut at most.
    """
    weights = [max(_UNKNOWN, read_events((work.ledger or {}).get("seen", {}), work.cells)) for work in portion]
    share = sum(weights) / pieces
    found: list[list[str]] = []
    filled = 0
    for work, weight in zip(portion, weights, strict=True):
        if not found or (filled >= share * len(found) and len(found) < pieces):
            found.append([])
        found[-1].append(work.day)
        filled += weight
    return [(days[-1], days[0]) for days in found]
