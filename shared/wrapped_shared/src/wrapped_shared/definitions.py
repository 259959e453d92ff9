"""How every location describes its definitions: owner, team tag, group, kinds, freshness and documents.

What belongs here: the conventions that are the same for all assets, checks, jobs, schedules and sensors. What does not:
the definitions themselves, and what the UI shows about documents (`wrapped_shared.table_schema`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import dagster as dg
from pydantic import BaseModel

from wrapped_shared.collections import ANALYTICS_DATABASE
from wrapped_shared.table_schema import document_metadata

DOMAIN: Final = {"domain": "wrapped"}
HOURLY: Final = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=6), warn_window=timedelta(minutes=150))
"""For assets that are updated at least hourly: late after two missed runs."""

if TYPE_CHECKING:
    Materialized: TypeAlias = dg.MaterializeResult[None]
else:
    Materialized = dg.MaterializeResult
    """What an asset returns: never a value. For assets with checks, Dagster only recognises the bare name."""

warning = partial(dg.AssetCheckResult, severity=dg.AssetCheckSeverity.WARN)
"""The result of a check that only warns."""


def team_of(location: str) -> str:
    """Return the team that owns a location."""
    return location.replace("_", "-")


def owners(location: str) -> list[str]:
    """Return the `owners` of a location's assets."""
    return [f"team:{team_of(location)}"]


def team_tag(location: str) -> dict[str, str]:
    """Return the tag of a location's assets, jobs (and so their runs), schedules and sensors."""
    return {"team": team_of(location)}


def asset_spec(
    key: dg.AssetKey,
    description: str,
    deps: Sequence[Any],
    model: type[BaseModel],
    *,
    kinds: Collection[str],
    freshness: dg.FreshnessPolicy,
    stored: str = "",
    database: str = ANALYTICS_DATABASE,
    **more: Any,
) -> dg.AssetSpec:
    """Describe an asset; its location is the prefix of its key.

    Args:
        key: the asset's key.
        description: what it contains, with units.
        deps: the assets it is made from.
        model: the model of its documents.
        kinds: the technologies the UI shows.
        freshness: when it is late.
        stored: the collection of its documents, if it is not named like the asset.
        database: the database of that collection.
        more: anything else an `AssetSpec` takes.
    """
    location = key.path[0]
    return dg.AssetSpec(
        key,
        description=description,
        deps=deps,
        group_name=location,
        owners=owners(location),
        kinds=set(kinds),
        tags={**DOMAIN, **team_tag(location)},
        metadata=document_metadata(stored or key.path[-1], model, database),
        freshness_policy=freshness,
        **more,
    )


def define_asset(
    key: dg.AssetKey,
    description: str,
    deps: Sequence[Any],
    model: type[BaseModel],
    *,
    step: str = "",
    checks: Mapping[str, str] | None = None,
    pool: str | None = None,
    **more: Any,
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Define an asset with a step of its own; to be used as a decorator.

    Args:
        key: the asset's key.
        description: what it contains, with units.
        deps: the assets it is made from.
        model: the model of its documents.
        step: the name of the step, if it is not that of the key.
        checks: the checks that the step evaluates, and when each passes, by name.
        pool: the pool in which the step takes a slot.
        more: anything else that `asset_spec` takes.
    """
    return dg.multi_asset(
        name=step or key.to_python_identifier(),
        specs=[asset_spec(key, description, deps, model, **more)],
        check_specs=[check_spec(name, key, meaning) for name, meaning in (checks or {}).items()],
        pool=pool,
    )


def check_spec(
    name: str, asset: dg.AssetKey, description: str, *, location: str = "", **more: Any
) -> dg.AssetCheckSpec:
    """Describe an asset check of a location, by default the asset's; its metadata names the team, as it has no tags."""
    team = team_tag(location or asset.path[0])
    return dg.AssetCheckSpec(name, asset=asset, description=description, metadata=team, **more)
