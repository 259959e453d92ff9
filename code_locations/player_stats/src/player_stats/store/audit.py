"""Queries of the asset checks: the shares left out, and samples of reports compared with their days."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.links import clauses_of_days
from wrapped_shared.periods import ALL_TIME, month_of, next_day, period_bounds

from player_stats.domain.chains import Chains
from player_stats.domain.families import FAMILIES
from player_stats.domain.groups import GroupSums
from player_stats.domain.prices import Prices
from player_stats.domain.ranks import RANKED_FIELDS, stat_values
from player_stats.domain.report import build_report, report_id
from player_stats.domain.running_merges import merged
from player_stats.domain.summaries import merge_all, valued
from player_stats.store.linked_names import chains_now
from player_stats.store.outside_days import UNDATED
from player_stats.store.plan_state import groups_owed
from player_stats.store.price_changes import prices_in_use
from player_stats.store.stored_days import AFTER_ALL_DAYS, days_of_player

_SAMPLE: Final = 20
"""How many reports are compared with their days: the most recently changed ones."""
_PLAYERS: Final = 1_000
"""How many players' documents a check reads at most."""
_COMPARED: Final = ("coverage", *FAMILIES, "quality")


def left_out_shares(
    analytics: Database[Document], raw_collection: Collection[Document]
) -> dict[str, tuple[float, dict[str, int]]]:
    """Return the share left out (0..1) and the reasons, for a collection's latest day and for "undated".

    The share of undated documents is relative to all documents of the collection.
    """
    undated = analytics[names.DATA_QUALITY].find({"_id": f"{raw_collection.name}|{UNDATED}"})
    shares = {}
    for document in [*_latest_day(analytics, raw_collection.name), *undated]:
        of = raw_collection.estimated_document_count() if document["day"] == UNDATED else document["read"]
        if of:
            shares[document["day"]] = document["documents_left_out"] / of, document["left_out"]
    return shares


def _latest_day(analytics: Database[Document], collection: str) -> Iterator[Document]:
    days = {"collection": collection, "day": {"$lt": AFTER_ALL_DAYS}}
    return analytics[names.DATA_QUALITY].find(days).sort("day", -1).limit(1)


def days_too_large(analytics: Database[Document]) -> tuple[int, list[str]]:
    """Return the number of days on which a player's document is too large to store, and the latest examples."""
    query = {"collection": names.PLAYER_DAYS}
    count = analytics[names.DATA_QUALITY].count_documents(query)
    latest = analytics[names.DATA_QUALITY].find(query).sort("day", -1).limit(_SAMPLE)
    return count, [example["id"] for quality in latest for example in quality["examples"]][:_SAMPLE]


def audit_latest_day(analytics: Database[Document]) -> tuple[str | None, int, int]:
    """Return the latest day whose events were counted, how many were read, and how many a sample of players has.

    There is no day if none was counted, or if it is owed.
    """
    counted = [found for name in names.RAW_EVENT_COLLECTIONS for found in _latest_day(analytics, name)]
    day = max((found["day"] for found in counted), default=None)
    if day is None or analytics[names.DAY_LEDGER].find_one({"_id": day, "owed": True}, {"_id": 1}):
        return None, 0, 0
    players = analytics[names.PLAYER_DAYS].find({"day": day}, {"quality.read": 1}).limit(_PLAYERS)
    theirs = sum(found["quality"]["read"] for found in players)
    return day, sum(found["read"] for found in counted if found["day"] == day), theirs


def audit_groups(analytics: Database[Document]) -> tuple[int, list[str]]:
    """Add up the members of some all-time group reports again; return how many were compared, and which differ.

    Groups are not named but numbered. None is compared while reports, ranks or groups are owed.
    """
    owed = groups_owed(analytics)
    waiting = any(analytics[name].find_one({}, {"_id": 1}) for name in (names.REPORT_REQUESTS, names.RANK_REQUESTS))
    if waiting or owed.everything or owed.periods:
        return 0, []
    compared, differing, listed = 0, [], 0
    for report in analytics[names.GROUP_REPORTS].find({"period": ALL_TIME}).limit(_SAMPLE):
        listed += len(report["members"])
        if compared and listed > _PLAYERS:
            break
        compared += 1
        if not _adds_up(analytics, report):
            differing.append(f"{ALL_TIME}/{compared}")
    return compared, differing


def _adds_up(analytics: Database[Document], report: Mapping[str, Any]) -> bool:
    sums = GroupSums(list(report["members"]))
    wanted = (report_id(report["period"], key) for key in sums.members)
    for one in find_by_id(analytics[names.WRAPPED_REPORTS], wanted, {**RANKED_FIELDS, "player": 1}):
        sums.add(one["player_key"], one["player"], stat_values(one))
    expected = sums.report(report["group"], report["period"])["totals"]
    return all(expected.get(stat) == value for stat, value in report["totals"].items())


def audit_reports(analytics: Database[Document]) -> tuple[int, list[str]]:
    """Merge the days of the latest reports again; return how many were compared and the `_id`s of those that differ."""
    chains, (_, prices) = chains_now(analytics), prices_in_use(analytics)
    reports = list(analytics[names.WRAPPED_REPORTS].find().sort("generated_at", -1).limit(_SAMPLE))
    return len(reports), [report["_id"] for report in reports if not _agrees(analytics, chains, prices, report)]


def _agrees(analytics: Database[Document], chains: Chains, prices: Prices, report: Mapping[str, Any]) -> bool:
    key, period = report["player_key"], report["period"]
    days = days_of_player(analytics, chains, key, period_bounds(period))
    months = groupby(days, lambda found: month_of(found[0]))
    whole = merged(valued(merge_all(summary for _, summary in found), month, prices) for month, found in months)
    if whole is None:
        return False
    expected: Mapping[str, Any] = build_report(key, period, whole, {})
    # A section added after the report was made is missing until it is made again.
    return all(_nameless(report[name]) == expected[name] for name in _COMPARED if name in report)


def _nameless(part: Any) -> Any:
    """Return a part of a report without item names, which don't come from days."""
    if isinstance(part, list):
        return [_nameless(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _nameless(value) for name, value in part.items()}
    return {**found, "name": None} if "item_id" in found else found


def pending_reports(analytics: Database[Document]) -> tuple[int, list[str]]:
    """Return the number of pending report requests, and the latest reports that lack their player's newest day."""
    chains = chains_now(analytics)
    waiting = analytics[names.REPORT_REQUESTS].count_documents({}, limit=1_000)
    fields = {"player_key": 1, "coverage.last_day": 1}
    query = {"period": ALL_TIME}
    reports = list(analytics[names.WRAPPED_REPORTS].find(query, fields).sort("generated_at", -1).limit(_SAMPLE))
    stale = []
    for report in reports:
        after = next_day(report["coverage"]["last_day"])
        newer = clauses_of_days(chains.tenures, report["player_key"], after, AFTER_ALL_DAYS)
        if any(analytics[names.PLAYER_DAYS].find_one(clause, {"_id": 1}) for clause in newer):
            stale.append(report["_id"])
    return waiting, stale
