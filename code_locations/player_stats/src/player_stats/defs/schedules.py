"""The one schedule: what other locations have found out reaches everybody's reports once a day."""

from datetime import UTC
from typing import Final

import dagster as dg

from player_stats.defs.jobs import make_reports


@dg.schedule(
    name="wrapped_refresh",
    job=make_reports,
    cron_schedule="40 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a day: all reports from what is merged, so that names, pictures and hiscores gains found since "
    "reach the reports of players who have not played.",
)
def wrapped_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Request all reports, from what is stored."""
    config = {"ops": {"wrapped_reports": {"config": {"refresh": True}}}}
    scheduled = context.scheduled_execution_time.astimezone(UTC)
    return dg.RunRequest(run_key=scheduled.isoformat(timespec="minutes"), run_config=config)


SCHEDULES: Final = [wrapped_refresh]
