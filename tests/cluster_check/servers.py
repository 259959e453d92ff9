"""The deployment's external services: MongoDB, PostgreSQL, the upstreams. Here they run next to the cluster.

What belongs here: starting them on an address that Pods can reach, naming them in the cluster. What does not: scenes.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Final

import yaml
from deploy_manifests import LOCATIONS
from deployed_processes import PASSWORD, ask_postgres, start_postgres
from mongo_access import guarded_server, uri_of
from wrapped_devkit.osrs_server.serve import build

from cluster_check.kube import NAMESPACE

OSRS_PORT: Final = 8077
MONGO_PORT: Final = 27017  # the port that the network policies of runs allow
POSTGRES_HOST: Final = "127.0.0.53"


@dataclass(frozen=True)
class Servers:
    """The services next to the cluster."""

    address: str
    uri: str
    """MongoDB as an administrator; each location has a user of its own."""
    folder: Path


@contextmanager
def servers(folder: Path, address: str) -> Iterator[Servers]:
    """Start MongoDB, PostgreSQL and the stand-in upstreams on `address`, and end them afterwards."""
    with ExitStack() as stack:
        (folder / "mongo").mkdir()
        mongo = stack.enter_context(guarded_server(folder / "mongo", host=address, port=MONGO_PORT))
        postgres = start_postgres(folder / "postgres", f"{POSTGRES_HOST},{address}")
        stack.callback(postgres.end, signal.SIGINT)
        with (folder / "postgres" / "data" / "pg_hba.conf").open("a") as rules:
            rules.write("host dagster dagster 0.0.0.0/0 scram-sha-256\n")  # connections of Pods
        postgres.process.send_signal(signal.SIGHUP)
        _serve_upstreams(stack, address)
        yield Servers(address, uri_of(mongo, "root"), folder)


def connections() -> int:
    """Return how many connections PostgreSQL has, not counting this one."""
    return int(ask_postgres(POSTGRES_HOST, "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = 'dagster'"))


def most_connections(over: Callable[[], bool]) -> int:
    """Return PostgreSQL's peak number of connections until something is over, sampled about ten times a second."""
    most = connections()
    while not over():
        for _ in range(10):
            most = max(most, connections())
            time.sleep(0.1)
    return most


def _serve_upstreams(stack: ExitStack, address: str) -> None:
    stand_in = build(players=50).server
    listener = stand_in._http  # bound to loopback; the same handler serves an address for Pods too
    outside = ThreadingHTTPServer((address, OSRS_PORT), listener.RequestHandlerClass)
    outside.stand_in = stand_in  # type: ignore[attr-defined]
    outside.daemon_threads = True
    threading.Thread(target=outside.serve_forever, args=(0.2,), daemon=True).start()
    stack.callback(outside.server_close)
    stack.callback(outside.shutdown)
    stack.callback(listener.server_close)


def names_in_cluster(found: Servers) -> str:
    """Return manifests: selector-less Services for the servers, Secrets, and access to the stand-in."""
    made: list[dict[str, object]] = []
    for name, target, port in (
        ("mongodb", MONGO_PORT, 27017),
        ("postgres", 5432, 5432),
        ("osrs", OSRS_PORT, OSRS_PORT),
    ):
        made.append({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"ports": [{"port": port, "targetPort": target}]},
        })  # fmt: skip
        made.append({
            "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": name, "namespace": NAMESPACE},
            "subsets": [{"addresses": [{"ip": found.address}], "ports": [{"port": target}]}],
        })  # fmt: skip
    secrets = {"dagster-postgres": {"postgresql-password": PASSWORD}}
    secrets |= {f"{name.replace('_', '-')}-secrets": {"MONGO_URI": uri_of("mongodb:27017", name)} for name in LOCATIONS}
    for name, values in secrets.items():
        made.append({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": NAMESPACE},
            "stringData": values,
        })  # fmt: skip
    made.append({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "runs-to-stand-in", "namespace": NAMESPACE},
        "spec": {
            "podSelector": {"matchExpressions": [{"key": "dagster/code-location", "operator": "Exists"}]},
            "policyTypes": ["Egress"],
            "egress": [{
                "to": [{"ipBlock": {"cidr": f"{found.address}/32"}}],
                "ports": [{"port": OSRS_PORT, "protocol": "TCP"}],
            }],
        },
    })  # fmt: skip
    return yaml.safe_dump_all(made)
