"""The schema version of each collection's documents, and what becomes of documents of an older version.

CONTRIBUTING.md, "Changing stored documents", says when to raise a version.
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
"""The versions by collection; every document carries that of its collection."""

_CONVERTED: Final = "documents of an older version are converted when they are read"
_MADE_AGAIN: Final = "the daily `wrapped_refresh` rebuilds documents of an older version"
_NEVER_CHANGED: Final = "documents of an older version stay as they are"

OLDER_DOCUMENTS: Final[dict[str, str]] = dict.fromkeys(
    SCHEMA_VERSIONS, "documents of an older version stay as they are until they are written again"
) | {
    names.PLAYER_DAYS: _CONVERTED,
    names.PLAYER_HOURS: _CONVERTED,
    names.PLAYER_MONTHS: _CONVERTED,
    names.PLAYER_MERGES: "documents of an older version are rebuilt from what they merge",
    names.WRAPPED_REPORTS: _MADE_AGAIN,
    names.GROUP_REPORTS: _MADE_AGAIN,
    names.HISCORES: _NEVER_CHANGED,
    names.HISCORES_GAINS: "the next run of `hiscores` computes documents of an older version again",
    names.ITEM_PRICES: _NEVER_CHANGED,
    names.ITEM_MONTH_PRICES: "the next run of `image_map` computes documents of an older version again",
}
"""What becomes of documents of an older version, by collection: the contract page says it of each."""
