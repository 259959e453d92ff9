"""The polite HTTP client for locations that call an upstream (extra `runelite-wrapped-shared[http]`).

What belongs here: rate-limited requests with an honest User-Agent, retries that honour Retry-After, a circuit breaker,
limits on size and time, allowed hosts only, typed errors, the setting that every upstream needs. What does not: the
paths and payloads of any upstream, and other settings: a location reads its own and passes them in.
"""

from wrapped_shared.http.answers import Answer, read_html, read_json
from wrapped_shared.http.client import ClientStats, PoliteClient
from wrapped_shared.http.errors import (
    Blocked,
    BreakerOpen,
    ContactMissing,
    FormatChanged,
    NotFound,
    Unavailable,
    UpstreamError,
)
from wrapped_shared.http.settings import ContactSettings

__all__ = [
    "Answer",
    "Blocked",
    "BreakerOpen",
    "ClientStats",
    "ContactMissing",
    "ContactSettings",
    "FormatChanged",
    "NotFound",
    "PoliteClient",
    "Unavailable",
    "UpstreamError",
    "read_html",
    "read_json",
]
