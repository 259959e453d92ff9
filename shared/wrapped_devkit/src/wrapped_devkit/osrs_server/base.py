r"""The threaded HTTP server under every part of the stand-in.

What belongs here: listening on loopback, finding the route, injecting transport faults, keeping the log.
What does not: an upstream's responses; those belong to a `Part`.

A part is any object with a `name` and `routes()`; a handler takes a `Request` and returns a `Response`:

    class Wiki:
        name = "wiki"
        def routes(self) -> list[Route]:
            return [Route(r"/api\.php", self.api)]

    with StandInServer([Wiki()]) as server:
        httpx.get(server.url + "/api.php")
"""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Protocol, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from wrapped_devkit.osrs_server.clock import StandInClock
from wrapped_devkit.osrs_server.faults import (
    CHALLENGE_PAGE,
    MAINTENANCE_PAGE,
    NOT_FOUND_PAGE,
    FaultPlan,
)
from wrapped_devkit.osrs_server.log import LogEntry, RequestLog

HTML = "text/html; charset=UTF-8"
DRIP_SECONDS = 0.05
"""Between two chunks of a trickling response."""
DRIPS = 4_000
"""Headers that trickle before a response continues: more than three minutes' worth."""


@dataclass(frozen=True)
class Request:
    """What a handler sees of a request."""

    method: str
    path: str
    """The path, percent-decoded."""
    query: dict[str, str]
    """The last value of each query parameter, decoded."""
    headers: dict[str, str]
    """Header names in lower case."""
    body: bytes
    now: float
    """The stand-in's clock, in seconds since the epoch."""
    fault: str
    """The fault drawn for this request, empty for none; a handler injects the ones that change content."""
    match: re.Match[str]


@dataclass(frozen=True)
class Response:
    """A handler's response."""

    status: int = 200
    body: bytes = b""
    content_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Self:
        """A JSON response."""
        return cls(status, json.dumps(value, separators=(",", ":")).encode(), "application/json")

    @classmethod
    def not_found(cls) -> Self:
        """The upstream's HTML page for unknown paths."""
        return cls(404, NOT_FOUND_PAGE)


@dataclass(frozen=True)
class Route:
    """A regular expression that the whole decoded path must match, and its handler."""

    pattern: str
    handler: Callable[[Request], Response]
    methods: tuple[str, ...] = ("GET", "HEAD")
    faulty: bool = True
    """Whether faults apply to it; they never apply to control endpoints."""


class Part(Protocol):
    """One upstream that the server imitates."""

    name: str

    def routes(self) -> list[Route]:
        """The paths that it serves."""


_UNKNOWN: Final = Route("(?s:.*)", lambda _: Response.not_found(), ("GET", "HEAD", "POST", "PUT"), faulty=False)
_INSTEAD: Final = {
    "html-200": Response(200, MAINTENANCE_PAGE),
    "challenge": Response(200, CHALLENGE_PAGE),
    "empty": Response(200, b""),
    "403": Response(403, CHALLENGE_PAGE),
    "404": Response.not_found(),
    "503": Response(503, MAINTENANCE_PAGE),
}
"""What some faults put in the place of a part's response."""


class StandInServer:
    """The server, started by `start()` or as a context manager, listening on 127.0.0.1 only."""

    def __init__(
        self,
        parts: Iterable[Part],
        *,
        port: int = 0,
        clock: StandInClock | None = None,
        faults: FaultPlan | None = None,
    ) -> None:
        """Take the parts; port 0 means any free port."""
        self.clock = clock or StandInClock()
        self.faults = faults or FaultPlan()
        self.log = RequestLog()
        self.slow_seconds = 3.0
        """Delay of the fault `slow`."""
        self.retry_after_seconds = 1
        """Retry-After of the fault `429`."""
        self._routes: list[tuple[str, Route]] = []
        for part in parts:
            self.add_part(part)
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.stand_in = self
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The origin, without a trailing slash."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def add_part(self, part: Part) -> None:
        """Serve another upstream's paths too; earlier parts take precedence."""
        self._routes += [(part.name, route) for route in part.routes()]

    def find(self, method: str, path: str) -> tuple[str, Route, re.Match[str]]:
        """The part, route and match for a path; without a part, the route of unknown paths."""
        return next(
            (name, route, match)
            for name, route in (*self._routes, ("", _UNKNOWN))
            if method in route.methods and (match := re.fullmatch(route.pattern, path))
        )

    def start(self) -> Self:
        """Serve in a background thread."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def serve_forever(self) -> None:
        """Serve in this thread until the process is interrupted; `stop()` only ends what `start()` began."""
        self._http.serve_forever(0.2)

    def stop(self) -> None:
        """Stop serving and free the port."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    stand_in: StandInServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that disconnects is not an error: no traceback on the console."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: Any) -> None:
        """Nothing on the console: the request log is the record."""

    def _serve(self) -> None:
        stand_in = self.server.stand_in
        monotonic = time.monotonic()
        number = stand_in.log.next_number()
        url = urlsplit(self.path)
        path = unquote(url.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        part, route, match = stand_in.find(self.command, path)
        fault = stand_in.faults.choose(number, path) if route.faulty else ""
        entry = LogEntry(
            number=number,
            monotonic=monotonic,
            path=path,
            query=query,
            user_agent=self.headers.get("User-Agent", ""),
            part=part,
            status=0,
            fault=fault,
        )
        stand_in.log.put(entry)
        request = Request(
            method=self.command,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            now=stand_in.clock.now(),
            fault=fault,
            match=match,
        )
        answer = self._answer(stand_in, route, request)
        if fault == "reset":
            self._reset()
        else:
            stand_in.log.put(replace(entry, status=answer.status))
            self._send(answer, fault)

    def _answer(self, stand_in: StandInServer, route: Route, request: Request) -> Response:
        if request.fault == "429":
            wait = str(stand_in.retry_after_seconds)
            return Response(429, MAINTENANCE_PAGE, headers={"Retry-After": wait})
        if request.fault == "slow":
            time.sleep(stand_in.slow_seconds)
        return _INSTEAD.get(request.fault) or route.handler(request)

    def _send(self, answer: Response, fault: str) -> None:
        body = answer.body[: len(answer.body) // 2] if fault == "truncated" else answer.body
        self.send_response(answer.status)
        for number in range(DRIPS if fault == "drip" else 0):
            self.send_header(f"X-Drip-{number}", "1")
            self.flush_headers()
            self._drip()
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            for piece in (body[at : at + 1] for at in range(len(body))) if fault == "drip-body" else (body,):
                self.wfile.write(piece)
                if fault == "drip-body":
                    self._drip()
        self.wfile.flush()

    def _drip(self) -> None:
        self.wfile.flush()
        time.sleep(DRIP_SECONDS)

    def _reset(self) -> None:
        """Cut the connection with a TCP reset, without a response."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
