"""Parts of a UTC day: its hours "HH", and five-minute cells "HH:MM" of the hours that are still open.

How a time is named. What was read of parts is `player_stats.domain.ledger`'s, counting them `player_stats.store`'s.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from player_stats.domain.ledger import hour_of

HOUR_MS: Final = 3_600_000
CELL_MS: Final = 300_000
"""Five minutes."""
END_OF_TIME_MS: Final = 253_402_300_800_000
"""The year 10000: no calendar reaches further."""
_HOURS: Final = 24


def hour_label(ms: int) -> str:
    """Return the hour of a time in milliseconds since the epoch, "HH"."""
    return f"{ms // HOUR_MS % _HOURS:02}"


def cell_label(ms: int) -> str:
    """Return the five-minute cell of a time in milliseconds since the epoch, "HH:MM" of its beginning."""
    return f"{hour_label(ms)}:{ms % HOUR_MS // CELL_MS * 5:02}"


def is_cell(label: str) -> bool:
    """Whether a label names a five-minute cell."""
    return ":" in label


def read_events(seen: Mapping[str, Mapping[str, Mapping[str, Any]]], labels: Iterable[str] | None = None) -> int:
    """Return how many documents were read of parts of a day.

    Args:
        seen: by raw collection and label what was read.
        labels: hours and cells; None for the whole day.
    """
    wanted = None if labels is None else frozenset(labels)
    return sum(
        part["n"]
        for parts in seen.values()
        for label, part in parts.items()
        if wanted is None or label in wanted or hour_of(label) in wanted
    )
