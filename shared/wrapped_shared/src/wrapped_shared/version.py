"""The schema version of each kind of stored document.

CONTRIBUTING.md, "Changing stored documents", says when to raise one and how documents of an older version are rebuilt.
"""

from typing import Final

from wrapped_shared import collections as names

_SUMMARIES: Final = 3
"""Days, hours, months and running merges hold the same summaries."""

SCHEMA_VERSIONS: Final[dict[str, int]] = {
    names.PLAYER_DAYS: _SUMMARIES,
    names.PLAYER_HOURS: _SUMMARIES,
    names.PLAYER_MONTHS: _SUMMARIES,
    names.PLAYER_MERGES: _SUMMARIES,
    names.WRAPPED_REPORTS: 2,
    names.GROUP_REPORTS: 2,
    names.DATA_QUALITY: 2,
    names.STAT_SUBJECTS: 2,
    names.STAT_IMAGES: 2,
    names.ITEMS: 2,
    names.ITEM_PRICES: 1,
    names.ITEM_MONTH_PRICES: 1,
    names.PRICE_REFUSALS: 1,
    names.WIKI_ROWS: 2,
    names.SHARE_CARDS: 1,
    names.HISCORES: 2,
    names.HISCORES_ROSTER: 2,
    names.HISCORES_PLAYERS: 2,
    names.HISCORES_GAINS: 2,
    names.NAME_CANDIDATES: 1,
    names.ACTIVITY_CATALOGUE: 2,
    names.UPSTREAM_HOLDS: 2,
    names.UPSTREAM_REQUESTS: 1,
    names.ALERTS: 1,
}
"""The versions by collection; every document carries that of its kind."""
