"""Days as partitions: materialising or backfilling a day computes it whole, whether or not it is owed."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.asset_keys import DATA_QUALITY_KEY, PLAYER_DAYS_KEY, PLAYER_STATS, UNDATED_KEY
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.known_players import unknown_players
from wrapped_shared.models.player_stats import DataQuality, PlayerDay
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.periods import today
from wrapped_shared.run_config import ChosenPlayers
from wrapped_shared.seal import first_open_day
from wrapped_shared.settings import first_day

from player_stats.defs.common import DAILY, RAW_KEYS, asset, spec
from player_stats.defs.metadata import day_metadata, quality_metadata
from player_stats.store.linked_names import chosen_names
from player_stats.store.outside_days import write_sealed, write_undated
from player_stats.store.turns import end_dead_turns
from player_stats.work.compute import compute
from player_stats.work.day_turn import DayFigures
from player_stats.work.hours import Reader


@dg.multi_asset(
    name="player_days",
    specs=[
        spec(
            PLAYER_DAYS_KEY,
            "What each player did on one UTC day: statistics as summaries that merge exactly "
            "(game ticks of 0.6 s, tiles, hundredths of a percent of run energy, experience points, hitpoints, coins).",
            list(RAW_KEYS.values()),
            PlayerDay,
            skippable=True,
        ),
        spec(
            DATA_QUALITY_KEY,
            "How many documents of each raw collection and UTC day were read, were duplicates, or were left out, "
            "and why; and which players' days are too large to store. Written over all players: runs for chosen "
            "players don't change it.",
            list(RAW_KEYS.values()),
            DataQuality,
            skippable=True,
        ),
    ],
    partitions_def=DAILY,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def days(
    context: dg.AssetExecutionContext, mongo: MongoResource, players: ChosenPlayers
) -> Iterator[dg.MaterializeResult[Any]]:
    """Compute the days of the partitions."""
    wanted = [day for day in sorted(context.partition_keys, reverse=True) if day <= today()]
    met: set[str] = set()

    def on_day(day: str, figures: DayFigures) -> None:
        met.update(figures.summaries)
        context.add_asset_metadata(day_metadata(day, figures), PLAYER_DAYS_KEY, day)
        if chosen.keys is None:
            context.add_asset_metadata(quality_metadata(figures.tally), DATA_QUALITY_KEY, day)
        if figures.tally.read:
            context.log.info(f"{day}: {figures.tally.read:,} events of {len(figures.summaries):,} players")
        if figures.too_large:
            context.log.warning(
                f"{day}: players whose day exceeds MongoDB's limit of 16 MiB and is left out: {figures.too_large}"
            )

    with clear_errors(mongo):
        chosen = players.known(context.log, partial(unknown_players, mongo))
        prepare(context, mongo)
        named = None if chosen.keys is None else chosen_names(mongo.analytics, chosen.keys)
        first_open = first_open_day(mongo.analytics, first_day())
        if sealed := [day for day in wanted if day < first_open]:
            context.log.warning(
                f"{len(sealed):,} of the chosen days are sealed (before {first_open}) and were not recomputed"
            )
        wanted = [day for day in wanted if day >= first_open]
        reader = Reader(mongo, first_day(), context.run.run_id)
        compute(reader, wanted, whole=wanted, players=named, on_day=on_day)
    if absent := (chosen.keys or frozenset()) - met:
        context.log.warning(
            f"{len(absent)} of the chosen players have no valid event on the chosen days; check their names"
        )
    yield dg.MaterializeResult(asset_key=PLAYER_DAYS_KEY, metadata=chosen.metadata)
    if chosen.keys is None:
        yield dg.MaterializeResult(asset_key=DATA_QUALITY_KEY)


@asset(
    UNDATED_KEY,
    "How many documents of each raw collection belong to no day yet: those without a valid timestamp and those "
    "of future days (all documents minus the dated ones); and how many arrived for sealed days.",
    list(RAW_KEYS.values()),
    DataQuality,
    step="undated_documents",
    stored=names.DATA_QUALITY,
)
def undated_documents(context: dg.AssetExecutionContext, mongo: MongoResource) -> dg.MaterializeResult[Any]:
    """Count undated documents, and those that arrived for sealed days."""
    with clear_errors(mongo):
        prepare(context, mongo)
        counts = write_undated(mongo.raw, mongo.analytics, first_day(), today())
        sealed = write_sealed(mongo.raw, mongo.analytics, first_day())
    return dg.MaterializeResult(
        metadata={
            "undated": sum(counts.values()),
            "by_collection": counts,
            "arrived_for_sealed_days": sum(sealed.values()),
        }
    )


def prepare(context: dg.AssetExecutionContext | dg.OpExecutionContext, mongo: MongoResource) -> None:
    """Create missing indexes and validators; log those that we have no permission to create.

    A step that is started again first ends the turn that it left open.
    """
    if context.retry_number:
        end_dead_turns(mongo.analytics)
    report = ensure_indexes(mongo.raw, mongo.analytics, PLAYER_STATS)
    if report.created:
        context.log.info("created " + "; ".join(report.created))
    if report.missing:
        context.log.warning(
            "missing, and no permission to create: " + "; ".join(report.missing) + "; reads will be slow"
        )
