"""The asset `hiscores_players`: when everyone is due, and who has waited too long.

What belongs here: refreshing `next_due` after a scrape, and counting. What does not: scraping.
"""

from collections import Counter
from datetime import UTC, datetime

import dagster as dg
from wrapped_shared.asset_keys import HISCORES_PLAYERS_KEY, SNAPSHOTS_KEY, TRACKED_PLAYERS_KEY
from wrapped_shared.definitions import Materialized, warning
from wrapped_shared.models.hiscores import HiscoresPlayer
from wrapped_shared.mongo import MongoResource, clear_errors

from hiscores.defs.common import asset
from hiscores.domain.planner import OVERDUE_INTERVALS, next_due, overdue_intervals
from hiscores.domain.states import NEVER, PlayerState
from hiscores.store.players import all_states, save_due
from hiscores.store.roster import load_roster


@asset(
    HISCORES_PLAYERS_KEY,
    "Scrape status of every player: status, account type, when they were last checked and when they are "
    "due again (UTC). The scrape writes each player as it goes; this asset brings `next_due` up to date with "
    "newer telemetry.",
    [SNAPSHOTS_KEY, TRACKED_PLAYERS_KEY],
    HiscoresPlayer,
    checks={"nobody_long_overdue": "Passes if no player is overdue by more than three of their intervals."},
)
def hiscores_players(mongo: MongoResource) -> Materialized:
    """Bring `next_due` up to date and count."""
    now = datetime.now(UTC)
    statuses: Counter[str] = Counter()
    overdue: list[float] = []
    due: list[tuple[str, datetime]] = []
    with clear_errors(mongo):
        roster = load_roster(mongo.analytics)
        waiting = set(roster)
        for state, stored in all_states(mongo.analytics):
            tracked = roster.get(state.key)
            statuses[state.status] += 1
            waiting.discard(state.key)
            moment = NEVER if tracked is None else next_due(state, tracked)
            if moment != stored:
                due.append((state.key, moment))
            if tracked is not None:
                overdue.append(overdue_intervals(state.tracked_as(tracked), now))
        save_due(mongo.analytics, due)
        newcomers = (PlayerState(key, key).tracked_as(roster[key]) for key in waiting)
        overdue += [overdue_intervals(state, now) for state in newcomers]
    late = [intervals for intervals in overdue if intervals > OVERDUE_INTERVALS]
    return dg.MaterializeResult(
        metadata={
            "tracked": len(roster),
            "never_asked": len(waiting),
            "due_now": sum(intervals > 0 for intervals in overdue),
            "statuses": dg.MetadataValue.json(dict(sorted(statuses.items()))),
            "due_dates_changed": len(due),
        },
        check_results=[
            warning(
                check_name="nobody_long_overdue",
                passed=not late,
                metadata={"players": len(late), "most_intervals": max(late, default=0.0)},
            )
        ],
    )
