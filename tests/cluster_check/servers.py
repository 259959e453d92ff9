"""What the deployment expects to find outside: MongoDB, PostgreSQL, the upstreams. Here they run beside the cluster.

What belongs here: starting them on an address that Pods reach, naming them in the cluster. What does not: scenes.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Final

import yaml
from deployed_processes import PASSWORD, Process, start_postgres
from wrapped_devkit.embedded.process import free_port
from wrapped_devkit.osrs_server.serve import build_all
from wrapped_shared.mongo import MongoResource

from cluster_check.kube import NAMESPACE, wait_for

OSRS_PORT: Final = 8077
LOCATIONS: Final = ("player_stats", "hiscores", "image_map")


@dataclass(frozen=True)
class Servers:
    """What runs beside the cluster."""

    address: str
    mongo_port: int
    uri: str


@contextmanager
def servers(folder: Path, address: str) -> Iterator[Servers]:
    """Start MongoDB, PostgreSQL and the stand-in upstreams on `address`, and end them afterwards."""
    with ExitStack() as stack:
        port = free_port()
        (folder / "mongo").mkdir()
        executable = str(Path(sys.executable).with_name("secantusd-py"))
        command = [executable, "--host", address, "--port", str(port), "--standalone"]
        command += ["--storage-path", str(folder / "mongo" / "db")]
        mongo = Process(command, folder / "mongo.log", {"PATH": "/usr/bin:/bin", "HOME": str(folder)}, folder)
        stack.callback(mongo.end)
        postgres = start_postgres(folder / "postgres", f"127.0.0.53,{address}")
        stack.callback(postgres.end, signal.SIGINT)
        with (folder / "postgres" / "data" / "pg_hba.conf").open("a") as rules:
            rules.write("host dagster dagster 0.0.0.0/0 scram-sha-256\n")  # connections of Pods
        postgres.process.send_signal(signal.SIGHUP)
        _serve_upstreams(stack, address)
        uri = f"mongodb://{address}:{port}"
        wait_for("MongoDB", lambda: _answers(uri), 60)
        yield Servers(address, port, uri)


def _answers(uri: str) -> bool:
    try:
        with MongoResource(uri=uri).open() as mongo:
            return bool(mongo.client.admin.command("ping"))
    except Exception:  # noqa: BLE001 - whatever it is, it does not answer yet
        return False


def _serve_upstreams(stack: ExitStack, address: str) -> None:
    stand_in = build_all(players=50).server
    listener = stand_in._http  # bound to loopback; the same handler answers on an address of Pods too
    outside = ThreadingHTTPServer((address, OSRS_PORT), listener.RequestHandlerClass)
    outside.stand_in = stand_in  # type: ignore[attr-defined]
    outside.daemon_threads = True
    threading.Thread(target=outside.serve_forever, args=(0.2,), daemon=True).start()
    stack.callback(outside.server_close)
    stack.callback(outside.shutdown)
    stack.callback(listener.server_close)


def names_in_cluster(found: Servers) -> str:
    """Return manifests: Services without selector that lead to the servers, and the Secrets that name them."""
    made: list[dict[str, object]] = []
    for name, target, port in (
        ("mongodb", found.mongo_port, 27017),
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
    secrets |= {f"{name.replace('_', '-')}-secrets": {"MONGO_URI": "mongodb://mongodb:27017"} for name in LOCATIONS}
    for name, values in secrets.items():
        made.append({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": NAMESPACE},
            "stringData": values,
        })  # fmt: skip
    return yaml.safe_dump_all(made)
