"""Settings of the upstreams, read from the environment in the step that needs them.

Nothing here is read when definitions load.
"""

from typing import Final

from pydantic import Field
from wrapped_shared.holds import HoldKeeper
from wrapped_shared.http import ContactSettings, PoliteClient

from image_map.upstream.prices import DEFAULT_VERSION, ApiVersion

LEAST_ROWS_SETTING: Final = "WIKI_LEAST_ROWS"
DEFAULT_LEAST_ROWS: Final = 1_000
"""The wiki's tables and a day of prices have several thousand rows: a first one with fewer is a fault."""
PRODUCT: Final = "wrapped-imagemap/0.1"
MAX_ANSWER_BYTES: Final = 16 * 2**20
"""A page of 5,000 rows takes some 2 MB."""
TIMEOUT_SECONDS: Final = 30.0
"""For a complete response: the wiki takes some seconds for such a page."""


class UpstreamSettings(ContactSettings):
    """Which upstreams to call, how often, and with which contact; each field's alias is its environment variable."""

    wiki: str = Field("https://oldschool.runescape.wiki", alias="WIKI_BASE_URL", description="Origin of the wiki.")
    prices: str = Field(
        "https://prices.runescape.wiki", alias="PRICES_BASE_URL", description="Origin of the price service."
    )
    requests_per_second: float = Field(
        1.0,
        alias="WIKI_REQUESTS_PER_SECOND",
        ge=0,
        lt=1_000,
        description="Rate; 0 = no limit and no waiting between attempts, for tests.",
    )
    least_rows: int = Field(
        DEFAULT_LEAST_ROWS,
        alias=LEAST_ROWS_SETTING,
        description="The fewest rows with which a first table is accepted; 0 or less = any.",
    )
    least_prices: int = Field(
        DEFAULT_LEAST_ROWS,
        alias="PRICES_LEAST_ROWS",
        description="The fewest prices with which a first day is accepted; 0 or less = any.",
    )
    prices_version: ApiVersion = Field(
        DEFAULT_VERSION, alias="PRICES_API_VERSION", description="Version of the price service's API: v1 or v2."
    )

    def client(self, base_url: str, hold: HoldKeeper | None = None) -> PoliteClient:
        """Return a polite client for one of the upstreams: only its own origin is ever called.

        While the upstream's hold lasts, nothing is sent; with `hold=None`, nothing outlives this client.

        Raises:
            SettingsError: the base URL or the contact is invalid.
        """
        return PoliteClient(
            base_url,
            contact=self.contact,
            product=PRODUCT,
            requests_per_second=self.requests_per_second,
            timeout_seconds=TIMEOUT_SECONDS,
            max_bytes=MAX_ANSWER_BYTES,
            hold=hold,
        )
