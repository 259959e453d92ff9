"""Runs steps in separate processes and counts the bytes between each and MongoDB with a relay.

The relay costs the step nothing, so its CPU time can be measured in the same run.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

_AT_ONCE: Final = 1 << 20


@dataclass
class Relay:
    """A TCP relay to a MongoDB that counts bytes."""

    uri: str
    """The relay's connection string."""
    sent: int = 0
    """Bytes from clients to the server."""
    received: int = 0


@contextmanager
def relayed(uri: str) -> Iterator[Relay]:
    """Open a relay to the server of a connection string without a password."""
    target = urlsplit(uri)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(uri.replace(target.netloc, f"127.0.0.1:{listener.getsockname()[1]}"))
        Thread(target=_accept, args=(listener, (target.hostname, target.port), relay), daemon=True).start()
        yield relay


def _accept(listener: socket.socket, server: Any, relay: Relay) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            client, _ = listener.accept()
            ends = client, socket.create_connection(server)
            for name, (source, target) in {"sent": ends, "received": ends[::-1]}.items():
                Thread(target=_pump, args=(source, target, relay, name), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, relay: Relay, name: str) -> None:
    with suppress(OSError):
        while passed := source.recv(_AT_ONCE):
            setattr(relay, name, getattr(relay, name) + len(passed))
            target.sendall(passed)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def run_step(relay: Relay, module: str, *arguments: str) -> dict[str, Any]:
    """Run a module with the relay's connection string and arguments; return the JSON of its last line.

    `sent` and `received`, the bytes between it and the server, are added.
    """
    before = relay.sent, relay.received
    command = [sys.executable, "-m", module, relay.uri, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = dict(json.loads(done.stdout.splitlines()[-1]))
    return found | {"sent": relay.sent - before[0], "received": relay.received - before[1]}
