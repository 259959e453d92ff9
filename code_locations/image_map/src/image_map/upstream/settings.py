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
"""Each table of the wiki has several thousand rows: a first one of fewer is a fault, not a small wiki."""
PRODUCT: Final = "wrapped-imagemap/0.1"
MAX_ANSWER_BYTES: Final = 16 * 2**20
"""A page of 5,000 rows takes some 2 MB."""
TIMEOUT_SECONDS: Final = 30.0
"""For a whole answer: the wiki takes some seconds for such a page."""


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """Whom to ask, how often, and in whose name."""

    wiki: str
    prices: str
    contact: str
    requests_per_second: float
    least_rows: int = DEFAULT_LEAST_ROWS
    """How many rows a first table must have to be believed; 0 or less = any."""

    @classmethod
    def from_environment(cls) -> "UpstreamSettings":
        """Read WIKI_BASE_URL, PRICES_BASE_URL, WRAPPED_CONTACT, WIKI_REQUESTS_PER_SECOND and WIKI_LEAST_ROWS.

        Raises:
            ContactMissing: WRAPPED_CONTACT is empty; nothing may be asked then.
            SettingsError: the rate is no number from 0 up, or the least rows no whole number.
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
            least_rows=_whole_number(LEAST_ROWS_SETTING, DEFAULT_LEAST_ROWS),
        )

    def client(self, base_url: str, hold: HoldKeeper | None = None) -> PoliteClient:
        """Return a polite client for one of the upstreams: its own origin and no other is ever asked.

        While the upstream's hold lasts, nothing is asked; without one, nothing is remembered beyond this client.

        Raises:
            SettingsError: the base URL or the contact cannot be used.
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
