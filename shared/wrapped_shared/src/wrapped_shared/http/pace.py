"""The rate limit and the circuit breaker.

What belongs here: when the next request may start, and whether any may. What does not: HTTP.
"""

import random
from collections.abc import Callable


class Pace:
    """Keeps requests at least an interval apart, measured from the end of one to the start of the next.

    Measured this way, two requests can never *arrive* closer together than the interval, regardless of the network.
    The first request waits an interval too: another run may have sent one just before this run took over.
    """

    def __init__(
        self,
        requests_per_second: float,
        *,
        jitter: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        """Take the rate (0 = no limit) and the random extra wait as a share of the interval."""
        self.interval = 1.0 / requests_per_second if requests_per_second > 0 else 0.0
        self._jitter = jitter
        self._clock = clock
        self._sleep = sleep
        self._ready = clock() + self.interval

    def wait(self) -> None:
        """Sleep until the next request may start."""
        pause = self._ready - self._clock()
        if pause > 0:
            self._sleep(pause)

    def finished(self) -> None:
        """A request has ended: the interval starts."""
        extra = random.random() * self._jitter * self.interval  # noqa: S311 - for spreading load, not for security
        self._ready = max(self._ready, self._clock() + self.interval + extra)

    def hold(self, seconds: float) -> None:
        """Start no request for this many seconds."""
        self._ready = max(self._ready, self._clock() + seconds)


class Breaker:
    """Opens after a number of consecutive unavailable or blocked responses; it never closes again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.failures = 0
        self.reason = ""

    @property
    def is_open(self) -> bool:
        """Whether requests are no longer allowed."""
        return bool(self.reason)

    def answered(self) -> None:
        """A valid response arrived, found or not."""
        self.failures = 0

    def failed(self, what: str) -> bool:
        """A response was unavailable or blocked; returns whether that opened the breaker."""
        self.failures += 1
        if self.failures < self._limit or self.is_open:
            return False
        self.trip(f"{self.failures} responses in a row failed, the last: {what}")
        return True

    def trip(self, why: str) -> None:
        """Open at once."""
        self.reason = self.reason or why
