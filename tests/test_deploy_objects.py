"""Manifests and run Jobs are valid Kubernetes objects, and a run's Job follows the same rules as the other Pods."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import deploy_manifests as rules
import kubernetes.client
import kubernetes_validate
import pytest
import yaml
from dagster._config import process_config
from dagster._core.instance.config import dagster_instance_config
from dagster_k8s import K8sRunLauncher
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.job import DagsterK8sJobConfig, construct_dagster_k8s_job
from deploy_manifests import DEV, KUBERNETES, LOCATIONS, PROD, Thing, named, rendered

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
NEWEST = kubernetes_validate.latest_version()
KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:9"}}],
    "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
    "users": [{"name": "none", "user": {}}],
    "current-context": "none",
}


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> K8sRunLauncher:
    """The launcher in our dagster.yaml, without access to the cluster."""
    config = yaml.safe_load((KUBERNETES / "base" / "system" / "dagster.yaml").read_text())["run_launcher"]["config"]
    processed = process_config(DagsterK8sJobConfig.config_type_run_launcher(), config)
    assert processed.success, processed.errors
    kubeconfig = tmp_path_factory.mktemp("kube") / "config"
    kubeconfig.write_text(yaml.safe_dump(KUBECONFIG))
    values = {**(processed.value or {}), "load_incluster_config": False, "kubeconfig_file": str(kubeconfig)}
    return K8sRunLauncher(**values)


def location_context(location: str) -> tuple[str, dict[str, Any]]:
    """Image and container context as the location's code server reports them."""
    things = rendered(f"prod/locations/{location}")
    served = named(things, "Deployment", location.replace("_", "-"))["spec"]["template"]["spec"]["containers"][0]
    env = {item["name"]: item.get("value") for item in served["env"]}
    return env["DAGSTER_CURRENT_IMAGE"], json.loads(env["DAGSTER_CONTAINER_CONTEXT"])


def allowed(launcher: K8sRunLauncher, context: dict[str, Any]) -> K8sContainerContext:
    """A location's context, filtered by the instance's rules as on launch."""
    return K8sContainerContext.create_from_config(context).validate_user_k8s_config_for_run(
        launcher.only_allow_user_defined_k8s_config_fields, launcher.only_allow_user_defined_env_vars
    )


def run_job(launcher: K8sRunLauncher, location: str, **more: Any) -> Thing:
    """The Job for a location's run, with additional run_k8s_config from the team."""
    image, context = location_context(location)
    requested = {**context["k8s"], "run_k8s_config": {**context["k8s"].get("run_k8s_config", {}), **more}}
    of_launcher = K8sContainerContext(
        image_pull_policy=launcher.image_pull_policy,
        service_account_name=launcher.service_account_name,
        env_config_maps=launcher.env_config_maps,
        resources=launcher.resources,
        namespace=launcher.job_namespace,
        run_k8s_config=K8sContainerContext.create_from_config(
            {"k8s": {"run_k8s_config": launcher.run_k8s_config}}
        ).run_k8s_config,
    )
    merged = of_launcher.merge(allowed(launcher, {"k8s": requested}))
    job = construct_dagster_k8s_job(
        job_config=merged.get_k8s_job_config(image, launcher),
        args=["dagster", "api", "execute_run", "{}"],
        job_name="dagster-run-1",
        component="run_worker",
        user_defined_k8s_config=merged.run_k8s_config,
        labels={"dagster/run-id": "1", "dagster/job": "job", "dagster/code-location": location},
    )
    made: Thing = kubernetes.client.ApiClient().sanitize_for_serialization(job)
    return made


@pytest.mark.parametrize("overlay", [*PROD, *DEV])
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
    from player_stats.defs.jobs import JOBS

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
