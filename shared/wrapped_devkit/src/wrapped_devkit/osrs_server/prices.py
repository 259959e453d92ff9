"""The stand-in for the price service: its item list and each day's average prices, in both versions of its API.

What belongs here: that service's responses, generated from the bestiary's items. What does not: the items themselves.

| request | response |
|---|---|
| `GET /api/v1/osrs/mapping` | `[{"id", "name", "members", "limit"}]` |
| `GET /api/v1/osrs/24h?timestamp=<seconds of a UTC midnight>` | `{"data": {"<id>": {...}}, "timestamp"}` |
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from wrapped_devkit.osrs_server.base import Request, Response, Route
from wrapped_devkit.osrs_server.faults import rows_left
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary
from wrapped_devkit.osrs_server.wiki_facts import WORTH

Row = dict[str, Any]

DAY_SECONDS: Final = 86_400
COINS: Final = 995
"""Not traded: the service lists no price for them."""
THIN_EVERY: Final = 29
"""One day in this many an item has a single trade, at a thousand times its price."""
_BREAK: Final[tuple[Callable[[Row], None], ...]] = (
    lambda row: row.update(avgHighPrice=-1),
    lambda row: row.update(avgLowPrice="12"),
    lambda row: row.update(avgHighPrice=2**31),
    lambda row: row.update(highPriceVolume=None),
    lambda row: row.update(lowPriceVolume=1.5),
    lambda row: row.update(avgHighPrice=True),
)


class Prices:
    """The part of the server that imitates the price service."""

    name = "prices"

    def __init__(self, bestiary: Bestiary) -> None:
        """Serve the items of a bestiary."""
        self._bestiary = bestiary
        self.overrides: dict[tuple[str, int], Row | None] = {}
        """Rows to serve instead, by day and item id; None = that day has no row for the item."""

    def routes(self) -> list[Route]:
        """The item list and the daily prices."""
        return [Route(r"/api/v[12]/osrs/mapping", self._mapping), Route(r"/api/v[12]/osrs/24h", self._day)]

    def rows(self, day: str) -> dict[str, Row]:
        """Return the rows of a day, by item id as text."""
        with self._bestiary.lock:
            ids = [item["id"] for item in self._bestiary.prices if item["id"] != COINS]
        found = {item_id: traded(item_id, day) for item_id in ids}
        for (overridden, item_id), row in self.overrides.items():
            if overridden == day:
                found.pop(item_id, None)
                if row is not None:
                    found[item_id] = row
        return {str(item_id): row for item_id, row in found.items()}

    def _mapping(self, request: Request) -> Response:
        with self._bestiary.lock:
            items = rows_left(self._bestiary.prices, request.fault)
            return Response.json([{**item, "members": True, "limit": 100} for item in items])

    def _day(self, request: Request) -> Response:
        text = request.query.get("timestamp", "")
        if not (text.isascii() and text.isdigit() and int(text) % DAY_SECONDS == 0):
            return Response.json({"error": "timestamp must be a UTC midnight in seconds"}, 400)
        seconds = int(text)
        over = seconds + DAY_SECONDS <= request.now
        rows = self.rows(f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}") if over else {}
        data = dict(rows_left(list(rows.items()), request.fault))
        if request.fault == "odd-prices":
            for number, key in enumerate(list(data)[::3]):
                _BREAK[number % len(_BREAK)](data[key])
        return Response.json({"data": data, "timestamp": seconds})


def traded(item_id: int, day: str) -> Row:
    """Return an item's trades on a day: always the same, its price drifting by up to 1% a day around a base price.

    One side is null in about one row of seven, both volumes are 0 in one of thirteen, and one in 29 is a single trade
    at a thousand times the price.
    """
    base = WORTH.get(item_id) or 10 ** (1 + _draw(item_id) % 5) + _draw(item_id, "base") % 1_000
    number = datetime.fromisoformat(day).toordinal()
    wave = abs((number + _draw(item_id, "phase")) % 120 - 60) - 30  # from -30 to 30 and back
    price = max(1, base * (1_000 + 10 * wave + _draw(item_id, day) % 5) // 1_000)
    luck = _draw(item_id, day, "luck")
    if luck % THIN_EVERY == 0:
        return _row(min(1_000 * price, 2**31 - 1), 1, None, 0)
    volumes = (0, 0) if luck % 13 == 0 else (1 + luck % 997, 1 + luck % 991)
    high, low = price + 1 + price // 50, price
    if luck % 7 == 0:
        return _row(high, volumes[0], None, 0) if luck % 2 else _row(None, 0, low, volumes[1])
    return _row(high, volumes[0], low, volumes[1])


def _row(high: int | None, high_volume: int, low: int | None, low_volume: int) -> Row:
    return {
        "avgHighPrice": high,
        "highPriceVolume": high_volume,
        "avgLowPrice": low,
        "lowPriceVolume": low_volume,
    }


def _draw(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:6], "big")
