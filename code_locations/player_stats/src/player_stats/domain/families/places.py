"""Places: ticks by map region; regions get their names when a report is built."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TypedDict

import polars as pl
from wrapped_shared.collections import GAME_TICKS
from wrapped_shared.stored.report_sections import Place
from wrapped_shared.stored.reports import Slide
from wrapped_shared.words import duration

from player_stats.domain.batch import Batch, Codebook, Columns
from player_stats.domain.family import Family, ItemNames, slide
from player_stats.domain.frames import region
from player_stats.domain.mappings import add_rows
from player_stats.domain.numbers import joint, seconds
from player_stats.domain.regions import INSTANCE, UNKNOWN, named_counts


class RegionTicks(TypedDict):
    """Ticks in a region."""

    region: int
    """-1 for an instance."""
    ticks: int


class Summary(TypedDict):
    """Ticks by region."""

    regions: list[RegionTicks]
    """Sorted by region."""


class Statistics(Family[Summary, list[Place]]):
    """The family `places`."""

    name = "places"
    collection = GAME_TICKS
    fields = ("location",)

    def empty(self) -> Summary:
        """Return the summary of no ticks with a position."""
        return {"regions": []}

    def read(self, batch: Batch) -> Columns:
        """Read `x`, `y`, null where invalid."""
        batch.check("places", batch.position.rules)
        return batch.position_columns

    def summarise(self, ticks: pl.DataFrame, _: Codebook) -> dict[int, Summary]:
        """Count the ticks of many players by region, where the position is valid."""
        summaries: dict[int, Summary] = defaultdict(self.empty)
        placed = ticks.filter(pl.col("x").is_not_null())
        counted = placed.group_by("player", region().alias("region")).len().sort("player", "region")
        for player, number, count in counted.iter_rows():
            summaries[player]["regions"].append({"region": number, "ticks": count})
        return summaries

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Add the ticks of two spans."""
        return {"regions": add_rows(earlier["regions"], later["regions"], ("region",), ("ticks",))}

    def section(self, summary: Summary, _: ItemNames) -> list[Place]:
        """Return the section of the report: places by name, most ticks first."""
        counts = named_counts((row["region"], row["ticks"]) for row in summary["regions"])
        return [{"name": name, "ticks": ticks, "seconds": seconds(ticks)} for name, ticks in counts]

    def slides(self, places: list[Place]) -> Iterator[Slide]:
        """Show the place with the most time, unless it has no name of its own."""
        longest = {place["name"] for place in places if place["ticks"] == places[0]["ticks"]}
        if longest and longest.isdisjoint((INSTANCE, UNKNOWN)):
            place, tie = places[0], joint([other["ticks"] for other in places], "place")
            text = f"Spent {duration(place['seconds'])} at {place['name']}{tie}."
            yield slide("favourite_place", "Favourite place", text, place["name"], f"place:{place['name']}")
