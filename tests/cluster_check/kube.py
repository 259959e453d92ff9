"""kubectl, as a person would use it.

What belongs here: calling kubectl and waiting. What does not: what is deployed.
"""

import atexit
import functools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from deploy_manifests import KUBERNETES

Answer = TypeVar("Answer")
NAMESPACE: Final = "wrapped"
OVERLAYS: Final = KUBERNETES / "overlays"
CURRENT_API: Final = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
commonAnnotations: {wrapped/api: current}  # kustomize refuses a component without content
"""
"""What takes the place of the component `old-api` where the cluster has a current API."""


DATABASES: Final = "192.0.2.1/32"
"""Where the overlays of the test say that the databases are; they are on this machine (CLUSTER_HOST_IP)."""


class ClusterError(Exception):
    """The cluster did not do what was requested; one readable message."""


def kubectl(*args: str, given: str | None = None, patience: float = 180, namespace: str | None = NAMESPACE) -> str:
    """Run kubectl and return what it printed.

    Raises:
        ClusterError: it failed; the message is its output.
    """
    command = ["kubectl", *(["-n", namespace] if namespace else []), *args]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=patience)
    if done.returncode != 0:
        raise ClusterError(f"kubectl {' '.join(args)}: {done.stderr.strip()[-1500:]}")
    return done.stdout


def get(*args: str) -> Any:
    """Return objects as kubectl prints them in JSON."""
    return json.loads(kubectl("get", *args, "-o", "json"))


def render(overlay: str, **images: str) -> str:
    """Render an overlay, each image named by a keyword (`hiscores="next"`) with another tag."""
    text = kubectl("kustomize", str(_overlays() / overlay), namespace=None)
    for name, tag in images.items():
        text = text.replace(f"wrapped-{name.replace('_', '-')}:test", f"wrapped-{name.replace('_', '-')}:{tag}")
    return text.replace(DATABASES, f"{os.environ['CLUSTER_HOST_IP']}/32")


@functools.cache
def _overlays() -> Path:
    """The overlays; on a current cluster, a copy without the replacements for an old API."""
    if _minor_version() < 24:  # the first version with gRPC probes; policy/v1beta1 is removed in the next
        return OVERLAYS
    folder = Path(tempfile.mkdtemp(prefix="wrapped-kustomize-"))
    atexit.register(shutil.rmtree, folder)
    return current_overlays(folder)


def current_overlays(folder: Path) -> Path:
    """Copy the manifests to a folder, without what makes up for an old API; return the overlays there."""
    copy = folder / "kubernetes"
    shutil.copytree(KUBERNETES, copy)
    (copy / "overlays" / "test-1.20" / "old-api" / "kustomization.yaml").write_text(CURRENT_API)
    return copy / "overlays"


def server_version() -> str:
    """Return the API server's version, such as v1.36.2."""
    return str(json.loads(kubectl("version", "-o", "json", namespace=None))["serverVersion"]["gitVersion"])


@functools.cache
def _minor_version() -> int:
    return int(server_version().split(".")[1])


def apply(text: str) -> list[str]:
    """Apply manifests; return the names of what changed."""
    lines = kubectl("apply", "-f", "-", given=text).splitlines()
    return [line.split()[0] for line in lines if not line.endswith("unchanged")]


def rolled_out(*deployments: str, patience: int = 240) -> None:
    """Wait until the deployments are available at their newest revision."""
    for name in deployments:
        kubectl("rollout", "status", f"deployment/{name}", f"--timeout={patience}s", patience=patience + 20)


def wait_for(what: str, look: Callable[[], Answer | None], patience: float = 180, pause: float = 1.0) -> Answer:
    """Poll until there is a result.

    Raises:
        ClusterError: there is none in time.
    """
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise ClusterError(f"{what}: not within {patience:.0f} s (last seen: {found!r})")
        time.sleep(pause)


def run_jobs(run_id: str) -> list[dict[str, Any]]:
    """Return the Jobs of a run: its own and those of its steps."""
    return list(get("jobs", "-l", f"dagster/run-id={run_id}")["items"])


def pods(selector: str) -> list[dict[str, Any]]:
    """Return the Pods that a selector finds."""
    return list(get("pods", "-l", selector)["items"])


def python_in(pod: str, program: str, namespace: str = NAMESPACE) -> str:
    """Run a Python program in a Pod."""
    return kubectl("exec", pod, "--", "python", "-c", program, namespace=namespace).strip()


@contextmanager
def forwarded(service: str, port: int) -> Iterator[str]:
    """Forward a local port to a Service's port 80; yield the local origin."""
    command = ["kubectl", "-n", NAMESPACE, "port-forward", f"service/{service}", f"{port}:80"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("Forwarding"):
            raise ClusterError(f"port-forward to {service}: {line.strip()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
