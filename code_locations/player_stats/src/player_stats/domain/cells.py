"""Cells: the pieces of UTC time that summaries are kept for: a day, an hour, or five minutes of an hour.

How time is cut and how a cell is named belongs here. Which cells are stored or owed is `player_stats.store`'s.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from wrapped_shared.periods import DAY_MS, day_of_ms, day_start_ms

from player_stats.domain.values import Ints

HOUR_MS: Final = 3_600_000
CELL_MS: Final = 300_000
"""Five minutes."""
END_OF_TIME_MS: Final = 253_402_300_800_000
"""The year 10000: no calendar reaches further."""
WHOLE_DAY: Final = "day"
"""The label of a cell that is a whole day."""


@dataclass(frozen=True, order=True)
class Cell:
    """A piece of a UTC day."""

    day: str
    """"YYYY-MM-DD"."""
    label: str
    """`WHOLE_DAY`, an hour "HH", or five minutes "HH:MM" by their beginning."""

    @property
    def hour(self) -> str:
        """The hour "HH" that the cell lies in (or is)."""
        return hour_of(self.label)


@dataclass(frozen=True)
class Cut:
    """How a stretch of time is cut into cells."""

    hourly: bool = False
    """Whether days are cut into hours."""
    fine_from_ms: int = 2**62
    """Hours from this one on (ms) are cut into five minutes: hours that telemetry still comes in for."""

    def codes(self, at: Ints) -> Ints:
        """Return the code of the cell of each timestamp (ms); `cell` reads it."""
        if not self.hourly:
            return at // DAY_MS * DAY_MS * 3
        return _hours_and_cells(at, self.fine_from_ms)

    def seen_codes(self, at: Ints) -> Ints:
        """Return the code of the hour of each timestamp, or of its five minutes where hours are cut so."""
        return _hours_and_cells(at, self.fine_from_ms)


def _hours_and_cells(at: Ints, fine_from_ms: int) -> Ints:
    hours = at // HOUR_MS * HOUR_MS * 3 + 1
    if not len(at) or at.max() < fine_from_ms:
        return hours
    return np.where(at >= fine_from_ms, at // CELL_MS * CELL_MS * 3 + 2, hours)


def cell(code: int) -> Cell:
    """Return the cell of a code that `Cut` gave."""
    start, kind = divmod(code, 3)
    label = (WHOLE_DAY, hour_label(start), cell_label(start))[kind]
    return Cell(day_of_ms(start), label)


def hour_label(ms: int) -> str:
    """Return the hour of a time in milliseconds since the epoch, "HH"."""
    return f"{ms % DAY_MS // HOUR_MS:02}"


def cell_label(ms: int) -> str:
    """Return the five minutes of a time in milliseconds since the epoch, "HH:MM" of their beginning."""
    return f"{hour_label(ms)}:{ms % HOUR_MS // CELL_MS * 5:02}"


def is_cell(label: str) -> bool:
    """Whether a label names five minutes."""
    return ":" in label


def hour_of(label: str) -> str:
    """Return the hour "HH" that a label lies in."""
    return label[:2]


def spans(day: str, labels: Iterable[str]) -> list[tuple[int, int]]:
    """Return the half-open ranges of milliseconds that hours and five-minute cells of a day cover, joined."""
    start = day_start_ms(day)
    found: list[tuple[int, int]] = []
    for label in sorted(labels):
        begin = start + int(hour_of(label)) * HOUR_MS + (int(label[3:]) * 60_000 if is_cell(label) else 0)
        end = begin + (CELL_MS if is_cell(label) else HOUR_MS)
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


def widened(day: str, labels: Iterable[str], fine_from_ms: int) -> frozenset[str]:
    """Return the labels with whole hours for five minutes of hours that are no longer cut so."""
    start = day_start_ms(day)
    return frozenset(
        label if start + int(hour_of(label)) * HOUR_MS >= fine_from_ms else hour_of(label) for label in labels
    )


def covers(labels: Container[str], label: str) -> bool:
    """Whether one of the labels is the cell itself or the hour that it lies in."""
    return label in labels or hour_of(label) in labels
