"""Metadata of materialisations: figures, tables and plots from summaries.

No player's name gets into Dagster's storage: figures are shown without names.
"""

import base64
from dataclasses import asdict
from typing import Any, Final

import dagster as dg
import numpy as np
from wrapped_shared import markdown
from wrapped_shared.words import duration

from player_stats.domain.numbers import seconds
from player_stats.domain.plots import heatmap_png
from player_stats.domain.quality import PlayerTally
from player_stats.store.merges import ReportChanges
from player_stats.work.day_turn import DayFigures

_TOP: Final = 5


def day_metadata(day: str, figures: DayFigures) -> dict[str, Any]:
    """Return the figures of one day: events read, documents written, the longest play times, activity by hour (UTC)."""
    ticks = {key: summary["play"]["ticks"] for key, summary in figures.summaries.items()}
    longest = sorted(ticks.values(), reverse=True)[:_TOP]
    found: dict[str, Any] = {
        **tally_metadata(figures.tally),
        "players": len(ticks),
        "changed": figures.changed,
        "too_large": figures.too_large,
        "longest_played": dg.MetadataValue.md(
            markdown.table(("time played",), [(duration(seconds(count)),) for count in longest])
        ),
    }
    hours = np.array([summary["play"]["hours"] for summary in figures.summaries.values()], dtype=np.int64)
    if hours.any():
        picture = base64.b64encode(heatmap_png(hours.sum(axis=0, keepdims=True))).decode()
        found["activity"] = dg.MetadataValue.md(f"![ticks by hour on {day}](data:image/png;base64,{picture})")
    return found


def quality_metadata(tally: PlayerTally) -> dict[str, Any]:
    """Return how many documents of a day were read and left out, and why."""
    return {**tally_metadata(tally), "reasons": dg.MetadataValue.json(dict(sorted(tally.reasons.items())))}


def tally_metadata(tally: PlayerTally) -> dict[str, int]:
    """Return how many documents were read, left out and duplicates."""
    return {"events_read": tally.read, "left_out": tally.documents_left_out, "duplicates": tally.duplicates}


def report_metadata(changes: ReportChanges) -> dict[str, Any]:
    """Return the figures of making reports."""
    return {name: figure for name, figure in asdict(changes).items() if name != "left_owed"}
