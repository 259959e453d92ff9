"""How a rank is shown, the same everywhere: as a place among few players, as a percentage among many."""

from typing import Final

from wrapped_shared.words import ordinal

MANY_PLAYERS: Final = 100
"""A rank among at least this many is shown as a percentage."""


def place_text(top_percent: float, of_players: int, *, joint: bool) -> str:
    """Return a rank in words: "1st", "Joint 1st", "Top 0.4%", "Joint top 0.4%".

    Rounded up to a tenth, the percentage still determines the place among fewer than a hundred.
    """
    if of_players >= MANY_PLAYERS:
        return f"{'Joint top' if joint else 'Top'} {top_percent:g}%"
    place = ordinal(round(top_percent * 10) * of_players // 1000)
    return f"Joint {place}" if joint else place
