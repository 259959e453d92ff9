"""Merging players' touched days from their hours, on top of the running merge of the latest day."""

from collections.abc import Mapping
from typing import TypeAlias

from player_stats.domain.running_merges import HOURS, RunningMerge
from player_stats.domain.summaries import Summary
from player_stats.store.days import write_merged_days
from player_stats.store.hours import Hour, hours_of, some_hours
from player_stats.store.merges import RunningMerges
from player_stats.store.report_requests import Touched
from player_stats.store.turns import Turn

PlayerDays: TypeAlias = dict[tuple[str, str], Summary | None]
"""The merge of the day's hours by (player key, day); None where there is no valid event."""


def merge_days(turn: Turn, touched: Mapping[str, Touched], running: RunningMerges) -> PlayerDays:
    """Merge the days that have touched hours, write them, and return them."""
    reused = {
        (key, day): _reusable(running, key, day, found)
        for key, found in touched.items()
        for day in sorted({hour[:10] for hour in found.hours})
    }
    for key, found in touched.items():
        latest = running.get(key, HOURS)
        if latest is not None and latest.of in found.written:
            running.drop(key, HOURS)
    parts: dict[tuple[str, str], dict[str, Summary]] = {owner: {} for owner in reused}
    for key, hour, summary in _hours(turn, touched, reused):
        parts[key, hour[:10]][hour] = summary
        running.changes.summaries_read += 1
    merged = {owner: _merged(running, owner, reused[owner], hours) for owner, hours in sorted(parts.items())}
    written = write_merged_days(turn, merged)
    running.changes.days_written += written.changes.written + written.changes.removed
    running.too_large |= {key for key, _ in written.too_large}
    return merged


def _reusable(running: RunningMerges, key: str, day: str, found: Touched) -> RunningMerge | None:
    """Return the running merge of a day, or None if all its hours must be read."""
    latest = running.get(key, HOURS)
    of_day = [hour for hour in found.hours if hour[:10] == day]
    return latest if latest is not None and day not in found.written and latest.holds(day, of_day) else None


def _hours(
    turn: Turn, touched: Mapping[str, Touched], reused: Mapping[tuple[str, str], RunningMerge | None]
) -> list[Hour]:
    """Return the hours to merge, each player's in order: the touched hours and the open one, or all hours of a day."""
    some: list[tuple[str, str]] = []
    whole: dict[str, list[str]] = {}
    for (key, day), latest in reused.items():
        if latest is None:
            whole.setdefault(day, []).append(key)
        else:
            of_day = {hour for hour in touched[key].hours if hour[:10] == day}
            some += [(key, hour) for hour in of_day | {latest.before}]
    found = list(some_hours(turn.analytics, some))
    for day, keys in sorted(whole.items()):
        found += hours_of(turn.analytics, day, keys)
    return found


def _merged(
    running: RunningMerges, owner: tuple[str, str], reused: RunningMerge | None, hours: Mapping[str, Summary]
) -> Summary | None:
    """Merge the hours of a day; advance the running merge to the newest hour unless a later day has one."""
    key, day = owner
    newest = max(hours, default=None)
    advanced = reused or RunningMerge(HOURS, day, day)
    if newest is not None:
        advanced = advanced.upto(newest, hours)
    whole = advanced.with_open(hours)
    latest = running.get(key, HOURS)
    if latest is None or latest.of <= day:
        if whole is None:
            running.drop(key, HOURS)
        else:
            running.put(key, advanced)
    return whole if whole is not None and whole["days"] else None
