"""From the readings of all six raw collections to the documents of hours and days.

Which documents there are, and what they hold, is settled here; reading and writing them is `player_stats.store`'s.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.cells import Cell
from player_stats.domain.mappings import add_counts
from player_stats.domain.quality import PlayerTally
from player_stats.domain.stretch import CellReading, Reading
from player_stats.domain.summaries import NOTHING, Summary, latest, merge_all

CellSummaries = dict[Cell, dict[str, Summary]]
"""By cell the summary of every player with documents there, by player key."""


def day_id(player_key: str, day: str) -> str:
    """Return the `_id` of a player's day."""
    return f"{player_key}|{day}"


def summarise_cells(readings: Mapping[str, Reading]) -> CellSummaries:
    """Return the summaries of the readings of all raw collections, cell by cell in the order of time."""
    cells = sorted({piece for reading in readings.values() for piece in reading.cells})
    return {
        piece: summarise_cell([r.cells[piece] for r in readings.values() if piece in r.cells], piece.day)
        for piece in cells
    }


def summarise_cell(readings: Iterable[CellReading], day: str) -> dict[str, Summary]:
    """Return the summary of every player with documents in a cell, by player key.

    A player without a sound event there has an empty one: what was left out is still theirs.

    Args:
        readings: what the raw collections hold of the cell.
        day: the cell's day, "YYYY-MM-DD".
    """
    summaries: dict[str, Summary] = {}
    for reading in readings:
        for key, tally in reading.tallies.items():
            if key is None:
                continue
            summary = summaries.get(key)
            if summary is None:
                summary = summaries[key] = {**NOTHING, "quality": {"read": 0, "left_out": {}}}
            if key in reading.last:
                summary |= reading.families.get(key, {})
                summary["days"], summary["last"] = [day], latest(summary["last"], reading.last[key])
            quality = summary["quality"]
            quality["read"] += tally.read
            if tally.reasons:
                quality["left_out"] = add_counts(quality["left_out"], tally.reasons)
    return summaries


def merged_days(cells: CellSummaries) -> dict[str, dict[str, Summary]]:
    """Return by day the summary of every player with a sound event on it, merged from the day's cells."""
    parts: dict[str, dict[str, list[Summary]]] = {}
    for piece in sorted(cells):
        of_day = parts.setdefault(piece.day, {})
        for key, summary in cells[piece].items():
            of_day.setdefault(key, []).append(summary)
    return {day: merged_day(of_day) for day, of_day in parts.items()}


def merged_day(parts: Mapping[str, Sequence[Summary]]) -> dict[str, Summary]:
    """Merge each player's cells of one day, given in the order of time; players without a sound event have no day."""
    merged = {key: merge_all(summaries) for key, summaries in parts.items()}
    return {key: summary for key, summary in merged.items() if summary["days"]}


def day_document(player_key: str, day: str, summary: Summary) -> dict[str, Any]:
    """Return the `player_days` document of a summary, without its digest."""
    return {
        "_id": day_id(player_key, day),
        "schema_version": SCHEMA_VERSION,
        "player_key": player_key,
        "day": day,
        **summary,
    }


def quality_document(collection: str, day: str, tally: PlayerTally) -> dict[str, Any]:
    """Return one `data_quality` document; `day` may be "undated" or "sealed"."""
    return {
        "_id": f"{collection}|{day}",
        "schema_version": SCHEMA_VERSION,
        "collection": collection,
        "day": day,
        "read": tally.read,
        "duplicates": tally.duplicates,
        "documents_left_out": tally.documents_left_out,
        "left_out": dict(sorted(tally.reasons.items())),
        "examples": [{"reason": reason, "id": identity} for _, reason, identity in tally.examples],
    }
