"""The location's wiring: what Dagster loads, on one screen, without any environment variables."""

import dagster as dg
from wrapped_shared.alerts import alert_sensor
from wrapped_shared.asset_keys import IMAGE_MAP
from wrapped_shared.holds import PRICES, WIKI
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import PLAYERS, ChosenPlayers
from wrapped_shared.table_schema import with_code_references

from image_map.defs import cards, checks, prices
from image_map.defs.automation import ASSETS, JOBS, SCHEDULES, SENSORS
from image_map.work.due import due

__all__ = ["defs", "due"]

defs = dg.Definitions(
    assets=with_code_references(ASSETS),
    asset_checks=dg.load_asset_checks_from_modules([cards, checks, prices]),
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=[*SENSORS, alert_sensor(IMAGE_MAP, upstreams=(WIKI, PRICES))],
    resources={"mongo": MongoResource(), PLAYERS: ChosenPlayers()},
)
