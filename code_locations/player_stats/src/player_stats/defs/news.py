"""The job `wrapped_news`: computes a bounded portion of what MongoDB says is owed, newest first.

Plan; map, a step for each of WRAPPED_SHARDS pieces of the owed hours; join, which finishes days that several steps
read; reduce, a step for each range of the players to report; then ranks, groups and checks. A step's mapping key names
its hours or players; what is owed of them is in MongoDB. The steps write the same documents as the assets, and log
materialisations of them.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
from pydantic import Field
from wrapped_shared.asset_keys import (
    DATA_QUALITY_KEY,
    GROUP_REPORTS_KEY,
    PLAYER_DAYS_KEY,
    PLAYER_STATS,
    UNDATED_KEY,
    WRAPPED_REPORTS_KEY,
)
from wrapped_shared.definitions import team_tag
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.periods import day_of, today
from wrapped_shared.run_config import MAIN_JOB
from wrapped_shared.settings import first_day
from wrapped_shared.words import counted

from player_stats.defs.checks import evaluations
from player_stats.defs.days import prepare
from player_stats.defs.executors import steps_by_shards
from player_stats.defs.metadata import day_metadata, quality_metadata, report_metadata, tally_metadata
from player_stats.domain.quality import PlayerTally
from player_stats.settings import PlayerStatsSettings
from player_stats.store.groups import make_groups
from player_stats.store.linked_names import apply_links
from player_stats.store.outside_days import write_sealed, write_undated
from player_stats.store.plan_state import note_plan, note_reading, ranking_due, undated_due
from player_stats.store.price_changes import request_revalued
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.store.turns import end_dead_turns
from player_stats.work.compute import Bounds
from player_stats.work.day_turn import DayFigures
from player_stats.work.hours import Reader
from player_stats.work.join import join_days, slot_ranges
from player_stats.work.map_step import compute_piece, split_portion
from player_stats.work.pieces import Piece
from player_stats.work.plan import PORTION_SECONDS, make_plan, next_portion, portion_events, work_due

_RETRY: Final = dg.RetryPolicy(max_retries=2, delay=1, backoff=dg.Backoff.EXPONENTIAL)
_LATER_STEP: Final[Mapping[str, Any]] = {"ins": {"start": dg.In(dg.Nothing)}, "retry_policy": _RETRY}
"""Of all steps but the first: they start after others and get nothing from them."""

_BEFORE_OTHERS: Final = {"dagster/priority": "1"}
"""Of all queued runs, today's news start first."""
_MAY_MAKE_PODS: Final = {"pod_spec_config": {"automount_service_account_token": True}}
"""On Kubernetes the run's Pod needs a token to create Pods for its steps; they and all other runs get none."""


@contextmanager
def _step(context: dg.OpExecutionContext, mongo: MongoResource) -> Iterator[None]:
    """Run a step's work: MongoDB errors become one line, and a step that is interrupted is not retried.

    By its retry policy, Dagster would retry an interrupted step like any other failure. A retried step first ends the
    turn its predecessor left open, on any machine: Dagster has seen that process or Pod end.
    """
    with clear_errors(mongo):
        try:
            if context.retry_number:
                end_dead_turns(mongo.analytics, lambda who: who == _who(context))
            yield
        except dg.DagsterExecutionInterruptedError:
            raise dg.Failure("interrupted; what is owed stays owed", allow_retries=False) from None


class NewsConfig(dg.Config):
    """How thorough a run is."""

    thorough: bool = Field(
        default=False,
        description="Also recount the last week if documents were deleted or added with old `_id`s, and rank even if "
        "the last ranking is less than an hour old. `wrapped run` sets this.",
    )


@dg.op(out=dg.DynamicOut(dg.Nothing), description="Finds what is owed and splits it into pieces.", retry_policy=_RETRY)
def plan_news(
    context: dg.OpExecutionContext, config: NewsConfig, mongo: MongoResource
) -> Iterator[dg.DynamicOutput[None]]:
    """Mark what is owed, and yield a mapping key for each piece of a portion of it."""
    with _step(context, mongo):
        settings = PlayerStatsSettings.load()
        prepare(context, mongo)
        now = datetime.now(UTC)
        make_plan(mongo, first_day(), now, thorough=config.thorough, is_over=_is_over(context))
        request_revalued(mongo.analytics, first_day(), now)
        due = work_due(mongo.analytics, first_day(), now)
        budget = portion_events(mongo.analytics, settings.run_events, settings.shards)
        portion = next_portion(due, budget)
        reader = Reader(mongo, first_day(), _who(context))
        pieces = split_portion(reader, portion, settings.shards, budget, run=_run(context))
    found = f"{counted(len(due), 'day')} owed, of which this run computes up to {len(portion):,}"
    context.log.info(found if due else "nothing is owed")
    for piece in pieces:
        yield dg.DynamicOutput(None, mapping_key=piece.key)


@dg.op(description="Computes the owed hours and days of one piece, up to the limits of a run.", **_LATER_STEP)
def compute_part(context: dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Compute what is owed of the hours named by the step's mapping key."""

    def on_day(day: str, figures: DayFigures) -> None:
        if not figures.tally.read and not figures.changed:
            return
        context.log_event(dg.AssetMaterialization(PLAYER_DAYS_KEY, partition=day, metadata=day_metadata(day, figures)))
        _log_quality(context, day, figures.tally)
        if figures.tally.read:
            context.log.info(f"{day}: {figures.tally.read:,} events of {len(figures.summaries):,} players")

    piece = Piece.of_key(context.get_mapping_key() or "")
    with _step(context, mongo):
        settings = PlayerStatsSettings.load()
        bounds = Bounds(portion_events(mongo.analytics, settings.run_events, settings.shards), PORTION_SECONDS)
        reader = Reader(mongo, first_day(), _who(context))
        done = compute_piece(reader, piece, run=_run(context), bounds=bounds, on_day=on_day)
        note_reading(mongo.analytics, done.events, done.seconds, datetime.now(UTC))
    context.log.info(f"read {done.events:,} events and wrote {len(done.days):,} whole days")


@dg.op(
    out=dg.DynamicOut(dg.Nothing),
    description="Finishes the days that several steps read, and splits the players to report into ranges.",
    **_LATER_STEP,
)
def join_parts(context: dg.OpExecutionContext, mongo: MongoResource) -> Iterator[dg.DynamicOutput[None]]:
    """Finish divided days, and yield a mapping key for each range of players' slots."""
    with _step(context, mongo):
        joined = join_days(mongo.analytics, _run(context), run_id=_who(context), is_over=_is_over(context))
        refused = apply_links(mongo.analytics, _who(context))
        ranges = slot_ranges(mongo.analytics, PlayerStatsSettings.load().shards)
    for day, tally in joined.done.items():
        context.log_event(dg.AssetMaterialization(PLAYER_DAYS_KEY, partition=day, metadata=dict(tally_metadata(tally))))
        _log_quality(context, day, tally)
        context.log.info(f"{day}: {tally.read:,} events, read by several steps")
    if joined.left:
        context.log.info(f"{len(joined.left):,} divided days stay owed")
    if refused:
        context.log.warning(refused)
    for start, end in ranges:
        yield dg.DynamicOutput(None, mapping_key=f"slots_{start}_to_{end}")


def _log_quality(context: dg.OpExecutionContext, day: str, tally: PlayerTally) -> None:
    context.log_event(dg.AssetMaterialization(DATA_QUALITY_KEY, partition=day, metadata=quality_metadata(tally)))


def _run(context: dg.OpExecutionContext) -> str:
    """Return the id under which a run divides days: that of the original run if it is re-executed from failure."""
    return context.run.root_run_id or context.run_id


def _who(context: dg.OpExecutionContext) -> str:
    """Return the run and step, as recorded in their turns."""
    return " ".join(filter(None, (context.run_id, context.op_def.name, context.get_mapping_key())))


def _is_over(context: dg.OpExecutionContext) -> Callable[[str], bool]:
    """Return a function that says whether a run of this instance has ended; runs of other instances are unknown."""

    def is_over(who: str) -> bool:
        run = context.instance.get_run_by_id(who.split()[0])
        return run is not None and run.is_finished

    return is_over


@dg.op(description="Makes the owed reports of one range of the players.", **_LATER_STEP)
def make_reports_owed(context: dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Make the owed reports of the players' slots named by the step's mapping key."""
    started = time.monotonic()
    _, start, _, end = (context.get_mapping_key() or "").split("_")
    with _step(context, mongo):
        changes = make_owed_reports(mongo.analytics, run_id=_who(context), slots=(int(start), int(end)))
    if changes.left_owed:
        context.log.info("some reports stay owed: another run is writing the days they are made from")
    if changes.players:
        metadata: dict[str, Any] = {**report_metadata(changes), "seconds": round(time.monotonic() - started, 3)}
        context.log_event(dg.AssetMaterialization(WRAPPED_REPORTS_KEY, metadata=metadata))


@dg.op(
    description="Ranks the reports of touched periods and makes group reports, at most hourly; runs the checks.",
    **_LATER_STEP,
)
def rank_and_check(context: dg.OpExecutionContext, config: NewsConfig, mongo: MongoResource) -> None:
    """Rank, make groups, count undated documents once a day, evaluate the checks."""
    with _step(context, mongo):
        now = datetime.now(UTC)
        if config.thorough or ranking_due(mongo.analytics, now):
            changed = make_owed_ranks(mongo.analytics, _who(context))
            groups = make_groups(mongo.analytics, _who(context), only_owed=not config.thorough)
            note_plan(mongo.analytics, ranked_at=now)
            context.log.info(f"the ranks of {changed:,} reports changed")
            context.log_event(dg.AssetMaterialization(GROUP_REPORTS_KEY, metadata=asdict(groups)))
        if config.thorough or undated_due(mongo.analytics, now):
            counts = write_undated(mongo.raw, mongo.analytics, first_day(), today())
            write_sealed(mongo.raw, mongo.analytics, first_day())
            note_plan(mongo.analytics, undated=day_of(now))
            context.log_event(dg.AssetMaterialization(UNDATED_KEY, metadata={"undated": sum(counts.values())}))
        for evaluation in evaluations(mongo):
            context.log_event(evaluation)  # type: ignore[arg-type]  # the signature lags behind the code


@dg.job(
    name="wrapped_news",
    executor_def=steps_by_shards,
    tags={**team_tag(PLAYER_STATS), "dagster-k8s/config": _MAY_MAKE_PODS, **MAIN_JOB, **_BEFORE_OTHERS},
    description="Computes a bounded portion of what MongoDB says is owed (new events, late telemetry, requested days, "
    "a backlog), newest first, then the reports, ranks and groups that depend on it.",
)
def wrapped_news() -> None:
    """Compute hours and days, then reports, then what depends on all players."""
    slots = join_parts(plan_news().map(compute_part).collect())
    rank_and_check(slots.map(make_reports_owed).collect())
