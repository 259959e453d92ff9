"""The location's wiring: what Dagster loads, on one screen, without any environment variables."""

import dagster as dg
from wrapped_shared.alerts import alert_sensor
from wrapped_shared.asset_keys import IMAGE_MAP
from wrapped_shared.holds import PRICES, WIKI
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import PLAYERS, ChosenPlayers
from wrapped_shared.table_schema import with_code_references

from image_map.defs.automation import (
    ASSETS,
    card_requests_sensor,
    image_map_cards,
    image_map_cards_schedule,
    image_map_prices,
    image_map_prices_schedule,
    image_map_regeneration,
    image_map_regeneration_schedule,
    new_subjects_sensor,
)
from image_map.defs.cards import cards_complete
from image_map.defs.checks import (
    names_and_bases_are_sound,
    no_orphan_files,
    reported_items_have_names,
    share_of_fallbacks,
    sprites_open,
)
from image_map.defs.prices import price_days_complete, prices_are_recent, prices_are_whole
from image_map.work.due import due

__all__ = ["defs", "due"]

defs = dg.Definitions(
    assets=with_code_references(ASSETS),
    asset_checks=[
        share_of_fallbacks,
        sprites_open,
        no_orphan_files,
        names_and_bases_are_sound,
        reported_items_have_names,
        price_days_complete,
        prices_are_recent,
        prices_are_whole,
        cards_complete,
    ],
    jobs=[image_map_regeneration, image_map_prices, image_map_cards],
    schedules=[image_map_regeneration_schedule, image_map_prices_schedule, image_map_cards_schedule],
    sensors=[new_subjects_sensor, card_requests_sensor, alert_sensor(IMAGE_MAP, upstreams=(WIKI, PRICES))],
    resources={"mongo": MongoResource(), PLAYERS: ChosenPlayers()},
)
