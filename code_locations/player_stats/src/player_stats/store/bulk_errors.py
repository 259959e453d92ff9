"""Recognising failures of bulk writes from which the caller can recover."""

from collections.abc import Container
from typing import Any, Final

from pymongo.errors import BulkWriteError

_DUPLICATE_KEY: Final = (11000,)
_UPDATED_TOO_LARGE: Final = (10334, 17419, 17420)
"""Error codes of different server versions for an update that would make a document exceed the size limit."""


def taken(error: BulkWriteError) -> list[int]:
    """Return the positions in the bulk of upserts and inserts whose `_id` already exists.

    Raises:
        BulkWriteError: the error itself, if any write failed for another reason.
    """
    if not _only(error, _DUPLICATE_KEY):
        raise error
    return [one["index"] for one in _failed(error)]


def only_too_large(error: BulkWriteError) -> bool:
    """Return whether the only failures are documents that would exceed MongoDB's limit of 16 MiB."""
    return _only(error, _UPDATED_TOO_LARGE)


def _only(error: BulkWriteError, codes: Container[int]) -> bool:
    return not error.details["writeConcernErrors"] and all(one["code"] in codes for one in _failed(error))


def _failed(error: BulkWriteError) -> list[dict[str, Any]]:
    return list(error.details["writeErrors"])
