"""Divided days: days whose hours are read in parallel by several steps of one run.

The state of a divided day is in its ledger document, under `division`, so every function here is one atomic operation:

- `divide` claims the day for a run before any of its steps reads. It fails if a later turn has claimed the day.
- `claim_piece` claims some hours for one step's turn; `stage` records what was read of them once it is written.
- `finish` clears the day if every claimed piece is staged, the pieces cover everything owed, and the day was not marked
  again since the first of them was claimed.

Any other claim on the day ends the division: no more pieces can be claimed, staged or finished. Once a piece is
claimed, no earlier turn can clear the day (`player_stats.store.ledger`). So among a run's pieces and all other readers,
at most the last one to claim the day clears it; if their claims interleave, the day stays owed. If the run dies, the
next claim ends its division.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.stored.bookkeeping import DayLedgerFields
from wrapped_shared.stored.bookkeeping import PieceOfDay as StoredPiece
from wrapped_shared.stored.player_stats import DayRequestFields

from player_stats.domain.cells import covers, hour_of
from player_stats.domain.ledger import SeenParts, TallyParts, with_reading
from player_stats.store.hours import HOURS_OF_DAY
from player_stats.store.ledger import EVERYTHING, DayReading, DayWork, clearing_update, mark_owed, reason_of
from player_stats.store.requests import REQUESTED, open_requests
from player_stats.store.turns import Turn


@dataclass(frozen=True)
class PieceOfDay:
    """Some hours of a divided day, claimed by a turn."""

    run: str
    first: str
    """The piece's first hour, "HH", which identifies it."""
    work: DayWork
    """The owed labels of these hours; empty if none are owed."""
    whole: bool
    """Whether the whole day is read, by this piece and others."""
    requests: list[Any]
    """The tokens of the requests for the day, which are served if it is read whole."""


@dataclass(frozen=True)
class Staged:
    """A divided day of which everything owed was read and written."""

    reading: DayReading
    whole: bool
    requests: list[DayRequestFields]
    """The requests for the day that existed before any of its hours were read."""
    tickets: Mapping[str, int]
    """The number of the turn that read each piece."""


def divide(turn: Turn, work_items: Sequence[DayWork], run: str, today: str) -> list[str]:
    """Claim days for the steps of a run; return those that were claimed.

    If a day's hours are not kept, all of them are read, and kept until they are merged.

    Args:
        turn: the current turn.
        work_items: owed days.
        run: the id of the run, the same in all its steps.
        today: the current UTC day.
    """
    mark_owed(turn.analytics, {work.day: [EVERYTHING] for work in work_items if work.ledger is None}, REQUESTED)
    now, claimed = datetime.now(UTC), []
    divided: DayLedgerFields = {"claimed": turn.number, "owed": True, "division": {"run": run, "pieces": {}}}
    for work in work_items:
        labels = [EVERYTHING] if work.cells is None or work.kept_until < today else sorted(work.cells)
        found = turn.analytics[names.DAY_LEDGER].update_one(
            {"_id": work.day, "claimed": {"$lt": turn.number}},
            {
                "$set": {**divided, **reason_of(work)},
                "$addToSet": {"owed_cells": {"$each": labels}},
                "$max": DayLedgerFields(kept_until=today),
                "$min": DayLedgerFields(since=now),
            },
        )
        if found.matched_count:
            claimed.append(work.day)
    return claimed


def claim_piece(turn: Turn, day: str, run: str, hours: Sequence[str]) -> PieceOfDay | None:
    """Claim some hours for a turn that is about to read their owed parts; None if the day's division has ended.

    Args:
        turn: the turn that is going to read.
        day: "YYYY-MM-DD".
        run: the run that divided the day.
        hours: the piece's hours, ascending.
    """
    piece = f"division.pieces.{hours[0]}"
    requests = open_requests(turn.analytics, [day])
    ledger = turn.analytics[names.DAY_LEDGER].find_one_and_update(
        # A step presumed dead may still try to claim, after the step that replaced it: then it gets nothing.
        {"_id": day, "division.run": run, f"{piece}.ticket": {"$not": {"$gte": turn.number}}},
        {"$max": DayLedgerFields(claimed=turn.number), "$set": {piece: StoredPiece(ticket=turn.number)}},
        return_document=ReturnDocument.AFTER,
    )
    if ledger is None:
        return None
    whole = EVERYTHING in ledger["owed_cells"]
    owed = hours if whole else [label for label in ledger["owed_cells"] if hour_of(label) in hours]
    work = DayWork(day, frozenset(owed), noted=ledger["noted"], ledger=ledger, why=ledger.get("why", ""))
    tokens = [found.get("token") for found in requests]
    return PieceOfDay(run=run, first=hours[0], work=work, whole=whole, requests=tokens)


def stage(turn: Turn, piece: PieceOfDay, labels: frozenset[str], seen: SeenParts, tallies: TallyParts) -> bool:
    """Record what was read of a piece, once it is written; False if the division ended or another turn has the piece.

    Args:
        turn: the turn that read it.
        piece: the piece.
        labels: the hours and cells that were read.
        seen: what was seen, by collection and label.
        tallies: how many documents were valid, duplicates or left out, by collection and label.
    """
    place = f"division.pieces.{piece.first}"
    staged: StoredPiece = {
        "ticket": turn.number,
        "noted": piece.work.noted,
        "requests": piece.requests,
        "labels": sorted(labels),
        "seen": seen,
        "tallies": tallies,
    }
    mine = {"_id": piece.work.day, "division.run": piece.run, f"{place}.ticket": turn.number}
    return bool(turn.analytics[names.DAY_LEDGER].update_one(mine, {"$set": {place: staged}}).matched_count)


def divided_days(analytics: Database[Document], run: str) -> list[str]:
    """Return the days that are divided among the steps of a run, the newest first."""
    found = analytics[names.DAY_LEDGER].find({"owed": True, "division.run": run}, {"_id": 1})
    return sorted((ledger["_id"] for ledger in found), reverse=True)


def staged_day(analytics: Database[Document], day: str, run: str) -> Staged | None:
    """Return what the steps of a run read of a day, or None if any of it is still unread."""
    ledger = analytics[names.DAY_LEDGER].find_one({"_id": day, "owed": True, "division.run": run})
    if ledger is None:
        return None
    pieces = ledger["division"]["pieces"]
    if any(piece.get("noted") != ledger["noted"] for piece in pieces.values()):
        return None
    whole = EVERYTHING in ledger["owed_cells"]
    labels = frozenset(label for piece in pieces.values() for label in piece["labels"])
    if not all(covers(labels, label) for label in (HOURS_OF_DAY if whole else ledger["owed_cells"])):
        return None
    seen: SeenParts = {}
    tallies: TallyParts = {}
    for piece in sorted(pieces.values(), key=lambda piece: int(piece["ticket"])):
        seen = with_reading(seen, piece["seen"], piece["labels"])
        tallies = with_reading(tallies, piece["tallies"], piece["labels"])
    cells = None if whole else labels
    work = DayWork(day, cells, noted=ledger["noted"], ledger=ledger, why=ledger.get("why", ""))
    seen_before = [piece["requests"] for piece in pieces.values()]
    served = seen_before[0] if whole and all(tokens == seen_before[0] for tokens in seen_before) else []
    requests = [DayRequestFields(_id=day, token=token) for token in served]
    tickets = {first: piece["ticket"] for first, piece in pieces.items()}
    return Staged(reading=DayReading(work, seen, tallies), whole=whole, requests=requests, tickets=tickets)


def finish(turn: Turn, staged: Staged, run: str, kept_until: str | None) -> bool:
    """Clear a day if it is still as it was staged; return whether it was cleared."""
    reading = replace(staged.reading, kept_until=kept_until)
    same: Document = {"_id": reading.work.day, "noted": reading.work.noted, "division.run": run}
    same |= {f"division.pieces.{first}.ticket": ticket for first, ticket in staged.tickets.items()}
    same |= {f"division.pieces.{first}.labels": {"$exists": True} for first in staged.tickets}
    return bool(turn.analytics[names.DAY_LEDGER].update_one(same, clearing_update(turn, reading)).matched_count)
