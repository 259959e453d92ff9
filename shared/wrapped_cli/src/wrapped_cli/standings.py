"""How a rank is shown on pages and on the terminal."""

from wrapped_shared.models.reports import Rank
from wrapped_shared.rank_places import MANY_PLAYERS, place_text


def place(rank: Rank) -> str:
    """Return "2nd of 6", "Joint 2nd of 6" or "Top 0.4%"."""
    text = place_text(rank.top_percent, rank.of_players, joint=rank.joint)
    return text if rank.of_players >= MANY_PLAYERS else f"{text} of {rank.of_players}"
