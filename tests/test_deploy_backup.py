"""The backup component: what it adds, whom it may reach, and what its scripts do with the dumps."""

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deploy_manifests as rules
import kubernetes_validate
import pytest
import yaml
from deploy_manifests import KUBERNETES, PROD, Thing, named, rendered
from test_deploy_access import DATABASES, reach
from test_deploy_objects import NEWEST
from test_deploy_overlays import documented
from wrapped_shared import collections as names

FOLDER = KUBERNETES / "components" / "backup"
PAGE = "operating.md"
with_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


def added(tmp_path: Path) -> list[Thing]:
    there = {(thing["kind"], thing["metadata"]["name"]) for thing in rendered("prod/system")}
    things = documented(tmp_path, "Backing up", PAGE)
    return [thing for thing in things if (thing["kind"], thing["metadata"]["name"]) not in there]


@with_kubectl
def test_the_documented_backup_follows_every_rule_and_reaches_only_its_database(tmp_path: Path) -> None:
    things = added(tmp_path)
    for thing in things:
        kubernetes_validate.validate(thing, NEWEST, strict=True)
        assert thing["metadata"]["namespace"] == "wrapped"
    kinds = sorted(thing["kind"] for thing in things)
    assert kinds == sorted([*["CronJob", "NetworkPolicy", "PersistentVolumeClaim", "ServiceAccount"] * 2, "ConfigMap"])
    for rule in (
        rules.untagged,
        rules.not_restricted,
        rules.without_resources,
        rules.with_token,
        rules.open_secrets,
        rules.without_policy,
    ):
        assert rule(things) == [], rule.__doc__
    dns = "any 53/UDP 53/TCP"
    assert reach(things, DATABASES[PROD]) == {
        "backup-mongodb": ("wrapped/role=backup-mongodb", [], [dns, "the databases 27017/TCP"]),
        "backup-postgres": ("wrapped/role=backup-postgres", [], [dns, "the databases 5432/TCP"]),
    }


@with_kubectl
def test_each_job_has_its_own_account_volume_and_scripts_and_never_runs_twice_at_once(tmp_path: Path) -> None:
    things = documented(tmp_path, "Backing up", PAGE)
    script = named(things, "ConfigMap", "wrapped-backup-scripts")
    settings = rules.environment(things, {"envFrom": [{"configMapRef": {"name": "dagster-postgres"}}]})
    for database in ("mongodb", "postgres"):
        job = named(things, "CronJob", f"backup-{database}")
        spec = rules.pod_template(job)["spec"]
        assert job["spec"]["concurrencyPolicy"] == "Forbid"
        assert spec["serviceAccountName"] == f"backup-{database}"
        assert spec["volumes"][0]["persistentVolumeClaim"]["claimName"] == f"backup-{database}"
        assert spec["volumes"][1]["configMap"]["name"] == script["metadata"]["name"]
        assert spec["containers"][0]["command"] == ["sh", f"/scripts/dump-{database}.sh"]
        for item in spec["containers"][0]["env"]:
            source = item.get("valueFrom", {}).get("configMapKeyRef")
            assert source is None or source["key"] in settings
    assert set(script["data"]) == {"dump-mongodb.sh", "dump-postgres.sh"}


def _policy(things: list[Thing]) -> None:
    things.remove(named(things, "NetworkPolicy", "backup-postgres"))


def _token(things: list[Thing]) -> None:
    rules.pod_template(named(things, "CronJob", "backup-mongodb"))["spec"]["automountServiceAccountToken"] = True


def _root(things: list[Thing]) -> None:
    rules.pod_template(named(things, "CronJob", "backup-mongodb"))["spec"]["securityContext"]["runAsUser"] = 0


def _uri(things: list[Thing]) -> None:
    container = rules.pod_template(named(things, "CronJob", "backup-mongodb"))["spec"]["containers"][0]
    container["command"].append("mongodb://backup:secret@mongodb")


@with_kubectl
@pytest.mark.parametrize(
    ("rule", "harm"),
    [
        (rules.without_policy, _policy),
        (rules.with_token, _token),
        (rules.not_restricted, _root),
        (rules.open_secrets, _uri),
    ],
    ids=["no policy", "a token", "root", "a password in the command"],
)
def test_a_broken_copy_is_detected(
    rule: Callable[[list[Thing]], list[str]], harm: Callable[[list[Thing]], None], tmp_path: Path
) -> None:
    things = added(tmp_path)
    assert not rule(things)
    harm(things)
    assert rule(things)


def stand_in(folder: Path, name: str, script: str) -> None:
    """A program that records its arguments and writes a dump, as the real one is not to be had here."""
    program = folder / name
    program.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/calls"\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


def dump(tmp_path: Path, script: str, target: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "TARGET": str(target), **more}
    return subprocess.run(
        ["sh", str(FOLDER / script)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


MONGO: dict[str, Any] = {"MONGO_BACKUP_URI": "mongodb://backup:secret@mongodb/?authSource=admin", "KEEP": "2"}
WRITE = 'while [ "$1" != --out ]; do shift; done; mkdir -p "$2/db"; echo data > "$2/db/some.bson.gz"'


def test_mongodb_is_dumped_in_the_order_that_loses_nothing_without_the_password_in_any_argument(
    tmp_path: Path,
) -> None:
    target = tmp_path / "backup"
    target.mkdir()
    for old in ("2026-01-01T03-00-00Z", "2026-01-02T03-00-00Z", ".2026-01-03T03-00-00Z.part"):
        (target / old).mkdir()
    stand_in(tmp_path, "mongodump", WRITE)
    done = dump(tmp_path, "dump-mongodb.sh", target, **MONGO)
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text()
    assert "secret" not in calls + done.stdout
    order = re.findall(r"--db (\S+)(?: --collection (\S+))?", calls)
    owed = [names.WATERMARKS, names.DAY_LEDGER, names.DAY_REQUESTS, names.PLAN_STATE]
    owed += [names.PLAYER_HOURS, names.REPORT_REQUESTS, names.STAT_IMAGES]
    analytics = names.ANALYTICS_DATABASE
    assert order == [*((analytics, name) for name in owed), (analytics, ""), (names.RAW_DATABASE, "")]
    assert re.findall(r"--excludeCollection=(\S+)", calls) == owed
    kept = sorted(path.name for path in target.iterdir())
    assert kept[0] == "2026-01-02T03-00-00Z"
    assert len(kept) == 2
    assert (target / kept[1] / "db" / "some.bson.gz").is_file()


def test_postgresql_is_dumped_into_one_file_and_older_ones_go(tmp_path: Path) -> None:
    target = tmp_path / "backup"
    target.mkdir()
    for old in ("2026-01-01T03-00-00Z.dump", "2026-01-02T03-00-00Z.dump", ".2026-01-03T03-00-00Z.part"):
        (target / old).touch()
    stand_in(
        tmp_path, "pg_dump", 'for word in "$@"; do case "$word" in --file=*) echo data > "${word#--file=}";; esac; done'
    )
    done = dump(tmp_path, "dump-postgres.sh", target, KEEP="2")
    assert done.returncode == 0, done.stderr
    kept = sorted(path.name for path in target.iterdir())
    assert kept[0] == "2026-01-02T03-00-00Z.dump"
    assert len(kept) == 2
    assert (target / kept[1]).read_text() == "data\n"


@pytest.mark.parametrize("script", ["dump-mongodb.sh", "dump-postgres.sh"])
def test_a_dump_that_fails_leaves_nothing_under_a_final_name_and_removes_no_older_one(
    script: str, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    target.mkdir()
    for day in range(1, 5):
        (target / f"2026-01-0{day}T03-00-00Z{'.dump' if 'postgres' in script else ''}").mkdir()
    for program in ("mongodump", "pg_dump"):
        stand_in(tmp_path, program, "exit 1")
    before = sorted(target.iterdir())
    assert dump(tmp_path, script, target, **MONGO).returncode != 0
    assert sorted(target.iterdir()) == before


def test_the_images_are_those_of_the_small_databases() -> None:
    used = {line for file in FOLDER.glob("*.yaml") for line in re.findall(r"image: (\S+)", file.read_text())}
    small = (KUBERNETES / "overlays" / "dev" / "databases.yaml").read_text()
    assert used
    assert used <= set(re.findall(r"image: (\S+)", small))
    assert yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"] == ["mongodb.yaml", "postgres.yaml"]
