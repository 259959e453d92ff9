"""Reading players' stored days: those of all names that a player held, each limited to its tenures.

Days are stored under the name that sent them. On the day of a change of names a player has two; they are merged, the
older name's first.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.links import clauses_of_days
from wrapped_shared.periods import month_of

from player_stats.domain.chains import Chains
from player_stats.domain.days import day_id
from player_stats.domain.running_merges import merged, summary_of
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.merged_days import PlayerDays
from player_stats.store.merges import ReportChanges

AFTER_ITS_DAYS: Final = "-32"
"""Sorts after the days of a month."""
AFTER_ALL_DAYS: Final = ":"
"""Sorts after every day, and before the names used in place of a day, such as "undated"."""
_AT_ONCE: Final = 1_000


class StoredDays:
    """Players' stored days, by player key."""

    def __init__(self, analytics: Database[Document], chains: Chains, changes: ReportChanges) -> None:
        """Read under these chains of names, and count the summaries read."""
        self._analytics, self._chains, self._changes = analytics, chains, changes

    def some(self, wanted: Iterable[tuple[str, str]], known: PlayerDays) -> Iterator[tuple[str, str, Summary]]:
        """Yield (player key, day, summary) of the wanted days, reading those that are not known by (name, day)."""
        parts = {(key, day): self._chains.names_on(key, day) for key, day in wanted}
        of_names = {(name, day) for (_, day), found in parts.items() for name in found}
        summaries = {owner: known[owner] for owner in of_names & known.keys()}
        unknown = [day_id(*owner) for owner in of_names - known.keys()]
        for document in find_by_id(self._analytics[names.PLAYER_DAYS], unknown):
            self._changes.summaries_read += 1
            summaries[document["player_key"], document["day"]] = summary_of(document)
        for (key, day), found in parts.items():
            whole = merged(summaries.get((name, day)) for name in found)
            if whole is not None:
                yield key, day, whole

    def of_months(self, wanted: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, Summary]]:
        """Yield (player key, day, summary) of all days of the players of each month, each player's in order."""
        for month, keys in sorted(wanted.items()):
            span = month, month + AFTER_ITS_DAYS
            alone = sorted(key for key in keys if not self._chains.is_linked(key))
            query = {"player_key": {"$in": alone}, "day": {"$gte": span[0], "$lt": span[1]}}
            found = self._analytics[names.PLAYER_DAYS].find(query, batch_size=_AT_ONCE)
            for document in found.sort([("player_key", 1), ("day", 1)]) if alone else ():
                self._changes.summaries_read += 1
                yield document["player_key"], document["day"], summary_of(document)
            for key in sorted(set(keys) - set(alone)):
                for day, summary in days_of_player(self._analytics, self._chains, key, span):
                    self._changes.summaries_read += 1
                    yield key, day, summary

    def months(self, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield (player key, month) of the players' stored days."""
        alone = sorted(key for key in keys if not self._chains.is_linked(key))
        if alone:
            yield from months_of_days(self._analytics, [{"player_key": {"$in": alone}}])
        for key in sorted(set(keys) - set(alone)):
            clauses = clauses_of_days(self._chains.tenures, key, "", AFTER_ALL_DAYS)
            yield from ((key, month) for _, month in months_of_days(self._analytics, clauses))


def days_of_player(
    analytics: Database[Document], chains: Chains, key: str, span: tuple[str, str]
) -> Iterator[tuple[str, Summary]]:
    """Yield (day, summary) of a player's days in a half-open range, in order."""
    days = analytics[names.PLAYER_DAYS]
    clauses = clauses_of_days(chains.tenures, key, *span)
    of_names = [days.find(clause, batch_size=_AT_ONCE).sort("day", 1) for clause in clauses]
    in_order = heapq.merge(*of_names, key=itemgetter("day"))
    for day, documents in groupby(in_order, key=itemgetter("day")):
        same = {document["player_key"]: document for document in documents}
        yield day, merge_all(summary_of(same[name]) for name in chains.names_on(key, day) if name in same)


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
