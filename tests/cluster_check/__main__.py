"""The whole test: `python -m cluster_check [--tools FOLDER] [--keep]`."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
from deploy_manifests import ROOT

from cluster_check import automation, bringing_up, current, kube, network, releases, running, shards
from cluster_check.dagster_api import Dagster
from cluster_check.images import build_and_load
from cluster_check.report import Report
from cluster_check.servers import Servers, servers

REPORT: Final = ROOT / "docs" / "cluster-report.md"
FULL_PORT, READONLY_PORT = 13080, 13081


def main() -> int:
    """Run all scenes; return 0 if every one passed."""
    parser = argparse.ArgumentParser(description="Tests the deployment on the cluster in KUBECONFIG.")
    parser.add_argument("--tools", type=Path, help="a folder with the programs build-image and load for local images")
    parser.add_argument("--keep", action="store_true", help="keep the deployment for inspection")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        help="only these scenes (may be repeated), appended to the existing report",
    )
    chosen = parser.parse_args()
    address = os.environ.get("CLUSTER_HOST_IP", "")
    if shutil.which("kubectl") is None or not address:
        sys.stderr.write(
            "needed: kubectl, KUBECONFIG, and CLUSTER_HOST_IP, an address of this machine that Pods can reach\n"
        )
        return 2
    report = Report()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="wrapped-cluster-") as folder:
        Path(folder).chmod(0o755)
        try:
            report.cluster = _cluster()
            if chosen.tools:
                build_and_load(report, chosen.tools)
            with servers(Path(folder), address) as found:
                try:
                    _scenes(report, found, chosen.only)
                finally:
                    if not chosen.keep:
                        _tear_down(report)
        except (kube.ClusterError, AssertionError, subprocess.SubprocessError) as error:
            sys.stderr.write(f"{error}\n")
            failed = 1
    report.write(REPORT, only=chosen.only)
    return failed


def _scenes(report: Report, found: Servers, only: list[str]) -> None:
    """Bring it up, then try everything else, even if some of it fails.

    Raises:
        ClusterError: something failed.
    """
    older_run = bringing_up.come_up(report, found)
    failures: list[str] = []
    with kube.forwarded("dagster-webserver", FULL_PORT) as origin:
        dagster = Dagster(origin)
        bringing_up.workspace_loads(report, dagster, older_run)
        automation.starts_by_itself(report, dagster, found.uri)
        tried: dict[str, Callable[[], None]] = {
            "onlookers": lambda: bringing_up.onlookers_look_only(report, READONLY_PORT),
            "rights": lambda: bringing_up.code_servers_may_nothing(report),
            "network": lambda: network.who_reaches_whom(report),
            "current": lambda: current.scenes(report),
            "runs": lambda: running.runs_of_all(report, dagster, found.uri),
            "shards": lambda: shards.over_pods(report, dagster, found.uri),
            "release": lambda: releases.release(report, dagster, found.uri),
            "bad-release": lambda: releases.bad_release(report, dagster),
            "governed": lambda: running.governed(report, dagster),
            "ticks": lambda: automation.ticks(report, dagster, found.uri),
        }
        for name, scenes in tried.items():
            if only and name not in only:
                continue
            try:
                scenes()
            except (kube.ClusterError, httpx.HTTPError, subprocess.SubprocessError) as error:
                failures.append(str(error))
    if failures:
        raise kube.ClusterError("\n".join(failures))


def _cluster() -> str:
    node = kube.get("nodes")["items"][0]["status"]
    present = kube.kubectl("get", "namespaces", "-o", "name", namespace=None)
    if f"namespace/{kube.NAMESPACE}" in present.split():
        raise kube.ClusterError(f"a namespace {kube.NAMESPACE!r} already exists: delete it, or use another cluster")
    version = node["nodeInfo"]["kubeletVersion"]
    return f"Kubernetes {version}, one node of {node['capacity']['cpu']} CPUs"


def _tear_down(report: Report) -> None:
    with report.scene("Teardown to nothing") as scene:
        current.remove()
        kube.kubectl("delete", "namespace", kube.NAMESPACE, "--timeout=180s", namespace=None, patience=200)
        kinds = "pods,jobs,services,secrets,configmaps,networkpolicies,roles,rolebindings"
        left = kube.kubectl("get", kinds, "-n", kube.NAMESPACE, "-o", "name", namespace=None).split()
        wide = kube.kubectl("get", "clusterroles,clusterrolebindings,namespaces", "-o", "name", namespace=None).split()
        left += [name for name in wide if "dagster" in name or name.endswith(f"/{kube.NAMESPACE}")]
        if left:
            raise kube.ClusterError(f"left in the cluster: {', '.join(left)}")
        scene.notes.append("left in the cluster: nothing")


if __name__ == "__main__":
    sys.exit(main())
