"""MongoDB's limit on the size of a document.

Only hostile telemetry comes near it (hundreds of thousands of different stacks or tiles of one player). Such a player's
document is left out and reported; other players are not affected.
"""

from collections.abc import Mapping
from typing import Any, Final

import bson

LARGEST_DOCUMENT: Final = 16 * 1024 * 1024 - 16 * 1024
"""Bytes: MongoDB's limit less the overhead that a write adds to the document."""


def fits(document: Mapping[str, Any]) -> bool:
    """Return whether a document is small enough to store."""
    return len(bson.encode(document)) <= LARGEST_DOCUMENT
