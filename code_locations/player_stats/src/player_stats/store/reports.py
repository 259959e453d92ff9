"""Making the owed reports: batches of players, each in a turn, and clearing their requests.

`merged_days` and `months` merge telemetry, `report_writing` writes reports. A turn reads a few summaries per player,
however long the history, and those of many players in one query.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches
from wrapped_shared.documents import Document
from wrapped_shared.periods import ALL_TIME, month_of

from player_stats.domain.chains import Chains
from player_stats.domain.running_merges import DAYS, HOURS, MONTHS, YEARS
from player_stats.domain.slots import player_slot
from player_stats.store.enrichment import Enrichment
from player_stats.store.garbage import no_garbage_collection
from player_stats.store.linked_names import AppliedLinks, place_requests
from player_stats.store.merged_days import merge_days
from player_stats.store.merges import ReportChanges, RunningMerges
from player_stats.store.months import MonthMerging
from player_stats.store.report_requests import ALL_SLOTS, Slots, Touched, adopt, request_reports, some_requests
from player_stats.store.report_writing import write_reports
from player_stats.store.requests import clear_requests
from player_stats.store.scopes import players_scope
from player_stats.store.turns import Turn, take_turn
from player_stats.store.valuing import Valuing
from player_stats.store.waiting import wait_for_earlier

Months: TypeAlias = Mapping[str, set[str]]
"""The months to merge, by player key."""

_PLAYERS_AT_ONCE: Final = 100
"""How many players are held in memory, with their merges and reports."""


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
    changes, making = ReportChanges(), _Making()
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
            making.make(turn, making.links.chains(analytics), {key: Touched() for key in keys}, changes)
    adopt(analytics)
    # Read requests before taking the turn: what a later request names may be written after this turn reads it.
    while requests := some_requests(analytics, players, slots):
        with take_turn(analytics, run_id, scope) as turn:
            if not wait_for_earlier(turn):
                changes.left_owed = True
                return changes
            chains = making.links.chains(analytics)
            misplaced = {key for request in requests if not first <= chains.slot(key := request["player_key"]) < end}
            place_requests(analytics, misplaced, chains)
            served = [request for request in requests if request["player_key"] not in misplaced]
            touched: dict[str, Touched] = {}
            for request in served:
                touched.setdefault(request["player_key"], Touched()).add(request)
            making.make(turn, chains, touched, changes)
            clear_requests(analytics, served, names.REPORT_REQUESTS)
    return changes


def _request_years(analytics: Database[Document], keys: Sequence[str]) -> None:
    """Request reports of all years of some players, without merging anything."""
    for chunk in batches(keys, _PLAYERS_AT_ONCE):
        query = {"player_key": {"$in": chunk}, "period": {"$ne": ALL_TIME}}
        reports = analytics[names.WRAPPED_REPORTS].find(query, {"_id": 0, "player_key": 1, "period": 1})
        request_reports(analytics, reported=((found["player_key"], f"{found['period']}-01") for found in reports))


def refreshable(analytics: Database[Document]) -> dict[str, set[str]]:
    """Return every player with a report, without months to merge: to add names, pictures and gains found since."""
    reports = analytics[names.WRAPPED_REPORTS].find({"period": ALL_TIME}, {"_id": 0, "player_key": 1})
    return {report["player_key"]: set() for report in reports}


class _Making:
    """Makes reports in turns that follow each other."""

    def __init__(self) -> None:
        self.links = AppliedLinks()
        self._enrichment = Enrichment()
        self._valuing = Valuing()

    def make(self, turn: Turn, chains: Chains, touched: Mapping[str, Touched], changes: ReportChanges) -> None:
        """Merge what was touched, by name, and write the reports that differ; `chains` were read in this turn."""
        self._valuing.refresh(turn.analytics)
        for keys in batches(sorted(touched), _PLAYERS_AT_ONCE):
            with no_garbage_collection():
                self._some(turn, chains, {key: touched[key] for key in keys}, changes)

    def _some(self, turn: Turn, chains: Chains, some: Mapping[str, Touched], changes: ReportChanges) -> None:
        players = by_player(some, chains)
        levels = [(key, level) for key in players for level in (DAYS, MONTHS, YEARS)]
        levels += [(name, HOURS) for name, found in some.items() if found.days]
        running = RunningMerges(turn.analytics, levels, changes)
        days = merge_days(turn, some, running)
        running.too_large = set(chains.of_chain(running.too_large))
        periods = MonthMerging(turn, running, chains, self._valuing).merge(players, days)
        running.write(turn)
        storable = {owner: merged for owner, merged in periods.items() if owner[1] not in running.too_large}
        write_reports(turn, storable, self._enrichment, changes)
        too_large = players.keys() & running.too_large
        changes.players += len(players) - len(too_large)
        changes.too_large += len(too_large)


def by_player(some: Mapping[str, Touched], chains: Chains) -> dict[str, Touched]:
    """Return what was touched of each player, given what was touched under each name."""
    players: dict[str, Touched] = {}
    for name, touched in some.items():
        if not chains.is_linked(name):
            players[name] = touched
            continue
        for label in touched.written | touched.hours:
            if (owner := chains.owner(name, label[:10])) is not None:
                found = players.setdefault(owner, Touched())
                found.months.add(month_of(label))
                (found.hours if label in touched.hours else found.written).add(label)
        # A month that was requested as such also concerns who is reported under the name, with or without days.
        for month in touched.months - ({month_of(day) for day in touched.days} - touched.whole - touched.revalued):
            for owner in {name, *chains.owners_in(name, month)}:
                found = players.setdefault(owner, Touched())
                found.months.add(month)
                found.whole |= {month} & touched.whole
                found.revalued |= {month} & touched.revalued
        if not touched.months:
            players.setdefault(name, Touched())
    return players
