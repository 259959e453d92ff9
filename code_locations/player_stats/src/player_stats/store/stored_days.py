"""Reading players' stored days: those of all names that a player held, each limited to its tenures.

Days are stored under the name that sent them. On the day of a change of names a player has two; they are merged, the
older name's first.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.links import clauses_of_days

from player_stats.domain.chains import Chains
from player_stats.domain.days import day_id
from player_stats.domain.running_merges import merged, summary_of
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.merged_days import PlayerDays
from player_stats.store.merges import ReportChanges
from player_stats.store.stored_months import months_of_days

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
    same: dict[str, Document] = {}
    day = ""
    for document in heapq.merge(*of_names, key=itemgetter("day")):
        if document["day"] != day and same:
            yield day, _in_order(same, chains.names_on(key, day))
            same = {}
        day = document["day"]
        same[document["player_key"]] = document
    if same:
        yield day, _in_order(same, chains.names_on(key, day))


def _in_order(same: Mapping[str, Document], order: Iterable[str]) -> Summary:
    """Merge the documents of one day in the order of their names."""
    summaries = (summary_of(same[name]) for name in order if name in same)
    return merge_all(summaries)
