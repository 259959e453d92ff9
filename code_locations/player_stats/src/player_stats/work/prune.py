"""Pruning: removes the raw events before a day, after sealing the days that they belong to.

The order: all hours that are not sealed yet are audited, and nothing happens while one is owed; the seal moves; readers
that began before it did are waited for, so that nobody reads half a day; then the events go, the oldest first. Readers
look at the seal after taking their turn, so no later one reads them. After an interruption at any point, the next call
continues.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, TypeAlias

from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_of_ms, day_start_ms, days_between, is_day, month_of, previous_day, today
from wrapped_shared.seal import SealRefused, first_open_day, seal
from wrapped_shared.settings import first_day
from wrapped_shared.words import counted

from player_stats.store.counting import by_day
from player_stats.store.ledger import EVERYTHING, owed_days
from player_stats.store.outside_days import write_sealed, write_undated
from player_stats.store.plan_state import plan_state
from player_stats.store.recount import recount
from player_stats.store.removing import remove_found, remove_sealed_day
from player_stats.store.requests import requested_days
from player_stats.store.scopes import time_scope
from player_stats.store.turns import end_dead_turns, take_turn
from player_stats.store.waiting import wait_for_earlier
from player_stats.work.plan import make_plan

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""
Agree: TypeAlias = Callable[[Counter[str]], None]
"""Called with the number of events to remove by collection; raises an exception if they must stay."""

_ENOUGH: Final = 100_000


def prune(mongo: MongoResource, before: str, agree: Agree, progress: Progress = lambda what, n, of: None) -> int:
    """Seal all days before one and remove their raw events, and those before the first day; return how many.

    Snapshots of the hiscores stay. Events that arrive afterwards are counted, and removed by the next call.

    Args:
        mongo: the opened resource.
        before: the first day to keep, before today.
        agree: decides whether the events may be removed, once that is possible.
        progress: called with a description of each step.

    Raises:
        SealRefused: the day is not in the past, something before it is owed, or another run still reads it.
    """
    if not is_day(before) or before >= today():
        raise SealRefused(f"--before must be a day before today (UTC) such as 2024-12-31, not {before[:20]!r}")
    ensure_indexes(mongo.raw, mongo.analytics)
    _audit(mongo, before, progress)
    found = older_events(mongo, before)
    agree(found)
    _refuse_owed(mongo, before)  # it may have taken long to agree
    seal(mongo.analytics, before)
    _wait_for_readers(mongo, before)
    removed, total = 0, found.total()
    for gone in _remove(mongo, before):
        removed += gone
        progress("removing", removed, max(removed, total))
    write_undated(mongo.raw, mongo.analytics, first_day(), today())
    write_sealed(mongo.raw, mongo.analytics, first_day())
    return removed


def older_events(mongo: MongoResource, before: str) -> Counter[str]:
    """Return how many events before a day each raw collection holds."""
    older = {"timestamp": {"$lt": day_start_ms(before)}}
    return Counter({name: mongo.raw[name].count_documents(older) for name in names.RAW_EVENT_COLLECTIONS})


def _first_day(mongo: MongoResource) -> str:
    """Return the first day that counts, here or for those who planned: this environment may differ from theirs."""
    state = plan_state(mongo.analytics)
    return min(first_day(), state["from_day"]) if state else first_day()


def _audit(mongo: MongoResource, before: str, progress: Progress) -> None:
    """Recount all hours before a day that are not sealed, month by month."""
    _refuse_owed(mongo, before)
    first = first_open_day(mongo.analytics, _first_day(mongo))
    months = [list(days) for _, days in groupby(days_between(first, previous_day(before)), month_of)]
    for done, days in enumerate(months):
        progress("auditing", done, len(months))
        recount(mongo.raw, mongo.analytics, [(days[0], days[-1])], today())
    _refuse_owed(mongo, before)


def _refuse_owed(mongo: MongoResource, before: str) -> None:
    """Note what is new, and refuse if anything is owed of the days before one that are not sealed."""
    analytics, first = mongo.analytics, first_open_day(mongo.analytics, _first_day(mongo))
    make_plan(mongo, first_day(), datetime.now(UTC))
    work_items = owed_days(analytics, first, previous_day(before), _ENOUGH)
    hours = {f"{work.day} {cell}" for work in work_items for cell in work.cells or ()}
    days = {work.day for work in work_items} | set(requested_days(analytics, first, previous_day(before)))
    if days:
        whole = sorted(days - {hour[:10] for hour in hours})
        named = min([*hours, *whole])
        raise SealRefused(
            f"{counted(len(days), 'day')} before {before} {'is' if len(days) == 1 else 'are'} owed, "
            f"first {named.replace(EVERYTHING, '').strip()}: "
            "compute them with wrapped run, then prune again"
        )


def _wait_for_readers(mongo: MongoResource, before: str) -> None:
    """Wait until no reader is left that began before the days were sealed."""
    end_dead_turns(mongo.analytics)
    with take_turn(mongo.analytics, scope=time_scope((0, day_start_ms(before)))) as turn:
        if not wait_for_earlier(turn):
            raise SealRefused(
                f"the days before {before} are sealed, but another run still reads events: nothing was removed; "
                "prune again when it has ended, or in an hour if it died on another machine"
            )


def _remove(mongo: MongoResource, before: str) -> Iterator[int]:
    """Remove the events of all days before one, the oldest first; yield how many each batch removed."""
    start, end = day_start_ms(_first_day(mongo)), day_start_ms(before)
    for name in names.RAW_EVENT_COLLECTIONS:
        yield from remove_found(mongo.raw, mongo.analytics, name, {"timestamp": {"$lt": min(start, end)}})
    days = {day_of_ms(at) for name in names.RAW_EVENT_COLLECTIONS for at in by_day(mongo.raw[name], start, end)}
    begun = {"_id": {"$lt": before}, "removed.open": True}
    days |= {ledger["_id"] for ledger in mongo.analytics[names.DAY_LEDGER].find(begun, {"_id": 1})}
    for day in sorted(days):
        yield from remove_sealed_day(mongo.raw, mongo.analytics, day)
