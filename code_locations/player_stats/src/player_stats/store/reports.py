"""Making the owed reports: batches of players, each in a turn, and clearing their requests.

`merged_days` and `months` merge telemetry, `report_writing` writes reports. A turn reads a few summaries per player,
however long the history, and those of many players in one query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches
from wrapped_shared.documents import Document
from wrapped_shared.periods import ALL_TIME, month_of

from player_stats.domain.running_merges import DAYS, HOURS, MONTHS, YEARS
from player_stats.domain.slots import player_slot
from player_stats.store.enrichment import Enrichment
from player_stats.store.garbage import no_garbage_collection
from player_stats.store.merged_days import merge_days
from player_stats.store.merges import Merging, RunningMerges
from player_stats.store.months import MonthMerging
from player_stats.store.report_requests import ALL_SLOTS, Slots, Touched, adopt, request_reports, some_requests
from player_stats.store.report_writing import write_reports
from player_stats.store.requests import clear_requests
from player_stats.store.scopes import players_scope
from player_stats.store.turns import Changes, Turn, take_turn
from player_stats.store.waiting import wait_for_earlier

Months: TypeAlias = Mapping[str, set[str]]
"""The months to merge, by player key."""

_PLAYERS_AT_ONCE: Final = 100
"""How many players are held in memory, with their merges and reports."""


@dataclass
class ReportChanges(Changes):
    """Result of making reports."""

    players: int = 0
    too_large: int = 0
    """Players with a document that exceeds MongoDB's limit of 16 MiB and is left out."""
    days_written: int = 0
    """Days that were merged from their hours."""
    summaries_read: int = 0
    """Summaries read: of hours, days and months, and running merges."""
    left_owed: bool = False
    """Whether some reports stay owed because another run was writing the days they are made from."""


def make_owed_reports(
    analytics: Database[Document],
    players: frozenset[str] | None = None,
    also: Months | None = None,
    run_id: str | None = None,
    slots: Slots | None = None,
) -> ReportChanges:
    """Make all owed reports, in batches of players, and clear their requests.

    If another run keeps writing the days, the rest stays owed: see `ReportChanges.left_owed`.

    Args:
        analytics: the database of days and reports.
        players: only these players' reports; None for everyone.
        also: months to merge in addition to those requested; for a player without any, reports are rebuilt from the
            stored merges.
        run_id: the Dagster run and step.
        slots: only players in this half-open range of slots; None for all.
    """
    changes, enrichment = ReportChanges(), Enrichment()
    scope = players_scope(slots or ALL_SLOTS)
    first, end = slots or ALL_SLOTS
    mine = {key: months for key, months in (also or {}).items() if first <= player_slot(key) < end}
    for keys in batches(sorted(key for key, months in mine.items() if months), _PLAYERS_AT_ONCE):
        request_reports(analytics, months=((key, month) for key in keys for month in mine[key]))
    refreshed = sorted(key for key, months in mine.items() if not months)
    for keys in batches(refreshed, _PLAYERS_AT_ONCE):
        with take_turn(analytics, run_id, scope) as turn:
            if not wait_for_earlier(turn):  # our greater revision would reject the reports it is about to write
                _request_years(analytics, refreshed[refreshed.index(keys[0]) :])
                changes.left_owed = True
                return changes
            _make(turn, {key: Touched() for key in keys}, enrichment, changes)
    adopt(analytics)
    # Read requests before taking the turn: what a later request names may be written after this turn reads it.
    while requests := some_requests(analytics, players, slots):
        with take_turn(analytics, run_id, scope) as turn:
            if not wait_for_earlier(turn):
                changes.left_owed = True
                return changes
            touched: dict[str, Touched] = {}
            for request in requests:
                touched.setdefault(request["player_key"], Touched()).add(request)
            _make(turn, touched, enrichment, changes)
            clear_requests(analytics, requests, names.REPORT_REQUESTS)
    return changes


def _request_years(analytics: Database[Document], keys: Sequence[str]) -> None:
    """Request reports of all years of some players, without merging anything."""
    for chunk in batches(keys, _PLAYERS_AT_ONCE):
        query = {"player_key": {"$in": chunk}, "period": {"$ne": ALL_TIME}}
        reports = analytics[names.WRAPPED_REPORTS].find(query, {"_id": 0, "player_key": 1, "period": 1})
        request_reports(analytics, reported=((found["player_key"], f"{found['period']}-01") for found in reports))


def all_months(analytics: Database[Document], players: frozenset[str] | None) -> dict[str, set[str]]:
    """Return all months of all or the chosen players, including those known only from stored months and reports."""
    touched: dict[str, set[str]] = {}
    keys: list[str | None] = [None] if players is None else [*sorted(players)]
    for key in keys:
        query: Document = {} if key is None else {"player_key": key}
        for day in analytics[names.PLAYER_DAYS].find(query, {"_id": 0, "player_key": 1, "day": 1}):
            touched.setdefault(day["player_key"], set()).add(month_of(day["day"]))
        for month in analytics[names.PLAYER_MONTHS].find(query, {"_id": 0, "player_key": 1, "month": 1}):
            touched.setdefault(month["player_key"], set()).add(month["month"])
        for report in analytics[names.WRAPPED_REPORTS].find(query, {"_id": 0, "player_key": 1, "coverage": 1}):
            months = touched.setdefault(report["player_key"], set())
            months |= {month_of(report["coverage"][end]) for end in ("first_day", "last_day")}
    return touched


def refreshable(analytics: Database[Document]) -> dict[str, set[str]]:
    """Return every player with a report, without months to merge: to add names, pictures and gains found since."""
    reports = analytics[names.WRAPPED_REPORTS].find({"period": ALL_TIME}, {"_id": 0, "player_key": 1})
    return {report["player_key"]: set() for report in reports}


def _make(turn: Turn, touched: Mapping[str, Touched], enrichment: Enrichment, changes: ReportChanges) -> None:
    """Merge what was touched, and write the reports that differ."""
    for keys in batches(sorted(touched), _PLAYERS_AT_ONCE):
        with no_garbage_collection():
            _make_some(turn, {key: touched[key] for key in keys}, enrichment, changes)


def _make_some(turn: Turn, some: Mapping[str, Touched], enrichment: Enrichment, changes: ReportChanges) -> None:
    merging = Merging()
    levels = [(key, level) for key in some for level in (DAYS, MONTHS, YEARS)]
    levels += [(key, HOURS) for key, found in some.items() if found.days]
    running = RunningMerges(turn.analytics, levels, merging)
    days = merge_days(turn, some, running, merging)
    periods = MonthMerging(turn, running, merging).merge(some, days)
    running.write(turn, skip=merging.too_large)
    storable = {owner: merged for owner, merged in periods.items() if owner[1] not in merging.too_large}
    figures = write_reports(turn, storable, enrichment)
    changes.written += figures.written
    changes.removed += figures.removed
    changes.unchanged += figures.unchanged
    changes.players += len(some) - len(merging.too_large)
    changes.too_large += len(merging.too_large) + figures.too_large
    changes.days_written += merging.days_written
    changes.summaries_read += merging.summaries_read
