"""The links by which reports are made: `applied_names`, brought in line with `player_names`.

A change of links moves days from one player to another. It is applied in a turn that no other turn over players or
time overlaps: so every turn that makes reports has the same links from its beginning to its end, and the names that
are connected by links can share a slot. Their reports are requested before the links are recorded as applied; a process
that dies in between leaves the change owed. No day is computed again: months and reports are merged from stored days.
"""

from collections.abc import Iterable
from typing import Final

from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches, write_all
from wrapped_shared.documents import Document
from wrapped_shared.links import APPLIED, applied_links, digest_of_links, links_changed, read_links, resolved
from wrapped_shared.stored.bookkeeping import AppliedNames
from wrapped_shared.stored.player_stats import ReportRequestFields
from wrapped_shared.tenures import LinkError

from player_stats.domain.chains import Chains, changed_groups
from player_stats.domain.running_merges import DAYS, MONTHS, YEARS, running_id
from player_stats.store.report_requests import ALL_SLOTS, request_reports
from player_stats.store.scopes import players_scope
from player_stats.store.stored_days import all_months, months_of_days
from player_stats.store.turns import Turn, take_turn
from player_stats.store.waiting import wait_for_earlier

_REFUSED: Final = "the links in player_names were not applied (wrapped rename --list says why)"
_BUSY: Final = "another run is writing the days that reports are made from: the change of names stays owed"


class AppliedLinks:
    """The links that apply now; they are read again only when they changed."""

    def __init__(self) -> None:
        """Start without links."""
        self._revision: int | None = None
        self._chains = Chains()

    def chains(self, analytics: Database[Document]) -> Chains:
        """Return the chains of names; in a turn over players, they apply until it ends once it is first."""
        found = analytics[names.APPLIED_NAMES].find_one(APPLIED, {"revision": 1})
        revision = None if found is None else found.get("revision", 0)
        if revision != self._revision:
            self._chains, self._revision = Chains(applied_links(analytics)), revision
        return self._chains


def chains_now(analytics: Database[Document]) -> Chains:
    """Return the chains of names as the applied links say."""
    return Chains(applied_links(analytics))


def chosen_names(analytics: Database[Document], keys: Iterable[str]) -> frozenset[str]:
    """Return all names of chosen players: of whoever held each of the names last."""
    chains = chains_now(analytics)
    return chains.of_chain(resolved(analytics, chains.tenures, keys).values()) | frozenset(keys)


def apply_links(analytics: Database[Document], run_id: str | None = None) -> str | None:
    """Apply changes of `player_names`, requesting all reports that they affect.

    Returns:
        Why the links were not applied, without names; None if they were.
    """
    if not links_changed(analytics):
        return None
    with take_turn(analytics, run_id, players_scope(ALL_SLOTS)) as turn:
        if not wait_for_earlier(turn):
            return _BUSY
        digest = digest_of_links(analytics)
        before, error = applied_links(analytics), None
        try:
            after = read_links(analytics)
            chains = Chains(after)
        except LinkError as refused:
            after, chains, error = before, Chains(before), str(refused)
        for group in changed_groups(before, after):
            _request(turn, group, chains)
        applied: AppliedNames = {
            "_id": APPLIED["_id"],
            "links": [{"old": link.old, "now": link.now, "from_day": link.from_day} for link in chains.tenures.links],
            "digest": digest,
            "error": error,
        }
        turn.replace(names.APPLIED_NAMES, [applied])
    return _REFUSED if error else None


def place_requests(analytics: Database[Document], some: Iterable[str], chains: Chains) -> None:
    """Move the requests for some names to the slots that the names have now."""
    for keys in batches(sorted(some)):
        requests = analytics[names.REPORT_REQUESTS].find({"player_key": {"$in": keys}}, {"player_key": 1, "slot": 1})
        moves = [
            UpdateOne({"_id": request["_id"]}, {"$set": ReportRequestFields(slot=chains.slot(request["player_key"]))})
            for request in requests
            if request.get("slot") not in (None, chains.slot(request["player_key"]))
        ]
        write_all(analytics[names.REPORT_REQUESTS], moves)


def _request(turn: Turn, group: frozenset[str], chains: Chains) -> None:
    """Request the reports of connected names, and remove their merges: they are made from days again."""
    analytics = turn.analytics
    months = all_months(analytics, group)
    request_reports(analytics, months=((key, month) for key, found in months.items() for month in found))
    place_requests(analytics, group, chains)
    # A sealed month without any days cannot be merged again: it stays as it is.
    merged = {month for _, month in months_of_days(analytics, [{"player_key": {"$in": sorted(group)}}])}
    turn.remove(names.PLAYER_MONTHS, [f"{key}|{month}" for key in sorted(group) for month in sorted(merged)])
    # The merges of hours are those of a name, whoever held it.
    levels = (DAYS, MONTHS, YEARS)
    turn.remove(names.PLAYER_MERGES, [running_id(key, level) for key in sorted(group) for level in levels])
