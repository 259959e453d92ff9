"""One answer of an upstream, and how to take it for what it is.

What belongs here: telling data from the HTML, empty and torn answers that come with status 200. What does
not: the shape of any upstream's data.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from wrapped_shared.http.errors import Blocked, NotFound, Unavailable

_CHALLENGE = re.compile(rb"_Incapsula_|Incapsula incident|cf-challenge|captcha|Access denied", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """A whole answer, within the limit of size."""

    status: int
    url: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def is_html(self) -> bool:
        """Whether the body begins like a page, whatever its content type says."""
        return self.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"

    @property
    def is_challenge(self) -> bool:
        """Whether it is the page of a firewall that wants a person."""
        return self.is_html and _CHALLENGE.search(self.body) is not None


def check_status(answer: Answer) -> None:
    """Let a 2xx pass; anything else is an outcome.

    Raises:
        NotFound: 404 or 410.
        Blocked: 401, 403, 429.
        Unavailable: every other status, redirects that lead nowhere included.
    """
    status = answer.status
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise NotFound(f"HTTP {status}")
    if status in (401, 403, 429):
        raise Blocked(f"HTTP {status}")
    raise Unavailable(f"HTTP {status}")


def read_json(answer: Answer) -> Any:
    """Decode a JSON body.

    Raises:
        Blocked: a challenge page.
        Unavailable: another page, nothing, or JSON that breaks off.
    """
    if not answer.body.strip():
        raise Unavailable("an empty answer")
    if answer.is_challenge:
        raise Blocked("a challenge page instead of data")
    if answer.is_html:
        raise Unavailable("an HTML page instead of data")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Unavailable("JSON that breaks off or cannot be read") from None


def read_html(answer: Answer) -> str:
    """Decode a page; bytes that are no UTF-8 become U+FFFD.

    Raises:
        Blocked: a challenge page.
        Unavailable: nothing, or the page of a site in maintenance.
    """
    if not answer.body.strip():
        raise Unavailable("an empty answer")
    if answer.is_challenge:
        raise Blocked("a challenge page instead of the page asked for")
    return answer.body.decode("utf-8", "replace")


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header: seconds, or an HTTP date; None where there is none that makes sense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
