"""Every asset, job, schedule and sensor of the three locations says what it is, who owns it and what it contains."""

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from definitions_text import FOLDER, configurable_resources, definitions, definitions_text
from wrapped_devkit.contract.collections import ANALYTICS, RAW
from wrapped_shared.asset_keys import LOCATION_NAMES
from wrapped_shared.collections import ANALYTICS_DATABASE, RAW_DATABASE

ROOT = Path(__file__).parents[1]
UNITS = re.compile(
    r"tick|second|millisecond|experience|XP|hitpoint|coin|tile|pixel|px|bytes|count|how many|share|rank|kills|UTC|"
    r"one document|name|row|units",
    re.IGNORECASE,
)


LOADED = {location: definitions(location) for location in LOCATION_NAMES}
GRAPHS = {location: defs.resolve_asset_graph() for location, defs in LOADED.items()}
OWN = [
    (location, key)
    for location, graph in GRAPHS.items()
    for key in sorted(graph.get_all_asset_keys())
    if key.path[0] in (location, "raw")
]
MADE = [(location, key) for location, key in OWN if key.path[0] == location]


def named(value: Any) -> str:
    return value.to_user_string() if isinstance(value, dg.AssetKey) else str(value)


@pytest.mark.parametrize(("location", "key"), OWN, ids=named)
def test_an_asset_says_what_it_is_and_who_owns_it(location: str, key: dg.AssetKey) -> None:
    node = GRAPHS[location].get(key)
    assert node.description
    assert len(node.description) > 40
    assert UNITS.search(node.description)
    assert node.owners
    assert all(owner.startswith("team:") for owner in node.owners)
    assert "mongodb" in node.kinds
    assert node.tags["domain"] == "wrapped"
    assert node.group_name in (location, "raw_telemetry")


@pytest.mark.parametrize(("location", "key"), OWN, ids=named)
def test_an_asset_shows_its_documents_and_links_to_its_contract_and_code(location: str, key: dg.AssetKey) -> None:
    metadata = GRAPHS[location].get(key).metadata
    database, _, collection = str(metadata["dagster/table_name"]).partition(".")
    model = {RAW_DATABASE: RAW, ANALYTICS_DATABASE: ANALYTICS}[database][collection][0]
    columns = metadata["dagster/column_schema"].columns
    fields = {field.alias or name for name, field in model.model_fields.items()}
    assert fields <= {column.name for column in columns}
    assert all(column.type and "None" not in column.type for column in columns)
    assert [column.name for column in columns if not column.description] == []
    assert f"section **{collection}**" in metadata["contract"].value
    references = metadata["dagster/code_references"].code_references
    models = {f"contract: {one.__name__}" for one in model.__mro__}  # of raw events the envelope will do
    assert any(reference.label in models for reference in references)
    assert all(Path(reference.file_path).is_file() and reference.line_number for reference in references)
    made_here = key.path[0] == location
    assert any(f"/{location}/defs/" in reference.file_path for reference in references) is made_here


@pytest.mark.parametrize(("location", "key"), MADE, ids=named)
def test_a_scheduled_asset_says_when_it_is_late(location: str, key: dg.AssetKey) -> None:
    policy: Any = GRAPHS[location].get(key).freshness_policy
    assert policy is not None
    assert policy.warn_window < policy.fail_window


def test_every_location_has_checks_and_lineage_crosses_locations_without_stubs() -> None:
    for location, graph in GRAPHS.items():
        assert graph.asset_check_keys
        foreign = {key for key in graph.get_all_asset_keys() if key.path[0] in set(LOCATION_NAMES) - {location}}
        for key in foreign:
            assert not graph.get(key).description  # only its owner describes it
            assert not graph.get(key).is_materializable
            assert key in GRAPHS[key.path[0]].materializable_asset_keys
        assert foreign or location == "hiscores"


def test_the_lineage_of_all_locations_together_has_no_cycle() -> None:
    parents = {key: {*GRAPHS[location].get(key).parent_keys} for location, key in MADE}
    order = TopologicalSorter(parents).static_order()  # raises CycleError; the UI would show no graph at all
    assert len(list(order)) >= len(OWN)


@pytest.mark.parametrize("location", LOCATION_NAMES)
def test_every_definition_names_the_team_of_its_location(location: str) -> None:
    graph, repository = GRAPHS[location], LOADED[location].get_repository_def()
    team = location.replace("_", "-")
    made = [graph.get(key) for at, key in MADE if at == location]
    assert {node.key for node in made if node.owners != [f"team:{team}"] or node.tags["team"] != team} == set()
    assert {key for key in graph.asset_check_keys if graph.get_check_spec(key).metadata.get("team") != team} == set()
    jobs = [job for job in repository.get_all_jobs() if job.name != "__ASSET_JOB"]
    named = (*jobs, *repository.schedule_defs, *repository.sensor_defs)
    assert len(named) >= 3
    assert {one.name for one in named if one.tags.get("team") != team} == set()


def test_jobs_schedules_and_sensors_are_described() -> None:
    for location, defs in LOADED.items():
        repository = defs.get_repository_def()
        for job in repository.get_all_jobs():
            assert job.name == "__ASSET_JOB" or job.description, f"{location}: {job.name}"
        for tick in (*repository.schedule_defs, *repository.sensor_defs):
            assert tick.description, f"{location}: {tick.name}"


@pytest.mark.parametrize("location", LOCATION_NAMES)
def test_the_committed_text_of_the_definitions_is_up_to_date(location: str) -> None:
    committed = (FOLDER / f"{location}.txt").read_text(encoding="utf-8")
    assert definitions_text(location) == committed, "run `make definitions` and commit what it changed"


def test_every_location_alerts_its_owner_about_failed_runs() -> None:
    for location, defs in LOADED.items():
        sensor = defs.get_repository_def().get_sensor_def(f"{location}_alerts")
        owner = next(iter(GRAPHS[location].get(key).owners[0] for at, key in MADE if at == location))
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
        assert owner in (sensor.description or "")


def config_fields(job: dg.JobDefinition) -> dict[str, Any]:
    """Every run config field of the job's resources and ops, by name."""
    found: dict[str, Any] = {}
    for resource, resource_fields in configurable_resources(job).items():
        found.update({f"{resource}.{name}": field for name, field in resource_fields.items()})
    for node in job.all_node_defs:
        found.update(op_fields(node))
    return found


def op_fields(node: Any) -> dict[str, Any]:
    """The run config fields of an op, by name."""
    schema = getattr(node, "config_schema", None)
    return dict(getattr(schema.config_type, "fields", {})) if schema else {}


@pytest.mark.parametrize(
    ("location", "job", "wanted"),
    [
        ("player_stats", "daily_wrapped", {"players.names", "everything", "refresh"}),
        ("player_stats", "make_reports", {"players.names", "everything", "refresh"}),
        ("player_stats", "wrapped_news", {"thorough"}),
        ("hiscores", "hiscores_scrape", {"players.names", "slot", "changed_only"}),
        ("image_map", "image_map_regeneration", {"players.names", "kinds", "subjects", "redownload", "refresh"}),
    ],
)
def test_the_launchpad_has_a_default_and_a_description_for_every_field(
    location: str, job: str, wanted: set[str]
) -> None:
    fields = config_fields(LOADED[location].resolve_job_def(job))
    assert wanted <= fields.keys()
    for name, field in fields.items():
        assert field.description, name
        assert field.default_provided or not field.is_required, name


def test_players_are_chosen_in_one_place_per_run_and_the_launchpad_shows_how() -> None:
    for location, defs in LOADED.items():
        for job in defs.get_repository_def().get_all_jobs():
            assert "players" not in {name for node in job.all_node_defs for name in op_fields(node)}, f"{job.name}"
        main = {"player_stats": "daily_wrapped", "hiscores": "hiscores_scrape", "image_map": "image_map_regeneration"}
        shown = configurable_resources(defs.resolve_job_def(main[location]))["players"]["names"].description
        assert '["Iron Bob", zezima]' in shown


def test_days_are_selected_as_partitions_of_the_daily_job() -> None:
    partitions = LOADED["player_stats"].resolve_job_def("daily_wrapped").partitions_def
    assert isinstance(partitions, dg.DailyPartitionsDefinition)
