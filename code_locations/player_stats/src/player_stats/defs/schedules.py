"""Schedules: today's partition every hour, yesterday's once it is over; reports follow in the same run."""

from datetime import UTC, timedelta
from typing import Final

import dagster as dg
from wrapped_shared.settings import first_day

from player_stats.defs.jobs import daily_wrapped, make_reports
from player_stats.defs.sharded import SETTING, daily_wrapped_sharded, player_shards

Asked = dg.RunRequest | dg.SkipReason


def _daily(name: str, cron: str, days_ago: int, description: str) -> list[dg.ScheduleDefinition]:
    """Return the schedule that asks for the day so many days before its tick, whole, and its twin in player shards.

    Both are on, and each skips where the setting chooses the other.
    """
    twin = f"Instead of {name} where {SETTING} is above 1. {description}"
    return [
        _schedule(name, cron, days_ago, description, sharded=False),
        _schedule(f"{name}_sharded", cron, days_ago, twin, sharded=True),
    ]


def _schedule(name: str, cron: str, days_ago: int, description: str, *, sharded: bool) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=name,
        job=daily_wrapped_sharded if sharded else daily_wrapped,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=description,
    )
    def daily(context: dg.ScheduleEvaluationContext) -> Asked:
        shards = player_shards()
        if sharded != (shards > 1):
            return dg.SkipReason(f"{SETTING} is {shards}: days are {'cut into shards' if shards > 1 else 'not cut'}")
        scheduled = context.scheduled_execution_time.astimezone(UTC)
        day = (scheduled - timedelta(days=days_ago)).date().isoformat()
        if day < first_day():
            return dg.SkipReason(f"{day} lies before the first day that counts, {first_day()}")
        return dg.RunRequest(run_key=scheduled.isoformat(timespec="minutes"), partition_key=day)

    return daily


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


SCHEDULES: Final = [
    *_daily("wrapped_today", "10 * * * *", 0, "Every hour: the current UTC day, and the reports it changes."),
    *_daily(
        "wrapped_yesterday",
        "30 0 * * *",
        1,
        "At 00:30 UTC: the day that has just ended, whole, and the reports it changes.",
    ),
    wrapped_refresh,
]
