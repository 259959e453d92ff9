"""The plan: what is owed according to MongoDB, and the portion to compute next.

Every run, whatever started it, makes the plan and takes a portion of it, until nothing is left. A failed run, a week
without runs, a first start over old telemetry and a late event are alike: owed until written.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches, find_by_id, write_all
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_of, days_between, next_day, previous_day
from wrapped_shared.seal import first_open_day
from wrapped_shared.stored.bookkeeping import DayLedgerFields, WatermarkFields

from player_stats.domain.ledger import condensed, read_events
from player_stats.store.extents import Extent
from player_stats.store.ids import id_key
from player_stats.store.ledger import DayWork, mark_never_read, owed_days, work_of
from player_stats.store.news import WATERMARK_LAG, anything_new, scan
from player_stats.store.plan_state import begin_plan, links_due, note_plan, plan_state, ranking_due
from player_stats.store.price_changes import prices_due
from player_stats.store.recount import recent_from, recount
from player_stats.store.requests import REQUESTED, requested_days
from player_stats.store.turns import end_dead_turns, take_turn
from player_stats.store.years_before import request_ended_years

PORTION_SECONDS: Final = 480
"""How long a portion should take at most: newer events wait for the next one."""
_DAYS_AT_ONCE: Final = 5_000
_EXPIRED_AT_ONCE: Final = 200
_HISTORY_PARTS: Final = 28
"""Number of days in which the whole history is audited once."""


def make_plan(
    mongo: MongoResource,
    first_day: str,
    now: datetime,
    *,
    thorough: bool = False,
    is_over: Callable[[str], bool] = lambda run_id: False,
) -> None:
    """Mark everything that is owed.

    Args:
        mongo: both databases.
        first_day: the first day that counts.
        now: the current time, UTC.
        thorough: recount the last week now if a collection's size shows that documents were deleted, or added with old
            `_id`s; otherwise that waits for the daily audit.
        is_over: whether a Dagster run is known to have ended; the turns it left open are ended.
    """
    raw, analytics = mongo.raw, mongo.analytics
    end_dead_turns(analytics, is_over)
    today = day_of(now)
    from_day = first_open_day(analytics, first_day)
    state = _ensure_state(analytics, first_day, from_day, today)
    audit = _audit_due(state, today)
    watched = names.RAW_EVENT_COLLECTIONS if thorough and not audit else ()
    counts = {name: raw[name].estimated_document_count() for name in watched}
    expected = scan(raw, analytics, from_day, now, counts)
    drift = {name: count - expected[name] for name, count in counts.items() if count != expected[name]}
    if audit or drift:
        history_next = _recount(mongo, state, from_day, today, history=audit)
        for name, more in drift.items():
            analytics[names.WATERMARKS].update_one({"_id": name}, {"$inc": WatermarkFields(below=more)})
        if audit:
            _forget_hours(analytics, today)
            _end_years(analytics, state, first_day, today)
            note_plan(analytics, audited=today, history_next=history_next)


def next_portion(due: Iterable[DayWork], budget: int) -> list[DayWork]:
    """Return the next days to compute, newest first: about as many events as a portion may have.

    The number of events is known for days that were read before. Days that were never read count as empty here:
    computing takes as many adjacent days at a time as fit in a turn, and stops when `portion_events` or
    `PORTION_SECONDS` is used up.

    Args:
        due: what is owed or requested (`work_due`).
        budget: how many events a portion may have (`portion_events`); one day is taken, whatever its size.
    """
    portion: list[DayWork] = []
    for work in due:
        budget -= read_events((work.ledger or {}).get("seen", {}), work.cells)
        if portion and budget < 0:
            break
        portion.append(work)
    return portion


def work_due(analytics: Database[Document], first_day: str, now: datetime) -> list[DayWork]:
    """Return the days that are owed or requested, newest first."""
    from_day = first_open_day(analytics, first_day)
    today = day_of(now)
    owed = {work.day: work for work in owed_days(analytics, from_day, today, _DAYS_AT_ONCE)}
    requested = work_of(analytics, requested_days(analytics, from_day, today))
    owed |= {work.day: replace(work, cells=None, why=work.why or REQUESTED) for work in requested}
    return [work for _, work in sorted(owed.items(), reverse=True)]


def portion_events(analytics: Database[Document], limit_events: int, steps: int = 1) -> int:
    """Return how many events a portion may have: at most what the steps read in `PORTION_SECONDS` at the last speed."""
    speed = plan_state(analytics).get("events_per_second")
    return limit_events if speed is None else max(1, min(limit_events, int(speed * steps * PORTION_SECONDS)))


def anything_due(mongo: MongoResource, first_day: str, now: datetime, refresh: timedelta = WATERMARK_LAG) -> str | None:
    """Return why a run has something to do, or None if it has not; takes a few quick queries.

    Args:
        mongo: both databases.
        first_day: the first day that counts.
        now: the current time, UTC.
        refresh: how often to scan for documents that appear later than others with a greater `_id`.
    """
    analytics = mongo.analytics
    today = day_of(now)
    from_day = first_open_day(analytics, first_day)
    state = plan_state(analytics)
    if not state or state["from_day"] > first_day:
        return "days were never read"
    if _audit_due(state, today):
        return "the daily audit is due"
    if analytics[names.DAY_LEDGER].find_one({"owed": True, "day": {"$gte": from_day, "$lte": today}}, {"_id": 1}):
        return "days are owed"
    if requested_days(analytics, from_day, today):
        return "days are requested"
    if analytics[names.REPORT_REQUESTS].find_one({}, {"_id": 1}):
        return "reports are owed"
    if links_due(analytics, now):
        return "names were linked"
    if ranking_due(analytics, now):
        return "ranks are owed"
    if prices_due(analytics, now):
        return "item prices changed"
    return "there are new events" if anything_new(mongo.raw, analytics, now, refresh) else None


def _ensure_state(analytics: Database[Document], first_day: str, from_day: str, today: str) -> Document:
    """Return the plan's state, extended back to `first_day`; mark the days that it did not cover yet as owed."""
    state = plan_state(analytics)
    if state and state["from_day"] <= first_day:
        return state
    last = previous_day(state["from_day"]) if state else today
    mark_never_read(analytics, days_between(from_day, last))
    return begin_plan(analytics, first_day, today)


def _audit_due(state: Mapping[str, Any], today: str) -> bool:
    """Return whether today's audit is due; one of a later day was made by a clock that was ahead."""
    return bool(state["audited"] != today)


def _end_years(analytics: Database[Document], state: Mapping[str, Any], first_day: str, today: str) -> None:
    """Request the reports of years that are over since the last audit: they are now compared with the year before."""
    known = state.get("compared_upto", int(first_day[:4]) - 1)  # absent from an older state
    ended = int(today[:4]) - 1
    if known < ended:
        request_ended_years(analytics, known, ended)
        note_plan(analytics, compared_upto=ended)


def _recount(mongo: MongoResource, state: Mapping[str, Any], from_day: str, today: str, *, history: bool) -> str | None:
    """Recount the last week and, with `history`, a part of the history; return where the next part begins."""
    recent = max(from_day, recent_from(today))
    ranges, history_next = [(recent, today)], None
    if history:
        missed = _days(state["audited"], today)
        part = history_range(from_day, previous_day(recent), state["history_next"], missed)
        if part:
            begin, end, history_next = part
            ranges.append((begin, end))
    recount(mongo.raw, mongo.analytics, ranges, today)
    return history_next


def history_range(first: str, last: str, start: str | None, missed: int) -> tuple[str, str, str | None] | None:
    """Return the part of the history to recount next: its first and last day, and the `start` of the one after it.

    Args:
        first: the first day of the history.
        last: its last day, which moves on daily.
        start: where the part starts; None = at the first day, because the previous part was the last one.
        missed: days since the previous audit; after more than one, the part is that many times as long.
    """
    length = _days(first, last) + 1
    if length < 1:
        return None
    begin = start if start is not None and first <= start <= last else first
    size = (-(-length // _HISTORY_PARTS) + 1) * min(max(1, missed), _HISTORY_PARTS)  # one more, for the day added daily
    end = (date.fromisoformat(begin) + timedelta(days=size - 1)).isoformat()
    return (begin, end, next_day(end)) if end < last else (begin, last, None)


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _forget_hours(analytics: Database[Document], today: str) -> None:
    """Remove the hours of days for which they are no longer kept: such a day is read whole if it is owed again.

    They stay for one day longer than readers may rely on them, while any turn is open that may write them, and while
    an owed report depends on them.
    """
    ledger = analytics[names.DAY_LEDGER]
    before = previous_day(today)
    expired = {"kept_until": {"$lt": before}, "owed": False}
    if ledger.find_one(expired, {"_id": 1}) is None:
        return
    with take_turn(analytics) as turn:
        if not turn.is_first:
            return
        needed = {label[:10] for name in ("days", "hours") for label in analytics[names.REPORT_REQUESTS].distinct(name)}
        fields = {"kept_until": 1, "owed": 1, "revision": 1, "seen": 1, "tallies": 1}
        days = (found["_id"] for found in list(ledger.find(expired, {"_id": 1})) if found["_id"] not in needed)
        for some in batches(days, _EXPIRED_AT_ONCE):
            ledgers = find_by_id(ledger, some, fields)
            found = [one for one in ledgers if not one["owed"] and one.get("kept_until", today) < before]
            turn.remove_all(names.PLAYER_HOURS, Extent("day", [one["_id"] for one in found]))
            write_all(ledger, [_without_hours(one) for one in found])


def _without_hours(ledger: Document) -> UpdateOne:
    """Return the update of a day whose hours are no longer kept, unless a reader has changed it since it was found."""
    seen, tallies = condensed(ledger.get("seen", {}), ledger.get("tallies", {}), id_key)
    unchanged = {name: ledger[name] for name in ("_id", "kept_until", "revision")}
    return UpdateOne(unchanged, {"$set": DayLedgerFields(seen=seen, tallies=tallies), "$unset": {"kept_until": ""}})
