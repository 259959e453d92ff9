"""What a location's alert sensor remembers between its ticks: which faults are known, and which were delivered. Pure.

It is the sensor's cursor, so that Dagster stores it with the tick and alerts need no MongoDB: that it is away is a
fault too. A process that dies between sending and the end of its tick sends again: every fault is delivered at least
once, and as a rule exactly once.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from pydantic import BaseModel, ValidationError

from wrapped_shared.alerts.faults import Fault

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=30)
_MOST: Final = 100
"""Known faults at a time; more are taken on once some have ended."""


class Known(BaseModel):
    """A fault and what became of its message."""

    fault: Fault
    since: datetime
    delivered: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None
    """When delivery is tried again."""
    ended: bool = False
    """It ended before its message was delivered, which is still to happen."""


class Book(BaseModel):
    """The faults by key, and when the last heartbeat was delivered."""

    known: dict[str, Known] = {}
    beat: datetime | None = None

    @classmethod
    def read(cls, cursor: str | None) -> Self:
        """Return what a cursor says; nothing is known after anything else, such as an older version's cursor."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()

    def observe(self, found: Iterable[Fault], unseen: Collection[str], now: datetime, *, tell: bool) -> None:
        """Take on new faults and let go of those that ended.

        Args:
            found: all faults that there are now.
            unseen: sources that could not be queried; their faults are kept.
            now: the time, UTC.
            tell: whether messages can be sent at all; if not, nobody waits for one about a fault that ended.
        """
        there = {fault.key: fault for fault in found}
        for key, known in list(self.known.items()):
            known.ended = key not in there and known.fault.source not in unseen
            if known.ended and (known.delivered or not tell):
                del self.known[key]
        for key, fault in there.items():
            if key not in self.known and len(self.known) < _MOST:
                self.known[key] = Known(fault=fault, since=now)

    def due(self, now: datetime) -> list[Known]:
        """Return the faults whose message is to be sent now, those that were tried least often first."""
        waiting = [known for known in self.known.values() if known.delivered is None]
        ready = [known for known in waiting if known.not_before is None or known.not_before <= now]
        return sorted(ready, key=lambda known: (known.attempts, known.since))

    def note(self, known: Known, now: datetime, *, delivered: bool) -> None:
        """Record an attempt; after a failed one, the wait until the next is twice as long."""
        if delivered:
            known.delivered, known.not_before = now, None
            if known.ended:
                del self.known[known.fault.key]
            return
        known.not_before = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(known.attempts, 10))
        known.attempts += 1

    def beat_due(self, now: datetime, every: timedelta) -> bool:
        """Return whether a heartbeat is due; `every` of zero means never."""
        return bool(every) and (self.beat is None or now - self.beat >= every)

    def text(self) -> str:
        """Return the cursor."""
        return self.model_dump_json(exclude_defaults=True)


def utc_now() -> datetime:
    """Return the current time, UTC, in full seconds."""
    return datetime.now(UTC).replace(microsecond=0)
