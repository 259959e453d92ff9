"""The wiring of the location: what Dagster loads, on one screen, with no environment at all."""

import dagster as dg
from wrapped_shared.mongo import MongoResource

from hiscores.defs.automation import ASSETS, hiscores_scrape, hiscores_scrape_schedule

defs = dg.Definitions(
    assets=ASSETS,
    jobs=[hiscores_scrape],
    schedules=[hiscores_scrape_schedule],
    resources={"mongo": MongoResource()},
)
