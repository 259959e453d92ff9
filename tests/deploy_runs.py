"""A run's Job, as the launcher in our dagster.yaml makes it.

What belongs here: making Jobs without a cluster. What does not: what they must be (`test_deploy_objects`,
`test_deploy_admission`).
"""

import json
from pathlib import Path
from typing import Any, Final

import kubernetes.client
import yaml
from dagster._config import process_config
from dagster_k8s import K8sRunLauncher
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.job import DagsterK8sJobConfig, construct_dagster_k8s_job
from deploy_manifests import KUBERNETES, Thing, named, rendered

_KUBECONFIG: Final = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:9"}}],
    "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
    "users": [{"name": "none", "user": {}}],
    "current-context": "none",
}


def our_launcher(folder: Path) -> K8sRunLauncher:
    """Return the launcher in our dagster.yaml, without access to the cluster; `folder` is for its kubeconfig."""
    config = yaml.safe_load((KUBERNETES / "base" / "system" / "dagster.yaml").read_text())["run_launcher"]["config"]
    processed = process_config(DagsterK8sJobConfig.config_type_run_launcher(), config)
    assert processed.success, processed.errors
    kubeconfig = folder / "config"
    kubeconfig.write_text(yaml.safe_dump(_KUBECONFIG))
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
