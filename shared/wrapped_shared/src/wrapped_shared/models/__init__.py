"""Pydantic models of the documents in the analytics database, one module for each owning location.

A model says what a field means and in which unit; how it is computed is the owner's business.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from wrapped_shared import collections as names
from wrapped_shared.models.alerts import LocationAlerts, UpstreamRequests
from wrapped_shared.models.bookkeeping import (
    AppliedNames,
    DayLedger,
    LootPrices,
    PlanState,
    Removal,
    RunNote,
    Turns,
    Watermark,
)
from wrapped_shared.models.forgotten import ForgottenPlayer
from wrapped_shared.models.hiscores import HiscoresGains, HiscoresPlayer, NameCandidate
from wrapped_shared.models.holds import UpstreamHold
from wrapped_shared.models.image_map import (
    CardRequest,
    Item,
    ItemMonthPrices,
    ItemPrices,
    PriceRefusal,
    ShareCard,
    StatImage,
    StatSubject,
)
from wrapped_shared.models.player_stats import (
    DataQuality,
    DayRequest,
    GroupReport,
    LootMonth,
    PlayerDay,
    PlayerHour,
    PlayerMerge,
    PlayerMonth,
    PlayerName,
    RankRequest,
    ReportRequest,
    Seal,
)
from wrapped_shared.models.reports import WrappedReport

VALIDATED_MODELS: Final[Mapping[str, type[BaseModel]]] = {
    names.PLAYER_DAYS: PlayerDay,
    names.PLAYER_HOURS: PlayerHour,
    names.PLAYER_MONTHS: PlayerMonth,
    names.PLAYER_MERGES: PlayerMerge,
    names.LOOT_MONTHS: LootMonth,
    names.DAY_REQUESTS: DayRequest,
    names.REPORT_REQUESTS: ReportRequest,
    names.RANK_REQUESTS: RankRequest,
    names.WRAPPED_REPORTS: WrappedReport,
    names.GROUP_REPORTS: GroupReport,
    names.DATA_QUALITY: DataQuality,
    names.SEALED: Seal,
    names.PLAYER_NAMES: PlayerName,
    names.FORGOTTEN_PLAYERS: ForgottenPlayer,
    names.TURNS: Turns,
    names.REMOVALS: Removal,
    names.DAY_LEDGER: DayLedger,
    names.WATERMARKS: Watermark,
    names.PLAN_STATE: PlanState,
    names.APPLIED_NAMES: AppliedNames,
    names.LOOT_PRICES: LootPrices,
    names.RUN_NOTES: RunNote,
    names.HISCORES_PLAYERS: HiscoresPlayer,
    names.HISCORES_GAINS: HiscoresGains,
    names.NAME_CANDIDATES: NameCandidate,
    names.STAT_IMAGES: StatImage,
    names.ITEMS: Item,
    names.ITEM_PRICES: ItemPrices,
    names.ITEM_MONTH_PRICES: ItemMonthPrices,
    names.PRICE_REFUSALS: PriceRefusal,
    names.STAT_SUBJECTS: StatSubject,
    names.SHARE_CARDS: ShareCard,
    names.CARD_REQUESTS: CardRequest,
    names.UPSTREAM_HOLDS: UpstreamHold,
    names.UPSTREAM_REQUESTS: UpstreamRequests,
    names.ALERTS: LocationAlerts,
}
"""Which model the validator of each analytics collection is made from."""
