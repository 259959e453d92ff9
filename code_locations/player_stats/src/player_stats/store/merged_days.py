"""Merging the touched days of some players from their hours, on top of what is merged of the latest day's already."""

from collections.abc import Mapping
from typing import TypeAlias

from player_stats.domain.running_merges import HOURS, RunningMerge
from player_stats.domain.summaries import Summary
from player_stats.store.days import write_merged_days
from player_stats.store.hours import Hour, hours_of, some_hours
from player_stats.store.merges import Merging, RunningMerges
from player_stats.store.report_requests import Touched
from player_stats.store.turns import Turn

PlayerDays: TypeAlias = dict[tuple[str, str], Summary | None]
"""By (player key, day) what its hours are merged to; None where there is no sound event."""


def merge_days(turn: Turn, touched: Mapping[str, Touched], running: RunningMerges, merging: Merging) -> PlayerDays:
    """Merge the days of touched hours and write them; return them."""
    begun = {
        (key, day): _begun(running, key, day, found)
        for key, found in touched.items()
        for day in sorted({hour[:10] for hour in found.hours})
    }
    for key, found in touched.items():
        latest = running.get(key, HOURS)
        if latest is not None and latest.of in found.written:
            running.drop(key, HOURS)
    parts: dict[tuple[str, str], dict[str, Summary]] = {owner: {} for owner in begun}
    for key, hour, summary in _hours(turn, touched, begun):
        parts[key, hour[:10]][hour] = summary
        merging.summaries_read += 1
    merged = {owner: _merged(running, owner, begun[owner], hours) for owner, hours in sorted(parts.items())}
    if merged:
        written = write_merged_days(turn, merged)
        merging.days_written += written.changes.written + written.changes.removed
        merging.too_large |= {key for key, _ in written.too_large}
    return merged


def _begun(running: RunningMerges, key: str, day: str, found: Touched) -> RunningMerge | None:
    """The running merge of a day, None where all its hours must be read."""
    latest = running.get(key, HOURS)
    of_day = [hour for hour in found.hours if hour[:10] == day]
    return latest if latest is not None and day not in found.written and latest.holds(day, of_day) else None


def _hours(
    turn: Turn, touched: Mapping[str, Touched], begun: Mapping[tuple[str, str], RunningMerge | None]
) -> list[Hour]:
    """The hours to merge, each player's in the order of time: the touched and the open one, or all of a day."""
    some: list[tuple[str, str]] = []
    whole: dict[str, list[str]] = {}
    for (key, day), latest in begun.items():
        if latest is None:
            whole.setdefault(day, []).append(key)
        else:
            of_day = {hour for hour in touched[key].hours if hour[:10] == day}
            some += [(key, hour) for hour in of_day | {latest.before}]
    found = list(some_hours(turn.analytics, some)) if some else []
    for day, keys in sorted(whole.items()):
        found += hours_of(turn.analytics, day, keys)
    return found


def _merged(
    running: RunningMerges, owner: tuple[str, str], begun: RunningMerge | None, hours: Mapping[str, Summary]
) -> Summary | None:
    """Merge the hours of a day; the running merge goes on to the newest where no later day has one."""
    key, day = owner
    newest = max(hours, default=None)
    going = begun or RunningMerge(HOURS, day, day)
    if newest is not None:
        going = going.upto(newest, hours)
    whole = going.with_open(hours)
    latest = running.get(key, HOURS)
    if latest is None or latest.of <= day:
        if whole is None:
            running.drop(key, HOURS)
        else:
            running.put(key, going)
    return whole if whole is not None and whole["days"] else None
