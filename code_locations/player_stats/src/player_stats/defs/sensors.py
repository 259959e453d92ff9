"""The sensor that starts `wrapped_news`: it only checks whether anything is owed; the run decides what to compute."""

from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from wrapped_shared.asset_keys import PLAYER_STATS
from wrapped_shared.definitions import team_tag
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.settings import first_day

from player_stats.defs.news import wrapped_news
from player_stats.settings import PlayerStatsSettings
from player_stats.work.plan import anything_due


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


SENSORS: Final = [wrapped_news_sensor]
