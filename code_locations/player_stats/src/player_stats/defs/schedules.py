"""The schedules: once a day, new data of other locations gets into all reports, and Dagster's old runs are removed."""

from datetime import UTC
from typing import Final

import dagster as dg
from wrapped_shared.asset_keys import PLAYER_STATS
from wrapped_shared.definitions import team_tag

from player_stats.defs.jobs import make_reports
from player_stats.defs.retention import dagster_retention


@dg.schedule(
    name="wrapped_refresh",
    job=make_reports,
    cron_schedule="40 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    tags=team_tag(PLAYER_STATS),
    description="Once a day: rebuilds all reports from the stored merges, so that names, pictures and hiscores gains "
    "found since get into the reports of players who have not played.",
)
def wrapped_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Request a run that rebuilds all reports from the stored merges."""
    config = {"ops": {"wrapped_reports": {"config": {"refresh": True}}}}
    scheduled = context.scheduled_execution_time.astimezone(UTC)
    return dg.RunRequest(run_key=scheduled.isoformat(timespec="minutes"), run_config=config)


retention = dg.ScheduleDefinition(
    name="dagster_retention_daily",
    job=dagster_retention,
    cron_schedule="20 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    tags=team_tag(PLAYER_STATS),
    description="Once a day: removes Dagster's runs that ended more than WRAPPED_KEEP_RUNS_DAYS days ago.",
)

SCHEDULES: Final = [wrapped_refresh, retention]
