"""Writing and reading hours: `player_hours`, what days that may still change are merged from.

One document a player and hour holds the summaries of the hour's cells: one, or up to twelve of five minutes while
telemetry still comes in for it. Which days are kept in hours is the ledger's business.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.cells import covers
from player_stats.domain.days import CellSummaries
from player_stats.domain.summaries import FAMILIES, Summary
from player_stats.store.days import Written, owner_of, request_reports, with_digest
from player_stats.store.extents import Extent
from player_stats.store.turns import Turn

Document: TypeAlias = dict[str, Any]

_HOURS: Final = tuple(f"{hour:02d}" for hour in range(24))
_SUMMARY_FIELDS: Final = (*FAMILIES, "days", "last", "quality")


def write_hours(
    turn: Turn,
    day: str,
    cells: CellSummaries,
    read: frozenset[str] | None,
    players: frozenset[str] | None = None,
    *,
    report: bool = True,
) -> Written:
    """Make a day's stored hours equal to the summaries of its cells.

    Where only some hours were read, the day itself is still to be merged from its hours: that is requested.

    Args:
        turn: the turn taken before the events were read.
        day: "YYYY-MM-DD".
        cells: the summaries of the day's cells that were read.
        read: the hours and five-minute cells that were read; None for the whole day.
        players: the players that were read; None for everyone.
        report: whether that is requested here, before anything is written.
    """
    hours = _HOURS if read is None else sorted({label[:2] for label in read})
    found: dict[str, list[Document]] = {} if read is None else _other_cells(turn.analytics, day, read)
    for piece in cells:
        for key, summary in cells[piece].items():
            found.setdefault(f"{key}|{day}T{piece.hour}", []).append({"from": piece.label, **summary})
    written, documents = Written(), []
    for identity in sorted(found):
        document = with_digest(_document(identity, found[identity]))
        if document is None:
            written.too_large.append(owner_of(identity))
        else:
            documents.append(document)

    def before(identities: list[str]) -> None:
        written.owners = {owner_of(identity) for identity in identities}
        if report and read is not None:
            request_reports(turn.analytics, written.owners, from_hours=True)

    extent = Extent("hour", [f"{day}T{hour}" for hour in hours])
    if players is not None:
        extent = Extent("_id", [f"{key}|{day}T{hour}" for key in players for hour in hours])
    written.changes = turn.make_equal(names.PLAYER_HOURS, extent, documents, before)
    return written


def _document(identity: str, cells: list[Document]) -> Document:
    key, hour = identity.rsplit("|", 1)
    return {
        "_id": identity,
        "schema_version": SCHEMA_VERSION,
        "player_key": key,
        "day": hour[:10],
        "hour": hour,
        "cells": [
            {name: cell[name] for name in ("from", *_SUMMARY_FIELDS)}
            for cell in sorted(cells, key=lambda cell: str(cell["from"]))
        ],
    }


def _other_cells(analytics: Database[Document], day: str, read: frozenset[str]) -> dict[str, list[Document]]:
    """The stored cells of hours of which only some five minutes were read, those left out, by the hours' `_id`."""
    found = {}
    for hour in sorted({label[:2] for label in read} - read):
        for document in analytics[names.PLAYER_HOURS].find({"hour": f"{day}T{hour}"}):
            cells = [cell for cell in document["cells"] if not covers(read, cell["from"])]
            if cells:
                found[document["_id"]] = cells
    return found


def hours_of(analytics: Database[Document], day: str, players: Iterable[str]) -> Mapping[str, list[Summary]]:
    """Return the summaries of some players' cells of a day, in the order of time, by player key."""
    found = {}
    for key in sorted(players):
        hours = analytics[names.PLAYER_HOURS].find({"day": day, "player_key": key})
        ordered = sorted(hours, key=lambda document: str(document["hour"]))
        found[key] = [{name: cell[name] for name in _SUMMARY_FIELDS} for hour in ordered for cell in hour["cells"]]
    return {key: cells for key, cells in found.items() if cells}
