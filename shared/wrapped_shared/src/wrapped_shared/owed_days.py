"""Which days the ledger says are owed, since when and why: for the checks and for the command."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from pymongo.database import Database

from wrapped_shared.collections import DAY_LEDGER
from wrapped_shared.documents import Document


@dataclass(frozen=True)
class OwedDays:
    """The owed days."""

    days: frozenset[str]
    """Owed days up to today."""
    since: datetime | None
    """When the oldest of them became owed."""
    whys: dict[str, int]
    """Number of days by reason, the most frequent first."""
    to_come: int
    """Number of owed days in the future, of which some events have already arrived."""


def owed_summary(analytics: Database[Document], from_day: str, today: str) -> OwedDays:
    """Return what is owed from `from_day` on; earlier days are never computed."""
    query = {"owed": True, "day": {"$gte": from_day}}
    found = list(analytics[DAY_LEDGER].find(query, {"day": 1, "since": 1, "why": 1}))
    due = [ledger for ledger in found if ledger["day"] <= today]
    return OwedDays(
        days=frozenset(ledger["day"] for ledger in due),
        since=min((ledger["since"] for ledger in due if ledger.get("since")), default=None),
        whys=dict(Counter(ledger.get("why") or "being read, or its reader died" for ledger in due).most_common()),
        to_come=len(found) - len(due),
    )
