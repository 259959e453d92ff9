"""The code location `player_stats`: all its definitions, on one screen.

Loading reads only `WRAPPED_FIRST_DAY` from the environment and does not connect to MongoDB.
"""

import dagster as dg
from wrapped_shared.alerts import alert_sensor
from wrapped_shared.asset_keys import PLAYER_STATS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import PLAYERS, ChosenPlayers
from wrapped_shared.table_schema import with_code_references

from player_stats.defs.automation import ASSETS, JOBS, SCHEDULES, wrapped_news_sensor
from player_stats.defs.checks import CHECKS
from player_stats.defs.common import RAW_ASSETS
from player_stats.work.due import days_of, due
from player_stats.work.faults import faults
from player_stats.work.forget import forget
from player_stats.work.prune import prune

__all__ = ["days_of", "defs", "due", "forget", "prune"]


@dg.definitions
def defs() -> dg.Definitions:
    """Return the location's definitions."""
    return dg.Definitions(
        assets=with_code_references([*RAW_ASSETS, *ASSETS]),
        asset_checks=CHECKS,
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=[wrapped_news_sensor, alert_sensor(PLAYER_STATS, look=faults, on_demand=True)],
        resources={"mongo": MongoResource(), PLAYERS: ChosenPlayers()},
    )
