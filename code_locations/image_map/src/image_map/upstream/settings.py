"""Settings of the upstreams, read from the environment in the step that needs them.

Nothing here is read when definitions load.
"""

import os
from dataclasses import dataclass
from typing import Final

from wrapped_shared.http import ContactMissing, PoliteClient, SettingsError

WIKI: Final = "https://oldschool.runescape.wiki"
PRICES: Final = "https://prices.runescape.wiki"
PRODUCT: Final = "wrapped-imagemap/0.1"
MAX_ANSWER_BYTES: Final = 16 * 2**20
"""A page of 5,000 rows takes some 2 MB."""


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """Whom to ask, how often, and in whose name."""

    wiki: str
    prices: str
    contact: str
    requests_per_second: float

    @classmethod
    def from_environment(cls) -> "UpstreamSettings":
        """Read WIKI_BASE_URL, PRICES_BASE_URL, WRAPPED_CONTACT and WIKI_REQUESTS_PER_SECOND.

        Raises:
            ContactMissing: WRAPPED_CONTACT is empty; nothing may be asked then.
            SettingsError: the rate is no number from 0 up.
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
            raise SettingsError(f"WIKI_REQUESTS_PER_SECOND must be a number from 0 up, not {text[:40]!r}")
        return cls(
            wiki=os.environ.get("WIKI_BASE_URL", "").strip() or WIKI,
            prices=os.environ.get("PRICES_BASE_URL", "").strip() or PRICES,
            contact=contact,
            requests_per_second=rate,
        )

    def client(self, base_url: str) -> PoliteClient:
        """Return a polite client for one of the upstreams: its own origin and no other is ever asked.

        Raises:
            SettingsError: the base URL or the contact cannot be used.
        """
        return PoliteClient(
            base_url,
            contact=self.contact,
            product=PRODUCT,
            requests_per_second=self.requests_per_second,
            max_bytes=MAX_ANSWER_BYTES,
        )
