"""Clocks that are an hour off, and a week without schedules."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from bson import ObjectId
from stats_world import Documents

from faults.scenes import Row, database, must_be_whole, run_news, store, telemetry, undisturbed


def _split(events: Documents) -> tuple[Documents, Documents]:
    first = {name: found[::2] for name, found in events.items()}
    return first, {name: found[1::2] for name, found in events.items()}


def _with_ids(events: Documents, at: datetime) -> Documents:
    """Give events the `_id`s that an ingestor makes at a time."""
    start = ObjectId.from_datetime(at).binary[:4]
    return {name: [{**event, "_id": ObjectId(start + ObjectId().binary[4:])} for event in found]
            for name, found in events.items()}  # fmt: skip


def ingestor_off(uri: str, events: Documents, hours: int) -> Row:
    """An ingestor whose clock is off gives `_id`s of another time, then one with the right clock takes over."""
    now = datetime.now(UTC)
    wrong, right = _split(events)
    wrong, right = _with_ids(wrong, now + timedelta(hours=hours)), _with_ids(right, now)
    both = {name: [*wrong.get(name, ()), *right.get(name, ())] for name in events}
    expected, _, _ = undisturbed(uri, both)
    with database(uri) as mongo:
        store(mongo, wrong)
        run_news(mongo)
        store(mongo, right)
        seconds, _ = run_news(mongo)
        must_be_whole(mongo, expected)
    return Row(f"the ingestor's clock {_off(hours)}", "events below the watermark were found by counting", seconds)


def worker_off(uri: str, events: Documents, hours: int) -> Row:
    """A worker whose clock is off computes some of it, one with the right clock the rest, and the other way round."""
    expected, _, _ = undisturbed(uri, events)
    first, rest = _split(events)
    with database(uri) as mongo:
        store(mongo, first)
        with clock(timedelta(hours=hours)):
            run_news(mongo)
        store(mongo, rest)
        seconds, _ = run_news(mongo)
        must_be_whole(mongo, expected)
        with clock(timedelta(hours=hours)):
            run_news(mongo)
        must_be_whole(mongo, expected)
    return Row(f"a worker's clock {_off(hours)}", "turns kept their order, as numbers only grow", seconds)


def off_for_a_week(uri: str) -> Row:
    """Nothing is scheduled for a week; then runs make up all of it, newest first."""
    events = telemetry(days=8)
    expected, _, _ = undisturbed(uri, events)
    with database(uri) as mongo:
        newest = max(event["timestamp"] for found in events.values() for event in found if _dated(event))
        week = newest - 7 * 86_400_000
        before = {name: [e for e in found if not _dated(e) or e["timestamp"] < week] for name, found in events.items()}
        after = {name: [e for e in found if _dated(e) and e["timestamp"] >= week] for name, found in events.items()}
        store(mongo, before)
        run_news(mongo)
        store(mongo, after)
        seconds, _ = run_news(mongo)
        must_be_whole(mongo, expected)
    return Row("schedules off for a week", "the first run afterwards made up all of it", seconds)


def _dated(event: dict[str, Any]) -> bool:
    return isinstance(event.get("timestamp"), int)


def _off(hours: int) -> str:
    return "an hour ahead" if hours > 0 else "an hour behind"


class _Kind(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


@contextmanager
def clock(off: timedelta) -> Iterator[None]:
    """Set the clock of a worker: that of player_stats in this process."""

    class Clock(datetime, metaclass=_Kind):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + off

    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            ours = name.startswith("player_stats.") or name == "wrapped_shared.periods"
            if ours and getattr(module, "datetime", None) is datetime:
                stack.enter_context(patch.object(module, "datetime", Clock))
        yield
