"""TLS in front of a PostgreSQL that has none, since the one from PyPI is built without it.

What a client verifies is real: it asks for TLS as PostgreSQL's protocol says, and gets a certificate.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final

_ASK_FOR_TLS: Final = bytes.fromhex("0000000804d2162f")
_YES: Final = b"S"


@contextmanager
def with_tls(address: str, target: str, certificate: Path, key: Path) -> Iterator[None]:
    """Accept connections at `address`:5432 over TLS only, and pass them to `target`:5432."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with socket.create_server((address, 5432)) as listener:
        Thread(target=_accept, args=(listener, context, target), daemon=True).start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, context: ssl.SSLContext, target: str) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            client, _ = listener.accept()
            Thread(target=_serve, args=(client, context, target), daemon=True).start()


def _serve(plain: socket.socket, context: ssl.SSLContext, target: str) -> None:
    with suppress(OSError), plain:
        if plain.recv(len(_ASK_FOR_TLS)) != _ASK_FOR_TLS:
            return
        plain.sendall(_YES)
        with context.wrap_socket(plain, server_side=True) as client, socket.create_connection((target, 5432)) as server:
            Thread(target=_pump, args=(server, client), daemon=True).start()
            _pump(client, server)


def _pump(source: Any, target: Any) -> None:
    with suppress(OSError):
        while passed := source.recv(1 << 16):
            target.sendall(passed)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
