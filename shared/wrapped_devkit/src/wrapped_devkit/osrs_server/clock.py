"""The stand-in's clock: real time, plus the offset that a test has set.

What belongs here: reading and moving the time that the figures grow with. What does not: the figures.
"""

import threading
import time
from datetime import UTC, datetime


class StandInClock:
    """A clock that runs with real time from a configurable start; safe to move from any thread."""

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        """Start at `start` (timezone-aware), or now; `frozen`: it only moves when set or advanced."""
        self._lock = threading.Lock()
        self._frozen = frozen
        self._base = (start or datetime.now(UTC)).timestamp()
        self._since = time.monotonic()

    def now(self) -> float:
        """The stand-in's time, in seconds since the epoch."""
        with self._lock:
            return self._now()

    def set(self, moment: datetime) -> None:
        """Move the clock to `moment` (timezone-aware), backwards too."""
        with self._lock:
            self._base = moment.timestamp()
            self._since = time.monotonic()

    def advance(self, seconds: float) -> None:
        """Move the clock by this many seconds."""
        with self._lock:
            self._base = self._now() + seconds
            self._since = time.monotonic()

    def _now(self) -> float:
        return self._base if self._frozen else self._base + (time.monotonic() - self._since)
