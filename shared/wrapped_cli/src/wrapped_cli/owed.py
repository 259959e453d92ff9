"""Reads from MongoDB which days, reports and ranks are owed; computes nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.links import links_changed
from wrapped_shared.owed_days import owed_summary
from wrapped_shared.periods import today
from wrapped_shared.seal import first_open_day
from wrapped_shared.settings import first_day
from wrapped_shared.words import counted


@dataclass(frozen=True)
class Owed:
    """What is owed now."""

    planned: bool
    """Whether the telemetry has ever been planned."""
    days: int = 0
    """Owed and requested days up to today."""
    whys: dict[str, int] = field(default_factory=dict)
    """How many of them for each reason, the most frequent first."""
    since: datetime | None = None
    """Since when the longest-waiting day has been owed, UTC."""
    to_come: int = 0
    """Future days that already have telemetry."""
    reports: int = 0
    """Player months to be reported."""
    ranks: int = 0
    """Periods to be ranked."""
    names: int = 0
    """1 if the links of names changed since they were applied."""

    @property
    def due(self) -> int:
        """How much there is to do, without a unit; 0 = nothing."""
        return self.days + self.reports + self.ranks + self.names

    def in_words(self) -> str:
        """Return what is owed, since when, and why, in one line."""
        counts = {"day": self.days, "monthly report": self.reports}
        parts = [
            counted(count, what)
            for what, count in {**counts, "ranking": self.ranks, "change of names": self.names}.items()
            if count
        ]
        if self.whys:
            parts[0] += f" ({', '.join(f'{why}: {count:,}' for why, count in self.whys.items())})"
        if self.since is not None:
            parts.append(f"the oldest since {self.since:%Y-%m-%d %H:%M} UTC")
        return ", ".join(parts) or "nothing"


def read_owed(analytics: Database[Any]) -> Owed:
    """Return what is owed, by indexes and counts only, so that the size of the history does not matter."""
    now, first = today(), first_open_day(analytics, first_day())
    noted = owed_summary(analytics, first, now)
    return Owed(
        planned=analytics[names.PLAN_STATE].find_one({}, {"_id": 1}) is not None,
        days=len(noted.days),
        whys=noted.whys,
        since=noted.since,
        to_come=noted.to_come,
        reports=analytics[names.REPORT_REQUESTS].estimated_document_count(),
        ranks=analytics[names.RANK_REQUESTS].estimated_document_count(),
        names=int(links_changed(analytics)),
    )
