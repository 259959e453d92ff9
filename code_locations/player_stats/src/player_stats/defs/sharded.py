"""A day cut into player shards, each computed by a step of its own.

The job `daily_wrapped_sharded` leaves the same documents as `daily_wrapped`; each shard computes and writes its own
players' days, and a shard that dies is tried again alone. Nothing is handed from step to step but the order: a
step's shard is told by its mapping key, and the data lies in MongoDB.
"""

import os
import re
from collections.abc import Iterator
from typing import Any, Final

import dagster as dg
from pydantic import Field
from wrapped_shared.asset_keys import DATA_QUALITY_KEY, GROUP_REPORTS_KEY, PLAYER_DAYS_KEY, WRAPPED_REPORTS_KEY
from wrapped_shared.mongo import MongoResource, clear_mongo_errors
from wrapped_shared.settings import first_day

from player_stats.defs.common import DAILY, OWNER
from player_stats.defs.days import prepare
from player_stats.defs.executors import pods_or_processes
from player_stats.domain.days import summarise_day
from player_stats.store.days import DayWriter, clear_requests, day_quality, mark_requests, marked_requests
from player_stats.store.groups import rebuild_groups
from player_stats.store.reading import EVERYONE, Scope, read_days
from player_stats.store.reports import make_owed_reports

SETTING: Final = "WRAPPED_PLAYER_SHARDS"
_AGAIN: Final = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)
_MAY_MAKE_PODS: Final = {"pod_spec_config": {"automount_service_account_token": True}}
"""On Kubernetes the run's own pod needs a token to make pods for its steps; those get none, nor does any other run."""
_TAGS: Final = {"owner": OWNER.replace(":", "/"), "dagster-k8s/config": _MAY_MAKE_PODS}


def player_shards() -> int:
    """Return the number of shards from WRAPPED_PLAYER_SHARDS (default 1), read when a step or tick needs it.

    Raises:
        dagster.Failure: the setting is no whole number of 1 or more.
    """
    text = os.environ.get(SETTING, "").strip() or "1"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000):
        raise dg.Failure(f"{SETTING} must be a whole number from 1 to 1000, not {text[:20]!r}", allow_retries=False)
    return int(text)


class ShardsConfig(dg.Config):
    """Into how many shards the day is cut."""

    shards: int = Field(default=0, ge=0, description=f"Number of player shards; 0 = the setting {SETTING}.")


@dg.op(out=dg.DynamicOut(dg.Nothing), description="Cuts the players into shards.", retry_policy=_AGAIN)
def plan_shards(
    context: dg.OpExecutionContext, config: ShardsConfig, mongo: MongoResource
) -> Iterator[dg.DynamicOutput[None]]:
    """Name a step for each shard; indexes are made once, before they all need them.

    A request for the day is marked now: one that is made while the shards are computed must not be taken for served.
    """
    shards = config.shards or player_shards()
    with clear_mongo_errors(mongo):
        prepare(context, mongo)
        mark_requests(mongo.analytics, context.partition_key, _first_run(context))
    for shard in range(shards):
        yield dg.DynamicOutput(None, mapping_key=f"shard_{shard}_of_{shards}")


@dg.op(
    ins={"start": dg.In(dg.Nothing)},
    out=dg.Out(dg.Nothing),
    description="Computes the days of one shard's players.",
    retry_policy=_AGAIN,
)
def compute_shard(context: dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Compute and write the days of one shard."""
    scope = shard_of(context.get_mapping_key() or "")
    with clear_mongo_errors(mongo):
        writer = DayWriter(mongo.raw, mongo.analytics, scope, first_day())
        for day, readings in read_days(mongo.raw, [context.partition_key], first_day(), scope):
            writer.add(day, summarise_day(readings.values(), day), None)
        writer.flush()
    context.log.info(f"shard {scope.shard} of {scope.shards}: {writer.changes}")


@dg.op(
    ins={"start": dg.In(dg.Nothing)},
    out=dg.Out(dg.Nothing),
    description="Counts what was read and left out, over all players, and makes the reports owed.",
    retry_policy=_AGAIN,
)
def finish_day(context: dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Write the day's quality, make reports, and tell Dagster what was materialised."""
    day = context.partition_key
    with clear_mongo_errors(mongo):
        requests = marked_requests(mongo.analytics, day, _first_run(context))
        writer = DayWriter(mongo.raw, mongo.analytics, EVERYONE, first_day())
        for _, readings in read_days(mongo.raw, [day], first_day(), EVERYONE):
            writer.add(day, None, day_quality(day, readings, summarise_day(readings.values(), day)))
        writer.flush()
        clear_requests(mongo.analytics, requests)
        changes = make_owed_reports(mongo.analytics)
        rebuild_groups(mongo.analytics)
    for key in (PLAYER_DAYS_KEY, DATA_QUALITY_KEY):
        context.log_event(dg.AssetMaterialization(key, partition=day))
    figures: dict[str, Any] = {"players": changes.players, "written": changes.written, "removed": changes.removed}
    context.log_event(dg.AssetMaterialization(WRAPPED_REPORTS_KEY, metadata=figures))
    context.log_event(dg.AssetMaterialization(GROUP_REPORTS_KEY))


def _first_run(context: dg.OpExecutionContext) -> str:
    """Return the run's id, that of the first one where this one takes up what it left undone."""
    return context.run.root_run_id or context.run_id


def shard_of(mapping_key: str) -> Scope:
    """Return the scope that a step's mapping key names.

    Raises:
        ValueError: the key names no shard.
    """
    found = re.fullmatch(r"shard_(\d+)_of_(\d+)", mapping_key)
    if found is None:
        raise ValueError(f"{mapping_key!r} names no shard")
    return Scope(shard=int(found[1]), shards=int(found[2]))


@dg.job(
    name="daily_wrapped_sharded",
    partitions_def=DAILY,
    executor_def=pods_or_processes,
    tags=_TAGS,
    description="One UTC day and the reports it changes, like daily_wrapped, cut into player shards that run as pods "
    f"(or processes) of their own: as many as {SETTING} says, or `shards` in the config of plan_shards.",
)
def daily_wrapped_sharded() -> None:
    """Plan, compute all shards, finish."""
    finish_day(start=plan_shards().map(compute_shard).collect())
