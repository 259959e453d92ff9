"""Writing `data_quality`: how many documents of a day were read, duplicates or left out, over all players."""

from collections.abc import Container, Mapping, Sequence

from wrapped_shared import collections as names

from player_stats.domain.ledger import TallyParts, quality_of
from player_stats.store.ids import id_key
from player_stats.store.ledger import NEVER_READ, DayReading
from player_stats.store.turns import Turn


def write_quality(turn: Turn, readings: Sequence[DayReading]) -> None:
    """Write the documents of some days, one for each raw collection with documents on that day; remove the others."""
    tallies = {reading.work.day: reading.ledger_after()[1] for reading in readings}
    never_read = {reading.work.day for reading in readings if reading.work.why == NEVER_READ}
    first_read = {reading.work.day for reading in readings if not (reading.work.ledger or {}).get("revision")}
    replace_quality(
        turn, {day: found for day, found in tallies.items() if any(found.values()) or day not in never_read}, first_read
    )


def replace_quality(turn: Turn, tallies: Mapping[str, TallyParts], first_read: Container[str] = ()) -> None:
    """Make the documents of days equal to their tallies; those of `first_read` days are probably not stored yet."""
    documents = [document for day, found in tallies.items() for document in quality_of(day, found, id_key)]
    absent = {document["_id"] for document in documents if document["day"] in first_read}
    turn.replace(names.DATA_QUALITY, documents, absent)
    wanted = {f"{collection}|{day}" for day in tallies for collection in names.RAW_EVENT_COLLECTIONS}
    turn.remove(names.DATA_QUALITY, sorted(wanted - {document["_id"] for document in documents}))
