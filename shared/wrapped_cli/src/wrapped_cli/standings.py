"""How a rank is shown: as a place among few players, as a percentage among many."""

from typing import Final

from wrapped_shared.models.reports import Rank

_MANY_PLAYERS: Final = 100


def place(rank: Rank) -> str:
    """Return "2 of 6", "Joint 2 of 6" or "Top 0.4%"."""
    if rank.of_players >= _MANY_PLAYERS:
        return f"Top {rank.top_percent:g}%"
    # Rounded up to a tenth, the percentage still gives the place among fewer than a hundred.
    found = f"{round(rank.top_percent * 10) * rank.of_players // 1000} of {rank.of_players}"
    return f"Joint {found}" if rank.joint else found
