"""Join: finishes divided days once all their pieces are written, and splits the players into ranges for reduce.

`player_stats.work.map_step` reads divided days; `player_stats.store.reports` makes reports.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document

from player_stats.domain.cells import span_of_days
from player_stats.domain.ledger import tally_of
from player_stats.domain.quality import PlayerTally
from player_stats.domain.slots import SLOTS
from player_stats.store.division import Staged, divided_days, finish, staged_day
from player_stats.store.ids import id_key
from player_stats.store.ledger import NEVER_READ
from player_stats.store.linked_names import chains_now, place_requests
from player_stats.store.quality import write_quality
from player_stats.store.report_requests import request_reports
from player_stats.store.requests import clear_requests
from player_stats.store.scopes import time_scope
from player_stats.store.turns import Turn, end_dead_turns, take_turn
from player_stats.store.waiting import wait_for_earlier
from player_stats.work.hours import Clock

_REQUESTS_PER_STEP: Final = 100
"""Minimum number of requests per step: a step for fewer costs more than it saves."""


@dataclass
class Joined:
    """Result of joining."""

    done: dict[str, PlayerTally] = field(default_factory=dict)
    """The tally of the documents read of each divided day that was finished."""
    left: list[str] = field(default_factory=list)
    """The divided days that stay owed: a step failed, another reader claimed the day, or new events arrived."""


def join_days(
    analytics: Database[Document],
    run: str,
    *,
    run_id: str | None = None,
    is_over: Callable[[str], bool] = lambda run_id: False,
    now: datetime | None = None,
) -> Joined:
    """Finish the days that were divided among the steps of a run.

    Args:
        analytics: the database with hours and bookkeeping.
        run: the run that divided the days.
        run_id: the Dagster run and step.
        is_over: whether a Dagster run is known to have ended.
        now: the current time, UTC.
    """
    joined = Joined()
    days = divided_days(analytics, run)
    if days:
        end_dead_turns(analytics, is_over)
    for day in days:
        with take_turn(analytics, run_id, time_scope(span_of_days(day, day))) as turn:
            staged = staged_day(analytics, day, run) if wait_for_earlier(turn) else None
            if staged is not None and _finish(turn, staged, run, Clock.at(now)):
                joined.done[day] = tally_of(staged.reading.tallies, id_key)
            else:
                joined.left.append(day)
    return joined


def slot_ranges(analytics: Database[Document], pieces: int) -> list[tuple[int, int]]:
    """Return the half-open ranges of slots, one per reduce step: at least one, and fewer if there is little to do."""
    chains = chains_now(analytics)
    place_requests(analytics, chains.names, chains)
    requests = analytics[names.REPORT_REQUESTS].estimated_document_count()
    number = max(1, min(pieces, requests // _REQUESTS_PER_STEP))
    ends = [SLOTS * step // number for step in range(number + 1)]
    return list(pairwise(ends))


def _finish(turn: Turn, staged: Staged, run: str, clock: Clock) -> bool:
    """Request the reports, write the quality documents, and clear the day."""
    work = staged.reading.work
    # If a day that was never read has no events, they may have been pruned: keep what is stored.
    empty = work.why == NEVER_READ and not any(staged.reading.seen.values())
    if staged.whole and not empty:
        owners = [
            (found["player_key"], work.day)
            for collection in (names.PLAYER_HOURS, names.PLAYER_DAYS)
            for found in turn.analytics[collection].find({"day": work.day}, {"_id": 0, "player_key": 1})
        ]
        request_reports(turn.analytics, days_in_hours=owners)
    write_quality(turn, [staged.reading])
    if not finish(turn, staged, run, clock.keep_until(work)):
        return False
    clear_requests(turn.analytics, staged.requests)
    return True
