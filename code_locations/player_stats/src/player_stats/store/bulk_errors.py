"""What failed of a bulk of writes, where that is something to go on with.

What is done about it is the caller's business.
"""

from collections.abc import Container
from typing import Any, Final

from pymongo.errors import BulkWriteError

_DUPLICATE_KEY: Final = (11000,)
_UPDATED_TOO_LARGE: Final = (10334, 17419, 17420)
"""What servers of different ages answer to an update after which a document would pass the limit."""


def taken(error: BulkWriteError) -> list[int]:
    """Return the places in the bulk of the upserts that found their `_id` taken.

    Raises:
        BulkWriteError: the error itself, where anything failed for another reason.
    """
    if not _only(error, _DUPLICATE_KEY):
        raise error
    return [one["index"] for one in _failed(error)]


def only_too_large(error: BulkWriteError) -> bool:
    """Whether all that failed of a bulk of updates are documents that would have passed MongoDB's limit of 16 MiB."""
    return _only(error, _UPDATED_TOO_LARGE)


def _only(error: BulkWriteError, codes: Container[int]) -> bool:
    return not error.details["writeConcernErrors"] and all(one["code"] in codes for one in _failed(error))


def _failed(error: BulkWriteError) -> list[dict[str, Any]]:
    return list(error.details["writeErrors"])
