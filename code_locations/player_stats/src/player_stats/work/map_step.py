"""Map: splitting a portion into pieces for steps, and computing one piece in a step.

Steps pass each other nothing but a piece's key: what is owed in it, and what was read of divided days, is in MongoDB.
`player_stats.work.join` finishes divided days.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms
from wrapped_shared.seal import first_open_day

from player_stats.domain.cells import HOUR_MS, span_of_days
from player_stats.domain.quality import PlayerTally, total
from player_stats.store.division import claim_piece, divide, stage
from player_stats.store.hours import write_hours
from player_stats.store.ledger import DayWork
from player_stats.store.reading import read_marks
from player_stats.store.scopes import time_scope
from player_stats.store.turns import take_turn
from player_stats.work.compute import Bounds, compute
from player_stats.work.day_turn import Computed, OnDay, ignore_day
from player_stats.work.hours import Clock, parts_of, read_hours
from player_stats.work.pieces import Piece, cut_into_pieces
from player_stats.work.plan import work_due
from player_stats.work.weights import weigh


def split_portion(
    mongo: MongoResource,
    portion: Sequence[DayWork],
    pieces: int,
    budget: int,
    *,
    run: str,
    run_id: str | None = None,
    now: datetime | None = None,
) -> list[Piece]:
    """Split a portion into pieces, newest first, and claim the days that span pieces for the run's steps.

    Args:
        mongo: the opened resource.
        portion: owed days, newest first.
        pieces: the maximum number of pieces; a single piece covers the whole portion.
        budget: how many events several pieces may contain together.
        run: the id of the run, the same in all its steps.
        run_id: the Dagster run and step.
        now: the current time, UTC.
    """
    if not portion:
        return []
    if pieces == 1:
        return cut_into_pieces([work.day for work in portion], {}, 1)
    today = (now or datetime.now(UTC)).date().isoformat()
    taken, hours = weigh(mongo.raw, portion, budget, today)
    found = cut_into_pieces([work.day for work in taken], hours, pieces)
    divided = {day for piece in found for day, _ in piece.parts()}
    if divided:
        with take_turn(mongo.analytics, run_id, time_scope(span_of_days(min(divided), max(divided)))) as turn:
            divide(turn, [work for work in taken if work.day in divided], run, today)
    return found


def compute_piece(
    mongo: MongoResource,
    piece: Piece,
    first_day: str,
    *,
    run: str,
    bounds: Bounds,
    run_id: str | None = None,
    on_day: OnDay = ignore_day,
    now: datetime | None = None,
) -> Computed:
    """Compute what is owed in a piece: first its hours of divided days, which the join needs, then its whole days.

    Args:
        mongo: the opened resource.
        piece: the piece.
        first_day: the first day that counts.
        run: the run that divided the days.
        bounds: when to stop computing whole days.
        run_id: the Dagster run and step.
        on_day: called with each whole day that was written.
        now: the current time, UTC; by default the time when each turn starts.
    """
    started = time.monotonic()
    read = [
        _compute_hours(mongo, day, hours, first_day, run=run, run_id=run_id, now=now) for day, hours in piece.parts()
    ]
    whole = set(piece.whole_days())
    due = work_due(mongo.analytics, first_day, now or datetime.now(UTC)) if whole else []
    days = [work.day for work in due if work.day in whole]
    done = compute(mongo, days, first_day, bounds=bounds, run_id=run_id, on_day=on_day, now=now)
    done.tally = total([done.tally, *read])
    done.seconds = time.monotonic() - started
    return done


def _compute_hours(
    mongo: MongoResource, day: str, hours: Sequence[str], first_day: str, *, run: str, run_id: str | None,
    now: datetime | None,
) -> PlayerTally:  # fmt: skip
    """Compute the owed parts of some hours of a divided day; return the tally of their documents.

    If the day is read whole, reports are only requested when it is joined.
    """
    start = day_start_ms(day)
    span = start + int(hours[0]) * HOUR_MS, start + (int(hours[-1]) + 1) * HOUR_MS
    with take_turn(mongo.analytics, run_id, time_scope(span)) as turn:
        part = claim_piece(turn, day, run, hours) if day >= first_open_day(mongo.analytics, first_day) else None
        if part is None:  # another reader has claimed the day or finished it, or it was sealed
            return PlayerTally()
        marks = read_marks(mongo.analytics)
        found = read_hours(turn, mongo, part.work, first_day=first_day, marks=marks, clock=Clock.at(now))
        write_hours(turn, day, found.cells, found.labels, report=not part.whole)
        stage(turn, part, found.labels, *parts_of(day, found.readings, marks))
    return total(tally for reading in found.readings.values() for tally in reading.tallies.values())
