"""Which days are owed or requested, since when and why: for the checks and for the command."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bson import ObjectId
from pymongo.database import Database

from wrapped_shared.collections import DAY_LEDGER, DAY_REQUESTS
from wrapped_shared.documents import Document
from wrapped_shared.periods import is_day

_REASON_LENGTH: Final = 60
"""Anyone may write a request: of a longer reason only the beginning is shown, and nothing that controls a terminal."""


@dataclass(frozen=True)
class OwedDays:
    """The owed and the requested days."""

    days: frozenset[str]
    """Owed and requested days up to today."""
    since: datetime | None
    """When the oldest of them became owed."""
    whys: dict[str, int]
    """Number of days by reason, the most frequent first."""
    to_come: int
    """Number of owed days in the future, of which some events have already arrived."""


def requested(analytics: Database[Document], from_day: str, upto_day: str) -> Iterator[Document]:
    """Yield the requests of days in a range; anyone may write one, for anything."""
    within = {"_id": {"$gte": from_day, "$lte": upto_day}}
    for request in analytics[DAY_REQUESTS].find(within, {"reason": 1, "token": 1}):
        if is_day(request["_id"]):
            yield request


def owed_summary(analytics: Database[Document], from_day: str, today: str) -> OwedDays:
    """Return what is owed or requested from `from_day` on; earlier days are never computed."""
    query = {"owed": True, "day": {"$gte": from_day}}
    owed = list(analytics[DAY_LEDGER].find(query, {"day": 1, "since": 1, "why": 1}))
    due = {ledger["day"]: ledger for ledger in owed if ledger["day"] <= today}
    for request in requested(analytics, from_day, today):
        due.setdefault(request["_id"], _as_owed(request))
    return OwedDays(
        days=frozenset(due),
        since=min((found["since"] for found in due.values() if found.get("since")), default=None),
        whys=dict(
            Counter(found.get("why") or "being read, or its reader died" for found in due.values()).most_common()
        ),
        to_come=sum(ledger["day"] > today for ledger in owed),
    )


def _as_owed(request: Document) -> Document:
    token = request.get("token")
    since = token.generation_time if isinstance(token, ObjectId) else None
    reason = "".join(sign if sign.isprintable() else " " for sign in str(request.get("reason"))[:_REASON_LENGTH])
    return {"why": f"requested: {reason}", "since": since}
