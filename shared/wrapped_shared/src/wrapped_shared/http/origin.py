"""Which host may be asked.

What belongs here: reading an origin and comparing URLs with it. What does not: asking.
"""

from typing import Final

import httpx

from wrapped_shared.http.errors import SettingsError
from wrapped_shared.masking import masked, user_and_password

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def read_origin(text: str) -> httpx.URL:
    """Read the origin of an upstream, with a slash at its end.

    Raises:
        SettingsError: it is no http:// or https:// origin, or holds a user or password; none is shown.
    """
    try:
        url = httpx.URL(text.strip().rstrip("/") + "/")
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or user_and_password(text):
        shown = masked(text.strip())[:80]
        raise SettingsError(f"{shown!r} is no http:// or https:// origin: scheme, host and port")
    return url


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether two URLs have scheme, host and port in common."""
    return _key(one) == _key(other)


def _key(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)
