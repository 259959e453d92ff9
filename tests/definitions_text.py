"""Describes each location's definitions as text, so that a review shows what changes in the UI.

`make definitions` writes `tests/definitions/<location>.txt`; a test compares them with the code.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster import AssetKey
from wrapped_shared.asset_keys import LOCATION_NAMES

FOLDER = Path(__file__).parent / "definitions"


def definitions(location: str) -> dg.Definitions:
    """Load a location's definitions."""
    found = importlib.import_module(f"{location}.definitions").defs
    loaded = found if isinstance(found, dg.Definitions) else found()
    assert isinstance(loaded, dg.Definitions)
    return loaded


def definitions_text(location: str) -> str:
    """Return a location's assets, checks, jobs, schedules and sensors with their settings as YAML."""
    defs = definitions(location)
    repository, graph = defs.get_repository_def(), defs.resolve_asset_graph()
    ops = {key: defs.resolve_assets_def(key) for key in graph.materializable_asset_keys}
    shown = {
        "assets": {key.to_user_string(): _asset(graph.get(key), ops) for key in sorted(graph.get_all_asset_keys())},
        "checks": {key.to_user_string(): _check(graph.get(key)) for key in sorted(graph.asset_check_keys)},
        "jobs": {job.name: _job(job) for job in repository.get_all_jobs() if job.name != "__ASSET_JOB"},
        "schedules": {schedule.name: _schedule(schedule) for schedule in repository.schedule_defs},
        "sensors": {sensor.name: _sensor(sensor) for sensor in repository.sensor_defs},
    }
    for part in shown.values():
        for name, settings in part.items():
            part[name] = {key: value for key, value in settings.items() if value not in (None, "", [], {})}
    return yaml.dump(shown, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=110)


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _asset(node: Any, ops: Mapping[AssetKey, dg.AssetsDefinition]) -> dict[str, Any]:
    own = ops.get(node.key)
    tags = {key: value for key, value in node.tags.items() if not key.startswith("dagster/kind/")}
    return {
        "description": _first_sentence(node.description),
        "group": node.group_name if node.description else None,
        "owners": sorted(node.owners),
        "kinds": sorted(node.kinds),
        "tags": dict(sorted(tags.items())),
        "code version": node.code_version,
        "depends on": sorted(key.to_user_string() for key in node.parent_keys),
        "partitions": _partitions(node.partitions_def),
        "backfill": str(node.backfill_policy) if node.backfill_policy else None,
        "freshness": _freshness(node.freshness_policy),
        "automation": node.automation_condition.get_label() if node.automation_condition else None,
        "run config": dict(_config(own.op.config_schema)) if own else None,
        "retries": own.op.retry_policy.max_retries if own and own.op.retry_policy else None,
        "pool": own.op.pool if own else None,
    }


def _check(node: Any) -> dict[str, Any]:
    return {"description": _first_sentence(node.description), "blocking": node.blocking}


def _job(job: dg.JobDefinition) -> dict[str, Any]:
    return {
        "description": _first_sentence(job.description),
        "owners": sorted(job.owners or ()),
        "tags": dict(sorted(job.tags.items())),
        "steps": sorted(node.name for node in job.nodes),
        "executor": job.executor_def.name,
        "partitions": _partitions(job.partitions_def),
        "run config": {
            node.name: dict(_config(getattr(node, "config_schema", None)))
            for node in sorted(job.all_node_defs, key=lambda node: str(node.name))
            if dict(_config(getattr(node, "config_schema", None)))
        },
        "resources": {name: dict(_fields(field)) for name, field in configurable_resources(job).items()},
        "hooks": sorted(hook.name for hook in job.hook_defs),
    }


def _schedule(schedule: dg.ScheduleDefinition) -> dict[str, Any]:
    return {
        "description": _first_sentence(schedule.description),
        "job": schedule.job_name,
        "cron": schedule.cron_schedule,
        "time zone": schedule.execution_timezone,
        "default status": schedule.default_status.value,
        "tags": dict(sorted(schedule.tags.items())),
    }


def _sensor(sensor: dg.SensorDefinition) -> dict[str, Any]:
    return {
        "description": _first_sentence(sensor.description),
        "type": sensor.sensor_type.value,
        "jobs": sorted(target.job_name for target in sensor.targets),
        "seconds between ticks": sensor.minimum_interval_seconds,
        "default status": sensor.default_status.value,
    }


def configurable_resources(job: dg.JobDefinition) -> dict[str, Mapping[str, Any]]:
    """Return the run config fields of the resources that a job needs, by resource; without those that have none."""
    resources: Any = job.run_config_schema.config_type.fields["resources"].config_type
    fields = {name: getattr(one.config_type, "fields", {}).get("config") for name, one in resources.fields.items()}
    fields.pop("io_manager", None)  # Dagster's own
    found = {name: getattr(field.config_type, "fields", {}) for name, field in fields.items() if field}
    return {name: some for name, some in sorted(found.items()) if some}


def _config(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield each run config field with its default."""
    yield from _fields(getattr(schema.config_type, "fields", {}) if schema else {})


def _fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, field in sorted(fields.items()):
        yield name, field.default_value if field.default_provided else "required" if field.is_required else "none"


def _partitions(partitions: dg.PartitionsDefinition | None) -> str | None:
    if isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return f"{partitions.cron_schedule} from {partitions.start:%Y-%m-%d}, {partitions.timezone}"
    return repr(partitions) if partitions else None


def _freshness(policy: Any) -> str | None:
    if policy is None:
        return None
    return f"warns after {policy.warn_window.to_timedelta()}, fails after {policy.fail_window.to_timedelta()}"


def _first_sentence(text: str | None) -> str | None:
    return " ".join(text.split()).partition(". ")[0].removesuffix(".") + "." if text else None


def main(locations: Iterable[str] = LOCATION_NAMES) -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for location in locations:
        (FOLDER / f"{location}.txt").write_text(definitions_text(location), encoding="utf-8")


if __name__ == "__main__":
    main()
