"""The ends of a player's sessions within a span of telemetry, so that adjacent spans can be joined exactly.

Two neighbouring events of a session are joined when at most five minutes lie between them. A session can therefore
continue across a cut only if its last event is within five minutes of the span's last event, and its first event
within five minutes of the span's first. Those events are the span's tails and heads; nothing else about sessions is
kept. What an edge carries (a position, a run of ticks) is up to the family.

A rule about two neighbours applies within a span and across a cut. It is written once, with operators that work for
columns (`pl.Expr`) and numbers alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, Generic, TypedDict, TypeVar

import polars as pl

JOIN_MS: Final = 5 * 60 * 1000
"""Two events of a session at most this many milliseconds apart are joined."""

Operand = TypeVar("Operand", int, pl.Expr)
"""A number, or a column of numbers; truth values are 0 and 1."""


class Edge(TypedDict):
    """A session's first or last event of a span; families add what they carry."""

    session: bytes
    """The hash of its id."""
    at: int
    """Milliseconds since the epoch."""


class TickEdge(Edge):
    """An edge with its tick count."""

    tick: int


EdgeT = TypeVar("EdgeT", bound=Edge)


class Edges(TypedDict, Generic[EdgeT]):
    """The edges of one player's span, sorted by session."""

    first: int | None
    """Time of the first event of all sessions (ms); None without events."""
    last: int | None
    """Time of the last event of all sessions (ms); None without events."""
    heads: list[EdgeT]
    tails: list[EdgeT]


@dataclass(frozen=True)
class MergedEdges(Generic[EdgeT]):
    """The merge of the edges of two adjacent spans."""

    joins: list[tuple[EdgeT, EdgeT]]
    """For every session that continues across the cut: its tail before it and its head after it."""
    edges: Edges[EdgeT]
    """The edges of the whole; what they carry is unchanged."""


def joined(before: Operand, after: Operand) -> Operand:
    """Return whether two neighbours of a session are joined, given their times (ms)."""
    return after - before <= JOIN_MS


def is_next_tick(before: Operand, after: Operand) -> Operand:
    """Return whether a tick count is that of the next game tick."""
    return after == before + 1


def no_edges() -> Edges[Any]:
    """Return the edges of an empty span."""
    return {"first": None, "last": None, "heads": [], "tails": []}


def merge_edges(earlier: Edges[EdgeT], later: Edges[EdgeT]) -> MergedEdges[EdgeT]:
    """Merge the edges of two adjacent spans of one player's telemetry."""
    if earlier["first"] is None or earlier["last"] is None:
        return MergedEdges([], later)
    if later["first"] is None or later["last"] is None:
        return MergedEdges([], earlier)
    first, last = earlier["first"], later["last"]
    heads, tails, joins = earlier["heads"], later["tails"], []
    # Most spans are long and far apart: none of the conditions holds then.
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
        # A session that continues has its last event in the later span, even if that is too early to be a tail.
        tails = _with_others((edge for edge in earlier["tails"] if joined(edge["at"], last)), tails)
    return MergedEdges(joins, {"first": first, "last": last, "heads": heads, "tails": tails})


def find_edges(events: pl.DataFrame, sessions: list[bytes], edge: type[EdgeT]) -> dict[int, Edges[EdgeT]]:
    """Return the edges of every player.

    Args:
        events: rows with `player`, `session` (codes) and the fields of an edge, grouped by session and in order.
        sessions: the hash of each session code.
        edge: the type of the edges; its fields are columns of the events.
    """
    fields = [name for name in edge.__annotations__ if name != "session"]
    ends = events.group_by("player", "session", maintain_order=True).agg(
        [pl.col(name).first().alias(f"first_{name}") for name in fields]
        + [pl.col(name).last().alias(f"last_{name}") for name in fields]
    )
    return collect_edges(ends, sessions, fields, fields)


def collect_edges(
    ends: pl.DataFrame, sessions: list[bytes], head_fields: list[str], tail_fields: list[str]
) -> dict[int, Edges[Any]]:
    """Return the edges of every player from one row per session.

    Args:
        ends: rows with `player`, `session`, `first_at`, `last_at` (ms) and `first_<field>`, `last_<field>`.
        sessions: the hash of each session code.
        head_fields: fields of a head, from its `first_` columns.
        tail_fields: fields of a tail, from its `last_` columns.
    """
    bounds = ends.group_by("player").agg(pl.col("first_at").min().alias("first"), pl.col("last_at").max().alias("last"))
    edges: dict[int, Edges[Any]] = {
        player: {"first": first, "last": last, "heads": [], "tails": []} for player, first, last in bounds.iter_rows()
    }
    rows = ends.join(bounds, on="player")
    heads = rows.filter(joined(pl.col("first"), pl.col("first_at")))
    tails = rows.filter(joined(pl.col("last_at"), pl.col("last")))
    for player, edge in _edges_of(heads, sessions, "first", head_fields):
        edges[player]["heads"].append(edge)
    for player, edge in _edges_of(tails, sessions, "last", tail_fields):
        edges[player]["tails"].append(edge)
    for found in edges.values():
        found["heads"].sort(key=_session)
        found["tails"].sort(key=_session)
    return edges


def _edges_of(
    rows: pl.DataFrame, sessions: list[bytes], end: str, fields: list[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = [pl.col(f"{end}_{name}").alias(name) for name in fields]
    for edge in rows.select("player", "session", *columns).to_dicts():
        player, edge["session"] = edge.pop("player"), sessions[edge["session"]]
        yield player, edge


_session = itemgetter("session")


def _by_session(edges: Iterable[EdgeT]) -> dict[bytes, EdgeT]:
    return {edge["session"]: edge for edge in edges}


def _with_others(others: Iterable[EdgeT], edges: Iterable[EdgeT]) -> list[EdgeT]:
    """Add the edges of other sessions."""
    return sorted((_by_session(others) | _by_session(edges)).values(), key=_session)
