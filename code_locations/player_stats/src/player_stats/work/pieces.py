"""Pieces of a portion: ranges of hours with about equal numbers of events, each computed by its own step.

This module cuts time and names pieces; `player_stats.work.map_step` computes them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wrapped_shared.periods import DAY_MS, day_of_ms, day_start_ms, days_between, previous_day

from player_stats.domain.cells import HOUR_MS, hour_label

WHOLE_DAYS_BELOW: Final = 0.25
"""Days smaller than this share of a piece are not divided: it would hardly make the pieces more equal."""


@dataclass(frozen=True)
class Piece:
    """A half-open range of whole hours."""

    start_ms: int
    end_ms: int

    @property
    def key(self) -> str:
        """The mapping key of the piece's step."""
        return f"{_moment(self.start_ms)}_to_{_moment(self.end_ms)}"

    @classmethod
    def of_key(cls, key: str) -> "Piece":
        """Return the piece named by a mapping key.

        Raises:
            ValueError: the key is malformed.
        """
        found = re.fullmatch(r"(\d{4}_\d\d_\d\d)T(\d\d)_to_(\d{4}_\d\d_\d\d)T(\d\d)", key)
        if found is None:
            raise ValueError(f"{key!r} is not the key of a piece")
        first, from_hour, last, to_hour = found.groups()
        return cls(*(day_start_ms(day.replace("_", "-")) + int(hour) * HOUR_MS
                     for day, hour in ((first, from_hour), (last, to_hour))))  # fmt: skip

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the days that are only partly in the piece, newest first, with their hours in it."""
        for day in dict.fromkeys(day_of_ms(at) for at in (self.end_ms - 1, self.start_ms)):
            hours = [hour_label(at) for at in range(day_start_ms(day), day_start_ms(day) + DAY_MS, HOUR_MS)
                     if self.start_ms <= at < self.end_ms]  # fmt: skip
            if len(hours) < DAY_MS // HOUR_MS:
                yield day, hours

    def whole_days(self) -> list[str]:
        """Return the days that are completely in the piece, newest first."""
        divided = {day for day, _ in self.parts()}
        days = [*days_between(day_of_ms(self.start_ms), day_of_ms(self.end_ms - 1))]
        return [day for day in reversed(days) if day not in divided]


def adjacent_days(days: Sequence[str]) -> list[str]:
    """Return the longest run of consecutive days at the beginning of days that descend, at least one."""
    group = [days[0]]
    for day in days[1:]:
        if day != previous_day(group[-1]):
            break
        group.append(day)
    return group


def cut_into_pieces(days: Sequence[str], hours: Mapping[str, Mapping[str, int]], pieces: int) -> list[Piece]:
    """Return the pieces of days, newest first; together they cover these days and those in between.

    Args:
        days: UTC days, newest first, at least one.
        hours: the approximate number of events by day and hour "HH"; empty hours may be omitted.
        pieces: the maximum number of pieces.
    """
    share = sum(sum(found.values()) for found in hours.values()) / pieces
    starts: list[int] = []
    filled = 0
    for start, weight in _units(days, hours, share * WHOLE_DAYS_BELOW):
        if not starts or (len(starts) < pieces and filled + weight / 2 > share * len(starts)):
            starts.append(start)
        else:
            starts[-1] = start
        filled += weight
    ends = [day_start_ms(days[0]) + DAY_MS, *starts]
    return [Piece(start, end) for start, end in zip(starts, ends, strict=False)]


def _units(days: Sequence[str], hours: Mapping[str, Mapping[str, int]], large: float) -> Iterator[tuple[int, int]]:
    """Yield the start and weight of each indivisible unit, newest first: days, and the hours of large days."""
    for day in days:
        found = {hour: weight for hour, weight in hours.get(day, {}).items() if weight}
        start, weight = day_start_ms(day), sum(found.values())
        if weight <= large or len(found) < 2:
            yield start, weight
            continue
        ordered = sorted(found, reverse=True)
        for hour in ordered[:-1]:
            yield start + int(hour) * HOUR_MS, found[hour]
        yield start, found[ordered[-1]]  # the empty hours before the first one with events belong to it


def _moment(ms: int) -> str:
    return f"{day_of_ms(ms).replace('-', '_')}T{hour_label(ms)}"
