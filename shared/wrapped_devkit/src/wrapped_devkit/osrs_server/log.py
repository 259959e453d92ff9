"""The stand-in's request log: tests use it to check rate limits and retries.

What belongs here: the record of requests. What does not: deciding the response.
"""

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class LogEntry:
    """One request, as it arrived, and its response."""

    number: int
    """Counts from 1 in order of arrival."""
    monotonic: float
    """When it arrived, on the machine's monotonic clock."""
    path: str
    query: dict[str, str]
    user_agent: str
    part: str
    """The part whose route matched; empty if none did."""
    status: int
    """The status sent; 0 if none was, or not yet."""
    fault: str
    """The injected fault; empty for none."""


class RequestLog:
    """The entries in order of arrival; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[int, LogEntry] = {}
        self._numbers = 0

    def next_number(self) -> int:
        """A number for a request that has just arrived."""
        with self._lock:
            self._numbers += 1
            return self._numbers

    def put(self, entry: LogEntry) -> None:
        """Record a request: once when it arrives, and again, with its status, when the response is sent."""
        with self._lock:
            self._entries[entry.number] = entry

    def entries(self, part: str | None = None) -> list[LogEntry]:
        """All entries, or those of one part, in order of arrival."""
        with self._lock:
            found = [entry for entry in self._entries.values() if part is None or entry.part == part]
        return sorted(found, key=lambda entry: entry.number)

    def clear(self) -> None:
        """Clear the log; numbers continue."""
        with self._lock:
            self._entries.clear()
