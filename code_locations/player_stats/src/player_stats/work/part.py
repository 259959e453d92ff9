"""Map: what one step does with its piece of a portion, and how a portion is given out to steps.

Steps hand nothing to each other but their piece's key: what is owed within it, and what was read of divided days, lies
in MongoDB. Finishing divided days is `player_stats.work.join`'s.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, next_day

from player_stats.domain.cells import HOUR_MS
from player_stats.domain.quality import PlayerTally, total
from player_stats.store.division import claim_piece, divide, stage
from player_stats.store.hours import write_hours
from player_stats.store.ledger import DayWork
from player_stats.store.reading import read_marks
from player_stats.store.scopes import time_scope
from player_stats.store.turns import take_turn
from player_stats.work.compute import Bounds, compute
from player_stats.work.hours import Clock, parts_of, read_hours, tallies_of
from player_stats.work.pieces import Piece, cut_into_pieces
from player_stats.work.plan import works_due
from player_stats.work.turn_of_days import Computed, Told, nothing_told
from player_stats.work.weights import weigh


def give_out(
    mongo: MongoResource,
    portion: Sequence[DayWork],
    pieces: int,
    budget: int,
    *,
    run: str,
    run_id: str | None = None,
    now: datetime | None = None,
) -> list[Piece]:
    """Cut a portion into pieces, the newest first, and claim the days that no piece holds whole for a run's steps.

    Args:
        mongo: the opened resource.
        portion: owed days, newest first.
        pieces: into how many pieces it is cut at most; one takes all of it, and as much as it can.
        budget: how many events several pieces may hold together.
        run: the run, by an id that all its steps know.
        run_id: the run this is done for, as Dagster knows it.
        now: the present, UTC.
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
        scope = time_scope((day_start_ms(min(divided)), day_start_ms(next_day(max(divided)))))
        with take_turn(mongo.analytics, run_id, scope) as turn:
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
    told: Told = nothing_told,
    now: datetime | None = None,
) -> Computed:
    """Compute what is owed within a piece: its hours of divided days, which others wait for, then its whole days.

    Args:
        mongo: the opened resource.
        piece: the piece.
        first_day: the first day that counts.
        run: the run that divided the days.
        bounds: where to stop with whole days.
        run_id: the run this is done for, as Dagster knows it.
        told: called with each whole day that was written.
        now: the present, UTC; by default that of each turn.
    """
    begun = time.monotonic()
    read = [
        _compute_hours(mongo, day, hours, first_day, run=run, run_id=run_id, now=now) for day, hours in piece.parts()
    ]
    whole = set(piece.whole_days())
    due = works_due(mongo.analytics, first_day, now or datetime.now(UTC)) if whole else []
    days = [work.day for work in due if work.day in whole]
    done = compute(mongo, days, first_day, bounds=bounds, run_id=run_id, told=told, now=now)
    done.tally = total([done.tally, *read])
    done.seconds = time.monotonic() - begun
    return done


def _compute_hours(
    mongo: MongoResource, day: str, hours: Sequence[str], first_day: str, *, run: str, run_id: str | None,
    now: datetime | None,
) -> PlayerTally:  # fmt: skip
    """Compute what is owed of some hours of a divided day; return what became of their documents.

    Of a day that is read whole no report is requested before all of it is there.
    """
    start = day_start_ms(day)
    span = start + int(hours[0]) * HOUR_MS, start + (int(hours[-1]) + 1) * HOUR_MS
    with take_turn(mongo.analytics, run_id, time_scope(span)) as turn:
        piece = claim_piece(turn, day, run, hours)
        if piece is None:  # somebody else reads the day, or has read it
            return PlayerTally()
        marks = read_marks(mongo.analytics)
        found = read_hours(turn, mongo, piece.work, first_day, marks, Clock.at(now))
        write_hours(turn, day, found.cells, found.labels, report=not piece.whole)
        tallies = tallies_of(found.readings)
        stage(turn, piece, found.labels, *parts_of(day, found.readings, tallies, marks))
    return total(tally for of_cell in tallies.values() for tally in of_cell.values())
