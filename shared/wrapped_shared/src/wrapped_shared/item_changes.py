"""Whether `items` changed since somebody last read them, without reading them: a note beside them.

`image_map` writes items within `changing`; whoever copies them remembers the `revision` it read before copying.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bson import ObjectId
from pymongo.database import Database

from wrapped_shared.collections import RUN_NOTES

_NOTE: Final = {"_id": "items"}


@contextmanager
def changing(analytics: Database[Any]) -> Iterator[None]:
    """Note that items are being written; a process that dies in between leaves that noted."""
    _note(analytics, writing=True)
    yield
    _note(analytics, writing=False)


def unfinished(analytics: Database[Any]) -> bool:
    """Return whether items are being written, or whoever wrote them died."""
    return analytics[RUN_NOTES].find_one({**_NOTE, "writing": True}, {"_id": 1}) is not None


def revision(analytics: Database[Any]) -> str | None:
    """Return what changes whenever items do; None if that is unknown: compare the items themselves then."""
    found = analytics[RUN_NOTES].find_one({**_NOTE, "writing": False}, {"token": 1})
    return None if found is None else str(found["token"])


def _note(analytics: Database[Any], *, writing: bool) -> None:
    change = {"$set": {"token": ObjectId(), "writing": writing}}
    analytics[RUN_NOTES].update_one(_NOTE, change, upsert=True)
