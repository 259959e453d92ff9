"""Holds: until when an upstream must not be called, stored in `upstream_holds` so that they outlive the run.

What belongs here: how long a hold lasts, its document, and the check that shows it. What does not: HTTP requests
(`wrapped_shared.http`), and what a run does without an upstream (the locations).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import dagster as dg
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from wrapped_shared.collections import UPSTREAM_HOLDS, UPSTREAM_REQUESTS
from wrapped_shared.definitions import warning
from wrapped_shared.documents import Document
from wrapped_shared.stored.alerts import UpstreamRequestsFields
from wrapped_shared.stored.holds import UpstreamHoldFields
from wrapped_shared.version import SCHEMA_VERSIONS

HISCORES: Final = "hiscores"
HISCORES_RANKING: Final = "hiscores_ranking"
WIKI: Final = "wiki"
PRICES: Final = "prices"

FIRST_BREAKER_HOLD: Final = timedelta(minutes=15)
"""First hold for a breaker that opened without a Retry-After; doubled each time until a valid response arrives."""
LONGEST_HOLD: Final = timedelta(hours=24)
"""Upper limit, even for a Retry-After: a wrong header must not stop a deployment for weeks."""
LONGEST_REASON: Final = 300
HOLD_MEANING: Final = "Passes if no upstream is on hold; otherwise warns with the reason and the end of the hold."
"""The description of the check that `hold_check` evaluates."""


def now() -> datetime:
    """Return the current time, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold in force."""

    upstream: str
    not_before: datetime
    reason: str

    def __str__(self) -> str:
        return f"{self.upstream} is on hold until {self.not_before:%Y-%m-%d %H:%M:%S} UTC: {self.reason}"


def holds_in_force(analytics: Database[Document], *upstreams: str) -> list[Hold]:
    """Return the holds now in force, for the given upstreams or all, ordered by name."""
    moment = now()
    stored = analytics[UPSTREAM_HOLDS].find({}).sort("_id", 1)  # a handful of documents
    found = [hold for document in stored if (hold := _in_force(document, moment))]
    return [hold for hold in found if not upstreams or hold.upstream in upstreams]


class HoldKeeper:
    """The hold of one upstream, as one client finds it, sets it and lifts it.

    If two runs set a hold at the same time, the later `not_before` wins. The length of a breaker's hold depends on what
    was stored when the keeper was created, so two runs that hit the same outage do not double each other's hold.
    """

    def __init__(self, analytics: Database[Document], upstream: str, clock: Callable[[], datetime] = now) -> None:
        """Read the upstream's stored hold.

        Raises:
            pymongo.errors.PyMongoError: the server cannot be reached; the other methods may raise it too.
        """
        self._holds = analytics[UPSTREAM_HOLDS]
        self._requests = analytics[UPSTREAM_REQUESTS]
        self._upstream = upstream
        self._clock = clock
        document = self._holds.find_one({"_id": upstream})
        self._stored = document is not None
        self._breaker_seconds = int((document or {}).get("breaker_seconds", 0))
        self.at_creation: Hold | None = None if document is None else _in_force(document, clock())
        """The hold that was in force when the keeper was created."""

    def keep_retry_after(self, seconds: float, why: str) -> None:
        """Apply a Retry-After of this many seconds."""
        self.keep(timedelta(seconds=seconds), f"{why}, with a Retry-After of {seconds:.0f} s")

    def breaker_opened(self, why: str) -> None:
        """Record that a breaker opened: the hold is twice as long as the last one."""
        length = max(FIRST_BREAKER_HOLD, timedelta(seconds=2 * self._breaker_seconds))
        self._breaker_seconds = int(min(length, LONGEST_HOLD).total_seconds())
        self.keep(length, why)

    def keep(self, length: timedelta, reason: str) -> None:
        """Hold the upstream for this long from now, at most a day; a stored hold that lasts longer stays."""
        not_before = self._clock() + min(length, LONGEST_HOLD)
        fields: UpstreamHoldFields = {
            "schema_version": SCHEMA_VERSIONS[UPSTREAM_HOLDS],
            "not_before": not_before,
            "reason": reason[:LONGEST_REASON],
            "breaker_seconds": self._breaker_seconds,
        }
        earlier = {"_id": self._upstream, "not_before": {"$lt": not_before}}
        with suppress(DuplicateKeyError):  # a later one is stored
            self._holds.update_one(earlier, {"$set": fields}, upsert=True)
        self._stored = True

    def answered(self) -> None:
        """Record a valid response: a hold that has ended is deleted, and its length with it."""
        if self._stored:
            ended = {"_id": self._upstream, "not_before": {"$lte": self._clock()}}
            self._stored = self._holds.delete_one(ended).deleted_count == 0
            self._breaker_seconds = 0

    def count(self, requests: int, refusals: int) -> None:
        """Add to the upstream's counts, for metrics: a run that is killed is missing from them."""
        if requests:
            version = UpstreamRequestsFields(schema_version=SCHEMA_VERSIONS[UPSTREAM_REQUESTS])
            added = UpstreamRequestsFields(requests=requests, refusals=refusals)
            self._requests.update_one({"_id": self._upstream}, {"$inc": added, "$set": version}, upsert=True)


def hold_check(analytics: Database[Document], name: str, *upstreams: str) -> dg.AssetCheckResult:
    """Return the check result that says which of the upstreams are on hold, until when, and why."""
    holds = holds_in_force(analytics, *upstreams)
    return warning(
        check_name=name,
        passed=not holds,
        description="; ".join(map(str, holds)) or "no upstream is on hold",
        metadata={hold.upstream: dg.MetadataValue.timestamp(hold.not_before) for hold in holds},
    )


def _in_force(document: dict[str, Any], moment: datetime) -> Hold | None:
    not_before = document.get("not_before")
    if not isinstance(not_before, datetime) or not_before <= moment:
        return None
    return Hold(str(document["_id"]), not_before, str(document.get("reason", "")))
