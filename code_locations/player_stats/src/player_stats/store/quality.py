"""Writing `data_quality`: how many documents of a day were read, duplicates or left out, over all players."""

from collections.abc import Sequence

from wrapped_shared import collections as names

from player_stats.domain.ledger import quality_of
from player_stats.store.ids import id_key
from player_stats.store.ledger import NEVER_READ, DayReading
from player_stats.store.turns import Turn


def write_quality(turn: Turn, readings: Sequence[DayReading]) -> None:
    """Write the documents of some days, one for each raw collection with documents on that day; remove the others."""
    documents, days = [], []
    for reading in readings:
        day = reading.work.day
        found = quality_of(day, reading.ledger_after()[1], id_key)
        if found or reading.work.why != NEVER_READ:
            documents += found
            days.append(day)
    turn.replace(names.DATA_QUALITY, documents)
    wanted = {f"{collection}|{day}" for day in days for collection in names.RAW_EVENT_COLLECTIONS}
    turn.remove(names.DATA_QUALITY, sorted(wanted - {document["_id"] for document in documents}))
