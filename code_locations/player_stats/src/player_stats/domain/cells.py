"""Cells: the units of UTC time that summaries are made for: a day, an hour, or five minutes of an hour.

How time is cut and how cells are named belongs here. `player_stats.store` decides which are stored or owed.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from wrapped_shared.periods import DAY_MS, day_of_ms, day_start_ms, next_day

from player_stats.domain.values import Ints

HOUR_MS: Final = 3_600_000
CELL_MS: Final = 300_000
"""Five minutes."""
END_OF_TIME_MS: Final = 253_402_300_800_000
"""The year 10000, which Python's dates do not reach."""
WHOLE_DAY: Final = "day"
"""The label of a whole day."""


@dataclass(frozen=True, order=True)
class Cell:
    """A UTC day or a part of one."""

    day: str
    """"YYYY-MM-DD"."""
    label: str
    """`WHOLE_DAY`, an hour "HH", or five minutes by their start "HH:MM"."""

    @property
    def hour(self) -> str:
        """The hour "HH" that contains the cell (or is the cell)."""
        return hour_of(self.label)


@dataclass(frozen=True)
class Cut:
    """How time is cut into cells."""

    hourly: bool = False
    """Whether days are cut into hours."""
    fine_from_ms: int = 2**62
    """Hours from this one on (ms), for which telemetry still arrives, are cut into five minutes."""

    def codes(self, at: Ints) -> Ints:
        """Return the code of the cell of each timestamp (ms), for `cell_of`."""
        return self.seen_codes(at) if self.hourly else at // DAY_MS * DAY_MS * 3

    def seen_codes(self, at: Ints) -> Ints:
        """Return the code of the hour of each timestamp (ms), or of its five minutes from `fine_from_ms` on."""
        hours = at // HOUR_MS * HOUR_MS * 3 + 1
        if not len(at) or at.max() < self.fine_from_ms:
            return hours
        return np.where(at >= self.fine_from_ms, at // CELL_MS * CELL_MS * 3 + 2, hours)


def cell_of(code: int) -> Cell:
    """Return the cell of a code made by `Cut`."""
    start, unit = divmod(code, 3)
    label = (WHOLE_DAY, hour_label(start), cell_label(start))[unit]
    return Cell(day_of_ms(start), label)


def hour_label(ms: int) -> str:
    """Return the hour of a time in milliseconds since the epoch, "HH"."""
    return f"{ms % DAY_MS // HOUR_MS:02}"


def cell_label(ms: int) -> str:
    """Return the five minutes of a time in milliseconds since the epoch, by their start "HH:MM"."""
    return f"{hour_label(ms)}:{ms % HOUR_MS // CELL_MS * 5:02}"


def is_cell(label: str) -> bool:
    """Return whether a label stands for five minutes."""
    return ":" in label


def hour_of(label: str) -> str:
    """Return the hour "HH" of a label."""
    return label[:2]


def span_of_days(first: str, last: str) -> tuple[int, int]:
    """Return the half-open range of time (ms) from one day to another, which are both included."""
    return day_start_ms(first), day_start_ms(next_day(last))


def spans(day: str, labels: Iterable[str]) -> list[tuple[int, int]]:
    """Return the half-open ranges (ms) that hours and five-minute cells of a day cover; adjacent ones are joined."""
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
    """Return the labels, with the whole hour for five minutes of an hour that is no longer cut."""
    start = day_start_ms(day)
    return frozenset(
        label if start + int(hour_of(label)) * HOUR_MS >= fine_from_ms else hour_of(label) for label in labels
    )


def covers(labels: Container[str], label: str) -> bool:
    """Return whether one of the labels is the cell itself or its hour."""
    return label in labels or hour_of(label) in labels
