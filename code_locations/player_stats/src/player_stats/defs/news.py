"""The job `wrapped_news`: whatever MongoDB says is owed, a bounded portion of it, the newest first.

Plan, days, reports, then ranks, groups and checks. The days are cut into WRAPPED_SHARDS pieces, a step each; a step is
told by its mapping key which days are its own, and what is owed of them lies in MongoDB. The steps write what a person
would materialise, and log it as materialisations of those assets.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
from pydantic import Field
from wrapped_shared.asset_keys import (
    DATA_QUALITY_KEY,
    GROUP_REPORTS_KEY,
    PLAYER_DAYS_KEY,
    UNDATED_KEY,
    WRAPPED_REPORTS_KEY,
)
from wrapped_shared.mongo import MongoResource, clear_mongo_errors
from wrapped_shared.periods import today
from wrapped_shared.run_config import MAIN_JOB
from wrapped_shared.settings import first_day

from player_stats.defs.checks import evaluations
from player_stats.defs.common import OWNER
from player_stats.defs.days import prepare
from player_stats.defs.executors import steps_by_shards
from player_stats.defs.metadata import day_metadata, group_metadata, quality_metadata, report_metadata
from player_stats.settings import PlayerStatsSettings
from player_stats.store.groups import make_groups
from player_stats.store.plan_state import note_ranking, note_undated, ranking_due, undated_due
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.store.seal import write_sealed
from player_stats.store.undated import write_undated
from player_stats.work.compute import Bounds, compute
from player_stats.work.pieces import cut_into_pieces
from player_stats.work.plan import PORTION_SECONDS, make_plan, next_portion, note_speed, portion_events
from player_stats.work.turn_of_days import DayFigures

_AGAIN: Final = dg.RetryPolicy(max_retries=2, delay=1, backoff=dg.Backoff.EXPONENTIAL)


_MAY_MAKE_PODS: Final = {"pod_spec_config": {"automount_service_account_token": True}}
"""On Kubernetes the run's own Pod needs a token to make Pods for its steps; those get none, nor does any other run."""


@contextmanager
def _step(mongo: MongoResource) -> Iterator[None]:
    """What every step does its work in: errors of MongoDB are one line, and a step that is told to end ends.

    Dagster would try it again, as it does with any other error where there is a retry policy.
    """
    with clear_mongo_errors(mongo):
        try:
            yield
        except dg.DagsterExecutionInterruptedError:
            raise dg.Failure("told to end; what is owed stays owed", allow_retries=False) from None


class NewsConfig(dg.Config):
    """How much is looked at and done."""

    thorough: bool = Field(
        default=False,
        description="Also count the last week again where documents have gone or come with old `_id`s, and rank even "
        "if that was done within the hour: what `wrapped run` does.",
    )


@dg.op(out=dg.DynamicOut(dg.Nothing), description="Finds what is owed and cuts it into pieces.", retry_policy=_AGAIN)
def plan_news(
    context: dg.OpExecutionContext, config: NewsConfig, mongo: MongoResource
) -> Iterator[dg.DynamicOutput[None]]:
    """Note what is owed, and name a step for each piece of a portion of it."""
    settings = PlayerStatsSettings.load()
    with _step(mongo):
        prepare(context, mongo)
        now = datetime.now(UTC)
        make_plan(mongo, first_day(), now, thorough=config.thorough, is_over=lambda run_id: _is_over(context, run_id))
        portion = next_portion(mongo.analytics, first_day(), now, settings.run_events)
    pieces = cut_into_pieces(portion, settings.shards)
    context.log.info(f"{len(portion):,} days are owed" if portion else "nothing is owed")
    for first, last in pieces:
        yield dg.DynamicOutput(None, mapping_key=f"{first}_to_{last}".replace("-", "_"))


@dg.op(
    ins={"start": dg.In(dg.Nothing)},
    out=dg.Out(dg.Nothing),
    description="Computes the days of one piece, newest first, as many as a run may take.",
    retry_policy=_AGAIN,
)
def compute_days(context: dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Compute what is owed of the days that the step's mapping key names."""

    def told(day: str, figures: DayFigures) -> None:
        if not figures.tally.read and not figures.written.changed:
            return
        context.log_event(dg.AssetMaterialization(PLAYER_DAYS_KEY, partition=day, metadata=day_metadata(day, figures)))
        context.log_event(dg.AssetMaterialization(DATA_QUALITY_KEY, partition=day, metadata=quality_metadata(figures)))
        if figures.tally.read:
            context.log.info(f"{day}: {figures.tally.read:,} events of {len(figures.summaries):,} players")

    first, last = days_of_key(context.get_mapping_key() or "")
    settings = PlayerStatsSettings.load()
    with _step(mongo):
        budget = portion_events(mongo.analytics, settings.run_events) // settings.shards
        portion = next_portion(mongo.analytics, first_day(), datetime.now(UTC), settings.run_events)
        days = [work.day for work in portion if first <= work.day <= last]
        bounds = Bounds(max(1, budget), PORTION_SECONDS)
        done = compute(mongo, days, first_day(), bounds=bounds, run_id=context.run_id, told=told)
        note_speed(mongo.analytics, done.events, done.seconds)
    context.log.info(f"{len(done.days):,} of {len(days):,} days: {done.events:,} events")


def _is_over(context: dg.OpExecutionContext, run_id: str) -> bool:
    """Whether this instance knows that a run has ended; runs of other instances are not known."""
    run = context.instance.get_run_by_id(run_id)
    return run is not None and run.is_finished


def days_of_key(key: str) -> tuple[str, str]:
    """Return the first and last day that a step's mapping key names.

    Raises:
        ValueError: the key names no days.
    """
    found = re.fullmatch(r"(\d{4})_(\d\d)_(\d\d)_to_(\d{4})_(\d\d)_(\d\d)", key)
    if found is None:
        raise ValueError(f"{key!r} names no days")
    return "-".join(found.groups()[:3]), "-".join(found.groups()[3:])


@dg.op(
    ins={"start": dg.In(dg.Nothing)},
    out=dg.Out(dg.Nothing),
    description="Makes the reports that are owed.",
    retry_policy=_AGAIN,
)
def make_reports_owed(context: dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Make the owed reports."""
    started = time.monotonic()
    with _step(mongo):
        changes = make_owed_reports(mongo.analytics, run_id=context.run.run_id)
    if changes.left_owed:
        context.log.info("some reports stay owed: another run is writing the days they are made from")
    if changes.players:
        metadata: dict[str, Any] = {**report_metadata(changes), "seconds": round(time.monotonic() - started, 3)}
        context.log_event(dg.AssetMaterialization(WRAPPED_REPORTS_KEY, metadata=metadata))


@dg.op(
    ins={"start": dg.In(dg.Nothing)},
    out=dg.Out(dg.Nothing),
    description="Ranks the reports of touched periods, at most hourly, makes group reports, and looks at it all.",
    retry_policy=_AGAIN,
)
def rank_and_check(context: dg.OpExecutionContext, config: NewsConfig, mongo: MongoResource) -> None:
    """Rank, make groups, count undated documents once a day, evaluate the checks."""
    with _step(mongo):
        now = datetime.now(UTC)
        if config.thorough or ranking_due(mongo.analytics, now):
            changed = make_owed_ranks(mongo.analytics, context.run.run_id)
            groups = make_groups(mongo.analytics, context.run.run_id, only_owed=not config.thorough)
            note_ranking(mongo.analytics, now)
            context.log.info(f"the ranks of {changed:,} reports changed")
            context.log_event(dg.AssetMaterialization(GROUP_REPORTS_KEY, metadata=group_metadata(groups)))
        if config.thorough or undated_due(mongo.analytics, now):
            documents = write_undated(mongo.raw, mongo.analytics, first_day(), today())
            write_sealed(mongo.raw, mongo.analytics, first_day())
            note_undated(mongo.analytics, now)
            undated = sum(document["read"] for document in documents.values())
            context.log_event(dg.AssetMaterialization(UNDATED_KEY, metadata={"undated": undated}))
        for evaluation in evaluations(mongo):
            context.log_event(evaluation)  # type: ignore[arg-type]  # the signature lags behind the code


@dg.job(
    name="wrapped_news",
    executor_def=steps_by_shards,
    tags={"owner": OWNER.replace(":", "/"), "dagster-k8s/config": _MAY_MAKE_PODS, **MAIN_JOB},
    description="Computes what MongoDB says is owed (news of today, late telemetry, requested days, a backlog), the "
    "newest first and a bounded portion of it, then the reports, ranks and groups that follow.",
)
def wrapped_news() -> None:
    """Days, then reports, then what looks at everybody."""
    rank_and_check(make_reports_owed(plan_news().map(compute_days).collect()))
