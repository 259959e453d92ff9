"""Merging stored summaries: days from their hours, months from their days. Raw events are never read here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from wrapped_shared import collections as names
from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.days import merged_day
from player_stats.domain.forms import present_form
from player_stats.domain.summaries import FAMILIES, Summary, merge_all
from player_stats.store.days import write_days
from player_stats.store.hours import hours_of
from player_stats.store.sizes import fits
from player_stats.store.turns import Turn

Document: TypeAlias = dict[str, Any]

_SUMMARY_FIELDS: Final = (*FAMILIES, "days", "last", "quality")


@dataclass
class Touched:
    """What of one player must be merged again."""

    months: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    """Days that are merged from their hours before their months are merged."""


@dataclass
class Merges:
    """What merging did."""

    days_written: int = 0
    summaries_read: int = 0
    """Day and month summaries that were read."""
    too_large: set[str] = field(default_factory=set)
    """Player keys with a month or day that would pass MongoDB's limit of 16 MiB."""


def merge_days(turn: Turn, touched: Mapping[str, Touched], merges: Merges) -> None:
    """Merge the touched days of some players from their hours."""
    owners: dict[str, list[str]] = {}
    for key, found in touched.items():
        for day in found.days:
            owners.setdefault(day, []).append(key)
    for day, keys in sorted(owners.items()):
        summaries = merged_day(hours_of(turn.analytics, day, keys))
        written = write_days(turn, {day: summaries}, frozenset(keys), report=False)
        merges.days_written += written.changes.written + written.changes.removed
        merges.too_large |= {key for key, _ in written.too_large}


def merge_months(turn: Turn, key: str, months: Iterable[str], merges: Merges) -> dict[str, Summary]:
    """Merge the given months of a player from their days, store them, and return all of the player's months."""
    wanted, analytics = set(months), turn.analytics
    stored = {
        document["month"]: present_form(document)
        for document in analytics[names.PLAYER_MONTHS].find({"player_key": key})
        if document["month"] not in wanted
    }
    merges.summaries_read += len(stored)
    documents, gone = [], []
    for month in sorted(wanted):
        of_month = {"player_key": key, "day": {"$gte": f"{month}-01", "$lte": f"{month}-31"}}
        days = sorted(analytics[names.PLAYER_DAYS].find(of_month), key=lambda document: str(document["day"]))
        merges.summaries_read += len(days)
        if not days:
            gone.append(f"{key}|{month}")
            continue
        summary = merge_all(map(present_form, days))
        document = {
            "_id": f"{key}|{month}", "schema_version": SCHEMA_VERSION, "player_key": key, "month": month,
            **{name: summary[name] for name in _SUMMARY_FIELDS},
        }  # fmt: skip
        if fits(document):
            documents.append(document)
            stored[month] = document
        else:
            merges.too_large.add(key)
    turn.replace(names.PLAYER_MONTHS, documents)
    turn.remove(names.PLAYER_MONTHS, gone)
    return stored
