"""One response from an upstream, and how to classify it.

What belongs here: distinguishing data from the HTML, empty and truncated responses that come with status 200. What
does not: the shape of any upstream's data.
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
    """A complete response, within the size limit."""

    status: int
    url: str
    headers: Mapping[str, str]
    """Header names in lower case."""
    body: bytes

    @property
    def is_html(self) -> bool:
        """Whether the body starts like an HTML page, regardless of its content type."""
        return self.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"

    @property
    def is_challenge(self) -> bool:
        """Whether it is a firewall's challenge page for humans."""
        return self.is_html and _CHALLENGE.search(self.body) is not None


def check_status(answer: Answer) -> None:
    """Accept a 2xx status; anything else raises its outcome.

    Raises:
        NotFound: 404 or 410.
        Blocked: 401, 403, 429.
        Unavailable: any other status, including redirects without a target.
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
        Unavailable: any other page, an empty body, or truncated JSON.
    """
    _check_body(answer, "data")
    if answer.is_html:
        raise Unavailable("an HTML page instead of data")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Unavailable("truncated or invalid JSON") from None


def read_html(answer: Answer) -> str:
    """Decode a page; bytes that are not UTF-8 become U+FFFD.

    Raises:
        Blocked: a challenge page.
        Unavailable: an empty body, or a maintenance page.
    """
    _check_body(answer, "the requested page")
    return answer.body.decode("utf-8", "replace")


def _check_body(answer: Answer, wanted: str) -> None:
    if not answer.body.strip():
        raise Unavailable("an empty response")
    if answer.is_challenge:
        raise Blocked(f"a challenge page instead of {wanted}")


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Parse a Retry-After header (seconds or an HTTP date); None if it is missing or invalid."""
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
