"""The notes in `run_notes`: what was seen to be complete, so that it need not be looked at again.

What belongs here: reading and writing a note. What does not: what its fields say (whoever writes it).
"""

from typing import Any, Unpack

from pymongo.database import Database

from wrapped_shared.collections import RUN_NOTES
from wrapped_shared.stored.bookkeeping import RunNoteFields


def read_note(analytics: Database[Any], note: str) -> RunNoteFields:
    """Return a note's fields; empty if it was never written."""
    return analytics[RUN_NOTES].find_one({"_id": note}) or RunNoteFields()


def write_note(analytics: Database[Any], note: str, **fields: Unpack[RunNoteFields]) -> None:
    """Set fields of a note; its others stay."""
    analytics[RUN_NOTES].update_one({"_id": note}, {"$set": fields}, upsert=True)
