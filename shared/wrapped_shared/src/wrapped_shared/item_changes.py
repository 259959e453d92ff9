"""Whether `items` changed since somebody last read them, without reading them: a note beside them.

`image_map` writes items within `changing`; whoever copies them remembers the `revision` it read before copying.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bson import ObjectId
from pymongo.database import Database

from wrapped_shared.run_notes import read_note, write_note


@contextmanager
def changing(analytics: Database[Any]) -> Iterator[None]:
    """Note that items are being written; a process that dies in between leaves that noted."""
    write_note(analytics, "items", token=ObjectId(), writing=True)
    yield
    write_note(analytics, "items", token=ObjectId(), writing=False)


def unfinished(analytics: Database[Any]) -> bool:
    """Return whether items are being written, or whoever wrote them died."""
    return bool(read_note(analytics, "items").get("writing"))


def revision(analytics: Database[Any]) -> str | None:
    """Return what changes whenever items do; None if that is unknown: compare the items themselves then."""
    note = read_note(analytics, "items")
    return str(note["token"]) if note.get("writing") is False else None
