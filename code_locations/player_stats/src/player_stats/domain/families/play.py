"""Play time: ticks by day and hour, and sessions as runs of joined ticks.

One game tick is 0.6 seconds nominal; ticks are counted, gaps are never summed (client clocks burst and jump).
"""

from typing import Any

import polars as pl

from player_stats.domain.edges import (
    JOIN_MS,
    Edge,
    Edges,
    collect_edges,
    merge_edges,
    no_edges,
    open_sessions,
)
from player_stats.domain.frames import days_of
from player_stats.domain.mappings import add_counts

Summary = dict[str, Any]


def empty() -> Summary:
    """Return the summary of no ticks."""
    return {"ticks": 0, "days": {}, "hours": [0] * 24, "sessions": 0, "longest": 0, "edges": no_edges()}


def summarise(ticks: pl.DataFrame, sessions: list[bytes]) -> dict[int, Summary]:
    """Summarise the ticks of many players.

    Args:
        ticks: distinct ticks with `player`, `session`, `at` (ms) and `tick`, in the order of (session, at, tick).
        sessions: the mark of each session code.

    Returns:
        For each player code {ticks, days: {day: ticks}, hours: [24 tick counts, UTC], sessions (runs), longest (ticks
        of the longest run), edges (heads and tails carry the ticks of their run; a head is `linked` when its run is
        also the tail's)}.
    """
    if ticks.is_empty():
        return {}
    runs = _runs(ticks)
    edges = _edges(runs, sessions)
    totals = runs.group_by("player").agg(
        pl.col("ticks").sum(), pl.len().alias("runs"), pl.col("ticks").max().alias("top")
    )
    summaries = {
        player: {
            "ticks": count,
            "days": {},
            "hours": [0] * 24,
            "sessions": n,
            "longest": top,
            "edges": edges[player],
        }
        for player, count, n, top in totals.iter_rows()
    }
    for player, day, count in days_of(ticks).group_by("player", "day").len().sort("player", "day").iter_rows():
        summaries[player]["days"][day] = count
    hour = (pl.col("at") // 3_600_000 % 24).alias("hour")
    for player, index, count in ticks.group_by("player", hour).len().iter_rows():
        summaries[player]["hours"][index] = count
    return summaries


def merge(earlier: Summary, later: Summary) -> Summary:
    """Merge two adjacent stretches: a run over the cut is one session."""
    seam = merge_edges(earlier["edges"], later["edges"])
    across = [tail["ticks"] + head["ticks"] for tail, head in seam.joins]
    return {
        "ticks": earlier["ticks"] + later["ticks"],
        "days": add_counts(earlier["days"], later["days"]),
        "hours": [a + b for a, b in zip(earlier["hours"], later["hours"], strict=True)],
        "sessions": earlier["sessions"] + later["sessions"] - len(across),
        "longest": max(earlier["longest"], later["longest"], *across),
        "edges": _with_runs(earlier["edges"], later["edges"], seam.joins, seam.merged),
    }


def _runs(ticks: pl.DataFrame) -> pl.DataFrame:
    """One row a run of joined ticks: player, session, ticks, first_at, last_at; in the order of the ticks."""
    starts = (
        (pl.col("session") != pl.col("session").shift(1)) | (pl.col("at") - pl.col("at").shift(1) > JOIN_MS)
    ).fill_null(True)
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


def _edges(runs: pl.DataFrame, sessions: list[bytes]) -> dict[int, Edges]:
    ends = runs.group_by("player", "session", maintain_order=True).agg(
        pl.col("first_at").first(),
        pl.col("last_at").last(),
        pl.col("ticks").first().alias("first_ticks"),
        pl.col("ticks").last().alias("last_ticks"),
        (pl.len() == 1).alias("first_linked"),
    )
    edges = collect_edges(ends, sessions, ["ticks", "linked"], ["ticks"])
    for found in edges.values():
        _unlink_closed(found)
    return edges


def _unlink_closed(edges: Edges) -> None:
    """A head is linked only while its session is still a tail: its run can grow no more after that."""
    tails = set(open_sessions(edges))
    for head in edges["heads"]:
        head["linked"] = head["linked"] and head["session"] in tails


def _with_runs(earlier: Edges, later: Edges, joins: list[tuple[Edge, Edge]], merged: Edges) -> Edges:
    """Grow the runs of the merged edges by what the cut had parted."""
    if not joins and not any(head["linked"] for head in merged["heads"]):
        return merged
    joined = {tail["session"]: (tail, head) for tail, head in joins}
    goes_on = {edge["session"] for side in ("heads", "tails") for edge in later[side]}
    begins = {edge["session"] for edge in earlier["heads"]}
    heads = []
    for head in merged["heads"]:
        session, grown = head["session"], dict(head)
        if session in begins and head["linked"]:
            if session in joined:
                after = joined[session][1]
                grown.update(ticks=head["ticks"] + after["ticks"], linked=after["linked"])
            elif session in goes_on:
                grown["linked"] = False
        heads.append(grown)
    linked_later = {edge["session"] for edge in later["heads"] if edge["linked"]}
    tails = [
        {**tail, "ticks": tail["ticks"] + joined[tail["session"]][0]["ticks"]}
        if tail["session"] in joined and tail["session"] in linked_later
        else tail
        for tail in merged["tails"]
    ]
    result = {**merged, "heads": heads, "tails": tails}
    _unlink_closed(result)
    return result
