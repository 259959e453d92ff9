"""The schema version of each collection's documents, and what becomes of documents of an older version.

CONTRIBUTING.md, "Changing stored documents", says when to raise a version.
"""

from typing import Final

from wrapped_shared import collections as names

_SUMMARIES: Final = 3
"""Days, hours, months and running merges hold the same summaries."""
_CONVERTED: Final = "documents of an older version are converted when they are read"
_MADE_AGAIN: Final = "the daily `wrapped_refresh` rebuilds documents of an older version"
_UNTIL_WRITTEN: Final = "documents of an older version stay as they are until they are written again"
_NEVER_CHANGED: Final = "documents of an older version stay as they are"

_COLLECTIONS: Final[dict[str, tuple[int, str]]] = {
    names.PLAYER_DAYS: (_SUMMARIES, _CONVERTED),
    names.PLAYER_HOURS: (_SUMMARIES, _CONVERTED),
    names.PLAYER_MONTHS: (_SUMMARIES, _CONVERTED),
    names.PLAYER_MERGES: (_SUMMARIES, "documents of an older version are rebuilt from what they merge"),
    names.WRAPPED_REPORTS: (2, _MADE_AGAIN),
    names.GROUP_REPORTS: (2, _MADE_AGAIN),
    names.DATA_QUALITY: (2, _UNTIL_WRITTEN),
    names.STAT_SUBJECTS: (2, _UNTIL_WRITTEN),
    names.STAT_IMAGES: (2, _UNTIL_WRITTEN),
    names.ITEMS: (2, _UNTIL_WRITTEN),
    names.ITEM_PRICES: (1, _NEVER_CHANGED),
    names.ITEM_MONTH_PRICES: (1, "the next run of `image_map` computes documents of an older version again"),
    names.PRICE_REFUSALS: (1, _UNTIL_WRITTEN),
    names.WIKI_ROWS: (2, _UNTIL_WRITTEN),
    names.SHARE_CARDS: (1, _UNTIL_WRITTEN),
    names.HISCORES: (2, _NEVER_CHANGED),
    names.HISCORES_ROSTER: (2, _UNTIL_WRITTEN),
    names.HISCORES_PLAYERS: (2, _UNTIL_WRITTEN),
    names.HISCORES_GAINS: (2, "the next run of `hiscores` computes documents of an older version again"),
    names.NAME_CANDIDATES: (1, _UNTIL_WRITTEN),
    names.ACTIVITY_CATALOGUE: (2, _UNTIL_WRITTEN),
    names.UPSTREAM_HOLDS: (2, _UNTIL_WRITTEN),
    names.UPSTREAM_REQUESTS: (1, _UNTIL_WRITTEN),
    names.ALERTS: (1, _UNTIL_WRITTEN),
}
SCHEMA_VERSIONS: Final = {collection: version for collection, (version, _) in _COLLECTIONS.items()}
"""The versions by collection; every document carries that of its collection."""
OLDER_DOCUMENTS: Final = {collection: older for collection, (_, older) in _COLLECTIONS.items()}
"""What becomes of documents of an older version, by collection: the contract page says it of each."""
