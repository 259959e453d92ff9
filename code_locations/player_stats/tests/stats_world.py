"""The location on its own MongoDB: documents in, assets materialised in process, documents out."""

import copy
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from player_stats.definitions import defs
from wrapped_devkit.generator import generate
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms
from wrapped_shared.run_config import PLAYERS, ChosenPlayers, players_config

Documents = dict[str, list[dict[str, Any]]]

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def unopened(mongo: MongoResource) -> MongoResource:
    """A resource on the same databases, which its user opens and closes."""
    return MongoResource(uri=mongo.uri, raw_database=mongo.raw_database, analytics_database=mongo.analytics_database)


def days_ago(days: int) -> str:
    """The UTC day that was this many days ago."""
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


def generated(**how: Any) -> Documents:
    """Generated telemetry by collection; the arguments are the generator's."""
    documents: Documents = {}
    for collection, document in generate(**how):
        documents.setdefault(collection, []).append(document)
    return documents


def definitions(mongo: MongoResource) -> dg.Definitions:
    """The location's definitions on the given databases."""
    found = defs() if callable(defs) else defs
    return dg.Definitions(
        assets=list(found.assets or ()),
        asset_checks=list(found.asset_checks or ()),
        jobs=list(found.jobs or ()),
        schedules=list(found.schedules or ()),
        sensors=list(found.sensors or ()),
        resources={"mongo": unopened(mongo), PLAYERS: ChosenPlayers()},
    )


def store(mongo: MongoResource, documents: Documents) -> None:
    for collection, found in documents.items():
        if found:
            mongo.raw[collection].insert_many(copy.deepcopy(found))


def materialise(
    mongo: MongoResource,
    first: str,
    last: str,
    *,
    players: Sequence[str] = (),
    everything: bool = False,
    assets: Iterable[str] | None = None,
    instance: dg.DagsterInstance | None = None,
) -> dg.ExecuteInProcessResult:
    """Run `daily_wrapped` over a range of days."""
    config: dict[str, Any] = {
        "ops": {"wrapped_reports": {"config": {"everything": everything}}},
        **players_config(players),
    }
    selection = None
    if assets is not None:
        selection = [dg.AssetKey(["player_stats", name]) for name in assets]
        config["ops"] = {name: value for name, value in config["ops"].items() if name in assets}
    tags = {RANGE_START: first, RANGE_END: last} if first != last else {}
    return (
        definitions(mongo)
        .resolve_job_def("daily_wrapped")
        .execute_in_process(
            instance=instance,
            tags=tags,
            partition_key=first if first == last else None,
            run_config=config,
            asset_selection=selection,
            raise_on_error=False,
        )
    )


def news(mongo: MongoResource, *, thorough: bool = True) -> dg.ExecuteInProcessResult:
    """Run `wrapped_news` once."""
    config = {"config": {"thorough": thorough}}
    return (
        definitions(mongo)
        .resolve_job_def("wrapped_news")
        .execute_in_process(run_config={"ops": {"plan_news": config, "rank_and_check": config}}, raise_on_error=False)
    )


def stored(mongo: MongoResource) -> dict[str, dict[Any, Any]]:
    """Everything the location wrote, by collection and `_id`, without `generated_at`."""
    found: dict[str, dict[Any, Any]] = {}
    for name in ("player_days", "wrapped_reports", "group_reports", "data_quality", "player_months", "player_hours"):
        found[name] = {
            document["_id"]: {key: value for key, value in document.items() if key not in ("generated_at", "revision")}
            for document in mongo.analytics[name].find()
        }
    return found


def failure(result: dg.ExecuteInProcessResult) -> str:
    """The message of the first step that failed."""
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            return str(error.message) if error else ""
    return ""


def tick(player: str, day: str, number: int, **data: Any) -> dict[str, Any]:
    return {
        "timestamp": day_start_ms(day) + 600 * number,
        "username": player,
        "event": "game-tick",
        "tickCount": number,
        "sessionId": f"session-{day}",
        "data": {"energy": 10000, "prayer": 99, "location": {"x": 3200 + number % 50, "y": 3200}, **data},
    }
