"""Divided days: days that several steps of one run read at once, each some hours of it.

All that is to be known of a divided day lies in its document of the ledger, under `division`, so that every step here
is one operation:

- `divide` claims the day for a run, before any of its steps reads. It fails where a later turn has claimed the day.
- `claim_piece` claims some hours for one step's turn, `stage` notes what was read of them once it is written.
- `finish` says that the day is done, where every piece that was claimed is staged, they cover all that is owed, and
  nothing was noted since the first of them was claimed.

Whoever else claims the day ends the division: no further piece is claimed, and neither is staged or finished. And once
a piece is claimed, no earlier turn may say that the day is done (`player_stats.store.ledger`). So of a run's pieces
and any other reader at most one clears the day, the one that claimed last of it; where they are entangled it stays
owed. A division whose run died is ended by the next claim.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from pymongo import ReturnDocument
from pymongo.database import Database
from wrapped_shared import collections as names

from player_stats.domain.cells import covers, hour_of
from player_stats.domain.ledger import SeenParts, TallyParts, with_reading
from player_stats.store.ledger import EVERYTHING, DayReading, DayWork, done, mark_owed
from player_stats.store.requests import REQUESTED, open_requests
from player_stats.store.turns import Turn

Document: TypeAlias = dict[str, Any]

HOURS: Final = tuple(f"{hour:02d}" for hour in range(24))


@dataclass(frozen=True)
class PieceOfDay:
    """Some hours of a divided day, claimed by a turn."""

    run: str
    first: str
    """The first hour of the piece, "HH", which names it."""
    work: DayWork
    """What is owed of these hours, by labels; empty where nothing is."""
    whole: bool
    """Whether all of the day is read, in this piece and others."""
    requests: list[Any]
    """The tokens of the requests for the day that are served where it is read whole."""


@dataclass(frozen=True)
class Staged:
    """A divided day of which all that is owed was read and written."""

    reading: DayReading
    whole: bool
    requests: list[Document]
    """The requests for the day that were there before any of it was read."""
    tickets: Mapping[str, int]
    """By piece the turn that read it."""


def divide(turn: Turn, works: Sequence[DayWork], run: str, today: str) -> list[str]:
    """Claim days for the steps of a run; return those that were claimed.

    The hours of a day that is not kept in hours are all read, and kept until they are merged.

    Args:
        turn: the turn taken before.
        works: owed days.
        run: the run, by an id that all its steps know.
        today: the current UTC day.
    """
    mark_owed(turn.analytics, {work.day: [EVERYTHING] for work in works if work.ledger is None}, REQUESTED)
    now, claimed = datetime.now(UTC), []
    for work in works:
        labels = [EVERYTHING] if work.cells is None or work.kept_until < today else sorted(work.cells)
        found = turn.analytics[names.DAY_LEDGER].update_one(
            {"_id": work.day, "claimed": {"$lt": turn.number}},
            {
                "$set": {"claimed": turn.number, "owed": True, "division": {"run": run, "pieces": {}}},
                "$addToSet": {"owed_cells": {"$each": labels}},
                "$max": {"kept_until": today},
                "$min": {"since": now},
            },
        )
        if found.matched_count:
            claimed.append(work.day)
    return claimed


def claim_piece(turn: Turn, day: str, run: str, hours: Sequence[str]) -> PieceOfDay | None:
    """Say that a turn is about to read the owed parts of some hours; None where the day's division is over.

    Args:
        turn: the turn that is going to read.
        day: "YYYY-MM-DD".
        run: the run that divided the day.
        hours: the piece's hours, ascending.
    """
    piece = f"division.pieces.{hours[0]}"
    requests = open_requests(turn.analytics, [day])
    ledger = turn.analytics[names.DAY_LEDGER].find_one_and_update(
        # A step that was taken for dead may still claim: after the one that was sent in its place it reads nothing.
        {"_id": day, "division.run": run, f"{piece}.ticket": {"$not": {"$gte": turn.number}}},
        {"$max": {"claimed": turn.number}, "$set": {piece: {"ticket": turn.number}}},
        return_document=ReturnDocument.AFTER,
    )
    if ledger is None:
        return None
    whole = EVERYTHING in ledger["owed_cells"]
    owed = hours if whole else [label for label in ledger["owed_cells"] if hour_of(label) in hours]
    work = DayWork(day, frozenset(owed), ledger["noted"], ledger, ledger.get("why", ""))
    return PieceOfDay(run, hours[0], work, whole, [found.get("token") for found in requests])


def stage(turn: Turn, piece: PieceOfDay, labels: frozenset[str], seen: SeenParts, tallies: TallyParts) -> bool:
    """Note what was read of a piece, once it is written; False where the division is over or another turn has it.

    Args:
        turn: the turn that read it.
        piece: the piece.
        labels: the hours and cells that were read.
        seen: what was seen, by collection and label.
        tallies: what became of it, by collection and label.
    """
    place = f"division.pieces.{piece.first}"
    staged = {
        "ticket": turn.number,
        "noted": piece.work.noted,
        "requests": piece.requests,
        "labels": sorted(labels),
        "seen": seen,
        "tallies": tallies,
    }
    mine = {"_id": piece.work.day, "division.run": piece.run, f"{place}.ticket": turn.number}
    return bool(turn.analytics[names.DAY_LEDGER].update_one(mine, {"$set": {place: staged}}).matched_count)


def divided_days(analytics: Database[Document], run: str) -> Iterator[str]:
    """Yield the days that are divided among the steps of a run, the newest first."""
    found = analytics[names.DAY_LEDGER].find({"owed": True, "division.run": run}, {"_id": 1})
    yield from sorted((ledger["_id"] for ledger in found), reverse=True)


def staged_day(analytics: Database[Document], day: str, run: str) -> Staged | None:
    """Return what the steps of a run read of a day; None where anything of it is still to be read."""
    ledger = analytics[names.DAY_LEDGER].find_one({"_id": day, "owed": True, "division.run": run})
    if ledger is None:
        return None
    pieces = ledger["division"]["pieces"]
    if any(piece.get("noted") != ledger["noted"] for piece in pieces.values()):
        return None
    whole = EVERYTHING in ledger["owed_cells"]
    labels = frozenset(label for piece in pieces.values() for label in piece["labels"])
    if not all(covers(labels, label) for label in (HOURS if whole else ledger["owed_cells"])):
        return None
    seen: SeenParts = {}
    tallies: TallyParts = {}
    for piece in sorted(pieces.values(), key=lambda piece: int(piece["ticket"])):
        seen = with_reading(seen, piece["seen"], piece["labels"])
        tallies = with_reading(tallies, piece["tallies"], piece["labels"])
    work = DayWork(day, None if whole else labels, ledger["noted"], ledger, ledger.get("why", ""))
    asked = [piece["requests"] for piece in pieces.values()]
    served = asked[0] if whole and all(tokens == asked[0] for tokens in asked) else []
    requests = [{"_id": day, "token": token} for token in served]
    tickets = {first: piece["ticket"] for first, piece in pieces.items()}
    return Staged(DayReading(work, seen, tallies), whole, requests, tickets)


def finish(turn: Turn, staged: Staged, run: str, kept_until: str | None) -> bool:
    """Note that a day is done, if it stands as it was staged; return whether it does."""
    reading = replace(staged.reading, kept_until=kept_until)
    same: Document = {"_id": reading.work.day, "noted": reading.work.noted, "division.run": run}
    same |= {f"division.pieces.{first}.ticket": ticket for first, ticket in staged.tickets.items()}
    same |= {f"division.pieces.{first}.labels": {"$exists": True} for first in staged.tickets}
    return bool(turn.analytics[names.DAY_LEDGER].update_one(same, done(turn, reading)).matched_count)
