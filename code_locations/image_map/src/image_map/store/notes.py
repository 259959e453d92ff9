"""The location's note in `run_notes`: what was seen to be complete, so that `wrapped run` need not check it again."""

from typing import Any, Final

from pymongo.database import Database
from wrapped_shared.collections import RUN_NOTES
from wrapped_shared.documents import Document

_NOTE: Final = {"_id": "pictures"}


def read_note(analytics: Database[Document]) -> Document:
    """Return the note; empty if there is none."""
    return analytics[RUN_NOTES].find_one(_NOTE) or {}


def write_note(analytics: Database[Document], **fields: Any) -> None:
    """Set fields of the note."""
    analytics[RUN_NOTES].update_one(_NOTE, {"$set": fields}, upsert=True)
