"""The stand-in for the price service's item list, `GET /api/v1/osrs/mapping`.

What belongs here: only that service's list, generated from the bestiary's items.
"""

from wrapped_devkit.osrs_server.base import Request, Response, Route
from wrapped_devkit.osrs_server.faults import rows_left
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary


class Prices:
    """The part of the server that imitates the price service."""

    name = "prices"

    def __init__(self, bestiary: Bestiary) -> None:
        """Serve the items of a bestiary."""
        self._bestiary = bestiary

    def routes(self) -> list[Route]:
        """The item list."""
        return [Route("/api/v1/osrs/mapping", self._mapping)]

    def _mapping(self, request: Request) -> Response:
        with self._bestiary.lock:
            items = rows_left(self._bestiary.prices, request.fault)
            return Response.json([{**item, "members": True, "limit": 100} for item in items])
