"""Schedules: today's partition every hour, yesterday's once it is over; reports follow in the same run."""

from datetime import UTC, timedelta
from typing import Final

import dagster as dg
from wrapped_shared.settings import first_day

from player_stats.defs.jobs import daily_wrapped, make_reports
from player_stats.defs.sharded import SETTING, daily_wrapped_sharded, player_shards

Asked = dg.RunRequest | dg.SkipReason


def _request(context: dg.ScheduleEvaluationContext, days_ago: int, *, sharded: bool = False) -> Asked:
    shards = player_shards()
    if sharded != (shards > 1):
        return dg.SkipReason(
            f"{SETTING} is {shards}: " + ("days are not cut" if sharded else "days are cut into shards")
        )
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
def wrapped_today(context: dg.ScheduleEvaluationContext) -> Asked:
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
def wrapped_yesterday(context: dg.ScheduleEvaluationContext) -> Asked:
    """Ask for the day before the tick."""
    return _request(context, days_ago=1)


@dg.schedule(
    name="wrapped_today_sharded",
    job=daily_wrapped_sharded,
    cron_schedule="10 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=f"Instead of wrapped_today where {SETTING} is above 1: the current day, cut into player shards.",
)
def wrapped_today_sharded(context: dg.ScheduleEvaluationContext) -> Asked:
    """Ask for the day of the tick, in shards."""
    return _request(context, days_ago=0, sharded=True)


@dg.schedule(
    name="wrapped_yesterday_sharded",
    job=daily_wrapped_sharded,
    cron_schedule="30 0 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=f"Instead of wrapped_yesterday where {SETTING} is above 1: the day before, cut into player shards.",
)
def wrapped_yesterday_sharded(context: dg.ScheduleEvaluationContext) -> Asked:
    """Ask for the day before the tick, in shards."""
    return _request(context, days_ago=1, sharded=True)


@dg.schedule(
    name="wrapped_refresh",
    job=make_reports,
    cron_schedule="40 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a day: all reports from stored months, so that names, pictures and hiscores gains found since "
    "reach the reports of players who have not played.",
)
def wrapped_refresh(context: dg.ScheduleEvaluationContext) -> Asked:
    """Ask for all reports, from what is stored."""
    config = {"ops": {"wrapped_reports": {"config": {"refresh": True}}}}
    return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat(timespec="minutes"), run_config=config)


SCHEDULES: Final = [wrapped_today, wrapped_yesterday, wrapped_today_sharded, wrapped_yesterday_sharded, wrapped_refresh]
