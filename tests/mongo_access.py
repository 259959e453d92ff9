"""A MongoDB that enforces the users of `wrapped_shared.rights`, for tests.

The embedded server checks passwords and, by database, what a role may do. A relay in front of it checks the rest: which
command on which collection. What does not belong here: the rights, and what is tried with them.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus

from wrapped_cli.embedded import process
from wrapped_devkit.processes import Process
from wrapped_devkit.relay import Command, Relay, Verdict, relayed
from wrapped_shared.collections import RAW_DATABASE
from wrapped_shared.mongo import MongoResource
from wrapped_shared.mongo_users import make_roles, make_users
from wrapped_shared.rights import EVERY, LOOK, RIGHTS

ROOT_PASSWORD: Final = "only-for-this-test"
PASSWORDS: Final = {user: f"password/of {user}" for user in RIGHTS}
_OF_EVERYBODY: Final = {
    "hello",
    "ping",
    "buildInfo",
    "buildinfo",
    "saslStart",
    "saslContinue",
    "endSessions",
    "getMore",
}
_OF_EVERYBODY_TOO: Final = {"killCursors", "connectionStatus", "isMaster", "ismaster"}
_ACTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("find", "aggregate", "count", "distinct"), "find"),
    "insert": "insert",
    "update": "update",
    "delete": "remove",
    "findAndModify": "update",
    "createIndexes": "createIndex",
    "create": "createCollection",
    "collMod": "collMod",
    "listIndexes": "listIndexes",
    "listCollections": "listCollections",
}
_OTHER_COLLECTIONS: Final = ("$lookup", "$unionWith", "$graphLookup", "$out", "$merge")


def needed(command: Command) -> set[str]:
    """Return the actions that MongoDB asks for a command; one that is not known here needs an impossible one."""
    if command.name in _OF_EVERYBODY | _OF_EVERYBODY_TOO:
        return set()
    found = {_ACTIONS.get(command.name, f"unknown: {command.name}")}
    if any(stage in _OTHER_COLLECTIONS for stages in command.body.get("pipeline", ()) for stage in stages):
        found.add("another collection")
    writes = command.body.get("updates", ()) if command.name == "update" else (command.body,)
    if any(write.get("upsert") for write in writes):
        found.add("insert")
    if command.name == "findAndModify" and command.body.get("remove"):
        found.add("remove")
    return found


class Enforcer:
    """Judges the commands of one user; keeps what was used and what was refused."""

    def __init__(self, user: str) -> None:
        self.rights = RIGHTS[user]
        self.used: set[tuple[str, str, str]] = set()
        self.refused: list[str] = []

    def __call__(self, command: Command) -> Verdict:
        wanted = needed(command)
        lacking = wanted - self._granted(command)
        if not lacking:
            self.used |= {(command.database, command.collection, action) for action in wanted}
            return None
        what = f"{command.name} on {command.database}.{command.collection}"
        self.refused.append(what)
        return {"ok": 0.0, "errmsg": f"not authorized: {what}", "code": 13, "codeName": "Unauthorized"}

    def _granted(self, command: Command) -> set[str]:
        table = self.rights.raw if command.database == RAW_DATABASE else self.rights.analytics
        looks = LOOK if any("createIndex" in actions for actions in table.values()) else frozenset()
        return {*looks, *table.get(command.collection, ()), *table.get(EVERY, ())}


@contextmanager
def guarded_server(folder: Path, *options: str, host: str = process.HOST, port: int = 0) -> Iterator[str]:
    """A server with a login, all users, and `root`; yields its address."""
    port = port or process.free_port()
    command = [sys.executable, "-m", "secantus", "--host", host, "--port", str(port), "--standalone"]
    command += ["--storage-path", str(folder / "data")]

    def start(*more: str) -> Process:
        server = Process([*command, *more], folder / "log", os.environ, folder)
        server.wait_until(lambda: process.listens(server.process.pid, port))
        return server

    first = start()  # the embedded server has no way to create the first user behind a login
    with MongoResource(uri=f"mongodb://{host}:{port}").open() as mongo:
        root: dict[str, Any] = {"pwd": ROOT_PASSWORD, "roles": [{"role": "root", "db": "admin"}]}
        mongo.client["admin"].command("createUser", "root", **root)
        make_roles(mongo.client)
        make_users(mongo.client, PASSWORDS)
    first.end()
    server = start("--auth", *options)
    try:
        yield f"{host}:{port}"
    finally:
        server.end(signal.SIGKILL)


@contextmanager
def enforced(address: str, user: str) -> Iterator[tuple[MongoResource, Enforcer, Relay]]:
    """Yield the resource of a user whose rights are enforced, and who enforces them."""
    enforcer = Enforcer(user)
    with relayed(uri_of(address, user), enforcer) as relay, MongoResource(uri=relay.uri).open() as mongo:
        yield mongo, enforcer, relay


def uri_of(address: str, user: str) -> str:
    """Return the connection string of a user, or of `root`."""
    password = quote_plus(PASSWORDS.get(user, ROOT_PASSWORD))
    return f"mongodb://{user}:{password}@{address}/?authSource=admin&directConnection=true"
