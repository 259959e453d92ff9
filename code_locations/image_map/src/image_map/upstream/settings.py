"""Settings of the upstreams, read from the environment in the step that needs them.

Nothing here is read when definitions load.
"""

import os
from dataclasses import dataclass
from typing import Final

from wrapped_shared.holds import HoldKeeper
from wrapped_shared.http import ContactMissing, PoliteClient, SettingsError

WIKI: Final = "https://oldschool.runescape.wiki"
PRICES: Final = "https://prices.runescape.wiki"
LEAST_ROWS_SETTING: Final = "WIKI_LEAST_ROWS"
DEFAULT_LEAST_ROWS: Final = 1_000
"""Each of the wiki's tables has several thousand rows: a first one with fewer is a fault, not a small wiki."""
PRODUCT: Final = "wrapped-imagemap/0.1"
MAX_ANSWER_BYTES: Final = 16 * 2**20
"""A page of 5,000 rows takes some 2 MB."""
TIMEOUT_SECONDS: Final = 30.0
"""For a complete response: the wiki takes some seconds for such a page."""


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """Which upstreams to call, how often, and with which contact."""

    wiki: str
    prices: str
    contact: str
    requests_per_second: float
    least_rows: int = DEFAULT_LEAST_ROWS
    """The minimum number of rows for a first table to be accepted; 0 or less = any."""

    @classmethod
    def from_environment(cls) -> "UpstreamSettings":
        """Read WIKI_BASE_URL, PRICES_BASE_URL, WRAPPED_CONTACT, WIKI_REQUESTS_PER_SECOND and WIKI_LEAST_ROWS.

        Raises:
            ContactMissing: WRAPPED_CONTACT is empty; then no requests may be sent.
            SettingsError: the rate is not a number of at least 0, or the minimum rows are not a whole number.
        """
        contact = os.environ.get("WRAPPED_CONTACT", "").strip()
        if not contact:
            raise ContactMissing
        text = os.environ.get("WIKI_REQUESTS_PER_SECOND", "").strip() or "1"
        try:
            rate = float(text)
        except ValueError:
            rate = -1.0
        if not 0 <= rate < 1000:
            raise SettingsError(f"WIKI_REQUESTS_PER_SECOND must be a number of at least 0, not {text[:40]!r}")
        return cls(
            wiki=os.environ.get("WIKI_BASE_URL", "").strip() or WIKI,
            prices=os.environ.get("PRICES_BASE_URL", "").strip() or PRICES,
            contact=contact,
            requests_per_second=rate,
            least_rows=_whole_number(LEAST_ROWS_SETTING, DEFAULT_LEAST_ROWS),
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


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    try:
        return int(text) if text else default
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text[:40]!r}") from None
