"""MongoDB's limit on the size of a document.

Only hostile telemetry comes near it (hundreds of thousands of different stacks or tiles of one player); whoever it
is about is left out and told of, and nobody else's documents suffer.
"""

from typing import Any, Final

import bson

LARGEST_DOCUMENT: Final = 16 * 1024 * 1024 - 16 * 1024
"""Bytes: MongoDB's limit, less what a write adds around the document."""


def fits(document: dict[str, Any]) -> bool:
    """Whether a document is small enough to be stored."""
    return len(bson.encode(document)) <= LARGEST_DOCUMENT
