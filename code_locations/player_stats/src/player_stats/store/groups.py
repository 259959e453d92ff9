"""Group reports: one for every group in `player_groups` and every period with reports.

Groups are processed in batches; a batch reads its members' reports once per period, many per round trip, even if its
groups overlap. Only reports that differ are written.

**What is owed.** A ranking requests the group reports of its period before it clears its own request. Changes to groups
are found by comparing a digest of all groups, at most hourly. Any change, or a lost plan state, makes all groups owed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.links import applied_tenures, held_again
from wrapped_shared.periods import ALL_TIME

from player_stats.domain.groups import GroupSums, members_of
from player_stats.domain.ranks import RANKED_FIELDS, stat_values
from player_stats.domain.report import report_id
from player_stats.domain.values import is_text
from player_stats.store.encoding import EncodedDocument, with_digest
from player_stats.store.extents import Extent
from player_stats.store.plan_state import GroupsOwed, groups_owed, note_groups
from player_stats.store.turns import Changes, Turn, take_turn

Groups: TypeAlias = dict[str, list[str]]
"""Members by group."""

_GROUPS_AT_ONCE: Final = 100
_MEMBERS_AT_ONCE: Final = 20_000
_MOST_MOBS: Final = (None, 10_000, 0)
"""Limits on the mobs in a report, tried in turn until it fits. The game has fewer than 10,000 kinds, about 3 MiB, so
only invented ones are left out, and one member's inventions cannot cost the others their report."""


@dataclass
class GroupChanges(Changes):
    """Result of making group reports."""

    groups: int = 0
    too_large: int = 0
    """Reports not stored because they exceed MongoDB's limit of 16 MiB."""
    malformed: int = 0
    """Groups whose `_id` is not a string, so no report could be requested for them."""


def make_groups(analytics: Database[Document], run_id: str | None = None, *, only_owed: bool = False) -> GroupChanges:
    """Make group reports, write those that differ and remove those of deleted groups.

    Args:
        analytics: the database of reports and groups.
        run_id: the Dagster run.
        only_owed: make only the owed periods, unless a group changed; otherwise make all.
    """
    now, owed = datetime.now(UTC), groups_owed(analytics)
    with take_turn(analytics, run_id) as turn:
        final = turn.is_first  # known before anything is read
        changes = _make(turn, None if owed.everything or not only_owed else owed)
        if final:
            note_groups(analytics, owed, now)
    return changes


def _make(turn: Turn, owed: GroupsOwed | None) -> GroupChanges:
    """Make the reports of the owed periods; None = all periods."""
    analytics, changes = turn.analytics, GroupChanges()
    tenures = applied_tenures(analytics)
    again = held_again(analytics, tenures.left)
    periods = {ALL_TIME, *analytics[names.WRAPPED_REPORTS].distinct("period")}
    scope: Document = {}
    if owed is not None:
        periods &= owed.periods.keys()
        scope = {"period": {"$in": sorted(owed.periods)}}
    gone = {report["_id"] for report in analytics[names.GROUP_REPORTS].find(scope, {"_id": 1})}
    for groups in _some_groups(analytics, changes, lambda name: tenures.resolve(name, again)):
        for period in sorted(periods):
            gone -= _make_period(turn, period, groups, changes)
    turn.remove(names.GROUP_REPORTS, sorted(gone))
    changes.removed += len(gone)
    return changes


def _some_groups(analytics: Database[Document], changes: GroupChanges, whose: Callable[[str], str]) -> Iterator[Groups]:
    """Yield all groups in batches: many small groups, or a few with many members.

    `whose` returns the key of the player who held a name last.
    """
    some: Groups = {}
    listed = 0
    for group in analytics[names.PLAYER_GROUPS].find({}, {"members": 1}, batch_size=_GROUPS_AT_ONCE):
        if not is_text(group["_id"]):
            changes.malformed += 1
            continue
        changes.groups += 1
        members = members_of(group, whose)
        if some and (len(some) >= _GROUPS_AT_ONCE or listed + len(members) > _MEMBERS_AT_ONCE):
            yield some
            some, listed = {}, 0
        some[group["_id"]] = members
        listed += len(members)
    if some:
        yield some


def _make_period(turn: Turn, period: str, groups: Groups, changes: GroupChanges) -> set[str]:
    """Make the reports of a batch of groups for one period; return their `_id`s."""
    sums = {group: GroupSums(members) for group, members in groups.items()}
    of_member: dict[str, list[GroupSums]] = {}
    for found in sums.values():
        for key in found.members:
            of_member.setdefault(key, []).append(found)
    wanted = (report_id(period, key) for key in of_member)
    for report in find_by_id(turn.analytics[names.WRAPPED_REPORTS], wanted, {**RANKED_FIELDS, "player": 1}):
        values = stat_values(report)
        for found in of_member[report["player_key"]]:
            found.add(report["player_key"], report["player"], values)
    documents: list[EncodedDocument] = []
    for group, found in sums.items():
        limited = (with_digest(found.report(group, period, most_mobs)) for most_mobs in _MOST_MOBS)
        documents += islice(filter(None, limited), 1)
    changes.too_large += len(groups) - len(documents)
    identities = {f"{period}/{group}" for group in groups}
    made = turn.reconcile(names.GROUP_REPORTS, Extent("_id", identities), documents)
    changes.written += len(documents) - made.unchanged
    changes.unchanged += made.unchanged
    changes.removed += made.removed
    return identities
