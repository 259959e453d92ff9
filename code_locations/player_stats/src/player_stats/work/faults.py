"""What `player_stats` owes for too long, for its alerts: quick queries only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from wrapped_shared.alerts import Fault
from wrapped_shared.mongo import MongoResource
from wrapped_shared.owed_days import owed_summary
from wrapped_shared.periods import day_of
from wrapped_shared.seal import first_open_day
from wrapped_shared.settings import first_day
from wrapped_shared.waiting import look_at_telemetry
from wrapped_shared.words import counted, duration

OWED_FOR: Final = timedelta(hours=2)
"""How long a day may be owed: longer than a failed run and a few following runs on a busy day take."""
BEHIND_FOR: Final = timedelta(hours=1)


def faults(mongo: MongoResource) -> Iterator[Fault]:
    """Yield that days have been owed for long, and that reports lack events that arrived long ago."""
    now = datetime.now(UTC)
    owed = owed_summary(mongo.analytics, first_open_day(mongo.analytics, first_day()), day_of(now))
    if owed.since is not None and now - owed.since > OWED_FOR:
        whys = ", ".join(f"{why}: {count:,}" for why, count in owed.whys.items())
        days = f"{counted(len(owed.days), 'day')} up to {max(owed.days)}"
        text = f"{days} owed ({whys}), the oldest since {owed.since:%Y-%m-%d %H:%M} UTC"
        yield Fault("data/owed", text, "wrapped doctor")
    waiting = look_at_telemetry(mongo.raw, mongo.analytics, now).waiting_since
    if waiting is not None and now - waiting > BEHIND_FOR:
        text = f"reports of {day_of(now)} are {duration((now - waiting).total_seconds())} behind the newest events"
        yield Fault("data/behind", text, "/jobs/wrapped_news")
