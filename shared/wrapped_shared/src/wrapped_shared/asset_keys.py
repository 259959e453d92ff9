"""Keys of the assets that locations refer to across location boundaries.

A location refers to another location's asset only by these constants; it never imports the other location. The prefix
of a key is the name of the location that materialises the asset.
"""

from typing import Final

from dagster import AssetKey

PLAYER_STATS: Final = "player_stats"
HISCORES: Final = "hiscores"
IMAGE_MAP: Final = "image_map"
LOCATION_NAMES: Final = (PLAYER_STATS, HISCORES, IMAGE_MAP)
"""Never rename a location: its schedules and sensors would lose their state."""

PLAYER_DAYS_KEY: Final = AssetKey([PLAYER_STATS, "player_days"])
DATA_QUALITY_KEY: Final = AssetKey([PLAYER_STATS, "data_quality"])
UNDATED_KEY: Final = AssetKey([PLAYER_STATS, "undated_documents"])
WRAPPED_REPORTS_KEY: Final = AssetKey([PLAYER_STATS, "wrapped_reports"])
GROUP_REPORTS_KEY: Final = AssetKey([PLAYER_STATS, "group_reports"])

TRACKED_PLAYERS_KEY: Final = AssetKey([HISCORES, "tracked_players"])
ACTIVITY_CATALOGUE_KEY: Final = AssetKey([HISCORES, "activity_catalogue"])
SNAPSHOTS_KEY: Final = AssetKey([HISCORES, "snapshots"])
HISCORES_PLAYERS_KEY: Final = AssetKey([HISCORES, "hiscores_players"])
HISCORES_GAINS_KEY: Final = AssetKey([HISCORES, "hiscores_gains"])
NAME_CANDIDATES_KEY: Final = AssetKey([HISCORES, "name_candidates"])

STAT_SUBJECTS_KEY: Final = AssetKey([IMAGE_MAP, "stat_subjects"])
WIKI_ROWS_KEY: Final = AssetKey([IMAGE_MAP, "wiki_rows"])
STAT_IMAGES_KEY: Final = AssetKey([IMAGE_MAP, "stat_images"])
ITEMS_KEY: Final = AssetKey([IMAGE_MAP, "items"])
ITEM_PRICES_KEY: Final = AssetKey([IMAGE_MAP, "item_prices"])
ITEM_MONTH_PRICES_KEY: Final = AssetKey([IMAGE_MAP, "item_month_prices"])
SPRITE_SHEET_KEY: Final = AssetKey([IMAGE_MAP, "sprite_sheet"])
SHARE_CARDS_KEY: Final = AssetKey([IMAGE_MAP, "share_cards"])
