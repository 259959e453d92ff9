"""Days: one pass over the raw events of each partition makes the players' days and the day's data quality."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import dagster as dg
from pydantic import Field
from wrapped_shared import collections as names
from wrapped_shared.asset_keys import DATA_QUALITY_KEY, PLAYER_DAYS_KEY, UNDATED_KEY
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.models.player_stats import DataQuality, PlayerDay
from wrapped_shared.mongo import MongoResource, clear_mongo_errors
from wrapped_shared.periods import today
from wrapped_shared.run_config import PlayersConfig
from wrapped_shared.settings import first_day

from player_stats.defs.common import DAILY, RAW_KEYS, spec
from player_stats.defs.metadata import Activity
from player_stats.domain.days import summarise_day
from player_stats.domain.quality import PlayerTally, total
from player_stats.domain.stretch import Reading
from player_stats.store.days import DayWriter, clear_requests, day_quality, open_requests
from player_stats.store.reading import Scope, read_days
from player_stats.store.undated import write_undated


class DaysConfig(PlayersConfig):
    """Whose days are computed."""

    shard: int = Field(default=0, ge=0, description="Which shard of the players, counted from 0.")
    shards: int = Field(default=1, ge=1, description="Into how many shards the players are cut; 1 = not at all.")

    def scope(self) -> Scope:
        """Return what is read.

        Raises:
            dagster.Failure: there is no such shard.
        """
        if self.shard >= self.shards:
            raise dg.Failure(
                f"shard {self.shard} of {self.shards} does not exist: shards count from 0", allow_retries=False
            )
        return Scope(self.player_keys(), self.shard, self.shards)


@dg.multi_asset(
    name="player_days",
    specs=[
        spec(
            PLAYER_DAYS_KEY,
            "What each player did on one UTC day: nine families of statistics as summaries that merge exactly "
            "(game ticks of 0.6 s, tiles, hundredths of a percent of run energy, experience points, hitpoints, coins).",
            list(RAW_KEYS.values()),
            PlayerDay,
            skippable=True,
        ),
        spec(
            DATA_QUALITY_KEY,
            "How many documents of each raw collection and UTC day were read, were duplicates, or were left out, "
            "and why; and which players' days are too large to be stored. Written for all players at once: runs for "
            "chosen players or shards leave it alone.",
            list(RAW_KEYS.values()),
            DataQuality,
            skippable=True,
        ),
    ],
    partitions_def=DAILY,
    backfill_policy=dg.BackfillPolicy.single_run(),
    can_subset=True,
)
def days(
    context: dg.AssetExecutionContext, config: DaysConfig, mongo: MongoResource
) -> Iterator[dg.MaterializeResult[Any]]:
    """Compute the days of the partitions."""
    scope = config.scope()
    selected = context.selected_asset_keys
    wanted = [day for day in sorted(context.partition_keys) if day <= today()]
    judges = DATA_QUALITY_KEY in selected and scope.everyone
    started, activity, read = time.monotonic(), Activity(), PlayerTally()
    with clear_mongo_errors(mongo):
        prepare(context, mongo)
        writer = DayWriter(mongo.raw, mongo.analytics, scope, first_day())
        requests = open_requests(mongo.analytics, wanted) if scope.everyone else []
        for day, readings in read_days(mongo.raw, wanted, first_day(), scope):
            summaries = summarise_day(readings.values(), day)
            activity.add(day, summaries)
            read = total([read, *(tally for reading in readings.values() for tally in reading.tallies.values())])
            quality = day_quality(day, readings, summaries) if judges else None
            writer.add(day, summaries if PLAYER_DAYS_KEY in selected else None, quality)
            _log_day(context, day, summaries, readings)
        writer.flush()
        if selected >= {PLAYER_DAYS_KEY, DATA_QUALITY_KEY}:
            clear_requests(mongo.analytics, requests)
    if scope.players is not None:
        for key in sorted(scope.players - activity.ticks.keys()):
            context.log.warning(f"no sound event of player {key!r} on the chosen days: is the name right?")
    if writer.changes.too_large:
        context.log.warning(f"{writer.changes.too_large} day(s) of players left out: larger than MongoDB's 16 MiB")
    elapsed = round(time.monotonic() - started, 3)
    figures = {"events_read": read.read, "left_out": read.documents_left_out, "duplicates": read.duplicates}
    if PLAYER_DAYS_KEY in selected:
        yield dg.MaterializeResult(
            asset_key=PLAYER_DAYS_KEY,
            metadata={
                **activity.metadata(), **figures, "seconds": elapsed, "days": len(wanted),
                **asdict(writer.changes),
            },
        )  # fmt: skip
    if judges:
        reasons = dict(sorted(read.reasons.items()))
        yield dg.MaterializeResult(
            asset_key=DATA_QUALITY_KEY,
            metadata={**figures, "seconds": elapsed, "reasons": dg.MetadataValue.json(reasons)},
        )


@dg.multi_asset(
    name="undated_documents",
    specs=[
        spec(
            UNDATED_KEY,
            "Documents of each raw collection without a sound timestamp, or of days to come, which no day reads: "
            "the server's count of all documents less those dated.",
            list(RAW_KEYS.values()),
            DataQuality,
            stored=names.DATA_QUALITY,
        )
    ],
)
def undated_documents(context: dg.AssetExecutionContext, mongo: MongoResource) -> dg.MaterializeResult[Any]:
    """Count undated documents."""
    with clear_mongo_errors(mongo):
        prepare(context, mongo)
        documents = write_undated(mongo.raw, mongo.analytics, first_day(), today())
    counts = {collection: document["read"] for collection, document in documents.items()}
    return dg.MaterializeResult(metadata={"undated": sum(counts.values()), "by_collection": counts})


def prepare(context: dg.AssetExecutionContext | dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Make missing indexes and validators, and say which ones we have no right to make."""
    report = ensure_indexes(mongo.raw, mongo.analytics)
    if report.created:
        context.log.info("made " + "; ".join(report.created))
    if report.missing:
        context.log.warning("missing, and not ours to make: " + "; ".join(report.missing) + " - reads will be slow")


def _log_day(
    context: dg.AssetExecutionContext, day: str, summaries: dict[str, Any], readings: dict[str, Reading]
) -> None:
    read = sum(tally.read for reading in readings.values() for tally in reading.tallies.values())
    if read:
        context.log.info(f"{day}: {read:,} events of {len(summaries):,} players")
