"""The job `hiscores_scrape` and its schedule.

What belongs here: what runs together, and when. What does not: what the steps do.
"""

from datetime import UTC

import dagster as dg
from wrapped_shared.asset_keys import HISCORES
from wrapped_shared.definitions import team_tag
from wrapped_shared.run_config import MAIN_JOB

from hiscores.defs.candidates import name_candidates
from hiscores.defs.catalogue import activity_catalogue
from hiscores.defs.common import GAINS_OP, SNAPSHOTS_OP
from hiscores.defs.gains import hiscores_gains
from hiscores.defs.players import hiscores_players
from hiscores.defs.roster import tracked_players
from hiscores.defs.snapshots import snapshots
from hiscores.domain.snapshots import slot_text

ASSETS = [tracked_players, snapshots, activity_catalogue, hiscores_players, hiscores_gains, name_candidates]

hiscores_scrape = dg.define_asset_job(
    "hiscores_scrape",
    selection=dg.AssetSelection.assets(*ASSETS),
    executor_def=dg.in_process_executor,  # a chain of thin steps: a process for each would cost more than the step
    description="Scrapes the players who are due or, with `players`, the ones named; then updates catalogue and gains.",
    tags={**team_tag(HISCORES), **MAIN_JOB},
)


@dg.schedule(
    name="hiscores_scrape",
    job=hiscores_scrape,
    cron_schedule="17 * * * *",  # nothing else starts at this minute
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    tags=team_tag(HISCORES),
    description="Runs the scrape every hour, for that hour's slot.",
)
def hiscores_scrape_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Request the scrape for the hour's slot; no HTTP and no MongoDB here."""
    slot = context.scheduled_execution_time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return dg.RunRequest(
        run_key=slot_text(slot),
        run_config={
            "ops": {
                SNAPSHOTS_OP: {"config": {"slot": slot_text(slot)}},
                GAINS_OP: {"config": {"changed_only": True}},
            }
        },
        tags={"hiscores/slot": slot.strftime("%Y-%m-%dT%H")},
    )
