"""A TCP relay in front of MongoDB that reads every command, and passes, answers, delays or cuts it as a test decides.

What belongs here: the wire (messages in and out). What does not: which commands deserve what (the tests).
"""

import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count
from threading import Lock, Thread
from time import sleep
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

_HEADER: Final = struct.Struct("<iiii")  # length, request, response to, opcode
_OP_MSG: Final = 2013
_AT_ONCE: Final = 1 << 16
_LATE_SECONDS: Final = 1.0
_HOSTILE: Final = CodecOptions[dict[str, Any]](
    unicode_decode_error_handler="replace", datetime_conversion=DatetimeConversion.DATETIME_AUTO
)


class Cut(Enum):
    """A connection that ends, seen by the client as a network error."""

    BEFORE = auto()
    """The server never sees the command."""
    AFTER = auto()
    """The server carries the command out, but its answer is lost."""
    LATE = auto()
    """The connection ends at once, and the server carries the command out a second later."""


@dataclass(frozen=True)
class Command:
    """A command on its way to the server."""

    name: str
    database: str
    collection: str
    """The collection it names; empty if it names none."""
    body: Mapping[str, Any]
    """The command, with the documents that the driver sends beside it."""


Verdict: TypeAlias = Cut | Mapping[str, Any] | None
"""None passes a command on; a document is answered in the server's place."""


@dataclass
class Relay:
    """A running relay; `judge` may be replaced at any time and may be called by several threads at once."""

    uri: str
    """The server's connection string, with the relay's address."""
    judge: Callable[[Command], Verdict] = lambda _: None
    away: bool = False
    """Whether new connections are refused, as by a server that is not there."""
    _open: set[socket.socket] = field(default_factory=set)

    def leave(self) -> None:
        """Cut all connections and refuse new ones, until `away` is set to False."""
        self.away = True
        for end in list(self._open):
            _end(end)


@contextmanager
def relayed(uri: str, judge: Callable[[Command], Verdict] = lambda _: None) -> Iterator[Relay]:
    """Open a relay to the server of a connection string that names one host, without TLS."""
    place = urlsplit(uri).netloc.rpartition("@")[2]
    target = urlsplit(f"//{place}")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(uri.replace(place, f"127.0.0.1:{listener.getsockname()[1]}"), judge)
        Thread(target=_accept, args=(listener, (target.hostname, target.port), relay), daemon=True).start()
        try:
            yield relay
        finally:
            relay.leave()
            _end(listener)


def _accept(listener: socket.socket, server: Any, relay: Relay) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            client, _ = listener.accept()
            try:
                if relay.away:
                    raise ConnectionRefusedError
                target = socket.create_connection(server)
            except OSError:
                client.close()
                continue
            relay._open.update((client, target))
            Thread(target=_Connection(client, target, relay).serve, daemon=True).start()


class _Connection:
    """One client's connection: commands in one thread, answers in another."""

    _numbers = count(1 << 24)

    def __init__(self, client: socket.socket, server: socket.socket, relay: Relay) -> None:
        self.client, self.server, self.relay = client, server, relay
        self.lock = Lock()
        self.cut_answer = False

    def serve(self) -> None:
        Thread(target=self._answers, daemon=True).start()
        with suppress(OSError, EOFError):
            while True:
                message = _message(self.client)
                command = _command(message)
                verdict = self.relay.judge(command) if command else None
                if verdict is Cut.BEFORE:
                    break
                if isinstance(verdict, Mapping):
                    self._answer(message, verdict)
                    continue
                self.cut_answer = self.cut_answer or isinstance(verdict, Cut)
                if verdict is Cut.LATE:
                    _end(self.client)
                    sleep(_LATE_SECONDS)
                self.server.sendall(message)
        self._close()

    def _answers(self) -> None:
        with suppress(OSError):
            while passed := self.server.recv(_AT_ONCE):
                if self.cut_answer:
                    break
                with self.lock:
                    self.client.sendall(passed)
        self._close()

    def _answer(self, request: bytes, document: Mapping[str, Any]) -> None:
        body = struct.pack("<IB", 0, 0) + bson.encode(document)
        request_id = _HEADER.unpack_from(request)[1]
        header = _HEADER.pack(_HEADER.size + len(body), next(self._numbers), request_id, _OP_MSG)
        with self.lock:
            self.client.sendall(header + body)

    def _close(self) -> None:
        for end in (self.client, self.server):
            _end(end)
            self.relay._open.discard(end)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _message(source: socket.socket) -> bytes:
    """Return the next whole message.

    Raises:
        EOFError: the connection ended.
    """
    header = _exactly(source, _HEADER.size)
    return header + _exactly(source, _HEADER.unpack(header)[0] - _HEADER.size)


def _exactly(source: socket.socket, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        part = source.recv(length - len(found))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


def _command(message: bytes) -> Command | None:
    """Read a command; None for a message with an older opcode, with which drivers only say hello."""
    if _HEADER.unpack_from(message)[3] != _OP_MSG:
        return None
    body: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    at = _HEADER.size + 4
    end = len(message) - 4 * (message[_HEADER.size] & 1)  # an optional checksum follows
    while at < end:
        section, at = message[at], at + 1
        (length,) = struct.unpack_from("<i", message, at)
        part = message[at : at + length]
        if section == 0:
            body = bson.decode(part, _HOSTILE)
        else:
            label, _, documents = part[4:].partition(b"\0")
            beside[label.decode()] = bson.decode_all(documents, _HOSTILE)
        at += length
    name = next(iter(body), "")
    target = body.get("collection" if name == "getMore" else name)
    return Command(name, str(body.get("$db", "")), target if isinstance(target, str) else "", {**body, **beside})
