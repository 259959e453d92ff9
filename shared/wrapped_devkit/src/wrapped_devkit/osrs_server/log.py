"""What the stand-in was asked, and when: tests prove politeness from it.

What belongs here: the record of requests. What does not: deciding what to answer.
"""

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class LogEntry:
    """One request, as it arrived and as it was answered."""

    number: int
    """Counts from 1 in order of arrival."""
    at: float
    """Real time of arrival (not the stand-in's clock), in seconds since the epoch."""
    monotonic: float
    """The same on the monotonic clock of the machine, for differences."""
    method: str
    path: str
    query: dict[str, str]
    user_agent: str
    part: str
    """The part whose route matched; empty where none did."""
    status: int
    """The status sent; 0 where none was, or not yet."""
    fault: str
    """The fault made, empty for none."""

    def as_json(self) -> dict[str, Any]:
        """The entry as a JSON object."""
        return asdict(self)


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
        """Remember a request: once when it arrives, and again, with its status, when it is answered."""
        with self._lock:
            self._entries[entry.number] = entry

    def entries(self, part: str | None = None) -> list[LogEntry]:
        """All entries, or those of one part, in order of arrival."""
        with self._lock:
            found = [entry for entry in self._entries.values() if part is None or entry.part == part]
        return sorted(found, key=lambda entry: entry.number)

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        with self._lock:
            self._entries.clear()
