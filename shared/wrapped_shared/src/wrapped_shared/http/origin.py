"""Which host may be called.

What belongs here: parsing an origin and comparing URLs with it. What does not: sending requests.
"""

from typing import Final

import httpx

from wrapped_shared.masking import masked, user_and_password
from wrapped_shared.settings import SettingsError

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def read_origin(text: str) -> httpx.URL:
    """Parse the origin of an upstream; it is returned with a trailing slash.

    Raises:
        SettingsError: it is not an http:// or https:// origin, or contains a user or password, which is never shown.
    """
    try:
        url = httpx.URL(text.strip().rstrip("/") + "/")
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or user_and_password(text):
        shown = masked(text.strip())[:80]
        raise SettingsError(f"{shown!r} is not an http:// or https:// origin: use scheme, host and port only")
    return url


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Return whether two URLs have the same scheme, host and port."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)  # a default port is None
