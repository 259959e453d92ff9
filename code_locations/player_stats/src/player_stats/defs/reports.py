"""Reports: from stored days to each player's Wrapped report and the reports of groups."""

import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

import dagster as dg
from pydantic import Field
from wrapped_shared import collections as names
from wrapped_shared import markdown
from wrapped_shared.asset_keys import GROUP_REPORTS_KEY, HISCORES_GAINS_KEY, PLAYER_DAYS_KEY, WRAPPED_REPORTS_KEY
from wrapped_shared.known_players import unknown_players
from wrapped_shared.models.player_stats import GroupReport
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.run_config import ChosenPlayers
from wrapped_shared.settings import first_day
from wrapped_shared.words import duration

from player_stats.defs.common import asset
from player_stats.defs.days import prepare
from player_stats.defs.metadata import report_metadata
from player_stats.store.groups import make_groups
from player_stats.store.linked_names import apply_links, chosen_names
from player_stats.store.price_changes import request_revalued
from player_stats.store.ranks import make_owed_ranks, request_ranks
from player_stats.store.reports import make_owed_reports, refreshable
from player_stats.store.stored_days import all_months


class ReportsConfig(dg.Config):
    """Which reports to make, in addition to the owed ones."""

    everything: bool = Field(
        default=False,
        description="Rebuild all reports from the stored days, and all ranks, not only what is owed, for example after "
        "a database was restored. For chosen players, only theirs.",
    )
    refresh: bool = Field(
        default=False,
        description="Also rebuild every report from the stored merges, which is cheaper than `everything`: adds names, "
        "pictures and hiscores gains found since.",
    )


@asset(
    WRAPPED_REPORTS_KEY,
    "Each player's Wrapped report for a calendar year and for all time, which the web app reads: play time in "
    "seconds, distance in tiles, experience, loot, deaths, damage in hitpoints, coins, ranks and slides. "
    "Item names and pictures are those image_map has found so far; it works from these reports, so it is not "
    "upstream of them.",
    [PLAYER_DAYS_KEY, HISCORES_GAINS_KEY],
    WrappedReport,
    step="wrapped_reports",
)
def wrapped_reports(
    context: dg.AssetExecutionContext, config: ReportsConfig, mongo: MongoResource, players: ChosenPlayers
) -> dg.MaterializeResult[Any]:
    """Make the reports whose days changed, then the ranks of the periods touched."""
    started = time.monotonic()
    with clear_errors(mongo):
        chosen = players.known(context.log, partial(unknown_players, mongo))
        prepare(context, mongo)
        named = None if chosen.keys is None else chosen_names(mongo.analytics, chosen.keys)
        if refused := apply_links(mongo.analytics, context.run.run_id):
            context.log.warning(refused)
        if named is not None:  # the names connected by links before and after
            named |= chosen_names(mongo.analytics, named)
        request_revalued(mongo.analytics, first_day(), datetime.now(UTC))
        also = all_months(mongo.analytics, named) if config.everything or named is not None else {}
        if config.refresh:
            also = {**refreshable(mongo.analytics), **also}
        if config.everything and named is None:
            request_ranks(mongo.analytics, mongo.analytics[names.WRAPPED_REPORTS].distinct("period"))
        changes = make_owed_reports(mongo.analytics, named, also=also, run_id=context.run.run_id)
        ranks_changed = make_owed_ranks(mongo.analytics, context.run.run_id)
        longest = _longest_played(mongo)
    if changes.too_large:
        context.log.warning(
            f"players left out because a document exceeds MongoDB's limit of 16 MiB: {changes.too_large}"
        )
    if changes.left_owed:
        context.log.warning("some reports stay owed: another run is writing the days they are made from")
    return dg.MaterializeResult(
        metadata={
            **report_metadata(changes),
            **chosen.metadata,
            "ranks_changed": ranks_changed,
            "seconds": round(time.monotonic() - started, 3),
            "longest_played": dg.MetadataValue.md(markdown.table(("time played", "loot drops", "tiles"), longest)),
        }
    )


@asset(
    GROUP_REPORTS_KEY,
    "Totals and the five leaders of every group in `player_groups`, by stat and period; units as in reports.",
    [WRAPPED_REPORTS_KEY],
    GroupReport,
    step="group_reports",
)
def group_reports(context: dg.AssetExecutionContext, mongo: MongoResource) -> dg.MaterializeResult[Any]:
    """Make all group reports."""
    with clear_errors(mongo):
        changes = make_groups(mongo.analytics, context.run.run_id)
    if changes.malformed:
        context.log.warning(f"groups left out because their _id is not a string: {changes.malformed}")
    return dg.MaterializeResult(metadata=asdict(changes))


def _longest_played(mongo: MongoResource) -> list[tuple[str, int, int]]:
    """Return the five longest play times among up to 1,000 all-time reports: a sample, not a ranking."""
    fields = {"play.seconds": 1, "loot.kills": 1, "movement.tiles": 1}
    sample = mongo.analytics[names.WRAPPED_REPORTS].find({"period": "all"}, fields).limit(1_000)
    best = sorted(sample, key=lambda report: (-report["play"]["seconds"], report["_id"]))[:5]
    return [
        (
            duration(report["play"]["seconds"]),
            report["loot"]["kills"],
            report["movement"]["tiles"],
        )
        for report in best
    ]
