"""Map: splitting a portion into pieces for steps, and computing one piece in a step.

Steps pass each other nothing but a piece's key: what is owed in it, and what was read of divided days, is in MongoDB.
`player_stats.work.join` finishes divided days.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from wrapped_shared.periods import day_start_ms
from wrapped_shared.seal import first_open_day

from player_stats.domain.cells import HOUR_MS, span_of_days
from player_stats.domain.quality import PlayerTally, total
from player_stats.store.division import claim_piece, divide, stage
from player_stats.store.hours import write_hours
from player_stats.store.ledger import DayWork
from player_stats.store.reading import read_marks
from player_stats.work.compute import Bounds, compute
from player_stats.work.day_turn import Computed, OnDay, ignore_day
from player_stats.work.hours import Reader, parts_of, read_hours
from player_stats.work.pieces import Piece, cut_into_pieces
from player_stats.work.plan import work_due
from player_stats.work.weights import weigh


def split_portion(reader: Reader, portion: Sequence[DayWork], pieces: int, budget: int, *, run: str) -> list[Piece]:
    """Split a portion into pieces, newest first, and claim the days that span pieces for the run's steps.

    Args:
        reader: the step that splits.
        portion: owed days, newest first.
        pieces: the maximum number of pieces; a single piece covers the whole portion.
        budget: how many events several pieces may contain together.
        run: the id of the run, the same in all its steps.
    """
    if not portion:
        return []
    if pieces == 1:
        return cut_into_pieces([work.day for work in portion], {}, 1)
    today = reader.clock.today.isoformat()
    taken, hours = weigh(reader.mongo.raw, portion, budget, today)
    found = cut_into_pieces([work.day for work in taken], hours, pieces)
    divided = {day for piece in found for day, _ in piece.parts()}
    if divided:
        with reader.take_turn(span_of_days(min(divided), max(divided))) as turn:
            divide(turn, [work for work in taken if work.day in divided], run, today)
    return found


def compute_piece(reader: Reader, piece: Piece, *, run: str, bounds: Bounds, on_day: OnDay = ignore_day) -> Computed:
    """Compute what is owed in a piece: first its hours of divided days, which the join needs, then its whole days.

    Args:
        reader: the step that computes.
        piece: the piece.
        run: the run that divided the days.
        bounds: when to stop computing whole days.
        on_day: called with each whole day that was written.
    """
    started = time.monotonic()
    read = [_compute_hours(reader, day, hours, run) for day, hours in piece.parts()]
    whole = set(piece.whole_days())
    now = reader.now or datetime.now(UTC)
    due = work_due(reader.mongo.analytics, reader.first_day, now) if whole else []
    days = [work.day for work in due if work.day in whole]
    done = compute(reader, days, bounds=bounds, on_day=on_day)
    done.tally = total([done.tally, *read])
    done.seconds = time.monotonic() - started
    return done


def _compute_hours(reader: Reader, day: str, hours: Sequence[str], run: str) -> PlayerTally:
    """Compute the owed parts of some hours of a divided day; return the tally of their documents.

    If the day is read whole, reports are only requested when it is joined.
    """
    start, analytics = day_start_ms(day), reader.mongo.analytics
    span = start + int(hours[0]) * HOUR_MS, start + (int(hours[-1]) + 1) * HOUR_MS
    with reader.take_turn(span) as turn:
        part = claim_piece(turn, day, run, hours) if day >= first_open_day(analytics, reader.first_day) else None
        if part is None:  # another reader has claimed the day or finished it, or it was sealed
            return PlayerTally()
        marks = read_marks(analytics)
        found = read_hours(turn, reader, reader.clock, part.work, marks)
        write_hours(turn, day, found.cells, found.labels, report=not part.whole)
        stage(turn, part, found.labels, *parts_of(day, found.readings, marks))
    return total(tally for reading in found.readings.values() for tally in reading.tallies.values())
