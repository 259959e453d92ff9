"""The wiring of the location: what Dagster loads, on one screen, with no environment at all."""

import dagster as dg
from wrapped_shared.mongo import MongoResource

from image_map.defs.automation import (
    ASSETS,
    image_map_regeneration,
    image_map_regeneration_schedule,
    new_subjects_sensor,
)
from image_map.defs.checks import no_orphan_files, share_of_fallbacks, sprites_open

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=[share_of_fallbacks, sprites_open, no_orphan_files],
    jobs=[image_map_regeneration],
    schedules=[image_map_regeneration_schedule],
    sensors=[new_subjects_sensor],
    resources={"mongo": MongoResource()},
)
