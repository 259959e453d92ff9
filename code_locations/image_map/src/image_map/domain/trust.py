"""Decides whether to accept a table from an upstream: lost rows are more often a fault than the truth.

Pure, and for any table; storing the rejections belongs to `store`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from wrapped_shared.periods import day_of

LEAST_PERCENT: Final = 90
"""A table with a smaller share of the stored rows is rejected: the wiki grows, and loses only a few rows at a time."""
AGREEING_DAYS: Final = 3
"""If fetches on this many days agree, they are correct after all: a fault would not last that long unnoticed."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """The result of a rejected fetch."""

    at: datetime
    rows: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The rejected fetches so far, one per day, that agree with the newest, which is the last."""

    fetches: tuple[Fetch, ...]

    @classmethod
    def read(cls, stored: Iterable[Mapping[str, Any]]) -> "Refused | None":
        """Return the fetches as MongoDB has them, or None if there are none."""
        fetches = tuple(Fetch(fetch["at"], fetch["rows"]) for fetch in stored)
        return cls(fetches) if fetches else None

    def problem(self, rows: int, least: int, setting: str) -> str:
        """Return one line with the reason, the table in use, and the options.

        Args:
            rows: the number of rows in the stored table, 0 if there is none.
            least: the minimum number of rows for a first table.
            setting: the environment variable for `least`.
        """
        newest = self.fetches[-1].rows
        why = (
            f"{newest} rows are less than {LEAST_PERCENT}% of the stored {rows}; the old table stays in use"
            if rows
            else f"{newest} rows are fewer than the {least} that {setting} requires at first; no table is in use"
        )
        lower = "" if rows else f", or with a lower {setting}"
        return (
            f"rejected: {why}. It is accepted once fetches on {AGREEING_DAYS} days agree ({len(self.fetches)} so far), "
            f"or by a run with accept_smaller: true{lower}"
        )


def judge(rows: int, stored: int, least: int, now: datetime, before: Refused | None) -> Refused | None:
    """Return None if a fetched table should be accepted, else the rejections including this one.

    Args:
        rows: the number of fetched rows.
        stored: the number of rows in the stored table; 0 = there is none.
        least: the minimum for a first table; 0 or less = any.
        now: the time of the fetch.
        before: the rejections so far.
    """
    enough = rows * 100 >= stored * LEAST_PERCENT if stored else rows >= least
    if enough:
        return None
    earlier = before.fetches if before is not None else ()
    agreeing = [one for one in earlier if day_of(one.at) != day_of(now) and _agree(one.rows, rows)]
    found = (*agreeing, Fetch(now, rows))
    return None if len(found) >= AGREEING_DAYS else Refused(found)


def _agree(one: int, other: int) -> bool:
    return min(one, other) * 100 >= max(one, other) * LEAST_PERCENT
