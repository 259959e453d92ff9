"""The result for players named on the command line, as lines for the terminal: Dagster's metadata never holds names.

What belongs here: reading their hiscores status from MongoDB. What does not: scraping, and how lines are shown.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo.database import Database
from wrapped_shared.collections import HISCORES_PLAYERS
from wrapped_shared.names import player_key

_WORDS: Final = {
    "not_found": "not found",
    "unranked": "listed, but unranked in every row",
    "not_looked_up": "not looked up",
}
_NAMES_A_LINE: Final = 20


def without_snapshot(analytics: Database[dict[str, Any]], players: Sequence[str], since: datetime) -> Iterator[str]:
    """Yield lines that name the players without a snapshot from a manual scrape that started at `since`."""
    keys = {name: player_key(name) for name in players}
    found = analytics[HISCORES_PLAYERS].find({"_id": {"$in": list(keys.values())}}, {"status": 1, "checked_at": 1})
    moment = since - timedelta(seconds=1)  # MongoDB keeps milliseconds
    statuses = {document["_id"]: str(document["status"]) for document in found if document["checked_at"] >= moment}
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, key in keys.items():
        status = statuses.get(str(key), "not_looked_up")
        if status not in ("ok", "name_changed"):
            names[_WORDS.get(status, "no valid response")].append(name)
    for word, some in sorted(names.items()):
        for start in range(0, len(some), _NAMES_A_LINE):
            yield f"hiscores: {word}: {', '.join(some[start : start + _NAMES_A_LINE])}"
