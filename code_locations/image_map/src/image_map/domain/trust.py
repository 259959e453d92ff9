"""Whether a table that an upstream gave is believed: one that lost rows is more often a fault than the truth.

Pure, and of any table; where refusals are kept is `store`'s business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

LEAST_PERCENT: Final = 90
"""A table with a smaller share of the stored one's rows is refused: the wiki grows, and loses a few rows at a time."""
AGREEING_DAYS: Final = 3
"""Fetches on so many days that agree are the truth after all: a fault does not last that long unnoticed."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a refused fetch brought."""

    at: datetime
    rows: int

    @property
    def day(self) -> str:
        """Its UTC day."""
        return f"{self.at.astimezone(UTC):%Y-%m-%d}"

    def stored(self) -> dict[str, Any]:
        """Return the fetch as it is kept in MongoDB; `Fetch(**document)` takes it back."""
        return {"at": self.at, "rows": self.rows}


@dataclass(frozen=True, slots=True)
class Refused:
    """The fetches refused so far, one a day, that agree with the newest, which is the last."""

    fetches: tuple[Fetch, ...]

    @classmethod
    def read(cls, stored: Iterable[Mapping[str, Any]]) -> "Refused | None":
        """Return what `Fetch.stored` made of each fetch, or None where there is none."""
        fetches = tuple(Fetch(fetch["at"], fetch["rows"]) for fetch in stored)
        return cls(fetches) if fetches else None

    def problem(self, rows: int, least: int, setting: str) -> str:
        """Return one line that says why, what serves, and the ways out.

        Args:
            rows: the rows of the stored table, 0 where there is none.
            least: the fewest rows of a first table.
            setting: the environment's name for `least`.
        """
        newest = self.fetches[-1].rows
        why = (
            f"{newest} rows are less than {LEAST_PERCENT}% of the stored {rows}; the old table serves"
            if rows
            else f"{newest} rows are fewer than the {least} that {setting} asks of a first table; nothing serves"
        )
        lower = "" if rows else f", or a lower {setting}"
        return (
            f"refused: {why}. It is taken once fetches on {AGREEING_DAYS} days agree ({len(self.fetches)} so far), "
            f"or by a run with accept_smaller: true{lower}"
        )


def judge(rows: int, stored: int, least: int, now: datetime, before: Refused | None) -> Refused | None:
    """Return None where a fetched table is to be taken, else the refusals with this one.

    Args:
        rows: how many rows came.
        stored: how many the stored table has; 0 = there is none.
        least: how many a first table must have; 0 or less = any.
        now: the time of the fetch.
        before: what was refused so far.
    """
    enough = rows * 100 >= stored * LEAST_PERCENT if stored else rows >= least
    if enough:
        return None
    fetch = Fetch(now, rows)
    earlier = before.fetches if before is not None else ()
    agreeing = [one for one in earlier if one.day != fetch.day and _agree(one.rows, rows)]
    found = (*agreeing, fetch)
    return None if len(found) >= AGREEING_DAYS else Refused(found)


def _agree(one: int, other: int) -> bool:
    return min(one, other) * 100 >= max(one, other) * LEAST_PERCENT
