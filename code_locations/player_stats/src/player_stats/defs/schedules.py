"""Schedules: today's partition every hour, yesterday's once it is over; reports follow in the same run."""

from datetime import UTC, timedelta
from typing import Final

import dagster as dg
from wrapped_shared.settings import first_day

from player_stats.defs.jobs import daily_wrapped


def _request(context: dg.ScheduleEvaluationContext, days_ago: int) -> dg.RunRequest | dg.SkipReason:
    scheduled = context.scheduled_execution_time.astimezone(UTC)
    day = (scheduled - timedelta(days=days_ago)).date().isoformat()
    if day < first_day():
        return dg.SkipReason(f"{day} lies before the first day that counts, {first_day()}")
    return dg.RunRequest(run_key=scheduled.isoformat(timespec="minutes"), partition_key=day)


@dg.schedule(
    name="wrapped_today",
    job=daily_wrapped,
    cron_schedule="10 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every hour: the current UTC day, and the reports it changes.",
)
def wrapped_today(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for the day of the tick."""
    return _request(context, days_ago=0)


@dg.schedule(
    name="wrapped_yesterday",
    job=daily_wrapped,
    cron_schedule="30 0 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="At 00:30 UTC: the day that has just ended, whole, and the reports it changes.",
)
def wrapped_yesterday(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for the day before the tick."""
    return _request(context, days_ago=1)


SCHEDULES: Final = [wrapped_today, wrapped_yesterday]
