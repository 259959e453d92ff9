"""The files of a deployment agree with each other: workspaces, instance, compose."""

import importlib
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._core.instance.config import dagster_instance_config
from dagster._core.launcher import DefaultRunLauncher
from dagster._core.workspace.config_schema import process_workspace_config
from player_stats.settings import PlayerStatsSettings
from pydantic import AliasChoices
from wrapped_launcher import GONE_AFTER_SECONDS
from wrapped_shared.alerts.webhook import AlertSettings
from wrapped_shared.asset_keys import LOCATION_NAMES
from wrapped_shared.rights import RIGHTS

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def servers() -> list[dict[str, Any]]:
    return [entry["grpc_server"] for entry in document(DEPLOY / "workspace.yaml")["load_from"]]


def names_in(value: Any) -> set[str]:
    """The environment variables that a configuration refers to."""
    if isinstance(value, dict):
        if set(value) == {"env"}:
            return {str(value["env"])}
        return {name for part in value.values() for name in names_in(part)}
    return {name for part in value for name in names_in(part)} if isinstance(value, list) else set()


def test_both_workspaces_name_the_same_locations_in_the_same_order() -> None:
    modules = [entry["python_module"]["location_name"] for entry in document(ROOT / "workspace.yaml")["load_from"]]
    assert [server["location_name"] for server in servers()] == modules
    assert set(modules) == set(LOCATION_NAMES)


def test_each_host_has_its_own_name_in_the_environment_and_the_port_is_fixed() -> None:
    for server in servers():
        assert server["host"] == {"env": f"{server['location_name'].upper()}_HOST"}
        assert server["port"] == 4000


def test_the_workspace_is_read_with_hosts_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for server in servers():
        monkeypatch.setenv(server["host"]["env"], f"{server['location_name']}.test")
    read = process_workspace_config(document(DEPLOY / "workspace.yaml"))
    assert read.success
    hosts = [entry["grpc_server"]["host"] for entry in read.value["load_from"]]  # type: ignore[index]
    assert hosts == [f"{server['location_name']}.test" for server in servers()]


def defaults_of_player_stats() -> dict[str, str]:
    """The defaults of the location's settings, by the variable that takes precedence."""
    found = {}
    for field in PlayerStatsSettings.model_fields.values():
        alias = field.validation_alias
        found[str(alias.choices[0] if isinstance(alias, AliasChoices) else alias)] = str(field.default)
    return found


def test_every_setting_of_player_stats_can_be_set_in_every_deployment() -> None:
    defaults = defaults_of_player_stats()
    assert {"WRAPPED_SHARDS", "WRAPPED_REFRESH_MINUTES", "WRAPPED_RUN_EVENTS"} <= defaults.keys()
    base = DEPLOY / "kubernetes" / "base"
    (config,) = document(base / "locations" / "player_stats" / "kustomization.yaml")["configMapGenerator"]
    assert defaults.items() <= dict(literal.split("=", 1) for literal in config["literals"]).items()
    launcher = document(base / "system" / "dagster.yaml")["run_launcher"]["config"]
    assert defaults.keys() <= set(launcher["only_allow_user_defined_env_vars"])
    passed_on = document(DEPLOY / "compose.yaml")["services"]["player-stats"]["environment"]
    assert {name: passed_on.get(name) for name in defaults} == {name: f"${{{name}:-}}" for name in defaults}
    table = (ROOT / "README.md").read_text()
    assert [name for name in defaults if f"| `{name}` |" not in table] == []


def test_every_setting_of_alerts_can_be_set_for_every_location() -> None:
    fields = {str(field.alias): str(field.default) for field in AlertSettings.model_fields.values()}
    assert fields.pop("WRAPPED_ALERT_WEBHOOK") == ""  # from a Secret
    assert len(fields) == 3
    for location in LOCATION_NAMES:
        base = DEPLOY / "kubernetes" / "base" / "locations" / location
        (config,) = document(base / "kustomization.yaml")["configMapGenerator"]
        assert fields.items() <= dict(literal.split("=", 1) for literal in config["literals"]).items()
        passed_on = document(DEPLOY / "compose.yaml")["services"][location.replace("_", "-")]["environment"]
        assert {name: passed_on.get(name) for name in fields} == {name: f"${{{name}:-}}" for name in fields}
    table = (ROOT / "README.md").read_text()
    assert [name for name in fields if f"`{name}`" not in table] == []


@pytest.fixture
def instance(tmp_path: Path) -> dict[str, Any]:
    """deploy/dagster.yaml as Dagster reads it."""
    shutil.copy(DEPLOY / "dagster.yaml", tmp_path)
    config, _ = dagster_instance_config(str(tmp_path))
    return dict(config)


def test_dagster_accepts_the_instance_and_its_policies(instance: dict[str, Any]) -> None:
    assert instance["storage"]["postgres"]["postgres_db"]["scheme"] == "postgresql+psycopg2"
    assert instance["concurrency"]["pools"] == {"granularity": "op", "default_limit": 1}
    assert instance["concurrency"]["runs"]["max_concurrent_runs"] >= 3
    assert instance["run_retries"] == {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False}
    assert instance["retention"]["schedule"]
    assert instance["retention"]["sensor"]
    assert instance["telemetry"] == {"enabled": False}
    assert instance["compute_logs"]["class"] == "NoOpComputeLogManager"


@pytest.mark.parametrize("folder", [DEPLOY, DEPLOY / "local", DEPLOY / "kubernetes" / "base" / "system"])
def test_a_run_whose_process_died_ends_and_its_slots_are_freed_within_two_minutes(folder: Path) -> None:
    monitoring = document(folder / "dagster.yaml")["run_monitoring"]
    assert monitoring["enabled"]
    look = monitoring["poll_interval_seconds"]
    slots_free = math.ceil(monitoring["free_slots_after_run_end_seconds"] / look) * look
    waits = [GONE_AFTER_SECONDS, monitoring["cancel_timeout_seconds"]]
    if "kubernetes" not in folder.parts:  # a Pod may have to wait for a node
        waits.append(monitoring["start_timeout_seconds"])
    for seconds in waits:
        assert seconds + 2 * look + slots_free <= 120


def test_the_run_launcher_of_the_deployment_answers_run_monitoring(instance: dict[str, Any]) -> None:
    launcher_config = instance["run_launcher"]
    launcher = getattr(importlib.import_module(launcher_config["module"]), launcher_config["class"])()
    assert isinstance(launcher, DefaultRunLauncher)
    assert launcher.supports_check_run_worker_health


def test_the_pools_that_assets_use_are_limited_to_one_step_at_a_time(instance: dict[str, Any]) -> None:
    pools = {
        pool
        for path in ROOT.glob("code_locations/*/src/**/common.py")
        for pool in re.findall(r'^POOL: Final = "(\w+)"', path.read_text(), re.M)
    }
    assert pools == {"osrs_hiscores", "osrs_wiki"}
    assert instance["concurrency"]["pools"]["default_limit"] == 1


def test_an_instance_with_this_configuration_uses_the_installed_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sqlalchemy.engine import make_url

    assert make_url("postgresql+psycopg2://dagster@nowhere/dagster").get_dialect().driver == "psycopg2"
    needed = names_in(document(DEPLOY / "dagster.yaml"))
    assert needed == {f"DAGSTER_PG_{part}" for part in ("HOST", "PORT", "DB", "USERNAME", "PASSWORD")}


COMPOSE = document(DEPLOY / "compose.yaml")
OURS = {"player-stats", "hiscores", "image-map", "webserver", "daemon", "migrate"}


def test_compose_gives_every_process_what_the_instance_and_the_workspace_name() -> None:
    secrets = {"secrets/dagster.env": {"DAGSTER_PG_PASSWORD"}, "secrets/locations.env": set[str]()}
    secrets |= {f"secrets/{name}.env": {"MONGO_URI"} for name in LOCATION_NAMES}
    needed = names_in(document(DEPLOY / "dagster.yaml"))
    for name in OURS:
        service = COMPOSE["services"][name]
        given = {*service["environment"], *(part for file in service["env_file"] for part in secrets[file])}
        assert needed <= given, name
        if name in ("webserver", "daemon"):
            assert names_in(document(DEPLOY / "workspace.yaml")) <= given
        assert ("MONGO_URI" in given) is (name.replace("-", "_") in LOCATION_NAMES)
    hosts = {COMPOSE["services"]["webserver"]["environment"][server["host"]["env"]] for server in servers()}
    assert hosts == {"player-stats", "hiscores", "image-map"}


def test_compose_runs_our_images_hardened_and_with_health_checks() -> None:
    for name in OURS:
        service = COMPOSE["services"][name]
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"]
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108
        assert name == "migrate" or service["healthcheck"]["test"][0] == "CMD"
    for name, service in COMPOSE["services"].items():
        assert not service["image"].endswith(":latest")
        assert ":" in service["image"], name
    assert COMPOSE["services"]["webserver"]["ports"] == ["127.0.0.1:3000:3000"]
    assert not [name for name, service in COMPOSE["services"].items() if name != "webserver" and "ports" in service]
    assert set(COMPOSE["volumes"]) == {"mongo-data", "postgres-data"}


LEAST_PATCH = {"mongo": "7.0.35", "postgres": "16.14", "oauth2-proxy": "7.15.2"}
"""The first versions without the holes that were public by then, such as CVE-2026-9740, CVE-2026-40575."""


def test_example_images_have_no_known_holes_and_are_the_same_everywhere() -> None:
    named: dict[str, set[str]] = {name: set() for name in LEAST_PATCH}
    for path in sorted(DEPLOY.rglob("*.yaml")):
        for name, version in re.findall(r"image: ([\w-]+):v?(\d[\w.]*)", path.read_text()):
            if name in named:
                named[name].add(version)
    for name, versions in named.items():
        (version,) = versions
        least = [int(part) for part in LEAST_PATCH[name].split(".")]
        found = [int(part) for part in version.split(".")]
        assert found >= least, name
        assert found[0] == least[0], "a new major version of a database needs a migration of its data"


def test_secrets_are_created_once_for_their_owner_only_and_agree(tmp_path: Path) -> None:
    script = tmp_path / "compose_secrets.py"
    shutil.copy(DEPLOY / "compose_secrets.py", script)
    first = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    folder = tmp_path / "secrets"
    made = {path.name: path.read_text() for path in folder.iterdir()}
    kept = {"postgres_password", "mongo_password", "dagster.env", "locations.env", "mongo_users.env"}
    assert set(made) == kept | {f"{user}.env" for user in RIGHTS}
    assert made["dagster.env"] == f"DAGSTER_PG_PASSWORD={made['postgres_password']}\n"
    assert f":{made['mongo_password']}@mongo:27017" in made["mongo_users.env"]
    for user in RIGHTS:  # each knows its own password and no other
        (password,) = re.findall(rf"^MONGO_PASSWORD_{user.upper()}=(\w{{48}})$", made["mongo_users.env"], re.MULTILINE)
        assert made[f"{user}.env"] == f"MONGO_URI=mongodb://{user}:{password}@mongo:27017/?authSource=admin\n"
        assert sum(password in text for text in made.values()) == 2
    assert made["postgres_password"] != made["mongo_password"]
    assert not any(made["mongo_password"] in text for text in (first.stdout, first.stderr))
    rights = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}
    assert rights.pop("secrets") == 0o700
    assert rights.pop("mongo_password") == 0o444  # MongoDB's image reads it as its own user
    assert set(rights.values()) == {0o600}
    (folder / "mongo_users.env").unlink()  # made again, it agrees with the users' files
    subprocess.run([sys.executable, str(script)], capture_output=True, check=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == made
    ignored = subprocess.run(["git", "check-ignore", "-q", "deploy/secrets/mongo_password"], cwd=ROOT)
    assert ignored.returncode == 0


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
def test_docker_compose_accepts_the_file(tmp_path: Path) -> None:
    for name in ("compose.yaml", "compose_secrets.py", "dagster.yaml", "workspace.yaml"):
        shutil.copy(DEPLOY / name, tmp_path)
    subprocess.run([sys.executable, str(tmp_path / "compose_secrets.py")], capture_output=True, check=True)
    (tmp_path / ".env").write_text("WRAPPED_CONTACT=you@your.org\nHISCORES_TAG=1.4.0\n")
    done = subprocess.run(
        ["docker-compose", "-f", str(tmp_path / "compose.yaml"), "config"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert set(services) == {*OURS, "mongo", "mongo-users", "postgres"}
    assert services["hiscores"]["image"] == "wrapped-hiscores:1.4.0"
    assert services["hiscores"]["environment"]["WRAPPED_CONTACT"] == "you@your.org"
