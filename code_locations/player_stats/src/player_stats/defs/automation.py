"""The jobs, what starts them, and when.

The schedules get new data of other locations into all reports once a day, and remove Dagster's old runs. The sensor
starts `wrapped_news`: it only checks whether anything is owed; the run decides what to compute. What belongs here: what
runs together, and when. What does not: what the steps do.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import dagster as dg
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from wrapped_shared.asset_keys import PLAYER_STATS
from wrapped_shared.definitions import team_tag
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.settings import first_day

from player_stats.defs.checks import CHECKS, agreement_checks, day_checks, report_checks, telemetry_checks
from player_stats.defs.days import days, undated_documents
from player_stats.defs.news import wrapped_news
from player_stats.defs.reports import group_reports, wrapped_reports
from player_stats.defs.retention import dagster_retention
from player_stats.settings import PlayerStatsSettings
from player_stats.work.plan import anything_due

ASSETS: Final = [days, undated_documents, wrapped_reports, group_reports]
_CHECKS: Final = dg.AssetSelection.checks(*CHECKS)
_REPORTS: Final = dg.AssetSelection.assets(wrapped_reports, group_reports)

daily_wrapped = dg.define_asset_job(
    "daily_wrapped",
    selection=dg.AssetSelection.assets(*ASSETS) | _CHECKS,
    description="Computes the chosen UTC days from raw telemetry, owed or not, then the reports of the players whose "
    "days changed. Choose players under `resources` to recompute only theirs.",
    tags=team_tag(PLAYER_STATS),
)

make_reports = dg.define_asset_job(
    "make_reports",
    selection=_REPORTS | dg.AssetSelection.checks(report_checks, agreement_checks),
    description="Makes reports from stored days: owed reports, those of chosen players, or `everything`.",
    tags=team_tag(PLAYER_STATS),
)

check_telemetry = dg.define_asset_job(
    "check_telemetry",
    selection=dg.AssetSelection.assets(undated_documents) | dg.AssetSelection.checks(telemetry_checks, day_checks),
    description="Counts documents without a valid timestamp and checks the share of telemetry that is left out.",
    tags=team_tag(PLAYER_STATS),
)

JOBS: Final[Sequence[dg.JobDefinition | Any]] = [
    wrapped_news,
    daily_wrapped,
    make_reports,
    check_telemetry,
    dagster_retention,
]


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


@dg.sensor(
    name="wrapped_news_sensor",
    job=wrapped_news,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    tags=team_tag(PLAYER_STATS),
    description="Starts wrapped_news when days or reports are owed or new events have arrived, at most every "
    "WRAPPED_REFRESH_MINUTES minutes, and never while a run of it is queued or in progress.",
)
def wrapped_news_sensor(context: dg.SensorEvaluationContext, mongo: MongoResource) -> dg.RunRequest | dg.SkipReason:
    """Check whether there is anything to do. The cursor is the time of the last run request."""
    with clear_errors(mongo):
        refresh = timedelta(minutes=PlayerStatsSettings.load().refresh_minutes)
    now = datetime.now(UTC)
    since = now - datetime.fromisoformat(context.cursor) if context.cursor else refresh
    if timedelta() <= since < refresh:  # a clock that was ahead must not stop news until its time has come
        return dg.SkipReason(f"a run was requested at {context.cursor}, less than {refresh} ago")
    unfinished = dg.RunsFilter(job_name=wrapped_news.name, statuses=NOT_FINISHED_STATUSES)
    if context.instance.get_runs(unfinished, limit=1):
        return dg.SkipReason(f"a run of {wrapped_news.name} is queued or in progress")
    with clear_errors(mongo):
        why = anything_due(mongo, first_day(), now, refresh)
    if why is None:
        return dg.SkipReason("nothing is owed and no new events have arrived")
    context.update_cursor(now.isoformat(timespec="seconds"))
    return dg.RunRequest(tags={"wrapped/why": why})
