"""Making reports from stored days: which are requested, what they are merged from, writing what differs.

A touched month is merged from its days and stored; a year is merged from its months. So a report costs at most the
days of the touched months and twelve months a year, however long the history. Raw events are never read here.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TypeAlias

from pymongo import DeleteOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import ALL_TIME, month_of

from player_stats.domain.ranks import standing
from player_stats.domain.report import Report, build_report, item_ids, report_id
from player_stats.domain.slides import build_slides
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.days import request_reports
from player_stats.store.enrichment import Enrichment, load_enrichment
from player_stats.store.months import Merges, Touched, merge_days, merge_months
from player_stats.store.ranks import request_ranks
from player_stats.store.sizes import fits
from player_stats.store.turns import Turn, take_turn

Document: TypeAlias = dict[str, Any]
Months: TypeAlias = Mapping[str, set[str]]
"""The months to merge by player key."""

_PLAYERS_AT_ONCE: Final = 50
_REQUESTS_AT_ONCE: Final = 500
_PATIENCE_SECONDS: Final = 60
_LOOK_AGAIN_SECONDS: Final = 0.5
_NOT_COMPARED: Final = {"generated_at": None, "revision": None}


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
    """Day and month summaries that were read."""
    left_owed: bool = False
    """Whether reports were left as they are because somebody else was writing what they are made from."""


def make_owed_reports(
    analytics: Database[Document],
    players: frozenset[str] | None = None,
    also: Months | None = None,
    run_id: str | None = None,
) -> ReportChanges:
    """Make all reports that are owed, some players at a time, and clear their requests.

    Where somebody else goes on writing days for long, the rest is left: see `ReportChanges.left_owed`. What was
    requested stays owed.

    Args:
        analytics: the database of days and reports.
        players: only these players' reports; None for everyone.
        also: months to merge besides those requested; a player without any is reported from their stored months.
        run_id: the run this is done for.
    """
    changes = ReportChanges()
    extra = iter(sorted((also or {}).items()))
    while chunk := dict(islice(extra, _PLAYERS_AT_ONCE)):
        if any(chunk.values()):  # their days may still be on their way: the requests see to it that they are read
            request_reports(analytics, ((key, f"{month}-01") for key, months in chunk.items() for month in months))
        else:
            with take_turn(analytics, run_id) as turn:
                if not _wait_for_earlier(turn):  # what it is about to write would be refused for ours
                    changes.left_owed = True
                    return changes
                _make(turn, {key: Touched() for key in chunk}, changes)
    # Before the turn: whoever requests later may write what was requested after it was read here.
    while requests := _requests(analytics, players):
        with take_turn(analytics, run_id) as turn:
            if not _wait_for_earlier(turn):
                changes.left_owed = True
                return changes
            touched: dict[str, Touched] = {}
            for request in requests:
                found = touched.setdefault(request["player_key"], Touched())
                found.months.add(request["month"])
                found.days.update(request.get("days", ()))
            _make(turn, touched, changes)
            clear = [DeleteOne({"_id": request["_id"], "token": request["token"]}) for request in requests]
            analytics[names.REPORT_REQUESTS].bulk_write(clear, ordered=False)
    return changes


def _wait_for_earlier(turn: Turn) -> bool:
    """Wait for those that write what is read now; return whether all are done."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while not turn.first and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN_SECONDS)
    return turn.first


def _requests(analytics: Database[Document], players: frozenset[str] | None) -> list[Document]:
    collection = analytics[names.REPORT_REQUESTS]
    if players is None:
        return list(collection.find().limit(_REQUESTS_AT_ONCE))
    queries = ({"player_key": key} for key in sorted(players))
    return list(islice((found for query in queries for found in collection.find(query)), _REQUESTS_AT_ONCE))


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


def _make(turn: Turn, touched: Mapping[str, Touched], changes: ReportChanges) -> None:
    """Merge what is touched and make the reports of the players, those that differ."""
    keys = iter(sorted(touched))
    while chunk := list(islice(keys, _PLAYERS_AT_ONCE)):
        merges = Merges()
        merge_days(turn, {key: touched[key] for key in chunk}, merges)
        merged: dict[tuple[str, str], Summary | None] = {}
        for key in chunk:
            months = merge_months(turn, key, touched[key].months, merges)
            for period in [*sorted({month[:4] for month in touched[key].months or months}), ALL_TIME]:
                parts = [months[month] for month in sorted(months) if period in (month[:4], ALL_TIME)]
                merged[period, key] = merge_all(parts) if parts else None
        too_large = merges.too_large
        _write(turn, {owner: found for owner, found in merged.items() if owner[1] not in too_large}, changes)
        changes.players += len(chunk) - len(too_large)
        changes.too_large += len(too_large)
        changes.days_written += merges.days_written
        changes.summaries_read += merges.summaries_read


def _write(turn: Turn, merged: Mapping[tuple[str, str], Summary | None], changes: ReportChanges) -> None:
    """Write the reports that differ and remove those without days."""
    identities = {report_id(period, key): (period, key) for period, key in merged}
    skip = turn.first  # must be known before what is stored is read
    found = turn.analytics[names.WRAPPED_REPORTS].find({"_id": {"$in": sorted(identities)}})
    stored = {document["_id"]: document for document in found}
    built = _built(turn.analytics, merged, stored)
    changed, gone, now = [], [], datetime.now(UTC)
    for identity, owner in identities.items():
        before, report = stored.get(identity), built.get(owner)
        if report is None:
            gone.append(identity)
            changes.removed += before is not None
        elif not fits(report):
            changes.too_large += 1
        elif before is None or {**before, **_NOT_COMPARED} != {**report, **_NOT_COMPARED}:
            changed.append({**report, "generated_at": now})
            changes.written += 1
        else:
            changes.unchanged += 1
            if not skip:
                changed.append({**report, "generated_at": before["generated_at"]})
    if changed or gone:
        request_ranks(turn.analytics, {period for period, _ in merged})
    turn.replace(names.WRAPPED_REPORTS, changed)
    turn.remove(names.WRAPPED_REPORTS, gone)


def _built(
    analytics: Database[Document], merged: Mapping[tuple[str, str], Summary | None], stored: Mapping[str, Document]
) -> dict[tuple[str, str], Report]:
    """Return the reports of all merges, with names, gains and pictures."""
    wanted = {owner: summary for owner, summary in merged.items() if summary is not None}
    ids = set[int]().union(*map(item_ids, wanted.values()))
    enrichment = load_enrichment(analytics, ids, [report_id(*owner) for owner in wanted])
    built = {
        (period, key): _build(key, period, summary, stored.get(report_id(period, key)), enrichment)
        for (period, key), summary in wanted.items()
    }
    enrichment.load_images(analytics, built.values())
    for report in built.values():
        enrichment.add_images(report)
    return built


def _build(key: str, period: str, summary: Summary, before: Document | None, enrichment: Enrichment) -> Report:
    report = build_report(key, period, summary, enrichment.item_names)
    report["hiscores"] = enrichment.gains.get(report["_id"])
    # Ranks depend on everybody: until the next ranking the places of the last one stand, with the report's own values.
    report["ranks"] = standing(report, before["ranks"] if before is not None else [])
    report["slides"] = build_slides(report)
    return report
