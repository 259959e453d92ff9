"""The location's wiring: what Dagster loads, on one screen, without any environment variables."""

import dagster as dg
from wrapped_shared import holds
from wrapped_shared.alerts import alert_sensor
from wrapped_shared.asset_keys import HISCORES
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import PLAYERS, ChosenPlayers
from wrapped_shared.table_schema import with_code_references

from hiscores.defs.automation import ASSETS, hiscores_scrape, hiscores_scrape_schedule
from hiscores.defs.checks import gains_checks
from hiscores.store.due import due
from hiscores.store.faults import faults

__all__ = ["defs", "due"]

defs = dg.Definitions(
    assets=with_code_references(ASSETS),
    asset_checks=[gains_checks],
    jobs=[hiscores_scrape],
    schedules=[hiscores_scrape_schedule],
    sensors=[alert_sensor(HISCORES, upstreams=(holds.HISCORES, holds.HISCORES_RANKING), look=faults)],
    resources={"mongo": MongoResource(), PLAYERS: ChosenPlayers()},
)
