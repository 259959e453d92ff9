"""Making reports from stored days: which are asked for, what they are merged from, writing what differs.

A touched month is merged from its days and stored; a year is merged from its months. So a report costs at most the
days of the touched months and twelve months a year, however long the history. Raw events are never read here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TypeAlias

from pymongo import DeleteOne, ReplaceOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import ALL_TIME, month_of
from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.forms import present_form
from player_stats.domain.report import Report, build_report, item_ids, report_id
from player_stats.domain.slides import build_slides
from player_stats.domain.summaries import FAMILIES, Summary, merge_all
from player_stats.store.enrichment import Enrichment, load_enrichment
from player_stats.store.ranks import refresh_ranks
from player_stats.store.sizes import fits

Document: TypeAlias = dict[str, Any]
Touched: TypeAlias = dict[str, set[str]]
"""The months to merge anew, by player key."""

_PLAYERS_AT_ONCE: Final = 50
_REQUESTS_AT_ONCE: Final = 50_000
_SUMMARY_FIELDS: Final = (*FAMILIES, "days", "last", "quality")


@dataclass
class ReportChanges:
    """What making reports did."""

    players: int = 0
    written: int = 0
    removed: int = 0
    unchanged: int = 0
    too_large: int = 0
    """Players left out because a document of theirs would pass MongoDB's limit of 16 MiB."""
    ranks_changed: int = 0
    """Reports whose ranks changed, rebuilt or not."""
    summaries_read: int = 0
    """Day and month summaries that were read."""


def asked_for(analytics: Database[Document], players: frozenset[str] | None) -> tuple[Touched, list[Document]]:
    """Return the months asked for, and the requests to clear once their reports are written."""
    query: Document = {} if players is None else {"player_key": {"$in": sorted(players)}}
    requests = list(analytics[names.REPORT_REQUESTS].find(query).limit(_REQUESTS_AT_ONCE))
    touched: Touched = {}
    for request in requests:
        touched.setdefault(request["player_key"], set()).add(request["month"])
    return touched, requests


def make_owed_reports(
    analytics: Database[Document], players: frozenset[str] | None = None, also: Touched | None = None
) -> ReportChanges:
    """Make the reports that are owed, then the ranks of the periods they touch; clear what was asked.

    Args:
        analytics: the database of days and reports.
        players: only these players' reports; None for all.
        also: months to merge anew besides those asked for.
    """
    touched, requests = asked_for(analytics, players)
    for key, months in (also or {}).items():
        touched.setdefault(key, set()).update(months)
    changes, periods = rebuild(analytics, touched)
    changes.ranks_changed = refresh_ranks(analytics, periods)
    clear = [DeleteOne({"_id": request["_id"], "token": request["token"]}) for request in requests]
    if clear:
        analytics[names.REPORT_REQUESTS].bulk_write(clear, ordered=False)
    return changes


def everything(analytics: Database[Document], players: frozenset[str] | None) -> Touched:
    """Return all months of all (or the chosen) players, those of stored months and reports without days included."""
    touched: Touched = {}
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


def refreshable(analytics: Database[Document]) -> Touched:
    """Return every player with a report, without months to merge anew: for names, pictures and gains found since."""
    reports = analytics[names.WRAPPED_REPORTS].find({"period": ALL_TIME}, {"_id": 0, "player_key": 1})
    return {report["player_key"]: set() for report in reports}


def rebuild(analytics: Database[Document], touched: Touched) -> tuple[ReportChanges, set[str]]:
    """Make the reports of players anew and write those that differ.

    Args:
        analytics: the database of days and reports.
        touched: by player the months to merge anew; a player without any is reported from his months as stored.

    Returns:
        What was done, and all periods touched: their ranks have to be looked at, also where no report differs now,
        since a run that died may have written it before.
    """
    changes, periods = ReportChanges(), set[str]()
    for keys in _chunks(sorted(touched), _PLAYERS_AT_ONCE):
        merged: dict[tuple[str, str], Summary | None] = {}
        for key in keys:
            months = _renewed_months(analytics, key, touched[key], changes)
            if months is None:
                changes.too_large += 1
                continue
            changes.players += 1
            for period in [*sorted({month[:4] for month in touched[key] or months}), ALL_TIME]:
                parts = [months[month] for month in sorted(months) if period in (month[:4], ALL_TIME)]
                merged[period, key] = merge_all(parts) if parts else None
        periods |= {period for period, _ in merged}
        _write(analytics, merged, changes)
    return changes, periods


def _renewed_months(
    analytics: Database[Document], key: str, touched: set[str], changes: ReportChanges
) -> dict[str, Summary] | None:
    """Merge the touched months from their days, store them, and return all of the player's months.

    None where a month is too large for a document.
    """
    collection = analytics[names.PLAYER_MONTHS]
    stored = {
        document["month"]: present_form(document)
        for document in collection.find({"player_key": key})
        if document["month"] not in touched
    }
    changes.summaries_read += len(stored)
    for month in sorted(touched):
        days = list(
            analytics[names.PLAYER_DAYS].find(
                {"player_key": key, "day": {"$gte": f"{month}-01", "$lte": f"{month}-31"}}
            )
        )
        changes.summaries_read += len(days)
        identity = f"{key}|{month}"
        if not days:
            collection.delete_one({"_id": identity})
            continue
        days.sort(key=lambda document: str(document["day"]))
        summary = merge_all(map(present_form, days))
        document = {
            "_id": identity, "schema_version": SCHEMA_VERSION, "player_key": key, "month": month,
            **{name: summary[name] for name in _SUMMARY_FIELDS},
        }  # fmt: skip
        if not fits(document):
            return None
        collection.replace_one({"_id": identity}, document, upsert=True)
        stored[month] = document
    return stored


def _write(
    analytics: Database[Document], merged: Mapping[tuple[str, str], Summary | None], changes: ReportChanges
) -> None:
    """Write the reports that differ and remove those without days."""
    reports = analytics[names.WRAPPED_REPORTS]
    identities = {report_id(period, key): (period, key) for period, key in merged}
    stored = {document["_id"]: document for document in reports.find({"_id": {"$in": sorted(identities)}})}
    wanted = {owner: summary for owner, summary in merged.items() if summary is not None}
    ids = set[int]().union(*map(item_ids, wanted.values()))
    enrichment = load_enrichment(analytics, ids, [report_id(*owner) for owner in wanted])
    built = {
        (period, key): _build(key, period, summary, stored.get(report_id(period, key)), enrichment)
        for (period, key), summary in wanted.items()
    }
    enrichment.load_images(analytics, built.values())
    writes: list[ReplaceOne[Document] | DeleteOne] = []
    now = datetime.now(UTC)
    for identity, owner in identities.items():
        before, report = stored.get(identity), built.get(owner)
        if report is None:
            if before is not None:
                writes.append(DeleteOne({"_id": identity}))
                changes.removed += 1
            continue
        enrichment.add_images(report)
        if before is not None and {**before, "generated_at": None} == {**report, "generated_at": None}:
            changes.unchanged += 1
            continue
        if not fits(report):
            changes.too_large += 1
            continue
        writes.append(ReplaceOne({"_id": identity}, {**report, "generated_at": now}, upsert=True))
        changes.written += 1
    if writes:
        reports.bulk_write(writes, ordered=False)


def _build(key: str, period: str, summary: Summary, before: Document | None, enrichment: Enrichment) -> Report:
    report = build_report(key, period, summary, enrichment.item_names)
    report["hiscores"] = enrichment.gains.get(report["_id"])
    # Ranks depend on everybody; until they are looked at, the ones before stand.
    report["ranks"] = before.get("ranks", []) if before is not None else []
    report["slides"] = build_slides(report)
    return report


def _chunks(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    iterator = iter(keys)
    while chunk := list(islice(iterator, size)):
        yield chunk
