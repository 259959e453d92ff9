"""From the readings of all six raw collections to the documents of one day.

Which documents a day has, and what they hold, is settled here; reading and writing them is `player_stats.store`'s.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.mappings import add_counts
from player_stats.domain.quality import PlayerTally, total
from player_stats.domain.stretch import Reading
from player_stats.domain.summaries import FAMILIES, Summary, latest


def day_id(player_key: str, day: str) -> str:
    """Return the `_id` of a player's day."""
    return f"{player_key}|{day}"


def summarise_day(readings: Iterable[Reading], day: str) -> dict[str, Summary]:
    """Return the summary of every player with a sound event on the day, by player key.

    Args:
        readings: the day's readings, one a raw collection.
        day: "YYYY-MM-DD".
    """
    summaries: dict[str, Summary] = {}
    read = list(readings)
    for reading in read:
        for key, last in reading.last.items():
            summary = summaries.get(key)
            if summary is None:
                summary = summaries[key] = {name: family.empty() for name, family in FAMILIES.items()}
                summary |= {"days": [day], "last": last, "quality": {"read": 0, "left_out": {}}}
            summary |= reading.families[key]
            summary["last"] = latest(summary["last"], last)
    for reading in read:
        for owner, tally in reading.tallies.items():
            if owner in summaries:
                quality = summaries[owner]["quality"]
                quality["read"] += tally.read
                quality["left_out"] = add_counts(quality["left_out"], tally.reasons)
    return summaries


def day_document(player_key: str, day: str, summary: Summary) -> dict[str, Any]:
    """Return the `player_days` document of a summary, without its digest."""
    return {
        "_id": day_id(player_key, day),
        "schema_version": SCHEMA_VERSION,
        "player_key": player_key,
        "day": day,
        **summary,
    }


def quality_documents(readings: Mapping[str, Reading], day: str) -> list[dict[str, Any]]:
    """Return the `data_quality` documents of a day, one a raw collection that has documents there."""
    documents = []
    for collection, reading in readings.items():
        tally = total(reading.tallies.values())
        if tally.read:
            documents.append(quality_document(collection, day, tally))
    return documents


def quality_document(collection: str, day: str, tally: PlayerTally) -> dict[str, Any]:
    """Return one `data_quality` document; `day` may be "undated"."""
    return {
        "_id": f"{collection}|{day}",
        "schema_version": SCHEMA_VERSION,
        "collection": collection,
        "day": day,
        "read": tally.read,
        "duplicates": tally.duplicates,
        "documents_left_out": tally.documents_left_out,
        "left_out": dict(sorted(tally.reasons.items())),
        "newest_id": tally.newest[1] if tally.newest else None,
        "examples": [{"reason": reason, "id": identity} for _, reason, identity in tally.examples],
    }
