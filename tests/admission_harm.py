"""What a hostile team may try to get for its Pods, and the rule of the admission policies that refuses each.

What belongs here: the messages of rules, and changes to a Pod or its template. What does not: whole requests
(`test_deploy_admission`).
"""

from collections.abc import Callable
from typing import Any, Final

from deploy_manifests import Thing

Harm = Callable[[Thing], Any]
LABEL: Final = "dagster/code-location"

LAUNCHERS: Final = "only Dagster makes Pods with the label dagster/code-location"
KNOWN: Final = "the labels dagster/code-location or app.kubernetes.io/name must name a location"
IMAGE: Final = "a location's containers run only its own image, by its digest"
ONE: Final = "a location's Pods have one container"
ACCOUNT: Final = "a code server has the account of its location, a run the account dagster-run"
TOKEN: Final = "only a run that creates Pods for its steps has a token"
SECRETS: Final = "a location reads only its own Secrets and the shared ones"
VOLUMES: Final = "a location mounts only empty folders, ConfigMaps and Secrets"
NODE: Final = "a location shares nothing with its node"
PRIVILEGES: Final = "a location runs as an ordinary user, without privileges, on a read-only file system"
PLACE: Final = "a location runs where the scheduler puts it, on ordinary nodes, with an ordinary priority"
OWN_RUN: Final = "a run creates and deletes only Jobs and Pods of its own"
KINDS: Final = "a team changes only Deployments, Services and ConfigMaps, and executes nothing in a Pod"
NAMES: Final = "a team changes only what has the name of its location"
LABELS: Final = "the Pods of a team's Deployment have the labels of its code server, and no other label wrapped/..."
SERVICE: Final = "a team's Service is reached only inside the cluster and leads to its own Pods"


def spec(**values: Any) -> Harm:
    return lambda pod: pod["spec"].update(values)


def container(**values: Any) -> Harm:
    return lambda pod: pod["spec"]["containers"][0].update(values)


def security(**values: Any) -> Harm:
    return lambda pod: pod["spec"]["containers"][0]["securityContext"].update(values)


def label(name: str, value: str) -> Harm:
    return lambda pod: pod["metadata"]["labels"].update({name: value})


def volume(**source: Any) -> Harm:
    return lambda pod: pod["spec"]["volumes"].append({"name": "more", **source})


def env_of(secret: str) -> Harm:
    reference = {"secretKeyRef": {"name": secret, "key": "MONGO_URI"}}
    return lambda pod: pod["spec"]["containers"][0]["env"].append({"name": "THEIRS", "valueFrom": reference})


def another(place: str, **values: Any) -> Harm:
    return lambda pod: pod["spec"].setdefault(place, []).append({**pod["spec"]["containers"][0], "name": "x", **values})


DIGEST: Final = "@sha256:" + 64 * "0"
RUNS: Final[dict[str, tuple[str, Harm]]] = {
    "an unknown location": (KNOWN, label(LABEL, "elsewhere")),
    "another image": (IMAGE, container(image=f"registry.elsewhere/wrapped/hiscores{DIGEST}")),
    "another location's image": (IMAGE, container(image=f"registry.example/wrapped/player-stats{DIGEST}")),
    "an image that is named alike": (IMAGE, container(image=f"registry.example/wrapped/hiscores-x{DIGEST}")),
    "a tag": (IMAGE, container(image="registry.example/wrapped/hiscores:latest")),
    "a second container": (ONE, another("containers")),
    "an init container": (ONE, another("initContainers")),
    "a sidecar": (ONE, another("initContainers", restartPolicy="Always")),
    "another account": (ACCOUNT, spec(serviceAccountName="dagster-daemon")),
    "the default account": (ACCOUNT, lambda pod: pod["spec"].pop("serviceAccountName")),
    "a token": (TOKEN, spec(automountServiceAccountToken=True)),
    "a token by default": (TOKEN, lambda pod: pod["spec"].pop("automountServiceAccountToken")),
    "a token for a job that is named alike": (
        TOKEN,
        lambda pod: (label("dagster/job", "wrapped_news")(pod), spec(automountServiceAccountToken=True)(pod)),
    ),
    "another location's Secret": (SECRETS, env_of("player-stats-secrets")),
    "all of another location's Secret": (
        SECRETS,
        lambda pod: pod["spec"]["containers"][0]["envFrom"].append({"secretRef": {"name": "image-map-secrets"}}),
    ),
    "a Secret that is named alike": (SECRETS, env_of("hiscores-secrets-2")),
    "a part of a Secret's name": (SECRETS, env_of("alerts")),
    "another location's Secret as a volume": (SECRETS, volume(secret={"secretName": "player-stats-secrets"})),
    "a login's Secret as a pull secret": (SECRETS, spec(imagePullSecrets=[{"name": "oauth2-proxy"}])),
    "a folder of the node": (VOLUMES, volume(hostPath={"path": "/"})),
    "another location's disk": (VOLUMES, volume(persistentVolumeClaim={"claimName": "backup-mongodb"})),
    "a Secret in a projected volume": (
        VOLUMES,
        volume(projected={"sources": [{"secret": {"name": "player-stats-secrets"}}]}),
    ),
    "a token in a projected volume": (
        VOLUMES,
        lambda pod: pod["spec"]["volumes"].append(
            {"name": "kube-api-access-1", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}
        ),
    ),
    "the node's network": (NODE, spec(hostNetwork=True)),
    "the node's processes": (NODE, spec(hostPID=True)),
    "the node's memory": (NODE, spec(hostIPC=True)),
    "a port of the node": (NODE, container(ports=[{"containerPort": 80, "hostPort": 80}])),
    "privileged": (PRIVILEGES, security(privileged=True)),
    "escalation": (PRIVILEGES, security(allowPrivilegeEscalation=True)),
    "a capability": (PRIVILEGES, security(capabilities={"drop": ["ALL"], "add": ["NET_RAW"]})),
    "all capabilities": (PRIVILEGES, security(capabilities={})),
    "a writable file system": (PRIVILEGES, security(readOnlyRootFilesystem=False)),
    "root, by the container": (PRIVILEGES, security(runAsUser=0)),
    "root, by the Pod": (PRIVILEGES, spec(securityContext={"seccompProfile": {"type": "RuntimeDefault"}})),
    "no seccomp": (
        PRIVILEGES,
        spec(securityContext={"runAsNonRoot": True, "seccompProfile": {"type": "Unconfined"}}),
    ),
    "no security context": (PRIVILEGES, lambda pod: pod["spec"]["containers"][0].pop("securityContext")),
    "a node of its choice": (PLACE, spec(nodeName="control-plane")),
    "a node of the control plane": (
        PLACE,
        spec(tolerations=[{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]),
    ),
    "every node": (PLACE, spec(tolerations=[{"operator": "Exists"}])),
    "the cluster's priority": (PLACE, spec(priorityClassName="system-cluster-critical")),
}
"""What a team may try to get for its runs, by its container context, its tags or a changed launcher."""
