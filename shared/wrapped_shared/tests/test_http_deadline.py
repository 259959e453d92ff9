"""One deadline for a whole exchange, no matter what trickles in, against real sockets on loopback."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from wrapped_shared.http import PoliteClient, Unavailable, read_json

TIMEOUT = 0.4
PATIENCE = 2.0
"""Far above the deadline, far below the time any of these servers would take."""

Answer = Callable[[int], Iterator[bytes]]
"""From the number of the connection to what is sent, chunk by chunk, 0.05 seconds apart."""


def dripping_headers(_: int) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(400):
        yield b"X-%d: 1\r\n" % number


def dripping_status_line(_: int) -> Iterator[bytes]:
    yield from (bytes([byte]) for byte in b"HTTP/1.1 200 " + b"O" * 400)


def dripping_body(_: int) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
    yield from (b"1" for _ in range(400))


def dripping_chunks(_: int) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from (b"1\r\n1\r\n" for _ in range(400))


def endless_interim_answers(_: int) -> Iterator[bytes]:
    yield from (b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" for _ in range(400))


def slow_redirects(number: int) -> Iterator[bytes]:
    """Each hop is within the deadline; all of them together are not."""
    yield from (b"" for _ in range(4))
    yield b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % number


def silence(_: int) -> Iterator[bytes]:
    yield from (b"" for _ in range(400))


@contextmanager
def server(answer: Answer) -> Iterator[int]:
    """A TCP server that sends what `answer` yields to every client; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve(connection: socket.socket, number: int) -> None:
        with connection:
            connection.recv(65_536)
            for piece in answer(number):
                if over.wait(0.05):
                    return
                try:
                    connection.sendall(piece)
                except OSError:  # the client disconnected, as it should
                    return

    def accept() -> None:
        for number in range(100):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection, number), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def ask(port: int, scheme: str = "http") -> float:
    """Send one request; return how many seconds it took to fail without a response."""
    began = time.monotonic()
    with (
        PoliteClient(
            f"{scheme}://127.0.0.1:{port}", contact="a@b", product="p", requests_per_second=0, timeout_seconds=TIMEOUT
        ) as client,
        pytest.raises(Unavailable, match=r"no complete response within 0\.4 s"),
    ):
        client.get("/thing", read_json, tries=1)
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [
        dripping_headers,
        dripping_status_line,
        dripping_body,
        dripping_chunks,
        endless_interim_answers,
        slow_redirects,
        silence,
    ],
)
def test_a_trickling_response_is_cut_off_at_the_deadline(answer: Answer) -> None:
    with server(answer) as port:
        assert TIMEOUT * 0.9 <= ask(port) < PATIENCE


@pytest.mark.parametrize("answer", [silence, dripping_status_line])
def test_a_handshake_that_never_ends_is_cut_off(answer: Answer) -> None:
    def records(number: int) -> Iterator[bytes]:
        yield b"\x16\x03\x03\x40\x00"  # a TLS record of 16 KiB starts, and trickles in
        yield from answer(number)

    with server(records if answer is dripping_status_line else silence) as port:
        assert ask(port, "https") < PATIENCE


def test_a_connection_that_nobody_accepts_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # they fill the queue
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        try:
            assert ask(port) < PATIENCE
        finally:
            for one in waiting:
                one.close()


def test_after_a_cut_off_exchange_the_same_client_gets_the_next_response() -> None:
    def late_then_good(number: int) -> Iterator[bytes]:
        if number == 0:
            yield from dripping_headers(number)
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7"

    with (
        server(late_then_good) as port,
        PoliteClient(
            f"http://127.0.0.1:{port}", contact="a@b", product="p", requests_per_second=0, timeout_seconds=TIMEOUT
        ) as client,
    ):
        assert client.get("/thing", read_json) == 7
        assert (client.stats.requests, client.stats.retries) == (2, 1)
