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
from typing import Any, Protocol, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from wrapped_devkit.osrs_server.clock import StandInClock
from wrapped_devkit.osrs_server.faults import (
    CHALLENGE_PAGE,
    MAINTENANCE_PAGE,
    NOT_FOUND_PAGE,
    TRANSPORT_FAULTS,
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


class StandInServer:
    """The server, started by `start()` or as a context manager, listening on 127.0.0.1 only."""

    def __init__(
        self,
        parts: Iterable[Part],
        *,
        port: int = 0,
        clock: StandInClock | None = None,
        faults: FaultPlan | None = None,
        slow_seconds: float = 3.0,
        retry_after_seconds: int = 1,
    ) -> None:
        """Take the parts; port 0 means any free port. The two `seconds` configure the faults `slow` and `429`."""
        self.clock = clock or StandInClock()
        self.faults = faults or FaultPlan()
        self.log = RequestLog()
        self.slow_seconds = slow_seconds
        self.retry_after_seconds = retry_after_seconds
        self._routes = [(part.name, route, re.compile(route.pattern)) for part in parts for route in part.routes()]
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.stand_in = self
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The origin, without a trailing slash."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def add_part(self, part: Part) -> None:
        """Serve another upstream's paths too; earlier parts take precedence."""
        self._routes += [(part.name, route, re.compile(route.pattern)) for route in part.routes()]

    def find(self, method: str, path: str) -> tuple[str, Route, re.Match[str]] | None:
        """The part, route and match for a path, or None."""
        for name, route, pattern in self._routes:
            match = pattern.fullmatch(path)
            if match and method in route.methods:
                return name, route, match
        return None

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
        at, monotonic = time.time(), time.monotonic()
        number = stand_in.log.next_number()
        url = urlsplit(self.path)
        path = unquote(url.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = stand_in.find(self.command, path)
        part, fault = "", ""
        if found is not None:
            part, route, match = found
            fault = stand_in.faults.choose(number, path) if route.faulty else ""
        agent = self.headers.get("User-Agent", "")
        entry = LogEntry(
            number=number,
            at=at,
            monotonic=monotonic,
            method=self.command,
            path=path,
            query=query,
            user_agent=agent,
            part=part,
            status=0,
            fault=fault,
        )
        stand_in.log.put(entry)
        if found is None:
            answer = Response.not_found()
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(
                method=self.command,
                path=path,
                query=query,
                headers=headers,
                body=body,
                now=stand_in.clock.now(),
                fault=fault,
                match=match,
            )
            answer = self._answer(stand_in, route, request)
        if fault != "reset":
            stand_in.log.put(replace(entry, status=answer.status))
        if fault == "reset":
            self._reset()
        else:
            self._send(answer, fault)

    def _answer(self, stand_in: StandInServer, route: Route, request: Request) -> Response:
        fault = request.fault if request.fault in TRANSPORT_FAULTS else ""
        match fault:
            case "html-200":
                return Response(200, MAINTENANCE_PAGE)
            case "challenge":
                return Response(200, CHALLENGE_PAGE)
            case "empty":
                return Response(200, b"")
            case "403":
                return Response(403, CHALLENGE_PAGE)
            case "404":
                return Response.not_found()
            case "429":
                wait = str(stand_in.retry_after_seconds)
                return Response(429, MAINTENANCE_PAGE, headers={"Retry-After": wait})
            case "503":
                return Response(503, MAINTENANCE_PAGE)
            case "slow":
                time.sleep(stand_in.slow_seconds)
        return route.handler(request)

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
