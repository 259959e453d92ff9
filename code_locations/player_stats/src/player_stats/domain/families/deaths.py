"""The player's own deaths, each counted once even if the client reports it twice.

The client reports every actor whose health bar empties. A death that is joined to the one before it in its session and
less than ten ticks later is the same death; its place is that of the first event.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, TypedDict

import polars as pl
from wrapped_shared.collections import ACTOR_DEATH
from wrapped_shared.stored.report_sections import Deaths
from wrapped_shared.stored.reports import Slide
from wrapped_shared.words import counted

from player_stats.domain.batch import Batch, Codebook, Columns, where
from player_stats.domain.edges import Edges, Operand, TickEdge, find_edges, merge_edges, no_edges
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.frames import before, joined_rows, region
from player_stats.domain.mappings import add_rows
from player_stats.domain.regions import INSTANCE, NO_COORDINATES, UNKNOWN, named_counts
from player_stats.domain.values import texts


class RegionDeaths(TypedDict):
    """Deaths in a region."""

    region: int
    """-1 for an instance, -2 without coordinates."""
    count: int


class DeathEdge(TickEdge):
    """A session's first or last death."""

    region: int


class Summary(TypedDict):
    """The player's own deaths."""

    count: int
    regions: list[RegionDeaths]
    """Sorted by region."""
    edges: Edges[DeathEdge]


SAME_DEATH_TICKS: Final = 10


class Statistics(Family[Summary, Deaths]):
    """The family `deaths`."""

    name = "deaths"
    collection = ACTOR_DEATH
    stats = (Stat("deaths.count", ("count",)),)

    def empty(self) -> Summary:
        """Return the summary of no deaths."""
        return {"count": 0, "regions": [], "edges": no_edges()}

    def read(self, batch: Batch) -> Columns:
        """Read `death` (the rank of its `_id`, null unless the player died) and `region`."""
        valid = batch.check("deaths", [("name", texts(batch.field("name")))])
        own = valid & batch.is_player(batch.data)
        x, y, _ = batch.position
        at = pl.DataFrame({"x": x, "y": y, "placed": batch.position.valid})
        place = at.select(pl.when("placed").then(region()).otherwise(NO_COORDINATES)).to_series()
        return {"death": where(own, batch.id_ranks(own)), "region": place}

    def summarise(self, events: pl.DataFrame, codes: Codebook) -> dict[int, Summary]:
        """Count the deaths of many players."""
        deaths = events.filter(pl.col("death").is_not_null())
        if deaths.is_empty():
            return {}
        ordered = deaths.sort("player", "session", "at", "tick", "death")
        again = (joined_rows() & is_same(before("tick"), pl.col("tick"))).fill_null(False)
        summaries: dict[int, Summary] = {
            player: {"count": 0, "regions": [], "edges": edges}
            for player, edges in find_edges(ordered, codes.sessions, DeathEdge).items()
        }
        counted = ordered.filter(~again).group_by("player", "region").len().sort("player", "region")
        for player, number, count in counted.iter_rows():
            summaries[player]["count"] += count
            summaries[player]["regions"].append({"region": number, "count": count})
        return summaries

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Merge two adjacent spans: a death that was reported on both sides of the cut counts as the earlier one."""
        merged = merge_edges(earlier["edges"], later["edges"])
        repeated = Counter(head["region"] for tail, head in merged.joins if is_same(tail["tick"], head["tick"]))
        regions = add_rows(earlier["regions"], later["regions"], ("region",), ("count",))
        regions = [{**row, "count": row["count"] - repeated[row["region"]]} for row in regions]
        return {
            "count": earlier["count"] + later["count"] - repeated.total(),
            "regions": [row for row in regions if row["count"]],
            "edges": merged.edges,
        }

    def section(self, summary: Summary, _: ItemNames) -> Deaths:
        """Return the section of the report: places by name, most deaths first."""
        places = named_counts((row["region"], row["count"]) for row in summary["regions"])
        return {"count": summary["count"], "places": [{"name": name, "count": count} for name, count in places]}

    def slides(self, deaths: Deaths) -> Iterator[Slide]:
        """Show how often, and where if all or most deaths were in one known place."""
        if deaths["count"]:
            text = f"{counted(deaths['count'], 'death')}{_where(deaths)}."
            yield slide("deaths", "Deaths", text, deaths["count"])


def is_same(before: Operand, after: Operand) -> Operand:
    """Whether two joined deaths are the same one, given their tick counts."""
    return (after - before >= 0) & (after - before < SAME_DEATH_TICKS)


def _where(deaths: Deaths) -> str:
    worst, *others = deaths["places"]
    if worst["name"] == UNKNOWN or (others and others[0]["count"] == worst["count"]):
        return ""
    place = f"at {worst['name']}"
    if worst["name"] == INSTANCE:
        place = "in instances" if worst["count"] > 1 else "in an instance"
    share = "most often " if others else {1: "", 2: "both "}.get(worst["count"], "all ")
    return f", {share}{place}"
