"""The rows that every file format is read into, and invalid rows with their reason.

The wording of the reasons is here and nowhere else. Each format has a module of its own that reads it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NOT_JSON: Final = "not JSON"
NOT_AN_OBJECT: Final = "not an object"
UNKNOWN_EVENT: Final = "unknown event"
TOO_LONG: Final = "longer than a MongoDB document (16 MiB)"
TOO_DEEP: Final = "nested too deeply"
NOT_BSON: Final = "values that MongoDB cannot hold"
BROKEN_BSON: Final = "broken BSON"
CUT_OFF: Final = "file cut off or damaged, the rest is left out"
IN_USE: Final = "file in use by another program, the rest is left out: close that program and import again"
REFUSED: Final = "rejected by MongoDB"
NOT_SEALED: Final = "summary of a day that is computed from raw events"
UNUSABLE_LINK: Final = "link of names that contradicts others"

MAX_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 90  # MongoDB's limit is 100; this leaves room for its own wrapping


class InvalidRowError(Exception):
    """A row that cannot be imported; the message is one of the reasons above."""


@dataclass(slots=True)
class Row:
    """One document on its way into the raw database."""

    collection: str
    """Name of its raw collection."""
    document: dict[str, Any]
    """The document; its `_id` may be missing."""
    raw: bytes | None = None
    """Its BSON as read from a dump, kept byte for byte; None if it comes from JSON."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """Something that is not a document of the raw database."""

    reason: str
    """One of the reasons above."""


class Source(ABC):
    """One file, read in one pass with constant memory."""

    total: int
    """Its size in the unit of `done`: bytes of the file, or rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.label = path.name

    @abstractmethod
    def rows(self) -> Iterator[Row | Invalid]:
        """Read it from the start. Damage ends the reading with a `Invalid`, never with an exception.

        Raises:
            CommandError: it cannot be opened.
        """

    @abstractmethod
    def done(self) -> int:
        """Return how much of `total` has been read."""

    @abstractmethod
    def where(self) -> str:
        """Return the place of the last row read, so that a person can find it."""
