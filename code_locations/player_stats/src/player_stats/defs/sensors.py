"""The late-events sensor: events that arrive after their day was computed, and days that were asked for."""

import json
from typing import Any, Final

import dagster as dg
from wrapped_shared.mongo import MongoResource, clear_mongo_errors
from wrapped_shared.periods import next_day, today
from wrapped_shared.settings import first_day

from player_stats.defs.jobs import daily_wrapped
from player_stats.defs.sharded import daily_wrapped_sharded, player_shards
from player_stats.store.late import DayNews, Watermarks, late_days, requested_days

_RANGE_START: Final = "dagster/asset_partition_range_start"
_RANGE_END: Final = "dagster/asset_partition_range_end"


@dg.sensor(
    name="late_events",
    jobs=[daily_wrapped, daily_wrapped_sharded],
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Finds events stored since the last look whose day is not today, and days asked for in "
    "`day_requests`, and computes exactly those days again.",
)
def late_events(context: dg.SensorEvaluationContext, mongo: MongoResource) -> dg.SensorResult:
    """Ask for the days that late events touch."""
    watermarks: Watermarks = json.loads(context.cursor) if context.cursor else {}
    with clear_mongo_errors(mongo):
        news, seen = late_days(mongo.raw, watermarks)
        requested = requested_days(mongo.analytics)
    days = {
        day: found
        for day, found in {**requested, **news}.items()
        if first_day() <= day <= today() and (day != today() or day in requested)
    }
    requests = sharded_requests(days) if player_shards() > 1 else run_requests(days)
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(seen, sort_keys=True))


def run_requests(days: dict[str, DayNews]) -> list[dg.RunRequest]:
    """Return one request for each run of adjacent days; its key changes only with what is new on them."""
    requests: list[dg.RunRequest] = []
    stretch: list[str] = []
    for day in sorted(days):
        if stretch and next_day(stretch[-1]) != day:
            requests.append(_request(stretch, days))
            stretch = []
        stretch.append(day)
    if stretch:
        requests.append(_request(stretch, days))
    return requests


def sharded_requests(days: dict[str, DayNews]) -> list[dg.RunRequest]:
    """Return one request a day for the sharded job, whose steps are one day's shards."""
    return [
        dg.RunRequest(run_key=f"{day}@{days[day]}", partition_key=day, job_name=daily_wrapped_sharded.name)
        for day in sorted(days)
    ]


def _request(stretch: list[str], days: dict[str, DayNews]) -> dg.RunRequest:
    tags: dict[str, Any] = {_RANGE_START: stretch[0], _RANGE_END: stretch[-1]}
    key = ";".join(f"{day}@{days[day]}" for day in stretch)
    return dg.RunRequest(run_key=key, tags=tags, job_name=daily_wrapped.name)


SENSORS: Final = [late_events]
