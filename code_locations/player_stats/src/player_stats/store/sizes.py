"""MongoDB's limit on the size of a document.

Only hostile telemetry comes near it (hundreds of thousands of different stacks or tiles of one player); whoever it
is about is left out and told of, and nobody else's documents suffer.
"""

from typing import Any, Final

import bson
from pymongo.errors import BulkWriteError

LARGEST_DOCUMENT: Final = 16 * 1024 * 1024 - 16 * 1024
"""Bytes: MongoDB's limit, less what a write adds around the document."""

_UPDATED_TOO_LARGE: Final = (10334, 17419, 17420)
"""What servers of different ages answer to an update after which a document would pass the limit."""


def fits(document: dict[str, Any]) -> bool:
    """Whether a document is small enough to be stored."""
    return len(bson.encode(document)) <= LARGEST_DOCUMENT


def only_too_large(error: BulkWriteError) -> bool:
    """Whether all that failed of a bulk of updates are documents that would have passed the limit."""
    failed = [one["code"] for one in error.details["writeErrors"]]
    return not error.details["writeConcernErrors"] and all(code in _UPDATED_TOO_LARGE for code in failed)
