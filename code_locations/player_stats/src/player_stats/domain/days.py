"""From the readings of all raw collections to the documents of hours and days.

Which documents there are and what they contain is decided here; `player_stats.store` reads and writes them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, cast

from wrapped_shared.collections import DATA_QUALITY, PLAYER_DAYS
from wrapped_shared.stored.player_stats import DataQuality, PlayerDayFields, QualityCounts
from wrapped_shared.version import SCHEMA_VERSIONS

from player_stats.domain.cells import Cell
from player_stats.domain.mappings import add_counts
from player_stats.domain.quality import PlayerTally
from player_stats.domain.span_reader import CellReading, Reading
from player_stats.domain.summaries import NOTHING, Summary, latest, merge_all

CellSummaries = dict[Cell, dict[str, Summary]]
"""By cell and player key, the summary of every player with documents there."""


def day_id(player_key: str, day: str) -> str:
    """Return the `_id` of a player's day."""
    return f"{player_key}|{day}"


def summarise_cells(readings: Mapping[str, Reading]) -> CellSummaries:
    """Return the summaries of the readings of all raw collections, with the cells in order of time."""
    cells = sorted({cell for reading in readings.values() for cell in reading.cells})
    return {
        cell: _summarise_cell([r.cells[cell] for r in readings.values() if cell in r.cells], cell.day) for cell in cells
    }


def _summarise_cell(readings: Iterable[CellReading], day: str) -> dict[str, Summary]:
    """Return the summary of every player with documents in a cell, by player key.

    For a player without a valid event there it is empty but for `quality`.
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
                summary.update(cast("Summary", reading.families.get(key, {})))
                summary["days"], summary["last"] = [day], latest(summary["last"], reading.last[key])
            quality = summary["quality"]
            quality["read"] += tally.read
            if tally.reasons:
                quality["left_out"] = add_counts(quality["left_out"], tally.reasons)
    return summaries


def merged_days(cells: CellSummaries) -> dict[str, dict[str, Summary]]:
    """Return by day the summary of every player with a valid event on it, merged from the day's cells."""
    days: dict[str, dict[str, Summary]] = {}
    for day, of_day in groupby(sorted(cells), attrgetter("day")):
        parts: dict[str, list[Summary]] = defaultdict(list)
        for key, summary in chain.from_iterable(cells[cell].items() for cell in of_day):
            parts[key].append(summary)
        merged = {key: merge_all(summaries) for key, summaries in parts.items()}
        days[day] = {key: summary for key, summary in merged.items() if summary["days"]}
    return days


def day_document(player_key: str, day: str, summary: Summary) -> dict[str, Any]:
    """Return the `player_days` document of a summary, without its digest."""
    head: PlayerDayFields = {
        "_id": day_id(player_key, day), "schema_version": SCHEMA_VERSIONS[PLAYER_DAYS],
        "player_key": player_key, "day": day,
    }  # fmt: skip
    return {**head, **summary}


def quality_counts(tally: PlayerTally) -> QualityCounts:
    """Return a tally as it is stored."""
    return {
        "read": tally.read,
        "duplicates": tally.duplicates,
        "documents_left_out": tally.documents_left_out,
        "left_out": dict(sorted(tally.reasons.items())),
        "examples": [{"reason": reason, "id": identity} for _, reason, identity in tally.examples],
    }


def quality_document(collection: str, day: str, tally: PlayerTally) -> DataQuality:
    """Return one `data_quality` document; `day` may be "undated" or "sealed"."""
    counts = quality_counts(tally)
    return {
        "_id": f"{collection}|{day}",
        "schema_version": SCHEMA_VERSIONS[DATA_QUALITY],
        "collection": collection,
        "day": day,
        "read": counts["read"],
        "duplicates": counts["duplicates"],
        "documents_left_out": counts["documents_left_out"],
        "left_out": counts["left_out"],
        "examples": counts["examples"],
    }
