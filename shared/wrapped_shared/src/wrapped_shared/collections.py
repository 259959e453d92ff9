"""Names of the databases and collections in the data contract.

Names only: `wrapped_shared.models` defines the documents, `wrapped_shared.indexes` the indexes.
"""

from typing import Final

RAW_DATABASE: Final = "runelite-wrapped-raw"
ANALYTICS_DATABASE: Final = "runelite-wrapped-analytics"

# Raw telemetry, written by the ingestor; one event type each.
GAME_TICKS: Final = "game_ticks"
STAT_CHANGED: Final = "stat_changed"
LOOT_RECEIVED: Final = "loot_received"
ACTOR_DEATH: Final = "actor_death"
HITSPLAT_APPLIED: Final = "hitsplat_applied"
GRAND_EXCHANGE_OFFER_CHANGED: Final = "grand_exchange_offer_changed"
RAW_EVENT_COLLECTIONS: Final = (
    GAME_TICKS,
    STAT_CHANGED,
    LOOT_RECEIVED,
    ACTOR_DEATH,
    HITSPLAT_APPLIED,
    GRAND_EXCHANGE_OFFER_CHANGED,
)
# Raw too, but written by the `hiscores` location: one document per player and scrape slot.
HISCORES: Final = "hiscores"

# Analytics, owned by `player_stats`.
PLAYER_DAYS: Final = "player_days"
PLAYER_MONTHS: Final = "player_months"
DAY_REQUESTS: Final = "day_requests"
REPORT_REQUESTS: Final = "report_requests"
RANK_REQUESTS: Final = "rank_requests"
WRAPPED_REPORTS: Final = "wrapped_reports"
GROUP_REPORTS: Final = "group_reports"
DATA_QUALITY: Final = "data_quality"
PLAYER_HOURS: Final = "player_hours"
PLAYER_MERGES: Final = "player_merges"
LOOT_MONTHS: Final = "loot_months"
# Its bookkeeping: what was read, what is owed, and which write takes effect.
TURNS: Final = "turns"
REMOVALS: Final = "removals"
DAY_LEDGER: Final = "day_ledger"
WATERMARKS: Final = "watermarks"
PLAN_STATE: Final = "plan_state"
APPLIED_NAMES: Final = "applied_names"
LOOT_PRICES: Final = "loot_prices"

# State kept between one `wrapped run` and the next, for any location.
RUN_NOTES: Final = "run_notes"

# Analytics, written by the web app and by people.
PLAYER_GROUPS: Final = "player_groups"
PLAYER_NAMES: Final = "player_names"
FORGOTTEN_PLAYERS: Final = "forgotten_players"
CARD_REQUESTS: Final = "card_requests"
SEALED: Final = "sealed"

# Analytics, owned by `image_map`.
STAT_SUBJECTS: Final = "stat_subjects"
STAT_IMAGES: Final = "stat_images"
ITEMS: Final = "items"
ITEM_PRICES: Final = "item_prices"
ITEM_MONTH_PRICES: Final = "item_month_prices"
PRICE_REFUSALS: Final = "price_refusals"
SPRITES_BUCKET: Final = "sprites"
WIKI_ROWS: Final = "wiki_rows"
SHARE_CARDS: Final = "share_cards"
"""The cards, and the prefix of the GridFS bucket that holds their pictures."""

# Analytics, owned by `hiscores`.
HISCORES_ROSTER: Final = "hiscores_roster"
HISCORES_PLAYERS: Final = "hiscores_players"
HISCORES_GAINS: Final = "hiscores_gains"
NAME_CANDIDATES: Final = "name_candidates"
ACTIVITY_CATALOGUE: Final = "activity_catalogue"

# Analytics, written by every location that calls an upstream.
UPSTREAM_HOLDS: Final = "upstream_holds"
UPSTREAM_REQUESTS: Final = "upstream_requests"

# Analytics, written by every location: its known faults.
ALERTS: Final = "alerts"
