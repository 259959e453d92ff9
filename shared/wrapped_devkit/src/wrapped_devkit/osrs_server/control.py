"""The HTTP endpoints to move the clock, change the faults and read the log.

What belongs here: `/__control__/...`. What does not: anything that a real upstream has.

| request | does |
|---|---|
| `GET /__control__/clock` | `{"now": "<ISO time>"}` |
| `POST /__control__/clock` | `{"now": "<ISO time>"}` or `{"advance_seconds": n}` moves it |
| `GET /__control__/log` | `{"entries": [...]}`, with `?part=hiscores` those of one part |
| `POST /__control__/log` | clears the log |
| `GET /__control__/faults`, `POST` | `{"faults": ["503:0.3"]}`; an empty list ends them |
"""

import json
from datetime import UTC, datetime
from typing import Any

from wrapped_devkit.osrs_server.base import Request, Response, Route, StandInServer
from wrapped_devkit.osrs_server.faults import FaultPlan, parse_fault


class Control:
    """The control part of one server; add it with `server.add_part(Control(server))`."""

    name = "control"

    def __init__(self, server: StandInServer) -> None:
        self._server = server

    def routes(self) -> list[Route]:
        """The control paths; faults do not apply to them."""
        both = ("GET", "POST")
        return [
            Route("/__control__/clock", self._clock, both, faulty=False),
            Route("/__control__/log", self._log, both, faulty=False),
            Route("/__control__/faults", self._faults, both, faulty=False),
        ]

    def _clock(self, request: Request) -> Response:
        clock = self._server.clock
        if request.method == "POST":
            try:
                order = _object(request)
                if "now" in order:
                    clock.set(datetime.fromisoformat(order["now"]).astimezone(UTC))
                clock.advance(float(order.get("advance_seconds", 0)))
            except (TypeError, ValueError) as error:
                return Response.json({"error": str(error)}, 400)
        return Response.json({"now": datetime.fromtimestamp(clock.now(), UTC).isoformat()})

    def _log(self, request: Request) -> Response:
        if request.method == "POST":
            self._server.log.clear()
        entries = self._server.log.entries(request.query.get("part"))
        return Response.json({"entries": [vars(e) for e in entries if e.part != self.name]})

    def _faults(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                faults = [parse_fault(text) for text in _object(request).get("faults", [])]
            except (TypeError, ValueError) as error:
                return Response.json({"error": str(error)}, 400)
            self._server.faults = FaultPlan(faults)
        return Response.json({"faults": [vars(fault) for fault in self._server.faults.faults]})


def _object(request: Request) -> dict[str, Any]:
    value = json.loads(request.body or b"{}")
    if not isinstance(value, dict):
        raise ValueError("a JSON object is expected")
    return value
