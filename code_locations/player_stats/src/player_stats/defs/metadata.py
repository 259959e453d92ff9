"""Metadata of materialisations: tables and plots from summaries.

Names come from telemetry and end in a web page: they are escaped here.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import dagster as dg
import numpy as np

from player_stats.domain.numbers import duration, seconds
from player_stats.domain.plots import heatmap_png
from player_stats.domain.summaries import Summary

_TOP: Final = 5
_PLOTTED_DAYS: Final = 60
_MARKUP: Final = str.maketrans({character: f"&#{ord(character)};" for character in "&<>|`*_[]()#!\\\"'$~"})


def escaped(text: str) -> str:
    """Return text from telemetry as harmless Markdown."""
    return " ".join(text.translate(_MARKUP).split())


def markdown_table(header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    """Return a Markdown table; texts are escaped."""
    lines = [header, tuple("---" for _ in header), *(tuple(escaped(str(cell)) for cell in row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


@dataclass
class Activity:
    """Play time of a run's days, gathered day by day: who played most, and when."""

    ticks: dict[str, int] = field(default_factory=dict)
    hours: dict[str, list[int]] = field(default_factory=dict)

    def add(self, day: str, summaries: Mapping[str, Summary]) -> None:
        """Take a day's summaries."""
        hours = self.hours.setdefault(day, [0] * 24)
        for key, summary in summaries.items():
            self.ticks[key] = self.ticks.get(key, 0) + summary["play"]["ticks"]
            for hour, ticks in enumerate(summary["play"]["hours"]):
                hours[hour] += ticks
        if len(self.hours) > _PLOTTED_DAYS:
            del self.hours[min(self.hours)]

    def metadata(self) -> dict[str, dg.MetadataValue[Any]]:
        """Return the top players and a heat map of hours (columns, UTC) by days (rows)."""
        top = sorted(self.ticks.items(), key=lambda entry: (-entry[1], entry[0]))[:_TOP]
        found: dict[str, dg.MetadataValue[Any]] = {
            "players": dg.MetadataValue.int(len(self.ticks)),
            "top_players": dg.MetadataValue.md(
                markdown_table(("player", "time played"), [(key, duration(seconds(ticks))) for key, ticks in top])
            ),
        }
        if any(map(any, self.hours.values())):
            table = np.array([self.hours[day] for day in sorted(self.hours)], dtype=np.int64)
            picture = base64.b64encode(heatmap_png(table)).decode()
            days = f"{min(self.hours)} to {max(self.hours)}"
            found["activity"] = dg.MetadataValue.md(
                f"Ticks by hour (columns, UTC) and day (rows), {days}:\n\n![activity](data:image/png;base64,{picture})"
            )
        return found
