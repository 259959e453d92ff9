"""How a rank is shown, the same everywhere: as a place among few players, as a percentage among many."""

from typing import Final

from wrapped_shared.words import ordinal

MANY_PLAYERS: Final = 100
"""A rank among at least this many is shown as a percentage."""


def place_of(top_percent: float, of_players: int) -> int | None:
    """Return the place that a rank's `top_percent` stands for, or None if it is shown as a percentage.

    Rounded up to a tenth, the percentage still determines the place among fewer than a hundred.
    """
    return None if of_players >= MANY_PLAYERS else round(top_percent * 10) * of_players // 1000


def place_text(top_percent: float, of_players: int, *, joint: bool) -> str:
    """Return a rank in words: "1st", "Joint 1st", "Top 0.4%", "Joint top 0.4%"."""
    number = place_of(top_percent, of_players)
    if number is None:
        return f"{'Joint top' if joint else 'Top'} {top_percent:g}%"
    return f"Joint {ordinal(number)}" if joint else ordinal(number)
