"""Manifests and run Jobs are valid Kubernetes objects, and a run's Job follows the same rules as the other Pods."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import deploy_manifests as rules
import kubernetes_validate
import pytest
import yaml
from dagster._core.instance.config import dagster_instance_config
from dagster_k8s import K8sRunLauncher
from deploy_manifests import DEV, KUBERNETES, LOCATIONS, PROD, named, rendered
from deploy_runs import our_launcher, run_job

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
NEWEST = kubernetes_validate.latest_version()


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> K8sRunLauncher:
    return our_launcher(tmp_path_factory.mktemp("kube"))


@pytest.mark.parametrize("overlay", [*PROD, *DEV, "prod/namespace"])
def test_every_object_is_valid_for_the_newest_kubernetes(overlay: str) -> None:
    for thing in rendered(overlay):
        kubernetes_validate.validate(thing, NEWEST, strict=True)


def test_an_unknown_field_is_detected() -> None:
    thing = named(rendered("prod/locations/hiscores"), "Deployment", "hiscores")
    thing["spec"]["template"]["spec"]["containers"][0]["livenessprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(thing, NEWEST, strict=True)


def test_the_login_is_valid_and_restricted() -> None:
    folder = KUBERNETES / "components" / "oauth2-proxy"
    things = [thing for thing in yaml.safe_load_all((folder / "proxies.yaml").read_text()) if thing]
    for thing in things:
        kubernetes_validate.validate(thing, NEWEST, strict=True)
    assert {thing["kind"] for thing in things} == {"Deployment", "Service", "NetworkPolicy"}
    for rule in (rules.untagged, rules.not_restricted, rules.without_resources, rules.without_policy, rules.with_token):
        assert rule(things) == []
    assert rules.not_spread(things) == []
    named_upstreams = set(re.findall(r"http://([\w-]+):80", (folder / "proxies.yaml").read_text()))
    services = {thing["metadata"]["name"] for thing in rules.of_kind(rendered("prod/system"), "Service")}
    assert named_upstreams == services


def test_dagster_accepts_the_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    config, custom = dagster_instance_config(str(KUBERNETES / "base" / "system"))
    assert config["run_launcher"]["class"] == "K8sRunLauncher"
    assert custom is None
    assert config["run_launcher"]["config"]["job_namespace"] == "wrapped"
    assert {thing["metadata"].get("namespace") for thing in rendered(*PROD) if thing["kind"] != "Namespace"} == {
        "wrapped"
    }


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_run_is_a_restricted_pod_with_everything_it_needs(launcher: K8sRunLauncher, location: str) -> None:
    job = run_job(launcher, location)
    kubernetes_validate.validate(job, NEWEST, strict=True)
    for rule in (rules.floating_tags, rules.not_restricted, rules.of_ours_below_10000, rules.without_resources):
        assert rule([job]) == []
    assert rules.without_size([job]) == []
    spec = job["spec"]["template"]["spec"]
    assert job["spec"]["backoffLimit"] == 0
    assert 0 < job["spec"]["ttlSecondsAfterFinished"] <= 86_400
    assert job["spec"]["activeDeadlineSeconds"] > 21_600
    assert spec["serviceAccountName"] == "dagster-run"
    assert spec["automountServiceAccountToken"] is False
    container = spec["containers"][0]
    assert {"secretRef": {"name": f"{location.replace('_', '-')}-secrets"}} in container["envFrom"]
    config = rules.named(rendered("prod/system"), "ConfigMap", "dagster-instance")["data"]["dagster.yaml"]
    maps = rendered("prod/system", f"prod/locations/{location}")
    assert rules.environment_named_in(config) <= rules.environment(maps, container)
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]}
    policy = named(maps, "NetworkPolicy", f"{location.replace('_', '-')}-runs")
    labels = job["spec"]["template"]["metadata"]["labels"]
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items()


def test_only_a_run_that_creates_pods_gets_a_token(launcher: K8sRunLauncher) -> None:
    from player_stats.defs.automation import JOBS

    jobs = {job.name: job for job in JOBS}
    requested = json.loads(jobs["wrapped_news"].tags["dagster-k8s/config"])
    job = run_job(launcher, "player_stats", **requested)
    assert job["spec"]["template"]["spec"]["automountServiceAccountToken"] is True
    assert not any("dagster-k8s/config" in (job.tags or {}) for name, job in jobs.items() if name != "wrapped_news")


@pytest.mark.parametrize(
    "requested",
    [
        {"pod_spec_config": {"service_account_name": "dagster-daemon"}},
        {"container_config": {"image": "elsewhere/image:1"}},
        {"container_config": {"security_context": {"privileged": True}}},
        {"pod_spec_config": {"host_network": True}},
        {"pod_spec_config": {"volumes": [{"name": "node", "host_path": {"path": "/"}}]}},
        {"job_spec_config": {"backoff_limit": 5}},
    ],
    ids=lambda requested: str(next(iter(next(iter(requested.values()))))),
)
def test_a_team_cannot_request_more_than_allowed(launcher: K8sRunLauncher, requested: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="violated the allowed list"):
        run_job(launcher, "hiscores", **requested)


def test_a_team_can_request_memory_and_nodes(launcher: K8sRunLauncher) -> None:
    job = run_job(
        launcher,
        "hiscores",
        container_config={"resources": {"limits": {"memory": "3Gi"}}},
        pod_spec_config={"node_selector": {"disk": "fast"}},
    )
    spec = job["spec"]["template"]["spec"]
    assert spec["containers"][0]["resources"]["limits"]["memory"] == "3Gi"
    assert spec["nodeSelector"] == {"disk": "fast"}


def test_every_folder_of_a_location_is_complete() -> None:
    locations = {path.name for path in (KUBERNETES.parents[1] / "code_locations").iterdir() if (path / "src").is_dir()}
    for overlay in ("base", "overlays/prod", "overlays/test-1.20"):
        folders = {path.name for path in (KUBERNETES / overlay / "locations").iterdir() if path.is_dir()}
        assert folders == locations == set(LOCATIONS), overlay
    assert Path(KUBERNETES / "overlays" / "dev" / "kustomization.yaml").is_file()
