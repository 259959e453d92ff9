"""Which months of players are stored: as days, as merged months, or in reports."""

from collections.abc import Iterable, Iterator
from typing import Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.periods import month_of

_AT_ONCE: Final = 1_000


def months_of_days(analytics: Database[Document], clauses: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """Yield (name, month) of the stored days that any of the queries finds."""
    owner = {"key": "$player_key", "month": {"$substrBytes": ["$day", 0, 7]}}
    for clause in clauses:  # one by one: some servers answer `$or` without an index
        grouped: list[Document] = [{"$match": clause}, {"$group": {"_id": owner}}]
        for found in analytics[names.PLAYER_DAYS].aggregate(grouped, batchSize=_AT_ONCE):
            yield found["_id"]["key"], found["_id"]["month"]


def all_months(analytics: Database[Document], players: frozenset[str] | None) -> dict[str, set[str]]:
    """Return all months of all or the chosen names, including those known only from stored months and reports."""
    touched: dict[str, set[str]] = {}
    keys: list[str | None] = [None] if players is None else [*sorted(players)]
    for key in keys:
        query: Document = {} if key is None else {"player_key": key}
        for day in analytics[names.PLAYER_DAYS].find(query, {"_id": 0, "player_key": 1, "day": 1}):
            touched.setdefault(day["player_key"], set()).add(month_of(day["day"]))
        for month in analytics[names.PLAYER_MONTHS].find(query, {"_id": 0, "player_key": 1, "month": 1}):
            touched.setdefault(month["player_key"], set()).add(month["month"])
        for report in analytics[names.WRAPPED_REPORTS].find(query, {"_id": 0, "player_key": 1, "coverage": 1}):
            months = touched.setdefault(report["player_key"], set())
            months |= {month_of(report["coverage"][end]) for end in ("first_day", "last_day")}
    return touched
