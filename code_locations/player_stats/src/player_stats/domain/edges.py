"""Where sessions touch the ends of a stretch of telemetry, so that two stretches can be joined exactly.

Two neighbours of a session are joined when at most five minutes lie between them. A session can therefore only
be joined across a cut by its last event, if that lies within five minutes of the stretch's last event, and by its
first one, likewise. These events are the stretch's tails and heads; nothing else about sessions is kept.
What is carried by an edge (a position, a run of ticks) is the families' business.

A rule about two neighbours holds within a stretch and across a cut. It is written once, in operators that take
columns (`pl.Expr`) and numbers alike: for the rows of a frame, and for the two edges at a cut.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, TypeAlias, TypeVar

import polars as pl

JOIN_MS: Final = 5 * 60 * 1000
"""Two events of a session with at most this many milliseconds between them are joined."""

Operand = TypeVar("Operand", int, pl.Expr)
"""A number, or a column of numbers; a truth is one of 0 and 1."""

Edge: TypeAlias = dict[str, Any]
"""{session (its mark), at (ms), ...}: one session's first or last event of a stretch."""
Edges: TypeAlias = dict[str, Any]
"""{first, last (ms, of all sessions; None when empty), heads: [Edge], tails: [Edge]}, sorted by session."""


def joined(before: Operand, after: Operand) -> Operand:
    """Whether two neighbours of a session are joined, by when they happened (ms)."""
    return after - before <= JOIN_MS


def is_next_tick(before: Operand, after: Operand) -> Operand:
    """Whether a tick count is that of the next game tick."""
    return after == before + 1


@dataclass(frozen=True)
class Seam:
    """What two adjacent stretches have in common at the cut between them."""

    joins: list[tuple[Edge, Edge]]
    """For every session joined across the cut: its last edge before and its first one after."""
    merged: Edges
    """The edges of the whole, each taken over as it was."""


def no_edges() -> Edges:
    """Return the edges of an empty stretch."""
    return {"first": None, "last": None, "heads": [], "tails": []}


def merge_edges(earlier: Edges, later: Edges) -> Seam:
    """Join the edges of two adjacent stretches of one player's telemetry."""
    if earlier["first"] is None:
        return Seam([], later)
    if later["first"] is None:
        return Seam([], earlier)
    first, last = earlier["first"], later["last"]
    heads, tails, joins = earlier["heads"], later["tails"], []
    # Nearly all stretches lie apart and are long, and then these are all there is to it.
    if joined(earlier["last"], later["first"]):
        late_heads = _by_session(later["heads"])
        joins = [
            (tail, late_heads[tail["session"]])
            for tail in earlier["tails"]
            if tail["session"] in late_heads and joined(tail["at"], late_heads[tail["session"]]["at"])
        ]
    if joined(first, later["first"]):
        heads = _with_others((edge for edge in later["heads"] if joined(first, edge["at"])), heads)
    if joined(earlier["last"], last):
        # A session that goes on later has its last event there, even where that is too early to be a tail.
        tails = _with_others((edge for edge in earlier["tails"] if joined(edge["at"], last)), tails)
    return Seam(joins, {"first": first, "last": last, "heads": heads, "tails": tails})


def find_edges(events: pl.DataFrame, sessions: list[bytes], carried: list[str]) -> dict[int, Edges]:
    """Return the edges of every player.

    Args:
        events: rows with `player`, `session` (codes), `at` (ms) and the carried columns, each session's rows in
            their order and together.
        sessions: the mark of each session code.
        carried: the columns that an edge takes along.
    """
    if events.is_empty():
        return {}
    ends = events.group_by("player", "session", maintain_order=True).agg(
        [pl.col(name).first().alias(f"first_{name}") for name in ("at", *carried)]
        + [pl.col(name).last().alias(f"last_{name}") for name in ("at", *carried)]
    )
    return collect_edges(ends, sessions, carried, carried)


def collect_edges(
    ends: pl.DataFrame, sessions: list[bytes], head_fields: list[str], tail_fields: list[str]
) -> dict[int, Edges]:
    """Return the edges of every player from one row a session.

    Args:
        ends: rows with `player`, `session`, `first_at`, `last_at` (ms) and `first_<field>`, `last_<field>`.
        sessions: the mark of each session code.
        head_fields: fields that a head takes along, from its `first_` columns.
        tail_fields: fields that a tail takes along, from its `last_` columns.
    """
    bounds = ends.group_by("player").agg(pl.col("first_at").min().alias("first"), pl.col("last_at").max().alias("last"))
    edges: dict[int, Edges] = {
        player: {"first": first, "last": last, "heads": [], "tails": []} for player, first, last in bounds.iter_rows()
    }
    rows = ends.join(bounds, on="player")
    for side, fields, open_ in (
        ("first", head_fields, joined(pl.col("first"), pl.col("first_at"))),
        ("last", tail_fields, joined(pl.col("last_at"), pl.col("last"))),
    ):
        columns = [pl.col(f"{side}_{name}").alias(name) for name in ("at", *fields)]
        target = "heads" if side == "first" else "tails"
        for edge in rows.filter(open_).select("player", "session", *columns).to_dicts():
            player, edge["session"] = edge.pop("player"), sessions[edge["session"]]
            edges[player][target].append(edge)
    for found in edges.values():
        found["heads"].sort(key=_session)
        found["tails"].sort(key=_session)
    return edges


_session = itemgetter("session")


def _by_session(edges: Iterable[Edge]) -> dict[bytes, Edge]:
    return {edge["session"]: edge for edge in edges}


def _with_others(others: Iterable[Edge], edges: Iterable[Edge]) -> list[Edge]:
    """Add the edges of other sessions."""
    return sorted((_by_session(others) | _by_session(edges)).values(), key=_session)


def open_sessions(edges: Edges) -> Iterator[bytes]:
    """Yield the sessions that are both a head and a tail of a stretch."""
    tails = {edge["session"] for edge in edges["tails"]}
    return (edge["session"] for edge in edges["heads"] if edge["session"] in tails)
