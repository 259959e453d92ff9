"""Requests to the price service: its item list, and the average prices of a day.

What belongs here: which request to send, and whether the response is one. What does not: what a day's rows mean
(`domain.prices`).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Literal

from wrapped_shared.documents import whole
from wrapped_shared.http import Answer, FormatChanged, PoliteClient, read_json
from wrapped_shared.periods import day_of_ms, day_start_ms

from image_map.domain.bucket import WikiRow
from image_map.upstream.reading import read_mapping

ApiVersion = Literal["v1", "v2"]

DEFAULT_VERSION: Final[ApiVersion] = "v1"


class PriceService:
    """The price service, through one polite client."""

    def __init__(self, client: PoliteClient, version: ApiVersion = DEFAULT_VERSION) -> None:
        """Use `client`, which the caller closes, and one version of the service's API."""
        self.client = client
        self._root = f"/api/{version}/osrs"

    def mapping(self) -> list[WikiRow]:
        """Return the list of items as rows.

        Raises:
            UpstreamError: the list could not be read.
        """
        return self.client.get(f"{self._root}/mapping", read_mapping)

    def day(self, day: str) -> Mapping[str, Any]:
        """Return the rows of a UTC day by item id, as the service sent them.

        Raises:
            UpstreamError: there was no valid response.
        """
        seconds = day_start_ms(day) // 1_000
        return self.client.get(f"{self._root}/24h", partial(_read_day, day), params={"timestamp": str(seconds)})


def _read_day(day: str, answer: Answer) -> Mapping[str, Any]:
    response = read_json(answer)
    data = response.get("data") if isinstance(response, dict) else None
    if not isinstance(data, dict):
        raise FormatChanged("the price service's response has no prices")
    seconds = whole(response.get("timestamp"), 2**32)
    if seconds is not None and seconds >= 0 and day_of_ms(seconds * 1_000) != day:
        raise FormatChanged("the price service's response is for another day")
    return data
