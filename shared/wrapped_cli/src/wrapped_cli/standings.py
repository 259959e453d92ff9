"""How a rank is shown on pages and on the terminal."""

from wrapped_shared.models.reports import Rank
from wrapped_shared.rank_places import place_of


def place(rank: Rank) -> str:
    """Return "2 of 6", "Joint 2 of 6" or "Top 0.4%"."""
    number = place_of(rank.top_percent, rank.of_players)
    if number is None:
        return f"Top {rank.top_percent:g}%"
    return f"{'Joint ' if rank.joint else ''}{number} of {rank.of_players}"
