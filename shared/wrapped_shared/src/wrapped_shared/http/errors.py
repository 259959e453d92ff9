"""The possible outcomes of calling an upstream, as typed errors.

What belongs here: one class per outcome. What does not: deciding which outcome a response is.
"""

from typing import ClassVar

from wrapped_shared.settings import SettingsError


class ContactMissing(SettingsError):
    """No contact for the User-Agent: without one, no upstream is called."""

    def __init__(self) -> None:
        super().__init__(
            "WRAPPED_CONTACT is not set: set it to an e-mail address or a web page where the operators of "
            "the site can reach you; without it, no requests are sent"
        )


class UpstreamError(Exception):
    """The upstream gave no valid response; `outcome` is its name in documents and metadata."""

    outcome: ClassVar[str] = "unavailable"


class NotFound(UpstreamError):
    """The upstream's valid response is that the thing does not exist (404 or 410)."""

    outcome = "not_found"


class Unavailable(UpstreamError):
    """Down, in maintenance, too slow, cut off: 5xx, an HTML page instead of data, an empty or truncated response."""

    outcome = "unavailable"

    def __init__(self, message: str, *, reached: bool = True) -> None:
        """Record whether the upstream was reached at all."""
        super().__init__(message)
        self.reached = reached


class Blocked(UpstreamError):
    """The upstream rejects us: 401, 403, 429 or a challenge page."""

    outcome = "blocked"


class FormatChanged(UpstreamError):
    """A complete response in an unknown format: retrying will not help, a person has to look at it."""

    outcome = "format_changed"


class BreakerOpen(UpstreamError):
    """No request was sent: too many responses in a row were unavailable or blocked, or the upstream is on hold."""

    outcome = "not_asked"
