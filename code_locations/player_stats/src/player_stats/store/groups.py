"""Group reports: for every group that the web app names and every period with reports."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import ALL_TIME

from player_stats.domain.groups import group_report, members_of
from player_stats.domain.ranks import RANKED_FIELDS
from player_stats.domain.report import report_id
from player_stats.domain.values import is_text
from player_stats.store.enrichment import find_by_id
from player_stats.store.sizes import fits
from player_stats.store.turns import Turn, take_turn

Document: TypeAlias = dict[str, Any]

_GROUPS_AT_ONCE: Final = 100


@dataclass
class GroupChanges:
    """What making group reports did."""

    groups: int = 0
    written: int = 0
    removed: int = 0
    unchanged: int = 0
    too_large: int = 0
    """Reports left out because they would pass MongoDB's limit of 16 MiB."""
    malformed: int = 0
    """Groups whose `_id` is no text: nobody could ask for their report."""


def make_groups(analytics: Database[Document], run_id: str | None = None) -> GroupChanges:
    """Make all group reports, write those that differ and remove those of groups that are gone."""
    with take_turn(analytics, run_id) as turn:
        return _make(turn)


def _make(turn: Turn) -> GroupChanges:
    analytics, skip = turn.analytics, turn.first  # known before what is stored is read
    changes = GroupChanges()
    periods = sorted({ALL_TIME, *analytics[names.WRAPPED_REPORTS].distinct("period")})
    left = {report["_id"] for report in analytics[names.GROUP_REPORTS].find({}, {"_id": 1})}
    for group in analytics[names.PLAYER_GROUPS].find({}, {"members": 1}, batch_size=_GROUPS_AT_ONCE):
        if not is_text(group["_id"]):
            changes.malformed += 1
            continue
        changes.groups += 1
        members = members_of(group)
        wanted = {f"{period}/{group['_id']}": period for period in periods}
        stored = {report["_id"]: report for report in find_by_id(analytics, names.GROUP_REPORTS, wanted)}
        changed = []
        for identity, period in wanted.items():
            reports = find_by_id(
                analytics,
                names.WRAPPED_REPORTS,
                [report_id(period, key) for key in members],
                {**RANKED_FIELDS, "player": 1},
            )
            report = group_report(group["_id"], period, members, reports)
            left.discard(identity)
            if not fits(report):
                changes.too_large += 1
                continue
            if {**stored.get(identity, {}), "revision": None} == {**report, "revision": None}:
                changes.unchanged += 1
                if skip:
                    continue
            else:
                changes.written += 1
            changed.append(report)
        turn.replace(names.GROUP_REPORTS, changed)
    turn.remove(names.GROUP_REPORTS, sorted(left))
    changes.removed = len(left)
    return changes
