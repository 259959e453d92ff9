"""What can come of asking an upstream, as typed errors.

What belongs here: one class per outcome. What does not: deciding which one an answer is.
"""

from typing import ClassVar


class SettingsError(Exception):
    """A setting of the client is missing or wrong; the message is one line and says what to set."""


class ContactMissing(SettingsError):
    """No contact for the User-Agent: nothing is asked of an upstream without one."""

    def __init__(self) -> None:
        super().__init__(
            "WRAPPED_CONTACT is not set: set it to an e-mail address or a web page by which the operators of "
            "the site can reach you; without it nothing is asked of them"
        )


class UpstreamError(Exception):
    """The upstream gave no sound answer; `outcome` is the word for it in documents and metadata."""

    outcome: ClassVar[str] = "unavailable"


class NotFound(UpstreamError):
    """The upstream answered, soundly, that it has no such thing (404 or 410)."""

    outcome = "not_found"


class Unavailable(UpstreamError):
    """Down, in maintenance, too slow, cut off: 5xx, an HTML page instead of data, an empty or torn answer."""

    outcome = "unavailable"

    def __init__(self, message: str, *, reached: bool = True) -> None:
        """Keep whether the upstream was reached at all."""
        super().__init__(message)
        self.reached = reached


class Blocked(UpstreamError):
    """The upstream refuses us: 401, 403, 429 or a challenge page."""

    outcome = "blocked"


class FormatChanged(UpstreamError):
    """A sound answer of a shape that we do not know: asking again will not help, a person must look."""

    outcome = "format_changed"


class BreakerOpen(UpstreamError):
    """Nothing was asked: too many answers in a row were unavailable or blocked, or the upstream is on hold."""

    outcome = "not_asked"
