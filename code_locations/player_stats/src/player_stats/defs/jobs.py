"""Asset jobs for people to launch; the job that starts automatically is in `player_stats.defs.news`."""

from collections.abc import Sequence
from typing import Any, Final

import dagster as dg
from wrapped_shared.asset_keys import (
    DATA_QUALITY_KEY,
    GROUP_REPORTS_KEY,
    PLAYER_DAYS_KEY,
    PLAYER_STATS,
    UNDATED_KEY,
    WRAPPED_REPORTS_KEY,
)
from wrapped_shared.definitions import team_tag

from player_stats.defs.checks import CHECKS, agreement_checks, day_checks, report_checks, telemetry_checks
from player_stats.defs.news import wrapped_news
from player_stats.defs.retention import dagster_retention

_CHECKS: Final = dg.AssetSelection.checks(*CHECKS)
_REPORTS: Final = dg.AssetSelection.assets(WRAPPED_REPORTS_KEY, GROUP_REPORTS_KEY)

daily_wrapped = dg.define_asset_job(
    "daily_wrapped",
    selection=dg.AssetSelection.assets(PLAYER_DAYS_KEY, DATA_QUALITY_KEY, UNDATED_KEY) | _REPORTS | _CHECKS,
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
    selection=dg.AssetSelection.assets(UNDATED_KEY) | dg.AssetSelection.checks(telemetry_checks, day_checks),
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
