"""Writing and reading hours: `player_hours`, from which days that may still change are merged.

Each document has one player's summaries of an hour's cells: one cell, or up to twelve of five minutes while telemetry
is still arriving. The ledger says for which days hours are kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches, find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.stored.player_stats import HourCell, PlayerHourFields
from wrapped_shared.version import SCHEMA_VERSIONS

from player_stats.domain.cells import covers
from player_stats.domain.days import CellSummaries
from player_stats.domain.running_merges import SUMMARY_FIELDS, summary_of
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.days import Written, owner_of, reconcile
from player_stats.store.extents import Extent
from player_stats.store.report_requests import request_reports
from player_stats.store.turns import Turn

HOURS_OF_DAY: Final = tuple(f"{hour:02d}" for hour in range(24))
_AT_ONCE: Final = 1_000
Hour: TypeAlias = tuple[str, str, Summary]
"""(player key, "<day>T<HH>", the summary of the hour)."""


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

    If only some hours were read, the day itself must still be merged from its hours: that is requested.

    Args:
        turn: the turn taken before the events were read.
        day: "YYYY-MM-DD".
        cells: the summaries of the day's cells that were read.
        read: the hours and five-minute cells that were read; None for the whole day.
        players: the chosen players who were read; None for everyone.
        report: whether to request the merge and the reports here, before anything is written.
    """
    hours = HOURS_OF_DAY if read is None else sorted({label[:2] for label in read})
    found: dict[str, list[_Cell]] = {} if read is None else _other_cells(turn.analytics, day, read)
    for cell, summaries in cells.items():
        for key, summary in summaries.items():
            found.setdefault(f"{key}|{day}T{cell.hour}", []).append({"from": cell.label, **summary})

    def request(ids: list[str]) -> None:
        if read is None:
            request_reports(turn.analytics, map(owner_of, ids))
        else:
            owners = (identity.rsplit("|", 1) for identity in ids)
            request_reports(turn.analytics, hours=((key, hour) for key, hour in owners))

    extent = Extent("hour", [f"{day}T{hour}" for hour in hours])
    if players is not None:
        extent = Extent("_id", [f"{key}|{day}T{hour}" for key in players for hour in hours])
    documents = (_document(identity, found[identity]) for identity in sorted(found))
    return reconcile(turn, names.PLAYER_HOURS, extent, documents, request if report else None)


class _Cell(Summary, HourCell):
    """A cell with its summary."""


def _document(identity: str, cells: list[_Cell]) -> PlayerHourFields:
    key, hour = identity.rsplit("|", 1)
    return {
        "_id": identity,
        "schema_version": SCHEMA_VERSIONS[names.PLAYER_HOURS],
        "player_key": key,
        "day": hour[:10],
        "hour": hour,
        "cells": [_as_stored(cell) for cell in sorted(cells, key=lambda cell: cell["from"])],
    }


def _as_stored(cell: Mapping[str, Any]) -> _Cell:
    return cast("_Cell", {name: cell[name] for name in ("from", *SUMMARY_FIELDS)})


def _other_cells(analytics: Database[Document], day: str, read: frozenset[str]) -> dict[str, list[_Cell]]:
    """Return the stored cells that were not read, of hours that were read in part, by the hours' `_id`."""
    found = {}
    for hour in sorted({label[:2] for label in read} - read):
        for document in analytics[names.PLAYER_HOURS].find({"hour": f"{day}T{hour}"}):
            cells = [cell for cell in document["cells"] if not covers(read, cell["from"])]
            if cells:
                found[document["_id"]] = cells
    return found


def hours_of(analytics: Database[Document], day: str, players: Iterable[str]) -> Iterator[Hour]:
    """Yield all stored hours of a day for the given players, each player's in order."""
    order = [("player_key", 1), ("hour", 1)]
    for keys in batches(sorted(players)):
        hours = analytics[names.PLAYER_HOURS].find({"day": day, "player_key": {"$in": keys}}, batch_size=_AT_ONCE)
        yield from map(_hour, hours.sort(order))


def some_hours(analytics: Database[Document], owners: Iterable[tuple[str, str]]) -> Iterator[Hour]:
    """Yield stored hours by (player key, "<day>T<HH>")."""
    yield from map(_hour, find_by_id(analytics[names.PLAYER_HOURS], [f"{key}|{hour}" for key, hour in owners]))


def _hour(document: Document) -> Hour:
    version = {"schema_version": document["schema_version"]}
    cells = [summary_of({**cell, **version}) for cell in document["cells"]]
    return str(document["player_key"]), str(document["hour"]), merge_all(cells)
