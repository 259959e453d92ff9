"""The Kubernetes manifests as tests see them, and the rules that each must follow.

What belongs here: rendering, and rules: a rule takes rendered objects and returns what is wrong, one line each. What
does not: the tests, and the broken copies that prove the rules (`test_deploy_policy`).
"""

import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

Thing: TypeAlias = dict[str, Any]
ROOT: Final = Path(__file__).parents[1]
KUBERNETES: Final = ROOT / "deploy" / "kubernetes"
LOCATIONS: Final = tuple(sorted(path.parent.name for path in (ROOT / "code_locations").glob("*/pyproject.toml")))
SERVICES: Final = tuple(name.replace("_", "-") for name in LOCATIONS)
"""Each location's name in the cluster, where underscores are not allowed."""
PROD: Final = ("prod/system", "prod/migrate", *(f"prod/locations/{name}" for name in LOCATIONS))
TEST: Final = ("test-1.20/system", "test-1.20/migrate", *(f"test-1.20/locations/{name}" for name in LOCATIONS))
DEV: Final = ("dev", "dev/migrate")
LONG_LIVED: Final = ("Deployment", "StatefulSet")
WITH_PODS: Final = (*LONG_LIVED, "Job", "CronJob")
_LIMITED: Final = {"memory", "ephemeral-storage"}


def kustomized(folder: Path) -> str:
    """Return what kustomize renders from a folder."""
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@functools.cache
def _rendered(overlay: str) -> str:
    return kustomized(KUBERNETES / "overlays" / overlay)


def rendered(*overlays: str) -> list[Thing]:
    """Return fresh copies of the objects that some overlays render."""
    return [found for overlay in overlays for found in yaml.safe_load_all(_rendered(overlay)) if found]


def of_kind(things: list[Thing], *kinds: str) -> list[Thing]:
    """Return the objects of some kinds."""
    return [thing for thing in things if thing["kind"] in kinds]


def named(things: list[Thing], kind: str, name: str) -> Thing:
    """Return one object; the hash suffix of a generated name may be omitted."""
    exact = [thing for thing in of_kind(things, kind) if re.fullmatch(rf"{name}(-[a-z0-9]{{10}})?", _name(thing))]
    assert len(exact) == 1, f"{kind} {name}: {len(exact)}"
    return exact[0]


def pod_specs(things: list[Thing]) -> Iterator[tuple[str, Thing]]:
    """Yield the Pod spec of everything that creates Pods, with its name."""
    for thing in of_kind(things, *WITH_PODS):
        yield f"{thing['kind']} {_name(thing)}", pod_template(thing)["spec"]


def pod_template(thing: Thing) -> Thing:
    """Return the template of the Pods that an object creates."""
    spec = thing["spec"]["jobTemplate"]["spec"] if thing["kind"] == "CronJob" else thing["spec"]
    template: Thing = spec["template"]
    return template


def containers(things: list[Thing]) -> Iterator[tuple[str, Thing]]:
    """Yield every container, with where it is."""
    for where, spec in pod_specs(things):
        for container in [*spec["containers"], *spec.get("initContainers", [])]:
            yield f"{where} {container['name']}", container


def floating_tags(things: list[Thing]) -> list[str]:
    """An image is pinned by its digest."""
    images = [(where, container["image"]) for where, container in containers(things)]
    return [f"{where}: {image}" for where, image in images if not re.search(r"@sha256:[0-9a-f]{64}$", image)]


def untagged(things: list[Thing]) -> list[str]:
    """Even outside production an image has a tag, and not `latest`."""
    images = [(where, container["image"]) for where, container in containers(things)]
    return [f"{where}: {image}" for where, image in images if not re.search(r"(@sha256:|:(?!latest$)[\w.-]+$)", image)]


def not_restricted(things: list[Thing]) -> list[str]:
    """Pods meet Pod Security's restricted level, and write only to volumes."""
    wrong = []
    for where, spec in pod_specs(things):
        security = spec.get("securityContext", {})
        if security.get("runAsNonRoot") is not True or security.get("runAsUser", 0) == 0:
            wrong.append(f"{where}: may run as root")
        if security.get("seccompProfile") != {"type": "RuntimeDefault"}:
            wrong.append(f"{where}: no seccomp profile")
        if any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
            wrong.append(f"{where}: shares something with its node")
        if any(set(volume) & {"hostPath"} for volume in spec.get("volumes", [])):
            wrong.append(f"{where}: mounts a folder of its node")
    for where, container in containers(things):
        security = container.get("securityContext", {})
        if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
            wrong.append(f"{where}: may get privileges")
        if security.get("capabilities") != {"drop": ["ALL"]}:
            wrong.append(f"{where}: keeps capabilities")
        if security.get("readOnlyRootFilesystem") is not True:
            wrong.append(f"{where}: writes to its root file system")
        if set(security) & {"runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile", "procMount"}:
            wrong.append(f"{where}: is an exception from its Pod")
    return wrong


def of_ours_below_10000(things: list[Thing]) -> list[str]:
    """Processes in our own images have a user id of at least 10000."""
    specs = [(where, spec) for where, spec in pod_specs(things) if "wrapped" in spec["containers"][0]["image"]]
    return [where for where, spec in specs if spec["securityContext"].get("runAsUser", 0) < 10_000]


def without_resources(things: list[Thing]) -> list[str]:
    """CPU, memory and disk are requested, memory and disk are limited."""
    wrong = []
    for where, container in containers(things):
        resources = container.get("resources", {})
        requests, limit = resources.get("requests", {}), resources.get("limits", {})
        if not {"cpu", *_LIMITED} <= set(requests) or not set(limit) >= _LIMITED:
            wrong.append(f"{where}: {resources}")
    return wrong


def without_probes(things: list[Thing]) -> list[str]:
    """Code servers have a gRPC probe for DagsterApi, others any probe."""
    wrong = []
    for thing in of_kind(things, "Deployment"):
        container = thing["spec"]["template"]["spec"]["containers"][0]
        if _role(thing) == "code-server":
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                if container.get(probe, {}).get("grpc") != {"port": 4000, "service": "DagsterApi"}:
                    wrong.append(f"{_name(thing)}: {probe} is not a gRPC probe for DagsterApi")
        elif "livenessProbe" not in container:
            wrong.append(f"{_name(thing)}: no probe detects a hang")
    return wrong


def not_single(things: list[Thing]) -> list[str]:
    """There is only one of each code server and daemon at a time."""
    wrong = []
    for thing in of_kind(things, "Deployment"):
        if _role(thing) in {"code-server", "daemon"}:
            spec = thing["spec"]
            if spec.get("replicas") != 1 or spec.get("strategy", {}).get("type") != "Recreate":
                wrong.append(f"{_name(thing)}: {spec.get('replicas')} replicas, {spec.get('strategy')}")
    return wrong


def not_spread(things: list[Thing]) -> list[str]:
    """Several replicas, now or in an overlay, run on several nodes if they can."""
    wrong = []
    for thing in of_kind(things, "Deployment"):
        template = thing["spec"]["template"]
        wanted = {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": thing["spec"]["selector"],
        }
        single = thing["spec"].get("strategy", {}).get("type") == "Recreate"
        if not single and template["spec"].get("topologySpreadConstraints") != [wanted]:
            wrong.append(_name(thing))
    return wrong


def without_size(things: list[Thing]) -> list[str]:
    """No temporary folder may fill its node's disk."""
    volumes = [(where, volume) for where, spec in pod_specs(things) for volume in spec.get("volumes", [])]
    return [f"{where}: {v['name']}" for where, v in volumes if "emptyDir" in v and "sizeLimit" not in v["emptyDir"]]


def with_token(things: list[Thing]) -> list[str]:
    """Only the full webserver and the daemon get a token for the cluster's API."""
    wrong = [
        f"ServiceAccount {_name(thing)}"
        for thing in of_kind(things, "ServiceAccount")
        if thing.get("automountServiceAccountToken") is not False
    ]
    allowed = {"Deployment dagster-webserver", "Deployment dagster-daemon"}
    for where, spec in pod_specs(things):
        if spec.get("automountServiceAccountToken") is not False and where not in allowed:
            wrong.append(where)
    return wrong


def open_secrets(things: list[Thing]) -> list[str]:
    """Secrets are referenced, never included."""
    wrong = [f"Secret {_name(thing)} includes its values" for thing in of_kind(things, "Secret")]
    secret = re.compile(r"PASSWORD|SECRET|TOKEN|MONGO_URI", re.IGNORECASE)
    in_a_uri = re.compile(r"://[^/\s:]+:[^@\s]+@")
    for where, container in containers(things):
        given = [(item["name"], item["value"]) for item in container.get("env", []) if "value" in item]
        wrong += [f"{where}: {name}" for name, value in given if secret.search(name) or in_a_uri.search(value)]
        words = [*container.get("command", []), *container.get("args", [])]
        wrong += [f"{where}: its command" for word in words if in_a_uri.search(word)]
    for thing in of_kind(things, "ConfigMap"):
        for key, value in thing["data"].items():
            if (secret.search(key) and value) or in_a_uri.search(value):
                wrong.append(f"ConfigMap {_name(thing)}: {key}")
    return wrong


def without_policy(things: list[Thing]) -> list[str]:
    """Each Pod is selected by a NetworkPolicy for both directions, and no policy admits everybody."""
    wrong = []
    policies = of_kind(things, "NetworkPolicy")
    for thing in of_kind(things, *WITH_PODS):
        labels = pod_template(thing)["metadata"]["labels"].items()
        chosen = [
            p
            for p in policies
            if p["spec"]["podSelector"] and p["spec"]["podSelector"]["matchLabels"].items() <= labels
        ]
        if not any({"Ingress", "Egress"} <= set(policy["spec"]["policyTypes"]) for policy in chosen):
            wrong.append(f"{thing['kind']} {_name(thing)}: no NetworkPolicy of its own")
    for policy in policies:
        wrong += [
            f"{_name(policy)}: admits anybody" for rule in policy["spec"].get("ingress", []) if not rule.get("from")
        ]
    return wrong


def environment(things: list[Thing], container: Thing) -> set[str]:
    """Return the names in a container's environment, including those from ConfigMaps."""
    found = {item["name"] for item in container.get("env", [])}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            found |= set(named(things, "ConfigMap", source["configMapRef"]["name"])["data"])
    return found


def environment_named_in(text: str) -> set[str]:
    """Return the names that a Dagster file reads from the environment."""
    return set(re.findall(r"\{\s*env:\s*(\w+)\s*\}", text))


def _name(thing: Thing) -> str:
    return str(thing["metadata"]["name"])


def _role(thing: Thing) -> str:
    return str(thing["spec"]["template"]["metadata"]["labels"].get("wrapped/role", ""))
