"""Play time: ticks by day and hour, and sessions as runs of joined ticks.

A game tick is nominally 0.6 seconds. Ticks are counted; gaps are never added up, as client clocks jump.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final, NotRequired, TypedDict

import polars as pl
from wrapped_shared.collections import GAME_TICKS
from wrapped_shared.periods import month_of
from wrapped_shared.stored.report_sections import Play
from wrapped_shared.stored.reports import Slide
from wrapped_shared.words import counted, duration, month_text

from player_stats.domain.batch import Batch, Codebook, Columns
from player_stats.domain.edges import Edge, Edges, MergedEdges, collect_edges, merge_edges, no_edges
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.frames import by_day, joined_rows
from player_stats.domain.mappings import add_counts, best, summed
from player_stats.domain.numbers import joint, seconds


class RunEdge(Edge):
    """The first or last run of a session."""

    ticks: int
    linked: NotRequired[bool]
    """Whether a head's run is also the tail's; tails lack it."""


class Summary(TypedDict):
    """Ticks and sessions."""

    ticks: int
    days: dict[str, int]
    """Ticks by day."""
    hours: list[int]
    """24 tick counts, UTC."""
    sessions: int
    """Runs of joined ticks."""
    longest: int
    """Ticks of the longest run."""
    edges: Edges[RunEdge]


PLAY_SECONDS: Final = "play.seconds"


class Statistics(Family[Summary, Play]):
    """The family `play`."""

    name = "play"
    collection = GAME_TICKS
    stats = (
        Stat(PLAY_SECONDS, ("ticks",)),
        Stat("play.days_played", ("days_played",)),
        Stat("play.longest_streak_days", ("longest_streak_days",)),
    )

    def empty(self) -> Summary:
        """Return the summary of no ticks."""
        return {"ticks": 0, "days": {}, "hours": [0] * 24, "sessions": 0, "longest": 0, "edges": no_edges()}

    def read(self, _: Batch) -> Columns:
        """Read nothing: a tick with invalid data is still play time."""
        return {}

    def summarise(self, ticks: pl.DataFrame, codes: Codebook) -> dict[int, Summary]:
        """Summarise the ticks of many players."""
        runs = _runs(ticks)
        edges = _edges(runs, codes.sessions)
        totals = runs.group_by("player").agg(
            pl.col("ticks").sum(), pl.len().alias("runs"), pl.col("ticks").max().alias("top")
        )
        summaries: dict[int, Summary] = {
            player: {**self.empty(), "ticks": count, "sessions": n, "longest": top, "edges": edges[player]}
            for player, count, n, top in totals.iter_rows()
        }
        for player, day, count in by_day(ticks, pl.len()).iter_rows():
            summaries[player]["days"][day] = count
        hour = (pl.col("at") // 3_600_000 % 24).alias("hour")
        for player, index, count in ticks.group_by("player", hour).len().iter_rows():
            summaries[player]["hours"][index] = count
        return summaries

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Merge two adjacent spans: a run across the cut is one session."""
        merged = merge_edges(earlier["edges"], later["edges"])
        across = [tail["ticks"] + head["ticks"] for tail, head in merged.joins]
        return {
            "ticks": earlier["ticks"] + later["ticks"],
            "days": add_counts(earlier["days"], later["days"]),
            "hours": [a + b for a, b in zip(earlier["hours"], later["hours"], strict=True)],
            "sessions": earlier["sessions"] + later["sessions"] - len(across),
            "longest": max(earlier["longest"], later["longest"], *across),
            "edges": _with_runs(earlier["edges"], later["edges"], merged),
        }

    def section(self, summary: Summary, _: ItemNames) -> Play:
        """Return the section of the report."""
        months = summed((month_of(day), ticks) for day, ticks in summary["days"].items())
        return {
            "ticks": summary["ticks"],
            "seconds": seconds(summary["ticks"]),
            "sessions": summary["sessions"],
            "longest_session_seconds": seconds(summary["longest"]),
            "days_played": len(summary["days"]),
            "longest_streak_days": longest_streak(summary["days"]),
            "best_day": best(summary["days"]),
            "best_month": best(months),
            "hours": list(summary["hours"]),
            "months": dict(sorted(months.items())),
        }

    def slides(self, play: Play) -> Iterator[Slide]:
        """Show the play time, and the month with the most."""
        if play["ticks"]:
            days = counted(play["days_played"], "day")
            text = f"Played for {duration(play['seconds'])} in {counted(play['sessions'], 'session')} on {days}."
            yield slide("play_time", "Time played", text, play["seconds"])
        month = play["best_month"]
        if month is not None:
            all_in = ", all" if len(play["months"]) == 1 else ""
            tie = joint(play["months"].values(), "month")
            text = f"Played for {duration(seconds(play['months'][month]))}{all_in} in {month_text(month)}{tie}."
            yield slide("best_month", "Best month", text, month)


def _runs(ticks: pl.DataFrame) -> pl.DataFrame:
    """One row per run of joined ticks, in order: player, session, ticks, first_at, last_at."""
    starts = (~joined_rows()).fill_null(True)
    return (
        ticks.select("player", "session", "at", starts.cum_sum().alias("run"))
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("player").first(),
            pl.col("session").first(),
            pl.len().cast(pl.Int64).alias("ticks"),
            pl.col("at").first().alias("first_at"),
            pl.col("at").last().alias("last_at"),
        )
    )


def _edges(runs: pl.DataFrame, sessions: list[bytes]) -> dict[int, Edges[RunEdge]]:
    ends = runs.group_by("player", "session", maintain_order=True).agg(
        pl.col("first_at").first(),
        pl.col("last_at").last(),
        pl.col("ticks").first().alias("first_ticks"),
        pl.col("ticks").last().alias("last_ticks"),
        (pl.len() == 1).alias("first_linked"),
    )
    edges = collect_edges(ends, sessions, ["at", "ticks", "linked"], ["at", "ticks"])
    for found in edges.values():
        _unlink_closed(found)
    return edges


def _unlink_closed(edges: Edges[RunEdge]) -> None:
    """Unlink heads whose session is no longer a tail: their runs cannot grow any more."""
    still_open = {tail["session"] for tail in edges["tails"]}
    for head in edges["heads"]:
        head["linked"] = head["linked"] and head["session"] in still_open


def _with_runs(earlier: Edges[RunEdge], later: Edges[RunEdge], merged: MergedEdges[RunEdge]) -> Edges[RunEdge]:
    """Return the merged edges with the runs across the cut joined."""
    joins, edges = merged.joins, merged.edges
    if not joins and not any(head["linked"] for head in edges["heads"]):
        return edges
    joined = {tail["session"]: (tail, head) for tail, head in joins}
    goes_on = {edge["session"] for side in ("heads", "tails") for edge in later[side]}
    begins = {edge["session"] for edge in earlier["heads"]}
    heads: list[RunEdge] = []
    for head in edges["heads"]:
        session, ticks, linked = head["session"], head["ticks"], head["linked"]
        if session in begins and linked:
            if session in joined:
                after = joined[session][1]
                ticks, linked = ticks + after["ticks"], after["linked"]
            elif session in goes_on:
                linked = False
        heads.append({**head, "ticks": ticks, "linked": linked})
    linked_later = {edge["session"] for edge in later["heads"] if edge["linked"]}
    tails: list[RunEdge] = [
        {**tail, "ticks": tail["ticks"] + joined[tail["session"]][0]["ticks"]}
        if tail["session"] in joined and tail["session"] in linked_later
        else tail
        for tail in edges["tails"]
    ]
    result: Edges[RunEdge] = {**edges, "heads": heads, "tails": tails}
    _unlink_closed(result)
    return result


def longest_streak(days: Iterable[str]) -> int:
    """Return the length of the longest run of consecutive days."""
    longest = run = 0
    previous: date | None = None
    for day in map(date.fromisoformat, sorted(days)):
        run = run + 1 if previous is not None and day - previous == timedelta(days=1) else 1
        longest, previous = max(longest, run), day
    return longest
