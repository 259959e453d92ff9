"""Making the reports that are owed: some players at a time, in turns, and clearing what was requested.

How telemetry is merged is `merged_days`' and `months`' business, writing reports `report_writing`'s. A turn reads a
few summaries of each player, however long the history, and those of many players in one go.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import ALL_TIME, month_of

from player_stats.domain.running_merges import DAYS, HOURS, MONTHS, YEARS
from player_stats.domain.slots import player_slot
from player_stats.store.enrichment import Enrichment
from player_stats.store.garbage import no_garbage_collection
from player_stats.store.merged_days import merge_days
from player_stats.store.merges import Merging, RunningMerges
from player_stats.store.months import MonthMerging
from player_stats.store.report_requests import ALL_SLOTS, Slots, Touched, adopt, clear, request_reports, some_requests
from player_stats.store.report_writing import write_reports
from player_stats.store.scopes import players_scope
from player_stats.store.turns import Turn, take_turn
from player_stats.store.waiting import wait_for_earlier

Document: TypeAlias = dict[str, Any]
Months: TypeAlias = Mapping[str, set[str]]
"""The months to merge by player key."""

_PLAYERS_AT_ONCE: Final = 100
"""As many are held in memory, with all that is merged and made of them."""


@dataclass
class ReportChanges:
    """What making reports did."""

    players: int = 0
    written: int = 0
    removed: int = 0
    unchanged: int = 0
    too_large: int = 0
    """Players with a document that would pass MongoDB's limit of 16 MiB and is left out."""
    days_written: int = 0
    """Days that were merged from their hours."""
    summaries_read: int = 0
    """Summaries of hours, days and months, and running merges, that were read."""
    left_owed: bool = False
    """Whether reports were left as they are because somebody else was writing what they are made from."""


def make_owed_reports(
    analytics: Database[Document],
    players: frozenset[str] | None = None,
    also: Months | None = None,
    run_id: str | None = None,
    slots: Slots | None = None,
) -> ReportChanges:
    """Make all reports that are owed, some players at a time, and clear their requests.

    Where somebody else goes on writing days for long, the rest stays owed: see `ReportChanges.left_owed`.

    Args:
        analytics: the database of days and reports.
        players: only these players' reports; None for everyone.
        also: months to merge besides those requested; a player without any is reported from what is merged.
        run_id: the run this is done for.
        slots: only players of this half-open range of slots; None for all.
    """
    changes, enrichment = ReportChanges(), Enrichment()
    scope = players_scope(slots or ALL_SLOTS)
    first, end = slots or ALL_SLOTS
    mine = {key: months for key, months in (also or {}).items() if first <= player_slot(key) < end}
    whole = iter(sorted(key for key, months in mine.items() if months))
    while keys := list(islice(whole, _PLAYERS_AT_ONCE)):
        request_reports(analytics, months=((key, month) for key in keys for month in mine[key]))
    refreshed = iter(sorted(key for key, months in mine.items() if not months))
    while keys := list(islice(refreshed, _PLAYERS_AT_ONCE)):
        with take_turn(analytics, run_id, scope) as turn:
            if not wait_for_earlier(turn):  # what it is about to write would be refused for ours
                _request_years(analytics, chain(keys, refreshed))
                changes.left_owed = True
                return changes
            _make(turn, {key: Touched() for key in keys}, enrichment, changes)
    adopt(analytics)
    # Before the turn: whoever requests later may write what was requested after it was read here.
    while requests := some_requests(analytics, players, slots):
        with take_turn(analytics, run_id, scope) as turn:
            if not wait_for_earlier(turn):
                changes.left_owed = True
                return changes
            touched: dict[str, Touched] = {}
            for request in requests:
                touched.setdefault(request["player_key"], Touched()).add(request)
            _make(turn, touched, enrichment, changes)
            clear(analytics, requests)
    return changes


def _request_years(analytics: Database[Document], keys: Iterable[str]) -> None:
    """Request the reports of some players' years, as they are merged."""
    left = iter(keys)
    while chunk := list(islice(left, _PLAYERS_AT_ONCE)):
        query = {"player_key": {"$in": chunk}, "period": {"$ne": ALL_TIME}}
        reports = analytics[names.WRAPPED_REPORTS].find(query, {"_id": 0, "player_key": 1, "period": 1})
        request_reports(analytics, reported=((found["player_key"], f"{found['period']}-01") for found in reports))


def everything(analytics: Database[Document], players: frozenset[str] | None) -> dict[str, set[str]]:
    """Return all months of all (or the chosen) players, those of stored months and reports without days included."""
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
    """Return every player with a report, without months to merge: for names, pictures and gains found since."""
    reports = analytics[names.WRAPPED_REPORTS].find({"period": ALL_TIME}, {"_id": 0, "player_key": 1})
    return {report["player_key"]: set() for report in reports}


def _make(turn: Turn, touched: Mapping[str, Touched], enrichment: Enrichment, changes: ReportChanges) -> None:
    """Merge what is touched and make the reports of the players, those that differ."""
    for some in _some_players(touched):
        with no_garbage_collection():
            _make_some(turn, some, enrichment, changes)


def _make_some(turn: Turn, some: Mapping[str, Touched], enrichment: Enrichment, changes: ReportChanges) -> None:
    merging = Merging()
    levels = [(key, level) for key in some for level in (DAYS, MONTHS, YEARS)]
    levels += [(key, HOURS) for key, found in some.items() if found.days]
    running = RunningMerges(turn.analytics, levels, merging)
    days = merge_days(turn, some, running, merging)
    periods = MonthMerging(turn, running, merging).merge(some, days)
    running.write(turn, but=merging.too_large)
    sound = {owner: merged for owner, merged in periods.items() if owner[1] not in merging.too_large}
    figures = write_reports(turn, sound, enrichment)
    changes.written += figures.written
    changes.removed += figures.removed
    changes.unchanged += figures.unchanged
    changes.players += len(some) - len(merging.too_large)
    changes.too_large += len(merging.too_large) + figures.too_large
    changes.days_written += merging.days_written
    changes.summaries_read += merging.summaries_read


def _some_players(touched: Mapping[str, Touched]) -> Iterator[dict[str, Touched]]:
    keys = iter(sorted(touched))
    while some := list(islice(keys, _PLAYERS_AT_ONCE)):
        yield {key: touched[key] for key in some}
